import type { ColumnType } from '@tranche/contract'
import type { Dialect } from './dialect.ts'
import { quoteIdentifier, quoteText } from './quote.ts'
import { join, type SqlParameter, type SqlType, sql, typed, unsafeRaw } from './sql.ts'

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
}

/** A parameter's value as an argument of `execute immediate … using`, which takes literals only. */
export function trinoArgument({ value }: SqlParameter): string {
  if (value === null) return 'null'
  return typeof value === 'boolean' ? String(value) : quoteText(String(value))
}
