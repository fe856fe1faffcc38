import { inverseRegularizedGammaP, logRegularizedGamma } from '../special/incomplete-gamma.ts'
import { logGamma } from '../special/log-gamma.ts'
import { logPoissonTerm } from '../special/saddle-point.ts'
import { requirePositive } from '../stats-error.ts'

/** Density of the gamma distribution with shape and rate (mean = shape / rate). @throws StatsError `outOfDomain` */
export function gammaPdf(x: number, shape: number, rate = 1): number {
  return Math.exp(gammaLogPdf(x, shape, rate))
}

/** Log density of the gamma distribution. @throws StatsError `outOfDomain` */
export function gammaLogPdf(x: number, shape: number, rate = 1): number {
  requirePositive('shape', shape)
  requirePositive('rate', rate)
  if (x < 0) return -Infinity
  if (x === 0) return shape === 1 ? Math.log(rate) : shape < 1 ? Infinity : -Infinity
  if (shape < 1) return shape * Math.log(rate * x) - Math.log(x) - rate * x - logGamma(shape)
  return Math.log(rate) + logPoissonTerm(shape - 1, rate * x)
}

/** P(X ≤ x). @throws StatsError `outOfDomain` */
export function gammaCdf(x: number, shape: number, rate = 1): number {
  return Math.exp(gammaLogCdf(x, shape, rate))
}

/** P(X > x), precise in the upper tail. @throws StatsError `outOfDomain` */
export function gammaSurvival(x: number, shape: number, rate = 1): number {
  return Math.exp(gammaLogSurvival(x, shape, rate))
}

/** ln P(X ≤ x). @throws StatsError `outOfDomain` */
export function gammaLogCdf(x: number, shape: number, rate = 1): number {
  requirePositive('rate', rate)
  return logRegularizedGamma(shape, Math.max(0, x * rate), 'lower')
}

/** ln P(X > x). @throws StatsError `outOfDomain` */
export function gammaLogSurvival(x: number, shape: number, rate = 1): number {
  requirePositive('rate', rate)
  return logRegularizedGamma(shape, Math.max(0, x * rate), 'upper')
}

/** The x with P(X ≤ x) = p. @throws StatsError `outOfDomain` */
export function gammaQuantile(p: number, shape: number, rate = 1): number {
  requirePositive('rate', rate)
  return inverseRegularizedGammaP(shape, p) / rate
}
