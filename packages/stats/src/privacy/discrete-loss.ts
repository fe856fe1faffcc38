import { requirePositive, StatsError } from '../stats-error.ts'
import { connectTheDots, type PrivacyLoss } from './privacy-loss.ts'

export interface DiscreteNoiseOptions {
  /** By how much one subject changes the count: a whole number. Default 1. */
  readonly sensitivity?: number
  /** Distance on the grid of losses, in units of ε. Default 0.001. */
  readonly step?: number
}

/**
 * Loss of two-sided geometric noise, P(k) ∝ exp(−rate·|k|), added to a count that one subject changes by `sensitivity`.
 * rate and step > 0; sensitivity a whole number; the step is the grid's distance in units of ε.
 * Cost O(1 / step + sensitivity).
 * Source: Ghosh, Roughgarden & Sundararajan (2012), https://arxiv.org/abs/0811.2841; Sommer, Meiser & Mohammadi (2019),
 * https://doi.org/10.2478/popets-2019-0029
 * Parity: dp_accounting `from_discrete_laplace_mechanism`.
 * @throws StatsError `outOfDomain`, `infeasible` for a grid of more than 10⁷ steps.
 * @example
 * privacyDelta(discreteLaplacePrivacyLoss(1), 0.5) // → 0.2876491
 */
export function discreteLaplacePrivacyLoss(rate: number, options: DiscreteNoiseOptions = {}): PrivacyLoss {
  requirePositive('rate', rate)
  // Beyond both centres the loss no longer changes, so each tail is one atom.
  return lossOfNoise(options, (sensitivity) =>
    Array.from({ length: sensitivity + 1 }, (_, k) => {
      const share = k === 0 || k === sensitivity ? 1 / (1 + Math.exp(-rate)) : Math.tanh(rate / 2)
      return { loss: rate * (sensitivity - 2 * k), mass: share * Math.exp(-rate * k) }
    }),
  )
}

/**
 * Loss of discrete Gaussian noise, P(k) ∝ exp(−k²/(2σ²)), added to a count that one subject changes by `sensitivity`.
 * sigma and step > 0; sensitivity a whole number; the step is the grid's distance in units of ε.
 * Cost O(1 / step + sigma).
 * Source: Canonne, Kamath & Steinke (2020), NeurIPS, https://arxiv.org/abs/2004.00010
 * Parity: dp_accounting `from_discrete_gaussian_mechanism`.
 * @throws StatsError `outOfDomain`, `infeasible` for a grid of more than 10⁷ steps.
 * @example
 * privacyDelta(discreteGaussianPrivacyLoss(4), 1) // → 0.000003055455
 */
export function discreteGaussianPrivacyLoss(sigma: number, options: DiscreteNoiseOptions = {}): PrivacyLoss {
  requirePositive('sigma', sigma)
  if (!(sigma <= 1e5))
    throw new StatsError(
      'infeasible',
      `sigma is ${sigma}; the masses of at most 10⁵ are added up one by one.`,
      {
        hint: 'Use gaussianPrivacyLoss, which is the same at this width.',
      },
    )
  const reach = Math.ceil(9 * sigma)
  const weight = (k: number): number => Math.exp(-(k * k) / (2 * sigma * sigma))
  let total = 0
  for (let k = -reach; k <= reach; k++) total += weight(k)
  return lossOfNoise(options, (sensitivity) =>
    Array.from({ length: 2 * reach + 1 }, (_, i) => {
      const k = i - reach
      return {
        loss: (sensitivity * (sensitivity - 2 * k)) / (2 * sigma * sigma),
        mass: weight(k) / total,
      }
    }),
  )
}

/** A loss and its probability under the data with the subject. */
type Atom = { readonly loss: number; readonly mass: number }

/** The distribution on the grid of losses that take single values, given in descending order. */
function lossOfNoise(
  { sensitivity = 1, step = 1e-3 }: DiscreteNoiseOptions,
  atomsOf: (sensitivity: number) => readonly Atom[],
): PrivacyLoss {
  requireWhole(sensitivity)
  const atoms = atomsOf(sensitivity)
  // Sums of the masses, and of those without the subject, over the largest losses.
  const within = new Float64Array(atoms.length + 1)
  const without = new Float64Array(atoms.length + 1)
  atoms.forEach(({ loss, mass }, i) => {
    within[i + 1] = within[i]! + mass
    without[i + 1] = without[i]! + mass * Math.exp(-loss)
  })
  const delta = (epsilon: number): number => {
    let [low, high] = [0, atoms.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (atoms[middle]!.loss > epsilon) low = middle + 1
      else high = middle
    }
    return Math.max(0, within[low]! - Math.exp(epsilon) * without[low]!)
  }
  return connectTheDots(delta, atoms[atoms.length - 1]!.loss, atoms[0]!.loss, step)
}

function requireWhole(sensitivity: number): void {
  if (!(Number.isInteger(sensitivity) && sensitivity >= 1 && sensitivity <= 1e6))
    throw new StatsError(
      'outOfDomain',
      `sensitivity is ${sensitivity}; a whole number from 1 to 10⁶ was expected.`,
    )
}
