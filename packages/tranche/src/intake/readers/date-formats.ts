import { byEngine } from '../../sql/by-engine.ts'
import { join, type Sql, sql } from '../../sql/sql.ts'
import { constantText } from './constant-text.ts'
import { dateInPlace, instantInPlace } from './texts-in-place.ts'

interface DatePattern {
  /** Regular expression of the date's part of the text. */
  readonly shape: string
  /** strptime patterns, tried in order. */
  readonly patterns?: readonly string[]
  /** A date from a text of that shape, where strptime knows no pattern. */
  readonly read?: (text: Sql, centuryStart: number) => Sql
}

const separated = (...parts: string[]): string[] => ['-', '/', '.'].map((mark) => parts.join(mark))
const month = '[A-Za-z]{3,9}'

/**
 * Formats of dates by name; instants have the same ones, followed by a time of day.
 * A name with % in it is a strptime pattern. Two-digit years lie in 1970 to 2069, or from the year after an `@`: `yymmdd@1900` for dates of birth.
 */
export const dateFormats = {
  'yyyy-mm-dd': { shape: '[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}', patterns: separated('%Y', '%m', '%d') },
  yyyymmdd: { shape: '(?:1[6-9]|2[0-2])[0-9]{2}[01][0-9][0-3][0-9]', patterns: ['%Y%m%d'] },
  yymmdd: {
    shape: '[0-9]{2}[01][0-9][0-3][0-9]',
    read: (text, start) => ymd(year(sql`substr(${text}, 1, 2)`, start), sql`substr(${text}, 3, 4)`),
  },
  /** Months of women are written 50 higher, as in Czech and Slovak birth numbers. */
  'yymmdd+50': {
    shape: '[0-9]{2}[0156][0-9][0-3][0-9]',
    read: (text, start) =>
      ymd(
        year(sql`substr(${text}, 1, 2)`, start),
        sql`(lpad(cast(try_cast(substr(${text}, 3, 2) as integer) % 50 as varchar), 2, '0') || substr(${text}, 5, 2))`,
      ),
  },
  'dd/mm/yyyy': { shape: '[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}', patterns: separated('%d', '%m', '%Y') },
  'mm/dd/yyyy': { shape: '[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}', patterns: separated('%m', '%d', '%Y') },
  'dd/mm/yy': { shape: '[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2}', patterns: separated('%d', '%m', '%y') },
  'mm/dd/yy': { shape: '[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2}', patterns: separated('%m', '%d', '%y') },
  'yy/mm/dd': { shape: '[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}', patterns: separated('%y', '%m', '%d') },
  'dd-mon-yyyy': {
    shape: `[0-9]{1,2}[- /]${month}[- /][0-9]{4}`,
    patterns: ['%d-%b-%Y', '%d %b %Y', '%d/%b/%Y', '%d %B %Y', '%d-%B-%Y'],
  },
  'dd-mon-yy': {
    shape: `[0-9]{1,2}[- /]${month}[- /][0-9]{2}`,
    patterns: ['%d-%b-%y', '%d %b %y', '%d/%b/%y'],
  },
  'mon dd, yyyy': {
    shape: `${month} [0-9]{1,2},? [0-9]{4}`,
    patterns: ['%b %d, %Y', '%B %d, %Y', '%b %d %Y', '%B %d %Y'],
  },
  'mon-yyyy': { shape: `${month}[- ][0-9]{4}`, patterns: ['%b-%Y', '%b %Y', '%B %Y', '%B-%Y'] },
  'mon-yy': { shape: `${month}-[0-9]{2}`, patterns: ['%b-%y'] },
  yyyy年m月d日: {
    shape: '[0-9]{4} ?年 ?[0-9]{1,2} ?月 ?[0-9]{1,2} ?[日号]?',
    read: (text) => parts(text, '([0-9]{4}) ?年 ?([0-9]{1,2}) ?月 ?([0-9]{1,2})'),
  },
  yyyy年m月: {
    shape: '[0-9]{4} ?年 ?[0-9]{1,2} ?月',
    read: (text) => parts(sql`(${text} || '1')`, '([0-9]{4}) ?年 ?([0-9]{1,2}) ?月([0-9])'),
  },
  'yyyy-mm': { shape: '[0-9]{4}[-/.][0-9]{1,2}', patterns: ['%Y-%m', '%Y/%m', '%Y.%m'] },
  yyyymm: { shape: '(?:19|20)[0-9]{2}[01][0-9]', patterns: ['%Y%m'] },
  yyyy: { shape: '(?:1[6-9]|2[0-2])[0-9]{2}', patterns: ['%Y'] },
  /** Birth date inside a mainland id number of 18 or 15 digits. */
  cn_id: {
    shape: '[0-9]{17}[0-9Xx]|[0-9]{15}',
    read: (text) =>
      sql`(case when length(${text}) = 18 then try_strptime(substr(${text}, 7, 8), '%Y%m%d') else try_strptime('19' || substr(${text}, 7, 6), '%Y%m%d') end)`,
  },
} as const satisfies Record<string, DatePattern>

/** Formats that are one number: days since 1899-12-30 as spreadsheets count, or seconds or ms since 1970 in UTC. */
export const serialFormats = ['excel', 'epoch_s', 'epoch_ms'] as const

/** Formats that only instants have: digits down to the second, and ISO 8601 with a zone (which then counts). */
export const instantFormats = ['yyyymmddhhmmss', 'iso_zone'] as const

export type DateFormatName = keyof typeof dateFormats
export type InstantFormatName =
  | DateFormatName
  | (typeof serialFormats)[number]
  | (typeof instantFormats)[number]

/** Formats tried where a mapping names none: those that can't be mistaken for one another. */
export const defaultDateFormats: readonly string[] = [
  'yyyy-mm-dd',
  'yyyymmdd',
  'yyyy年m月d日',
  'dd-mon-yyyy',
  'mon dd, yyyy',
]
export const defaultInstantFormats: readonly string[] = [
  ...defaultDateFormats.slice(0, 1),
  'iso_zone',
  'yyyymmddhhmmss',
  ...defaultDateFormats.slice(1),
]

const defaultCenturyStart = 1970
const strptimePattern = /^(?:[^%]|%-?[aAbBcdfgHIjmMnpSuUVWwxXyYzZ%])*$/
const serialDay = { least: 1, most: 2_958_465 }

/** Splits `yymmdd@1900` into its format and where two-digit years start; undefined for an unknown name. */
export function parseDateFormat(
  name: string,
): { format: InstantFormatName | 'strptime'; centuryStart: number } | undefined {
  if (name.includes('%'))
    return strptimePattern.test(name) ? { format: 'strptime', centuryStart: defaultCenturyStart } : undefined
  const [format = '', start] = name.split('@')
  const known =
    Object.hasOwn(dateFormats, format) ||
    (serialFormats as readonly string[]).includes(format) ||
    (instantFormats as readonly string[]).includes(format)
  if (!known || (start !== undefined && !/^\d{4}$/.test(start))) return undefined
  return {
    format: format as InstantFormatName,
    centuryStart: start === undefined ? defaultCenturyStart : Number(start),
  }
}

/** Converts a local TIMESTAMP of the column's zone to UTC. */
export type ToUtc = (local: Sql) => Sql

/** DATE from text in the first of the formats that reads it; a time of day behind it is dropped. NULL where none does. */
export function dateFromText(text: Sql, formats: readonly string[]): Sql {
  return byEngine({
    duckdb: () =>
      firstOf((formats.length > 0 ? formats : defaultDateFormats).map((name) => dateIn(text, name))),
    trino: () => dateInPlace(text, formats),
  })
}

export interface InstantReading {
  readonly formats: readonly string[]
  readonly toUtc: ToUtc
}

/** TIMESTAMP in UTC from text in the first of the formats that reads it. NULL where none does. */
export function instantFromText(text: Sql, reading: InstantReading): Sql {
  return byEngine({
    duckdb: () => instantInFile(text, reading),
    trino: () => instantInPlace(text, reading.formats, reading.toUtc),
  })
}

function instantInFile(text: Sql, { formats, toUtc }: InstantReading): Sql {
  const names = formats.length > 0 ? formats : defaultInstantFormats
  // Times with a zone of their own are UTC already; the others are converted once, not once a format.
  const absolute = names.filter(isAbsolute).map((name) => instantIn(text, name))
  const local = names.filter((name) => !isAbsolute(name)).map((name) => instantIn(text, name))
  return firstOf([...(local.length > 0 ? [toUtc(firstOf(local))] : []), ...absolute])
}

function isAbsolute(name: string): boolean {
  return name === 'iso_zone' || name === 'epoch_s' || name === 'epoch_ms'
}

function firstOf(values: readonly Sql[]): Sql {
  return values.length === 1 ? values[0]! : sql`coalesce(${join(values)})`
}

function dateIn(text: Sql, name: string): Sql {
  const { format, centuryStart } = known(name)
  const trimmed = sql`trim(${text})`
  if (format === 'excel') return sql`(date '1899-12-30' + cast(floor(${serial(trimmed)}) as integer))`
  if (!(format in dateFormats)) return sql`cast(${instantIn(text, name)} as date)`
  return sql`cast(${dayFrom(trimmed, format as DateFormatName, centuryStart)} as date)`
}

/** Local time as written, or UTC where the format says so itself. */
function instantIn(text: Sql, name: string): Sql {
  const { format, centuryStart } = known(name)
  const trimmed = sql`trim(${text})`
  switch (format) {
    case 'iso_zone':
      return sql`(case when regexp_full_match(${trimmed}, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)? ?(?:Z|UTC|GMT|[-+][0-9]{2}(?::?[0-9]{2})?)') then make_timestamp(epoch_us(coalesce(try_cast(${trimmed} as timestamptz), try_cast(${zonedFully(trimmed)} as timestamptz)))) end)`
    case 'epoch_s':
      return epoch(trimmed, 1_000_000, '[0-9]{9,10}(?:[.][0-9]+)?')
    case 'epoch_ms':
      return epoch(trimmed, 1000, '[0-9]{12,13}')
    case 'excel':
      return sql`(timestamp '1899-12-30' + to_seconds(cast(round(${serial(trimmed)} * 86400) as bigint)))`
    case 'yyyymmddhhmmss':
      return sql`(case when regexp_full_match(${trimmed}, '[0-9]{14}') then try_strptime(${trimmed}, '%Y%m%d%H%M%S') end)`
    case 'strptime':
      return sql`try_strptime(${trimmed}, ${constantText(name)})`
    case 'yyyy-mm-dd': {
      const iso = sql`regexp_full_match(${trimmed}, '[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,9})?)?)?')`
      return sql`(case when ${iso} then try_cast(${trimmed} as timestamp) else ${dayAndTime(trimmed, format, centuryStart)} end)`
    }
    default:
      return dayAndTime(trimmed, format, centuryStart)
  }
}

/** Seconds and the colon of the clock as the engine wants them: `10:00Z` has none, `10:00:00 -0400` a space before its zone. */
function zonedFully(trimmed: Sql): Sql {
  const withSeconds = sql`regexp_replace(${trimmed}, '^(.{16}) ?([ZUG+-].*)$', '\\1:00\\2')`
  return sql`regexp_replace(${withSeconds}, ' ([-+])', '\\1')`
}

function dayAndTime(trimmed: Sql, format: DateFormatName, centuryStart: number): Sql {
  return sql`(${dayFrom(trimmed, format, centuryStart)} + ${timeOfDay(trimmed, dateFormats[format].shape)})`
}

const timeShape =
  '(?:上午|下午|晚上|中午)? ?[0-9]{1,2} ?[:时点] ?[0-9]{1,2} ?(?:[:分] ?(?:[0-9]{1,2}(?:\\.[0-9]{1,9})?)?)? ?秒?(?: ?[AaPp][.]?[Mm][.]?)?'

function dayFrom(trimmed: Sql, format: DateFormatName, centuryStart: number): Sql {
  const pattern: DatePattern = dateFormats[format]
  const whole = `(${pattern.shape})(?:(?:T| +|, *)?${timeShape})?`
  const day = sql`regexp_extract(${trimmed}, ${constantText(`^${whole}$`)}, cast(1 as integer))`
  const read = pattern.read?.(day, centuryStart) ?? strptime(day, pattern.patterns ?? [])
  const value = /(^|[^y])yy($|[/])/.test(format) ? inCentury(read, centuryStart) : read
  return sql`(case when regexp_full_match(${trimmed}, ${constantText(whole)}) then ${value} end)`
}

/** The interval since midnight behind a date; none is midnight. */
function timeOfDay(trimmed: Sql, dateShape: string): Sql {
  const rest = sql`regexp_replace(${trimmed}, ${constantText(`^(?:${dateShape})(?:T| +|, *)?`)}, '')`
  const part = (index: number): Sql =>
    sql`coalesce(try_cast(nullif(regexp_extract(${rest}, '([0-9]{1,2}) ?[:时点] ?([0-9]{1,2})(?: ?[:分] ?([0-9.]+))?', cast(${index} as integer)), '') as double), 0)`
  const afternoon = sql`regexp_matches(${rest}, '下午|晚上|[Pp][.]?[Mm]')`
  const twelve = sql`(${afternoon} or regexp_matches(${rest}, '上午|[Aa][.]?[Mm]'))`
  const hours = sql`(case when ${twelve} then ${part(1)} % 12 + (case when ${afternoon} then 12 else 0 end) else ${part(1)} end)`
  const inRange = sql`${part(1)} <= 24 and ${part(2)} < 60 and ${part(3)} < 61`
  const micros = sql`cast(round((${hours} * 3600 + ${part(2)} * 60 + ${part(3)}) * 1000000) as bigint)`
  return sql`(case when ${rest} = '' then to_microseconds(cast(0 as bigint)) when ${inRange} then to_microseconds(${micros}) end)`
}

function strptime(text: Sql, patterns: readonly string[]): Sql {
  return sql`try_strptime(${text}, [${join(patterns.map((pattern) => constantText(pattern)))}])`
}

function year(twoDigits: Sql, start: number): Sql {
  return sql`lpad(cast(${start} + (try_cast(${twoDigits} as integer) - ${start % 100} + 100) % 100 as varchar), 4, '0')`
}

function ymd(yearText: Sql, monthDay: Sql): Sql {
  return sql`try_strptime(${yearText} || ${monthDay}, '%Y%m%d')`
}

function parts(text: Sql, pattern: string): Sql {
  const part = (index: number): Sql =>
    sql`regexp_extract(${text}, ${constantText(pattern)}, cast(${index} as integer))`
  return sql`try_strptime(${part(1)} || '-' || ${part(2)} || '-' || ${part(3)}, '%Y-%m-%d')`
}

/** strptime has its own idea of two-digit years; the same day of ours. */
function inCentury(date: Sql, start: number): Sql {
  const wanted = sql`cast(${start} + (year(${date}) % 100 - ${start % 100} + 100) % 100 as integer)`
  return sql`(${date} + to_years(cast(${wanted} - year(${date}) as integer)))`
}

function serial(trimmed: Sql): Sql {
  const days = sql`try_cast(${trimmed} as double)`
  return sql`(case when regexp_full_match(${trimmed}, '[0-9]{1,7}(?:[.][0-9]+)?') and ${days} between ${serialDay.least} and ${serialDay.most} then ${days} end)`
}

function epoch(trimmed: Sql, microsPerUnit: number, shape: string): Sql {
  return sql`(case when regexp_full_match(${trimmed}, ${constantText(shape)}) then make_timestamp(cast(round(try_cast(${trimmed} as decimal(38,6)) * ${microsPerUnit}) as bigint)) end)`
}

function known(name: string): { format: InstantFormatName | 'strptime'; centuryStart: number } {
  const parsed = parseDateFormat(name)
  if (!parsed) throw new TypeError(`No format of dates is called ${name}.`)
  return parsed
}
