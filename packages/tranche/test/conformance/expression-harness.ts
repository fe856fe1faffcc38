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
import type { Warehouse } from '../../src/engine/warehouse.ts'
import type { Dialect } from '../../src/sql/dialect.ts'
import { type ExpressionSqlOptions, expressionToSql } from '../../src/sql/expression-sql.ts'
import { byDialect, ident, join, type Sql, sql, typed } from '../../src/sql/sql.ts'
import { localDate, Zone } from '../../src/sql/time-zone.ts'
import { openEngine } from './engine.ts'

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

/** Fills the engine's table `t` with the rows. */
export async function fill(warehouse: Warehouse, rows: readonly Row[]): Promise<void> {
  const definitions = columnNames.map(
    (name) => sql`${ident(name)} ${byDialect((dialect) => columnTypeOf(name, dialect))}`,
  )
  await warehouse.run(sql`create table t (line bigint, ${join(definitions)})`)
  const lines = rows.map((row, line) => {
    const cells = columnNames.map((name) => literalOf(row[name], name))
    return sql`(${line}, ${join(cells)})`
  })
  await warehouse.run(sql`insert into t values ${join(lines)}`)
}

/** A cluster compiles a query to methods of the JVM, which have a largest size. */
const expressionsPerQuery = 4

/** The engine's answers for the rows of its table, expression by expression. */
async function bySql(
  exprs: readonly TypedExpr[],
  warehouse: Warehouse,
): Promise<readonly (readonly string[])[]> {
  const answers: string[][] = []
  for (let start = 0; start < exprs.length; start += expressionsPerQuery) {
    const some = exprs.slice(start, start + expressionsPerQuery)
    const values = some.map(
      (expr, index) => sql`${asText(expressionToSql(expr, sqlOptions), expr.type)} as ${ident(`e${index}`)}`,
    )
    const found = await warehouse.rows<Record<string, string | null>>(
      sql`select ${join(values)} from t order by line`,
    )
    some.forEach((expr, index) => {
      const texts = found.map((row) => row[`e${index}`] ?? null)
      answers.push(texts.map((text) => (text === null ? 'unknown' : normal(text, expr.type))))
    })
  }
  return answers
}

/** Evaluates every expression on every row three ways and tells where the answers differ. */
export async function compareAll(
  exprs: readonly TypedExpr[],
  rows: readonly Row[],
  first: Evaluator,
): Promise<{ pairs: number; known: number; disagreements: string[] }> {
  const { warehouse, close } = await openEngine()
  const disagreements: string[] = []
  let pairs = 0
  let known = 0
  try {
    await fill(warehouse, rows)
    const answers = await bySql(exprs, warehouse)
    for (const [index, expr] of exprs.entries()) {
      const [row, column, engine] = [first(expr, rows), byColumn(expr, rows), answers[index]!]
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
    await close()
  }
  return { pairs, known, disagreements }
}

function columnTypeOf(name: ColumnName, dialect: Dialect): Sql {
  if (name === 'amount') return dialect.columnType('money')
  if (name === 'days') return dialect.columnType('integer')
  const type = columnTypes[name]
  if (type === 'set') return dialect.name === 'duckdb' ? sql`varchar[]` : sql`array(varchar)`
  return dialect.columnType(type)
}

function literalOf(value: Value | null | undefined, name: ColumnName): Sql {
  if (value === null || value === undefined) return sql`null`
  switch (columnTypes[name]) {
    case 'number':
      // NaN and infinities reach a column through files; as text they are written without binding a number.
      return Number.isFinite(value)
        ? byDialect(
            (dialect) => sql`cast(${typed('double', value as number)} as ${columnTypeOf(name, dialect)})`,
          )
        : sql`cast(${String(value)} as double)`
    case 'date':
      return sql`${typed('date', formatIsoDate(value as number))}`
    case 'instant':
      return sql`${typed('timestamp', microsText(value as bigint))}`
    case 'set': {
      const items = [...(value as ReadonlySet<string>)].map((item) => sql`${item}`)
      const inner = items.length === 0 ? sql`` : join(items)
      return byDialect((dialect) =>
        dialect.name === 'duckdb'
          ? sql`cast([${inner}] as varchar[])`
          : sql`cast(array[${inner}] as array(varchar))`,
      )
    }
    default:
      return sql`${value as string | boolean}`
  }
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` of microseconds since 1970. */
function microsText(micros: bigint): string {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = new Date(Number((micros - rest) / 1000n)).toISOString().slice(0, 19)
  return `${seconds.replace('T', ' ')}.${rest.toString().padStart(6, '0')}`
}

/** Text that keeps every difference there is: doubles to the last bit, NaN and infinities too. */
function asText(value: Sql, type: Type): Sql {
  return type === 'instant' ? value : sql`cast(${value} as varchar)`
}

function normal(text: string, type: Type): string {
  if (type === 'number') return String(Number(text))
  if (type !== 'instant') return text
  const [seconds, fraction = ''] = text.slice(0, -1).split('.')
  return String(BigInt(Date.parse(`${seconds}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0')))
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
