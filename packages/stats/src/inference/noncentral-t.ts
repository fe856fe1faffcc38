import { normalCdf, normalSurvival } from '../distributions/normal.ts'
import { tCdf } from '../distributions/student-t.ts'
import { regularizedBeta } from '../special/incomplete-beta.ts'
import { logBeta } from '../special/log-gamma.ts'

/**
 * P(T ≤ t) of the non-central t distribution with `df` degrees of freedom and non-centrality `delta`.
 * Absolute error below 1e-12; beyond |delta| = 37.6, where the series underflows, the normal approximation
 * 26.7.10 of Abramowitz & Stegun is used (relative error about 1/df).
 * Source: Lenth (1989), algorithm AS 243, Applied Statistics 38.
 */
export function noncentralTCdf(t: number, df: number, delta: number): number {
  if (delta === 0) return tCdf(t, df)
  if (t < 0) return 1 - lowerForPositive(-t, df, -delta)
  return lowerForPositive(t, df, delta)
}

function lowerForPositive(t: number, df: number, delta: number): number {
  const lambda = delta * delta
  if (lambda > 1400) {
    const s = 1 / (4 * df)
    return normalCdf((t * (1 - s) - delta) / Math.sqrt(1 + 2 * t * t * s))
  }
  const x = (t * t) / (t * t + df)
  if (x === 0) return normalSurvival(delta)
  let p = 0.5 * Math.exp(-0.5 * lambda)
  let q = Math.sqrt(2 / Math.PI) * p * delta
  let remaining = 0.5 - p
  const b = 0.5 * df
  const tail = Math.exp(b * Math.log(df / (t * t + df)))
  let odd = regularizedBeta(x, 0.5, b)
  let oddStep = 2 * tail * Math.exp(0.5 * Math.log(x) - logBeta(0.5, b))
  let even = 1 - tail
  let evenStep = b * x * tail
  let sum = p * odd + q * even
  let a = 0.5
  for (let i = 1; i < 5000; i++) {
    a += 1
    odd -= oddStep
    even -= evenStep
    oddStep *= (x * (a + b - 1)) / a
    evenStep *= (x * (a + b - 0.5)) / (a + 0.5)
    p *= lambda / (2 * i)
    q *= lambda / (2 * i + 1)
    sum += p * odd + q * even
    remaining -= p
    if (Math.abs(2 * remaining * (odd - oddStep)) < 1e-13 || remaining < -1e-10) break
  }
  return Math.min(1, Math.max(0, sum + normalSurvival(delta)))
}
