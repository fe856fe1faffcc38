import type { ColumnType } from '@tranche/contract'
import { list, type Sql, sql } from '../../sql/sql.ts'
import {
  dateFormats,
  dateFromText,
  instantFormats,
  instantFromText,
  parseDateFormat,
  serialFormats,
  type ToUtc,
} from './date-formats.ts'
import { type DecimalMark, numberFromText, wholeNumberText } from './number-formats.ts'

export { dateFromText, instantFromText } from './date-formats.ts'

/** Formats of texts: what a text column may be read out of. */
export const textFormats = {
  /** `male` or `female` by the last digit but one of a mainland id number (third group of the short form). */
  gender_in_cn_id: (text: Sql) =>
    sql`(case when regexp_full_match(trim(${text}), '[0-9]{17}[0-9Xx]') then ${oddIsMale(sql`substr(trim(${text}), 17, 1)`)} when regexp_full_match(trim(${text}), '[0-9]{15}') then ${oddIsMale(sql`substr(trim(${text}), 15, 1)`)} end)`,
  /** `female` where the month of a birth number is written 50 higher, else `male`. */
  gender_in_birth_number: (text: Sql) =>
    sql`(case when regexp_full_match(trim(${text}), '[0-9]{2}[56][0-9][0-3][0-9].*') then 'female' when regexp_full_match(trim(${text}), '[0-9]{2}[01][0-9][0-3][0-9].*') then 'male' end)`,
  /** A whole number that a spreadsheet wrote as 17850.0 or 1.785E4, as 17850. */
  whole_number: wholeNumberText,
} as const satisfies Record<string, (text: Sql) => Sql>

/** Names of formats that a column of this type may have; dates also take strptime patterns. */
export function formatNames(type: ColumnType): readonly string[] {
  if (type === 'date' || type === 'instant')
    return [...Object.keys(dateFormats), ...serialFormats, ...instantFormats]
  return type === 'string' || type === 'id' ? Object.keys(textFormats) : []
}

/** Whether the name is a format for this type of column. */
export function isFormat(type: ColumnType, name: string): boolean {
  if (type === 'date' || type === 'instant') return parseDateFormat(name) !== undefined
  return formatNames(type).includes(name)
}

/** A text read out of a text in the first of the formats; without one, the text trimmed. */
export function textFromText(text: Sql, formats: readonly string[]): Sql {
  const [name] = formats
  if (name === undefined) return sql`trim(${text})`
  if (!(name in textFormats)) throw new TypeError(`No format of texts is called ${name}.`)
  return textFormats[name as keyof typeof textFormats](text)
}

export interface ReadOptions {
  /** Formats to try in order; default: those that can't be mistaken for one another. */
  readonly formats?: readonly string[]
  readonly decimal?: DecimalMark
  /** Converts a local timestamp of the column's zone to UTC; only instants need it. */
  readonly toUtc?: ToUtc
}

/**
 * The value of a text, in the engine's type for the column: varchar, double, DECIMAL(18,4), bigint, boolean, DATE,
 * TIMESTAMP in UTC. NULL where the text does not read as one; the caller tells that from an empty text.
 */
export function readValue(text: Sql, type: ColumnType, options: ReadOptions = {}): Sql {
  const { formats = [], decimal = '.', toUtc = (local: Sql): Sql => local } = options
  switch (type) {
    case 'number':
      return numberFromText(text, { decimal, as: 'double' })
    case 'money':
      return numberFromText(text, { decimal, as: 'money' })
    case 'integer': {
      const number = numberFromText(text, { decimal })
      return sql`(case when ${number} = trunc(${number}) then try_cast(${number} as bigint) end)`
    }
    case 'bool':
      return boolFromText(text)
    case 'date':
      return dateFromText(text, formats)
    case 'instant':
      return instantFromText(text, { formats, toUtc })
    case 'json':
      return sql`(case when json_valid(${text}) then ${text} end)`
    case 'id':
    case 'string':
      return textFromText(text, formats)
  }
}

const yes = ['true', 't', 'yes', 'y', '1', 'on', '是', '有', '对', '√', '✓']
const no = ['false', 'f', 'no', 'n', '0', 'off', '否', '无', '错', '×']

/** Yes or no as people and programs write it; NULL for anything else. */
export function boolFromText(text: Sql): Sql {
  const lower = sql`lower(trim(${text}))`
  return sql`(case when ${lower} in (${list(yes)}) then true when ${lower} in (${list(no)}) then false end)`
}

function oddIsMale(digit: Sql): Sql {
  return sql`(case when try_cast(${digit} as integer) % 2 = 1 then 'male' else 'female' end)`
}
