import type { ColumnMapping, Text } from '@tranche/contract'
import type { Reasoned } from './draft.ts'
import { quoted } from './map-column.ts'
import { conceptScore, isChinese, wordsOf } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import { genderValues, transactionKindValues } from './synonyms-values.ts'

export interface Coded {
  readonly mapping: Reasoned<ColumnMapping>
  readonly notes: readonly Text[]
  /** Share of the filled cells that have a code. */
  readonly covered: number
  readonly used: readonly string[]
}

type Dictionary = Readonly<Record<string, readonly string[]>>

/** Codes for the values of a column that a dictionary knows; the others are left to `otherwise`. */
export function codesFrom(
  column: ColumnProfile,
  dictionary: Dictionary,
  within?: (written: string) => string | undefined,
): { codes: Record<string, string>; covered: number } {
  const codes: Record<string, string> = {}
  let covered = 0
  for (const { value, count } of column.top) {
    const written = value.toLowerCase().trim()
    const found =
      Object.entries(dictionary).find(
        ([target, words]) => written === target || words.includes(written),
      )?.[0] ?? within?.(written)
    if (found === undefined) continue
    codes[value] = found
    covered += count
  }
  return { codes, covered: covered / Math.max(1, column.filled) }
}

/** Gender from words, from M and F, or from 1 and 2 as a guess; undefined where the codes say nothing. */
export function genderCodes(column: ColumnProfile): Coded | undefined {
  const words = codesFrom(column, genderValues)
  if (words.covered >= 0.5) {
    const others = column.top.filter(({ value }) => words.codes[value] === undefined)
    return {
      mapping: {
        mapping: { from: column.name, codes: words.codes, otherwise: null },
        why: { en: 'male and female by their words', zh: '按男女字样识别' },
      },
      covered: words.covered,
      used: [...new Set(Object.values(words.codes))],
      notes:
        others.length === 0
          ? []
          : [
              {
                en: `${quoted(column.name)}: ${others
                  .map(({ value }) => quoted(value))
                  .slice(0, 5)
                  .join(', ')} ${others.length === 1 ? 'is' : 'are'} taken for an unknown gender.`,
                zh: `${quoted(column.name)}：${others
                  .map(({ value }) => quoted(value))
                  .slice(0, 5)
                  .join('、')} 视为性别未知。`,
              },
            ],
    }
  }
  const values = column.top.map(({ value }) => value)
  const oneTwo = values.filter(
    (value) => value === '1' || value === '2' || value === '1.0' || value === '2.0',
  )
  if (conceptScore(column.name, 'gender') < 0.75 || oneTwo.length !== 2 || column.distinct > 4)
    return undefined
  const codes = Object.fromEntries(oneTwo.map((value) => [value, value.startsWith('1') ? 'male' : 'female']))
  return {
    mapping: {
      mapping: { from: column.name, codes, otherwise: null },
      why: {
        en: 'a guess: 1 is male and 2 female in most code lists (ISO 5218, GB/T 2261.1)',
        zh: '推测：多数代码表中 1 为男、2 为女（ISO 5218、GB/T 2261.1）',
      },
    },
    covered: 1,
    used: ['male', 'female'],
    notes: [
      {
        en: `${quoted(column.name)}: 1 was taken for male and 2 for female, as in ISO 5218. A guess: please check.`,
        zh: `${quoted(column.name)}：按 ISO 5218 将 1 视为男、2 视为女。此为推测，请核对。`,
      },
    ],
  }
}

/** Kinds of transactions, where the dictionary knows nine rows of ten; undefined where it does not. */
export function transactionKindCodes(column: ColumnProfile): Coded | undefined {
  const { codes, covered } = codesFrom(column, transactionKindValues, kindWithin)
  if (covered < 0.9 || column.distinct > 60) return undefined
  const others = column.top.filter(({ value }) => codes[value] === undefined)
  return {
    mapping: {
      mapping: { from: column.name, codes, otherwise: 'other' },
      why: { en: 'kinds by their words', zh: '按交易类型字样识别' },
    },
    covered,
    used: [...new Set(Object.values(codes))],
    notes:
      others.length === 0
        ? []
        : [
            {
              en: `${quoted(column.name)}: ${others
                .map(({ value }) => quoted(value))
                .slice(0, 5)
                .join(', ')} became kind other.`,
              zh: `${quoted(column.name)}：${others
                .map(({ value }) => quoted(value))
                .slice(0, 5)
                .join('、')} 归入 other（其他）。`,
            },
          ],
  }
}

/** What a longer text ends with, or else begins with, says its kind: "claim payout", "monthly premium". */
function kindWithin(written: string): string | undefined {
  const text = wordsOf(written)
  const fits = (test: (word: string) => boolean) =>
    Object.entries(transactionKindValues)
      .flatMap(([kind, words]) => [kind.replaceAll('_', ' '), ...words].map((word) => ({ kind, word })))
      .filter(({ word }) => word.length > 3 || isChinese(word))
      .filter(({ word }) => word.length > 1 && test(word))
      .sort((one, other) => other.word.length - one.word.length)[0]?.kind
  return (
    fits((word) => (isChinese(word) ? text.endsWith(word) : text.endsWith(` ${word}`))) ??
    fits((word) => (isChinese(word) ? text.startsWith(word) : text.startsWith(`${word} `)))
  )
}

/** A coded standard column by a dictionary: every value known, or the column is not mapped. */
export function plainCodes(
  column: ColumnProfile,
  dictionary: Dictionary,
  otherwise: string | null,
): Coded | undefined {
  const { codes, covered } = codesFrom(column, dictionary)
  if (covered < 0.9) return undefined
  return {
    mapping: {
      mapping: { from: column.name, codes, ...(covered < 1 ? { otherwise } : {}) },
      why: { en: 'codes by their words', zh: '按字样识别代码' },
    },
    covered,
    used: [...new Set(Object.values(codes))],
    notes: [],
  }
}
