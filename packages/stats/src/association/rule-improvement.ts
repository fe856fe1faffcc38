import { requireFinite, StatsError } from '../stats-error.ts'
import type { AssociationRule } from './association-rules.ts'
import { ruleMeasures } from './rule-measures.ts'

/** What the items before the arrow add over the best shorter rule with the same consequent among those given. */
export type RuleImprovement = {
  /** Confidence less the best shorter rule's; the confidence itself where no shorter rule is there. */
  readonly improvement: number
  /** Confidence over the best shorter rule's; Infinity where no shorter rule is there. */
  readonly boost: number
  /** Lift over the largest lift of a shorter rule; Infinity where no shorter rule is there. */
  readonly liftIncrease: number
  /** No more confident than a shorter rule. */
  readonly redundant: boolean
}

/**
 * Minimum improvement, confidence boost and lift increase of each rule over its sub-rules (fewer items before the arrow,
 * the same after it) among the rules given.
 * One entry a rule, in the rules' order.
 * Cost O(rules · 2^items before the arrow).
 * Source: Bayardo, Agrawal & Gunopulos (2000), Data Mining and Knowledge Discovery 4, section 2,
 * https://doi.org/10.1023/A:1009895914772; Balcázar (2013) for the boost, https://arxiv.org/abs/1103.4778
 * Parity: arules `improvement`, `boost`, `LIC`, `is.redundant`.
 * @throws StatsError `notFinite`, `infeasible` for a rule of more than 20 items before the arrow.
 * @example
 * const sets = frequentItemsets(encodeBaskets([['a', 'b', 'c'], ['a', 'c'], ['a'], ['b']]), { minimumSupport: 0.25 })
 * const rules = associationRules(sets, { minimum: { confidence: 0.6 } })
 * ruleImprovements(rules).map((rule) => rule.redundant).includes(true) // → true
 */
export function ruleImprovements(rules: readonly AssociationRule[]): readonly RuleImprovement[] {
  const key = (items: readonly number[]): string => items.toSorted((a, b) => a - b).join()
  const byConsequent = new Map<string, Map<string, AssociationRule>>()
  for (const rule of rules) {
    requireFinite('confidence', rule.confidence)
    requireFinite('lift', rule.lift)
    const same = byConsequent.get(key(rule.consequent)) ?? new Map<string, AssociationRule>()
    byConsequent.set(key(rule.consequent), same.set(key(rule.antecedent), rule))
  }
  return rules.map((rule) => {
    const size = rule.antecedent.length
    if (size > 20)
      throw new StatsError(
        'infeasible',
        `A rule has ${size} items before the arrow, whose parts are too many; at most 20 were expected.`,
      )
    const same = byConsequent.get(key(rule.consequent))!
    let [confidence, lift] = [0, 0]
    for (let mask = 0; mask < 2 ** size - 1; mask++) {
      const part = same.get(key(rule.antecedent.filter((_, i) => mask & (1 << i))))
      if (!part) continue
      confidence = Math.max(confidence, part.confidence)
      lift = Math.max(lift, part.lift)
    }
    return {
      improvement: rule.confidence - confidence,
      boost: confidence > 0 ? rule.confidence / confidence : Infinity,
      liftIncrease: lift > 0 ? rule.lift / lift : Infinity,
      redundant: rule.confidence <= confidence,
    }
  })
}

/**
 * Lift brought to [0, 1] between the least and the largest that the sides' supports, and the thresholds of the search,
 * allow; 1 where only one value is possible.
 * Counts as `ruleMeasures` takes them.
 * Cost O(1).
 * Source: McNicholas, Murphy & O'Regan (2008), Computational Statistics & Data Analysis 52, section 3,
 * https://doi.org/10.1016/j.csda.2008.03.013
 * Parity: arules `stdLift`, with `correct = TRUE` where thresholds are given.
 * @throws StatsError `outOfDomain` for counts that cannot be.
 * @example
 * standardisedLift({ both: 30, antecedent: 40, consequent: 50, n: 100 }) // → 0.7435897
 */
export function standardisedLift(
  counts: {
    readonly both: number
    readonly antecedent: number
    readonly consequent: number
    readonly n: number
  },
  thresholds: { readonly support?: number; readonly confidence?: number } = {},
): number {
  const { both, antecedent, consequent, n } = counts
  const { lift, coverage: a, consequentSupport: b } = ruleMeasures(both, antecedent, consequent, n)
  const { support: s = 0, confidence = 0 } = thresholds
  const least = Math.max(
    Math.max(a + b - 1, 1 / n) / (a * b),
    (4 * s) / (1 + s) ** 2,
    s / (a * b),
    confidence / b,
  )
  const most = 1 / Math.max(a, b)
  return most === least ? 1 : (lift - least) / (most - least)
}
