import { logRegularizedBeta } from '../special/incomplete-beta.ts'
import { logBinomialTerm } from '../special/saddle-point.ts'
import { requireProbability, StatsError } from '../stats-error.ts'
import { discreteQuantile } from './discrete-quantile.ts'
import { normalQuantile } from './normal.ts'

/**
 * P(X = k) for n trials with success probability p.
 * n whole and ≥ 0, p in [0, 1]; zero where k is not a whole number from 0 to n.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.1.20, https://personal.math.ubc.ca/~cbm/aands/page_929.htm
 * @throws StatsError `outOfDomain`
 * @example
 * binomialPmf(3, 10, 0.3) // → 0.2668279
 */
export function binomialPmf(k: number, n: number, p: number): number {
  return Math.exp(binomialLogPmf(k, n, p))
}

/**
 * ln P(X = k).
 * n whole and ≥ 0, p in [0, 1]. Range: [−Infinity, 0].
 * Cost O(1).
 * Source: Loader (2000), https://lists.gnu.org/archive/html/octave-maintainers/2011-09/pdfK0uKOST642.pdf
 * @throws StatsError `outOfDomain`
 * @example
 * binomialLogPmf(3, 10, 0.3) // → -1.321151
 */
export function binomialLogPmf(k: number, n: number, p: number): number {
  check(n, p)
  return Number.isInteger(k) && k >= 0 && k <= n ? logBinomialTerm(k, n, p, 1 - p) : -Infinity
}

/**
 * P(X ≤ k).
 * For n trials with success probability p. Range: [0, 1]. The cost grows as √n.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.5.24, https://personal.math.ubc.ca/~cbm/aands/page_945.htm
 * @throws StatsError `outOfDomain`
 * @example
 * binomialCdf(3, 10, 0.3) // → 0.6496107
 */
export function binomialCdf(k: number, n: number, p: number): number {
  return Math.exp(binomialLogCdf(k, n, p))
}

/**
 * P(X > k).
 * For n trials with success probability p. Range: [0, 1]. The cost grows as √n.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.5.24, https://personal.math.ubc.ca/~cbm/aands/page_945.htm
 * @throws StatsError `outOfDomain`
 * @example
 * binomialSurvival(3, 10, 0.3) // → 0.3503893
 */
export function binomialSurvival(k: number, n: number, p: number): number {
  return Math.exp(binomialLogSurvival(k, n, p))
}

/**
 * ln P(X ≤ k).
 * For n trials with success probability p. Range: [−Infinity, 0]. The cost grows as √n.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.5.24, https://personal.math.ubc.ca/~cbm/aands/page_945.htm
 * @throws StatsError `outOfDomain`
 * @example
 * binomialLogCdf(3, 10, 0.3) // → -0.431382
 */
export function binomialLogCdf(k: number, n: number, p: number): number {
  check(n, p)
  const whole = Math.floor(k)
  if (whole < 0) return -Infinity
  if (whole >= n) return 0
  return logRegularizedBeta(1 - p, p, n - whole, whole + 1)
}

/**
 * ln P(X > k).
 * For n trials with success probability p. Range: [−Infinity, 0]. The cost grows as √n.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.5.24, https://personal.math.ubc.ca/~cbm/aands/page_945.htm
 * @throws StatsError `outOfDomain`
 * @example
 * binomialLogSurvival(3, 10, 0.3) // → -1.048711
 */
export function binomialLogSurvival(k: number, n: number, p: number): number {
  check(n, p)
  const whole = Math.floor(k)
  if (whole < 0) return 0
  if (whole >= n) return -Infinity
  return logRegularizedBeta(p, 1 - p, whole + 1, n - whole)
}

/**
 * The smallest k with P(X ≤ k) ≥ probability.
 * For n trials with success probability p; `probability` in [0, 1], the result a whole number from 0 to n.
 * Cost O(log n) evaluations of the distribution function.
 * Source: Abramowitz and Stegun (1964), 26.5.24, https://personal.math.ubc.ca/~cbm/aands/page_945.htm
 * @throws StatsError `outOfDomain`
 * @example
 * binomialQuantile(0.5, 10, 0.3) // → 3
 */
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
