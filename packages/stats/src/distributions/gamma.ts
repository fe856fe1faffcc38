import { inverseRegularizedGammaP, logRegularizedGamma } from '../special/incomplete-gamma.ts'
import { logGamma } from '../special/log-gamma.ts'
import { logPoissonTerm } from '../special/saddle-point.ts'
import { requireNumber, requirePositive } from '../stats-error.ts'

/**
 * Density of the gamma distribution with shape and rate (mean = shape / rate).
 * Zero for x < 0. Range: [0, Infinity].
 * Cost O(1).
 * Source: DLMF 8.2.4, https://dlmf.nist.gov/8.2
 * @throws StatsError `outOfDomain`
 * @example
 * gammaPdf(1, 2, 3) // → 0.4480836
 */
export function gammaPdf(x: number, shape: number, rate = 1): number {
  return Math.exp(gammaLogPdf(x, shape, rate))
}

/**
 * Log density of the gamma distribution.
 * Shape and rate > 0 (mean = shape / rate); −Infinity for x < 0.
 * Cost O(1).
 * Source: DLMF 8.2.4, https://dlmf.nist.gov/8.2
 * @throws StatsError `outOfDomain`
 * @example
 * gammaLogPdf(1, 2, 3) // → -0.8027754
 */
export function gammaLogPdf(x: number, shape: number, rate = 1): number {
  requireNumber('x', x)
  requirePositive('shape', shape)
  requirePositive('rate', rate)
  if (x < 0) return -Infinity
  if (x === 0) return shape === 1 ? Math.log(rate) : shape < 1 ? Infinity : -Infinity
  if (shape < 1) return shape * Math.log(rate * x) - Math.log(x) - rate * x - logGamma(shape)
  return Math.log(rate) + logPoissonTerm(shape - 1, rate * x)
}

/**
 * P(X ≤ x).
 * Shape and rate > 0 (mean = shape / rate). Range: [0, 1]. The cost grows as √shape.
 * Cost O(1).
 * Source: DLMF 8.2.4, https://dlmf.nist.gov/8.2
 * @throws StatsError `outOfDomain`
 * @example
 * gammaCdf(1, 2, 3) // → 0.8008517
 */
export function gammaCdf(x: number, shape: number, rate = 1): number {
  return Math.exp(gammaLogCdf(x, shape, rate))
}

/**
 * P(X > x), precise in the upper tail.
 * Shape and rate > 0 (mean = shape / rate). Range: [0, 1]. The cost grows as √shape.
 * Cost O(1).
 * Source: DLMF 8.2.4, https://dlmf.nist.gov/8.2
 * @throws StatsError `outOfDomain`
 * @example
 * gammaSurvival(1, 2, 3) // → 0.1991483
 */
export function gammaSurvival(x: number, shape: number, rate = 1): number {
  return Math.exp(gammaLogSurvival(x, shape, rate))
}

/**
 * ln P(X ≤ x).
 * Shape and rate > 0 (mean = shape / rate). Range: [−Infinity, 0]. The cost grows as √shape.
 * Cost O(1).
 * Source: DLMF 8.2.4, https://dlmf.nist.gov/8.2
 * @throws StatsError `outOfDomain`
 * @example
 * gammaLogCdf(1, 2, 3) // → -0.2220795
 */
export function gammaLogCdf(x: number, shape: number, rate = 1): number {
  requirePositive('rate', rate)
  return logRegularizedGamma(shape, Math.max(0, x * rate), 'lower')
}

/**
 * ln P(X > x).
 * Shape and rate > 0 (mean = shape / rate). Range: [−Infinity, 0]. The cost grows as √shape.
 * Cost O(1).
 * Source: DLMF 8.2.4, https://dlmf.nist.gov/8.2
 * @throws StatsError `outOfDomain`
 * @example
 * gammaLogSurvival(1000, 2, 3) // → -2991.993
 */
export function gammaLogSurvival(x: number, shape: number, rate = 1): number {
  requirePositive('rate', rate)
  return logRegularizedGamma(shape, Math.max(0, x * rate), 'upper')
}

/**
 * The x with P(X ≤ x) = p.
 * Shape and rate > 0 (mean = shape / rate); p in [0, 1], the result in [0, Infinity].
 * Cost about ten evaluations of the distribution function.
 * Source: DLMF 8.2.4, https://dlmf.nist.gov/8.2
 * @throws StatsError `outOfDomain`
 * @example
 * gammaQuantile(0.5, 2, 3) // → 0.559449
 */
export function gammaQuantile(p: number, shape: number, rate = 1): number {
  requirePositive('rate', rate)
  return inverseRegularizedGammaP(shape, p) / rate
}
