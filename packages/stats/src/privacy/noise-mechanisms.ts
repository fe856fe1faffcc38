import { normalCdf, normalLogCdf } from '../distributions/normal.ts'
import { findRoot } from '../optimize/brent.ts'
import type { RandomGenerator } from '../random/generator.ts'
import { sampleNormal } from '../random/samplers.ts'
import {
  requireFinite,
  requireFiniteColumn,
  requireLevel,
  requirePositive,
  StatsError,
} from '../stats-error.ts'

/**
 * Scale b of the Laplace noise that gives ε-differential privacy, and the noise's variance 2b².
 * In the unit of the sensitivity; epsilon and sensitivity > 0.
 * Cost O(1).
 * Source: Dwork et al. (2006), TCC, https://doi.org/10.1007/11681878_14
 * @throws StatsError `outOfDomain`.
 * @example
 * laplaceScale(0.5, 1) // → { scale: 2, variance: 8 }
 */
export function laplaceScale(
  epsilon: number,
  sensitivity: number,
): { readonly scale: number; readonly variance: number } {
  requirePositive('epsilon', epsilon)
  requirePositive('sensitivity', sensitivity)
  const scale = sensitivity / epsilon
  return { scale, variance: 2 * scale * scale }
}

/**
 * A draw of Laplace noise.
 * In the scale's unit, mean 0; scale > 0.
 * Cost O(1).
 * Source: Devroye (1986), II.2, http://luc.devroye.org/rnbookindex.html
 * @throws StatsError `outOfDomain`.
 * @example
 * sampleLaplace(createRandom(1), 2) // → 3.032973
 */
export function sampleLaplace(random: RandomGenerator, scale: number): number {
  requirePositive('scale', scale)
  const u = random.uniform() - 0.5
  return -scale * Math.sign(u) * Math.log1p(-2 * Math.abs(u))
}

/**
 * Standard deviation of the classic Gaussian mechanism, sensitivity·√(2 ln(1.25/δ))/ε.
 * In the unit of the sensitivity; 0 < delta < 1.
 * Cost O(1).
 * Source: Dwork & Roth (2014), theorem A.1, https://doi.org/10.1561/0400000042
 * @throws StatsError `outOfDomain`, also for ε ≥ 1, where its proof does not hold (use the analytic one).
 * @example
 * classicGaussianSigma(0.5, 1e-5) // → 9.689611
 */
export function classicGaussianSigma(epsilon: number, delta: number, sensitivity = 1): number {
  requirePositive('epsilon', epsilon)
  requireLevel('delta', delta)
  requirePositive('sensitivity', sensitivity)
  if (epsilon >= 1) {
    throw new StatsError(
      'outOfDomain',
      `epsilon is ${epsilon}; the classic Gaussian mechanism is proven below 1 only.`,
      { hint: 'Use analyticGaussianSigma.' },
    )
  }
  return (sensitivity * Math.sqrt(2 * Math.log(1.25 / delta))) / epsilon
}

/**
 * The smallest standard deviation that makes Gaussian noise (ε, δ)-private, for any ε > 0.
 * In the unit of the sensitivity; 0 < delta < 1.
 * Cost about 50 evaluations of `gaussianDelta`.
 * Source: Balle & Wang (2018), ICML, theorem 8, https://arxiv.org/abs/1805.06530
 * @throws StatsError `outOfDomain`. Relative error 1e-12.
 * @example
 * analyticGaussianSigma(1, 1e-5) // → 3.730632
 */
export function analyticGaussianSigma(epsilon: number, delta: number, sensitivity = 1): number {
  requirePositive('epsilon', epsilon)
  requireLevel('delta', delta)
  requirePositive('sensitivity', sensitivity)
  const excess = (logSigma: number): number =>
    Math.log(Math.max(gaussianDelta(epsilon, Math.exp(logSigma)), 1e-320)) - Math.log(delta)
  let low = -1
  let high = 1
  while (excess(low) < 0) low *= 2
  while (excess(high) > 0) high *= 2
  return sensitivity * Math.exp(findRoot(excess, low, high))
}

/**
 * δ at which Gaussian noise with this standard deviation per unit of sensitivity is (ε, δ)-private.
 * Range: [0, 1].
 * Cost O(1).
 * Source: Balle & Wang (2018), theorem 8, https://arxiv.org/abs/1805.06530
 * @throws StatsError `outOfDomain`.
 * @example
 * gaussianDelta(1, 4) // → 0.000002924272
 */
export function gaussianDelta(epsilon: number, sigma: number): number {
  requirePositive('sigma', sigma)
  const half = 1 / (2 * sigma)
  return Math.max(
    0,
    normalCdf(half - epsilon * sigma) - Math.exp(epsilon + normalLogCdf(-half - epsilon * sigma)),
  )
}

/**
 * The smallest ε at which Gaussian noise with this standard deviation per unit of sensitivity is (ε, δ)-private; 0 where
 * δ alone covers it.
 * Range: [0, Infinity); 0 < delta < 1.
 * Cost about 50 evaluations of `gaussianDelta`.
 * Source: Balle & Wang (2018), theorem 8, https://arxiv.org/abs/1805.06530
 * Parity: dp_accounting `get_epsilon_gaussian`.
 * @throws StatsError `outOfDomain`.
 * @example
 * gaussianEpsilon(1e-5, 4) // → 0.9263415
 */
export function gaussianEpsilon(delta: number, sigma: number): number {
  requireLevel('delta', delta)
  requirePositive('sigma', sigma)
  if (delta < 1e-300)
    throw new StatsError('outOfDomain', `delta is ${delta}; below 1e-300 a double no longer tells it from 0.`)
  const excess = (epsilon: number): number =>
    Math.log(Math.max(gaussianDelta(epsilon, sigma), 1e-320)) - Math.log(delta)
  if (excess(0) <= 0) return 0
  let high = 1
  while (excess(high) > 0) high *= 2
  return findRoot(excess, 0, high)
}

/**
 * A value with Gaussian noise.
 * In the value's unit; sigma > 0.
 * Cost O(1).
 * Source: Dwork & Roth (2014), https://doi.org/10.1561/0400000042
 * @throws StatsError `outOfDomain`, `notFinite`.
 * @example
 * addGaussianNoise(createRandom(1), 100, 4) // → 103.7001
 */
export function addGaussianNoise(random: RandomGenerator, value: number, sigma: number): number {
  requireFinite('value', value)
  requirePositive('sigma', sigma)
  return sampleNormal(random, value, sigma)
}

/**
 * Two-sided geometric noise for counts: whole numbers, ε-private; P(k) ∝ exp(−ε|k|/sensitivity).
 * Cost O(1).
 * Source: Ghosh, Roughgarden & Sundararajan (2012), SIAM J, https://arxiv.org/abs/0811.2841. Comput. 41.
 * @throws StatsError `outOfDomain`.
 * @example
 * sampleGeometricNoise(createRandom(1), 0.1) // → 14
 */
export function sampleGeometricNoise(random: RandomGenerator, epsilon: number, sensitivity = 1): number {
  requirePositive('epsilon', epsilon)
  requirePositive('sensitivity', sensitivity)
  const rate = epsilon / sensitivity
  if (rate < 1e-12)
    throw new StatsError(
      'outOfDomain',
      `ε over the sensitivity is ${rate}; below 1e-12 the noise has no whole numbers left.`,
    )
  // The difference of two geometric draws.
  const draw = (): number => Math.floor(-Math.log1p(-random.uniform()) / rate)
  return draw() - draw()
}

/**
 * Chances with which the exponential mechanism chooses each option: ∝ exp(ε·utility / (2·sensitivity)).
 * Range: [0, 1], one per option, adding up to 1.
 * Cost O(options).
 * Source: McSherry & Talwar (2007), FOCS, https://doi.org/10.1109/FOCS.2007.66
 * @throws StatsError `outOfDomain`, `emptyData`, `notFinite`.
 * @example
 * exponentialMechanism([1, 2, 3], 2, 1) // → [0.09003057, 0.2447285, 0.665241]
 */
export function exponentialMechanism(
  utilities: ArrayLike<number>,
  epsilon: number,
  sensitivity: number,
): Float64Array {
  requirePositive('epsilon', epsilon)
  requirePositive('sensitivity', sensitivity)
  if (utilities.length === 0) throw new StatsError('emptyData', 'There are no options to choose from.')
  requireFiniteColumn('utilities', utilities)
  const top = Math.max(...Array.from(utilities))
  const weights = Float64Array.from(utilities, (u) => Math.exp((epsilon * (u - top)) / (2 * sensitivity)))
  const total = weights.reduce((s, w) => s + w, 0)
  return weights.map((w) => w / total)
}

/**
 * Warner's randomised response: the true share of "yes" behind the observed one when each answers truthfully with
 * probability p and lies otherwise, its standard error for n answers, and the ε it grants.
 * The estimate may leave [0, 1]; that is the price of being unbiased.
 * Cost O(1).
 * Source: Warner (1965), J, https://doi.org/10.1080/01621459.1965.10480775. Amer. Statist. Assoc. 60.
 * @throws StatsError `outOfDomain` unless .5 < p < 1.
 * @example
 * randomizedResponse(0.75, 0.4, 1000) // → { estimate: 0.3, epsilon: 1.098612, standardError: 0.03098387 }
 */
export function randomizedResponse(
  truthProbability: number,
  observedShare: number,
  n?: number,
): { readonly estimate: number; readonly epsilon: number; readonly standardError?: number } {
  const p = truthProbability
  if (!(p > 0.5 && p < 1))
    throw new StatsError(
      'outOfDomain',
      `The probability of a true answer is ${p}; a number between .5 and 1 was expected.`,
    )
  if (!(observedShare >= 0 && observedShare <= 1))
    throw new StatsError(
      'outOfDomain',
      `The observed share is ${observedShare}; a number from 0 to 1 was expected.`,
    )
  const estimate = (observedShare - (1 - p)) / (2 * p - 1)
  const epsilon = Math.log(p / (1 - p))
  if (n === undefined) return { estimate, epsilon }
  requirePositive('n', n)
  return {
    estimate,
    epsilon,
    standardError: Math.sqrt((observedShare * (1 - observedShare)) / n) / (2 * p - 1),
  }
}
