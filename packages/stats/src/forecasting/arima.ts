import type { Rows } from '../clustering/rows.ts'
import { invertSymmetric } from '../linalg/cholesky.ts'
import { valueDifferences } from '../optimize/derivatives.ts'
import type { OptimizeStatus } from '../optimize/result.ts'
import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import { arimaColumns, regressorColumns } from './arima-columns.ts'
import { bridgeGaps, filterWithGaps, type SeriesGaps } from './arima-gaps.ts'
import {
  type ArimaOrder,
  checkOrder,
  coefficientCount,
  coefficientNames,
  expandCoefficients,
} from './arima-order.ts'
import { type ArimaSearch, searchArima } from './arima-search.ts'
import { filterArma } from './arma-likelihood.ts'
import { conditionalErrors } from './arma-squares.ts'
import { boxCox } from './box-cox.ts'
import { difference, meanOf } from './series.ts'

export interface ArimaOptions {
  readonly order: ArimaOrder
  /** A mean without differencing, a drift with one difference. Default `none`. */
  readonly constant?: 'none' | 'estimate'
  /** Box–Cox λ applied first; 0 takes logarithms. */
  readonly lambda?: number
  /** Row-major columns whose effects are estimated with the ARIMA process as their error, one row per observation. */
  readonly regressors?: Rows
  /**
   * Exact likelihood (default), or the sum of squares conditional on the first values, R's `method = "CSS"`, whose search does
   * not keep to stationary and invertible models.
   */
  readonly method?: 'likelihood' | 'conditionalSquares'
  /** 0 where an observation is missing: what stands there in y is not read. Only with the exact likelihood. */
  readonly valid?: ArrayLike<number>
}

export interface ArimaModel {
  readonly kind: 'arima'
  readonly version: 1
  readonly order: ArimaOrder
  readonly lambda: number | null
  /** ar1 …, ma1 …, sar1 …, sma1 …, then `constant` and the regressors x1 …. */
  readonly coefficients: Readonly<Record<string, number>>
  /** Null where the information matrix is not positive definite. */
  readonly standardErrors: Readonly<Record<string, number>> | null
  /** Innovation variance, degrees of freedom taken off: Σe²/(n − coefficients), as R's forecast. */
  readonly sigma2: number
  /** The same without: Σe²/n, as R's `arima`. */
  readonly innovationVariance: number
  readonly logLikelihood: number
  readonly aic: number
  readonly aicc: number
  readonly bic: number
  /**
   * Standardised one-step errors of the transformed series, gaps filled; 0 for the observations that differencing used up.
   */
  readonly residuals: readonly number[]
  /** The series, on the transformed scale, gaps filled by their expected values: forecasts go on from it. */
  readonly series: readonly number[]
  readonly method: 'likelihood' | 'conditionalSquares'
  /** Effects of the regressors at each observation, on the transformed scale; absent without any. */
  readonly regression?: readonly number[]
  readonly diagnostics: {
    readonly status: OptimizeStatus
    readonly iterations: number
    readonly gradientNorm: number
    readonly observations: number
  }
}

/**
 * Fits a seasonal ARIMA model by exact maximum likelihood of the differenced series; moving averages have the sign of
 * θ(B) = 1 + θ₁B + …. The search keeps to stationary and invertible models.
 * Observations may be missing (`valid`); the likelihood is then that of the others.
 * Cost about 50 evaluations of the likelihood, each O(n·m²) for m states, as many times more as observations are missing.
 * Source: Box and Jenkins (1970); Brockwell and Davis (1991), eq. 8.7.4 to 8.7.7; the parametrisation by partial
 * autocorrelations is of Jones (1980), https://doi.org/10.1080/00401706.1980.10486171
 * @throws StatsError `notFinite`, `insufficientData`, `invalidOption`, `zeroVariance`, `notConverged`; `lengthMismatch`,
 * `emptyData`, `singular` for regressors
 * @example
 * const order = { p: 1, d: 0, q: 0, seasonal: { P: 0, D: 0, Q: 0, period: 1 } }
 * fitArima([3, 4, 6, 5, 7, 6, 4, 5, 3, 4, 5, 6], { order, constant: 'estimate' }).coefficients.ar1 // → 0.2643799
 */
export function fitArima(y: ArrayLike<number>, options: ArimaOptions): ArimaModel {
  const { order } = options
  checkOrder(order)
  const { method = 'likelihood', regressors, valid } = options
  if (valid && method !== 'likelihood')
    throw new StatsError('invalidOption', 'Missing observations need the method "likelihood".')
  const given = valid ? bridgeGaps(y, valid) : y
  requireFiniteColumn('y', given)
  const series = options.lambda === undefined ? Float64Array.from(given) : boxCox(given, options.lambda)
  const withConstant = options.constant === 'estimate'
  const stages = order.d + order.seasonal.D
  if (withConstant && stages > 1)
    throw new StatsError(
      'invalidOption',
      `A constant after ${stages} differences is a polynomial trend; at most one difference was expected.`,
    )
  if (regressors && regressors.n !== series.length)
    throw new StatsError(
      'lengthMismatch',
      `There are ${regressors.n} rows of regressors for ${series.length} observations; one each was expected.`,
    )
  const used = order.d + order.seasonal.D * order.seasonal.period
  const count = coefficientCount(order)
  const free = count + (withConstant ? 1 : 0) + (regressors?.p ?? 0)
  const skip = method === 'conditionalSquares' ? order.p + order.seasonal.P * order.seasonal.period : 0
  const differenced = (values: Float64Array): Float64Array =>
    Float64Array.from(difference(difference(values, order.seasonal.period, order.seasonal.D), 1, order.d))
  const gaps = valid && gapsOf(valid, differenced)
  const lost = skip + used + (gaps?.at.length ?? 0)
  if (series.length - lost < free + 2)
    throw new StatsError(
      'insufficientData',
      `${series.length} observations leave ${Math.max(0, series.length - lost)} after differencing; more than ${free + 1} were expected for ${free} coefficients.`,
    )
  const x = differenced(series)
  const centre = withConstant ? meanOf(x) : 0
  const unit = Math.sqrt(meanOf(x.map((v) => (v - centre) ** 2)))
  if (!(unit > 1e-12 * Math.max(...series.map(Math.abs))))
    throw new StatsError(
      'zeroVariance',
      'The differenced series does not vary; there is nothing left to model.',
      { hint: 'A straight line or a constant describes it.' },
    )
  const n = x.length - (gaps?.at.length ?? 0)
  const columns = arimaColumns(x, unit, withConstant, regressors, order)
  const minusTwoLog = (v: Float64Array, by = method): number => {
    const { phi, theta } = expandCoefficients(order, v)
    const shifted = columns.shifted(v, count)
    let value: number
    if (by === 'likelihood') {
      const { square, logRatio } = gaps
        ? filterWithGaps(shifted, gaps, phi, theta)
        : filterArma(shifted, phi, theta)
      value = n * Math.log(square / n) + logRatio
    } else {
      const { square, count: terms } = conditionalErrors(shifted, phi, theta, phi.length)
      value = n * Math.log(square / terms)
    }
    return Number.isFinite(value) ? value : Infinity
  }
  const search = (by: ArimaModel['method'], further?: Float64Array): ArimaSearch =>
    searchArima((v) => minusTwoLog(v, by), order, columns.start, n, by === 'likelihood', further)
  // As R's "CSS-ML": the sum of squares may lead to a peak of the likelihood that searches from the middle miss.
  const squares = method === 'likelihood' && !gaps && count > 0
  const fit = search(method, squares ? naturalOrNone(() => search('conditionalSquares')) : undefined)
  const values = fit.natural
  const logLikelihood = -0.5 * (minusTwoLog(values) + n * (Math.log(2 * Math.PI) + 1)) - n * Math.log(unit)
  const { phi, theta } = expandCoefficients(order, values)
  const left = columns.shifted(values, count).map((v) => v * unit)
  const fill = gaps ? filterWithGaps(left, gaps, phi, theta).fill : []
  for (const [k, value] of fill.entries()) {
    series[gaps!.at[k]!]! += value
    for (let t = 0; t < left.length; t++) left[t]! += value * gaps!.columns[k]![t]!
  }
  const { errors, square, terms } = errorsOf(method, left, phi, theta, skip)
  const parameters = free + 1
  const aic = 2 * parameters - 2 * logLikelihood
  const beta = columns.toCoefficients(values.subarray(count))
  const names = [
    ...coefficientNames(order, withConstant),
    ...Array.from({ length: regressors?.p ?? 0 }, (_, j) => `x${j + 1}`),
  ]
  const covariance = covarianceOf((v) => 0.5 * minusTwoLog(v), values)
  const standardErrors =
    covariance && errorsInOwnUnits(covariance, count, columns.count, columns.toCoefficients)
  return Object.freeze({
    kind: 'arima',
    version: 1,
    order,
    lambda: options.lambda ?? null,
    coefficients: byName(names, [...values.subarray(0, count), ...beta]),
    standardErrors: standardErrors && byName(names, standardErrors),
    sigma2: square / (terms - fill.length - free),
    innovationVariance: square / (terms - fill.length),
    logLikelihood,
    aic,
    aicc: n > parameters + 1 ? aic + (2 * parameters * (parameters + 1)) / (n - parameters - 1) : Infinity,
    bic: aic + (Math.log(n) - 2) * parameters,
    residuals: [...new Float64Array(used), ...errors],
    series: Array.from(series),
    method,
    ...(regressors ? { regression: regressionOf(regressors, beta.subarray(withConstant ? 1 : 0)) } : {}),
    diagnostics: {
      status: fit.status,
      iterations: fit.iterations,
      gradientNorm: fit.gradientNorm,
      observations: n,
    },
  })
}

function naturalOrNone(search: () => ArimaSearch): Float64Array | undefined {
  try {
    return search().natural
  } catch (error) {
    if (error instanceof StatsError) return undefined
    throw error
  }
}

function gapsOf(
  valid: ArrayLike<number>,
  differenced: (values: Float64Array) => Float64Array,
): SeriesGaps | undefined {
  const at = Array.from(valid).flatMap((v, t) => (v === 0 ? [t] : []))
  if (at.length === 0) return undefined
  const columns = at.map((place) =>
    differenced(Float64Array.from({ length: valid.length }, (_, t) => (t === place ? 1 : 0))),
  )
  return { at, columns }
}

function byName(names: readonly string[], values: ArrayLike<number>): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]))
}

/** Effects of regressors, row by row. */
export function regressionOf(regressors: Rows, beta: ArrayLike<number>): number[] {
  const columns = regressorColumns(regressors)
  return Array.from({ length: regressors.n }, (_, t) =>
    columns.reduce((sum, column, k) => sum + beta[k]! * column[t]!, 0),
  )
}

function errorsOf(
  method: ArimaModel['method'],
  left: Float64Array,
  phi: Float64Array,
  theta: Float64Array,
  skip: number,
): { readonly errors: Float64Array; readonly square: number; readonly terms: number } {
  if (method === 'conditionalSquares') {
    const { errors, square, count } = conditionalErrors(left, phi, theta, skip)
    return { errors, square, terms: count }
  }
  const filter = filterArma(left, phi, theta)
  const errors = left.map((v, t) => (v - filter.prediction[t]!) / Math.sqrt(filter.ratio[t]!))
  return { errors, square: filter.square, terms: left.length }
}

/** Standard errors with those of the orthogonal columns turned into the caller's. */
function errorsInOwnUnits(
  covariance: Float64Array,
  count: number,
  columns: number,
  toCoefficients: (b: ArrayLike<number>) => Float64Array,
): Float64Array {
  const size = count + columns
  const turned = Array.from({ length: columns }, (_, k) =>
    toCoefficients(Float64Array.from({ length: columns }, (_other, j) => (j === k ? 1 : 0))),
  )
  return Float64Array.from({ length: size }, (_, i) => {
    if (i < count) return Math.sqrt(covariance[i * size + i]!)
    let variance = 0
    for (let j = 0; j < columns; j++)
      for (let k = 0; k < columns; k++)
        variance +=
          turned[j]![i - count]! * turned[k]![i - count]! * covariance[(count + j) * size + count + k]!
    return Math.sqrt(variance)
  })
}

function covarianceOf(negativeLog: (v: Float64Array) => number, at: Float64Array): Float64Array | null {
  if (at.length === 0) return at
  const hessian = valueDifferences(negativeLog, at, 1e-3)
  if (!hessian.every(Number.isFinite)) return null
  try {
    return invertSymmetric(hessian, at.length)
  } catch (error) {
    if (error instanceof StatsError) return null
    throw error
  }
}
