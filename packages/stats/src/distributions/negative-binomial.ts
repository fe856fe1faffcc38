import { logRegularizedBeta } from '../special/incomplete-beta.ts'
import { logBinomialTerm } from '../special/saddle-point.ts'
import { requirePositive, requireProbability, StatsError } from '../stats-error.ts'
import { discreteQuantile } from './discrete-quantile.ts'
import { normalQuantile } from './normal.ts'

/**
 * P(X = k): k failures before the `size`-th success, success probability p in (0, 1]; `size` > 0 need not be whole.
 * The mean is size · (1 − p) / p.
 * @throws StatsError `outOfDomain`
 */
export function negativeBinomialPmf(k: number, size: number, p: number): number {
  return Math.exp(negativeBinomialLogPmf(k, size, p))
}

/** ln P(X = k). @throws StatsError `outOfDomain` */
export function negativeBinomialLogPmf(k: number, size: number, p: number): number {
  check(size, p)
  if (!(Number.isInteger(k) && k >= 0)) return -Infinity
  if (k === 0) return size * Math.log(p)
  return Math.log(size / (size + k)) + logBinomialTerm(size, size + k, p, 1 - p)
}

/** P(X ≤ k). @throws StatsError `outOfDomain` */
export function negativeBinomialCdf(k: number, size: number, p: number): number {
  return Math.exp(negativeBinomialLogCdf(k, size, p))
}

/** P(X > k). @throws StatsError `outOfDomain` */
export function negativeBinomialSurvival(k: number, size: number, p: number): number {
  return Math.exp(negativeBinomialLogSurvival(k, size, p))
}

/** ln P(X ≤ k). Source: Abramowitz and Stegun (1964), 26.5.26. @throws StatsError `outOfDomain` */
export function negativeBinomialLogCdf(k: number, size: number, p: number): number {
  check(size, p)
  return k < 0 ? -Infinity : logRegularizedBeta(p, 1 - p, size, Math.floor(k) + 1)
}

/** ln P(X > k). @throws StatsError `outOfDomain` */
export function negativeBinomialLogSurvival(k: number, size: number, p: number): number {
  check(size, p)
  return k < 0 ? 0 : logRegularizedBeta(1 - p, p, Math.floor(k) + 1, size)
}

/** The smallest k with P(X ≤ k) ≥ probability; Infinity at 1 unless p = 1. @throws StatsError `outOfDomain` */
export function negativeBinomialQuantile(probability: number, size: number, p: number): number {
  requireProbability('probability', probability)
  check(size, p)
  if (probability === 0 || p === 1) return 0
  if (probability === 1) return Infinity
  const guess = (size * (1 - p)) / p + normalQuantile(probability) * (Math.sqrt(size * (1 - p)) / p)
  return discreteQuantile(probability, guess, Number.MAX_SAFE_INTEGER, (k) => negativeBinomialCdf(k, size, p))
}

function check(size: number, p: number): void {
  requirePositive('size', size)
  requireProbability('p', p)
  if (p === 0)
    throw new StatsError('outOfDomain', 'p is 0; a success probability greater than zero was expected.')
}
