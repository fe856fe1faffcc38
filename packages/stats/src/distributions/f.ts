import { inverseBetaPair, logRegularizedBeta } from '../special/incomplete-beta.ts'
import { logBeta } from '../special/log-gamma.ts'
import { requireNumber, requirePositive } from '../stats-error.ts'

/**
 * Density of the F distribution with d1, d2 > 0 degrees of freedom.
 * Zero for x < 0. Range: [0, Infinity].
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.6.1 and 26.6.2, https://personal.math.ubc.ca/~cbm/aands/page_946.htm
 * @throws StatsError `outOfDomain`
 * @example
 * fPdf(1, 3, 20) // → 0.4308535
 */
export function fPdf(x: number, d1: number, d2: number): number {
  return Math.exp(fLogPdf(x, d1, d2))
}

/**
 * Log density.
 * For d1, d2 > 0 degrees of freedom; −Infinity for x < 0.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.6.1 and 26.6.2, https://personal.math.ubc.ca/~cbm/aands/page_946.htm
 * @throws StatsError `outOfDomain`
 * @example
 * fLogPdf(1, 3, 20) // → -0.8419871
 */
export function fLogPdf(x: number, d1: number, d2: number): number {
  requireNumber('x', x)
  requirePositive('d1', d1)
  requirePositive('d2', d2)
  if (x < 0) return -Infinity
  if (x === 0) return d1 === 2 ? 0 : d1 < 2 ? Infinity : -Infinity
  const ratio = d1 / d2
  return (
    (d1 / 2) * Math.log(ratio) +
    (d1 / 2 - 1) * Math.log(x) -
    ((d1 + d2) / 2) * Math.log1p(ratio * x) -
    logBeta(d1 / 2, d2 / 2)
  )
}

/**
 * P(X ≤ x).
 * For d1, d2 > 0 degrees of freedom. Range: [0, 1]. The cost grows as √max(d1, d2).
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.6.2, https://personal.math.ubc.ca/~cbm/aands/page_946.htm
 * @throws StatsError `outOfDomain`
 * @example
 * fCdf(3.098391, 3, 20) // → 0.95
 */
export function fCdf(x: number, d1: number, d2: number): number {
  return Math.exp(fLogCdf(x, d1, d2))
}

/**
 * P(X > x), precise in the upper tail.
 * For d1, d2 > 0 degrees of freedom. Range: [0, 1]. The cost grows as √max(d1, d2).
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.6.1 and 26.6.2, https://personal.math.ubc.ca/~cbm/aands/page_946.htm
 * @throws StatsError `outOfDomain`
 * @example
 * fSurvival(3.098391, 3, 20) // → 0.05000001
 */
export function fSurvival(x: number, d1: number, d2: number): number {
  return Math.exp(fLogSurvival(x, d1, d2))
}

/**
 * ln P(X ≤ x).
 * For d1, d2 > 0 degrees of freedom. Range: [−Infinity, 0]. The cost grows as √max(d1, d2).
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.6.1 and 26.6.2, https://personal.math.ubc.ca/~cbm/aands/page_946.htm
 * @throws StatsError `outOfDomain`
 * @example
 * fLogCdf(1, 3, 20) // → -0.5331597
 */
export function fLogCdf(x: number, d1: number, d2: number): number {
  const { low, high } = shares(x, d1, d2)
  return logRegularizedBeta(low, high, d1 / 2, d2 / 2)
}

/**
 * ln P(X > x).
 * For d1, d2 > 0 degrees of freedom. Range: [−Infinity, 0]. The cost grows as √max(d1, d2).
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.6.1 and 26.6.2, https://personal.math.ubc.ca/~cbm/aands/page_946.htm
 * @throws StatsError `outOfDomain`
 * @example
 * fLogSurvival(1, 3, 20) // → -0.8836979
 */
export function fLogSurvival(x: number, d1: number, d2: number): number {
  const { low, high } = shares(x, d1, d2)
  return logRegularizedBeta(high, low, d2 / 2, d1 / 2)
}

/**
 * The x with P(X ≤ x) = p.
 * For d1, d2 > 0 degrees of freedom; p in [0, 1], the result in [0, Infinity].
 * Cost about ten evaluations of the distribution function.
 * Source: Abramowitz and Stegun (1964), 26.6.1 and 26.6.2, https://personal.math.ubc.ca/~cbm/aands/page_946.htm
 * @throws StatsError `outOfDomain`
 * @example
 * fQuantile(0.95, 3, 20) // → 3.098391
 */
export function fQuantile(p: number, d1: number, d2: number): number {
  requirePositive('d1', d1)
  requirePositive('d2', d2)
  const { x, y } = inverseBetaPair(p, d1 / 2, d2 / 2)
  return (d2 * x) / (d1 * y)
}

function shares(x: number, d1: number, d2: number): { readonly low: number; readonly high: number } {
  requirePositive('d1', d1)
  requirePositive('d2', d2)
  if (x <= 0) return { low: 0, high: 1 }
  if (x === Infinity) return { low: 1, high: 0 }
  const scaled = d1 * x
  return { low: scaled / (scaled + d2), high: d2 / (scaled + d2) }
}
