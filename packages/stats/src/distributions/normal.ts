import { erfc, logErfc } from '../special/erf.ts'
import { requireNumber, requirePositive, requireProbability } from '../stats-error.ts'

const LOG_SQRT_TWO_PI = 0.9189385332046728

/**
 * Density of the normal distribution. `sd` > 0.
 * Range: [0, Infinity).
 * Cost O(1).
 * Source: DLMF 7.1 and 7.2, Φ(z) = erfc(−z/√2)/2, https://dlmf.nist.gov/7.2
 * @throws StatsError `outOfDomain`
 * @example
 * normalPdf(0) // → 0.3989423
 */
export function normalPdf(x: number, mean = 0, sd = 1): number {
  return Math.exp(normalLogPdf(x, mean, sd))
}

/**
 * Log density of the normal distribution.
 * `sd` > 0.
 * Cost O(1).
 * Source: DLMF 7.1 and 7.2, Φ(z) = erfc(−z/√2)/2, https://dlmf.nist.gov/7.2
 * @throws StatsError `outOfDomain`
 * @example
 * normalLogPdf(0) // → -0.9189385
 */
export function normalLogPdf(x: number, mean = 0, sd = 1): number {
  requireNumber('x', x)
  requirePositive('sd', sd)
  const z = (x - mean) / sd
  return -0.5 * z * z - LOG_SQRT_TWO_PI - Math.log(sd)
}

/**
 * P(X ≤ x).
 * `sd` > 0. Range: [0, 1].
 * Cost O(1).
 * Source: DLMF 7.1 and 7.2, Φ(z) = erfc(−z/√2)/2, https://dlmf.nist.gov/7.2
 * @throws StatsError `outOfDomain`
 * @example
 * normalCdf(1.96) // → 0.9750021
 */
export function normalCdf(x: number, mean = 0, sd = 1): number {
  requireNumber('x', x)
  requirePositive('sd', sd)
  return 0.5 * erfc(-((x - mean) / sd) * Math.SQRT1_2)
}

/**
 * P(X > x), precise in the upper tail.
 * `sd` > 0. Range: [0, 1].
 * Cost O(1).
 * Source: DLMF 7.1 and 7.2, Φ(z) = erfc(−z/√2)/2, https://dlmf.nist.gov/7.2
 * @throws StatsError `outOfDomain`
 * @example
 * normalSurvival(1.96) // → 0.0249979
 */
export function normalSurvival(x: number, mean = 0, sd = 1): number {
  return normalCdf(-x, -mean, sd)
}

/**
 * ln P(X ≤ x), finite far into the tail.
 * `sd` > 0. Range: [−Infinity, 0].
 * Cost O(1).
 * Source: DLMF 7.1 and 7.2, Φ(z) = erfc(−z/√2)/2, https://dlmf.nist.gov/7.2
 * @throws StatsError `outOfDomain`
 * @example
 * normalLogCdf(-50) // → -1254.831
 */
export function normalLogCdf(x: number, mean = 0, sd = 1): number {
  requireNumber('x', x)
  requirePositive('sd', sd)
  const z = ((x - mean) / sd) * Math.SQRT1_2
  return z > 1 ? Math.log1p(-0.5 * erfc(z)) : logErfc(-z) - Math.LN2
}

/**
 * ln P(X > x), finite far into the tail.
 * `sd` > 0. Range: [−Infinity, 0].
 * Cost O(1).
 * Source: DLMF 7.1 and 7.2, Φ(z) = erfc(−z/√2)/2, https://dlmf.nist.gov/7.2
 * @throws StatsError `outOfDomain`
 * @example
 * normalLogSurvival(50) // → -1254.831
 */
export function normalLogSurvival(x: number, mean = 0, sd = 1): number {
  return normalLogCdf(-x, -mean, sd)
}

/**
 * The x with P(X ≤ x) = p; −Infinity and Infinity at 0 and 1; relative error about 1e-16.
 * `sd` > 0, p in [0, 1].
 * Cost O(1).
 * Source: Wichura (1988), algorithm AS 241 (PPND16), https://doi.org/10.2307/2347330
 * @throws StatsError `outOfDomain`
 * @example
 * normalQuantile(0.975) // → 1.959964
 */
export function normalQuantile(p: number, mean = 0, sd = 1): number {
  requireProbability('p', p)
  requirePositive('sd', sd)
  if (p === 0) return -Infinity
  if (p === 1) return Infinity
  return mean + sd * standardQuantile(p)
}

function standardQuantile(p: number): number {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (q * polynomial(CENTRE_TOP, r)) / polynomial(CENTRE_BOTTOM, r)
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p))
  const value =
    r <= 5
      ? polynomial(MIDDLE_TOP, r - 1.6) / polynomial(MIDDLE_BOTTOM, r - 1.6)
      : polynomial(FAR_TOP, r - 5) / polynomial(FAR_BOTTOM, r - 5)
  return q < 0 ? -value : value
}

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + coefficients[i]!
  return value
}

const CENTRE_TOP = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
]
const CENTRE_BOTTOM = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
]
const MIDDLE_TOP = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
]
const MIDDLE_BOTTOM = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
]
const FAR_TOP = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
]
const FAR_BOTTOM = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
]
