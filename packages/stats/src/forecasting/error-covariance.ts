import { requireFiniteColumn, StatsError } from '../stats-error.ts'

/**
 * How the covariance of many series' one-step errors is estimated from few of them: as it is in the `sample`, or `shrunk`
 * towards its diagonal by as much as its correlations are uncertain.
 */
export type CovarianceEstimate = 'sample' | 'shrunk'

/**
 * Covariance of one-step forecast errors, for `reconcileForecasts`: about their means (`centred`, divided by T − 1, as in
 * hierarchicalforecast) or about 0 (`uncentred`, divided by T, as in R's hts).
 * Row-major series×series.
 * Cost O(T × series²).
 * Source: Schäfer and Strimmer (2005), https://doi.org/10.2202/1544-6115.1175; Wickramasuriya, Athanasopoulos and Hyndman
 * (2019), section 2.4, https://doi.org/10.1080/01621459.2018.1448825
 * @param errors row-major T×series
 * @throws StatsError `lengthMismatch`, `notFinite`, `insufficientData` below three rows, `zeroVariance` for a series
 * without error
 * @example
 * errorCovariance([1, 2, -1, 0, 3, 1, -2, -1], 2, { estimate: 'sample', about: 'uncentred' }) // → [3.75, 1.75, 1.75, 1.5]
 */
export function errorCovariance(
  errors: ArrayLike<number>,
  series: number,
  options: { readonly estimate: CovarianceEstimate; readonly about: 'centred' | 'uncentred' },
): Float64Array {
  const rows = errors.length / series
  if (!(Number.isInteger(series) && series >= 1 && Number.isInteger(rows)))
    throw new StatsError(
      'lengthMismatch',
      `errors has ${errors.length} values, which is not a whole number of rows of ${series} series.`,
    )
  requireFiniteColumn('errors', errors)
  if (rows < 3)
    throw new StatsError('insufficientData', `A covariance needs at least three rows; there are ${rows}.`)
  const centred = options.about === 'centred'
  const means = new Float64Array(series)
  if (centred) for (let k = 0; k < errors.length; k++) means[k % series]! += errors[k]! / rows
  const x = Float64Array.from(errors, (v, k) => v - means[k % series]!)
  const covariance = new Float64Array(series * series)
  for (let t = 0; t < rows; t++)
    for (let i = 0; i < series; i++)
      for (let j = 0; j < series; j++)
        covariance[i * series + j]! += (x[t * series + i]! * x[t * series + j]!) / (centred ? rows - 1 : rows)
  const spread = Float64Array.from({ length: series }, (_, i) => Math.sqrt(covariance[i * series + i]!))
  const still = spread.findIndex((sd) => !(sd > 0))
  if (still >= 0)
    throw new StatsError('zeroVariance', `Series ${still} has no forecast error.`, {
      hint: 'A series that was always forecast exactly needs no reconciliation.',
    })
  if (options.estimate === 'sample') return covariance
  const standard = x.map((v, k) => v / spread[k % series]!)
  const kept = 1 - shrinkage(standard, rows, series, covariance, spread, centred)
  return covariance.map((v, k) => (Math.floor(k / series) === k % series ? v : kept * v))
}

/** Share of the correlations that goes: the sum of their variances over that of their squares, at most 1. */
function shrinkage(
  standard: Float64Array,
  rows: number,
  series: number,
  covariance: Float64Array,
  spread: Float64Array,
  centred: boolean,
): number {
  let [variances, squares] = [0, 0]
  for (let i = 0; i < series; i++)
    for (let j = 0; j < i; j++) {
      let [sum, square] = [0, 0]
      for (let t = 0; t < rows; t++) {
        const product = standard[t * series + i]! * standard[t * series + j]!
        sum += product
        square += product * product
      }
      const around = square - (sum * sum) / rows
      variances += centred ? (around * rows) / (rows - 1) ** 3 : around / (rows * (rows - 1))
      squares += (covariance[i * series + j]! / (spread[i]! * spread[j]!)) ** 2
    }
  return squares > 0 ? Math.min(1, variances / squares) : 1
}
