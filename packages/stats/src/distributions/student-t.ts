import { inverseBetaPair, logRegularizedBeta } from '../special/incomplete-beta.ts'
import { logBeta } from '../special/log-gamma.ts'
import { requirePositive, requireProbability } from '../stats-error.ts'
import { normalCdf, normalLogCdf, normalLogPdf, normalQuantile } from './normal.ts'

/** From this many degrees of freedom the t and the normal distribution agree to double precision. */
const NORMAL_FROM = 1e17

/** Density of Student's t distribution with df > 0 degrees of freedom (not necessarily whole). @throws StatsError `outOfDomain` */
export function tPdf(x: number, df: number): number {
  return Math.exp(tLogPdf(x, df))
}

/** Log density. @throws StatsError `outOfDomain` */
export function tLogPdf(x: number, df: number): number {
  if (df >= NORMAL_FROM) return normalLogPdf(x)
  requirePositive('df', df)
  return -logBeta(df / 2, 0.5) - 0.5 * Math.log(df) - ((df + 1) / 2) * Math.log1p((x * x) / df)
}

/** P(T ≤ x). Source: Abramowitz and Stegun (1964), 26.7.1. @throws StatsError `outOfDomain` */
export function tCdf(x: number, df: number): number {
  if (df >= NORMAL_FROM) return normalCdf(x)
  return x > 0 ? 1 - tail(x, df) : tail(x, df)
}

/** P(T > x), precise in the upper tail. @throws StatsError `outOfDomain` */
export function tSurvival(x: number, df: number): number {
  return tCdf(-x, df)
}

/** ln P(T ≤ x). @throws StatsError `outOfDomain` */
export function tLogCdf(x: number, df: number): number {
  if (df >= NORMAL_FROM) return normalLogCdf(x)
  return x > 0 ? Math.log1p(-tail(x, df)) : logTail(x, df)
}

/** ln P(T > x). @throws StatsError `outOfDomain` */
export function tLogSurvival(x: number, df: number): number {
  return tLogCdf(-x, df)
}

/** The x with P(T ≤ x) = p; −Infinity and Infinity at 0 and 1. @throws StatsError `outOfDomain` */
export function tQuantile(p: number, df: number): number {
  requireProbability('p', p)
  if (df >= NORMAL_FROM) return normalQuantile(p)
  requirePositive('df', df)
  if (p === 0.5) return 0
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity
  const { x, y } = inverseBetaPair(2 * Math.min(p, 1 - p), df / 2, 0.5)
  const size = Math.sqrt((df * y) / x)
  return p < 0.5 ? -size : size
}

function tail(x: number, df: number): number {
  return Math.exp(logTail(x, df))
}

function logTail(x: number, df: number): number {
  requirePositive('df', df)
  if (Math.abs(x) === Infinity) return -Infinity
  const square = x * x
  // The leading term of the tail, where x² is beyond doubles.
  if (square === Infinity)
    return (df / 2 - 1) * Math.log(df) - df * Math.log(Math.abs(x)) - logBeta(df / 2, 0.5)
  const whole = df + square
  return -Math.LN2 + logRegularizedBeta(df / whole, square / whole, df / 2, 0.5)
}
