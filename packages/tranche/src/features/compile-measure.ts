import { byDialect, type Sql, sql } from '../sql/sql.ts'
import { type AnalysedFeature, tablesRead, type ValueType } from './analysed.ts'
import type { AsOfPoint } from './calendar.ts'
import { type CompiledMeasure, MeasureScope } from './measure-scope.ts'
import { additive } from './measures-additive.ts'
import { staged } from './measures-staged.ts'
import type { TablePlan } from './table-plan.ts'

/**
 * Registers what a feature needs of its tables as of a point. The result is the SQL of its value beside the joined
 * relations of the plans; call it once the rows are read.
 */
export function compileMeasure(
  feature: AnalysedFeature,
  planOf: (table: string) => TablePlan,
  point: AsOfPoint,
): () => Sql {
  const scope = new MeasureScope(feature, planOf, point)
  const { plan } = scope
  const plans = tablesRead(feature).map(planOf)
  const compiled: CompiledMeasure = additive(scope) ?? staged(scope)
  const rows = feature.empty === undefined ? undefined : scope.rowCount()
  const history = feature.empty === undefined ? undefined : plan.windows.hasHistory(point)
  return () => {
    const nothing = sql`cast(null as ${sqlTypes[feature.type]})`
    if (plans.some((one) => one.isEmptyAt(point))) return nothing
    const value = cast(compiled(), feature.type)
    if (rows === undefined || history === undefined || feature.empty === undefined) return value
    const empty = cast(sql`${feature.empty}`, feature.type)
    return sql`case when ${rows} > 0 then ${value} when ${history} then ${empty} end`
  }
}

const sqlTypes: Readonly<Record<ValueType, Sql>> = {
  money: sql`decimal(38, 4)`,
  integer: sql`bigint`,
  double: sql`double`,
  bool: sql`boolean`,
  string: sql`varchar`,
  date: sql`date`,
  instant: byDialect((dialect) => dialect.columnType('instant')),
}

/** The type under which a feature is stored. */
export const sqlTypeOf = (type: ValueType): Sql => sqlTypes[type]

/** A value in its feature's type. */
export function cast(value: Sql, type: ValueType): Sql {
  return sql`cast(${value} as ${sqlTypes[type]})`
}
