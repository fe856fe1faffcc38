import { normalCdf, normalSurvival } from '../distributions/normal.ts'
import { requireLevel, requirePositive, requireProbability, StatsError } from '../stats-error.ts'
import { connectTheDots, type PrivacyLoss } from './privacy-loss.ts'

/**
 * Loss of Gaussian noise on a sample in which each row is with probability `share`, independently: DP-SGD's step. The losses
 * of adding and of removing a row differ; a composition is as private as the worse of the two, each composed on its own.
 * sigma per unit of sensitivity, 0 < share < 1.
 * Cost O(1 / step).
 * Source: Koskela, Jälkö & Honkela (2020), section 5, https://arxiv.org/abs/1906.03049; Doroshenko et al. (2022),
 * https://arxiv.org/abs/2207.04380
 * Parity: dp_accounting `from_gaussian_mechanism(sampling_prob = …)`.
 * @param neighbour what the neighbouring data set does with a row
 * @throws StatsError `outOfDomain`, `infeasible` for a grid of more than 10⁷ steps
 * @example
 * const [add, remove] = ['add', 'remove'].map((way) => composePrivacyLoss(sampledGaussianLoss(1, 0.01, way), 100))
 * Math.max(privacyEpsilon(add, 1e-5), privacyEpsilon(remove, 1e-5)) < 1 // → true
 */
export function sampledGaussianLoss(
  sigma: number,
  share: number,
  neighbour: 'add' | 'remove',
  step = 1e-3,
): PrivacyLoss {
  requirePositive('sigma', sigma)
  requireLevel('share', share)
  const variance = sigma * sigma
  // Where the mixture is e^ε times as likely as the noise alone.
  const crossing = (ratio: number): number => variance * Math.log((ratio - (1 - share)) / share) + 0.5
  const reach = 1 + 9 * sigma
  const logRatio = (x: number): number => Math.log(1 - share + share * Math.exp((x - 0.5) / variance))
  if (!Number.isFinite(logRatio(reach)))
    throw new StatsError('infeasible', `At sigma ${sigma} losses are too large for a grid.`, {
      hint: 'Use more noise.',
    })
  if (neighbour === 'remove') {
    const delta = (epsilon: number): number => {
      const ratio = Math.exp(epsilon)
      if (ratio <= 1 - share) return -Math.expm1(epsilon)
      const x = crossing(ratio)
      const mixed = (1 - share) * normalSurvival(x / sigma) + share * normalSurvival((x - 1) / sigma)
      return Math.max(0, mixed - ratio * normalSurvival(x / sigma))
    }
    return connectTheDots(delta, Math.log1p(-share), logRatio(reach), step)
  }
  const delta = (epsilon: number): number => {
    const ratio = Math.exp(-epsilon)
    if (ratio <= 1 - share) return 0
    const x = crossing(ratio)
    const mixed = (1 - share) * normalCdf(x / sigma) + share * normalCdf((x - 1) / sigma)
    return Math.max(0, normalCdf(x / sigma) - mixed / ratio)
  }
  return connectTheDots(delta, -logRatio(reach), -Math.log1p(-share), step)
}

/**
 * Loss of randomised response over `buckets` values: with probability `noise` the answer is drawn evenly from all of them,
 * else it is the true one; neighbours change one person's value.
 * 0 < noise ≤ 1; buckets a whole number of at least 2.
 * Cost O(1 / step).
 * Source: Warner (1965), https://doi.org/10.1080/01621459.1965.10480775; Doroshenko et al. (2022), https://arxiv.org/abs/2207.04380
 * Parity: dp_accounting `from_randomized_response`.
 * @param options.rounding how losses come onto the grid: `connected` leaves δ exact at its points (default), `up` moves each to
 * the next point, as dp_accounting does for this mechanism
 * @throws StatsError `outOfDomain`, `infeasible` for a grid of more than 10⁷ steps
 * @example
 * privacyEpsilon(randomizedResponseLoss(0.5, 4), 1e-9) // → 1.61
 */
export function randomizedResponseLoss(
  noise: number,
  buckets: number,
  options: { readonly step?: number; readonly rounding?: 'connected' | 'up' } = {},
): PrivacyLoss {
  const { step = 1e-3, rounding = 'connected' } = options
  requirePositive('step', step)
  requireProbability('noise', noise)
  if (!(noise > 0)) throw new StatsError('outOfDomain', 'noise is 0, which hides nothing.')
  if (!(Number.isInteger(buckets) && buckets >= 2))
    throw new StatsError('outOfDomain', `buckets is ${buckets}; a whole number of at least 2 was expected.`)
  const other = noise / buckets
  const truth = 1 - noise + other
  const largest = Math.log(truth / other)
  const delta = (epsilon: number): number =>
    Math.max(0, truth - Math.exp(epsilon) * other) +
    Math.max(0, other - Math.exp(epsilon) * truth) +
    Math.max(0, -Math.expm1(epsilon)) * other * (buckets - 2)
  const grid = connectTheDots(delta, -largest, largest, step)
  if (rounding === 'connected') return grid
  const first = Math.ceil(-largest / step)
  const masses = new Float64Array(Math.ceil(largest / step) - first + 1)
  masses[masses.length - 1] = truth
  masses[-first]! += other * (buckets - 2)
  masses[0]! += other
  return { step, first, masses, unbounded: 0 }
}
