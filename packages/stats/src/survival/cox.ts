import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { invertSymmetric } from '../linalg/cholesky.ts'
import { quadraticForm } from '../linalg/products.ts'
import { minimizeNewton } from '../optimize/newton.ts'
import type { OptimizeStatus } from '../optimize/result.ts'
import { StatsError } from '../stats-error.ts'
import { type CoxBaseline, coxBaseline } from './cox-baseline.ts'
import { exactLikelihood } from './cox-exact.ts'
import {
  type CoxData,
  type CoxLayout,
  type CoxTies,
  layOut,
  requireSummableTies,
  requireTies,
  riskScores,
  sweepEvents,
  tieSteps,
} from './cox-risk-sets.ts'
import { robustCovariance } from './cox-robust.ts'

export interface CoxOptions {
  /**
   * R and lifelines use Efron's rule by default, statsmodels Breslow's. `exact` takes tied events for simultaneous, as
   * where time is counted in whole periods (R's `method = "exact"`).
   */
  readonly ties: CoxTies
  /**
   * Subtracts (θ/2)·Σ (β·scale)² from the log-likelihood; `standardised` scales by the covariates' standard deviations
   * (R's `ridge(scale = TRUE)`, lifelines' penalizer·n), `raw` by 1.
   */
  readonly ridge?: { readonly theta: number; readonly scale: 'standardised' | 'raw' }
  /** Lin and Wei's sandwich covariance, over clusters where given. */
  readonly robust?: boolean
  readonly cluster?: ArrayLike<number>
  readonly maxIterations?: number
}

export interface CoxModel {
  readonly kind: 'cox'
  readonly version: 1
  readonly ties: CoxTies
  readonly coefficients: readonly number[]
  /** Robust where asked for. */
  readonly standardErrors: readonly number[]
  /** Row-major p×p. */
  readonly covariance: readonly number[]
  /** Inverse information, also where the covariance is robust. */
  readonly naiveCovariance: readonly number[]
  readonly means: readonly number[]
  /** Whether a covariate holds only −1, 0 and 1. */
  readonly indicators: readonly boolean[]
  readonly logLikelihood: number
  readonly nullLogLikelihood: number
  readonly tests: {
    readonly likelihoodRatio: ChiSquareTest
    readonly wald: ChiSquareTest
    readonly score: ChiSquareTest
  }
  /** Cumulative hazard at the covariates' means, one per stratum. */
  readonly baseline: readonly CoxBaseline[]
  readonly diagnostics: {
    readonly status: OptimizeStatus
    readonly iterations: number
    readonly gradientNorm: number
  }
  readonly data: { readonly rows: number; readonly events: number; readonly covariates: number }
}

export interface ChiSquareTest {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
}

/**
 * Fits the proportional hazards model by Newton's method on the partial likelihood, with strata, offset, case weights,
 * delayed entry and time-varying covariates (several rows (entry, time] a subject).
 * Each iteration is one sweep: O(n·p²).
 * Cost one sweep an iteration, O(n·p²); with exact ties O(n·events·p²).
 * Source: Cox (1972), https://www.jstor.org/stable/2985181; Breslow (1974); Efron (1977), eq. 4.1;
 * Therneau and Grambsch (2000), chapter 3; Gail, Lubin and Rubinstein (1981) for exact ties,
 * https://doi.org/10.1093/biomet/68.3.703; Lin and Wei (1989) for the robust covariance.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `insufficientData` without an event,
 * `zeroVariance` for a constant covariate, `separation` where a coefficient runs to infinity, `singular` for
 * dependent covariates, `unsupported` for exact ties with weights or a robust covariance
 * @example
 * const data = { time: [1, 2, 3, 4, 5], event: [1, 1, 0, 1, 1], x: Float64Array.of(1, 0, 1, 0, 0), p: 1 }
 * fitCox(data, { ties: 'efron' }).coefficients // → [0.7520387]
 */
export function fitCox(data: CoxData, options: CoxOptions): CoxModel {
  requireTies(options.ties)
  const robust = options.robust === true || options.cluster !== undefined
  if (robust) requireSummableTies(options.ties)
  const layout = layOut(data)
  const { n, p } = layout
  const events = Array.from(data.event).reduce((a, b) => a + b, 0)
  if (events === 0)
    throw new StatsError('insufficientData', 'No row has an event, so there is no hazard to model.')
  const scale = spread(data, layout)
  const penalty = new Float64Array(p)
  if (options.ridge)
    for (let j = 0; j < p; j++)
      penalty[j] = options.ridge.theta * (options.ridge.scale === 'standardised' ? scale[j]! ** 2 : 1)
  const start = new Float64Array(p)
  const nullGradient = new Float64Array(p)
  const nullHessian = new Float64Array(p * p)
  const nullLogLikelihood = -partialLikelihood(data, layout, options.ties, start, nullGradient, nullHessian)
  const fit = minimizeNewton(
    (beta, gradient, hessian) => {
      let value = partialLikelihood(data, layout, options.ties, beta, gradient, hessian)
      for (let j = 0; j < p; j++) {
        value += 0.5 * penalty[j]! * beta[j]! ** 2
        gradient[j]! += penalty[j]! * beta[j]!
        hessian[j * p + j]! += penalty[j]!
      }
      return value
    },
    start,
    { maxIterations: options.maxIterations ?? 50 },
  )
  for (let j = 0; j < p; j++)
    if (Math.abs(fit.x[j]! * scale[j]!) > 15)
      throw new StatsError(
        'separation',
        `The coefficient of covariate ${j} runs to infinity: it separates the rows with events from the others.`,
        {
          hint: 'Leave the covariate out, merge its levels, or add a ridge penalty.',
          context: { covariate: j },
        },
      )
  if (fit.status === 'iterationLimit')
    throw new StatsError(
      'notConverged',
      `The Cox fit stopped after ${fit.iterations} iterations with gradient ${fit.gradientNorm}.`,
    )
  const gradient = new Float64Array(p)
  const information = new Float64Array(p * p)
  const logLikelihood = -partialLikelihood(data, layout, options.ties, fit.x, gradient, information)
  const unpenalised = information.slice()
  for (let j = 0; j < p; j++) information[j * p + j]! += penalty[j]!
  const naive = invertSymmetric(information, p)
  const beta = Array.from(fit.x)
  const covariance = robust
    ? robustCovariance(data, layout, options.ties, fit.x, naive, options.cluster)
    : naive
  return Object.freeze({
    kind: 'cox',
    version: 1,
    ties: options.ties,
    coefficients: beta,
    standardErrors: beta.map((_, j) => Math.sqrt(covariance[j * p + j]!)),
    covariance: Array.from(covariance),
    naiveCovariance: Array.from(naive),
    means: Array.from(layout.means),
    indicators: beta.map((_, j) => isIndicator(data.x, p, j)),
    logLikelihood,
    nullLogLikelihood,
    tests: {
      likelihoodRatio: test(2 * (logLikelihood - nullLogLikelihood), p),
      wald: test(quadraticForm(robust ? invertSymmetric(covariance, p) : unpenalised, fit.x), p),
      score: test(quadraticForm(invertSymmetric(nullHessian, p), nullGradient), p),
    },
    baseline: coxBaseline(data, layout, options.ties, fit.x),
    diagnostics: { status: fit.status, iterations: fit.iterations, gradientNorm: fit.gradientNorm },
    data: { rows: n, events, covariates: p },
  })
}

/** Negative log partial likelihood; writes its gradient and Hessian (row-major). */
export function partialLikelihood(
  data: CoxData,
  layout: CoxLayout,
  ties: CoxTies,
  beta: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
): number {
  if (ties === 'exact') return exactLikelihood(data, layout, beta, gradient, hessian)
  const { p, centred } = layout
  const { eta, risk } = riskScores(layout, beta, data.offset)
  let value = 0
  gradient.fill(0)
  hessian.fill(0)
  for (const stratum of layout.strata)
    sweepEvents(data, layout, stratum, risk, 2, (set) => {
      const steps = tieSteps(ties, set.rows.length)
      for (const row of set.rows) {
        const weight = data.weights ? data.weights[row]! : 1
        value -= weight * eta[row]!
        for (let j = 0; j < p; j++) gradient[j]! -= weight * centred[row * p + j]!
      }
      const share = set.weight / steps
      for (let l = 0; l < steps; l++) {
        const c = l / steps
        const s0 = set.s0 - c * set.d0
        value += share * Math.log(s0)
        for (let a = 0; a < p; a++) {
          const mean = (set.s1[a]! - c * set.d1[a]!) / s0
          gradient[a]! += share * mean
          for (let b = 0; b <= a; b++) {
            const other = (set.s1[b]! - c * set.d1[b]!) / s0
            hessian[a * p + b]! += share * ((set.s2[a * p + b]! - c * set.d2[a * p + b]!) / s0 - mean * other)
          }
        }
      }
    })
  for (let a = 0; a < p; a++) for (let b = 0; b < a; b++) hessian[b * p + a] = hessian[a * p + b]!
  return Number.isFinite(value) ? value : Infinity
}

function isIndicator(x: Float64Array, p: number, j: number): boolean {
  for (let k = j; k < x.length; k += p) if (x[k] !== 0 && x[k] !== 1 && x[k] !== -1) return false
  return true
}

function spread(data: CoxData, layout: CoxLayout): Float64Array {
  const { n, p, centred } = layout
  const sums = new Float64Array(p)
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) sums[j]! += centred[i * p + j]! ** 2
  return sums.map((sum, j) => {
    const sd = Math.sqrt(sum / Math.max(1, n - 1))
    if (!(sd > 1e-12 * Math.abs(layout.means[j]!) && sd > 0))
      throw new StatsError(
        'zeroVariance',
        `Covariate ${j} has the same value in all ${data.time.length} rows.`,
        { hint: 'Leave it out.', context: { covariate: j } },
      )
    return sd
  })
}

function test(statistic: number, degreesOfFreedom: number): ChiSquareTest {
  const value = Math.max(0, statistic)
  return { statistic: value, degreesOfFreedom, pValue: chiSquareSurvival(value, degreesOfFreedom) }
}
