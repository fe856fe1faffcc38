import { type ExtraMapping, type StandardTableName, standardTables, type Text } from '@tranche/contract'
import { noAnswers } from './answer-codes.ts'
import { labelOf } from './column-label.ts'
import type { Reasoned } from './draft.ts'
import { mapColumn } from './map-column.ts'
import { holdsWord, namesCode, wordsOf } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import { isNested, isTwoValued } from './roles.ts'
import { chineseKeys, columnSynonyms, moneyWords, outcomeValues } from './synonyms-columns.ts'

const reserved = ['source', 'known_at', 'as_of', 'customer_id', 'valid_from']

/** Columns without a place in the standard model, as typed attributes under their own names. */
export function extrasOf(
  table: StandardTableName,
  columns: readonly ColumnProfile[],
): ReadonlyMap<string, Reasoned<ExtraMapping>> {
  const standard = standardTables.find((candidate) => candidate.name === table)!
  const taken = new Set<string>([...reserved, ...standard.columns.map((column) => column.name)])
  const extras = new Map<string, Reasoned<ExtraMapping>>()
  for (const column of columns) {
    if (column.kind === 'empty' || hasMembers(column, columns)) continue
    const key = freeKey(keyOf(column), taken)
    taken.add(key)
    extras.set(key, extraOf(column))
  }
  return extras
}

/** An object whose members stand in columns of their own says nothing that they don't. */
function hasMembers(column: ColumnProfile, columns: readonly ColumnProfile[]): boolean {
  return isNested(column) && columns.some((other) => other.name.startsWith(`${column.name}.`))
}

function extraOf(column: ColumnProfile): Reasoned<ExtraMapping> {
  const label = labelOf(column.name)
  const { type, why } = typeOf(column)
  const { from, missing = [], ...rest } = mapColumn(column, type)
  const codes = type === 'number' ? noAnswers(column) : []
  return {
    mapping: {
      ...(from === undefined ? {} : { from }),
      ...rest,
      ...(missing.length + codes.length === 0 ? {} : { missing: [...missing, ...codes] }),
      type,
      label,
      ...(type === 'money' ? { unit: 'money' as const } : {}),
    },
    why,
  }
}

function typeOf(column: ColumnProfile): { type: ExtraMapping['type']; why: Text } {
  if (column.date !== null)
    return column.date.hasTime
      ? { type: 'instant', why: { en: 'dates with a time of day', zh: '日期含时刻' } }
      : { type: 'date', why: { en: 'all values are dates', zh: '取值均为日期' } }
  if (isYesNo(column)) return { type: 'bool', why: { en: 'two values, yes and no', zh: '两个取值：是与否' } }
  if (column.numbers !== null && !isCode(column)) {
    const isMoney =
      (holdsWord(column.name, moneyWords.en) || holdsWord(column.name, moneyWords.zh)) &&
      column.numbers.max > 20 &&
      !notMoney.test(wordsOf(column.name))
    return isMoney
      ? { type: 'money', why: { en: 'numbers under a name of money', zh: '数值，列名表示金额' } }
      : { type: 'number', why: { en: 'all values are numbers', zh: '取值均为数值' } }
  }
  return { type: 'string', why: { en: 'text', zh: '文本' } }
}

/** Numbers beside words of money that are none: how often, how long, how many, what share, since when. */
const notMoney =
  /freq|ratio|rate|percent|pct|share|count|trx|\bct\b|\bto income\b|^(num|number|no|n)\b|term|duration|months|years|year\b|score|days|earliest|latest|idx|index|率|次数|笔数|个数|占比|比例|比|天数|期/i

const nearlyAll = 0.9995

/** Numbers that count nothing: with leading zeros, under the name of a code, or among texts that are none. */
function isCode(column: ColumnProfile): boolean {
  const { numbers } = column
  if (numbers === null || numbers.share < nearlyAll) return true
  if (!numbers.whole) return false
  return namesCode(column.name) || column.top.some(({ value }) => /^0\d/.test(value))
}

/** Two values of which the engine knows which one says yes. */
export function isYesNo(column: ColumnProfile): boolean {
  if (!isTwoValued(column)) return false
  const values = column.top.map(({ value }) => value.toLowerCase())
  const pairs: readonly (readonly [string, string])[] = [
    ['1', '0'],
    ['yes', 'no'],
    ['y', 'n'],
    ['true', 'false'],
    ['t', 'f'],
    ['是', '否'],
    ['有', '无'],
  ]
  return pairs.some(([yes, no]) => values.includes(yes) && values.includes(no))
}

/** The key of an attribute: its own name in small letters; for a Chinese one the concept it names, else its place. */
export function keyOf(column: ColumnProfile): string {
  const words = wordsOf(column.name)
  const ascii = words
    .replace(/[^a-z0-9 ]+/g, '')
    .trim()
    .replace(/ +/g, '_')
  const isReadable =
    ascii.replace(/[^a-z]/g, '').length >= Math.min(2, words.length) && /^[\x20-\x7e]*$/.test(words)
  if (isReadable) return legal(ascii)
  const known = chineseKeys.find(([word]) => words.replaceAll(' ', '').endsWith(word))
  if (known !== undefined) return known[1]
  const concept = Object.entries(columnSynonyms).find(([, synonyms]) =>
    (synonyms.zh as readonly string[]).includes(words.replaceAll(' ', '')),
  )
  return concept?.[0] ?? `attribute_${column.index + 1}`
}

function legal(key: string): string {
  const started = /^[a-z]/.test(key) ? key : `x_${key}`
  return started.slice(0, 60).replace(/_+$/, '')
}

function freeKey(key: string, taken: ReadonlySet<string>): string {
  if (!taken.has(key)) return key
  for (let copy = 2; ; copy++) if (!taken.has(`${key}_${copy}`)) return `${key}_${copy}`
}

/** Which of two values says that the outcome happened, and whether the words said so. */
export function happenedValue(column: ColumnProfile): { value: string; sure: boolean } {
  const values = column.top.map(({ value }) => value)
  const says = (value: string, words: readonly string[]): boolean => {
    const written = value.toLowerCase()
    return words.some(
      (word) =>
        written === word ||
        (word.length > 2 && wordsOf(value).split(' ').includes(word)) ||
        (/\p{Script=Han}/u.test(word) && written.includes(word)),
    )
  }
  const no = values.filter((value) => says(value, outcomeValues.not))
  const yes = values.filter((value) => says(value, outcomeValues.happened) && !no.includes(value))
  if (yes.length === 1) return { value: yes[0]!, sure: true }
  if (no.length === 1) return { value: values.find((value) => value !== no[0])!, sure: true }
  // The rarer of the two is what one asks after.
  return { value: values.at(-1)!, sure: false }
}
