import { hypergeometric2F1, logHypergeometric2F1 } from '../special/hypergeometric.ts'

/**
 * Expected purchases in the next t units of a customer who is alive now, with rate ~ Gamma(shape, scale) and dropout
 * chance ~ Beta(a, b): (a+b−1)/(a−1) · [1 − (scale/(scale+t))^shape · ₂F₁(shape, b; a+b−1; t/(scale+t))].
 * Source: Fader, Hardie and Lee (2005), eq. 9 and 10.
 *
 * Euler's transformation turns the bracket into one whose parameters do not grow with frequency, and the factor 1/(a−1)
 * is divided out term by term, so a = 1, large frequencies and short horizons lose no digits.
 */
export function aliveExpectation(shape: number, scale: number, a: number, b: number, t: number): number {
  if (t === 0) return 0
  const c = a + b - 1
  const e = a - 1
  const top = c - shape
  const z = t / (scale + t)
  const log = Math.log(scale / (scale + t))
  if (top < -8 || e > 25) return throughLogs(shape, scale, a, b, t)
  const head = Math.abs(e * log) < 1e-300 ? -log : -Math.expm1(e * log) / e
  let term = top * z
  let sum = term
  for (let n = 1; n < 500_000; n++) {
    term *= (((top + n) * (e + n)) / ((c + n) * (n + 1))) * z
    sum += term
    if (Math.abs(term) < 1e-17 * Math.abs(sum) * (1 - z) || term === 0) break
  }
  return c * head - Math.exp(e * log) * sum
}

/** Large parameters (customers hardly differ) make the transformed series alternate or overflow; the direct one has positive terms. */
function throughLogs(shape: number, scale: number, a: number, b: number, t: number): number {
  const step = 1e-4
  if (Math.abs(a - 1) < step / 2) {
    const near = (h: number): number => throughLogs(shape, scale, 1 + h, b, t)
    return (4 * (near(step) + near(-step)) - (near(2 * step) + near(-2 * step))) / 6
  }
  const c = a + b - 1
  const z = t / (scale + t)
  const log = shape * Math.log(scale / (scale + t))
  if (c > 0) return (-c * Math.expm1(log + logHypergeometric2F1(shape, b, c, z))) / (a - 1)
  return (c * (1 - Math.exp(log) * hypergeometric2F1(shape, b, c === 0 ? 1e-12 : c, z))) / (a - 1)
}
