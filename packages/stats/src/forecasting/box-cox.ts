import { fitLeastSquares } from '../linalg/least-squares.ts'
import { minimizeBrent } from '../optimize/brent.ts'
import { requireFinite, StatsError } from '../stats-error.ts'
import { checkSeries, meanOf, varianceOf } from './series.ts'

/**
 * (y^λ − 1)/λ, or ln y at λ = 0.
 * One value per y.
 * Cost O(n).
 * Source: Box and Cox (1964), https://www.jstor.org/stable/2984418
 * @throws StatsError `notFinite`, `outOfDomain` for y ≤ 0
 * @example
 * boxCox([1, 2, 4], 0) // → [0, 0.6931472, 1.386294]
 */
export function boxCox(y: ArrayLike<number>, lambda: number): Float64Array {
  requireFinite('lambda', lambda)
  return Float64Array.from(y, (v, i) => {
    if (!(v > 0))
      throw new StatsError(
        'outOfDomain',
        `y is ${v} at index ${i}; the Box–Cox transformation needs values greater than zero.`,
        { context: { index: i } },
      )
    return Math.abs(lambda) < 1e-15 ? Math.log(v) : Math.expm1(lambda * Math.log(v)) / lambda
  })
}

/**
 * The inverse of `boxCox`.
 * One value > 0 per z.
 * Cost O(n).
 * Source: Box and Cox (1964), https://www.jstor.org/stable/2984418
 * @throws StatsError `outOfDomain` where no y has that value
 * @example
 * inverseBoxCox([0, 1], 0.5) // → [1, 2.25]
 */
export function inverseBoxCox(z: ArrayLike<number>, lambda: number): Float64Array {
  return Float64Array.from(z, (v) => {
    if (Math.abs(lambda) < 1e-15) return Math.exp(v)
    const base = lambda * v
    if (!(base > -1))
      throw new StatsError('outOfDomain', `${v} is not a Box–Cox value for lambda = ${lambda}.`)
    return Math.exp(Math.log1p(base) / lambda)
  })
}

/**
 * λ of the largest normal likelihood, with no regressors.
 * y has length n.
 * Range: [from, to].
 * Cost about 30 evaluations of O(n).
 * Source: Box and Cox (1964), eq. 9, https://www.jstor.org/stable/2984418
 * @throws StatsError `insufficientData`, `notFinite`, `outOfDomain` for y ≤ 0, `zeroVariance`, `invalidOption`
 * @example
 * boxCoxLambdaMle([1, 2, 4, 8, 16]) // → -4.288123e-9
 */
export function boxCoxLambdaMle(y: ArrayLike<number>, from = -2, to = 2): number {
  const values = checkSeries(y, 3, 'Box–Cox')
  const logs = boxCox(values, 0)
  const sum = meanOf(logs) * logs.length
  const n = values.length
  const profile = (lambda: number): number => {
    const z = boxCox(values, lambda)
    return (n / 2) * Math.log((varianceOf(z) * (n - 1)) / n) - (lambda - 1) * sum
  }
  if (!(varianceOf(values) > 0))
    throw new StatsError('zeroVariance', 'The series is constant, so no transformation can be chosen.')
  return minimizeBrent(profile, from, to, 1e-9).x
}

/**
 * λ of the largest normal likelihood of a line in time with a level for each season, over a grid of λ.
 * y has length n; `period` 1 for no season.
 * Range: [from, to].
 * Cost O(λ tried · n · period²).
 * Source: Box and Cox (1964), eq. 9, https://www.jstor.org/stable/2984418
 * Parity: R's `forecast::BoxCox.lambda(method = "loglik")`, which tries every .05 from −1 to 2.
 * @throws StatsError `insufficientData` up to two seasons, `notFinite`, `outOfDomain` for y ≤ 0, `zeroVariance` where the
 * line fits exactly, `invalidOption`
 * @example
 * boxCoxLambdaOfTrend([2, 3, 5, 6, 9, 13, 16, 24, 30, 43], 1) // → 0.1
 */
export function boxCoxLambdaOfTrend(
  y: ArrayLike<number>,
  period: number,
  options: { readonly from?: number; readonly to?: number; readonly step?: number } = {},
): number {
  const { from = -1, to = 2, step = 0.05 } = options
  if (!(Number.isInteger(period) && period >= 1))
    throw new StatsError('invalidOption', `period is ${period}; a whole number of at least 1 was expected.`)
  if (!(step > 0 && from <= to && (to - from) / step <= 1e5))
    throw new StatsError('invalidOption', `λ from ${from} to ${to} by ${step} is no grid.`)
  const values = checkSeries(y, 2 * period + 1, 'Box–Cox')
  const n = values.length
  const logMean = meanOf(boxCox(values, 0))
  const p = 1 + period
  const x = new Float64Array(n * p)
  for (let i = 0; i < n; i++) {
    x[i * p] = i + 1
    x[i * p + 1 + (i % period)] = 1
  }
  let [best, smallest] = [from, Infinity]
  for (let k = 0; k <= Math.round((to - from) / step); k++) {
    const lambda = Math.round((from + k * step) * 1e9) / 1e9
    // Scaled by the geometric mean, so that residuals of different λ compare.
    const scale = Math.exp((1 - lambda) * logMean)
    const z = boxCox(values, lambda).map((v) => v * scale)
    const { rss } = fitLeastSquares(x, z, n, p)
    if (!(rss > 0))
      throw new StatsError('zeroVariance', `A line fits the series transformed with λ = ${lambda} exactly.`)
    if (rss < smallest) [best, smallest] = [lambda, rss]
  }
  return best
}

/**
 * λ that makes the spread of subseries least dependent on their mean: the coefficient of variation of sd / mean^(1−λ)
 * over blocks of `blockLength` (the seasonal period, or 2).
 * Range: [from, to].
 * Cost about 30 evaluations of O(n).
 * Source: Guerrero (1993), https://doi.org/10.1002/for.3980120104
 * @throws StatsError `notFinite`, `invalidOption`, `insufficientData` below two blocks, `outOfDomain` for values ≤ 0
 * @example
 * guerreroLambda([1, 2, 4, 8, 16, 32, 64, 128], 2) // → 1.221344e-15
 */
export function guerreroLambda(y: ArrayLike<number>, blockLength: number, from = -1, to = 2): number {
  if (!(Number.isInteger(blockLength) && blockLength >= 2))
    throw new StatsError(
      'invalidOption',
      `A block has ${blockLength} values; a whole number ≥ 2 was expected.`,
    )
  const values = checkSeries(y, 2 * blockLength, "Guerrero's method")
  boxCox(values, 0)
  const blocks = Math.floor(values.length / blockLength)
  const first = values.length - blocks * blockLength
  const parts = Array.from({ length: blocks }, (_, k) =>
    values.subarray(first + k * blockLength, first + (k + 1) * blockLength),
  )
  const means = parts.map(meanOf)
  const spreads = parts.map((part) => Math.sqrt(varianceOf(part)))
  const variation = (lambda: number): number => {
    const ratios = spreads.map((sd, k) => sd / means[k]! ** (1 - lambda))
    return Math.sqrt(varianceOf(ratios)) / meanOf(ratios)
  }
  return minimizeBrent(variation, from, to, 1e-9).x
}
