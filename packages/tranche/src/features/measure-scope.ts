import type { TypedExpr } from '@tranche/language'
import { byDialect, ident, type Sql, sql } from '../sql/sql.ts'
import type { AnalysedFeature } from './analysed.ts'
import { type AsOfPoint, type DayRange, dateLiteral, rangeOf, shift } from './calendar.ts'
import { type RowsAsked, rowConditions } from './rows-asked.ts'
import type { TablePlan } from './table-plan.ts'
import type { RowExpression } from './table-rows.ts'
import type { AggregateKind } from './window-stage.ts'

/** SQL of a measure, to be asked for once the rows are read: NULL where no row counts. */
export type CompiledMeasure = () => Sql

/** One feature as of one point, and the way to the stages of its table. */
export class MeasureScope {
  readonly feature: AnalysedFeature
  readonly plan: TablePlan
  /** The plan of any table. */
  readonly planOf: (table: string) => TablePlan
  readonly point: AsOfPoint
  readonly range: DayRange

  constructor(feature: AnalysedFeature, planOf: (table: string) => TablePlan, point: AsOfPoint) {
    this.feature = feature
    this.planOf = planOf
    this.plan = planOf(feature.rows.table.name)
    this.point = point
    this.range = rangeOf(feature.window, point)
  }

  /** The last whole day before the as-of, to which ages run. */
  get lastWholeDay(): Sql {
    return dateLiteral(shift(this.point.day, -1, 'day'))
  }

  sqlOf(expression: RowExpression): Sql {
    return this.plan.rows.toSql(expression, this.point)
  }

  /** The feature's condition with further ones, kept as one flag; null where there are none. */
  flag(...further: readonly Sql[]): Sql | null {
    const { where } = this.feature
    const all = [...(where === null ? [] : [this.sqlOf(where)]), ...further]
    const [first, ...rest] = all
    if (first === undefined) return null
    return this.plan.store.flag(rest.reduce((left, right) => sql`(${left} and ${right})`, first))
  }

  /** A column of values; stored amounts and whole numbers stay as narrow as they are. */
  value(expression: RowExpression): Sql {
    const stored = expression.exact ? this.#asStored(expression.typed) : undefined
    return stored ?? this.plan.store.value(this.sqlOf(expression))
  }

  /** A column of texts; their places among all texts of the column where these are few. */
  text(expression: RowExpression): Sql {
    return this.plan.store.text(this.sqlOf(expression))
  }

  /** Whether a value is a stored amount, which has at most 18 digits, whatever its sign. */
  isStoredAmount(expression: RowExpression): boolean {
    const { typed } = expression
    const stored = expression.exact && this.#asStored(typed) !== undefined
    return stored && (typed.kind !== 'name' || this.plan.rows.columnType(typed.name) === 'money')
  }

  /**
   * A stored number, or an amount without or against its sign, in the column's own type; others are computed wider. The
   * sign is seen to when amounts are summed: one column less makes rows easier to put in order.
   */
  #asStored(typed: TypedExpr): Sql | undefined {
    const { rows, store } = this.plan
    if (typed.kind === 'name') return store.value(ident(typed.name))
    const operand = typed.kind === 'negate' ? typed.operand : isAbs(typed) ? typed.args[0] : undefined
    if (operand?.kind !== 'name' || rows.columnType(operand.name) !== 'money') return undefined
    const amount = store.value(ident(operand.name))
    return typed.kind === 'negate' ? sql`(- ${amount})` : sql`abs(${amount})`
  }

  /** A number that sums to the same in whatever order rows come: doubles are summed as decimals. */
  summable(expression: RowExpression): Sql {
    const value = this.value(expression)
    return expression.exact ? value : byDialect((dialect) => dialect.toDecimal(value, 38, 10))
  }

  /** Columns that put rows in order, missing values first; texts are kept only for rows that can count. */
  order(columns: readonly string[]): Sql[] {
    const { where } = this.feature
    return columns.map((column) => {
      const type = this.plan.rows.columnType(column)
      const value = sql`coalesce(${ident(column)}, ${byDialect((dialect) => dialect.lowest(type ?? 'string'))})`
      const isText = type === 'id' || type === 'string' || type === 'json'
      if (where === null || !isText) return this.plan.store.value(value)
      return this.plan.store.value(sql`case when ${this.sqlOf(where)} then ${value} end`)
    })
  }

  /** Conditions on the rows that count. */
  conditions(flag: Sql | null = this.flag()): Sql[] {
    return rowConditions(this.rows(flag), this.plan.calendar.points.length)
  }

  /** Rows of the window that satisfy the flag. */
  rows(flag: Sql | null = this.flag()): RowsAsked {
    return { flag, range: this.range, point: this.point }
  }

  /** An aggregate over the rows of the window that satisfy the flag; a count needs no value. */
  aggregate(kind: AggregateKind, value: Sql | null, flag: Sql | null = this.flag()): Sql {
    return this.plan.windows.aggregate(kind, value, this.rows(flag))
  }

  /** Number of rows that count. */
  rowCount(flag: Sql | null = this.flag()): Sql {
    return this.aggregate('count', null, flag)
  }
}

function isAbs(typed: TypedExpr): typed is TypedExpr & { readonly kind: 'call' } {
  return typed.kind === 'call' && typed.fn === 'abs'
}
