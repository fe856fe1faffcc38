import { type Rows, requireFiniteRows, requireWeights } from '../clustering/rows.ts'
import { requireMatrix, StatsError } from '../stats-error.ts'

/** What a supervised model is fitted on. */
export type SupervisedData = {
  /** Predictors, row-major n×p. */
  readonly x: Rows
  /** Response, length n. */
  readonly y: Float64Array
  /** Non-negative weight per row. */
  readonly weights?: Float64Array
  /** Names of the p columns; `x0`, `x1`, … when absent. */
  readonly columns?: readonly string[]
}

/**
 * Throws unless predictors, response and weights fit together and hold finite numbers; returns nothing.
 * Cost O(n·p).
 * Source: definition; McCullagh & Nelder (1989), https://doi.org/10.1007/978-1-4899-3242-6
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`, `emptyData`
 * @example
 * requireSupervised({ x: { data: Float64Array.of(1, 2), n: 2, p: 1 }, y: Float64Array.of(1) }) // throws lengthMismatch
 */
export function requireSupervised({ x, y, weights, columns }: SupervisedData): void {
  requireFiniteRows(x)
  if (y.length !== x.n)
    throw new StatsError(
      'lengthMismatch',
      `There are ${y.length} responses for ${x.n} rows; one each was expected.`,
    )
  if (weights) requireWeights(weights, x.n)
  if (columns && columns.length !== x.p) {
    throw new StatsError(
      'lengthMismatch',
      `There are ${columns.length} column names for ${x.p} columns; one each was expected.`,
    )
  }
}

/**
 * The names of the columns, made up when absent.
 * Cost O(p).
 * Source: definition; McCullagh & Nelder (1989), https://doi.org/10.1007/978-1-4899-3242-6
 * @throws nothing
 * @example
 * columnNames({ x: { data: Float64Array.of(1, 2), n: 1, p: 2 }, y: Float64Array.of(1) }) // → ['x0', 'x1']
 */
export function columnNames({ x, columns }: SupervisedData): readonly string[] {
  return columns ? Object.freeze([...columns]) : Object.freeze(Array.from({ length: x.p }, (_, j) => `x${j}`))
}

/** Weighted mean and population standard deviation of each column. */
export type ColumnScale = { readonly means: Float64Array; readonly sds: Float64Array }

/**
 * Weighted mean and population standard deviation (divided by n) of each column.
 * Both have length p.
 * Cost O(n·p).
 * Source: definition; McCullagh & Nelder (1989), https://doi.org/10.1007/978-1-4899-3242-6
 * @throws StatsError `lengthMismatch`, `invalidOption`, `notFinite`, `emptyData`, `outOfDomain` for weights
 * @example
 * columnScale({ data: Float64Array.of(1, 2, 3), n: 3, p: 1 }) // → { means: [2], sds: [0.8164966] }
 */
export function columnScale({ data, n, p }: Rows, weights?: Float64Array): ColumnScale {
  requireMatrix('x', data, n, p)
  if (p > 0) requireFiniteRows({ data, n, p })
  if (weights) requireWeights(weights, n)
  if (n === 0) throw new StatsError('emptyData', 'There are no rows; at least one was expected.')
  const means = new Float64Array(p)
  const sds = new Float64Array(p)
  let total = 0
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i]! : 1
    if (w === 0) continue
    total += w
    for (let j = 0; j < p; j++) means[j]! += (w * (data[i * p + j]! - means[j]!)) / total
  }
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i]! : 1
    for (let j = 0; j < p; j++) sds[j]! += w * (data[i * p + j]! - means[j]!) ** 2
  }
  for (let j = 0; j < p; j++) sds[j] = Math.sqrt(sds[j]! / total)
  return { means, sds }
}
