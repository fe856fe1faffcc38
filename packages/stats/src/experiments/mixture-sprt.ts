import { normalCdf, normalPdf } from '../distributions/normal.ts'
import { requireLevel, requirePositive, requireSameLength, StatsError } from '../stats-error.ts'

export type MixtureSprt = {
  /** Likelihood ratio after each pair; 0 during the burn-in. */
  readonly likelihoodRatio: Float64Array
  /** The first n at which the ratio exceeds 1/alpha; absent if it never does. */
  readonly rejectedAt?: number
  /** Always-valid p-value after each pair: the smallest inverse ratio so far. */
  readonly pValues: Float64Array
}

/**
 * Mixture sequential probability ratio test of paired arms: rejects when the likelihood ratio, averaged over a normal
 * prior with standard deviation `tau` on the difference, exceeds 1/alpha.
 * x and y have the same length.
 * Cost O(n).
 * Source: Johari, Koomen, Pekelis & Walsh (2017), KDD, equation 9, https://arxiv.org/abs/1512.04922
 * Parity: R package mixtureSPRT.
 * @param options.model `normal` with a known standard deviation of one observation, or `bernoulli`, whose variance is
 * estimated on the way and whose first `burnIn` pairs (default 100) are ignored.
 * @throws StatsError `lengthMismatch`, `outOfDomain`; Bernoulli observations are 0 or 1.
 * @example
 * const options = { tau: 1, model: { kind: 'normal', sd: 1 } }
 * mixtureSprt([2, 3, 2, 4, 3], [0, 1, 0, 1, 0], options).pValues // → [0.877568, 0.5202601, 0.2613605, 0.05926752, 0.01092747]
 */
export function mixtureSprt(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: {
    readonly tau: number
    readonly model:
      | { readonly kind: 'normal'; readonly sd: number }
      | { readonly kind: 'bernoulli'; readonly burnIn?: number }
    /** Hypothesised difference x − y. Default 0. */
    readonly hypothesis?: number
    readonly alpha?: number
  },
): MixtureSprt {
  const { tau, model, hypothesis = 0, alpha = 0.05 } = options
  const n = requireSameLength({ x, y })
  requirePositive('tau', tau)
  requireLevel('alpha', alpha)
  if (model.kind === 'normal') requirePositive('sd', model.sd)
  const burnIn = model.kind === 'bernoulli' ? (model.burnIn ?? 100) : 0
  const likelihoodRatio = new Float64Array(n)
  const pValues = new Float64Array(n).fill(1)
  let sumX = 0
  let sumY = 0
  let rejectedAt: number | undefined
  let smallest = 1
  for (let i = 0; i < n; i++) {
    sumX += requireObservation(x[i]!, i, model.kind)
    sumY += requireObservation(y[i]!, i, model.kind)
    const seen = i + 1
    if (seen > burnIn) {
      const p = sumX / seen
      const q = sumY / seen
      const variance = model.kind === 'normal' ? 2 * model.sd ** 2 : p * (1 - p) + q * (1 - q)
      likelihoodRatio[i] = ratio(seen, p - q - hypothesis, variance, tau * tau)
    }
    if (likelihoodRatio[i]! > 0) smallest = Math.min(smallest, 1 / likelihoodRatio[i]!)
    pValues[i] = smallest
    if (rejectedAt === undefined && likelihoodRatio[i]! > 1 / alpha) rejectedAt = seen
  }
  return { likelihoodRatio, pValues, ...(rejectedAt === undefined ? {} : { rejectedAt }) }
}

/**
 * Mixing variance τ² that makes the test fastest for experiments cut off after `truncation` observations.
 * Cost O(1).
 * Source: Johari et al. (2017), section 4.3: σ²·Φ(−b) / (φ(b)/b − Φ(−b)), b = 2 ln(1/α) / √(truncation·σ²), https://arxiv.org/abs/1512.04922
 * @throws StatsError `outOfDomain`.
 * @example
 * optimalMixingVariance(0.05, 1, 10000) // → 0.07715988
 */
export function optimalMixingVariance(alpha: number, sd: number, truncation: number): number {
  requireLevel('alpha', alpha)
  requirePositive('sd', sd)
  requirePositive('truncation', truncation)
  const b = (2 * Math.log(1 / alpha)) / Math.sqrt(truncation * sd * sd)
  const tail = normalCdf(-b)
  const variance = (sd * sd * tail) / (normalPdf(b) / b - tail)
  requirePositive('The mixing variance', variance)
  return variance
}

/** Without variance so far, nothing has been learned: the ratio is 0, as in the burn-in. */
function ratio(n: number, difference: number, variance: number, tauSquared: number): number {
  if (variance === 0) return 0
  const spread = variance + n * tauSquared
  return (
    Math.sqrt(variance / spread) * Math.exp((n * n * tauSquared * difference ** 2) / (2 * variance * spread))
  )
}

function requireObservation(value: number, index: number, kind: 'normal' | 'bernoulli'): number {
  if (kind === 'bernoulli' ? value === 0 || value === 1 : Number.isFinite(value)) return value
  throw new StatsError(
    'outOfDomain',
    `Observation ${index} is ${value}; ${kind === 'bernoulli' ? '0 or 1' : 'a finite number'} was expected.`,
  )
}
