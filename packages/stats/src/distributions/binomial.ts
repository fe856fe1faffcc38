import { logRegularizedBeta } from '../special/incomplete-beta.ts'
import { logBinomialTerm } from '../special/saddle-point.ts'
import { requireProbability, StatsError } from '../stats-error.ts'
import { discreteQuantile } from './discrete-quantile.ts'
import { normalQuantile } from './normal.ts'

/** P(X = k) for n trials with success probability p. @throws StatsError `outOfDomain` */
export function binomialPmf(k: number, n: number, p: number): number {
  return Math.exp(binomialLogPmf(k, n, p))
}

/** ln P(X = k). Source: Loader (2000). @throws StatsError `outOfDomain` */
export function binomialLogPmf(k: number, n: number, p: number): number {
  check(n, p)
  return Number.isInteger(k) && k >= 0 && k <= n ? logBinomialTerm(k, n, p, 1 - p) : -Infinity
}

/** P(X ≤ k). @throws StatsError `outOfDomain` */
export function binomialCdf(k: number, n: number, p: number): number {
  return Math.exp(binomialLogCdf(k, n, p))
}

/** P(X > k). @throws StatsError `outOfDomain` */
export function binomialSurvival(k: number, n: number, p: number): number {
  return Math.exp(binomialLogSurvival(k, n, p))
}

/** ln P(X ≤ k). Source: Abramowitz and Stegun (1964), 26.5.24. @throws StatsError `outOfDomain` */
export function binomialLogCdf(k: number, n: number, p: number): number {
  check(n, p)
  const whole = Math.floor(k)
  if (whole < 0) return -Infinity
  if (whole >= n) return 0
  return logRegularizedBeta(1 - p, p, n - whole, whole + 1)
}

/** ln P(X > k). @throws StatsError `outOfDomain` */
export function binomialLogSurvival(k: number, n: number, p: number): number {
  check(n, p)
  const whole = Math.floor(k)
  if (whole < 0) return 0
  if (whole >= n) return -Infinity
  return logRegularizedBeta(p, 1 - p, whole + 1, n - whole)
}

/** The smallest k with P(X ≤ k) ≥ probability. @throws StatsError `outOfDomain` */
export function binomialQuantile(probability: number, n: number, p: number): number {
  requireProbability('probability', probability)
  check(n, p)
  if (probability === 0 || p === 0 || n === 0) return 0
  if (probability === 1 || p === 1) return n
  const guess = n * p + normalQuantile(probability) * Math.sqrt(n * p * (1 - p))
  return discreteQuantile(probability, guess, n, (k) => binomialCdf(k, n, p))
}

function check(n: number, p: number): void {
  requireProbability('p', p)
  if (!(Number.isInteger(n) && n >= 0))
    throw new StatsError('outOfDomain', `n is ${n}; a whole number of trials ≥ 0 was expected.`)
}
