import { inverseBetaPair, logRegularizedBeta } from '../special/incomplete-beta.ts'
import { logBeta } from '../special/log-gamma.ts'
import { requirePositive } from '../stats-error.ts'

/** Density of the F distribution with d1, d2 > 0 degrees of freedom. @throws StatsError `outOfDomain` */
export function fPdf(x: number, d1: number, d2: number): number {
  return Math.exp(fLogPdf(x, d1, d2))
}

/** Log density. @throws StatsError `outOfDomain` */
export function fLogPdf(x: number, d1: number, d2: number): number {
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

/** P(X ≤ x). Source: Abramowitz and Stegun (1964), 26.6.2. @throws StatsError `outOfDomain` */
export function fCdf(x: number, d1: number, d2: number): number {
  return Math.exp(fLogCdf(x, d1, d2))
}

/** P(X > x), precise in the upper tail. @throws StatsError `outOfDomain` */
export function fSurvival(x: number, d1: number, d2: number): number {
  return Math.exp(fLogSurvival(x, d1, d2))
}

/** ln P(X ≤ x). @throws StatsError `outOfDomain` */
export function fLogCdf(x: number, d1: number, d2: number): number {
  const { low, high } = shares(x, d1, d2)
  return logRegularizedBeta(low, high, d1 / 2, d2 / 2)
}

/** ln P(X > x). @throws StatsError `outOfDomain` */
export function fLogSurvival(x: number, d1: number, d2: number): number {
  const { low, high } = shares(x, d1, d2)
  return logRegularizedBeta(high, low, d2 / 2, d1 / 2)
}

/** The x with P(X ≤ x) = p. @throws StatsError `outOfDomain` */
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
