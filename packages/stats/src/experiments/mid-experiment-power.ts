import { normalCdf, normalQuantile } from '../distributions/normal.ts'
import { requireLevel, requirePositive, StatsError } from '../stats-error.ts'
import type { NormalPrior } from './bayesian.ts'
import type { ArmEffect } from './effect.ts'
import { sequentialReach, sequentialRho } from './sequential.ts'

export type MidExperimentOptions = {
  /** True effect to be found, on the scale of the effect; its sign does not matter. */
  readonly effect: number
  /** Default .8, for all goal metrics together. */
  readonly power?: number
  readonly alpha?: number
  /** Goal metrics that must all succeed. Default 1. */
  readonly metrics?: number
  /** Divide alpha by this many tests. Default 1. */
  readonly tests?: number
  /** Tuning of the sequential test that will be used; absent for a fixed look. */
  readonly sequentialTuning?: number
  /** Prior of the Bayesian test that will be used; absent for a frequentist one. */
  readonly prior?: NormalPrior
}

/**
 * Power that a running experiment will have once it has `factor` times as many further rows as it has now.
 * Range: [0, 1].
 * Cost O(1).
 * Parity: GrowthBook's mid-experiment power, https://docs.growthbook.io/statistics/power
 * @throws StatsError `outOfDomain`.
 * @example
 * const current = { scale: 'relative', estimate: 0.05, standardError: 0.04, degreesOfFreedom: 998, n: 1000, controlMean: 1, theta: 0 }
 * midExperimentPower(current, 2, { effect: 0.05 }) // → 0.5812714
 */
export function midExperimentPower(
  current: ArmEffect,
  factor: number,
  options: MidExperimentOptions,
): number {
  const { alpha = 0.05, tests = 1, sequentialTuning, prior } = options
  requireLevel('alpha', alpha)
  requirePositive('standardError', current.standardError)
  if (!(factor >= 0))
    throw new StatsError('outOfDomain', `factor is ${factor}; a number of at least 0 was expected.`)
  const effect = Math.abs(options.effect)
  const z = normalQuantile(1 - alpha / (2 * tests))
  const variance = current.standardError ** 2 / (1 + factor)
  const sd = Math.sqrt(variance)
  if (prior) {
    const precision = 1 / prior.variance + 1 / variance
    const reach = variance * Math.sqrt(precision) * z
    const pull = (variance * prior.mean) / prior.variance
    return normalCdf((effect + pull - reach) / sd) + normalCdf(-(reach + pull + effect) / sd)
  }
  const n = current.n * (1 + factor)
  const reach =
    sequentialTuning === undefined
      ? z * sd
      : sequentialReach(sd, n, sequentialRho(alpha / tests, sequentialTuning, 2), alpha / tests, 2)
  return normalCdf((effect - reach) / sd) + normalCdf(-(reach + effect) / sd)
}

const LARGEST_FACTOR = 2 ** 27

/**
 * How many times its present rows a running experiment still needs to reach the power asked for; 0 when it is there.
 * A number ≥ 0.
 * Cost about 50 evaluations of the power.
 * Source: GrowthBook's mid-experiment power, https://docs.growthbook.io/statistics/power
 * @throws StatsError `outOfDomain`, `infeasible` if no number of rows is enough (a prior far from the effect).
 * @example
 * const current = { scale: 'relative', estimate: 0.05, standardError: 0.04, degreesOfFreedom: 998, n: 1000, controlMean: 1, theta: 0 }
 * additionalSampleFactor(current, { effect: 0.05 }) // → 4.023193
 */
export function additionalSampleFactor(current: ArmEffect, options: MidExperimentOptions): number {
  const { power = 0.8, metrics = 1 } = options
  requireLevel('power', power)
  const target = power ** (1 / metrics)
  if (midExperimentPower(current, 0, options) >= target) return 0
  // Doubling, then bisection until the power is within 1e-5: GrowthBook's own search, so that the factors agree.
  let high = 1
  while (midExperimentPower(current, high, options) < target) {
    high *= 2
    if (high > LARGEST_FACTOR) {
      throw new StatsError(
        'infeasible',
        `Even ${LARGEST_FACTOR} times the present rows would not reach the power ${power}.`,
        {
          hint: 'Ask for a larger effect or less power.',
        },
      )
    }
  }
  let low = 0
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    const difference = midExperimentPower(current, middle, options) - target
    if (Math.abs(difference) < 1e-5) return middle
    if (difference > 0) high = middle
    else low = middle
  }
  return (low + high) / 2
}
