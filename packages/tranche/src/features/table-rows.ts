import {
  type ColumnType,
  type StandardTable,
  type StandardTableName,
  standardTables,
} from '@tranche/contract'
import {
  checkExpression,
  nearest,
  parseExpression,
  referencedNames,
  type Scope,
  type Type,
  type TypedExpr,
} from '@tranche/language'
import { type Place, TrancheError } from '../errors.ts'
import { isExact } from '../sql/decimal-sql.ts'
import { expressionToSql } from '../sql/expression-sql.ts'
import { knownBefore } from '../sql/known-before.ts'
import { ident, type Sql, sql } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { storageOf, tableScope } from '../workspace/row-expression.ts'
import { type AsOfPoint, type Calendar, dateLiteral } from './calendar.ts'

/** The name by which an expression over rows speaks of the as-of: the first day that is not over. */
export const asOfName = 'as_of'

/** An expression over the rows of a table, found in order. */
export interface RowExpression {
  readonly text: string
  readonly typed: TypedExpr
  /** Whether its value depends on the as-of. */
  readonly usesAsOf: boolean
  /** Whether a number is computed in decimals, without rounding. */
  readonly exact: boolean
}

/** A standard table as features see it: columns, expressions over them, and when a row came to be known. */
export interface TableRows {
  readonly table: StandardTable
  readonly scope: Scope
  readonly parse: (text: string, place: Place, expect?: readonly Type[]) => RowExpression
  readonly toSql: (expression: RowExpression, point: AsOfPoint) => Sql
  readonly columnType: (name: string) => ColumnType | undefined
  /** Business day of the table's own time; undefined for a table without one. */
  readonly day: Sql | undefined
  /** Whether the row was known, and had come about, before the point. */
  readonly visibleAt: (point: AsOfPoint) => Sql
}

/**
 * @throws TrancheError invalid_definition for a table that is unknown or holds no customers
 */
export function openTableRows(
  catalogue: Pick<Catalogue, 'extras'>,
  name: string,
  calendar: Calendar,
  place: Place,
): TableRows {
  const table = findTable(name, place)
  const { columns } = tableScope(catalogue, table.name as StandardTableName)
  const scope: Scope = {
    columns: new Map([
      ...columns,
      ['known_at', { type: 'instant' }],
      ['source', { type: 'string' }],
      [asOfName, { type: 'date', nullable: false }],
    ]),
  }
  const storage = storageOf(catalogue, table.name as StandardTableName)
  const extras = catalogue.extras[table.name as StandardTableName] ?? []
  const types = new Map<string, ColumnType>([
    ...table.columns.map((column) => [column.name, column.type] as const),
    ...extras.map(({ key, type }) => [key, type] as const),
    ['known_at', 'instant'],
    ['source', 'string'],
  ])
  const time = table.time === undefined ? undefined : ident(table.time)
  const timeIsDate = table.time !== undefined && types.get(table.time) === 'date'
  return {
    table,
    scope,
    parse: (text, place, expect) => parseRowExpression(text, scope, storage, place, expect),
    toSql: (expression, point) =>
      expressionToSql(expression.typed, {
        column: (column) => (column === asOfName ? sql`${dateLiteral(point.day)}` : ident(column)),
        storage,
        businessDay: calendar.businessDay,
        ...(expression.exact ? { numeric: 'decimal' as const } : {}),
      }),
    columnType: (column) => types.get(column),
    day: time === undefined ? undefined : timeIsDate ? time : calendar.businessDay(time),
    visibleAt: (point) => visibleAt(table, time, timeIsDate, point),
  }
}

function visibleAt(table: StandardTable, time: Sql | undefined, timeIsDate: boolean, point: AsOfPoint): Sql {
  const instant = timestampOf(point.ms)
  const known = knownBefore(instant)
  if (time === undefined) return known
  if (timeIsDate) return sql`(${known} and coalesce(${time} < ${dateLiteral(point.nextDay)}, true))`
  // A version of a customer holds from its very instant on; events count when they lie before the as-of.
  const before = table.name === 'customer_versions' ? sql`${time} <= ${instant}` : sql`${time} < ${instant}`
  return sql`(${known} and coalesce(${before}, true))`
}

function findTable(name: string, place: Place): StandardTable {
  const tables: readonly StandardTable[] = standardTables
  const table = tables.find((candidate) => candidate.name === name)
  if (table?.perCustomer) return table
  const names = tables.filter((candidate) => candidate.perCustomer).map((candidate) => candidate.name)
  const near = nearest(name, names)
  throw new TrancheError(
    'invalid_definition',
    table === undefined
      ? { en: `There is no table ${name}.`, zh: `没有名为 ${name} 的表。` }
      : {
          en: `Rows of ${name} belong to no customer.`,
          zh: `${name} 的行不属于任何客户。`,
        },
    {
      place,
      hint:
        near === undefined
          ? { en: `Tables are ${names.join(', ')}.`, zh: `可用的表：${names.join('、')}。` }
          : { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` },
    },
  )
}

function parseRowExpression(
  text: string,
  scope: Scope,
  storage: ReturnType<typeof storageOf>,
  place: Place,
  expect?: readonly Type[],
): RowExpression {
  const parsed = parseExpression(text)
  if (!parsed.ok) throw problemError(parsed.problems[0]!, text, place)
  const checked = checkExpression(parsed.expr, scope, {
    kind: 'row',
    ...(expect === undefined ? {} : { expect }),
  })
  if (!checked.ok) throw problemError(checked.problems[0]!, text, place)
  const usesAsOf = referencedNames(checked.expr).includes(asOfName)
  return {
    text,
    typed: checked.expr,
    usesAsOf,
    exact: checked.expr.type === 'number' && isExact(checked.expr, storage),
  }
}

type LanguageProblem = Extract<ReturnType<typeof parseExpression>, { readonly ok: false }>['problems'][number]

/** A problem of the language as an error with the definition's place. */
export function problemError(found: LanguageProblem, text: string, place: Place): TrancheError {
  return new TrancheError(
    'invalid_definition',
    {
      en: `${found.message.en} (line ${found.line}, column ${found.column} of ${JSON.stringify(text)})`,
      zh: `${found.message.zh}（位于 ${JSON.stringify(text)} 第 ${found.line} 行第 ${found.column} 列）`,
    },
    { place, ...(found.hint === undefined ? {} : { hint: found.hint }) },
  )
}
