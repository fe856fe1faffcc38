import { tQuantile } from '../distributions/student-t.ts'
import type { Alternative, Interval } from '../inference/sample.ts'
import { tPValue } from '../inference/t-tests.ts'
import { requireFinite, requireLevel, requirePositive, StatsError } from '../stats-error.ts'
import type { ArmEffect } from './effect.ts'
import {
  oneSidedSequentialPValue,
  type SequentialPValueSearch,
  sequentialReach,
  sequentialRho,
} from './sequential.ts'

export type EffectTest = {
  readonly estimate: number
  readonly standardError: number
  readonly pValue: number
  readonly interval: Interval
}

/**
 * t-test of an effect at one look fixed beforehand. `greater`: the treatment is greater.
 * Cost O(1).
 * Source: Welch (1947), https://doi.org/10.1093/biomet/34.1-2.28
 * @param options.hypothesis the effect tested against, on the effect's scale: 0 (default), or minus a margin to show that
 * the treatment is no worse.
 * @throws StatsError `outOfDomain` for a level out of range, `notFinite`.
 * @example
 * testEffect(armEffect(meanArm([10, 12, 11, 13]), meanArm([12, 14, 13, 15]))).pValue // → 0.07098765
 */
export function testEffect(
  effect: ArmEffect,
  options: { readonly alternative?: Alternative; readonly level?: number; readonly hypothesis?: number } = {},
): EffectTest {
  const { alternative = 'twoSided', level = 0.95, hypothesis = 0 } = options
  requireLevel('level', level)
  requireFinite('hypothesis', hypothesis)
  const { estimate, standardError, degreesOfFreedom } = effect
  const reach =
    tQuantile(alternative === 'twoSided' ? (1 + level) / 2 : level, degreesOfFreedom) * standardError
  return {
    estimate,
    standardError,
    pValue: tPValue((estimate - hypothesis) / standardError, degreesOfFreedom, alternative),
    interval: openInterval(estimate, reach, level, alternative),
  }
}

/**
 * The same at any look, as often as one likes: an asymptotic confidence sequence. Its interval holds at every look at
 * once and its p-value may be read at any time.
 * Cost O(1).
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021), arXiv:2103.06476, equations 9, 134, 155 and 161, https://arxiv.org/abs/2103.06476
 * @param options.tuning sample size (both arms) at which the interval is narrowest; GrowthBook's default is 5,000.
 * @param options.hypothesis as of `testEffect`.
 * @param options.pValueSearch how a one-sided p-value is found: `root` (default) or `gbstatsBisection`, GrowthBook's stop.
 * @throws StatsError `notFinite`, `outOfDomain`; `invalidOption` for a one-sided level of .5 or less, where the
 * boundary does not exist. The one-sided p-value lies within [1e-5, .4999].
 * @example
 * testEffectSequentially(armEffect(meanArm([10, 12, 11, 13]), meanArm([12, 14, 13, 15]))).interval.low // → -17.97596
 */
export function testEffectSequentially(
  effect: ArmEffect,
  options: {
    readonly alternative?: Alternative
    readonly level?: number
    readonly tuning?: number
    readonly pValueSearch?: SequentialPValueSearch
    readonly hypothesis?: number
  } = {},
): EffectTest {
  const {
    alternative = 'twoSided',
    level = 0.95,
    tuning = 5000,
    pValueSearch = 'root',
    hypothesis = 0,
  } = options
  requireLevel('level', level)
  requireFinite('hypothesis', hypothesis)
  requireFinite('The estimate', effect.estimate)
  requirePositive('The standard error', effect.standardError)
  if (!(tuning > 0))
    throw new StatsError('outOfDomain', `tuning is ${tuning}; a sample size above 0 was expected.`)
  if (alternative !== 'twoSided' && level <= 0.5) {
    throw new StatsError(
      'invalidOption',
      `The level is ${level}; a one-sided confidence sequence exists only above .5.`,
    )
  }
  const { estimate, standardError, n } = effect
  requirePositive('n', n)
  const sides = alternative === 'twoSided' ? 2 : 1
  const rho = sequentialRho(1 - level, tuning, sides)
  const reach = sequentialReach(standardError, n, rho, 1 - level, sides)
  return {
    estimate,
    standardError,
    pValue:
      sides === 2
        ? twoSidedPValue((estimate - hypothesis) / standardError, n, rho)
        : oneSidedSequentialPValue(
            { ...effect, estimate: estimate - hypothesis },
            alternative === 'greater',
            rho,
            pValueSearch,
          ),
    interval: openInterval(estimate, reach, level, alternative),
  }
}

function twoSidedPValue(z: number, n: number, rho: number): number {
  const growth = n * rho * rho + 1
  // z² grows with n, so exp may overflow in the e-value; the p-value is taken in logs.
  return Math.min(1, Math.exp(0.5 * Math.log(growth) - (rho * rho * n * z * z) / (2 * growth)))
}

function openInterval(estimate: number, reach: number, level: number, alternative: Alternative): Interval {
  return {
    low: alternative === 'less' ? Number.NEGATIVE_INFINITY : estimate - reach,
    high: alternative === 'greater' ? Number.POSITIVE_INFINITY : estimate + reach,
    level,
  }
}
