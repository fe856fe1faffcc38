import { chiSquareLogPdf, chiSquareQuantile, chiSquareUpperQuantile } from '../distributions/chi-square.ts'
import { normalCdf, normalPdf } from '../distributions/normal.ts'
import { findRoot } from '../optimize/brent.ts'
import { gaussLegendreNodes } from '../special/gauss-legendre.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { type Interval, requireSummary, type SampleSummary } from './sample.ts'

/**
 * P(Q ≤ q) of the studentised range of k means with df ≥ 2 degrees of freedom. Absolute error below 1e-9.
 * Cost some 4,000 normal probabilities.
 * Source: Copenhaver & Holland (1988), J. Statist. Comput. Simul. 30, by the Gauss–Legendre rule,
 * https://doi.org/10.1080/00949658808811082
 * Parity: R's `ptukey`.
 * @throws StatsError `outOfDomain`.
 * @example
 * studentizedRangeCdf(3.5, 3, 20) // → 0.9441082
 */
export function studentizedRangeCdf(q: number, k: number, df: number): number {
  if (!(df >= 2 && df < Infinity))
    throw new StatsError('outOfDomain', `df is ${df}; a finite number of at least 2 was expected.`)
  if (!(k >= 2)) throw new StatsError('outOfDomain', `There are ${k} means; at least 2 were expected.`)
  if (q <= 0) return 0
  const low = Math.sqrt(chiSquareQuantile(1e-14, df) / df)
  const high = Math.sqrt(chiSquareUpperQuantile(1e-14, df) / df)
  let probability = 0
  for (const { x: s, weight } of gaussLegendreNodes(low, high, 4))
    probability += weight * 2 * df * s * Math.exp(chiSquareLogPdf(df * s * s, df)) * rangeCdf(q * s, k)
  return Math.min(1, probability)
}

/** Nodes over the normal's eight deviations with its density and probability, the same for every width. */
const NORMAL_NODES = gaussLegendreNodes(-8, 8, 4).map(({ x, weight }) => ({
  x,
  below: normalCdf(x),
  density: weight * normalPdf(x),
}))

/** Range of k standard normals. */
function rangeCdf(width: number, k: number): number {
  let sum = 0
  for (const { x, below, density } of NORMAL_NODES) sum += density * (below - normalCdf(x - width)) ** (k - 1)
  return k * sum
}

/**
 * The q with P(Q ≤ q) = p; df at least 2, as in R.
 * Cost some 15 probabilities.
 * Source: https://doi.org/10.1080/00949658808811082
 * @throws StatsError `outOfDomain`.
 * @example
 * studentizedRangeQuantile(0.95, 3, 20) // → 3.577935
 */
export function studentizedRangeQuantile(p: number, k: number, df: number): number {
  requireLevel('p', p)
  let high = 8
  while (studentizedRangeCdf(high, k, df) < p) high *= 2
  return findRoot((q) => studentizedRangeCdf(q, k, df) - p, 0, high, 1e-10)
}

export type PairedComparison = {
  /** Positions of the two groups; the difference is mean of `second` − mean of `first`. */
  readonly first: number
  readonly second: number
  readonly difference: number
  readonly pValue: number
  readonly interval: Interval
}

/**
 * Tukey's honest significant differences of all pairs of groups after a one-way analysis of variance, with the
 * Tukey–Kramer error for unequal sizes.
 * Cost O(groups²) probabilities of the range.
 * Source: Tukey (1949); Kramer (1956); R's `TukeyHSD`, https://doi.org/10.2307/3001913
 * @throws StatsError `notFinite`, `outOfDomain`, `insufficientData`, `zeroVariance`.
 * @example
 * const [a, b] = [{ n: 10, mean: 5, variance: 1 }, { n: 10, mean: 6.2, variance: 1 }]
 * tukeyHonestDifferences([a, b])[0].pValue // → 0.01518079
 */
export function tukeyHonestDifferences(
  groups: readonly SampleSummary[],
  level = 0.95,
): readonly PairedComparison[] {
  if (groups.length < 2)
    throw new StatsError('insufficientData', `At least 2 groups are compared, got ${groups.length}.`)
  for (const group of groups) requireSummary(group)
  const df = groups.reduce((s, g) => s + g.n - 1, 0)
  const within = groups.reduce((s, g) => s + (g.n - 1) * g.variance, 0) / df
  if (df < 2)
    throw new StatsError(
      'insufficientData',
      `The groups leave ${df} degrees of freedom; at least 2 were expected.`,
    )
  if (!(within > 0)) throw new StatsError('zeroVariance', 'No group varies, so differences have no error.')
  const critical = studentizedRangeQuantile(level, groups.length, df)
  const found: PairedComparison[] = []
  groups.forEach((a, first) => {
    groups.slice(first + 1).forEach((b, offset) => {
      const difference = b.mean - a.mean
      const error = Math.sqrt((within / 2) * (1 / a.n + 1 / b.n))
      found.push({
        first,
        second: first + 1 + offset,
        difference,
        pValue: Math.max(0, 1 - studentizedRangeCdf(Math.abs(difference) / error, groups.length, df)),
        interval: { low: difference - critical * error, high: difference + critical * error, level },
      })
    })
  })
  return found
}
