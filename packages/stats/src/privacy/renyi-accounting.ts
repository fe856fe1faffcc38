import { normalLogCdf } from '../distributions/normal.ts'
import { logAddExp, logGamma } from '../special/log-gamma.ts'
import { requirePositive, requireProbability, requireSameLength, StatsError } from '../stats-error.ts'

/** Orders that serve well for Gaussian noise: 1.1 … 10.9, 11 … 63, 128 … 1,024. */
export const RENYI_ORDERS: readonly number[] = Object.freeze([
  ...Array.from({ length: 99 }, (_, i) => 1 + (i + 1) / 10),
  ...Array.from({ length: 53 }, (_, i) => 11 + i),
  128,
  256,
  512,
  1024,
])

/** A mechanism whose Rényi privacy is known. Noise is per unit of sensitivity. */
export type RenyiMechanism =
  | { readonly kind: 'gaussian'; readonly sigma: number }
  | { readonly kind: 'laplace'; readonly scale: number }
  | { readonly kind: 'exponential'; readonly epsilon: number }
  /** Gaussian noise on a sample in which each row is with probability q, independently. */
  | { readonly kind: 'sampledGaussian'; readonly sigma: number; readonly q: number }
  | { readonly kind: 'pure'; readonly epsilon: number }
  /** Zero-concentrated privacy, (ξ, ρ): divergence at most ξ + ρ·order. Discrete Gaussian noise has ρ = 1/(2σ²). */
  | { readonly kind: 'zeroConcentrated'; readonly rho: number; readonly xi?: number }
  /** An even draw from `buckets` values with probability `noise`; neighbours change a value or blank it out. */
  | {
      readonly kind: 'randomizedResponse'
      readonly noise: number
      readonly buckets: number
      readonly neighbours: 'changed' | 'blanked'
    }

/**
 * Rényi divergence bound of a mechanism at each order; that of a composition is the sum.
 * One value ≥ 0 per order.
 * Cost O(orders), times the order for a sampled mechanism.
 * Source: Mironov (2017), CSF, propositions 3, 6 and 7, https://arxiv.org/abs/1702.07476; Mironov, Talwar & Zhang
 * (2019), arXiv:1908.10530 (sampled); Rogers & Steinke (2021) and arXiv:2004.07223, section 3 (exponential).
 * Parity: dp_accounting, but for the sampled Gaussian at orders between 1 and 2, where it gives an upper bound instead.
 * @throws StatsError `outOfDomain`.
 * @example
 * renyiDivergence({ kind: 'gaussian', sigma: 2 }, [2, 8]) // → [0.25, 1]
 */
export function renyiDivergence(
  mechanism: RenyiMechanism,
  orders: readonly number[] = RENYI_ORDERS,
): Float64Array {
  for (const order of orders)
    if (!(order >= 1))
      throw new StatsError('outOfDomain', `A Rényi order is ${order}; numbers of at least 1 were expected.`)
  return Float64Array.from(orders, (order) => atOrder(mechanism, order))
}

/**
 * ε of a Rényi bound at a given δ, over the best order.
 * ε ≥ 0; one divergence per order, 0 < delta < 1.
 * Cost O(orders).
 * Source: Canonne, Kamath & Steinke (2020), arXiv:2004.00010, proposition 12, https://arxiv.org/abs/2004.00010
 * @throws StatsError `lengthMismatch`, `outOfDomain`.
 * @example
 * renyiEpsilon(renyiDivergence({ kind: 'gaussian', sigma: 4 }), 1e-5).epsilon // → 1.012551
 */
export function renyiEpsilon(
  divergences: ArrayLike<number>,
  delta: number,
  orders: readonly number[] = RENYI_ORDERS,
): { readonly epsilon: number; readonly order: number } {
  requireSameLength({ divergences, orders })
  if (!(delta > 0 && delta < 1))
    throw new StatsError('outOfDomain', `delta is ${delta}; a number between 0 and 1 was expected.`)
  let epsilon = Number.POSITIVE_INFINITY
  let order = orders[0]!
  orders.forEach((a, i) => {
    const r = divergences[i]!
    let bound = Number.POSITIVE_INFINITY
    // By the Kullback–Leibler divergence alone, δ² ≥ 1 − exp(−r) already grants ε = 0.
    if (delta * delta + Math.expm1(-r) > 0) bound = 0
    else if (a > 1.01) bound = r + Math.log1p(-1 / a) - Math.log(delta * a) / (a - 1)
    if (bound < epsilon) {
      epsilon = bound
      order = a
    }
  })
  return { epsilon: Math.max(0, epsilon), order }
}

/**
 * δ of a Rényi bound at a given ε, over the best order.
 * δ in [0, 1]; one divergence per order.
 * Cost O(orders).
 * Source: Canonne, Kamath & Steinke (2020), proposition 12, https://arxiv.org/abs/2004.00010
 * @throws StatsError `lengthMismatch`, `outOfDomain`
 * @example
 * renyiDelta(renyiDivergence({ kind: 'gaussian', sigma: 4 }), 1).delta // → 0.0000123333
 */
export function renyiDelta(
  divergences: ArrayLike<number>,
  epsilon: number,
  orders: readonly number[] = RENYI_ORDERS,
): { readonly delta: number; readonly order: number } {
  requireSameLength({ divergences, orders })
  if (!(epsilon >= 0))
    throw new StatsError('outOfDomain', `epsilon is ${epsilon}; a number of at least 0 was expected.`)
  let log = 0
  let order = orders[0]!
  orders.forEach((a, i) => {
    const r = divergences[i]!
    let bound = r === 0 ? Number.NEGATIVE_INFINITY : 0.5 * Math.log(-Math.expm1(-r))
    if (a > 1.01) bound = Math.min(bound, (a - 1) * (r - epsilon + Math.log1p(-1 / a)) - Math.log(a))
    if (bound < log) {
      log = bound
      order = a
    }
  })
  return { delta: Math.exp(log), order }
}

function atOrder(mechanism: RenyiMechanism, a: number): number {
  switch (mechanism.kind) {
    case 'gaussian':
      requirePositive('sigma', mechanism.sigma)
      return a / (2 * mechanism.sigma ** 2)
    case 'laplace':
      requirePositive('scale', mechanism.scale)
      return laplace(1 / mechanism.scale, a)
    case 'pure': {
      const e = mechanism.epsilon
      requirePositive('epsilon', e)
      if (a === 1) return e * Math.tanh(e / 2)
      return Math.min(e, (a * e + logAddExp(0, e * (1 - 2 * a)) - logAddExp(0, e)) / (a - 1))
    }
    case 'exponential': {
      const e = mechanism.epsilon
      requirePositive('epsilon', e)
      const t = e / Math.expm1(e)
      return Math.min(e, t - 1 - Math.log(t) - (e * e) / 8 + (e * e * a) / 8)
    }
    case 'zeroConcentrated': {
      const { rho, xi = 0 } = mechanism
      if (!(rho >= 0 && xi >= 0 && rho + xi < Infinity))
        throw new StatsError(
          'outOfDomain',
          `rho is ${rho} and xi ${xi}; finite numbers of at least 0 were expected.`,
        )
      return xi + rho * a
    }
    case 'randomizedResponse':
      return randomizedResponse(mechanism.noise, mechanism.buckets, mechanism.neighbours === 'blanked', a)
    case 'sampledGaussian':
      return sampledGaussian(mechanism.q, mechanism.sigma, a)
  }
}

function randomizedResponse(noise: number, buckets: number, blanked: boolean, a: number): number {
  if (!(noise > 0 && noise <= 1 && Number.isInteger(buckets) && buckets >= 2))
    throw new StatsError(
      'outOfDomain',
      `Noise ${noise} over ${buckets} buckets is no randomised response: noise in (0, 1] and at least 2 buckets were expected.`,
    )
  const other = noise / buckets
  const truth = 1 - noise + other
  const even = 1 / buckets
  const terms: readonly (readonly [number, number, number])[] = [[1, truth, blanked ? even : other]]
  const rest: readonly (readonly [number, number, number])[] = blanked
    ? [[buckets - 1, other, even]]
    : [
        [1, other, truth],
        [buckets - 2, other, other],
      ]
  const forth = discreteDivergence([...terms, ...rest], a)
  return blanked
    ? Math.max(
        forth,
        discreteDivergence(
          [...terms, ...rest].map(([n, p, q]) => [n, q, p]),
          a,
        ),
      )
    : forth
}

/** Rényi divergence of P from Q over values that each stand for `count` of probabilities p and q. */
function discreteDivergence(terms: readonly (readonly [number, number, number])[], a: number): number {
  if (a === 1) return terms.reduce((sum, [count, p, q]) => sum + count * p * Math.log(p / q), 0)
  const logs = terms
    .filter(([count]) => count > 0)
    .map(([count, p, q]) => Math.log(count * q) + a * Math.log(p / q))
  return Math.max(0, logs.reduce(logAddExp) / (a - 1))
}

function laplace(e: number, a: number): number {
  if (a === 1) return e + Math.expm1(-e)
  return e + Math.log1p(((a - 1) * Math.expm1(e * (1 - 2 * a))) / (2 * a - 1)) / (a - 1)
}

function sampledGaussian(q: number, sigma: number, a: number): number {
  requirePositive('sigma', sigma)
  requireProbability('q', q)
  if (q === 0) return 0
  if (q === 1) return a / (2 * sigma * sigma)
  if (a === 1)
    throw new StatsError('outOfDomain', 'The sampled Gaussian mechanism is known for orders above 1.')
  const log = Number.isInteger(a) ? wholeOrder(q, sigma, a) : fractionalOrder(q, sigma, a)
  return log / (a - 1)
}

function wholeOrder(q: number, sigma: number, a: number): number {
  let log = Number.NEGATIVE_INFINITY
  for (let i = 0; i <= a; i++) {
    const term =
      logBinomial(a, i).log + i * Math.log(q) + (a - i) * Math.log1p(-q) + (i * i - i) / (2 * sigma * sigma)
    log = logAddExp(log, term)
  }
  return log
}

/** Two half-line integrals as alternating series: arXiv:1908.10530, section 3.3. */
function fractionalOrder(q: number, sigma: number, a: number): number {
  const z = sigma * sigma * Math.log(1 / q - 1) + 0.5
  let plus = Number.NEGATIVE_INFINITY
  let minus = Number.NEGATIVE_INFINITY
  for (let i = 0; i < 5000; i++) {
    const { log, sign } = logBinomial(a, i)
    const j = a - i
    const left =
      log +
      i * Math.log(q) +
      j * Math.log1p(-q) +
      (i * i - i) / (2 * sigma * sigma) +
      normalLogCdf((z - i) / sigma)
    const right =
      log +
      j * Math.log(q) +
      i * Math.log1p(-q) +
      (j * j - j) / (2 * sigma * sigma) +
      normalLogCdf((j - z) / sigma)
    const term = logAddExp(left, right)
    if (sign > 0) plus = logAddExp(plus, term)
    else minus = logAddExp(minus, term)
    if (i > a + 1 && term < plus - 40) break
  }
  return minus === Number.NEGATIVE_INFINITY ? plus : plus + Math.log1p(-Math.exp(minus - plus))
}

/** ln |C(a, i)| for real a, and its sign. */
function logBinomial(a: number, i: number): { readonly log: number; readonly sign: 1 | -1 } {
  let sign: 1 | -1 = 1
  if (i <= a + 1) return { log: logGamma(a + 1) - logGamma(i + 1) - logGamma(a - i + 1), sign }
  let log = -logGamma(i + 1)
  for (let k = 0; k < i; k++) {
    log += Math.log(Math.abs(a - k))
    if (a - k < 0) sign = sign === 1 ? -1 : 1
  }
  return { log, sign }
}
