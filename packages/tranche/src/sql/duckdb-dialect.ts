import type { ColumnType } from '@tranche/contract'
import type { Dialect } from './dialect.ts'
import { quoteIdentifier, quoteText } from './quote.ts'
import { join, type Sql, type SqlType, sql, unsafeRaw } from './sql.ts'
import { timestampOf } from './time-zone.ts'

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

const shifted = (instant: Sql, seconds: number) => sql`(${instant} + to_seconds(${seconds}))`

export const duckdbDialect: Dialect = {
  name: 'duckdb',
  quote: quoteIdentifier,
  placeholder: (parameter, position) => `cast($${position} as ${sqlTypes[parameter.type]})`,
  literal: ({ type, value }) => {
    if (value === null) return `cast(null as ${sqlTypes[type]})`
    if (type === 'varchar') return quoteText(String(value))
    if (type === 'boolean') return value ? 'true' : 'false'
    return `cast(${quoteText(String(value))} as ${sqlTypes[type]})`
  },
  columnType: (type) => unsafeRaw(columnTypes[type]),
  divide: (numerator, denominator) =>
    sql`(cast(${numerator} as double) / nullif(cast(${denominator} as double), 0))`,
  hash60: (text) => sql`cast('0x' || substr(sha256(${text}), 1, 15) as bigint)`,
  toDate: (instant) => sql`cast(${instant} as date)`,
  addSeconds: shifted,
  // Newest offset first, because most rows are young and a case stops at the first that holds.
  localTimestamp: (instant, [first, ...later]) => {
    const cases = later
      .reverse()
      .map(
        ({ fromMs, offsetSeconds }) =>
          sql`when ${instant} >= ${timestampOf(fromMs)} then ${shifted(instant, offsetSeconds)}`,
      )
    return sql`case ${join(cases, ' ')} else ${shifted(instant, first?.offsetSeconds ?? 0)} end`
  },
  daysBetween: (from, to) => sql`datediff('day', ${from}, ${to})`,
  monthStart: (day) => sql`cast(date_trunc('month', ${day}) as date)`,
  finite: (value) => sql`case when isfinite(${value}) then ${value} end`,
  finiteOnce: (value) => sql`list_transform([${value}], lambda v: case when isfinite(v) then v end)[1]`,
  pick: (condition, yes, no) => sql`list_extract([${no}, ${yes}], cast(${condition} as integer) + 1)`,
  round: (value, decimals) => sql`round(${value}, cast(${decimals} as integer))`,
  match: (kind, subject, part) => sql`${unsafeRaw(matches[kind])}(${subject}, ${part})`,
  hasElement: (array, element) => sql`list_contains(${array}, ${element})`,
}

const matches = { startsWith: 'starts_with', endsWith: 'ends_with', contains: 'contains' } as const
