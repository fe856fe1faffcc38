import { requireFiniteRows } from '../clustering/rows.ts'
import { normalPdf, normalQuantile } from '../distributions/normal.ts'
import { quantiles, sortedQuantile } from '../inference/quantile.ts'
import { fitLeastSquares } from '../linalg/least-squares.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { columnNames, requireSupervised, type SupervisedData } from './design.ts'
import { exactQuantileFit, reweightedLeastSquares } from './quantile-simplex.ts'
import { withOnes } from './with-ones.ts'

/** Kernels of the density of residuals at 0 (Greene 2008, table 14.2). */
export type QuantileKernel = 'epanechnikov' | 'biweight' | 'cosine' | 'gaussian' | 'parzen'

export interface QuantileRegressionOptions {
  readonly intercept?: boolean
  /** `exact` minimises the loss itself; `reweighted` is statsmodels' iteration, which stops within its tolerance of it. */
  readonly solver?: 'exact' | 'reweighted'
  /** `robust` to a spread that varies with the columns (Greene; default), or `iid` errors. */
  readonly covariance?: 'robust' | 'iid'
  readonly kernel?: QuantileKernel
  readonly bandwidth?: 'hallSheather' | 'bofinger' | 'chamberlain'
  /** Of the reweighted solver. Default 1000. */
  readonly maxIterations?: number
  /** Of the reweighted solver: largest move of a coefficient. Default 1e-6. */
  readonly tolerance?: number
}

export interface QuantileRegressionModel {
  readonly kind: 'quantileRegression'
  readonly version: 1
  readonly level: number
  readonly columns: readonly string[]
  readonly hasIntercept: boolean
  /** 0 when the model has none. */
  readonly intercept: number
  readonly coefficients: readonly number[]
  /** Of the intercept (when there is one), then the columns. */
  readonly standardErrors: readonly number[]
  /** Covariance of the same, row-major. */
  readonly covariance: readonly number[]
  /** Koenker and Machado's R¹: share of the loss around the plain quantile that is taken off. */
  readonly pseudoRSquared: number
  /** Loss Σ w·ρ(e) at the coefficients. */
  readonly loss: number
  /** 1 / density of the residuals at 0, and the bandwidth of its estimate. */
  readonly sparsity: number
  readonly bandwidth: number
  readonly diagnostics: {
    readonly status: 'converged'
    readonly iterations: number
    readonly rows: number
    readonly degreesOfFreedom: number
  }
}

/**
 * Regression of a quantile of the response: the plane above which a share 1 − level of the rows lie, by the loss
 * ρ(e) = e·(level − 1[e < 0]). Standard errors by a kernel density of the residuals at 0:
 * 95% intervals cover as much from 400 rows on with normal errors; with exponential ones 92% at 400 rows, 95% at 1,000.
 * Cost O(n·p²) an iteration; the exact solver adds a few exchanges of O(n·p + n·log n).
 * Source: Koenker & Bassett (1978), https://doi.org/10.2307/1913643; Greene (2008), section 14.4.2; bandwidths of Hall & Sheather
 * (1988), Bofinger (1975) and Chamberlain (1994); Koenker & Machado (1999), https://doi.org/10.1080/01621459.1999.10473882
 * Parity: statsmodels `QuantReg` (`solver: 'reweighted'`), the standard errors of Stata's `qreg`; `quantreg::rq`
 * (`solver: 'exact'`), its coefficients.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `insufficientData`, `singular`, `zeroVariance` where more than
 * half of the residuals are equal or the bandwidth leaves (0, 1), `notConverged` for the reweighted solver
 * @example
 * const x = Float64Array.from({ length: 30 }, (_, i) => i)
 * const data = { x: { data: x, n: 30, p: 1 }, y: x.map((v) => 2 * v + (v % 4) ** 2) }
 * fitQuantileRegression(data, 0.5).coefficients // → [2]
 */
export function fitQuantileRegression(
  data: SupervisedData,
  level: number,
  options: QuantileRegressionOptions = {},
): QuantileRegressionModel {
  requireSupervised(data)
  requireLevel('level', level)
  const { x, y } = data
  const { intercept = true, solver = 'exact', covariance: kind = 'robust' } = options
  const { maxIterations = 1000, tolerance = 1e-6 } = options
  const first = intercept ? 1 : 0
  const p = x.p + first
  if (x.n <= p)
    throw new StatsError(
      'insufficientData',
      `${x.n} rows were given for ${p} coefficients; more rows than coefficients were expected.`,
    )
  const design = intercept ? withOnes(x.data, x.n, x.p) : x.data
  const weights = data.weights ?? new Float64Array(x.n).fill(1)
  const problem = { design, y, weights, n: x.n, p, level }
  const near = reweightedLeastSquares(problem, solver === 'exact' ? 30 : maxIterations, tolerance)
  if (solver === 'reweighted' && !near.converged)
    throw new StatsError('notConverged', `Reweighting did not settle in ${maxIterations} iterations.`, {
      hint: "Use solver: 'exact'.",
    })
  const { coefficients, iterations } =
    solver === 'exact' ? exactQuantileFit(problem, near.coefficients) : near
  const residuals = Float64Array.from(y, (value, i) => {
    let fitted = 0
    for (let j = 0; j < p; j++) fitted += design[i * p + j]! * coefficients[j]!
    return value - fitted
  })
  const { bandwidth, density } = densityAtZero(y, residuals, level, options)
  const covariance = covarianceOf(problem, residuals, density, kind)
  const plain = quantiles(y, [level])[0]!
  const loss = lossOf(residuals, weights, level)
  const plainLoss = lossOf(
    y.map((v) => v - plain),
    weights,
    level,
  )
  if (!(plainLoss > 0))
    throw new StatsError('zeroVariance', 'The response does not vary, so there is nothing to explain.')
  return Object.freeze({
    kind: 'quantileRegression',
    version: 1,
    level,
    columns: columnNames(data),
    hasIntercept: intercept,
    intercept: intercept ? coefficients[0]! : 0,
    coefficients: Object.freeze(Array.from(coefficients.subarray(first))),
    standardErrors: Object.freeze(Array.from({ length: p }, (_, j) => Math.sqrt(covariance[j * p + j]!))),
    covariance: Object.freeze(Array.from(covariance)),
    pseudoRSquared: 1 - loss / plainLoss,
    loss,
    sparsity: 1 / density,
    bandwidth,
    diagnostics: Object.freeze({ status: 'converged', iterations, rows: x.n, degreesOfFreedom: x.n - p }),
  } as const)
}

/**
 * The predicted quantile of each row of `x`.
 * One value per row.
 * Cost O(n·p).
 * Source: Koenker & Bassett (1978), https://doi.org/10.2307/1913643
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`
 * @example
 * const x = Float64Array.from({ length: 30 }, (_, i) => i)
 * const data = { x: { data: x, n: 30, p: 1 }, y: x.map((v) => 2 * v + (v % 4) ** 2) }
 * predictQuantile(fitQuantileRegression(data, 0.5), { data: Float64Array.of(8), n: 1, p: 1 }) // → [17]
 */
export function predictQuantile(model: QuantileRegressionModel, x: SupervisedData['x']): Float64Array {
  requireFiniteRows(x)
  if (x.p !== model.coefficients.length)
    throw new StatsError(
      'lengthMismatch',
      `x has ${x.p} columns; ${model.coefficients.length} were expected.`,
    )
  return Float64Array.from({ length: x.n }, (_, i) =>
    model.coefficients.reduce((sum, b, j) => sum + b * x.data[i * x.p + j]!, model.intercept),
  )
}

function lossOf(residuals: Float64Array, weights: Float64Array, level: number): number {
  return residuals.reduce((sum, e, i) => sum + weights[i]! * e * (level - (e < 0 ? 1 : 0)), 0)
}

const KERNELS: Readonly<Record<QuantileKernel, (u: number) => number>> = {
  epanechnikov: (u) => (Math.abs(u) <= 1 ? 0.75 * (1 - u * u) : 0),
  biweight: (u) => (Math.abs(u) <= 1 ? (15 / 16) * (1 - u * u) ** 2 : 0),
  cosine: (u) => (Math.abs(u) <= 0.5 ? 1 + Math.cos(2 * Math.PI * u) : 0),
  gaussian: normalPdf,
  parzen: (u) => {
    const size = Math.abs(u)
    if (size > 1) return 0
    return size <= 0.5 ? 4 / 3 - 8 * size * size + 8 * size ** 3 : (8 * (1 - size) ** 3) / 3
  },
}

function densityAtZero(
  y: Float64Array,
  residuals: Float64Array,
  level: number,
  { kernel = 'epanechnikov', bandwidth: rule = 'hallSheather' }: QuantileRegressionOptions,
): { readonly bandwidth: number; readonly density: number } {
  const n = y.length
  const z = normalQuantile(level)
  const spread = (2 * z * z + 1) ** -1
  const share =
    rule === 'hallSheather'
      ? n ** (-1 / 3) * normalQuantile(0.975) ** (2 / 3) * (1.5 * normalPdf(z) ** 2 * spread) ** (1 / 3)
      : rule === 'bofinger'
        ? n ** (-1 / 5) * (4.5 * normalPdf(2 * z) ** 4 * spread ** 2) ** (1 / 5)
        : normalQuantile(0.975) * Math.sqrt((level * (1 - level)) / n)
  if (!(level - share > 0 && level + share < 1))
    throw new StatsError(
      'insufficientData',
      `${n} rows are too few for the density at the ${level}-quantile: the bandwidth ${share} leaves (0, 1).`,
      { hint: 'Take a level nearer the middle, or more rows.' },
    )
  const sorted = residuals.slice().sort()
  const range = sortedQuantile(sorted, 0.75) - sortedQuantile(sorted, 0.25)
  const mean = y.reduce((a, b) => a + b, 0) / n
  const sd = Math.sqrt(y.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n)
  const bandwidth =
    Math.min(sd, range / 1.34) * (normalQuantile(level + share) - normalQuantile(level - share))
  if (!(bandwidth > 0))
    throw new StatsError(
      'zeroVariance',
      'The middle half of the residuals are equal, so they have no density.',
    )
  const density = residuals.reduce((sum, e) => sum + KERNELS[kernel](e / bandwidth), 0) / (n * bandwidth)
  if (!(density > 0))
    throw new StatsError('insufficientData', `No residual lies within the bandwidth ${bandwidth} of 0.`)
  return { bandwidth, density }
}

function covarianceOf(
  { design, weights, n, p, level }: Parameters<typeof exactQuantileFit>[0],
  residuals: Float64Array,
  density: number,
  kind: 'robust' | 'iid',
): Float64Array {
  const { inverseGram } = fitLeastSquares(design, residuals, n, p, weights)
  if (kind === 'iid') return inverseGram.map((v) => (v * level * (1 - level)) / density ** 2)
  const middle = new Float64Array(p * p)
  for (let i = 0; i < n; i++) {
    const factor = (weights[i]! * (residuals[i]! > 0 ? level : 1 - level)) / density
    for (let j = 0; j < p; j++)
      for (let k = 0; k < p; k++)
        middle[j * p + k]! += factor * factor * design[i * p + j]! * design[i * p + k]!
  }
  const covariance = new Float64Array(p * p)
  for (let a = 0; a < p; a++)
    for (let b = 0; b < p; b++)
      for (let j = 0; j < p; j++)
        for (let k = 0; k < p; k++)
          covariance[a * p + b]! += inverseGram[a * p + j]! * middle[j * p + k]! * inverseGram[k * p + b]!
  return covariance
}
