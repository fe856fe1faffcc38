import {
  requireFinite,
  requireFiniteColumn,
  requireProbability,
  requireSameLength,
  StatsError,
} from '../stats-error.ts'

/** What a test of means needs to know of a sample: its size, mean and variance (divided by n − 1). */
export type SampleSummary = { readonly n: number; readonly mean: number; readonly variance: number }

/** A closed interval; open ends are ±Infinity. `level` is its confidence, e.g. 0.95. */
export type Interval = { readonly low: number; readonly high: number; readonly level: number }

/** Which departures from the hypothesis count. `greater`: the first is greater than the second (or than the hypothesised value). */
export type Alternative = 'twoSided' | 'less' | 'greater'

/**
 * Size, mean and variance of values, in two passes so that 1e15-scaled data keeps its digits.
 * Cost O(n).
 * Source: definition; two passes as in Chan, Golub & LeVeque (1983), https://doi.org/10.1080/00031305.1983.10483115
 * @throws StatsError `insufficientData` for fewer than 2 values, `notFinite`.
 * @example
 * summarizeSample([1, 2, 3, 4]) // → { n: 4, mean: 2.5, variance: 1.666667 }
 */
export function summarizeSample(values: ArrayLike<number>): SampleSummary {
  const n = values.length
  if (n < 2) throw new StatsError('insufficientData', `A variance needs at least 2 values, got ${n}.`)
  requireFiniteColumn('values', values)
  let mean = 0
  for (let i = 0; i < n; i++) mean += (values[i]! - mean) / (i + 1)
  let squares = 0
  let drift = 0
  for (let i = 0; i < n; i++) {
    const d = values[i]! - mean
    squares += d * d
    drift += d
  }
  return { n, mean: mean + drift / n, variance: (squares - (drift * drift) / n) / (n - 1) }
}

/**
 * The same summary from a count, a sum and a sum of squares, as SQL gives them.
 * Cost O(1).
 * Source: definition; two passes as in Chan, Golub & LeVeque (1983), https://doi.org/10.1080/00031305.1983.10483115
 * @throws StatsError `insufficientData`, `notFinite`, or `outOfDomain` if the sums contradict each other.
 * @example
 * summaryFromSums(4, 10, 30) // → { n: 4, mean: 2.5, variance: 1.666667 }
 */
export function summaryFromSums(n: number, sum: number, sumOfSquares: number): SampleSummary {
  requireSampleSize(n)
  requireFinite('sum', sum)
  requireFinite('sumOfSquares', sumOfSquares)
  const variance = (sumOfSquares - (sum * sum) / n) / (n - 1)
  if (variance < -1e-9 * Math.abs(sumOfSquares)) {
    throw new StatsError(
      'outOfDomain',
      `${n} values with sum ${sum} cannot have the sum of squares ${sumOfSquares}; it is too small.`,
    )
  }
  return { n, mean: sum / n, variance: Math.max(0, variance) }
}

/**
 * Throws unless a sample could have this size, mean and variance; returns nothing.
 * Cost O(1).
 * Source: definition; two passes as in Chan, Golub & LeVeque (1983), https://doi.org/10.1080/00031305.1983.10483115
 * @throws StatsError `insufficientData`, `notFinite` or `outOfDomain`
 * @example
 * requireSummary({ n: 4, mean: 2.5, variance: -1 }) // throws outOfDomain
 */
export function requireSummary({ n, mean, variance }: SampleSummary): void {
  requireSampleSize(n)
  requireFinite('mean', mean)
  if (!(variance >= 0) || variance === Number.POSITIVE_INFINITY) {
    throw new StatsError(
      'outOfDomain',
      `The variance is ${variance}; a finite number of at least 0 was expected.`,
    )
  }
}

function requireSampleSize(n: number): void {
  if (!(n >= 2)) throw new StatsError('insufficientData', `A variance needs at least 2 values, got ${n}.`)
}

/**
 * Covariance of two columns, divided by n − 1.
 * Both columns have the same length ≥ 2.
 * Cost O(n).
 * Source: definition; two passes as in Chan, Golub & LeVeque (1983), https://doi.org/10.1080/00031305.1983.10483115
 * @throws StatsError `lengthMismatch`, `insufficientData`, `notFinite`.
 * @example
 * sampleCovariance([1, 2, 3], [2, 4, 9]) // → 3.5
 */
export function sampleCovariance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = requireSameLength({ x, y })
  const a = summarizeSample(x).mean
  const b = summarizeSample(y).mean
  let sum = 0
  for (let i = 0; i < n; i++) sum += (x[i]! - a) * (y[i]! - b)
  return sum / (n - 1)
}

/**
 * Variance of one row of a proportion, p(1 − p).
 * p in [0, 1]; range [0, ¼].
 * Cost O(1).
 * Source: Bernoulli's variance, DLMF 26.3 and Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953
 * @throws StatsError `outOfDomain`.
 * @example
 * proportionVariance(0.2) // → 0.16
 */
export function proportionVariance(p: number): number {
  requireProbability('p', p)
  return p * (1 - p)
}
