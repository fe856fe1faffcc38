import { inverseBetaPair, logRegularizedBeta } from '../special/incomplete-beta.ts'
import { logBeta } from '../special/log-gamma.ts'
import { requireNumber, requirePositive, requireProbability } from '../stats-error.ts'
import { normalCdf, normalLogCdf, normalLogPdf, normalQuantile } from './normal.ts'

/** From this many degrees of freedom the t and the normal distribution agree to double precision. */
const NORMAL_FROM = 1e17

/**
 * Density of Student's t distribution with df > 0 degrees of freedom (not necessarily whole).
 * Range: (0, 0.4].
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.7.1, https://personal.math.ubc.ca/~cbm/aands/page_948.htm
 * @throws StatsError `outOfDomain`
 * @example
 * tPdf(0, 5) // → 0.3796067
 */
export function tPdf(x: number, df: number): number {
  return Math.exp(tLogPdf(x, df))
}

/**
 * Log density.
 * For df > 0 degrees of freedom.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.7.1, https://personal.math.ubc.ca/~cbm/aands/page_948.htm
 * @throws StatsError `outOfDomain`
 * @example
 * tLogPdf(0, 5) // → -0.9686196
 */
export function tLogPdf(x: number, df: number): number {
  requireNumber('x', x)
  if (df >= NORMAL_FROM) return normalLogPdf(x)
  requirePositive('df', df)
  return -logBeta(df / 2, 0.5) - 0.5 * Math.log(df) - ((df + 1) / 2) * Math.log1p((x * x) / df)
}

/**
 * P(T ≤ x).
 * For df > 0 degrees of freedom. Range: [0, 1].
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.7.1, https://personal.math.ubc.ca/~cbm/aands/page_948.htm
 * @throws StatsError `outOfDomain`
 * @example
 * tCdf(2.570582, 5) // → 0.975
 */
export function tCdf(x: number, df: number): number {
  if (df >= NORMAL_FROM) return normalCdf(x)
  return x > 0 ? 1 - tail(x, df) : tail(x, df)
}

/**
 * P(T > x), precise in the upper tail.
 * For df > 0 degrees of freedom. Range: [0, 1].
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.7.1, https://personal.math.ubc.ca/~cbm/aands/page_948.htm
 * @throws StatsError `outOfDomain`
 * @example
 * tSurvival(2.570582, 5) // → 0.025
 */
export function tSurvival(x: number, df: number): number {
  return tCdf(-x, df)
}

/**
 * ln P(T ≤ x).
 * For df > 0 degrees of freedom. Range: [−Infinity, 0].
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.7.1, https://personal.math.ubc.ca/~cbm/aands/page_948.htm
 * @throws StatsError `outOfDomain`
 * @example
 * tLogCdf(-100, 5) // → -20.77667
 */
export function tLogCdf(x: number, df: number): number {
  if (df >= NORMAL_FROM) return normalLogCdf(x)
  return x > 0 ? Math.log1p(-tail(x, df)) : logTail(x, df)
}

/**
 * ln P(T > x).
 * For df > 0 degrees of freedom. Range: [−Infinity, 0].
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 26.7.1, https://personal.math.ubc.ca/~cbm/aands/page_948.htm
 * @throws StatsError `outOfDomain`
 * @example
 * tLogSurvival(100, 5) // → -20.77667
 */
export function tLogSurvival(x: number, df: number): number {
  return tLogCdf(-x, df)
}

/**
 * The x with P(T ≤ x) = p; −Infinity and Infinity at 0 and 1.
 * For df > 0 degrees of freedom; p in [0, 1].
 * Cost about ten evaluations of the distribution function.
 * Source: Abramowitz and Stegun (1964), 26.7.1, https://personal.math.ubc.ca/~cbm/aands/page_948.htm
 * @throws StatsError `outOfDomain`
 * @example
 * tQuantile(0.975, 5) // → 2.570582
 */
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
