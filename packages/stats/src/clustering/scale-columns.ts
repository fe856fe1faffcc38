import { quantiles } from '../inference/quantile.ts'
import { StatsError } from '../stats-error.ts'
import { type Rows, requireFiniteRows } from './rows.ts'

/** What is taken off each column, and what it is divided by. */
export type ColumnScaling = {
  readonly kind: 'columnScaling'
  readonly method: 'range' | 'interquartile'
  readonly centres: readonly number[]
  readonly spreads: readonly number[]
}

/**
 * A scale for columns that are not to be standardised by mean and deviation: `range` brings the smallest value to 0 and the
 * largest to 1; `interquartile` the median to 0 and the distance of the quartiles (type 7) to 1, which outliers do not move.
 * Cost O(n·p·ln n).
 * Source: scikit-learn's MinMaxScaler and RobustScaler, https://scikit-learn.org/stable/modules/preprocessing.html
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `zeroVariance` for a column without range or distance.
 * @example
 * fitColumnScaling({ data: Float64Array.of(1, 2, 3, 9), n: 4, p: 1 }, 'range').spreads // → [8]
 */
export function fitColumnScaling(rows: Rows, method: ColumnScaling['method']): ColumnScaling {
  requireFiniteRows(rows)
  const { data, n, p } = rows
  const centres: number[] = []
  const spreads: number[] = []
  for (let j = 0; j < p; j++) {
    const column = Float64Array.from({ length: n }, (_, i) => data[i * p + j]!)
    const [low, middle, high] = quantiles(column, method === 'range' ? [0, 0, 1] : [0.25, 0.5, 0.75])
    const spread = high! - low!
    if (!(spread > 0))
      throw new StatsError('zeroVariance', `Column ${j} has no ${method}, so it cannot be scaled by it.`, {
        hint: 'Leave the column out.',
        context: { column: j },
      })
    centres.push(middle!)
    spreads.push(spread)
  }
  return Object.freeze({
    kind: 'columnScaling',
    method,
    centres: Object.freeze(centres),
    spreads: Object.freeze(spreads),
  })
}

/**
 * Rows brought to the scale; the input stays as it is.
 * Cost O(n·p).
 * Source: as `fitColumnScaling`, https://scikit-learn.org/stable/modules/preprocessing.html
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`, `outOfDomain` for a spread that is not above 0
 * @example
 * const rows = { data: Float64Array.of(1, 2, 3, 9), n: 4, p: 1 }
 * scaleColumns(rows, fitColumnScaling(rows, 'range')).data // → [0, 0.125, 0.25, 1]
 */
export function scaleColumns(rows: Rows, { centres, spreads }: ColumnScaling): Rows {
  requireFiniteRows(rows)
  const { data, n, p } = rows
  if (centres.length !== p)
    throw new StatsError(
      'lengthMismatch',
      `The rows have ${p} columns; the scale was fitted on ${centres.length}.`,
    )
  const at = spreads.findIndex(
    (spread, j) => !(spread > 0 && spread < Infinity && Number.isFinite(centres[j])),
  )
  if (at >= 0 || spreads.length !== p)
    throw new StatsError(
      'outOfDomain',
      `Column ${at} has centre ${centres[at]} and spread ${spreads[at]}; finite numbers and a spread > 0 were expected.`,
    )
  return { data: data.map((v, k) => (v - centres[k % p]!) / spreads[k % p]!), n, p }
}
