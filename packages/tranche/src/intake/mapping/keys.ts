import { byEngine } from '../../sql/by-engine.ts'
import { type Sql, sql } from '../../sql/sql.ts'
import { matchesWhole } from '../readers/constant-text.ts'

export interface KeyOptions {
  /** Padded with leading zeros to this length. */
  readonly padTo?: number | undefined
  /** Leading zeros are dropped. */
  readonly stripZeros?: boolean | undefined
}

/**
 * The spelling of a key that is the same on both sides of a join: full-width characters narrowed, invisible ones
 * and white space around it dropped, leading zeros as declared. Null where nothing is left.
 */
export function normaliseKey(text: string, options: KeyOptions = {}): string | null {
  let key = trimmed([...text].map(narrow).join(''))
  if (key === '') return null
  if (options.stripZeros) key = key.replace(/^0+(?=.)/, '')
  if (options.padTo !== undefined) key = key.padStart(options.padTo, '0')
  return key
}

/** Like `normaliseKey`, of a varchar in SQL. Cheap where the key is in order already: `translate` is not. */
export function keySql(text: Sql, { padTo, stripZeros }: KeyOptions = {}): Sql {
  let key = sql`case when ${isPlainKey(text)} then ${text} else nullif(trim(case when ${hasWide(text)} then translate(${text}, ${wide}, ${slim}) else ${text} end, ${spaces}), '') end`
  if (stripZeros) key = withoutZeros(key)
  if (padTo !== undefined)
    key = sql`case when length(${key}) < ${padTo} then lpad(${key}, cast(${padTo} as integer), '0') else ${key} end`
  return key
}

/** Text without the white space around it; NULL where nothing is left. Cheap where there is none. */
export function tightSql(text: Sql): Sql {
  return sql`case when ${isTight(text)} then ${text} else nullif(trim(${text}, ${`${spaces}\u3000\u00a0\ufeff`}), '') end`
}

const spaces = ' \t\r\n'

/**
 * ASCII only, nothing to trim: true of nearly every key, and much cheaper to ask than to trim. `style` asks that no
 * letter is of the other case. One call, since an engine works out one over the dictionary of a column.
 */
export function isPlainKey(text: Sql, style: 'upper' | 'lower' | null = null): Sql {
  const others = style === null ? '' : style === 'upper' ? '`{-' : '@\\[-'
  return matches(text, `!-${others}\\x7f`, `\\x00-${others}\\x7f`)
}

/** Nothing to trim. */
export function isTight(text: Sql): Sql {
  return matches(text, '^\\x00- \\x{3000}\\x{a0}\\x{feff}', '\\x00-\\x{10ffff}')
}

/** A text of one character at least, of the classes given at both ends and between them. */
function matches(text: Sql, edge: string, inner: string): Sql {
  return matchesWhole(text, `[${edge}](?:[${inner}]*[${edge}])?`)
}

function hasWide(text: Sql): Sql {
  return byEngine({
    duckdb: () => sql`regexp_matches(${text}, ${anyWide})`,
    trino: () => sql`regexp_like(${text}, ${anyWide})`,
  })
}

function withoutZeros(key: Sql): Sql {
  return byEngine({
    duckdb: () => sql`regexp_replace(${key}, '^0+(.)', '\\1')`,
    trino: () => sql`regexp_replace(${key}, '^0+(.)', '$1')`,
  })
}

/** Full-width ! to ~ beside their narrow forms, wide spaces, then what is dropped for having no counterpart. */
const fullWidth = Array.from({ length: 94 }, (_, index) => String.fromCodePoint(0xff01 + index))
const narrowOf = new Map<string, string>([
  ...fullWidth.map((char, index): [string, string] => [char, String.fromCodePoint(0x21 + index)]),
  ['\u3000', ' '],
  ['\u00a0', ' '],
])
const dropped = ['\u200b', '\u200c', '\u200d', '\u2060', '\ufeff']
const wide = [...narrowOf.keys(), ...dropped].join('')
const slim = [...narrowOf.values()].join('')
const anyWide = '[\\x{ff01}-\\x{ff5e}\\x{3000}\\x{a0}\\x{200b}-\\x{200d}\\x{2060}\\x{feff}]'

function narrow(char: string): string {
  return dropped.includes(char) ? '' : (narrowOf.get(char) ?? char)
}

function trimmed(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
}
