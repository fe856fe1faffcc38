import { requireNumber, StatsError } from '../stats-error.ts'

const HALF_LOG_TWO_PI = 0.9189385332046728

/**
 * Natural logarithm of the gamma function for x > 0.
 * Recurrence up to x ≥ 10, then Stirling's series; absolute error below 2e-15, relative below 1e-15 for x ≥ 10.
 * Range: about −0.1215 at x = 1.4616 to Infinity.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 6.1.15 and 6.1.41, https://personal.math.ubc.ca/~cbm/aands/page_257.htm
 * @throws StatsError `outOfDomain` for x ≤ 0 or NaN
 * @example
 * logGamma(5) - Math.log(24) // → 3.108624e-15
 * logGamma(0.5) // → 0.5723649
 */
export function logGamma(x: number): number {
  if (!(x > 0))
    throw new StatsError('outOfDomain', `logGamma takes a number greater than zero; it was given ${x}.`)
  if (x === Infinity) return Infinity
  if (x === 1 || x === 2) return 0
  if (x >= 10) return HALF_LOG_TWO_PI + (x - 0.5) * Math.log(x) - x + stirlingCorrection(x)
  let product = x
  let shifted = x + 1
  while (shifted < 10) {
    product *= shifted
    shifted++
  }
  return (
    HALF_LOG_TWO_PI +
    (shifted - 0.5) * Math.log(shifted) -
    shifted +
    stirlingCorrection(shifted) -
    Math.log(product)
  )
}

/**
 * ln Γ(x) − [(x − ½) ln x − x + ½ ln 2π], the remainder of Stirling's formula, for x ≥ 10; error below 1e-17.
 * Source: Abramowitz and Stegun (1964), 6.1.41.
 */
export function stirlingCorrection(x: number): number {
  const inverse = 1 / x
  const square = inverse * inverse
  return (
    inverse *
    (1 / 12 -
      square *
        (1 / 360 -
          square *
            (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360 - square / 156))))))
  )
}

/**
 * Natural logarithm of the beta function for a, b > 0, without cancellation when one argument is large.
 * Cost O(1).
 * Source: Abramowitz and Stegun (1964), 6.2.2, https://personal.math.ubc.ca/~cbm/aands/page_258.htm; the
 * large-argument form is Stirling's applied to each factor.
 * @throws StatsError `outOfDomain`
 * @example
 * logBeta(2, 3) // → -2.484907
 */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b)
  const large = Math.max(a, b)
  if (!(small > 0))
    throw new StatsError(
      'outOfDomain',
      `logBeta takes numbers greater than zero; it was given ${a} and ${b}.`,
    )
  if (large < 10) return logGamma(small) + logGamma(large) - logGamma(small + large)
  const sum = small + large
  const correction = stirlingCorrection(large) - stirlingCorrection(sum)
  if (small >= 10)
    return (
      HALF_LOG_TWO_PI -
      0.5 * Math.log(large) +
      stirlingCorrection(small) +
      correction +
      (small - 0.5) * Math.log(small / sum) +
      large * Math.log1p(-small / sum)
    )
  return (
    logGamma(small) + correction + small - small * Math.log(sum) + (large - 0.5) * Math.log1p(-small / sum)
  )
}

/**
 * Natural logarithm of n! for n ≥ 0 (n need not be whole).
 * Cost O(1).
 * Source: DLMF 5.4.1, https://dlmf.nist.gov/5.4
 * @throws StatsError `outOfDomain`
 * @example
 * logFactorial(10) // → 15.10441
 */
export function logFactorial(n: number): number {
  return logGamma(n + 1)
}

/**
 * Natural logarithm of the binomial coefficient C(n, k) for 0 ≤ k ≤ n.
 * Neither argument need be whole.
 * Cost O(1).
 * Source: DLMF 1.2.6, https://dlmf.nist.gov/1.2
 * @throws StatsError `outOfDomain`
 * @example
 * logChoose(5, 2) // → 2.302585
 */
export function logChoose(n: number, k: number): number {
  if (!(k >= 0 && k <= n))
    throw new StatsError('outOfDomain', `logChoose takes 0 ≤ k ≤ n; it was given n = ${n}, k = ${k}.`)
  if (k === 0 || k === n) return 0
  return -Math.log(n + 1) - logBeta(k + 1, n - k + 1)
}

/**
 * ln(eᵃ + eᵇ) without overflow.
 * Cost O(1).
 * Source: definition, with the larger term taken out as in Mächler (2012), https://cran.r-project.org/package=Rmpfr
 * @throws StatsError `outOfDomain` for NaN
 * @example
 * logAddExp(1000, 1000) // → 1000.693
 */
export function logAddExp(a: number, b: number): number {
  requireNumber('a', a)
  requireNumber('b', b)
  if (a === b) return a + Math.LN2
  if (a === -Infinity) return b
  if (b === -Infinity) return a
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b))
}

/**
 * ln(eᵃ − eᵇ) for a ≥ b without overflow; −Infinity when they are equal.
 * Cost O(1).
 * Source: definition, with the larger term taken out as in Mächler (2012), https://cran.r-project.org/package=Rmpfr
 * @throws StatsError `outOfDomain` unless a ≥ b
 * @example
 * logSubExp(1000, 999) // → 999.5413
 */
export function logSubExp(a: number, b: number): number {
  if (!(a >= b)) throw new StatsError('outOfDomain', `logSubExp takes a ≥ b; it was given ${a} and ${b}.`)
  if (a === b) return -Infinity
  if (b === -Infinity) return a
  return a + log1mExp(b - a)
}

/**
 * ln(1 − eˣ) for x ≤ 0, keeping digits at both ends.
 * Range: [−Infinity, 0].
 * Cost O(1).
 * Source: Mächler (2012), eq. 7, https://cran.r-project.org/package=Rmpfr
 * @throws StatsError `outOfDomain` unless x ≤ 0
 * @example
 * log1mExp(-1e-20) // → -46.0517
 */
export function log1mExp(x: number): number {
  if (!(x <= 0)) throw new StatsError('outOfDomain', `log1mExp takes x ≤ 0; it was given ${x}.`)
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x))
}
