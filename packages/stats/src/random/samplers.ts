import { logGamma } from '../special/log-gamma.ts'
import { requirePositive, requireProbability, StatsError } from '../stats-error.ts'
import type { RandomGenerator } from './generator.ts'

/**
 * A standard normal draw, scaled.
 * Cost O(1), expected.
 * Source: Marsaglia and Bray (1964), polar method, https://doi.org/10.1137/1006063 (the second value is dropped so
 * that no state is hidden).
 * @throws nothing
 * @example
 * sampleNormal(createRandom(1)) // → 0.9250147
 */
export function sampleNormal(random: RandomGenerator, mean = 0, sd = 1): number {
  for (;;) {
    const u = 2 * random.uniform() - 1
    const v = 2 * random.uniform() - 1
    const s = u * u + v * v
    if (s > 0 && s < 1) return mean + sd * u * Math.sqrt((-2 * Math.log(s)) / s)
  }
}

/**
 * An exponential draw with the given rate > 0.
 * Cost O(1), expected.
 * Source: Devroye (1986), Non-Uniform Random Variate Generation, http://luc.devroye.org/rnbookindex.html
 * @throws StatsError `outOfDomain`
 * @example
 * sampleExponential(createRandom(1), 2) // → 1.104817
 */
export function sampleExponential(random: RandomGenerator, rate = 1): number {
  requirePositive('rate', rate)
  return -Math.log1p(-random.uniform()) / rate
}

/**
 * A gamma draw with shape and rate.
 * Mean shape / rate, both > 0.
 * Cost O(1), expected.
 * Source: Marsaglia and Tsang (2000), https://doi.org/10.1145/358407.358414
 * @throws StatsError `outOfDomain`
 * @example
 * sampleGamma(createRandom(1), 2, 3) // → 1.05626
 */
export function sampleGamma(random: RandomGenerator, shape: number, rate = 1): number {
  requirePositive('rate', rate)
  return Math.exp(sampleLogGamma(random, shape)) / rate
}

/**
 * The logarithm of a gamma draw with rate 1; finite also where a tiny shape makes the draw itself underflow.
 * Cost O(1), expected.
 * Source: Marsaglia and Tsang (2000), https://doi.org/10.1145/358407.358414
 * @throws StatsError `outOfDomain`
 * @example
 * sampleLogGamma(createRandom(1), 1e-4) // → -6454.32
 */
export function sampleLogGamma(random: RandomGenerator, shape: number): number {
  requirePositive('shape', shape)
  if (shape < 1) return sampleLogGamma(random, shape + 1) + Math.log1p(-random.uniform()) / shape
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = sampleNormal(random)
    const root = 1 + c * x
    if (root <= 0) continue
    const v = root * root * root
    const u = 1 - random.uniform()
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v)
  }
}

/**
 * A beta draw with shapes a, b > 0, as a ratio of gammas in log space.
 * Range: [0, 1].
 * Cost O(1), expected.
 * Source: Devroye (1986), Non-Uniform Random Variate Generation, http://luc.devroye.org/rnbookindex.html
 * @throws StatsError `outOfDomain`
 * @example
 * sampleBeta(createRandom(1), 2, 3) // → 0.567368
 */
export function sampleBeta(random: RandomGenerator, a: number, b: number): number {
  const x = sampleLogGamma(random, a)
  const y = sampleLogGamma(random, b)
  return 1 / (1 + Math.exp(y - x))
}

/**
 * A Poisson draw with mean ≥ 0.
 * A whole number ≥ 0.
 * Cost O(1), expected.
 * Source: Hörmann (1993), PTRS, https://doi.org/10.1016/0167-6687(93)90997-4
 * @throws StatsError `outOfDomain`
 * @example
 * samplePoisson(createRandom(1), 4) // → 7
 */
export function samplePoisson(random: RandomGenerator, mean: number): number {
  if (!(mean >= 0 && mean < Infinity))
    throw new StatsError('outOfDomain', `mean is ${mean}; a finite number ≥ 0 was expected.`)
  if (mean < 10) return poissonByProducts(random, mean)
  const b = 0.931 + 2.53 * Math.sqrt(mean)
  const a = -0.059 + 0.02483 * b
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  const accept = 0.9277 - 3.6224 / (b - 2)
  const logMean = Math.log(mean)
  for (;;) {
    const u = random.uniform() - 0.5
    const v = 1 - random.uniform()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43)
    if (us >= 0.07 && v <= accept) return k
    if (k < 0 || (us < 0.013 && v > us)) continue
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= k * logMean - mean - logGamma(k + 1)) return k
  }
}

/**
 * A binomial draw: n trials with probability p, by halving on the median's beta order statistic.
 * A whole number from 0 to n.
 * Cost O(log n), expected.
 * Source: Devroye (1986), X.4.3, http://luc.devroye.org/rnbookindex.html
 * @throws StatsError `outOfDomain`
 * @example
 * sampleBinomial(createRandom(1), 10, 0.3) // → 3
 */
export function sampleBinomial(random: RandomGenerator, n: number, p: number): number {
  requireProbability('p', p)
  if (!(Number.isInteger(n) && n >= 0))
    throw new StatsError('outOfDomain', `n is ${n}; a whole number of trials ≥ 0 was expected.`)
  let successes = 0
  let trials = n
  let probability = p
  while (trials > 30) {
    const order = Math.floor((trials + 1) / 2)
    const split = sampleBeta(random, order, trials + 1 - order)
    if (probability >= split) {
      successes += order
      probability = (probability - split) / (1 - split)
      trials -= order
    } else {
      probability /= split
      trials = order - 1
    }
  }
  for (let i = 0; i < trials; i++) if (random.uniform() < probability) successes++
  return successes
}

/**
 * A negative binomial draw (failures before the `size`-th success), as a gamma mixture of Poissons.
 * A whole number ≥ 0; size > 0, p in (0, 1].
 * Cost O(1), expected.
 * Source: Devroye (1986), Non-Uniform Random Variate Generation, http://luc.devroye.org/rnbookindex.html
 * @throws StatsError `outOfDomain`
 * @example
 * sampleNegativeBinomial(createRandom(1), 3, 0.5) // → 4
 */
export function sampleNegativeBinomial(random: RandomGenerator, size: number, p: number): number {
  requireProbability('p', p)
  return samplePoisson(random, sampleGamma(random, size, 1) * ((1 - p) / p))
}

/**
 * A whole number in [0, n), each equally likely, without modulo bias.
 * Cost O(1), expected.
 * Source: Lemire (2019), rejection of the uneven remainder, https://doi.org/10.1145/3230636
 * @throws StatsError `outOfDomain`
 * @example
 * sampleInteger(createRandom(1), 6) // → 4
 */
export function sampleInteger(random: RandomGenerator, n: number): number {
  if (!(Number.isInteger(n) && n > 0 && n <= 4294967296))
    throw new StatsError('outOfDomain', `n is ${n}; a whole number between 1 and 2^32 was expected.`)
  const limit = 4294967296 - (4294967296 % n)
  for (;;) {
    const value = random.uint32()
    if (value < limit) return value % n
  }
}

/**
 * Shuffles a typed array in place.
 * Every order of the n values is equally likely.
 * Cost O(n).
 * Source: Fisher and Yates; Durstenfeld (1964), https://doi.org/10.1145/364520.364540
 * @throws nothing
 * @example
 * const values = Int32Array.of(1, 2, 3, 4)
 * shuffleInPlace(createRandom(1), values)
 * values // → [2, 3, 4, 1]
 */
export function shuffleInPlace(
  random: RandomGenerator,
  values: Int32Array | Uint32Array | Float64Array,
): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = sampleInteger(random, i + 1)
    const kept = values[i]!
    values[i] = values[j]!
    values[j] = kept
  }
}

function poissonByProducts(random: RandomGenerator, mean: number): number {
  const floor = Math.exp(-mean)
  let product = random.uniform()
  let count = 0
  while (product > floor) {
    product *= random.uniform()
    count++
  }
  return count
}
