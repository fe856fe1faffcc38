import { logGamma, stirlingCorrection } from './log-gamma.ts'

const HALF_LOG_TWO_PI = 0.9189385332046728

/**
 * x ln(x/m) + m − x, the deviance part, without cancellation for x near m.
 * Source: Loader (2000), "Fast and accurate computation of binomial probabilities", eq. 5.2.
 */
export function devianceTerm(x: number, m: number): number {
  if (x === 0) return m
  const ratio = (x - m) / (x + m)
  if (Math.abs(ratio) > 0.1) return x * Math.log(x / m) + m - x
  const square = ratio * ratio
  let sum = (x - m) * ratio
  let term = 2 * x * ratio
  for (let j = 1; j < 100; j++) {
    term *= square
    const next = sum + term / (2 * j + 1)
    if (next === sum) break
    sum = next
  }
  return sum
}

/** ln Γ(x + 1) − [(x + ½) ln x − x + ½ ln 2π] for x > 0. Source: Loader (2000), section 3. */
export function stirlingRemainder(x: number): number {
  return x >= 10 ? stirlingCorrection(x) : logGamma(x + 1) - (x + 0.5) * Math.log(x) + x - HALF_LOG_TWO_PI
}

/** ln [e^{−m} mˣ / Γ(x + 1)] for x ≥ 0, m > 0 (x need not be whole). Source: Loader (2000), eq. 5.1. */
export function logPoissonTerm(x: number, m: number): number {
  if (x === 0) return -m
  if (x < 1e-8 * m || x < 1e-300) return x * Math.log(m) - m - logGamma(x + 1)
  return -stirlingRemainder(x) - devianceTerm(x, m) - HALF_LOG_TWO_PI - 0.5 * Math.log(x)
}

/** ln [C(n, x) pˣ qⁿ⁻ˣ] for 0 ≤ x ≤ n, p + q = 1 (x, n need not be whole). Source: Loader (2000), eq. 2.1. */
export function logBinomialTerm(x: number, n: number, p: number, q: number): number {
  if (p === 0) return x === 0 ? 0 : -Infinity
  if (q === 0) return x === n ? 0 : -Infinity
  if (x === 0) return n * (p < 0.1 ? Math.log1p(-p) : Math.log(q))
  if (x === n) return n * (q < 0.1 ? Math.log1p(-q) : Math.log(p))
  const rest = n - x
  return (
    stirlingRemainder(n) -
    stirlingRemainder(x) -
    stirlingRemainder(rest) -
    devianceTerm(x, n * p) -
    devianceTerm(rest, n * q) -
    HALF_LOG_TWO_PI -
    0.5 * (Math.log(x) + Math.log1p(-x / n))
  )
}
