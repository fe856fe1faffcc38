import { invertSymmetric } from '../linalg/cholesky.ts'
import { valueDifferences } from '../optimize/derivatives.ts'
import { minimizeLbfgs } from '../optimize/lbfgs.ts'
import type { OptimizeStatus } from '../optimize/result.ts'
import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import {
  type ArimaOrder,
  checkOrder,
  coefficientCount,
  coefficientNames,
  expandCoefficients,
  fromPartials,
} from './arima-order.ts'
import { filterArma } from './arma-likelihood.ts'
import { boxCox } from './box-cox.ts'
import { difference, meanOf } from './series.ts'

export interface ArimaOptions {
  readonly order: ArimaOrder
  /** A mean without differencing, a drift with one difference. Default `none`. */
  readonly constant?: 'none' | 'estimate'
  /** Box–Cox λ applied first; 0 takes logarithms. */
  readonly lambda?: number
}

export interface ArimaModel {
  readonly kind: 'arima'
  readonly version: 1
  readonly order: ArimaOrder
  readonly lambda: number | null
  /** ar1 …, ma1 …, sar1 …, sma1 …, then `constant`. */
  readonly coefficients: Readonly<Record<string, number>>
  /** Null where the information matrix is not positive definite. */
  readonly standardErrors: Readonly<Record<string, number>> | null
  /** Innovation variance, degrees of freedom taken off: Σe²/(n − coefficients). */
  readonly sigma2: number
  readonly logLikelihood: number
  readonly aic: number
  readonly aicc: number
  readonly bic: number
  /** Standardised one-step errors of the transformed series; 0 for the observations that differencing used up. */
  readonly residuals: readonly number[]
  /** The series, on the transformed scale: forecasts go on from it. */
  readonly series: readonly number[]
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
 * Cost about 50 evaluations of the likelihood, each O(n·m²) for m states.
 * Source: Box and Jenkins (1970); Brockwell and Davis (1991), eq. 8.7.4 to 8.7.7; the parametrisation by partial
 * autocorrelations is of Jones (1980), https://doi.org/10.1080/00401706.1980.10486171
 * @throws StatsError `notFinite`, `insufficientData`, `invalidOption`, `zeroVariance`, `notConverged`
 * @example
 * const order = { p: 1, d: 0, q: 0, seasonal: { P: 0, D: 0, Q: 0, period: 1 } }
 * fitArima([3, 4, 6, 5, 7, 6, 4, 5, 3, 4, 5, 6], { order, constant: 'estimate' }).coefficients.ar1 // → 0.2643799
 */
export function fitArima(y: ArrayLike<number>, options: ArimaOptions): ArimaModel {
  const { order } = options
  checkOrder(order)
  requireFiniteColumn('y', y)
  const series = options.lambda === undefined ? Float64Array.from(y) : boxCox(y, options.lambda)
  const withConstant = options.constant === 'estimate'
  const stages = order.d + order.seasonal.D
  if (withConstant && stages > 1)
    throw new StatsError(
      'invalidOption',
      `A constant after ${stages} differences is a polynomial trend; at most one difference was expected.`,
    )
  const used = order.d + order.seasonal.D * order.seasonal.period
  const count = coefficientCount(order)
  const free = count + (withConstant ? 1 : 0)
  if (series.length - used < free + 2)
    throw new StatsError(
      'insufficientData',
      `${series.length} observations leave ${Math.max(0, series.length - used)} after differencing; more than ${free + 1} were expected for ${free} coefficients.`,
    )
  const x = difference(difference(series, order.seasonal.period, order.seasonal.D), 1, order.d)
  const centre = withConstant ? meanOf(x) : 0
  const unit = Math.sqrt(meanOf(x.map((v) => (v - centre) ** 2)))
  if (!(unit > 1e-12 * Math.max(...series.map(Math.abs))))
    throw new StatsError(
      'zeroVariance',
      'The differenced series does not vary; there is nothing left to model.',
      { hint: 'A straight line or a constant describes it.' },
    )
  const n = x.length
  const minusTwoLog = (v: Float64Array): number => {
    const { phi, theta } = expandCoefficients(order, v)
    const shifted = withConstant ? x.map((value) => value / unit - v[count]!) : x.map((value) => value / unit)
    const { square, logRatio } = filterArma(shifted, phi, theta)
    const value = n * Math.log(square / n) + logRatio
    return Number.isFinite(value) ? value : Infinity
  }
  const fit = search(minusTwoLog, order, count, withConstant ? centre / unit : undefined, n)
  const values = fit.natural
  const logLikelihood = -0.5 * (minusTwoLog(values) + n * (Math.log(2 * Math.PI) + 1)) - n * Math.log(unit)
  const { phi, theta } = expandCoefficients(order, values)
  const shift = withConstant ? values[count]! * unit : 0
  const filter = filterArma(
    x.map((v) => v - shift),
    phi,
    theta,
  )
  const errors = x.map((v, t) => (v - shift - filter.prediction[t]!) / Math.sqrt(filter.ratio[t]!))
  const parameters = free + 1
  const aic = 2 * parameters - 2 * logLikelihood
  const names = coefficientNames(order, withConstant)
  const onScale = (v: ArrayLike<number>): number[] => names.map((_, i) => v[i]! * (i === count ? unit : 1))
  const errorsOf = standardErrors((v) => 0.5 * minusTwoLog(v), values)
  return Object.freeze({
    kind: 'arima',
    version: 1,
    order,
    lambda: options.lambda ?? null,
    coefficients: Object.fromEntries(onScale(values).map((v, i) => [names[i]!, v])),
    standardErrors: errorsOf && Object.fromEntries(onScale(errorsOf).map((v, i) => [names[i]!, v])),
    sigma2: filter.square / (n - free),
    logLikelihood,
    aic,
    aicc: n > parameters + 1 ? aic + (2 * parameters * (parameters + 1)) / (n - parameters - 1) : Infinity,
    bic: aic + (Math.log(n) - 2) * parameters,
    residuals: [...new Float64Array(used), ...errors],
    series: Array.from(series),
    diagnostics: {
      status: fit.status,
      iterations: fit.iterations,
      gradientNorm: fit.gradientNorm,
      observations: n,
    },
  })
}

/** L-BFGS on the inverse hyperbolic tangents of partial autocorrelations, from zero and from one alternative. */
function search(
  objective: (v: Float64Array) => number,
  order: ArimaOrder,
  count: number,
  mean: number | undefined,
  n: number,
) {
  const size = count + (mean === undefined ? 0 : 1)
  const natural = (u: Float64Array): Float64Array => {
    const v = fromPartials(order, u)
    return mean === undefined ? v : Float64Array.from([...v, u[count]!])
  }
  if (size === 0)
    return { natural: new Float64Array(0), status: 'converged' as const, iterations: 0, gradientNorm: 0 }
  const f = (u: Float64Array): number => objective(natural(u)) / n
  const withGradient = (u: Float64Array, gradient: Float64Array): number => {
    const point = u.slice()
    for (let i = 0; i < size; i++) {
      const h = 1e-5
      point[i] = u[i]! + h
      const up = f(point)
      point[i] = u[i]! - h
      gradient[i] = (up - f(point)) / (2 * h)
      point[i] = u[i]!
    }
    return f(u)
  }
  const starts = [
    new Float64Array(size),
    Float64Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 0.3 : -0.3)),
  ]
  if (mean !== undefined) for (const start of starts) start[count] = mean
  let best: ReturnType<typeof minimizeLbfgs> | undefined
  for (const start of starts) {
    const found = minimizeLbfgs(withGradient, start, {
      gradientTolerance: 1e-6,
      valueTolerance: 1e-12,
      maxIterations: 300,
    })
    if (!best || found.value < best.value - 1e-9) best = found
  }
  if (!best || best.gradientNorm > 0.05)
    throw new StatsError(
      'notConverged',
      `The ARIMA fit stopped after ${best?.iterations ?? 0} iterations with gradient ${best?.gradientNorm ?? 'unknown'}.`,
      { hint: 'Use a smaller order.' },
    )
  return {
    natural: natural(best.x),
    status: best.status,
    iterations: best.iterations,
    gradientNorm: best.gradientNorm,
  }
}

function standardErrors(negativeLog: (v: Float64Array) => number, at: Float64Array): Float64Array | null {
  if (at.length === 0) return at
  const hessian = valueDifferences(negativeLog, at, 1e-3)
  if (!hessian.every(Number.isFinite)) return null
  try {
    const covariance = invertSymmetric(hessian, at.length)
    return at.map((_, i) => Math.sqrt(covariance[i * at.length + i]!))
  } catch (error) {
    if (error instanceof StatsError) return null
    throw error
  }
}
