import { logRegularizedGamma } from '../special/incomplete-gamma.ts'
import { logPoissonTerm } from '../special/saddle-point.ts'
import { requireProbability, StatsError } from '../stats-error.ts'
import { discreteQuantile } from './discrete-quantile.ts'
import { normalQuantile } from './normal.ts'

/**
 * P(X = k) for the Poisson distribution with mean ≥ 0.
 * Zero where k is not a whole number ≥ 0. Range: [0, 1].
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.1.22, https://personal.math.ubc.ca/~cbm/aands/page_929.htm
 * @throws StatsError `outOfDomain`
 * @example
 * poissonPmf(2, 3) // → 0.2240418
 */
export function poissonPmf(k: number, mean: number): number {
  return Math.exp(poissonLogPmf(k, mean))
}

/**
 * ln P(X = k).
 * Mean ≥ 0. Range: [−Infinity, 0].
 * Cost O(1).
 * Source: Loader (2000), https://lists.gnu.org/archive/html/octave-maintainers/2011-09/pdfK0uKOST642.pdf
 * @throws StatsError `outOfDomain`
 * @example
 * poissonLogPmf(2, 3) // → -1.495923
 */
export function poissonLogPmf(k: number, mean: number): number {
  check(mean)
  if (!(Number.isInteger(k) && k >= 0)) return -Infinity
  return mean === 0 ? (k === 0 ? 0 : -Infinity) : logPoissonTerm(k, mean)
}

/**
 * P(X ≤ k).
 * Mean ≥ 0. Range: [0, 1]. The cost grows as √mean.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.4.21, https://personal.math.ubc.ca/~cbm/aands/page_941.htm
 * @throws StatsError `outOfDomain`
 * @example
 * poissonCdf(2, 3) // → 0.4231901
 */
export function poissonCdf(k: number, mean: number): number {
  return Math.exp(poissonLogCdf(k, mean))
}

/**
 * P(X > k).
 * Mean ≥ 0. Range: [0, 1]. The cost grows as √mean.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.4.21, https://personal.math.ubc.ca/~cbm/aands/page_941.htm
 * @throws StatsError `outOfDomain`
 * @example
 * poissonSurvival(2, 3) // → 0.5768099
 */
export function poissonSurvival(k: number, mean: number): number {
  return Math.exp(poissonLogSurvival(k, mean))
}

/**
 * ln P(X ≤ k).
 * Mean ≥ 0. Range: [−Infinity, 0]. The cost grows as √mean.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.4.21, https://personal.math.ubc.ca/~cbm/aands/page_941.htm
 * @throws StatsError `outOfDomain`
 * @example
 * poissonLogCdf(2, 3) // → -0.8599338
 */
export function poissonLogCdf(k: number, mean: number): number {
  check(mean)
  return k < 0 ? -Infinity : logRegularizedGamma(Math.floor(k) + 1, mean, 'upper')
}

/**
 * ln P(X > k).
 * Mean ≥ 0. Range: [−Infinity, 0]. The cost grows as √mean.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.4.21, https://personal.math.ubc.ca/~cbm/aands/page_941.htm
 * @throws StatsError `outOfDomain`
 * @example
 * poissonLogSurvival(2, 3) // → -0.5502425
 */
export function poissonLogSurvival(k: number, mean: number): number {
  check(mean)
  return k < 0 ? 0 : logRegularizedGamma(Math.floor(k) + 1, mean, 'lower')
}

/**
 * The smallest k with P(X ≤ k) ≥ probability; Infinity at 1.
 * `probability` in [0, 1]; the result is a whole number ≥ 0.
 * Cost O(log k) evaluations of the distribution function for the result k.
 * Source: Abramowitz and Stegun (1964), 26.4.21, https://personal.math.ubc.ca/~cbm/aands/page_941.htm
 * @throws StatsError `outOfDomain`
 * @example
 * poissonQuantile(0.5, 3) // → 3
 */
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
