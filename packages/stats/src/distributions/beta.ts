import { inverseRegularizedBeta, logRegularizedBeta } from '../special/incomplete-beta.ts'
import { logBeta } from '../special/log-gamma.ts'
import { logBinomialTerm } from '../special/saddle-point.ts'
import { requirePositive } from '../stats-error.ts'

/** Density of the beta distribution with shapes a, b > 0. @throws StatsError `outOfDomain` */
export function betaPdf(x: number, a: number, b: number): number {
  return Math.exp(betaLogPdf(x, a, b))
}

/** Log density. @throws StatsError `outOfDomain` */
export function betaLogPdf(x: number, a: number, b: number): number {
  requirePositive('a', a)
  requirePositive('b', b)
  if (x < 0 || x > 1) return -Infinity
  if (x === 0) return a === 1 ? Math.log(b) : a < 1 ? Infinity : -Infinity
  if (x === 1) return b === 1 ? Math.log(a) : b < 1 ? Infinity : -Infinity
  if (a >= 2 && b >= 2) return Math.log(a + b - 1) + logBinomialTerm(a - 1, a + b - 2, x, 1 - x)
  return (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta(a, b)
}

/** P(X ≤ x). @throws StatsError `outOfDomain` */
export function betaCdf(x: number, a: number, b: number): number {
  return Math.exp(betaLogCdf(x, a, b))
}

/** P(X > x), precise in the upper tail. @throws StatsError `outOfDomain` */
export function betaSurvival(x: number, a: number, b: number): number {
  return Math.exp(betaLogSurvival(x, a, b))
}

/** ln P(X ≤ x). @throws StatsError `outOfDomain` */
export function betaLogCdf(x: number, a: number, b: number): number {
  const inside = Math.min(1, Math.max(0, x))
  return logRegularizedBeta(inside, 1 - inside, a, b)
}

/** ln P(X > x). @throws StatsError `outOfDomain` */
export function betaLogSurvival(x: number, a: number, b: number): number {
  const inside = Math.min(1, Math.max(0, x))
  return logRegularizedBeta(1 - inside, inside, b, a)
}

/** The x with P(X ≤ x) = p. @throws StatsError `outOfDomain` */
export function betaQuantile(p: number, a: number, b: number): number {
  return inverseRegularizedBeta(p, a, b)
}
