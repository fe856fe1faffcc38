import { inverseRegularizedBeta, logRegularizedBeta } from '../special/incomplete-beta.ts'
import { logBeta } from '../special/log-gamma.ts'
import { logBinomialTerm } from '../special/saddle-point.ts'
import { requireNumber, requirePositive } from '../stats-error.ts'

/**
 * Density of the beta distribution with shapes a, b > 0.
 * Zero outside [0, 1]; the range is [0, Infinity].
 * Cost O(1).
 * Source: DLMF 5.12.1, https://dlmf.nist.gov/5.12
 * @throws StatsError `outOfDomain`
 * @example
 * betaPdf(0.3, 2, 3) // → 1.764
 */
export function betaPdf(x: number, a: number, b: number): number {
  return Math.exp(betaLogPdf(x, a, b))
}

/**
 * Log density.
 * Of the beta distribution with shapes a, b > 0; −Infinity outside [0, 1].
 * Cost O(1).
 * Source: DLMF 5.12.1, https://dlmf.nist.gov/5.12
 * @throws StatsError `outOfDomain`
 * @example
 * betaLogPdf(0.3, 2, 3) // → 0.567584
 */
export function betaLogPdf(x: number, a: number, b: number): number {
  requireNumber('x', x)
  requirePositive('a', a)
  requirePositive('b', b)
  if (x < 0 || x > 1) return -Infinity
  if (x === 0) return a === 1 ? Math.log(b) : a < 1 ? Infinity : -Infinity
  if (x === 1) return b === 1 ? Math.log(a) : b < 1 ? Infinity : -Infinity
  if (a >= 2 && b >= 2) return Math.log(a + b - 1) + logBinomialTerm(a - 1, a + b - 2, x, 1 - x)
  return (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta(a, b)
}

/**
 * P(X ≤ x).
 * For the beta distribution with shapes a, b > 0. Range: [0, 1]. The cost grows as √max(a, b).
 * Cost O(1).
 * Source: DLMF 8.17.2, https://dlmf.nist.gov/8.17
 * @throws StatsError `outOfDomain`
 * @example
 * betaCdf(0.3, 2, 3) // → 0.3483
 */
export function betaCdf(x: number, a: number, b: number): number {
  return Math.exp(betaLogCdf(x, a, b))
}

/**
 * P(X > x), precise in the upper tail.
 * For the beta distribution with shapes a, b > 0. Range: [0, 1]. The cost grows as √max(a, b).
 * Cost O(1).
 * Source: DLMF 8.17.2, https://dlmf.nist.gov/8.17
 * @throws StatsError `outOfDomain`
 * @example
 * betaSurvival(0.3, 2, 3) // → 0.6517
 */
export function betaSurvival(x: number, a: number, b: number): number {
  return Math.exp(betaLogSurvival(x, a, b))
}

/**
 * ln P(X ≤ x).
 * For the beta distribution with shapes a, b > 0. Range: [−Infinity, 0]. The cost grows as √max(a, b).
 * Cost O(1).
 * Source: DLMF 8.17.2, https://dlmf.nist.gov/8.17
 * @throws StatsError `outOfDomain`
 * @example
 * betaLogCdf(0.3, 2, 3) // → -1.054691
 */
export function betaLogCdf(x: number, a: number, b: number): number {
  const inside = Math.min(1, Math.max(0, x))
  return logRegularizedBeta(inside, 1 - inside, a, b)
}

/**
 * ln P(X > x).
 * For the beta distribution with shapes a, b > 0. Range: [−Infinity, 0]. The cost grows as √max(a, b).
 * Cost O(1).
 * Source: DLMF 8.17.2, https://dlmf.nist.gov/8.17
 * @throws StatsError `outOfDomain`
 * @example
 * betaLogSurvival(0.3, 2, 3) // → -0.4281709
 */
export function betaLogSurvival(x: number, a: number, b: number): number {
  const inside = Math.min(1, Math.max(0, x))
  return logRegularizedBeta(1 - inside, inside, b, a)
}

/**
 * The x with P(X ≤ x) = p.
 * For the beta distribution with shapes a, b > 0; p and the result lie in [0, 1].
 * Cost about ten evaluations of the distribution function.
 * Source: DLMF 8.17.2, https://dlmf.nist.gov/8.17
 * @throws StatsError `outOfDomain`
 * @example
 * betaQuantile(0.5, 2, 3) // → 0.3857276
 */
export function betaQuantile(p: number, a: number, b: number): number {
  return inverseRegularizedBeta(p, a, b)
}
