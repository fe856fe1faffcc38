import { solveIncreasing } from '../inference/solve-increasing.ts'
import { requireFinite, requirePositive, requireProbability, StatsError } from '../stats-error.ts'
import { fourier } from './fourier.ts'
import { gaussianDelta } from './noise-mechanisms.ts'

/**
 * A privacy loss distribution on a grid: the loss is (first + i)·step with probability masses[i], and unbounded with
 * probability `unbounded`. It never understates the loss.
 */
export type PrivacyLoss = {
  readonly step: number
  readonly first: number
  readonly masses: Float64Array
  readonly unbounded: number
}

/** Mass beyond which a tail is cut and counted as unbounded. */
const TAIL = 1e-16

/**
 * Loss of Gaussian noise with this standard deviation per unit of sensitivity.
 * sigma and step > 0; the step is the grid's distance in units of ε.
 * Cost O(1 / step).
 * Source: Sommer, Meiser & Mohammadi (2019), PoPETs, https://doi.org/10.2478/popets-2019-0029
 * @throws StatsError `outOfDomain`, `infeasible` for a grid of more than 10⁷ steps.
 * @example
 * privacyDelta(gaussianPrivacyLoss(4), 1) // → 0.000002924272
 */
export function gaussianPrivacyLoss(sigma: number, step = 1e-3): PrivacyLoss {
  requirePositive('sigma', sigma)
  const mean = 1 / (2 * sigma * sigma)
  return connectTheDots((epsilon) => gaussianDelta(epsilon, sigma), mean - 9 / sigma, mean + 9 / sigma, step)
}

/**
 * Loss of Laplace noise with this scale per unit of sensitivity.
 * scale and step > 0; the step is the grid's distance in units of ε.
 * Cost O(1 / step).
 * Source: Sommer, Meiser & Mohammadi (2019), https://doi.org/10.2478/popets-2019-0029
 * @throws StatsError `outOfDomain`, `infeasible` for a grid of more than 10⁷ steps.
 * @example
 * privacyEpsilon(laplacePrivacyLoss(2), 1e-6) // → 0.499998
 */
export function laplacePrivacyLoss(scale: number, step = 1e-3): PrivacyLoss {
  requirePositive('scale', scale)
  const largest = 1 / scale
  const delta = (epsilon: number): number => {
    if (epsilon >= largest) return 0
    if (epsilon <= -largest) return -Math.expm1(epsilon)
    return -Math.expm1((epsilon - largest) / 2)
  }
  return connectTheDots(delta, -largest, largest, step)
}

/**
 * Loss of any ε-private mechanism at its worst (randomised response).
 * epsilon and step > 0; the step is the grid's distance in units of ε.
 * Cost O(1 / step).
 * Source: Sommer, Meiser & Mohammadi (2019), https://doi.org/10.2478/popets-2019-0029
 * @throws StatsError `outOfDomain`, `infeasible` for a grid of more than 10⁷ steps.
 * @example
 * privacyDelta(purePrivacyLoss(1), 0.5) // → 0.2876491
 */
export function purePrivacyLoss(epsilon: number, step = 1e-3): PrivacyLoss {
  requirePositive('epsilon', epsilon)
  const truth = 1 / (1 + Math.exp(-epsilon))
  const delta = (e: number): number =>
    Math.max(0, truth - Math.exp(e) * (1 - truth)) + Math.max(0, 1 - truth - Math.exp(e) * truth)
  return connectTheDots(delta, -epsilon, epsilon, step)
}

/**
 * Loss of a mechanism run `times` over, by Fourier transform.
 * Cost O(m log m) for m = times × grid. Absolute error of δ about 1e-14.
 * Source: Koskela, Jälkö & Honkela (2020), https://arxiv.org/abs/1906.03049
 * @throws StatsError `notFinite`, `invalidOption`, `outOfDomain`.
 * @example
 * privacyEpsilon(composePrivacyLoss(gaussianPrivacyLoss(10), 5), 1e-5) // → 0.8197361
 */
export function composePrivacyLoss(loss: PrivacyLoss, times: number): PrivacyLoss {
  if (!(Number.isInteger(times) && times >= 1))
    throw new StatsError('invalidOption', `times is ${times}; a whole number of at least 1 was expected.`)
  return combine([{ loss, times }])
}

/**
 * Loss of several mechanisms on the same data.
 * One loss per mechanism.
 * Cost O(m log m) for the sum m of the grids.
 * Source: Koskela, Jälkö & Honkela (2020), https://arxiv.org/abs/1906.03049
 * @throws StatsError `notFinite`, `emptyData`, `outOfDomain`, `invalidOption` if their grids differ.
 * @example
 * privacyEpsilon(combinePrivacyLosses([gaussianPrivacyLoss(10), laplacePrivacyLoss(5)]), 1e-5) // → 0.5225884
 */
export function combinePrivacyLosses(losses: readonly PrivacyLoss[]): PrivacyLoss {
  return combine(losses.map((loss) => ({ loss, times: 1 })))
}

/**
 * δ at which the mechanism is (ε, δ)-private.
 * Range: [0, 1].
 * Cost O(grid).
 * Source: Sommer, Meiser & Mohammadi (2019), https://doi.org/10.2478/popets-2019-0029
 * @throws StatsError `outOfDomain`, `notFinite`
 * @example
 * privacyDelta(gaussianPrivacyLoss(4), 1) // → 0.000002924272
 */
export function privacyDelta(loss: PrivacyLoss, epsilon: number): number {
  requireLoss(loss)
  requireFinite('epsilon', epsilon)
  const { step, first, masses, unbounded } = loss
  let delta = unbounded
  for (let i = masses.length - 1; i >= 0; i--) {
    const above = (first + i) * step - epsilon
    if (above <= 0) break
    delta -= Math.expm1(-above) * masses[i]!
  }
  return Math.min(1, Math.max(0, delta))
}

/**
 * ε at which the mechanism is (ε, δ)-private.
 * Range: [0, Infinity); 0 < delta < 1.
 * Cost O(grid).
 * Source: Sommer, Meiser & Mohammadi (2019), https://doi.org/10.2478/popets-2019-0029
 * @throws StatsError `notFinite`, `invalidOption`, `outOfDomain`, `infeasible` if δ is below the unbounded mass.
 * @example
 * privacyEpsilon(gaussianPrivacyLoss(4), 1e-5) // → 0.9263433
 */
export function privacyEpsilon(loss: PrivacyLoss, delta: number): number {
  if (!(delta > 0 && delta < 1))
    throw new StatsError('outOfDomain', `delta is ${delta}; a number between 0 and 1 was expected.`)
  if (privacyDelta(loss, 0) <= delta) return 0
  return solveIncreasing(
    (epsilon) => -privacyDelta(loss, epsilon),
    -delta,
    0,
    (loss.first + loss.masses.length) * loss.step,
  )
}

/**
 * The distribution on the grid whose δ(ε) is the given one at every grid point and linear in e^ε between: never below
 * the true one, which is convex. Source: Doroshenko, Ghazi, Kamath, Kumar & Manurangsi (2022), PoPETs, section 4.
 */
export function connectTheDots(
  delta: (epsilon: number) => number,
  low: number,
  high: number,
  step: number,
): PrivacyLoss {
  requirePositive('step', step)
  const first = Math.floor(low / step)
  const last = Math.ceil(high / step)
  if (!(last - first < 1e7 && Math.max(-low, high) < 700))
    throw new StatsError(
      'infeasible',
      `Losses from ${low} to ${high} in steps of ${step} need too large a grid; at most 10⁷ steps below 700 were expected.`,
      { hint: 'Take a wider step, or more noise.' },
    )
  const masses = new Float64Array(last - first + 1)
  let previousDelta = 1
  let previousPoint = 0
  let slope = 0
  for (let i = 0; i <= masses.length; i++) {
    const at = (first + i) * step
    const inside = i < masses.length
    const here = inside ? delta(at) : 0
    const next = inside ? (here - previousDelta) / (Math.exp(at) - previousPoint) : 0
    if (i > 0) masses[i - 1] = Math.max(0, (next - slope) * Math.exp(at - step))
    slope = next
    if (inside) {
      previousDelta = here
      previousPoint = Math.exp(at)
    }
  }
  const total = masses.reduce((s, m) => s + m, 0)
  return { step, first, masses, unbounded: Math.max(0, 1 - total) }
}

function combine(parts: readonly { readonly loss: PrivacyLoss; readonly times: number }[]): PrivacyLoss {
  if (parts.length === 0) throw new StatsError('emptyData', 'There is no mechanism to combine.')
  for (const { loss } of parts) requireLoss(loss)
  const { step } = parts[0]!.loss
  if (parts.some((p) => p.loss.step !== step))
    throw new StatsError(
      'invalidOption',
      'The losses lie on grids of different steps; make them with the same one.',
    )
  const length = parts.reduce((s, p) => s + p.times * (p.loss.masses.length - 1), 1)
  let size = 1
  while (size < length) size *= 2
  const real = new Float64Array(size)
  const imaginary = new Float64Array(size)
  real.fill(1)
  for (const { loss, times } of parts) {
    const re = new Float64Array(size)
    const im = new Float64Array(size)
    re.set(loss.masses)
    fourier(re, im, false)
    for (let i = 0; i < size; i++) {
      const radius = Math.hypot(re[i]!, im[i]!) ** times
      const angle = Math.atan2(im[i]!, re[i]!) * times
      const [c, s] = [radius * Math.cos(angle), radius * Math.sin(angle)]
      const a = real[i]!
      real[i] = a * c - imaginary[i]! * s
      imaginary[i] = a * s + imaginary[i]! * c
    }
  }
  fourier(real, imaginary, true)
  const masses = real.subarray(0, length).map((m) => Math.max(0, m / size))
  const first = parts.reduce((s, p) => s + p.times * p.loss.first, 0)
  const bounded = parts.reduce((s, p) => s * (1 - p.loss.unbounded) ** p.times, 1)
  return { step, first, masses: trim(masses), unbounded: 1 - bounded }
}

function requireLoss({ step, first, masses, unbounded }: PrivacyLoss): void {
  requirePositive('step', step)
  requireFinite('first', first)
  requireProbability('unbounded', unbounded)
  // A Fourier transform leaves a sum that rounds past 1.
  if (!masses.every((mass) => mass >= 0 && mass <= 1 + 1e-9))
    throw new StatsError('outOfDomain', 'A mass of the loss is not a probability.')
}

/** Cuts rounding noise off the upper end. */
function trim(masses: Float64Array): Float64Array {
  let end = masses.length
  while (end > 1 && masses[end - 1]! < TAIL) end--
  return masses.slice(0, end)
}
