import type { ColumnType } from '@tranche/contract'
import { type Sql, type SqlParameter, type SqlType, sql, unsafeRaw } from './sql.ts'

/**
 * What engines say differently. A dialect translates exactly or throws.
 * Session zone is UTC in every engine; weeks start on Monday; instants are timestamps without zone, in UTC.
 */
export interface Dialect {
  readonly name: 'duckdb'
  quote(identifier: string): string
  placeholder(parameter: SqlParameter, position: number): string
  literal(parameter: SqlParameter): string
  /** Type of a standard column. Money is DECIMAL(18,4). */
  columnType(type: ColumnType): Sql
  /** numerator / denominator as doubles; NULL where the denominator is zero or either is NULL. */
  divide(numerator: Sql, denominator: Sql): Sql
  /** 60 bits of sha256 of the text, as bigint: the same in every engine and in Node. */
  hash60(text: Sql): Sql
  /** DATE from TIMESTAMP or DATE, dropping the time. NULL stays NULL. */
  toDate(instant: Sql): Sql
  /** TIMESTAMP moved by whole seconds. */
  addSeconds(instant: Sql, seconds: number): Sql
  /** Whole days from one DATE to another, as bigint. NULL where either is. */
  daysBetween(from: Sql, to: Sql): Sql
  /** The value if it is a finite double, else NULL. */
  finite(value: Sql): Sql
}

const sqlTypes: Record<SqlType, string> = {
  varchar: 'varchar',
  double: 'double',
  bigint: 'bigint',
  decimal: 'decimal(38,4)',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
}

const columnTypes: Record<ColumnType, string> = {
  id: 'varchar',
  string: 'varchar',
  date: 'date',
  instant: 'timestamp',
  money: 'decimal(18,4)',
  number: 'double',
  integer: 'bigint',
  bool: 'boolean',
  json: 'varchar',
}

const quoteText = (text: string): string => {
  if (text.includes('\0')) throw new TypeError('Text with a NUL character has no SQL literal.')
  return `'${text.replaceAll("'", "''")}'`
}

export const duckdbDialect: Dialect = {
  name: 'duckdb',
  quote: (identifier) => {
    if (identifier === '' || identifier.includes('\0'))
      throw new TypeError('An identifier is empty or holds NUL.')
    return `"${identifier.replaceAll('"', '""')}"`
  },
  placeholder: (parameter, position) => `cast($${position} as ${sqlTypes[parameter.type]})`,
  literal: ({ type, value }) => {
    if (value === null) return `cast(null as ${sqlTypes[type]})`
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new TypeError('A number in SQL must be finite.')
    if (type === 'varchar') return quoteText(String(value))
    if (type === 'boolean') return value ? 'true' : 'false'
    return `cast(${quoteText(String(value))} as ${sqlTypes[type]})`
  },
  columnType: (type) => unsafeRaw(columnTypes[type]),
  divide: (numerator, denominator) =>
    sql`(cast(${numerator} as double) / nullif(cast(${denominator} as double), 0))`,
  hash60: (text) => sql`cast('0x' || substr(sha256(${text}), 1, 15) as bigint)`,
  toDate: (instant) => sql`cast(${instant} as date)`,
  addSeconds: (instant, seconds) => sql`(${instant} + to_seconds(${seconds}))`,
  daysBetween: (from, to) => sql`datediff('day', ${from}, ${to})`,
  finite: (value) => sql`case when isfinite(${value}) then ${value} end`,
}
