import { findRoot, minimizeBrent } from '../optimize/brent.ts'
import { requireFinite, requireLevel, requirePositive, StatsError } from '../stats-error.ts'
import { riemannZeta } from './stitched-boundary.ts'

/**
 * How far an empirical distribution function may stray anywhere from the true one at sample size t, whenever one looks
 * from `minimumT` on; Infinity before. A confidence band for all quantiles at once.
 * In shares, ≥ 0.
 * Cost O(1).
 * Source: Howard & Ramdas (2022), "Sequential estimation of quantiles", Bernoulli 28, theorem 2, https://arxiv.org/abs/1906.09712
 * Parity: confseq.
 * @param options.a width of the iterated logarithm, above 1/√2; default .85.
 * @throws StatsError `outOfDomain`.
 * @example
 * distributionBand(1000, 0.05, { minimumT: 100 }) // → 0.08204779
 */
export function distributionBand(
  t: number,
  alpha: number,
  options: { readonly minimumT: number; readonly a?: number },
): number {
  const { minimumT, a = 0.85 } = options
  requirePositive('t', t)
  requireLevel('alpha', alpha)
  if (!(minimumT >= 1 && a > Math.SQRT1_2))
    throw new StatsError(
      'outOfDomain',
      `minimumT is ${minimumT} and a ${a}; minimumT ≥ 1 and a > ${Math.SQRT1_2} were expected.`,
    )
  if (t < minimumT) return Number.POSITIVE_INFINITY
  return a * Math.sqrt((Math.log1p(Math.log(t / minimumT)) + bandConstant(alpha, a)) / t)
}

/** Smallest constant at which the best of the error bounds over the ratio of epochs, η, is alpha. */
function bandConstant(alpha: number, a: number): number {
  const gammaSquared = (c: number, eta: number): number =>
    (2 / eta) * (a - Math.sqrt((2 * (eta - 1)) / c)) ** 2
  const logError = (c: number): number => {
    const highest = findRoot((eta) => Math.sqrt(eta / 2) + Math.sqrt((2 * (eta - 1)) / c) - a, 1, 2 * a * a)
    const log = (eta: number): number => {
      const g = gammaSquared(c, eta)
      // At the ends the bound is infinite; a large number keeps the minimiser inside.
      if (!(g > 1 && eta > 1)) return 1e300
      return Math.log(4) - g * c + Math.log1p(1 / ((g - 1) * Math.log(eta)))
    }
    return minimizeBrent(log, 1, highest).value
  }
  let high = 5
  while (logError(high) > Math.log(alpha)) high *= 2
  let low = high / 2
  while (logError(low) < Math.log(alpha)) low /= 2
  return findRoot((c) => logError(c) - Math.log(alpha), low, high)
}

/**
 * How far, on the scale of counts, the number of values below the p-quantile may stray from t·p, for all p at once and
 * whenever one looks.
 * In counts, ≥ 0; `quantile` in (0, 1).
 * Cost O(1).
 * Source: Howard & Ramdas (2022), theorem 5 ("double stitching"), https://arxiv.org/abs/1906.09712
 * Parity: confseq.
 * @param options.optimalT sample size at which the boundary is tuned. @param options.delta fineness of the grid of
 * quantiles; default .5. @param options.s, options.eta shape; defaults 1.4 and 2.
 * @throws StatsError `notFinite`, `outOfDomain`.
 * @example
 * doublyStitchedBoundary(0.5, 1000, 0.05, { optimalT: 100 }) // → 68.62803
 */
export function doublyStitchedBoundary(
  quantile: number,
  t: number,
  alpha: number,
  options: {
    readonly optimalT: number
    readonly delta?: number
    readonly s?: number
    readonly eta?: number
  },
): number {
  const { optimalT, delta = 0.5, s = 1.4, eta = 2 } = options
  requireLevel('quantile', quantile)
  requirePositive('t', t)
  requireLevel('alpha', alpha)
  if (!(optimalT >= 1 && delta > 0 && s > 1 && eta > 1))
    throw new StatsError(
      'outOfDomain',
      `optimalT is ${optimalT}, delta ${delta}, s ${s} and eta ${eta}; optimalT ≥ 1, delta > 0, s > 1 and eta > 1 were expected.`,
    )
  const used = Math.max(t, optimalT)
  const logit = Math.log(quantile / (1 - quantile))
  const shifted = logit + 2 * delta * Math.sqrt((optimalT * eta) / used)
  const r = quantile >= 0.5 ? quantile : Math.min(0.5, 1 / (1 + Math.exp(-shifted)))
  const variance = r * (1 - r)
  const rank = (Math.sqrt(used / optimalT) * Math.abs(logit)) / (2 * delta) + 1
  const zeta = riemannZeta(s)
  const ell =
    s * Math.log(Math.log((eta * used) / optimalT)) +
    s * Math.log(rank) +
    Math.log((2 * zeta * (2 * zeta + 1)) / (alpha * Math.log(eta) ** s))
  const k1 = (eta ** 0.25 + eta ** -0.25) / Math.SQRT2
  const linear = (((Math.sqrt(eta) + 1) / 2) * (1 - 2 * quantile) * ell) / 3
  const boundary =
    delta * Math.sqrt((eta * used * variance) / optimalT) +
    Math.sqrt(k1 * k1 * variance * used * ell + linear * linear) +
    linear
  requireFinite('The boundary', boundary)
  return boundary
}
