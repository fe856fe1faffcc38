import { logChoose } from '../special/log-gamma.ts'
import { requireLevel } from '../stats-error.ts'
import { ruleMeasures } from './rule-measures.ts'

/** How far a rule's count lies from what baskets filled at random with the same items would give. */
export type RuleSignificance = {
  /** Count over the quantile at `level` of the random count; Infinity where that is 0. */
  readonly hyperLift: number
  /** Chance that the random count is smaller. */
  readonly hyperConfidence: number
  /** Chance that the random count is as large: Fisher's exact test, one-sided. */
  readonly pValue: number
}

/**
 * A rule against chance: the count of both sides is hypergeometric where the items have nothing to do with each other.
 * Counts as `ruleMeasures` takes them; shares in [0, 1].
 * Cost O(smaller count).
 * Source: Hahsler & Hornik (2007), Intelligent Data Analysis 11, sections 4 and 5, https://arxiv.org/abs/0803.0966
 * Parity: arules `hyperLift`, `hyperConfidence`, `fishersExactTest`.
 * @param options.level quantile of the hyper-lift, default .99.
 * @throws StatsError `outOfDomain` for counts that cannot be.
 * @example
 * ruleSignificance(30, 40, 50, 100) // → { hyperLift: 1.153846, hyperConfidence: 0.9999585, pValue: 0.00004154329 }
 */
export function ruleSignificance(
  both: number,
  antecedent: number,
  consequent: number,
  n: number,
  options: { readonly level?: number } = {},
): RuleSignificance {
  const { level = 0.99 } = options
  requireLevel('level', level)
  ruleMeasures(both, antecedent, consequent, n)
  const chance = randomCount(antecedent, consequent, n)
  const lower = chance.below(both)
  const expected = chance.quantile(level)
  return {
    hyperLift: both / expected,
    hyperConfidence: lower.below,
    pValue: lower.from,
  }
}

/** Hypergeometric count of baskets with the consequent among `antecedent` of n. */
function randomCount(antecedent: number, consequent: number, n: number) {
  const low = Math.max(0, antecedent + consequent - n)
  const high = Math.min(antecedent, consequent)
  const mass = (x: number): number =>
    Math.exp(logChoose(consequent, x) + logChoose(n - consequent, antecedent - x) - logChoose(n, antecedent))
  const up = (x: number): number =>
    ((consequent - x) * (antecedent - x)) / ((x + 1) * (n - consequent - antecedent + x + 1))
  const mode = Math.min(high, Math.max(low, Math.floor(((antecedent + 1) * (consequent + 1)) / (n + 2))))
  // Away from the mode the masses fall, so a sum that no longer grows is whole.
  const above = (from: number): number => {
    let [sum, term] = [0, mass(from)]
    for (let x = from; x <= high && sum + term > sum; x++) {
      sum += term
      term *= up(x)
    }
    return sum
  }
  const upTo = (to: number): number => {
    let [sum, term] = [0, mass(to)]
    for (let x = to; x >= low && sum + term > sum; x--) {
      sum += term
      term /= up(x - 1)
    }
    return sum
  }
  return {
    below: (x: number): { readonly below: number; readonly from: number } => {
      if (x <= low) return { below: 0, from: 1 }
      if (x > mode) {
        const from = Math.min(1, above(x))
        return { below: 1 - from, from }
      }
      const below = Math.min(1, upTo(x - 1))
      return { below, from: 1 - below }
    },
    quantile: (level: number): number => {
      let x = mode
      let share = upTo(mode)
      let term = mass(mode)
      const wanted = level * (1 - 1e3 * Number.EPSILON)
      while (share < wanted && x < high) {
        term *= up(x)
        share += term
        x++
      }
      while (x > low && share - term >= wanted) {
        share -= term
        x--
        term /= up(x)
      }
      return x
    },
  }
}
