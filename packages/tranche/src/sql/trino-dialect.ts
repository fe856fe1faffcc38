import type { ColumnType } from '@tranche/contract'
import type { Dialect } from './dialect.ts'
import { quoteIdentifier, quoteText } from './quote.ts'
import {
  ident,
  join,
  type Sql,
  type SqlParameter,
  type SqlType,
  sql,
  typed,
  unsafeRaw,
  whole,
} from './sql.ts'
import { trinoDaySets, trinoMonthSets } from './trino-sets.ts'

const sqlTypes: Record<SqlType, string> = {
  varchar: 'varchar',
  double: 'double',
  bigint: 'bigint',
  decimal: 'decimal(38,4)',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp(6)',
}

const columnTypes: Record<ColumnType, string> = {
  id: 'varchar',
  string: 'varchar',
  date: 'date',
  instant: 'timestamp(6)',
  money: 'decimal(18,4)',
  number: 'double',
  integer: 'bigint',
  bool: 'boolean',
  json: 'varchar',
}

export const trinoDialect: Dialect = {
  name: 'trino',
  quote: quoteIdentifier,
  // A parameter has no type of its own: its literal is text, and the cast around it says what it is.
  placeholder: ({ type }) => `cast(? as ${sqlTypes[type]})`,
  literal: (parameter) => `cast(${trinoArgument(parameter)} as ${sqlTypes[parameter.type]})`,
  columnType: (type) => unsafeRaw(columnTypes[type]),
  divide: (numerator, denominator) =>
    sql`(cast(${numerator} as double) / nullif(cast(${denominator} as double), 0e0))`,
  hash60: (text) => sql`from_base(substr(to_hex(sha256(to_utf8(${text}))), 1, 15), 16)`,
  toDate: (instant) => sql`cast(${instant} as date)`,
  addSeconds: (instant, seconds) => sql`date_add('second', ${seconds}, ${instant})`,
  // The offset is looked up by bisection, and the instant written twice however many offsets there are.
  localTimestamp: (instant, steps) => {
    const later = steps.slice(1).map(({ fromMs }) => sql`${typed('double', fromMs / 1000)}`)
    const offsets = steps.map(({ offsetSeconds }) => sql`${offsetSeconds}`)
    const bucket = sql`cast(width_bucket(to_unixtime(${instant}), array[${join(later)}]) as integer)`
    return sql`date_add('second', element_at(array[${join(offsets)}], ${bucket} + 1), ${instant})`
  },
  daysBetween: (from, to) => sql`date_diff('day', ${from}, ${to})`,
  monthStart: (day) => sql`date_trunc('month', ${day})`,
  finite: (value) => sql`case when is_finite(${value}) then ${value} end`,
  finiteOnce: (value) => sql`transform(array[${value}], v -> case when is_finite(v) then v end)[1]`,
  pick: (condition, yes, no) => sql`element_at(array[${no}, ${yes}], cast(${condition} as integer) + 1)`,
  round: (value, decimals) => sql`round(${value}, cast(${decimals} as integer))`,
  match: (kind, subject, part) => {
    if (kind === 'startsWith') return sql`starts_with(${subject}, ${part})`
    if (kind === 'endsWith') return sql`starts_with(reverse(${subject}), reverse(${part}))`
    return sql`(strpos(${subject}, ${part}) > 0)`
  },
  hasElement: (array, element) => sql`contains(${array}, ${element})`,
  table: (path) => ident(...path),
  scratchTable: sql`table`,
  inRanges: (column, width) => {
    if (!Number.isSafeInteger(width) || width < 1) throw new RangeError(`${width} is no width of ranges.`)
    const transform = `truncate(${trinoDialect.quote(column)}, ${width})`
    return sql`with (partitioning = array[${unsafeRaw(trinoDialect.literal(typed('varchar', transform)))}])`
  },
  // Iceberg keeps no narrower ones.
  wholeType: () => sql`integer`,
  hasBit: (number, bit) => sql`(bitwise_and(${number}, ${bit}) <> 0)`,
  storesTextsByPlace: false,
  packsNarrowAmounts: false,
  addTo: (day, by, unit) => sql`date_add(${unit === 'day' ? sql`'day'` : sql`'month'`}, ${by}, ${day})`,
  daysAfter: (moment, days) => sql`date_add('day', ${days}, ${moment})`,
  // Differences go down to milliseconds, and no function gives what is below; the text has it.
  microsOf: (instant) =>
    sql`(date_diff('second', timestamp '1970-01-01 00:00:00', date_trunc('second', ${instant})) * 1000000
      + cast(substr(cast(cast(${instant} as timestamp(6)) as varchar), -6) as bigint))`,
  secondsOf: (instant) =>
    sql`date_diff('second', timestamp '1970-01-01 00:00:00', date_trunc('second', ${instant}))`,
  lowest: (type) => lowest[type],
  extreme: (kind, value, key) =>
    sql`${kind === 'last' ? sql`max_by` : sql`min_by`}(${value}, ${key}) filter (where ${value} is not null)`,
  // The engine has no exact one: the middle of the sorted values, named once by a lambda.
  median: (value) =>
    sql`element_at(transform(array[${sortedOf(value)}],
      s -> (element_at(s, (cardinality(s) + 1) / 2) + element_at(s, cardinality(s) / 2 + 1)) / 2e0), 1)`,
  deviation: (value) => sql`stddev_samp(${value})`,
  // Its own cast rounds what the double's bits say exactly; a lambda names the product once.
  toDecimal: (value, precision, scale) =>
    sql`try(cast(element_at(transform(array[${value} * 1e${whole(scale)}], v -> ${rounded(sql`v`)}), 1)
      * decimal '0.${unsafeRaw('1'.padStart(scale, '0'))}' as decimal(${whole(precision)}, ${whole(scale)})))`,
  // Its own reading takes what Java does: hexadecimal digits, a letter for the type.
  readDouble: (text) =>
    sql`case when regexp_like(${text}, '^\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?\\s*$') then try_cast(trim(${text}) as double) end`,
  quantileOf: (value, share) =>
    sql`element_at(transform(array[${sortedOf(value)}],
      s -> element_at(s, greatest(1, cast(ceil(cardinality(s) * ${typed('double', share)}) as integer)))), 1)`,
  quantileBetween: (value, share) => {
    const place = sql`((cardinality(s) - 1) * ${typed('double', share)})`
    const lower = sql`element_at(s, cast(floor(${place}) as integer) + 1)`
    const upper = sql`element_at(s, cast(ceil(${place}) as integer) + 1)`
    return sql`element_at(transform(array[${sortedOf(value)}], s -> ${lower} + (${upper} - ${lower}) * (${place} - floor(${place}))), 1)`
  },
  bitAt: (place) => sql`bitwise_left_shift(bigint '1', cast(${place} as integer))`,
  allBits: (value) => sql`bitwise_or_agg(${value})`,
  daySets: trinoDaySets,
  monthSets: trinoMonthSets,
}

/**
 * A double as DECIMAL(38, 0), half away from zero. From 2^52 on doubles are whole, and the engine rounds no larger ones; from
 * 2^63 on its cast takes their shortest digits.
 */
const rounded = (
  value: Sql,
): Sql => sql`case when abs(${value}) < 4503599627370496e0 then cast(cast(round(${value}) as bigint) as decimal(38, 0))
  when abs(${value}) < 9223372036854774784e0 then cast(cast(${value} as bigint) as decimal(38, 0)) else cast(${value} as decimal(38, 0)) end`

const sortedOf = (value: Sql): Sql => sql`array_sort(array_agg(${value}) filter (where ${value} is not null))`

const smallestText = sql`''`
const lowest: Record<ColumnType, Sql> = {
  id: smallestText,
  string: smallestText,
  json: smallestText,
  date: sql`date '-9999-01-01'`,
  instant: sql`timestamp '-9999-01-01 00:00:00.000000'`,
  money: sql`cast(-99999999999999 as decimal(18, 4))`,
  number: sql`(-infinity())`,
  integer: sql`bigint '-9223372036854775807'`,
  bool: sql`false`,
}

/** The dialect for tables that share one schema: the path of each becomes one name behind the prefix. */
export function trinoDialectOf(prefix: string | undefined): Dialect {
  if (prefix === undefined) return trinoDialect
  return { ...trinoDialect, table: (path) => ident(`${prefix}${path.join('_')}`) }
}

/** A parameter's value as an argument of `execute immediate … using`, which takes literals only. */
export function trinoArgument({ value }: SqlParameter): string {
  if (value === null) return 'null'
  return typeof value === 'boolean' ? String(value) : quoteText(String(value))
}
