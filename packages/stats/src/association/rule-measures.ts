import { StatsError } from '../stats-error.ts'

/** How strongly A ⇒ B holds. Infinity where a measure is unbounded; null where it does not exist. */
export type RuleMeasures = {
  readonly count: number
  /** P(A, B). */
  readonly support: number
  /** P(A). */
  readonly coverage: number
  /** P(B). */
  readonly consequentSupport: number
  /** P(B | A). */
  readonly confidence: number
  /** Confidence / P(B); 1 under independence. */
  readonly lift: number
  /** P(A, B) − P(A)P(B). */
  readonly leverage: number
  /** P(A)P(not B) / P(A, not B); Infinity for a rule without exception. */
  readonly conviction: number
  /** Zhang's metric, −1 … 1; 0 where P(A) or P(B) is 1. */
  readonly zhang: number
  readonly jaccard: number
  /** Certainty factor: how far the confidence has closed the gap from P(B) to 1; 0 where P(B) is 1. */
  readonly certainty: number
  /** (confidence − P(B)) / (1 − P(B)) whatever its sign, as mlxtend's certainty; that above divides a loss by P(B). 0 where P(B) is 1. */
  readonly certaintyGain: number
  /** Mean of P(B | A) and P(A | B). */
  readonly kulczynski: number
  readonly cosine: number
  /** |P(A) − P(B)| / P(A or B). */
  readonly imbalance: number
  /** Correlation of A and B, −1 … 1; null where either is always there. */
  readonly phi: number | null
  /** Odds ratio; null where it is 0/0. */
  readonly oddsRatio: number | null
  /** Pearson's χ² of independence with 1 degree of freedom; null where either is always there. */
  readonly chiSquared: number | null
}

/**
 * Measures of a rule from counts: baskets with both sides, with the antecedent, with the consequent, and all.
 * Cost O(1).
 * Source: Tan, Kumar & Srivastava (2004), Information Systems 29, https://doi.org/10.1016/S0306-4379(03)00072-3; Zhang
 * (2000) for Zhang's metric; Shortliffe & Buchanan (1975) for certainty.
 * Parity: arules, mlxtend.
 * @throws StatsError `outOfDomain` for counts that cannot be.
 * @example
 * ruleMeasures(30, 40, 50, 100).lift // → 1.5
 */
export function ruleMeasures(both: number, antecedent: number, consequent: number, n: number): RuleMeasures {
  if (
    !(
      both >= 0 &&
      both <= Math.min(antecedent, consequent) &&
      Math.max(antecedent, consequent) <= n &&
      antecedent > 0 &&
      consequent > 0
    )
  ) {
    throw new StatsError(
      'outOfDomain',
      `Counts of ${both} together, ${antecedent} and ${consequent} apart in ${n} baskets cannot be.`,
    )
  }
  const support = both / n
  const a = antecedent / n
  const b = consequent / n
  const confidence = both / antecedent
  const lift = (both * n) / (antecedent * consequent)
  // Whole numbers over whole numbers, so that independence gives exactly 0.
  const leverage = (both * n - antecedent * consequent) / (n * n)
  const exceptions = antecedent - both
  const spread = antecedent * (n - antecedent) * consequent * (n - consequent)
  const cross = both * n - antecedent * consequent
  return {
    count: both,
    support,
    coverage: a,
    consequentSupport: b,
    confidence,
    lift,
    leverage,
    conviction:
      exceptions === 0 ? Number.POSITIVE_INFINITY : (antecedent * (n - consequent)) / (n * exceptions),
    zhang: zhang(leverage, support, a, b),
    jaccard: both / (antecedent + consequent - both),
    certainty: certainty(confidence, b),
    certaintyGain: b < 1 ? (confidence - b) / (1 - b) : 0,
    kulczynski: (both / antecedent + both / consequent) / 2,
    cosine: both / Math.sqrt(antecedent * consequent),
    imbalance: Math.abs(antecedent - consequent) / (antecedent + consequent - both),
    phi: spread > 0 ? cross / Math.sqrt(spread) : null,
    oddsRatio: odds(both, exceptions, consequent - both, n - antecedent - consequent + both),
    chiSquared: spread > 0 ? (n * cross * cross) / spread : null,
  }
}

function zhang(leverage: number, support: number, a: number, b: number): number {
  const largest = Math.max(support * (1 - a), a * (b - support))
  return largest > 0 ? leverage / largest : 0
}

function certainty(confidence: number, b: number): number {
  if (confidence >= b) return b < 1 ? (confidence - b) / (1 - b) : 0
  return (confidence - b) / b
}

function odds(both: number, onlyA: number, onlyB: number, neither: number): number | null {
  if (onlyA * onlyB > 0) return (both * neither) / (onlyA * onlyB)
  return both * neither > 0 ? Number.POSITIVE_INFINITY : null
}
