import { normalQuantile } from '../distributions/normal.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { zPValue } from './proportion-tests.ts'
import { type Alternative, type Interval, requireSummary, type SampleSummary } from './sample.ts'
import { pairedTTest, pooledTTest, welchTTest } from './t-tests.ts'

export type EquivalenceTest = {
  /** The larger of the two one-sided p-values; below alpha the effect lies within the margins. */
  readonly pValue: number
  readonly lower: { readonly statistic: number; readonly pValue: number }
  readonly upper: { readonly statistic: number; readonly pValue: number }
}

/**
 * Two one-sided t-tests that the difference of two means lies between `low` and `high`: proof of "no harm", which a
 * large p-value of the usual test is not.
 * Cost O(1).
 * Source: Schuirmann (1987), J. Pharmacokin. Biopharm. 15, https://doi.org/10.1007/BF01068419
 * Parity: statsmodels `ttost_ind`.
 * @param options.variance `welch` (default) or `pooled`.
 * @throws StatsError `notFinite`, `outOfDomain`, `invalidOption` unless low < high; `insufficientData`,
 * `zeroVariance`.
 * @example
 * const [a, b] = [{ n: 50, mean: 10, variance: 4 }, { n: 50, mean: 10.1, variance: 4 }]
 * meanEquivalenceTest(a, b, { low: -1, high: 1 }).pValue // → 0.01334261
 */
export function meanEquivalenceTest(
  first: SampleSummary,
  second: SampleSummary,
  margins: { readonly low: number; readonly high: number },
  options: { readonly variance?: 'welch' | 'pooled' } = {},
): EquivalenceTest {
  const test = options.variance === 'pooled' ? pooledTTest : welchTTest
  return twoOneSided(margins, (hypothesis, alternative) => test(first, second, { hypothesis, alternative }))
}

/**
 * The same for the mean difference of pairs. One value per row and column.
 * Cost O(n).
 * Source: https://doi.org/10.1007/BF01068419
 * Parity: statsmodels `ttost_paired`.
 * @throws StatsError as `meanEquivalenceTest`, `lengthMismatch`.
 * @example
 * pairedEquivalenceTest([1, 2, 3, 4], [1.1, 2.2, 2.9, 4.1], { low: -0.5, high: 0.5 }).pValue // → 0.003313589
 */
export function pairedEquivalenceTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  margins: { readonly low: number; readonly high: number },
): EquivalenceTest {
  return twoOneSided(margins, (hypothesis, alternative) =>
    pairedTTest(first, second, { hypothesis, alternative }),
  )
}

function twoOneSided(
  { low, high }: { readonly low: number; readonly high: number },
  test: (
    hypothesis: number,
    alternative: 'less' | 'greater',
  ) => { readonly statistic: number; readonly pValue: number },
): EquivalenceTest {
  if (!(low < high))
    throw new StatsError(
      'invalidOption',
      `The margins are ${low} and ${high}; the first must be the smaller.`,
    )
  const lower = test(low, 'greater')
  const upper = test(high, 'less')
  return {
    pValue: Math.max(lower.pValue, upper.pValue),
    lower: { statistic: lower.statistic, pValue: lower.pValue },
    upper: { statistic: upper.statistic, pValue: upper.pValue },
  }
}

export type MeanZTest = {
  readonly estimate: number
  readonly statistic: number
  readonly pValue: number
  readonly interval: Interval
}

/**
 * z-test of a mean, or of a difference of two, with variances taken from the samples; for large samples.
 * Cost O(1).
 * Source: Student's test with the normal in place of t, https://doi.org/10.1093/biomet/6.1.1
 * Parity: statsmodels `ztest`.
 * @param options.variance of two samples: `pooled` (as statsmodels' default) or `unequal` (default).
 * @throws StatsError `notFinite`, `outOfDomain`, `insufficientData`, `zeroVariance`.
 * @example
 * meanZTest({ n: 100, mean: 0.2, variance: 1 }).pValue // → 0.04550026
 */
export function meanZTest(
  first: SampleSummary,
  second?: SampleSummary,
  options: {
    readonly hypothesis?: number
    readonly alternative?: Alternative
    readonly level?: number
    readonly variance?: 'pooled' | 'unequal'
  } = {},
): MeanZTest {
  const { hypothesis = 0, alternative = 'twoSided', level = 0.95, variance = 'unequal' } = options
  requireSummary(first)
  if (second) requireSummary(second)
  requireLevel('level', level)
  const error = Math.sqrt(second ? differenceVariance(first, second, variance) : first.variance / first.n)
  if (!(error > 0))
    throw new StatsError('zeroVariance', 'The samples do not vary, so the test is not defined.')
  const estimate = first.mean - (second?.mean ?? 0)
  const statistic = (estimate - hypothesis) / error
  const reach = normalQuantile(alternative === 'twoSided' ? (1 + level) / 2 : level) * error
  return {
    estimate,
    statistic,
    pValue: zPValue(statistic, alternative),
    interval: {
      low: alternative === 'less' ? Number.NEGATIVE_INFINITY : estimate - reach,
      high: alternative === 'greater' ? Number.POSITIVE_INFINITY : estimate + reach,
      level,
    },
  }
}

function differenceVariance(a: SampleSummary, b: SampleSummary, variance: 'pooled' | 'unequal'): number {
  if (variance === 'unequal') return a.variance / a.n + b.variance / b.n
  const pooled = ((a.n - 1) * a.variance + (b.n - 1) * b.variance) / (a.n + b.n - 2)
  return pooled * (1 / a.n + 1 / b.n)
}
