import { requireNumber } from '../stats-error.ts'

const TWO_OVER_SQRT_PI = 1.1283791670955126
const SQRT_PI = 1.772453850905516

/**
 * Error function; relative error below 1e-15 for small |x|, absolute below 2e-16 elsewhere.
 * Range: [−1, 1]; any real x, the infinities included.
 * Cost O(1), at most about 100 terms.
 * Source: Abramowitz and Stegun (1964), 7.1.6 (series of positive terms), https://personal.math.ubc.ca/~cbm/aands/page_297.htm
 * @throws StatsError `outOfDomain` for NaN
 * @example
 * erf(1) // → 0.8427008
 */
export function erf(x: number): number {
  requireNumber('x', x)
  const size = Math.abs(x)
  if (size < 2) return x * series(x * x)
  return x > 0 ? 1 - erfc(size) : erfc(size) - 1
}

/**
 * Complementary error function 1 − erf(x) with full relative precision in the upper tail.
 * Range: [0, 2].
 * Cost O(1), at most about 100 terms.
 * Source: DLMF 7.2.2 and 7.9.1, https://dlmf.nist.gov/7.9
 * @throws StatsError `outOfDomain` for NaN
 * @example
 * erfc(5) // → 1.53746e-12
 */
export function erfc(x: number): number {
  requireNumber('x', x)
  if (x < 2) return x < -6 ? 2 : 1 - erf(x)
  return Math.exp(-x * x) * scaledErfc(x)
}

/**
 * ln erfc(x), finite where erfc itself underflows.
 * Range: (−Infinity, ln 2].
 * Cost O(1), at most about 100 terms.
 * Source: DLMF 7.2.1 and 7.2.2, https://dlmf.nist.gov/7.2
 * @throws StatsError `outOfDomain` for NaN
 * @example
 * logErfc(40) // → -1604.262
 */
export function logErfc(x: number): number {
  requireNumber('x', x)
  return x < 2 ? Math.log(erfc(x)) : -x * x + Math.log(scaledErfc(x))
}

function series(square: number): number {
  let term = 1
  let sum = 1
  for (let n = 1; n < 200; n++) {
    term *= (2 * square) / (2 * n + 1)
    sum += term
    if (term < 1e-17 * sum) break
  }
  return TWO_OVER_SQRT_PI * Math.exp(-square) * sum
}

/** e^{x²} erfc(x) for x ≥ 2 by the continued fraction 7.1.14, evaluated from its far end. */
function scaledErfc(x: number): number {
  if (x > 1e8) return 1 / (x * SQRT_PI)
  const depth = Math.ceil(10 + 350 / (x * x))
  let tail = x
  for (let n = depth; n >= 1; n--) tail = x + n / 2 / tail
  return 1 / (SQRT_PI * tail)
}
