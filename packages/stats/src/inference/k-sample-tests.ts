import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { fSurvival } from '../distributions/f.ts'
import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import { midRanks } from './ranks.ts'
import { requireSummary, type SampleSummary } from './sample.ts'

export type AnovaTest = {
  readonly statistic: number
  readonly degreesOfFreedom: readonly [between: number, within: number]
  readonly pValue: number
  /** Share of the variance that lies between groups, η². */
  readonly etaSquared: number
}

/**
 * One-way analysis of variance from the summaries of at least 2 groups, with equal variances assumed.
 * Cost O(k) for k groups.
 * Source: Fisher (1925); R's `oneway.test(var.equal = TRUE)`, https://stat.ethz.ch/R-manual/R-devel/library/stats/html/oneway.test.html
 * @throws StatsError `notFinite`, `outOfDomain`, `insufficientData`; `zeroVariance` if no group varies inside.
 * @example
 * const groups = [[1, 2, 3], [2, 3, 4], [5, 6, 7]].map(summarizeSample)
 * oneWayAnova(groups).pValue // → 0.006591797
 */
export function oneWayAnova(groups: readonly SampleSummary[]): AnovaTest {
  requireGroups(groups.length)
  for (const group of groups) requireSummary(group)
  const n = groups.reduce((s, g) => s + g.n, 0)
  const grand = groups.reduce((s, g) => s + g.n * g.mean, 0) / n
  const between = groups.reduce((s, g) => s + g.n * (g.mean - grand) ** 2, 0)
  const within = groups.reduce((s, g) => s + (g.n - 1) * g.variance, 0)
  if (!(within > 0))
    throw new StatsError(
      'zeroVariance',
      'No group varies inside, so differences between groups have no yardstick.',
    )
  const df: [number, number] = [groups.length - 1, n - groups.length]
  const statistic = between / df[0] / (within / df[1])
  return {
    statistic,
    degreesOfFreedom: df,
    pValue: fSurvival(statistic, df[0], df[1]),
    etaSquared: between / (between + within),
  }
}

/**
 * Welch's analysis of variance: as `oneWayAnova`, without equal variances.
 * Cost O(k) for k groups.
 * Source: Welch (1951), Biometrika 38, https://doi.org/10.1093/biomet/38.3-4.330; R's default `oneway.test`.
 * @throws StatsError `notFinite`, `outOfDomain`, `insufficientData`; `zeroVariance` if any group does not vary.
 * @example
 * const groups = [[1, 2, 3], [2, 3, 4], [5, 6, 9]].map(summarizeSample)
 * welchAnova(groups).pValue // → 0.08192652
 */
export function welchAnova(groups: readonly SampleSummary[]): Omit<AnovaTest, 'etaSquared'> {
  requireGroups(groups.length)
  const weights = groups.map((g) => {
    requireSummary(g)
    if (g.variance === 0)
      throw new StatsError('zeroVariance', 'A group does not vary, so Welch cannot weigh it.', {
        hint: 'Use oneWayAnova or leave the group out.',
      })
    return g.n / g.variance
  })
  const total = weights.reduce((s, w) => s + w, 0)
  const mean = groups.reduce((s, g, i) => s + weights[i]! * g.mean, 0) / total
  const k = groups.length
  const lambda = groups.reduce((s, g, i) => s + (1 - weights[i]! / total) ** 2 / (g.n - 1), 0) / (k * k - 1)
  const between = groups.reduce((s, g, i) => s + weights[i]! * (g.mean - mean) ** 2, 0)
  const statistic = between / (k - 1) / (1 + 2 * (k - 2) * lambda)
  const df: [number, number] = [k - 1, 1 / (3 * lambda)]
  return { statistic, degreesOfFreedom: df, pValue: fSurvival(statistic, df[0], df[1]) }
}

/**
 * Kruskal–Wallis test that k samples come from one distribution, with tie correction and chi-square approximation.
 * Cost O(n log n).
 * Source: Kruskal & Wallis (1952), J, https://doi.org/10.1080/01621459.1952.10483441. Amer. Statist. Assoc. 47.
 * @returns also ε², the share of rank variance between groups.
 * @throws StatsError `insufficientData`, `emptyData`, `notFinite`; `zeroVariance` if all values are equal.
 * @example
 * kruskalWallisTest([[1, 2, 3], [2, 3, 4], [5, 6, 7]]).pValue // → 0.04840033
 */
export function kruskalWallisTest(samples: readonly ArrayLike<number>[]): {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
  readonly epsilonSquared: number
} {
  requireGroups(samples.length)
  const pooled = new Float64Array(samples.reduce((s, x) => s + x.length, 0))
  let at = 0
  samples.forEach((sample, g) => {
    if (sample.length === 0) throw new StatsError('emptyData', `Group ${g} has no values; leave it out.`)
    requireFiniteColumn(`group ${g}`, sample)
    pooled.set(Float64Array.from(sample), at)
    at += sample.length
  })
  const { ranks, tieSum } = midRanks(pooled)
  const n = pooled.length
  const ties = 1 - tieSum / (n * n * n - n)
  if (!(ties > 0))
    throw new StatsError('zeroVariance', 'All values are equal, so ranks cannot tell the groups apart.')
  let squares = 0
  at = 0
  for (const sample of samples) {
    let sum = 0
    for (let i = 0; i < sample.length; i++) sum += ranks[at + i]!
    squares += (sum - (sample.length * (n + 1)) / 2) ** 2 / sample.length
    at += sample.length
  }
  const statistic = (12 * squares) / (n * (n + 1)) / ties
  const degreesOfFreedom = samples.length - 1
  return {
    statistic,
    degreesOfFreedom,
    pValue: chiSquareSurvival(statistic, degreesOfFreedom),
    epsilonSquared: statistic / (n - 1),
  }
}

function requireGroups(k: number): void {
  if (k < 2) throw new StatsError('insufficientData', `At least 2 groups are compared, got ${k}.`)
}
