import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { fCdf, fQuantile, fSurvival } from '../distributions/f.ts'
import { normalQuantile } from '../distributions/normal.ts'
import { StatsError } from '../stats-error.ts'
import { oneWayAnova } from './k-sample-tests.ts'
import { quantiles } from './quantile.ts'
import { midRanks } from './ranks.ts'
import { type Alternative, type Interval, type SampleSummary, summarizeSample } from './sample.ts'

export type SpreadTest = {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
}

/**
 * Bartlett's test that groups have one variance; sensitive to values that are not normal.
 * Cost O(groups).
 * Source: Bartlett (1937); R's `bartlett.test`, https://doi.org/10.1098/rspa.1937.0109
 * @throws StatsError `outOfDomain`, `insufficientData` for fewer than 2 groups, `zeroVariance`.
 * @example
 * bartlettTest([{ n: 10, mean: 0, variance: 1 }, { n: 12, mean: 0, variance: 3 }]).pValue // → 0.1054455
 */
export function bartlettTest(groups: readonly SampleSummary[]): SpreadTest {
  requireGroups(groups.length)
  const total = groups.reduce((sum, g) => sum + g.n - 1, 0)
  const pooled = groups.reduce((sum, g) => sum + (g.n - 1) * g.variance, 0) / total
  if (groups.some((g) => !(g.variance > 0)))
    throw new StatsError(
      'zeroVariance',
      'A group does not vary, so the logarithm of its variance is not defined.',
    )
  const logs = groups.reduce((sum, g) => sum + (g.n - 1) * Math.log(g.variance), 0)
  const inverse = groups.reduce((sum, g) => sum + 1 / (g.n - 1), 0)
  const degreesOfFreedom = groups.length - 1
  const statistic = (total * Math.log(pooled) - logs) / (1 + (inverse - 1 / total) / (3 * degreesOfFreedom))
  return { statistic, degreesOfFreedom, pValue: chiSquareSurvival(statistic, degreesOfFreedom) }
}

/**
 * Levene's test that groups have one variance: an analysis of variance of the distances from each group's centre. One
 * list of values per group.
 * Cost O(n log n).
 * Source: Levene (1960); Brown & Forsythe (1974), https://doi.org/10.1080/01621459.1974.10482955
 * Parity: SciPy's `levene`.
 * @param center `median` (default; Brown and Forsythe's, robust) or `mean` (Levene's own).
 * @throws StatsError `emptyData`, `insufficientData`, `zeroVariance`, `notFinite`.
 * @example
 * leveneTest([[1, 2, 4], [2, 6, 9, 1]]).statistic // → 4.285714
 */
export function leveneTest(
  samples: readonly ArrayLike<number>[],
  center: 'median' | 'mean' = 'median',
): {
  readonly statistic: number
  readonly degreesOfFreedom: readonly [number, number]
  readonly pValue: number
} {
  requireGroups(samples.length)
  const { statistic, degreesOfFreedom, pValue } = oneWayAnova(
    samples.map((values) => {
      const middle = center === 'mean' ? summarizeSample(values).mean : quantiles(values, [0.5])[0]!
      return summarizeSample(Float64Array.from(values, (v) => Math.abs(v - middle)))
    }),
  )
  return { statistic, degreesOfFreedom, pValue }
}

/**
 * Fligner and Killeen's rank test that groups have one variance, with each group's median taken off. One list of values
 * per group.
 * Cost O(n log n).
 * Source: Conover, Johnson & Johnson (1981); R's `fligner.test`, https://doi.org/10.1080/00401706.1981.10487680
 * @throws StatsError `emptyData`, `notFinite`, `insufficientData`, `zeroVariance`.
 * @example
 * flignerTest([[1, 2, 4], [2, 6, 9, 1]]).statistic // → 3.022176
 */
export function flignerTest(samples: readonly ArrayLike<number>[]): SpreadTest {
  requireGroups(samples.length)
  const groupOf = samples.flatMap((values, g) => Array.from(values, () => g))
  const distances = samples.flatMap((values) => {
    const middle = quantiles(values, [0.5])[0]!
    return Array.from(values, (v) => Math.abs(v - middle))
  })
  const n = distances.length
  const scores = midRanks(distances).ranks.map((rank) => normalQuantile((1 + rank / (n + 1)) / 2))
  const { mean, variance } = summarizeSample(scores)
  if (!(variance > 0)) throw new StatsError('zeroVariance', 'All distances from the medians are equal.')
  const sums = samples.map(() => 0)
  scores.forEach((score, i) => {
    sums[groupOf[i]!]! += score
  })
  const statistic =
    samples.reduce((s, values, g) => s + values.length * (sums[g]! / values.length - mean) ** 2, 0) / variance
  const degreesOfFreedom = samples.length - 1
  return { statistic, degreesOfFreedom, pValue: chiSquareSurvival(statistic, degreesOfFreedom) }
}

/**
 * F-test that the ratio of two normal variances is 1, with the interval of the ratio.
 * Cost O(1).
 * Source: Snedecor & Cochran (1989), section 6.12; R's `var.test`,
 * https://www.itl.nist.gov/div898/handbook/eda/section3/eda359.htm
 * @throws StatsError `outOfDomain`, `zeroVariance`.
 * @example
 * varianceRatioTest({ n: 10, mean: 0, variance: 3 }, { n: 12, mean: 0, variance: 1 }).pValue // → 0.08967869
 */
export function varianceRatioTest(
  first: SampleSummary,
  second: SampleSummary,
  options: { readonly alternative?: Alternative; readonly level?: number } = {},
): { readonly statistic: number; readonly pValue: number; readonly interval: Interval } {
  const { alternative = 'twoSided', level = 0.95 } = options
  if (!(second.variance > 0)) throw new StatsError('zeroVariance', 'The second sample does not vary.')
  const [d1, d2] = [first.n - 1, second.n - 1]
  const statistic = first.variance / second.variance
  const [lower, upper] = [fCdf(statistic, d1, d2), fSurvival(statistic, d1, d2)]
  const tail = alternative === 'twoSided' ? (1 - level) / 2 : 1 - level
  return {
    statistic,
    pValue:
      alternative === 'less'
        ? lower
        : alternative === 'greater'
          ? upper
          : Math.min(1, 2 * Math.min(lower, upper)),
    interval: {
      low: alternative === 'less' ? 0 : statistic / fQuantile(1 - tail, d1, d2),
      high: alternative === 'greater' ? Number.POSITIVE_INFINITY : statistic / fQuantile(tail, d1, d2),
      level,
    },
  }
}

function requireGroups(groups: number): void {
  if (groups < 2) throw new StatsError('insufficientData', `At least 2 groups are compared, got ${groups}.`)
}
