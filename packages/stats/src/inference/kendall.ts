import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import { zPValue } from './proportion-tests.ts'
import type { Alternative } from './sample.ts'

export type KendallCorrelation = {
  /** τ-b, in [−1, 1]. */
  readonly estimate: number
  /** Concordant pairs when exact, else z. */
  readonly statistic: number
  readonly pValue: number
  readonly method: 'exact' | 'normal'
}

/**
 * Kendall's rank correlation τ-b and its test against independence. One value per row in each column.
 * Cost O(n²), exact O(n³).
 * Source: Kendall (1970), Rank Correlation Methods; R's `cor.test`, https://doi.org/10.1093/biomet/30.1-2.81
 * @param options.method `exact` needs columns without ties; `auto` (default) is exact below 50 rows without ties, as R.
 * @throws StatsError `notFinite`, `lengthMismatch`, `insufficientData`, `zeroVariance`, `invalidOption`.
 * @example
 * kendallCorrelation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]).estimate // → 0.6
 */
export function kendallCorrelation(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: { readonly alternative?: Alternative; readonly method?: 'auto' | 'exact' | 'normal' } = {},
): KendallCorrelation {
  const { alternative = 'twoSided', method = 'auto' } = options
  const n = requireSameLength({ x, y })
  if (n < 2) throw new StatsError('insufficientData', `A correlation needs at least 2 rows, got ${n}.`)
  requireFiniteColumn('x', x)
  requireFiniteColumn('y', y)
  let agree = 0
  let score = 0
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const sign = Math.sign(x[i]! - x[j]!) * Math.sign(y[i]! - y[j]!)
      score += sign
      if (sign > 0) agree++
    }
  const [a, b] = [tieTerms(x), tieTerms(y)]
  const pairs = (n * (n - 1)) / 2
  if (a.pairs === pairs || b.pairs === pairs)
    throw new StatsError('zeroVariance', 'A column has one value only, so its ranks say nothing.')
  const estimate = score / Math.sqrt((pairs - a.pairs) * (pairs - b.pairs))
  const tied = a.pairs + b.pairs > 0
  if (method === 'exact' && tied)
    throw new StatsError('invalidOption', 'The exact test needs columns without ties.', {
      hint: "Use method: 'normal'.",
    })
  if (method === 'exact' || (method === 'auto' && !tied && n < 50))
    return { estimate, statistic: agree, pValue: exactPValue(agree, n, alternative), method: 'exact' }
  const m = n * (n - 1)
  const variance =
    (m * (2 * n + 5) - a.five - b.five) / 18 +
    (a.two * b.two) / (2 * m) +
    (n > 2 ? (a.three * b.three) / (9 * m * (n - 2)) : 0)
  const z = score / Math.sqrt(variance)
  return { estimate, statistic: z, pValue: zPValue(z, alternative), method: 'normal' }
}

/** Sums over groups of t ties: t(t−1)/2 pairs, t(t−1), t(t−1)(t−2), t(t−1)(2t+5). */
function tieTerms(values: ArrayLike<number>): { pairs: number; two: number; three: number; five: number } {
  const counts = new Map<number, number>()
  for (let i = 0; i < values.length; i++) counts.set(values[i]!, (counts.get(values[i]!) ?? 0) + 1)
  let [two, three, five] = [0, 0, 0]
  for (const t of counts.values()) {
    two += t * (t - 1)
    three += t * (t - 1) * (t - 2)
    five += t * (t - 1) * (2 * t + 5)
  }
  return { pairs: two / 2, two, three, five }
}

/** Permutations with a given number of concordant pairs have the distribution of inversions. */
function exactPValue(agree: number, n: number, alternative: Alternative): number {
  let shares = Float64Array.of(1)
  for (let k = 2; k <= n; k++) {
    const next = new Float64Array(shares.length + k - 1)
    shares.forEach((share, i) => {
      for (let j = 0; j < k; j++) next[i + j]! += share / k
    })
    shares = next
  }
  const sum = (pick: (i: number) => boolean): number => shares.reduce((s, v, i) => (pick(i) ? s + v : s), 0)
  const lower = sum((i) => i <= agree)
  const upper = sum((i) => i >= agree)
  if (alternative === 'less') return lower
  return alternative === 'greater' ? upper : Math.min(1, 2 * Math.min(lower, upper))
}
