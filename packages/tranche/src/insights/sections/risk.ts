import type { Notebook } from '../draft.ts'
import { publishLevels, publishShares } from '../levels.ts'
import { type Measure, measureOf } from '../measures.ts'
import { byBands, saySpread } from '../spread.ts'

const section = 'outcomes'
const score = 'bureau_score'
/** Scores from which the tiers B and A begin. */
const cuts = [600, 700]
const tiers = ['C', 'B', 'A'] as const

/** Default and approval by tier of the bureau's score, where there is one. */
export function sayRisk(book: Notebook): boolean {
  const by = byBands(book, score, cuts)
  if (!by) return false
  const before = book.findings.length
  const nameOf = (_: string, code: number) => tiers[code]!
  publishShares(book, { section, prefix: 'risk.tier_share', by, nameOf })
  const measures: readonly (readonly [string, Measure | undefined])[] = [
    ['default_12m', measureOf(book.frame, 'default_12m') ?? measureOf(book.frame, 'default_ever')],
    ['approval', measureOf(book.frame, 'loan_approved')],
  ]
  for (const [name, measure] of measures) {
    if (!measure) continue
    publishLevels(book, { section, prefix: `risk.${name}`, by, nameOf, measure })
    saySpread(book, {
      section,
      measure,
      by,
      weight: measure.weight * 0.9,
      key: `outcomes.${score}.${measure.column}`,
    })
  }
  return book.findings.length > before
}
