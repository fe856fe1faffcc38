import type { ColumnMapping, ColumnType } from '@tranche/contract'
import { byEngine } from '../../sql/by-engine.ts'
import { byDialect, ident, type Sql, sql } from '../../sql/sql.ts'
import type { RowReason } from '../quarantine/reasons.ts'
import { defaultInstantFormats } from '../readers/date-formats.ts'
import { boolFromText, dateFromText, instantFromText, textFromText } from '../readers/value-formats.ts'
import { keySql, tightSql } from './keys.ts'
import type { WallClock } from './local-time.ts'
import { type RawColumn, rawText } from './raw-columns.ts'
import { dateTexts, instantTexts, numberTexts, type TextReading } from './text-reading.ts'
import { fromNumber, isBinary, isSafeNumber } from './typed-number.ts'

export interface ValueOptions
  extends Pick<ColumnMapping, 'decimal' | 'scale' | 'missing' | 'padTo' | 'stripZeros'> {
  readonly formats: readonly string[]
  /** Of times written without a zone. */
  readonly clock: WallClock
  /** Gives a reference to a fragment that is worked out once a row. */
  readonly keep: (fragment: Sql) => Sql
  /** Gives a reference to a text's value, in the way its texts are written if that is known. */
  readonly read: (reading: TextReading) => Sql
}

/** What a raw value becomes as a standard type. */
export interface TypedValue {
  readonly value: Sql
  /** What stands there, as text; NULL where nothing does. */
  readonly text: Sql
  /** Whether something can stand there and still give no value. */
  readonly mayFail: boolean
  /** Why, where it does. */
  readonly reason: RowReason
}

/** Text that is normalised as a key, missing texts being NULL: what codes and look-ups match. */
export function keyText(
  column: RawColumn,
  options: Pick<ValueOptions, 'missing' | 'padTo' | 'stripZeros'> &
    Partial<Pick<ValueOptions, 'formats' | 'keep'>>,
): Sql {
  const { formats = [], keep = (fragment: Sql) => fragment } = options
  const text =
    formats.length === 0 ? idText(column) : keep(formattedText(cleanText(column, undefined), formats))
  return withoutMissing(keySql(text, options), options.missing)
}

/** Casts a raw value, or parses its text, as a standard column's type. */
export function typedValue(column: RawColumn, type: ColumnType, options: ValueOptions): TypedValue {
  if (type === 'id') {
    const bare = /INT$|^INTEGER$/.test(column.engineType) && isBare(options)
    const value = bare ? rawText(column) : keyText(column, options)
    return { value, text: value, mayFail: false, reason: 'missing' }
  }
  const text = cleanText(column, options.missing)
  if (type === 'string')
    return options.formats.length === 0
      ? { value: text, text, mayFail: false, reason: 'missing' }
      : {
          value: options.keep(formattedText(text, options.formats)),
          text,
          mayFail: true,
          reason: 'unreadable',
        }
  if (type === 'json') {
    const value = sql`case when ${isJson(text)} then ${text} end`
    return { value, text, mayFail: true, reason: 'not_json' }
  }
  const { value, mayFail } =
    column.kind === 'text' ? fromText(text, type, options) : fromTyped(column, type, options)
  const original = column.kind === 'text' ? text : rawText(column)
  return { value, text: original, mayFail, reason: reasonOf[type] }
}

type ParsedType = Exclude<ColumnType, 'id' | 'string' | 'json'>
interface Parsed {
  readonly value: Sql
  readonly mayFail: boolean
}

const reasonOf: Readonly<Record<ParsedType, RowReason>> = {
  money: 'not_a_number',
  number: 'not_a_number',
  integer: 'not_a_whole_number',
  bool: 'not_yes_or_no',
  date: 'not_a_date',
  instant: 'not_a_time',
}

function fromText(text: Sql, type: ParsedType, options: ValueOptions): Parsed {
  const { formats, clock, decimal } = options
  switch (type) {
    case 'money':
    case 'number':
    case 'integer':
      return fromNumber(
        options.read(
          numberTexts(text, {
            as: type === 'number' ? 'double' : 'decimal',
            ...(decimal === undefined ? {} : { decimal }),
          }),
        ),
        type,
        options,
      )
    case 'bool':
      return { value: boolFromText(text), mayFail: true }
    case 'date':
      return { value: options.read(dateTexts(text, formats)), mayFail: true }
    case 'instant':
      return {
        value: options.read(
          instantTexts(text, formats, clock, (written) => instantValue(written, formats, clock)),
        ),
        mayFail: true,
      }
  }
}

/** Logs write times with their zone: asked first, they don't wait for every local format to fail. */
function instantValue(text: Sql, formats: readonly string[], clock: WallClock): Sql {
  const toUtc = (local: Sql) => clock.toUtc(local)
  if (formats.length > 0) return instantFromText(text, { formats, toUtc })
  const local = defaultInstantFormats.filter((name) => name !== 'iso_zone')
  return sql`coalesce(${instantFromText(text, { formats: ['iso_zone'], toUtc })}, ${instantFromText(text, { formats: local, toUtc })})`
}

function fromTyped(column: RawColumn, type: ParsedType, options: ValueOptions): Parsed {
  const { kind, engineType, sql: raw } = column
  const never = (target: Sql): Parsed => ({ value: target, mayFail: true })
  switch (type) {
    case 'money':
    case 'number':
    case 'integer':
      if (kind === 'bool') return fromNumber(sql`cast(${raw} as bigint)`, type, options)
      if (kind === 'number' || kind === 'decimal')
        return {
          ...fromNumber(raw, type, options, isBinary(engineType)),
          mayFail: !isSafeNumber(engineType, type, options),
        }
      return never(sql`cast(null as ${columnType(type)})`)
    case 'bool':
      if (kind === 'bool') return { value: raw, mayFail: false }
      if (kind === 'number' || kind === 'decimal')
        return { value: sql`case ${raw} when 1 then true when 0 then false end`, mayFail: true }
      return never(sql`cast(null as boolean)`)
    case 'date':
      if (kind === 'date') return { value: raw, mayFail: false }
      if (kind === 'instant') return { value: sql`cast(${localOf(column, options)} as date)`, mayFail: false }
      return { value: dateFromText(wholeNumberText(column), options.formats), mayFail: true }
    case 'instant':
      if (kind === 'instant')
        return {
          value: isZoned(engineType) ? utcOf(raw) : options.clock.toUtc(microseconds(raw, engineType)),
          mayFail: false,
        }
      if (kind === 'date')
        return { value: options.clock.toUtc(sql`cast(${raw} as timestamp)`), mayFail: false }
      return {
        value: instantFromText(wholeNumberText(column), {
          formats: options.formats,
          toUtc: (local) => options.clock.toUtc(local),
        }),
        mayFail: true,
      }
  }
}

/** A text read in a format. Numbers with nothing but zeros behind the point need no arithmetic to lose them. */
function formattedText(text: Sql, formats: readonly string[]): Sql {
  const formatted = textFromText(text, formats)
  if (formats[0] !== 'whole_number') return formatted
  return sql`case when regexp_full_match(${text}, '[0-9]+[.]0+') then split_part(${text}, '.', 1) else ${formatted} end`
}

/** A raw value as text with nothing around it, NULL where nothing or a word for nothing stands. */
function cleanText(column: RawColumn, missing: readonly string[] | undefined): Sql {
  if (column.kind !== 'text') return withoutMissing(rawText(column), missing)
  // A seal or a derived format reads another text than the column's own.
  const clean = column.clean !== undefined && column.identifier === undefined ? column.clean : undefined
  return withoutMissing(clean ?? tightSql(rawText(column)), missing)
}

function withoutMissing(text: Sql, missing: readonly string[] | undefined): Sql {
  if (missing === undefined) return text
  return missing
    .filter((word) => word.trim() !== '')
    .reduce((inner, word) => sql`nullif(${inner}, ${word.trim()})`, text)
}

/** Text of a number without `.0`: floats are how many tools store years, days and customer numbers. */
function wholeNumberText(column: RawColumn): Sql {
  if (column.kind !== 'number' && column.kind !== 'decimal') return rawText(column)
  const bare = sql`try_cast(${column.sql} as bigint)`
  return sql`case when ${bare} = ${column.sql} then cast(${bare} as varchar) else cast(${column.sql} as varchar) end`
}

/** A whole number has no white space to trim. */
function isBare({ missing, padTo, stripZeros, formats }: ValueOptions): boolean {
  return missing === undefined && padTo === undefined && stripZeros !== true && formats.length === 0
}

function idText(column: RawColumn): Sql {
  return /^(FLOAT|DOUBLE|DECIMAL)/.test(column.engineType) ? wholeNumberText(column) : rawText(column)
}

function isJson(text: Sql): Sql {
  return byEngine({
    duckdb: () => sql`json_valid(${text})`,
    trino: () => sql`(try(json_parse(${text})) is not null)`,
  })
}

function isZoned(engineType: string): boolean {
  return engineType.includes('WITH TIME ZONE')
}

/** The same instant without its zone, by arithmetic: the engine's own way is eight times as slow. Infinity has none. */
function utcOf(zoned: Sql): Sql {
  return byEngine({
    duckdb: () => sql`coalesce(make_timestamp(epoch_us(${zoned})), ${zoned} at time zone 'UTC')`,
    trino: () => sql`cast(at_timezone(${zoned}, 'UTC') as timestamp(6))`,
  })
}

/** Parquet has timestamps of seconds, ms and ns too. */
function microseconds(raw: Sql, engineType: string): Sql {
  if (engineType === 'TIMESTAMP') return raw
  return byEngine({
    duckdb: () => sql`cast(${raw} as timestamp)`,
    trino: () => sql`cast(${raw} as timestamp(6))`,
  })
}

function localOf(column: RawColumn, { clock }: ValueOptions): Sql {
  if (!isZoned(column.engineType)) return column.sql
  return byEngine({
    duckdb: () => sql`timezone(${clock.zone.timeZone}, ${column.sql})`,
    trino: () => sql`cast(at_timezone(${column.sql}, ${clock.zone.timeZone}) as timestamp(6))`,
  })
}

function columnType(type: ColumnType): Sql {
  return byDialect((dialect) => dialect.columnType(type))
}

/**
 * A text read as an exact number with six decimals, for expressions. A double below a thousand million has them exactly
 * once rounded, and is read much faster than a wide decimal.
 */
export function numberReading(column: RawColumn, { decimal, missing, keep, read }: ValueOptions): Sql {
  const text = cleanText(column, missing)
  const mark = decimal === undefined ? {} : { decimal }
  const double = read(numberTexts(text, { ...mark, as: 'double' }))
  const wide = sql`try_cast(${read(numberTexts(text, mark))} as decimal(24, 6))`
  return keep(
    sql`case when abs(${double}) < 1000000000 then cast(cast(${double} as decimal(18, 6)) as decimal(24, 6)) else ${wide} end`,
  )
}

/** A name of a compiled query's own columns, which no standard column or extra has. */
export const innerName = (kind: string, index: number): Sql => ident(`~${kind}${index}`)
