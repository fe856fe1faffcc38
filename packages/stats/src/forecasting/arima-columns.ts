import { type Rows, requireFiniteRows } from '../clustering/rows.ts'
import { StatsError } from '../stats-error.ts'
import type { ArimaOrder } from './arima-order.ts'
import { difference } from './series.ts'

/**
 * What is taken off a differenced series before its errors are an ARMA process: a constant and regressors, made orthogonal so
 * that the search is well conditioned. β = unit·R⁻¹·b for the coefficients b of the orthogonal columns.
 */
export interface ArimaColumns {
  readonly count: number
  readonly start: Float64Array
  /** The differenced series over its unit, less the columns. */
  readonly shifted: (b: ArrayLike<number>, from?: number) => Float64Array
  readonly toCoefficients: (b: ArrayLike<number>) => Float64Array
  /** The fitted columns on the differenced scale. */
  readonly fitted: (b: ArrayLike<number>) => Float64Array
}

export function arimaColumns(
  x: Float64Array,
  unit: number,
  constant: boolean,
  regressors: Rows | undefined,
  order: ArimaOrder,
): ArimaColumns {
  const raw = [
    ...(constant ? [new Float64Array(x.length).fill(1)] : []),
    ...(regressors ? regressorColumns(regressors).map((column) => differenced(column, order)) : []),
  ]
  const count = raw.length
  const orthogonal: Float64Array[] = []
  const triangle = new Float64Array(count * count)
  for (const [k, column] of raw.entries()) {
    const rest = column.slice()
    for (let pass = 0; pass < 2; pass++)
      for (const [j, other] of orthogonal.entries()) {
        const along = dot(other, rest) / x.length
        triangle[j * count + k]! += along
        for (let t = 0; t < rest.length; t++) rest[t]! -= along * other[t]!
      }
    const size = Math.sqrt(dot(rest, rest) / x.length)
    if (!(size > 1e-9 * Math.sqrt(dot(column, column) / x.length)))
      throw new StatsError(
        'singular',
        `Regressor ${k - (constant ? 1 : 0)} is a combination of the constant and those before it after differencing.`,
      )
    triangle[k * count + k] = size
    orthogonal.push(rest.map((v) => v / size))
  }
  const start = Float64Array.from(orthogonal, (column) => dot(column, x) / x.length / unit)
  const toCoefficients = (b: ArrayLike<number>): Float64Array => {
    const beta = new Float64Array(count)
    for (let k = count - 1; k >= 0; k--) {
      let sum = b[k]!
      for (let j = k + 1; j < count; j++) sum -= triangle[k * count + j]! * beta[j]!
      beta[k] = sum / triangle[k * count + k]!
    }
    return beta.map((v) => v * unit)
  }
  const fitted = (b: ArrayLike<number>): Float64Array => {
    const values = new Float64Array(x.length)
    for (let k = 0; k < count; k++)
      for (let t = 0; t < values.length; t++) values[t]! += b[k]! * unit * orthogonal[k]![t]!
    return values
  }
  const shifted = (b: ArrayLike<number>, from = 0): Float64Array => {
    const values = x.map((v) => v / unit)
    for (let k = 0; k < count; k++)
      for (let t = 0; t < values.length; t++) values[t]! -= b[from + k]! * orthogonal[k]![t]!
    return values
  }
  return { count, start, shifted, toCoefficients, fitted }
}

/** Columns of a row-major matrix of regressors. @throws StatsError `lengthMismatch`, `notFinite`, `emptyData` */
export function regressorColumns(rows: Rows): Float64Array[] {
  requireFiniteRows(rows)
  return Array.from({ length: rows.p }, (_, j) =>
    Float64Array.from({ length: rows.n }, (_row, i) => rows.data[i * rows.p + j]!),
  )
}

function differenced(column: Float64Array, { d, seasonal }: ArimaOrder): Float64Array {
  return Float64Array.from(difference(difference(column, seasonal.period, seasonal.D), 1, d))
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
