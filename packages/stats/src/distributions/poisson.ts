import { logRegularizedGamma } from '../special/incomplete-gamma.ts'
import { logPoissonTerm } from '../special/saddle-point.ts'
import { requireProbability, StatsError } from '../stats-error.ts'
import { discreteQuantile } from './discrete-quantile.ts'
import { normalQuantile } from './normal.ts'

/** P(X = k) for the Poisson distribution with mean ≥ 0. @throws StatsError `outOfDomain` */
export function poissonPmf(k: number, mean: number): number {
  return Math.exp(poissonLogPmf(k, mean))
}

/** ln P(X = k). Source: Loader (2000). @throws StatsError `outOfDomain` */
export function poissonLogPmf(k: number, mean: number): number {
  check(mean)
  if (!(Number.isInteger(k) && k >= 0)) return -Infinity
  return mean === 0 ? (k === 0 ? 0 : -Infinity) : logPoissonTerm(k, mean)
}

/** P(X ≤ k). @throws StatsError `outOfDomain` */
export function poissonCdf(k: number, mean: number): number {
  return Math.exp(poissonLogCdf(k, mean))
}

/** P(X > k). @throws StatsError `outOfDomain` */
export function poissonSurvival(k: number, mean: number): number {
  return Math.exp(poissonLogSurvival(k, mean))
}

/** ln P(X ≤ k). Source: Abramowitz and Stegun (1964), 26.4.21. @throws StatsError `outOfDomain` */
export function poissonLogCdf(k: number, mean: number): number {
  check(mean)
  return k < 0 ? -Infinity : logRegularizedGamma(Math.floor(k) + 1, mean, 'upper')
}

/** ln P(X > k). @throws StatsError `outOfDomain` */
export function poissonLogSurvival(k: number, mean: number): number {
  check(mean)
  return k < 0 ? 0 : logRegularizedGamma(Math.floor(k) + 1, mean, 'lower')
}

/** The smallest k with P(X ≤ k) ≥ probability; Infinity at 1. @throws StatsError `outOfDomain` */
export function poissonQuantile(probability: number, mean: number): number {
  requireProbability('probability', probability)
  check(mean)
  if (probability === 0 || mean === 0) return 0
  if (probability === 1) return Infinity
  const guess = mean + normalQuantile(probability) * Math.sqrt(mean)
  return discreteQuantile(probability, guess, Number.MAX_SAFE_INTEGER, (k) => poissonCdf(k, mean))
}

function check(mean: number): void {
  if (!(mean >= 0 && mean < Infinity))
    throw new StatsError('outOfDomain', `mean is ${mean}; a finite number ≥ 0 was expected.`)
}
