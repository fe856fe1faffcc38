import { logChoose, logFactorial, logGamma } from '../special/log-gamma.ts'
import { StatsError } from '../stats-error.ts'
import type { GlmLink } from './glm-links.ts'

/**
 * Distribution of the response. Tweedie, `{ tweedie: 1.5 }`, has variance φ·μ^power with 1 < power < 2: many zeros, otherwise
 * positive amounts. The negative binomial, `{ negativeBinomial: theta }`, has variance μ + μ²/θ for a θ that is given (statsmodels'
 * alpha is 1/θ).
 */
export type GlmFamily =
  | 'gaussian'
  | 'binomial'
  | 'poisson'
  | 'gamma'
  | 'inverseGaussian'
  | { readonly tweedie: number }
  | { readonly negativeBinomial: number }

const NAMED: readonly unknown[] = ['gaussian', 'binomial', 'poisson', 'gamma', 'inverseGaussian']

/** θ of a negative binomial family. */
function sizeOf(family: GlmFamily): number | undefined {
  return typeof family === 'object' && 'negativeBinomial' in family ? family.negativeBinomial : undefined
}

/** The power p of the variance μ^p of the families that have one. */
function powerOf(family: GlmFamily): number {
  if (family === 'inverseGaussian') return 3
  if (family === 'gamma') return 2
  return typeof family === 'object' && 'tweedie' in family ? family.tweedie : 1
}

/** The canonical link, or log where that is customary (gamma, inverse Gaussian, negative binomial and Tweedie). */
export function defaultLink(family: GlmFamily): GlmLink {
  if (family === 'gaussian') return 'identity'
  return family === 'binomial' ? 'logit' : 'log'
}

/** Variance function V(μ). */
export function varianceOf(family: GlmFamily, mean: number): number {
  if (family === 'gaussian') return 1
  if (family === 'binomial') return mean * (1 - mean)
  if (family === 'poisson') return mean
  const size = sizeOf(family)
  return size === undefined ? mean ** powerOf(family) : mean + (mean * mean) / size
}

/** Twice the log-likelihood lost by a row at mean μ against a perfect fit, for dispersion 1. */
export function unitDeviance(family: GlmFamily, y: number, mean: number): number {
  if (family === 'gaussian') return (y - mean) ** 2
  if (family === 'binomial') return 2 * (xLogRatio(y, mean) + xLogRatio(1 - y, 1 - mean))
  if (family === 'poisson') return 2 * (xLogRatio(y, mean) - (y - mean))
  if (family === 'gamma') return 2 * ((y - mean) / mean - Math.log(y / mean))
  if (family === 'inverseGaussian') return (y - mean) ** 2 / (y * mean * mean)
  const size = sizeOf(family)
  if (size !== undefined) return 2 * (xLogRatio(y, mean) - (y + size) * Math.log((y + size) / (mean + size)))
  const p = powerOf(family)
  const atZero = mean ** (2 - p) / (2 - p)
  if (y === 0) return 2 * atZero
  return 2 * (y ** (2 - p) / ((1 - p) * (2 - p)) - (y * mean ** (1 - p)) / (1 - p) + atZero)
}

/**
 * Log-likelihood of all rows, or undefined for Tweedie, whose density has no closed form.
 * Prior weights: for the binomial the number of trials, otherwise precision weights; as R's `family$aic`.
 */
export function logLikelihoodOf(
  family: GlmFamily,
  y: ArrayLike<number>,
  mean: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  deviance: number,
): number | undefined {
  const size = sizeOf(family)
  if (typeof family === 'object' && size === undefined) return undefined
  let total = 0
  let n = 0
  let rows = 0
  let logWeights = 0
  let logs = 0
  for (let i = 0; i < y.length; i++) {
    const w = weights ? weights[i]! : 1
    if (w === 0) continue
    n += w
    rows++
    logWeights += Math.log(w)
    if (family === 'binomial') total += binomialLogLikelihood(y[i]!, mean[i]!, w)
    else if (family === 'poisson')
      total += w * (y[i]! * Math.log(mean[i]!) - mean[i]! - logFactorialOf(y[i]!))
    else if (size !== undefined) total += w * negativeBinomialLogMass(y[i]!, mean[i]!, size)
    else if (family === 'inverseGaussian') logs += w * Math.log(y[i]!)
  }
  if (family === 'gaussian')
    return -0.5 * (rows * (Math.log((2 * Math.PI * deviance) / rows) + 1) - logWeights)
  if (family === 'inverseGaussian')
    return -0.5 * (n * (Math.log((2 * Math.PI * deviance) / n) + 1) + 3 * logs)
  if (family !== 'gamma') return total
  // The gamma density is evaluated at R's estimate of the dispersion, deviance / Σw.
  total = 0
  const dispersion = deviance / n
  for (let i = 0; i < y.length; i++) {
    const w = weights ? weights[i]! : 1
    if (w > 0) total += w * gammaLogDensity(y[i]!, mean[i]!, dispersion)
  }
  return total
}

/** Whether the dispersion is known to be 1. */
export function hasUnitDispersion(family: GlmFamily): boolean {
  return family === 'binomial' || family === 'poisson' || sizeOf(family) !== undefined
}

/** @throws StatsError `invalidOption` for a family that there is not, `outOfDomain` for a response the family cannot have. */
export function requireResponse(family: GlmFamily, y: ArrayLike<number>): void {
  requireFamily(family)
  const [low, high, strict] =
    family === 'binomial'
      ? [0, 1, false]
      : family === 'gaussian'
        ? [-Infinity, Infinity, false]
        : [0, Infinity, family === 'gamma' || family === 'inverseGaussian']
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!
    if (Number.isFinite(value) && value >= low && value <= high && !(strict && value === 0)) continue
    throw new StatsError(
      'outOfDomain',
      `The response of row ${i} is ${value}; this family needs ${strict ? 'more than' : 'at least'} ${low} and at most ${high}.`,
    )
  }
}

/** A first mean for iteration, inside the family's range, as R's `mustart`. */
export function startingMean(family: GlmFamily, y: number, weight: number, average: number): number {
  if (family === 'binomial') return (weight * y + 0.5) / (weight + 1)
  if (family === 'poisson') return y + 0.1
  if (family === 'gamma' || family === 'inverseGaussian') return y
  return family === 'gaussian' ? y : (y + average) / 2
}

function requireFamily(family: GlmFamily): void {
  if (typeof family === 'string') {
    if (NAMED.includes(family)) return
    throw new StatsError('invalidOption', `There is no family "${family}".`, {
      hint: `There are ${NAMED.join(', ')}, { tweedie: power } and { negativeBinomial: theta }.`,
    })
  }
  const size = sizeOf(family)
  if (size === undefined ? powerOf(family) > 1 && powerOf(family) < 2 : size > 0 && size < Infinity) return
  if (size !== undefined)
    throw new StatsError('invalidOption', `θ is ${size}; a positive number was expected.`, {
      hint: "Use 'poisson' for an infinite one.",
    })
  throw new StatsError(
    'invalidOption',
    `The Tweedie power is ${'tweedie' in family ? family.tweedie : undefined}; a number between 1 and 2 was expected.`,
    { hint: "Use 'poisson' for 1, 'gamma' for 2 and 'inverseGaussian' for 3." },
  )
}

function negativeBinomialLogMass(y: number, mean: number, size: number): number {
  const log = y === 0 ? 0 : y * Math.log(mean / (mean + size))
  return logGamma(y + size) - logGamma(size) - logFactorialOf(y) - size * Math.log1p(mean / size) + log
}

function xLogRatio(x: number, y: number): number {
  return x === 0 ? 0 : x * Math.log(x / y)
}

function binomialLogLikelihood(y: number, mean: number, trials: number): number {
  const successes = y * trials
  const failures = trials - successes
  const choose = Number.isInteger(trials) && trials > 1 ? logChoose(trials, Math.round(successes)) : 0
  return (
    choose +
    (successes > 0 ? successes * Math.log(mean) : 0) +
    (failures > 0 ? failures * Math.log1p(-mean) : 0)
  )
}

function logFactorialOf(y: number): number {
  return Number.isInteger(y) ? logFactorial(y) : logGamma(y + 1)
}

function gammaLogDensity(y: number, mean: number, dispersion: number): number {
  const shape = 1 / dispersion
  const rate = shape / mean
  return shape * Math.log(rate) + (shape - 1) * Math.log(y) - rate * y - logGamma(shape)
}
