import { type ColumnTable, countBits, prepareConditions, type TypedExpr } from '@tranche/language'
import type { SegmentRules } from './check-segments.ts'
import { inlineSegments } from './inline-segments.ts'
import { clausesOf, type RulePreview, rulePreview } from './preview-rule.ts'

/** What a rule would select, as `previewRule` says it, of customers whose columns are in memory. */
export function countClauses(table: ColumnTable, rules: SegmentRules, rule: TypedExpr): RulePreview {
  const { length } = table
  const clauses = clausesOf(rule)
  const answers = prepareConditions(clauses.map((clause) => inlineSegments(clause, rules)))(table)
  const held = new Uint32Array(Math.ceil(length / 32)).fill(0xffffffff)
  /** Those for whom one of the clauses definitely fails. */
  const failed = new Uint32Array(held.length)
  const counts = answers.map(({ isTrue, known }) => {
    for (let word = 0; word < held.length; word++) {
      const yes = isTrue.words[word]!
      held[word]! &= yes
      failed[word]! |= known.words[word]! & ~yes
    }
    return {
      count: countBits({ words: held, length }),
      alone: countBits(isTrue),
      unknown: length - countBits(known),
    }
  })
  const count = counts.at(-1)!.count
  const unknown = length - count - countBits({ words: failed, length })
  return rulePreview(rule, { population: length, count, unknown }, counts)
}
