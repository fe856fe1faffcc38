import type { ColumnType } from '@tranche/contract'
import type { Dialect } from './dialect.ts'
import { duckdbDaySets, duckdbMonthSets } from './duckdb-sets.ts'
import { quoteIdentifier, quoteText } from './quote.ts'
import { ident, join, type Sql, type SqlType, sql, typed, unsafeRaw, whole } from './sql.ts'
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
  daysBetween: (from, to) => sql`(${to} - ${from})`,
  monthStart: (day) => sql`cast(date_trunc('month', ${day}) as date)`,
  finite: (value) => sql`case when isfinite(${value}) then ${value} end`,
  finiteOnce: (value) => sql`list_transform([${value}], lambda v: case when isfinite(v) then v end)[1]`,
  pick: (condition, yes, no) => sql`list_extract([${no}, ${yes}], cast(${condition} as integer) + 1)`,
  round: (value, decimals) => sql`round(${value}, cast(${decimals} as integer))`,
  match: (kind, subject, part) => sql`${unsafeRaw(matches[kind])}(${subject}, ${part})`,
  hasElement: (array, element) => sql`list_contains(${array}, ${element})`,
  table: (path) => ident(...path),
  scratchTable: sql`temp table`,
  inRanges: () => sql``,
  wholeType: (upTo) => (upTo === 'byte' ? sql`utinyint` : sql`smallint`),
  hasBit: (number, bit) => sql`((${number} & ${bit}) <> 0)`,
  storesTextsByPlace: true,
  packsNarrowAmounts: true,
  addTo: (day, by, unit) =>
    unit === 'day' ? sql`(${day} + ${by})` : sql`cast(${day} + to_months(${by}) as date)`,
  daysAfter: (moment, days) => sql`(${moment} + to_days(${days}))`,
  microsOf: (instant) => sql`epoch_us(${instant})`,
  secondsOf: (instant) => sql`(epoch_us(${instant}) // 1000000)`,
  lowest: (type) => lowest[type],
  extreme: (kind, value, key) =>
    kind === 'last' ? sql`arg_max(${value}, ${key})` : sql`arg_min(${value}, ${key})`,
  median: (value) => sql`median(${value})`,
  // In their order, so that the last digits don't depend on which thread came first.
  deviation: (value) =>
    sql`list_aggregate(list_sort(list(${value}) filter (where ${value} is not null)), 'stddev_samp')`,
  toDecimal: (value, precision, scale) =>
    sql`try_cast(${value} as decimal(${whole(precision)}, ${whole(scale)}))`,
  readDouble: (text) => sql`try_cast(${text} as double)`,
  quantileOf: (value, share) => sql`quantile_disc(${value}, ${typed('double', share)})`,
  quantileBetween: (value, share) => sql`quantile_cont(${value}, ${typed('double', share)})`,
  bitAt: (place) => sql`(cast(1 as bigint) << cast(${place} as integer))`,
  allBits: (value) => sql`bit_or(${value})`,
  daySets: duckdbDaySets,
  monthSets: duckdbMonthSets,
}

const matches = { startsWith: 'starts_with', endsWith: 'ends_with', contains: 'contains' } as const

const smallestText = sql`''`
const lowest: Record<ColumnType, Sql> = {
  id: smallestText,
  string: smallestText,
  json: smallestText,
  date: sql`cast('-infinity' as date)`,
  instant: sql`cast('-infinity' as timestamp)`,
  money: sql`cast(-99999999999999 as decimal(18, 4))`,
  number: sql`cast('-infinity' as double)`,
  integer: sql`cast(-9223372036854775807 as bigint)`,
  bool: sql`false`,
}
