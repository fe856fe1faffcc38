import {
  normalCdf,
  normalLogCdf,
  normalLogPdf,
  normalPdf,
  normalQuantile,
  normalSurvival,
} from '../distributions/normal.ts'
import type { Interval } from '../inference/sample.ts'
import { requireFinite, requireLevel, requirePositive, StatsError } from '../stats-error.ts'
import type { ArmEffect } from './effect.ts'

export type NormalPrior = { readonly mean: number; readonly variance: number }

export type BayesianEffect = {
  readonly mean: number
  readonly sd: number
  readonly interval: Interval
  /** Posterior chance that the treatment is better. */
  readonly chanceToWin: number
  /** Expected loss of choosing control, and of choosing treatment. */
  readonly risk: readonly [control: number, treatment: number]
}

/**
 * Normal posterior of an effect, as GrowthBook computes it: a normal likelihood with the effect's standard error and a
 * normal prior on the effect, or none (flat).
 * Cost O(1).
 * Source: Stucchio (2015), Bayesian A/B testing at VWO, for risk, https://cdn2.hubspot.net/hubfs/310840/VWO_SmartStats_technical_whitepaper.pdf;
 * Gelman et al. (2013), section 2.5
 * Parity: gbstats.
 * @param options.prior on the scale of the effect unless `priorScale` is `relative` and the effect is absolute: then
 * it is multiplied by the control's mean. Default: flat.
 * @param options.lowerIsBetter for measures such as churn. Default false.
 * @throws StatsError `notFinite`, `outOfDomain` for a prior variance that is not positive or a level out of range.
 * @example
 * const effect = armEffect(meanArm([10, 12, 11, 13]), meanArm([12, 14, 13, 15]))
 * bayesianEffect(effect).chanceToWin // → 0.9857701
 */
export function bayesianEffect(
  effect: ArmEffect,
  options: {
    readonly prior?: NormalPrior
    readonly priorScale?: 'effect' | 'relative'
    readonly lowerIsBetter?: boolean
    readonly level?: number
  } = {},
): BayesianEffect {
  const { level = 0.95, lowerIsBetter = false } = options
  requireLevel('level', level)
  const prior = options.prior && scalePrior(options.prior, effect, options.priorScale ?? 'effect')
  const { mean, sd } = posterior(effect, prior)
  const risk = expectedLoss(mean, sd)
  const better = normalSurvival(0, mean, sd)
  const reach = normalQuantile((1 + level) / 2) * sd
  return {
    mean,
    sd,
    interval: { low: mean - reach, high: mean + reach, level },
    chanceToWin: lowerIsBetter ? normalCdf(0, mean, sd) : better,
    risk: lowerIsBetter ? [risk[1], risk[0]] : risk,
  }
}

/**
 * Expected loss of each choice when the effect is normal: E[max(effect, 0)] for keeping control and
 * E[max(−effect, 0)] for choosing treatment. Never overflows, however small the deviation.
 * Both ≥ 0, in the effect's unit.
 * Cost O(1).
 * Source: Stucchio (2015), Bayesian A/B testing at VWO, https://cdn2.hubspot.net/hubfs/310840/VWO_SmartStats_technical_whitepaper.pdf
 * @throws StatsError `notFinite`, `outOfDomain`.
 * @example
 * expectedLoss(0.1, 0.2) // → [0.1395593, 0.03955931]
 */
export function expectedLoss(mean: number, sd: number): readonly [control: number, treatment: number] {
  requireFinite('mean', mean)
  requirePositive('sd', sd)
  return [positivePart(mean, sd), positivePart(-mean, sd)]
}

/**
 * Mean of a normal variable known to lie between two bounds (either may be infinite), stable far in the tails.
 * Between low and high.
 * Cost O(1).
 * Source: Johnson, Kotz & Balakrishnan (1994), section 13.10; https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.truncnorm.html
 * @throws StatsError `outOfDomain` unless low < high.
 * @example
 * truncatedNormalMean(0, 1, 0, Infinity) // → 0.7978846
 */
export function truncatedNormalMean(mean: number, sd: number, low: number, high: number): number {
  requirePositive('sd', sd)
  if (!(low < high))
    throw new StatsError('outOfDomain', `The bounds are ${low} and ${high}; the first must be the smaller.`)
  const a = (low - mean) / sd
  const b = (high - mean) / sd
  // Between bounds so close the density is flat.
  if (b - a < 1e-9) return (low + high) / 2
  if (a > 0) return -truncatedNormalMean(-mean, sd, -high, -low)
  if (!(b < -30)) return mean + sd * standardTruncatedMean(a, b)
  // Far below the mean: the asymptotic series of Mills' ratio around the upper bound, E = b + 1/b − 2/b³ + 10/b⁵ …
  return low === Number.NEGATIVE_INFINITY
    ? high + sd * tailExcess(b)
    : mean + sd * standardTruncatedMean(a, b)
}

function standardTruncatedMean(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return -Math.exp(normalLogPdf(b) - normalLogCdf(b))
  const logB = normalLogCdf(b)
  const logMass = logB + Math.log1p(-Math.exp(normalLogCdf(a) - logB))
  return Math.exp(normalLogPdf(a) - logMass) - Math.exp(normalLogPdf(b) - logMass)
}

function tailExcess(b: number): number {
  const i = 1 / (b * b)
  return (1 / b) * (1 - 2 * i + 10 * i * i - 74 * i ** 3 + 706 * i ** 4)
}

/** E[max(X, 0)] = μΦ(μ/σ) + σφ(μ/σ); far below 0 the two terms cancel, so the tail mean is used. */
function positivePart(mean: number, sd: number): number {
  const z = mean / sd
  if (z > -5) return Math.max(0, mean * normalCdf(z) + sd * normalPdf(z))
  return normalCdf(z) * truncatedNormalMean(mean, sd, 0, Number.POSITIVE_INFINITY)
}

function posterior(
  { estimate, standardError }: ArmEffect,
  prior: NormalPrior | undefined,
): { mean: number; sd: number } {
  if (!prior) return { mean: estimate, sd: standardError }
  const data = 1 / standardError ** 2
  const precision = data + 1 / prior.variance
  return { mean: (estimate * data + prior.mean / prior.variance) / precision, sd: Math.sqrt(1 / precision) }
}

function scalePrior(prior: NormalPrior, effect: ArmEffect, priorScale: 'effect' | 'relative'): NormalPrior {
  requirePositive('prior.variance', prior.variance)
  requireFinite('prior.mean', prior.mean)
  if (priorScale === 'effect' || effect.scale === 'relative') return prior
  const base = Math.abs(effect.controlMean)
  if (base === 0)
    throw new StatsError(
      'outOfDomain',
      'The control mean is 0, so a relative prior says nothing about an absolute effect.',
    )
  return { mean: prior.mean * base, variance: prior.variance * base * base }
}
