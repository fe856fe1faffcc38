import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { normalQuantile } from '../distributions/normal.ts'
import {
  requireFinite,
  requireLevel,
  requirePositive,
  requireProbability,
  requireSameLength,
  StatsError,
} from '../stats-error.ts'
import { type Proportion, requireProportion } from './proportion-intervals.ts'
import { type ProportionTest, zPValue } from './proportion-tests.ts'
import type { Alternative } from './sample.ts'

/**
 * Z-test that a proportion is the hypothesised one, with the variance of the `sample` (default, as statsmodels) or under the
 * `hypothesis`; the interval is Wald's.
 * The estimate is the proportion less the hypothesis.
 * Cost O(1).
 * Source: Fleiss, Levin & Paik (2003), section 2.1, https://doi.org/10.1002/0471445428
 * Parity: statsmodels' proportions_ztest.
 * @throws StatsError `outOfDomain`; `zeroVariance` where the variance is 0.
 * @example
 * proportionZTest({ successes: 5, n: 83 }, 0.05).statistic // → 0.392126
 */
export function proportionZTest(
  { successes, n }: Proportion,
  hypothesis: number,
  options: {
    readonly variance?: 'sample' | 'hypothesis'
    readonly alternative?: Alternative
    readonly level?: number
  } = {},
): ProportionTest {
  const { variance = 'sample', alternative = 'twoSided', level = 0.95 } = options
  requireProportion({ successes, n })
  requireProbability('hypothesis', hypothesis)
  requireLevel('level', level)
  const p = successes / n
  const at = variance === 'sample' ? p : hypothesis
  const standardError = Math.sqrt((at * (1 - at)) / n)
  if (!(standardError > 0))
    throw new StatsError('zeroVariance', 'The proportion has no variance, so its z-test is not defined.', {
      hint: 'Use the exact binomial test.',
    })
  const estimate = p - hypothesis
  const statistic = estimate / standardError
  const reach = normalQuantile(0.5 + level / 2) * Math.sqrt((p * (1 - p)) / n)
  const interval = { low: estimate - reach, high: estimate + reach, level }
  return { estimate, statistic, pValue: zPValue(statistic, alternative), interval }
}

/**
 * Rows (not rounded; round up) at which Wald's interval of a proportion reaches so far to either side.
 * Cost O(1).
 * Source: Cochran (1977), Sampling Techniques, eq. 4.1, https://www.statsmodels.org/stable/generated/statsmodels.stats.proportion.samplesize_confint_proportion.html
 * Parity: statsmodels' samplesize_confint_proportion.
 * @throws StatsError `outOfDomain`
 * @example
 * sampleSizeOfProportionInterval(0.3, 0.05) // → 322.6825
 */
export function sampleSizeOfProportionInterval(p: number, reach: number, level = 0.95): number {
  requireProbability('p', p)
  requirePositive('reach', reach)
  requireLevel('level', level)
  return (p * (1 - p) * normalQuantile(0.5 + level / 2) ** 2) / reach ** 2
}

/**
 * χ² test, with one degree of freedom, that proportions change along the groups' scores (1, 2, … unless given).
 * Cost O(groups).
 * Source: Armitage (1955), https://doi.org/10.2307/3001775
 * Parity: R's prop.trend.test.
 * @throws StatsError `outOfDomain`, `lengthMismatch`, `insufficientData` for fewer than 2 groups, `zeroVariance`
 * @example
 * const groups = [[83, 86], [90, 93], [129, 136], [70, 82]].map(([successes, n]) => ({ successes, n }))
 * proportionTrendTest(groups).statistic // → 8.224922
 */
export function proportionTrendTest(
  groups: readonly Proportion[],
  scores: readonly number[] = groups.map((_, i) => i + 1),
): { readonly statistic: number; readonly degreesOfFreedom: 1; readonly pValue: number } {
  requireSameLength({ groups, scores })
  if (groups.length < 2)
    throw new StatsError('insufficientData', `A trend needs at least 2 groups, got ${groups.length}.`)
  for (const group of groups) requireProportion(group)
  for (const [i, score] of scores.entries()) requireFinite(`score ${i}`, score)
  const rows = groups.reduce((sum, g) => sum + g.n, 0)
  const pooled = groups.reduce((sum, g) => sum + g.successes, 0) / rows
  const centre = groups.reduce((sum, g, i) => sum + g.n * scores[i]!, 0) / rows
  const along = groups.reduce((sum, g, i) => sum + (scores[i]! - centre) * (g.successes - g.n * pooled), 0)
  const spread = groups.reduce((sum, g, i) => sum + g.n * (scores[i]! - centre) ** 2, 0)
  const variance = pooled * (1 - pooled) * spread
  if (!(variance > 0))
    throw new StatsError(
      'zeroVariance',
      'All or none succeeded, or all scores are equal; there is no trend to test.',
    )
  const statistic = along ** 2 / variance
  return { statistic, degreesOfFreedom: 1, pValue: chiSquareSurvival(statistic, 1) }
}
