import { fitLeastSquares } from '../linalg/least-squares.ts'
import { requireFiniteColumn, requireMatrix, StatsError } from '../stats-error.ts'
import { columnNames, requireSupervised, type SupervisedData } from './design.ts'
import { withOnes } from './with-ones.ts'

export type OlsModel = {
  readonly kind: 'ols'
  readonly version: 1
  readonly columns: readonly string[]
  readonly hasIntercept: boolean
  /** 0 when the model has none. */
  readonly intercept: number
  readonly coefficients: readonly number[]
  /** Of the intercept (when there is one), then the columns. */
  readonly standardErrors: readonly number[]
  /** Covariance of the same, row-major. */
  readonly covariance: readonly number[]
  /** Residual variance, Σw·e² / (n − q). */
  readonly variance: number
  /** Share of the variance explained; around the mean when there is an intercept, else around 0. */
  readonly rSquared: number
  readonly adjustedRSquared: number
  readonly logLikelihood: number
  readonly diagnostics: {
    readonly status: 'converged'
    readonly rows: number
    readonly degreesOfFreedom: number
  }
}

/**
 * Ordinary (or weighted) least squares by QR, which keeps its digits where normal equations lose half of them.
 * Cost O(n·p²).
 * Source: Golub & Van Loan (2013), section 5.3, https://doi.org/10.56021/9781421407944
 * Parity: NIST StRD Longley.
 * @throws StatsError `emptyData`, `zeroVariance`, `insufficientData`, `singular` (dependent columns),
 * `lengthMismatch`, `notFinite` (also where columns are too small or large to square).
 * @example
 * const data = { x: { data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 }, y: Float64Array.of(2, 4, 5, 8) }
 * fitOls(data).coefficients // → [1.9]
 */
export function fitOls(data: SupervisedData, options: { readonly intercept?: boolean } = {}): OlsModel {
  requireSupervised(data)
  const { x, y, weights } = data
  const { intercept = true } = options
  const first = intercept ? 1 : 0
  const q = x.p + first
  if (x.n <= q)
    throw new StatsError(
      'insufficientData',
      `${x.n} rows were given for ${q} coefficients; more rows than coefficients were expected.`,
    )
  const fit = fitLeastSquares(intercept ? withOnes(x.data, x.n, x.p) : x.data, y, x.n, q, weights)
  const rows = weights ? weights.reduce((s, w) => s + (w > 0 ? 1 : 0), 0) : x.n
  const df = rows - q
  const variance = fit.rss / df
  const covariance = Array.from(fit.inverseGram, (v) => v * variance)
  requireFiniteColumn('The covariance of the coefficients', covariance)
  const total = totalSquares(y, weights, intercept)
  if (!(total > 0))
    throw new StatsError('zeroVariance', 'The response does not vary, so there is nothing to explain.')
  const rSquared = 1 - fit.rss / total
  const logWeights = weights ? weights.reduce((s, w) => s + (w > 0 ? Math.log(w) : 0), 0) : 0
  return Object.freeze({
    kind: 'ols',
    version: 1,
    columns: columnNames(data),
    hasIntercept: intercept,
    intercept: intercept ? fit.coefficients[0]! : 0,
    coefficients: Object.freeze(Array.from(fit.coefficients.subarray(first))),
    standardErrors: Object.freeze(Array.from({ length: q }, (_, j) => Math.sqrt(covariance[j * q + j]!))),
    covariance: Object.freeze(covariance),
    variance,
    rSquared,
    adjustedRSquared: 1 - ((1 - rSquared) * (rows - first)) / df,
    logLikelihood: -0.5 * (rows * (Math.log((2 * Math.PI * fit.rss) / rows) + 1) - logWeights),
    diagnostics: Object.freeze({ status: 'converged', rows, degreesOfFreedom: df }),
  } as const)
}

/**
 * Variance inflation factor of each column: 1 / (1 − R²) of the column on the others. Above 10 it is hard to tell apart.
 * One value ≥ 1 per column.
 * Cost O(n·p³).
 * Source: Belsley, Kuh & Welsch (1980), https://doi.org/10.1002/0471725153
 * @throws StatsError `invalidOption` or as `fitOls`; a column that the others determine is `singular`.
 * @example
 * varianceInflation({ x: { data: Float64Array.of(1, 2, 2, 1, 3, 5, 4, 3), n: 4, p: 2 } }) // → [1.388889, 1.388889]
 */
export function varianceInflation(data: Pick<SupervisedData, 'x' | 'weights'>): Float64Array {
  const { n, p } = data.x
  requireMatrix('x', data.x.data, n, p)
  return Float64Array.from({ length: p }, (_, target) => {
    if (p === 1) return 1
    const others = new Float64Array(n * (p - 1))
    const y = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      let at = i * (p - 1)
      for (let j = 0; j < p; j++) {
        const value = data.x.data[i * p + j]!
        if (j === target) y[i] = value
        else others[at++] = value
      }
    }
    const fit = fitOls({
      x: { data: others, n, p: p - 1 },
      y,
      ...(data.weights ? { weights: data.weights } : {}),
    })
    if (!(fit.rSquared < 1 - 1e-13))
      throw new StatsError('singular', `Column ${target} is a combination of the others.`, {
        context: { column: target },
      })
    return 1 / (1 - fit.rSquared)
  })
}

/**
 * The same for the intercept: 1 / (1 − R²) of the constant on the columns, around 0. Above 1 only if columns have means.
 * A number ≥ 1.
 * Cost O(n·p²).
 * Source: Belsley, Kuh & Welsch (1980), https://doi.org/10.1002/0471725153
 * @throws StatsError `invalidOption` or as `fitOls`.
 * @example
 * interceptInflation({ x: { data: Float64Array.of(1, 2, 3), n: 3, p: 1 } }) // → 7
 */
export function interceptInflation(data: Pick<SupervisedData, 'x' | 'weights'>): number {
  requireMatrix('x', data.x.data, data.x.n, data.x.p)
  const ones = { ...data, y: new Float64Array(data.x.n).fill(1) }
  return 1 / (1 - fitOls(ones, { intercept: false }).rSquared)
}

function totalSquares(y: Float64Array, weights: Float64Array | undefined, centred: boolean): number {
  let mean = 0
  let total = 0
  if (centred) {
    for (let i = 0; i < y.length; i++) {
      const w = weights ? weights[i]! : 1
      if (w === 0) continue
      total += w
      mean += (w * (y[i]! - mean)) / total
    }
  }
  let squares = 0
  for (let i = 0; i < y.length; i++) squares += (weights ? weights[i]! : 1) * (y[i]! - mean) ** 2
  return squares
}
