import { join, type Sql, sql } from '../../sql/sql.ts'
import { constantText } from './constant-text.ts'
import type { DecimalMark, NumberType } from './number-formats.ts'

/**
 * What texts of a table of the cluster are read as: the usual ways to write numbers and days, each in the engine's own words.
 * A text written any other way is no value, and is counted as one that can't be read.
 */

type ToUtc = (local: Sql) => Sql

const grouped: Readonly<Record<DecimalMark, string>> = {
  '.': '[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:[.][0-9]+)?',
  ',': '[-+]?(?:[0-9]{1,3}(?:[.][0-9]{3})+|[0-9]+)(?:,[0-9]+)?',
}

export function numberInPlace(
  text: Sql,
  mark: DecimalMark,
  as: NumberType,
  cast: (value: Sql, as: NumberType) => Sql,
): Sql {
  const trimmed = sql`trim(${text})`
  const bare =
    mark === '.' ? sql`replace(${trimmed}, ',', '')` : sql`replace(replace(${trimmed}, '.', ''), ',', '.')`
  return sql`case when ${like(trimmed, grouped[mark])} then ${cast(bare, as)} end`
}

const clock = '[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,9})?)?'
const behind = `(?:[T ]${clock})?`
const isoDay = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
const isoZone = `${isoDay}[T ]${clock} ?(?:Z|[-+][0-9]{2}:?[0-9]{2})`

/** Shape of the day, and where its year, month and day stand in it; what a shape lacks is the first. */
const days: Readonly<Record<string, { readonly shape: string; readonly parts: readonly (number | null)[] }>> =
  {
    'yyyy-mm-dd': { shape: '([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})', parts: [1, 2, 3] },
    yyyymmdd: { shape: '((?:1[6-9]|2[0-2])[0-9]{2})([01][0-9])([0-3][0-9])', parts: [1, 2, 3] },
    'dd/mm/yyyy': { shape: '([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})', parts: [3, 2, 1] },
    'mm/dd/yyyy': { shape: '([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})', parts: [3, 1, 2] },
    'yyyy-mm': { shape: '([0-9]{4})[-/.]([0-9]{1,2})', parts: [1, 2, null] },
    yyyymm: { shape: '((?:19|20)[0-9]{2})([01][0-9])', parts: [1, 2, null] },
    yyyy: { shape: '((?:1[6-9]|2[0-2])[0-9]{2})', parts: [1, null, null] },
  }

/** Formats of dates and times that are read in place. */
export const formatsInPlace: readonly string[] = [
  ...Object.keys(days),
  'yyyymmddhhmmss',
  'iso_zone',
  'epoch_s',
  'epoch_ms',
]
const usualDays = ['yyyy-mm-dd', 'yyyymmdd']
const usualTimes = ['yyyy-mm-dd', 'iso_zone', 'yyyymmddhhmmss', 'yyyymmdd']

/** DATE in the first of the formats that reads the text; a time of day behind it is dropped. */
export function dateInPlace(text: Sql, formats: readonly string[]): Sql {
  const names = read(formats, usualDays)
  return first(names.map((name) => sql`cast(${timeIn(text, name)} as date)`))
}

/** TIMESTAMP in UTC in the first of the formats that reads the text. */
export function instantInPlace(text: Sql, formats: readonly string[], toUtc: ToUtc): Sql {
  const names = read(formats, usualTimes)
  const local = names.filter((name) => !isAbsolute(name)).map((name) => timeIn(text, name))
  const absolute = names.filter(isAbsolute).map((name) => timeIn(text, name))
  return first([...(local.length === 0 ? [] : [toUtc(first(local))]), ...absolute])
}

/** Of the usual formats of files only some are read in place; a mapping that names another is refused before. */
function read(formats: readonly string[], usual: readonly string[]): readonly string[] {
  const known = formats.filter((name) => formatsInPlace.includes(name))
  return known.length > 0 ? known : usual
}

const isAbsolute = (name: string) => ['iso_zone', 'epoch_s', 'epoch_ms'].includes(name)

function timeIn(text: Sql, name: string): Sql {
  const trimmed = sql`trim(${text})`
  switch (name) {
    case 'iso_zone':
      return sql`case when ${like(trimmed, isoZone)} then cast(at_timezone(try_cast(replace(${trimmed}, 'T', ' ') as timestamp(6) with time zone), 'UTC') as timestamp(6)) end`
    case 'epoch_s':
      return since1970(trimmed, '[0-9]{9,10}(?:[.][0-9]+)?', 1)
    case 'epoch_ms':
      return since1970(trimmed, '[0-9]{12,13}', 1000)
    case 'yyyymmddhhmmss':
      return sql`case when ${like(trimmed, '[0-9]{14}')} then try_cast(${digits(trimmed)} as timestamp(6)) end`
    default:
      return dayIn(trimmed, name)
  }
}

function dayIn(trimmed: Sql, name: string): Sql {
  const known = days[name]
  if (known === undefined) throw new TypeError(`No format of dates in place is called ${name}.`)
  const { shape, parts } = known
  const part = (index: number) => sql`regexp_extract(${trimmed}, ${constantText(`^${shape}`)}, ${index})`
  const [year, month, day] = parts.map((index) =>
    index === null ? sql`'01'` : sql`lpad(${part(index)}, 2, '0')`,
  )
  const [yearAt] = parts
  const written = sql`${yearAt === null || yearAt === undefined ? year! : part(yearAt)} || '-' || ${month!} || '-' || ${day!}`
  const time = sql`coalesce(regexp_extract(${trimmed}, ${constantText(`[T ](${clock})\\z`)}, 1), '00:00')`
  return sql`case when ${like(trimmed, `${shape}${behind}`)} then try_cast(${written} || ' ' || ${time} as timestamp(6)) end`
}

/** `20240131235959` as `2024-01-31 23:59:59`. */
function digits(text: Sql): Sql {
  const part = (from: number, length: number) => sql`substr(${text}, ${from}, ${length})`
  return sql`${part(1, 4)} || '-' || ${part(5, 2)} || '-' || ${part(7, 2)} || ' ' || ${part(9, 2)} || ':' || ${part(11, 2)} || ':' || ${part(13, 2)}`
}

function since1970(text: Sql, shape: string, perSecond: number): Sql {
  const micros = sql`cast(round(try_cast(${text} as decimal(38, 6)) * ${1_000_000 / perSecond}) as bigint)`
  const nanos = sql`from_unixtime_nanos(${micros} * 1000)`
  return sql`case when ${like(text, shape)} then cast(at_timezone(${nanos}, 'UTC') as timestamp(6)) end`
}

const like = (text: Sql, pattern: string): Sql =>
  sql`regexp_like(${text}, ${constantText(`^(?:${pattern})\\z`)})`

function first(values: readonly Sql[]): Sql {
  return values.length === 1 ? values[0]! : sql`coalesce(${join(values)})`
}
