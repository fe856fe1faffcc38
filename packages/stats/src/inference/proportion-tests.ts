import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { normalQuantile, normalSurvival } from '../distributions/normal.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { newcombeInterval, type Proportion, requireProportion } from './proportion-intervals.ts'
import type { Alternative, Interval } from './sample.ts'

export type ProportionTest = {
  /** first − second. */
  readonly estimate: number
  /** z, or its square (with sign lost) in the chi-square form. */
  readonly statistic: number
  readonly pValue: number
  readonly interval: Interval
}

/**
 * Two-sample z-test of proportions with the pooled variance under equality.
 * Cost O(1).
 * Source: Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, section 3.1, https://doi.org/10.1002/0471445428
 * @param options.interval `newcombe` (default, hybrid score) or `wald` (unpooled, as R's `prop.test` prints).
 * @param options.continuity Yates' correction in test and Wald interval, as R's default. Default false.
 * @throws StatsError `outOfDomain` for impossible counts; `zeroVariance` if all or none succeeded in both.
 * @example
 * twoProportionZTest({ successes: 56, n: 70 }, { successes: 48, n: 80 }).pValue // → 0.008045081
 */
export function twoProportionZTest(
  first: Proportion,
  second: Proportion,
  options: {
    readonly alternative?: Alternative
    readonly level?: number
    readonly interval?: 'newcombe' | 'wald'
    readonly continuity?: boolean
  } = {},
): ProportionTest {
  const { alternative = 'twoSided', level = 0.95, interval = 'newcombe', continuity = false } = options
  requireProportion(first)
  requireProportion(second)
  requireLevel('level', level)
  const estimate = first.successes / first.n - second.successes / second.n
  const pooled = (first.successes + second.successes) / (first.n + second.n)
  const perRow = 1 / first.n + 1 / second.n
  const standardError = Math.sqrt(pooled * (1 - pooled) * perRow)
  if (!(standardError > 0)) {
    throw new StatsError(
      'zeroVariance',
      'Either all or none succeeded in both groups, so the test of a difference is not defined.',
      {
        hint: 'Report the Newcombe interval of the difference instead.',
      },
    )
  }
  const correction = continuity ? Math.min(0.5 * perRow, Math.abs(estimate)) : 0
  const statistic = (estimate - Math.sign(estimate) * correction) / standardError
  return {
    estimate,
    statistic,
    pValue: zPValue(statistic, alternative),
    interval:
      interval === 'newcombe'
        ? newcombeInterval(first, second, level)
        : waldInterval(first, second, level, correction),
  }
}

/**
 * Chi-square test that k proportions are equal, without continuity correction, and its degrees of freedom k − 1.
 * Cost O(k) for k groups.
 * Source: Fleiss, Levin & Paik (2003), section 9.1, https://doi.org/10.1002/0471445428
 * @throws StatsError as `twoProportionZTest` does; `insufficientData` for fewer than 2 groups.
 * @example
 * equalProportionsTest([{ successes: 56, n: 70 }, { successes: 48, n: 80 }]).pValue // → 0.008045081
 */
export function equalProportionsTest(groups: readonly Proportion[]): {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
} {
  if (groups.length < 2)
    throw new StatsError('insufficientData', `At least 2 groups are compared, got ${groups.length}.`)
  for (const group of groups) requireProportion(group)
  const pooled = sum(groups, (g) => g.successes) / sum(groups, (g) => g.n)
  if (!(pooled > 0 && pooled < 1)) {
    throw new StatsError(
      'zeroVariance',
      'Either all or none succeeded in every group, so there is no difference to test.',
    )
  }
  const statistic = sum(groups, (g) => (g.successes - g.n * pooled) ** 2 / (g.n * pooled * (1 - pooled)))
  const degreesOfFreedom = groups.length - 1
  return { statistic, degreesOfFreedom, pValue: chiSquareSurvival(statistic, degreesOfFreedom) }
}

/**
 * p-value of a standard normal statistic, exact in the far tail.
 * Range: [0, 1].
 * Cost O(1).
 * Source: DLMF 7.2, https://dlmf.nist.gov/7.2
 * @throws StatsError `outOfDomain`
 * @example
 * zPValue(1.96, 'twoSided') // → 0.04999579
 */
export function zPValue(statistic: number, alternative: Alternative): number {
  if (alternative === 'less') return normalSurvival(-statistic)
  if (alternative === 'greater') return normalSurvival(statistic)
  return Math.min(1, 2 * normalSurvival(Math.abs(statistic)))
}

function waldInterval(first: Proportion, second: Proportion, level: number, correction: number): Interval {
  const p = first.successes / first.n
  const q = second.successes / second.n
  const reach =
    normalQuantile((1 + level) / 2) * Math.sqrt((p * (1 - p)) / first.n + (q * (1 - q)) / second.n) +
    correction
  return { low: Math.max(-1, p - q - reach), high: Math.min(1, p - q + reach), level }
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
