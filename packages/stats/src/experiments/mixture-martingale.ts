import { normalLogCdf } from '../distributions/normal.ts'
import { findRoot } from '../optimize/brent.ts'
import { logRegularizedBeta } from '../special/incomplete-beta.ts'
import { logRegularizedGamma } from '../special/incomplete-gamma.ts'
import { logBeta, logGamma } from '../special/log-gamma.ts'
import { requireFinite, requireLevel, requirePositive, StatsError } from '../stats-error.ts'

/**
 * A mixture supermartingale: how far a sum S (of centred observations with intrinsic time V, e.g. n·variance) may
 * stray before the hypothesis is given up, whenever one looks.
 * - `normal`: sub-Gaussian sums; `sides` 1 or 2.
 * - `betaBinomial`: sums of observations in [−g, h] around their mean (two points), V = n·g·h; `sides` 1 or 2.
 * - `gammaExponential`, `gammaPoisson`: one-sided, heavier tails with scale c.
 */
export type Mixture =
  | { readonly kind: 'normal'; readonly sides: 1 | 2 }
  | { readonly kind: 'betaBinomial'; readonly sides: 1 | 2; readonly g: number; readonly h: number }
  | { readonly kind: 'gammaExponential' | 'gammaPoisson'; readonly c: number }

/** Where the boundary is tuned to be tightest. */
export type MixtureTuning = {
  /** Intrinsic time. */
  readonly optimalV: number
  /** Error level. Default .05. */
  readonly optimalAlpha?: number
}

/**
 * Best precision ρ of the normal mixture at intrinsic time v and level alpha: v / (2 ln(1/α) + ln(1 + 2 ln(1/α))).
 * Cost O(1).
 * Source: Howard, Ramdas, McAuliffe & Sekhon (2021), Annals of Statistics 49, section 3.5, https://arxiv.org/abs/1810.08240
 * @throws StatsError `outOfDomain`.
 * @example
 * bestMixtureRho(100, 0.05, 2) // → 12.60056
 */
export function bestMixtureRho(optimalV: number, optimalAlpha: number, sides: 1 | 2): number {
  requirePositive('optimalV', optimalV)
  requireLevel('optimalAlpha', optimalAlpha)
  const alpha = sides === 1 ? 2 * optimalAlpha : optimalAlpha
  if (!(alpha < 1))
    throw new StatsError('outOfDomain', `A one-sided boundary needs an alpha below .5, got ${optimalAlpha}.`)
  const log = 2 * Math.log(1 / alpha)
  return optimalV / (log + Math.log(1 + log))
}

/**
 * Logarithm of the mixture supermartingale at sum s and intrinsic time v. Its inverse exponential, cut at 1, is an
 * always-valid p-value.
 * Cost O(1).
 * Source: Howard et al. (2021), propositions 5 to 9, https://arxiv.org/abs/1810.08240
 * Parity: confseq.
 * @throws StatsError `outOfDomain`, `notFinite`.
 * @example
 * logMixture({ kind: 'normal', sides: 2 }, 30, 100, { optimalV: 100 }) // → 2.901375
 */
export function logMixture(mixture: Mixture, s: number, v: number, tuning: MixtureTuning): number {
  requireFinite('s', s)
  if (!(v >= 0))
    throw new StatsError('outOfDomain', `The intrinsic time is ${v}; a number of at least 0 was expected.`)
  return evaluator(mixture, tuning)(s, v)
}

/**
 * The sum at which the mixture supermartingale reaches 1/alpha at intrinsic time v: the boundary, on the scale of sums.
 * Divided by n it is the half-width of a confidence sequence for the mean.
 * Cost about 50 evaluations of `logMixture`.
 * Source: Howard, Ramdas, McAuliffe & Sekhon (2021), https://arxiv.org/abs/1810.08240
 * @throws StatsError `outOfDomain`. Source and parity as `logMixture`.
 * @example
 * mixtureBoundary({ kind: 'normal', sides: 2 }, 100, 0.05, { optimalV: 100 }) // → 30.35209
 */
export function mixtureBoundary(mixture: Mixture, v: number, alpha: number, tuning: MixtureTuning): number {
  requirePositive('v', v)
  requireLevel('alpha', alpha)
  const threshold = Math.log(1 / alpha)
  if (mixture.kind === 'normal' && mixture.sides === 2) {
    const rho = bestMixtureRho(tuning.optimalV, tuning.optimalAlpha ?? 0.05, 2)
    return Math.sqrt((v + rho) * (Math.log1p(v / rho) + 2 * threshold))
  }
  const log = evaluator(mixture, tuning)
  let high = mixture.kind === 'betaBinomial' ? v / mixture.g : v
  if (mixture.kind === 'betaBinomial') {
    // At the largest sum that can occur the boundary may still be out of reach.
    const inside = high * (1 - 1e-12)
    if (log(inside, v) < threshold) return high
    high = inside
  } else while (log(high, v) < threshold) high *= 2
  return findRoot((s) => log(s, v) - threshold, 0, high)
}

function evaluator(
  mixture: Mixture,
  { optimalV, optimalAlpha = 0.05 }: MixtureTuning,
): (s: number, v: number) => number {
  const sides = 'sides' in mixture ? mixture.sides : 1
  const rho = bestMixtureRho(optimalV, optimalAlpha, sides)
  switch (mixture.kind) {
    case 'normal':
      if (sides === 2) return (s, v) => 0.5 * Math.log(rho / (v + rho)) + (s * s) / (2 * (v + rho))
      return (s, v) =>
        0.5 * Math.log((4 * rho) / (v + rho)) +
        (s * s) / (2 * (v + rho)) +
        normalLogCdf(s / Math.sqrt(v + rho))
    case 'betaBinomial':
      return betaBinomial(rho, mixture.g, mixture.h, sides)
    case 'gammaExponential':
      return gammaExponential(rho, mixture.c)
    case 'gammaPoisson':
      return gammaPoisson(rho, mixture.c)
  }
}

function betaBinomial(rho: number, g: number, h: number, sides: 1 | 2): (s: number, v: number) => number {
  requirePositive('g', g)
  requirePositive('h', h)
  const r = Math.max(rho - g * h, 1e-3 * g * h)
  const whole = g + h
  const mass = (a: number, b: number): number =>
    logBeta(a, b) + (sides === 1 ? logRegularizedBeta(h / whole, g / whole, a, b) : 0)
  const normaliser = mass(r / (g * whole), r / (h * whole))
  return (s, v) =>
    (v / (g * h)) * Math.log(whole) -
    ((v + h * s) / (h * whole)) * Math.log(g) -
    ((v - g * s) / (g * whole)) * Math.log(h) +
    mass((r + v - g * s) / (g * whole), (r + v + h * s) / (h * whole)) -
    normaliser
}

function gammaExponential(rho: number, c: number): (s: number, v: number) => number {
  requirePositive('c', c)
  const k = rho / (c * c)
  const leading = k * Math.log(k) - logGamma(k) - logRegularizedGamma(k, k, 'lower')
  return (s, v) => {
    const drift = (c * s + v) / (c * c)
    const shape = (v + rho) / (c * c)
    return (
      leading +
      logGamma(shape) +
      logRegularizedGamma(shape, drift + k, 'lower') -
      shape * Math.log(drift + k) +
      drift
    )
  }
}

function gammaPoisson(rho: number, c: number): (s: number, v: number) => number {
  requirePositive('c', c)
  const k = rho / (c * c)
  const leading = k * Math.log(k) - logGamma(k) - logRegularizedGamma(k, k, 'upper')
  return (s, v) => {
    const rate = (v + rho) / (c * c)
    const shape = s / c + rate
    return (
      leading +
      logGamma(shape) +
      logRegularizedGamma(shape, rate, 'upper') -
      shape * Math.log(rate) +
      v / (c * c)
    )
  }
}
