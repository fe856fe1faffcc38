import { StatsError } from '../stats-error.ts'

/** Rows of numbers: row-major `data` of length n·p; row i, column j stands at `data[i * p + j]`. */
export type Rows = { readonly data: Float64Array; readonly n: number; readonly p: number }

/** @throws StatsError `lengthMismatch` for a wrong shape, `notFinite` for a missing value, `emptyData` for no rows. */
export function requireFiniteRows({ data, n, p }: Rows): void {
  if (n < 1 || p < 1)
    throw new StatsError('emptyData', `There are ${n} rows of ${p} columns; expected at least 1 of each.`)
  if (data.length !== n * p) {
    throw new StatsError(
      'lengthMismatch',
      `The data holds ${data.length} numbers; expected n×p = ${n}×${p} = ${n * p}.`,
    )
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i]!)) {
      throw new StatsError(
        'notFinite',
        `Row ${Math.floor(i / p)}, column ${i % p} is ${data[i]}; fill in or leave out missing values first.`,
      )
    }
  }
}

/** @throws StatsError `lengthMismatch` or `outOfDomain` unless there are n finite weights of at least 0 with a positive sum. */
export function requireWeights(weights: ArrayLike<number>, n: number): void {
  if (weights.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `There are ${weights.length} weights for ${n} rows; expected one each.`,
    )
  let total = 0
  for (let i = 0; i < n; i++) {
    const w = weights[i]!
    if (!(w >= 0) || !Number.isFinite(w)) {
      throw new StatsError(
        'outOfDomain',
        `The weight of row ${i} is ${w}; expected a finite number of at least 0.`,
      )
    }
    total += w
  }
  if (!(total > 0)) throw new StatsError('outOfDomain', 'All weights are 0; expected at least one above 0.')
}
