import { chiSquareQuantile } from '../distributions/chi-square.ts'
import { findRoot } from '../optimize/brent.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { binomialTest } from './exact-tests.ts'
import type { Proportion } from './proportion-intervals.ts'
import type { Interval } from './sample.ts'

/**
 * Interval of a proportion by turning the two-sided exact binomial test round: shares that it does not reject. Shorter than
 * Clopper and Pearson's. Where the p-value jumps, the ends lie at a jump.
 * Range: within [0, 1].
 * Cost some forty exact tests, each O(√n).
 * Source: Sterne (1954), https://doi.org/10.1093/biomet/41.1-2.275
 * Parity: statsmodels `proportion_confint(method = "binom_test")`.
 * @throws StatsError `outOfDomain` unless successes and n are whole numbers with 0 ≤ successes ≤ n, n ≥ 1
 * @example
 * binomialTestInterval({ successes: 8, n: 10 }) // → { low: 0.4464887, high: 0.9632286, level: 0.95 }
 */
export function binomialTestInterval({ successes, n }: Proportion, level = 0.95): Interval {
  requireLevel('level', level)
  const share = successes / n
  const excess = (p: number): number => binomialTest(successes, n, p).pValue - (1 - level)
  excess(0.5)
  return {
    low: successes === 0 ? 0 : findRoot(excess, 2 ** -1022, share),
    high: successes === n ? 1 : findRoot(excess, share, 1 - 2 ** -52),
    level,
  }
}

/**
 * Intervals of the shares of k categories that hold together at the level.
 * One interval per category, each within [0, 1].
 * Cost O(k).
 * Source: Goodman (1965), https://doi.org/10.1080/00401706.1965.10490252
 * Parity: statsmodels `multinomial_proportions_confint(method = "goodman")`.
 * @throws StatsError `insufficientData` for fewer than two categories, `outOfDomain` for a count below 0 or no count at all
 * @example
 * simultaneousShares([30, 50, 20])[0] // → { low: 0.2036004, high: 0.4180816, level: 0.95 }
 */
export function simultaneousShares(counts: readonly number[], level = 0.95): readonly Interval[] {
  requireLevel('level', level)
  const k = counts.length
  if (k < 2) throw new StatsError('insufficientData', `There is ${k} category; at least two were expected.`)
  const n = counts.reduce((a, b) => a + b, 0)
  if (!(n > 0 && n < Infinity && counts.every((count) => count >= 0)))
    throw new StatsError('outOfDomain', 'Counts were not finite numbers of at least 0 with a sum above 0.')
  const z2 = chiSquareQuantile(1 - (1 - level) / k, 1)
  return counts.map((count) => {
    const reach = Math.sqrt(z2 * z2 + (4 * count * z2 * (n - count)) / n)
    return {
      low: Math.max(0, (z2 + 2 * count - reach) / (2 * (z2 + n))),
      high: Math.min(1, (z2 + 2 * count + reach) / (2 * (z2 + n))),
      level,
    }
  })
}
