import {
  businessDaysOf,
  type Column,
  type ColumnTable,
  evaluateColumns,
  evaluateExpression,
  formatIsoDate,
  hasBit,
  printExpression,
  type ResultColumn,
  type Row,
  type Type,
  type TypedExpr,
  type Value,
} from '@tranche/language'
import { type ColumnName, columnNames, columnTypes } from '../../../language/test/arbitrary.ts'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { type ExpressionSqlOptions, expressionToSql } from '../../src/sql/expression-sql.ts'
import { ident, join, type Sql, sql, typed } from '../../src/sql/sql.ts'
import { localDate, Zone } from '../../src/sql/time-zone.ts'

export const timeZone = 'America/New_York'
const businessDay = businessDaysOf(timeZone)
const offsets = new Zone(timeZone).offsetsBetween(Date.parse('1960-01-01'), Date.parse('2040-01-01'))

export const sqlOptions: ExpressionSqlOptions = {
  column: (name) => ident(name),
  storage: (name) => (name === 'amount' ? { decimals: 4 } : name === 'days' ? 'integer' : 'double'),
  businessDay: (instant) => localDate(instant, offsets),
}

export type Evaluator = (expr: TypedExpr, rows: readonly Row[]) => readonly string[]

/** Row by row in JavaScript. */
export const byRow: Evaluator = (expr, rows) =>
  rows.map((row) => textOf(evaluateExpression(expr, row, { businessDay }), expr.type))

/** Column by column in JavaScript. */
export const byColumn: Evaluator = (expr, rows) => {
  const result = evaluateColumns(expr, tableOf(rows), { businessDay })
  return rows.map((_, index) =>
    hasBit(result.known, index) ? textOf(valueAt(result, index), expr.type) : 'unknown',
  )
}

/** Opens an engine that holds the rows as table `t`. */
export async function openWithRows(rows: readonly Row[]): Promise<Warehouse> {
  const warehouse = await openDuckDb({ path: ':memory:', threads: 1 })
  const definitions = columnNames.map(
    (name) => sql`${ident(name)} ${sqlTypes[name] ?? sqlTypesOf[columnTypes[name]]}`,
  )
  await warehouse.run(sql`create table t (line bigint, ${join(definitions)})`)
  for (const [line, row] of rows.entries()) {
    const cells = columnNames.map((name) => literalOf(row[name], columnTypes[name]))
    await warehouse.run(sql`insert into t values (${line}, ${join(cells)})`)
  }
  return warehouse
}

/** The engine's answer for the rows it was opened with. */
export async function bySql(expr: TypedExpr, warehouse: Warehouse): Promise<readonly string[]> {
  const value = expressionToSql(expr, sqlOptions)
  const found = await warehouse.rows<{ value: string | null }>(
    sql`select ${asText(value, expr.type)} as value from t order by line`,
  )
  return found.map((row) => (row.value === null ? 'unknown' : normal(row.value, expr.type)))
}

/** Evaluates every expression on every row three ways and tells where the answers differ. */
export async function compareAll(
  exprs: readonly TypedExpr[],
  rows: readonly Row[],
  first: Evaluator,
): Promise<{ pairs: number; known: number; disagreements: string[] }> {
  const warehouse = await openWithRows(rows)
  const disagreements: string[] = []
  let pairs = 0
  let known = 0
  try {
    for (const expr of exprs) {
      const [row, column, engine] = [first(expr, rows), byColumn(expr, rows), await bySql(expr, warehouse)]
      rows.forEach((_, index) => {
        pairs++
        if (engine[index] !== 'unknown') known++
        if (row[index] === column[index] && column[index] === engine[index]) return
        disagreements.push(
          `${printExpression(expr)} in row ${index}: ${row[index]}, ${column[index]}, ${engine[index]}`,
        )
      })
    }
  } finally {
    warehouse.close()
  }
  return { pairs, known, disagreements }
}

const sqlTypesOf: Record<Type, Sql> = {
  bool: sql`boolean`,
  number: sql`double`,
  string: sql`varchar`,
  date: sql`date`,
  instant: sql`timestamp`,
  set: sql`varchar[]`,
}
const sqlTypes: Partial<Record<ColumnName, Sql>> = { amount: sql`decimal(18,4)`, days: sql`bigint` }

function literalOf(value: Value | null | undefined, type: Type): Sql {
  if (value === null || value === undefined) return sql`null`
  switch (type) {
    case 'number':
      // NaN and infinities reach a column through files; as text they are written without binding a number.
      return Number.isFinite(value)
        ? sql`${typed('double', value as number)}`
        : sql`cast(${String(value)} as double)`
    case 'date':
      return sql`${typed('date', formatIsoDate(value as number))}`
    case 'instant':
      return sql`make_timestamp(${value as bigint})`
    case 'set': {
      const items = [...(value as ReadonlySet<string>)].map((item) => sql`${item}`)
      return items.length === 0 ? sql`cast([] as varchar[])` : sql`[${join(items)}]`
    }
    default:
      return sql`${value as string | boolean}`
  }
}

/** Text that keeps every difference there is: doubles to the last bit, NaN and infinities too. */
function asText(value: Sql, type: Type): Sql {
  if (type === 'instant') return sql`cast(epoch_us(${value}) as varchar)`
  return sql`cast(${value} as varchar)`
}

function normal(text: string, type: Type): string {
  return type === 'number' ? String(Number(text)) : text
}

function textOf(value: Value | undefined, type: Type): string {
  if (value === undefined) return 'unknown'
  return type === 'date' ? formatIsoDate(value as number) : String(value)
}

function valueAt(result: ResultColumn, index: number): Value | undefined {
  return result.type === 'bool' ? hasBit(result.isTrue, index) : result.values[index]
}

function tableOf(rows: readonly Row[]): ColumnTable {
  return {
    length: rows.length,
    columns: Object.fromEntries(columnNames.map((name) => [name, columnOf(name, rows)])),
  }
}

function columnOf(name: ColumnName, rows: readonly Row[]): Column {
  const type = columnTypes[name]
  const values = rows.map((row) => row[name] ?? undefined)
  const valid = Uint8Array.from(values, (value) => (value === undefined ? 0 : 1))
  switch (type) {
    case 'number':
    case 'date':
      return { type, values: Float64Array.from(values, (value) => Number(value ?? 7)), valid }
    case 'instant':
      return {
        type,
        values: BigInt64Array.from(values, (value) => (value as bigint | undefined) ?? 7n),
        valid,
      }
    case 'bool':
      return { type, values: Uint8Array.from(values, (value) => (value === true ? 1 : 0)), valid }
    case 'set':
      return { type, values: values as (ReadonlySet<string> | undefined)[] }
    case 'string':
      return name === 'level'
        ? coded(values as (string | undefined)[])
        : { type, values: values as (string | undefined)[] }
  }
}

function coded(values: readonly (string | undefined)[]): Column {
  const dictionary = [...new Set(values.filter((value) => value !== undefined))]
  const codes = Int32Array.from(values, (value) => (value === undefined ? -1 : dictionary.indexOf(value)))
  return { type: 'string', codes, dictionary }
}
