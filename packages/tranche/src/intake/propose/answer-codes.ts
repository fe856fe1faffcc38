import type { Text } from '@tranche/contract'
import { quoted } from './map-column.ts'
import type { ColumnProfile } from './profile.ts'

/** Points of a scale that people answer on. */
const mostPoints = 11
/** Share of negative values above which they say something of their own. */
const mostNegative = 0.25

/**
 * Codes below zero among the points of a scale from 1 up: refused, not asked, don't know. Empty where a zero stands between them,
 * since the numbers then run on below it.
 */
export function noAnswers(column: ColumnProfile): readonly string[] {
  const { numbers, top, distinct } = column
  if (numbers === null || !numbers.whole || numbers.min >= 0 || numbers.negativeShare > mostNegative)
    return []
  if (top.length < distinct || distinct > mostPoints + 10) return []
  const values = top.map(({ value }) => Number(value))
  const points = values.filter((value) => value > 0).sort((a, b) => a - b)
  const isScale =
    points.length >= 2 && points.length <= mostPoints && points.every((point, at) => point === at + 1)
  if (!isScale || values.includes(0) || values.some(Number.isNaN)) return []
  return top.filter(({ value }) => Number(value) < 0).map(({ value }) => value)
}

/** One note for all columns whose negative codes were taken for no answer. */
export function noteOnNoAnswers(columns: readonly ColumnProfile[]): Text | undefined {
  const found = columns.filter((column) => noAnswers(column).length > 0)
  const [first] = found
  if (first === undefined) return undefined
  const codes = [...new Set(found.flatMap(noAnswers))].sort((a, b) => Number(b) - Number(a)).join(', ')
  const others = found.length - 1
  return {
    en: `${quoted(first.name)}${others === 0 ? '' : ` and ${others} more`}: negative codes (${codes}) below a scale from 1 were taken for no answer. A guess: please check.`,
    zh: `${quoted(first.name)}${others === 0 ? '' : `等 ${found.length} 列`}：1 起的量表中出现负值代码（${codes}），视为未作答。此为推测，请核对。`,
  }
}
