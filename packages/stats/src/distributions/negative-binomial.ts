import { logRegularizedBeta } from '../special/incomplete-beta.ts'
import { logBinomialTerm } from '../special/saddle-point.ts'
import { requirePositive, requireProbability, StatsError } from '../stats-error.ts'
import { discreteQuantile } from './discrete-quantile.ts'
import { normalQuantile } from './normal.ts'

/**
 * P(X = k): k failures before the `size`-th success, success probability p in (0, 1]; `size` > 0 need not be whole.
 * The mean is size · (1 − p) / p.
 * Zero where k is not a whole number ≥ 0. Range: [0, 1].
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.1.23, https://personal.math.ubc.ca/~cbm/aands/page_929.htm
 * @throws StatsError `outOfDomain`
 * @example
 * negativeBinomialPmf(2, 3, 0.5) // → 0.1875
 */
export function negativeBinomialPmf(k: number, size: number, p: number): number {
  return Math.exp(negativeBinomialLogPmf(k, size, p))
}

/**
 * ln P(X = k).
 * k failures before the `size`-th success. Range: [−Infinity, 0].
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.1.23, https://personal.math.ubc.ca/~cbm/aands/page_929.htm
 * @throws StatsError `outOfDomain`
 * @example
 * negativeBinomialLogPmf(2, 3, 0.5) // → -1.673976
 */
export function negativeBinomialLogPmf(k: number, size: number, p: number): number {
  check(size, p)
  if (!(Number.isInteger(k) && k >= 0)) return -Infinity
  if (k === 0) return size * Math.log(p)
  return Math.log(size / (size + k)) + logBinomialTerm(size, size + k, p, 1 - p)
}

/**
 * P(X ≤ k).
 * k failures before the `size`-th success. Range: [0, 1]. The cost grows as √max(k, size).
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.1.23, https://personal.math.ubc.ca/~cbm/aands/page_929.htm
 * @throws StatsError `outOfDomain`
 * @example
 * negativeBinomialCdf(2, 3, 0.5) // → 0.5
 */
export function negativeBinomialCdf(k: number, size: number, p: number): number {
  return Math.exp(negativeBinomialLogCdf(k, size, p))
}

/**
 * P(X > k).
 * k failures before the `size`-th success. Range: [0, 1]. The cost grows as √max(k, size).
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.1.23, https://personal.math.ubc.ca/~cbm/aands/page_929.htm
 * @throws StatsError `outOfDomain`
 * @example
 * negativeBinomialSurvival(2, 3, 0.5) // → 0.5
 */
export function negativeBinomialSurvival(k: number, size: number, p: number): number {
  return Math.exp(negativeBinomialLogSurvival(k, size, p))
}

/**
 * ln P(X ≤ k).
 * k failures before the `size`-th success. Range: [−Infinity, 0]. The cost grows as √max(k, size).
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.5.26, https://personal.math.ubc.ca/~cbm/aands/page_945.htm
 * @throws StatsError `outOfDomain`
 * @example
 * negativeBinomialLogCdf(2, 3, 0.5) // → -0.6931472
 */
export function negativeBinomialLogCdf(k: number, size: number, p: number): number {
  check(size, p)
  return k < 0 ? -Infinity : logRegularizedBeta(p, 1 - p, size, Math.floor(k) + 1)
}

/**
 * ln P(X > k).
 * k failures before the `size`-th success. Range: [−Infinity, 0]. The cost grows as √max(k, size).
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.1.23, https://personal.math.ubc.ca/~cbm/aands/page_929.htm
 * @throws StatsError `outOfDomain`
 * @example
 * negativeBinomialLogSurvival(2, 3, 0.5) // → -0.6931472
 */
export function negativeBinomialLogSurvival(k: number, size: number, p: number): number {
  check(size, p)
  return k < 0 ? 0 : logRegularizedBeta(1 - p, p, Math.floor(k) + 1, size)
}

/**
 * The smallest k with P(X ≤ k) ≥ probability; Infinity at 1 unless p = 1.
 * `probability` in [0, 1]; the result is a whole number ≥ 0.
 * Cost O(log k) evaluations of the distribution function for the result k.
 * Source: Abramowitz and Stegun (1964), 26.1.23, https://personal.math.ubc.ca/~cbm/aands/page_929.htm
 * @throws StatsError `outOfDomain`
 * @example
 * negativeBinomialQuantile(0.5, 3, 0.5) // → 2
 */
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
