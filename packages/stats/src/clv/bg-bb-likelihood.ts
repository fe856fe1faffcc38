import { digamma } from '../special/digamma.ts'
import { logBeta } from '../special/log-gamma.ts'
import type { BuyingOpportunities } from './buying-opportunities.ts'

/** Log-likelihood of one customer. Source: Fader, Hardie and Shang (2010), eq. 5. Cost: n − recency terms. */
export function bgBbRowLogLikelihood(
  alpha: number,
  beta: number,
  gamma: number,
  delta: number,
  x: number,
  recency: number,
  n: number,
): number {
  const base = logBeta(alpha, beta) + logBeta(gamma, delta)
  const alive = logBeta(alpha + x, beta + n - x) + logBeta(gamma, delta + n)
  let sum = 1
  for (let i = recency; i < n; i++)
    sum += Math.exp(logBeta(alpha + x, beta + i - x) + logBeta(gamma + 1, delta + i) - alive)
  return alive - base + Math.log(sum)
}

/** The negative log-likelihood with its analytic gradient in (α, β, γ, δ). */
export function bgBbObjective(
  data: BuyingOpportunities,
  rows: number,
): (p: Float64Array, gradient: Float64Array) => number {
  return (p, gradient) => {
    const [alpha, beta, gamma, delta] = [p[0]!, p[1]!, p[2]!, p[3]!]
    const base = logBeta(alpha, beta) + logBeta(gamma, delta)
    const psi = [
      digamma(alpha),
      digamma(beta),
      digamma(alpha + beta),
      digamma(gamma),
      digamma(delta),
      digamma(gamma + delta),
    ] as const
    let value = 0
    gradient.fill(0)
    for (let row = 0; row < rows; row++) {
      const x = data.frequency[row]!
      const recency = data.recency[row]!
      const n = data.opportunities[row]!
      const weight = data.weights?.[row] ?? 1
      if (weight === 0) continue
      const alive = logBeta(alpha + x, beta + n - x) + logBeta(gamma, delta + n)
      const psiBuy = digamma(alpha + x)
      let sum = 0
      const slopes = [0, 0, 0, 0]
      for (let i = recency; i <= n; i++) {
        const last = i === n
        const death = last ? 0 : 1
        const term = last
          ? 1
          : Math.exp(logBeta(alpha + x, beta + i - x) + logBeta(gamma + 1, delta + i) - alive)
        const whole = digamma(alpha + beta + i)
        const lived = digamma(gamma + death + delta + i)
        sum += term
        slopes[0]! += term * (psiBuy - whole)
        slopes[1]! += term * (digamma(beta + i - x) - whole)
        slopes[2]! += term * (digamma(gamma + death) - lived)
        slopes[3]! += term * (digamma(delta + i) - lived)
      }
      value += weight * (alive - base + Math.log(sum))
      gradient[0]! -= weight * (slopes[0]! / sum - psi[0] + psi[2])
      gradient[1]! -= weight * (slopes[1]! / sum - psi[1] + psi[2])
      gradient[2]! -= weight * (slopes[2]! / sum - psi[3] + psi[5])
      gradient[3]! -= weight * (slopes[3]! / sum - psi[4] + psi[5])
    }
    return -value
  }
}
