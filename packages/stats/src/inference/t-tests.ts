import { tCdf, tQuantile } from '../distributions/student-t.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import {
  type Alternative,
  type Interval,
  requireSummary,
  type SampleSummary,
  summarizeSample,
} from './sample.ts'

export type MeanTest = {
  /** Difference of means (first − second), or the mean less the hypothesised one. */
  readonly estimate: number
  readonly standardError: number
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
  /** Of the difference, or of the mean itself in a one-sample test. */
  readonly interval: Interval
}

export type MeanTestOptions = {
  readonly alternative?: Alternative
  /** Hypothesised difference (or mean). Default 0. */
  readonly hypothesis?: number
  /** Confidence of the interval. Default 0.95. */
  readonly level?: number
}

/**
 * Welch's t-test: two means with unequal variances, degrees of freedom after Satterthwaite.
 * Cost O(1).
 * Source: Welch (1947), Biometrika 34, https://doi.org/10.1093/biomet/34.1-2.28; the same as R's `t.test(x, y)`.
 * @throws StatsError `notFinite`, `zeroVariance` if neither sample varies; `insufficientData`; `outOfDomain`.
 * @example
 * const [a, b] = [[5, 7, 9, 6], [4, 4, 6, 5]].map(summarizeSample)
 * welchTTest(a, b).pValue // → 0.09989237
 */
export function welchTTest(
  first: SampleSummary,
  second: SampleSummary,
  options: MeanTestOptions = {},
): MeanTest {
  requireSummary(first)
  requireSummary(second)
  const a = first.variance / first.n
  const b = second.variance / second.n
  // Scaled by the larger term, so that tiny and huge variances neither vanish nor overflow when squared.
  const scale = Math.max(a, b)
  const df =
    (a / scale + b / scale) ** 2 / ((a / scale) ** 2 / (first.n - 1) + (b / scale) ** 2 / (second.n - 1))
  return tTest(first.mean - second.mean, Math.sqrt(a + b), df, options)
}

/**
 * Student's t-test of two means with a common variance.
 * Cost O(1).
 * Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1; R's `t.test(x, y, var.equal = TRUE)`.
 * @throws StatsError `notFinite`, `zeroVariance` if neither sample varies; `insufficientData`; `outOfDomain`
 * @example
 * const [a, b] = [[5, 7, 9, 6], [4, 4, 6, 5]].map(summarizeSample)
 * pooledTTest(a, b).pValue // → 0.08708002
 */
export function pooledTTest(
  first: SampleSummary,
  second: SampleSummary,
  options: MeanTestOptions = {},
): MeanTest {
  requireSummary(first)
  requireSummary(second)
  const df = first.n + second.n - 2
  const variance = ((first.n - 1) * first.variance + (second.n - 1) * second.variance) / df
  return tTest(first.mean - second.mean, Math.sqrt(variance * (1 / first.n + 1 / second.n)), df, options)
}

/**
 * One-sample t-test of a mean against `hypothesis`; the interval is of the mean.
 * Cost O(1).
 * Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1
 * @throws StatsError `notFinite`, `zeroVariance`, `insufficientData`, `outOfDomain`
 * @example
 * oneSampleTTest(summarizeSample([5, 7, 9, 6]), { hypothesis: 5 }).pValue // → 0.1328418
 */
export function oneSampleTTest(sample: SampleSummary, options: MeanTestOptions = {}): MeanTest {
  requireSummary(sample)
  return tTest(sample.mean, Math.sqrt(sample.variance / sample.n), sample.n - 1, options)
}

/**
 * Paired t-test: a one-sample test of the differences first − second.
 * Cost O(n).
 * Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1
 * @throws StatsError `lengthMismatch` if the columns differ in length, and as `welchTTest` does.
 * @example
 * pairedTTest([5, 7, 9, 6], [4, 4, 6, 5]).pValue // → 0.04051933
 */
export function pairedTTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: MeanTestOptions = {},
): MeanTest {
  if (first.length !== second.length) {
    throw new StatsError(
      'lengthMismatch',
      `There are ${first.length} first and ${second.length} second values; pairs were expected.`,
    )
  }
  const differences = Float64Array.from(first, (x, i) => x - second[i]!)
  return oneSampleTTest(summarizeSample(differences), options)
}

function tTest(estimate: number, standardError: number, df: number, options: MeanTestOptions): MeanTest {
  const { alternative = 'twoSided', hypothesis = 0, level = 0.95 } = options
  requireLevel('level', level)
  if (!(standardError > 0)) {
    throw new StatsError(
      'zeroVariance',
      'No value differs from the others, so a t-test has nothing to measure the difference with.',
      {
        hint: 'Compare the constants directly.',
      },
    )
  }
  const statistic = (estimate - hypothesis) / standardError
  return {
    estimate,
    standardError,
    statistic,
    degreesOfFreedom: df,
    pValue: tPValue(statistic, df, alternative),
    interval: tInterval(estimate, standardError, df, level, alternative),
  }
}

/**
 * p-value of a t statistic. The far tail keeps its digits: the lower tail is computed, never 1 − cdf.
 * Range: [0, 1].
 * Cost O(1).
 * Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1
 * @throws StatsError `outOfDomain` for df ≤ 0
 * @example
 * tPValue(2.570582, 5, 'twoSided') // → 0.04999999
 */
export function tPValue(statistic: number, df: number, alternative: Alternative): number {
  if (alternative === 'less') return tCdf(statistic, df)
  if (alternative === 'greater') return tCdf(-statistic, df)
  return Math.min(1, 2 * tCdf(-Math.abs(statistic), df))
}

function tInterval(
  estimate: number,
  standardError: number,
  df: number,
  level: number,
  alternative: Alternative,
): Interval {
  const reach = tQuantile(alternative === 'twoSided' ? (1 + level) / 2 : level, df) * standardError
  return {
    low: alternative === 'less' ? Number.NEGATIVE_INFINITY : estimate - reach,
    high: alternative === 'greater' ? Number.POSITIVE_INFINITY : estimate + reach,
    level,
  }
}
