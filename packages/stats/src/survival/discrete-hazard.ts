import { invertSymmetric } from '../linalg/cholesky.ts'
import { minimizeNewton } from '../optimize/newton.ts'
import type { OptimizeStatus } from '../optimize/result.ts'
import { StatsError } from '../stats-error.ts'
import { checkTimes, type DiscreteTimes } from './period-hazards.ts'

export interface DiscreteHazardOptions {
  /** `logit` gives odds ratios, `cloglog` the hazard ratios of an underlying continuous model. */
  readonly link: 'logit' | 'cloglog'
  /** Which cause counts as the event; others censor (cause-specific). Default 1. */
  readonly cause?: number
  /** A level for each period, or a polynomial of that degree in the period. */
  readonly baseline: 'perPeriod' | number
}

export interface DiscreteHazardModel {
  readonly kind: 'discreteHazard'
  readonly version: 1
  readonly link: 'logit' | 'cloglog'
  readonly baseline: 'perPeriod' | number
  readonly periods: number
  /** Baseline terms first, then covariates. */
  readonly coefficients: readonly number[]
  readonly standardErrors: readonly number[]
  readonly covariates: number
  readonly logLikelihood: number
  readonly diagnostics: {
    readonly status: OptimizeStatus
    readonly iterations: number
    readonly gradientNorm: number
    readonly observations: number
  }
}

/**
 * Regression of the chance of an event in each period on covariates, among those still at risk, without expanding the
 * data to one row per subject and period.
 * Cost per iteration: person-periods × (covariates + baseline terms)².
 * Source: Cox (1972), section 3; Prentice and Gloeckler (1978); Singer and Willett (1993), https://doi.org/10.3102/10769986018002155
 * @param x row-major n×p covariates, constant over a subject's time
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `notPositiveDefinite`,
 * `insufficientData` without an event, `separation` for a period without events or a separating covariate
 * @example
 * const data = { time: [1, 2, 2, 3, 3, 3, 1, 2], cause: [1, 1, 0, 1, 0, 1, 0, 1] }
 * const model = fitDiscreteHazard(data, Float64Array.of(1, 0, 1, 0, 1, 1, 0, 0), 1, { link: 'logit', baseline: 'perPeriod' })
 * model.diagnostics.observations // → 8
 */
export function fitDiscreteHazard(
  data: DiscreteTimes,
  x: Float64Array,
  p: number,
  options: DiscreteHazardOptions,
): DiscreteHazardModel {
  const n = checkTimes(data)
  if (x.length !== n * p)
    throw new StatsError(
      'lengthMismatch',
      `x has ${x.length} values; ${n} rows of ${p} covariates were expected.`,
    )
  const cause = options.cause ?? 1
  const periods = Array.from(data.time).reduce((a, b) => Math.max(a, b), 0)
  const terms = options.baseline === 'perPeriod' ? periods : options.baseline + 1
  const size = terms + p
  const counts = new Float64Array(periods)
  let total = 0
  for (let i = 0; i < n; i++)
    if (data.cause[i] === cause) {
      counts[data.time[i]! - 1]! += data.weights ? data.weights[i]! : 1
      total++
    }
  if (total === 0) throw new StatsError('insufficientData', `No subject has an event of cause ${cause}.`)
  const empty = counts.indexOf(0)
  if (options.baseline === 'perPeriod' && empty >= 0)
    throw new StatsError(
      'separation',
      `Period ${empty + 1} has no event, so its level runs to minus infinity.`,
      { hint: 'Use a polynomial baseline, or merge periods.', context: { period: empty + 1 } },
    )
  const row = new Float64Array(size)
  const fill = (i: number, period: number): void => {
    baselineTerms(options.baseline, period, periods, row)
    for (let j = 0; j < p; j++) row[terms + j] = x[i * p + j]!
  }
  const start = new Float64Array(size)
  const rate = total / Array.from(data.time).reduce((a, b) => a + b, 0)
  const level =
    options.link === 'logit'
      ? Math.log(rate / (1 - Math.min(rate, 0.999)))
      : Math.log(-Math.log1p(-Math.min(rate, 0.999)))
  if (options.baseline === 'perPeriod') start.fill(level, 0, terms)
  else start[0] = level
  const fit = minimizeNewton(
    (beta, gradient, hessian) => {
      let value = 0
      gradient.fill(0)
      hessian.fill(0)
      for (let i = 0; i < n; i++) {
        const weight = data.weights ? data.weights[i]! : 1
        for (let period = 1; period <= data.time[i]!; period++) {
          fill(i, period)
          let eta = 0
          for (let a = 0; a < size; a++) eta += row[a]! * beta[a]!
          const { loss, slope, curvature } = lossAt(
            options.link,
            eta,
            data.cause[i] === cause && period === data.time[i],
          )
          value += weight * loss
          for (let a = 0; a < size; a++) {
            if (row[a] === 0) continue
            gradient[a]! += weight * slope * row[a]!
            for (let b = 0; b <= a; b++) hessian[a * size + b]! += weight * curvature * row[a]! * row[b]!
          }
        }
      }
      for (let a = 0; a < size; a++)
        for (let b = 0; b < a; b++) hessian[b * size + a] = hessian[a * size + b]!
      return value
    },
    start,
    { maxIterations: 60 },
  )
  if (fit.x.some((v) => Math.abs(v) > 1e4) || fit.status !== 'converged')
    throw new StatsError(
      'separation',
      `The discrete hazard fit did not settle (gradient ${fit.gradientNorm}); a covariate or period separates events from non-events.`,
      { hint: 'Leave that covariate out, or use a polynomial baseline.' },
    )
  const hessian = new Float64Array(size * size)
  informationAt(data, n, cause, options.link, fit.x, size, fill, row, hessian)
  const covariance = invertSymmetric(hessian, size)
  return Object.freeze({
    kind: 'discreteHazard',
    version: 1,
    link: options.link,
    baseline: options.baseline,
    periods,
    coefficients: Array.from(fit.x),
    standardErrors: Array.from(fit.x, (_, a) => Math.sqrt(covariance[a * size + a]!)),
    covariates: p,
    logLikelihood: -fit.value,
    diagnostics: {
      status: fit.status,
      iterations: fit.iterations,
      gradientNorm: fit.gradientNorm,
      observations: n,
    },
  })
}

/**
 * Hazard of each row of `x` in each period 1 … `periods`, row-major rows×periods.
 * Range: (0, 1).
 * Cost O(rows × (p + periods)).
 * Source: Singer and Willett (1993), https://doi.org/10.3102/10769986018002155
 * @throws StatsError `invalidOption` beyond the observed periods
 * @example
 * const data = { time: [1, 2, 2, 3, 3, 3, 1, 2], cause: [1, 1, 0, 1, 0, 1, 0, 1] }
 * const model = fitDiscreteHazard(data, new Float64Array(0), 0, { link: 'logit', baseline: 'perPeriod' })
 * predictDiscreteHazard(model, new Float64Array(0), 3) // → [0.125, 0.3333333, 0.6666667]
 */
export function predictDiscreteHazard(
  model: DiscreteHazardModel,
  x: Float64Array,
  periods: number,
): Float64Array {
  if (!Number.isInteger(periods) || periods < 1 || periods > model.periods)
    throw new StatsError(
      'invalidOption',
      `periods is ${periods}; a whole number between 1 and the observed ${model.periods} was expected.`,
    )
  const p = model.covariates
  const rows = p === 0 ? 1 : x.length / p
  const terms = model.coefficients.length - p
  const row = new Float64Array(model.coefficients.length)
  const hazard = new Float64Array(rows * periods)
  for (let i = 0; i < rows; i++)
    for (let period = 1; period <= periods; period++) {
      baselineTerms(model.baseline, period, model.periods, row)
      let eta = 0
      for (let a = 0; a < terms; a++) eta += row[a]! * model.coefficients[a]!
      for (let j = 0; j < p; j++) eta += x[i * p + j]! * model.coefficients[terms + j]!
      hazard[i * periods + period - 1] =
        model.link === 'logit' ? 1 / (1 + Math.exp(-eta)) : -Math.expm1(-Math.exp(eta))
    }
  return hazard
}

function informationAt(
  data: DiscreteTimes,
  n: number,
  cause: number,
  link: 'logit' | 'cloglog',
  beta: Float64Array,
  size: number,
  fill: (i: number, period: number) => void,
  row: Float64Array,
  hessian: Float64Array,
): void {
  for (let i = 0; i < n; i++)
    for (let period = 1; period <= data.time[i]!; period++) {
      fill(i, period)
      let eta = 0
      for (let a = 0; a < size; a++) eta += row[a]! * beta[a]!
      const weight =
        (data.weights ? data.weights[i]! : 1) *
        lossAt(link, eta, data.cause[i] === cause && period === data.time[i]).curvature
      for (let a = 0; a < size; a++)
        for (let b = 0; b < size; b++) hessian[a * size + b]! += weight * row[a]! * row[b]!
    }
}

function baselineTerms(
  baseline: 'perPeriod' | number,
  period: number,
  periods: number,
  row: Float64Array,
): void {
  if (baseline === 'perPeriod') {
    row.fill(0, 0, periods)
    row[period - 1] = 1
  } else for (let k = 0; k <= baseline; k++) row[k] = (period / periods) ** k
}

/** Negative log-likelihood of one period with its first and second derivative in the linear predictor. */
function lossAt(
  link: 'logit' | 'cloglog',
  eta: number,
  event: boolean,
): { readonly loss: number; readonly slope: number; readonly curvature: number } {
  if (link === 'logit') {
    const chance = 1 / (1 + Math.exp(-eta))
    const loss = Math.max(eta, 0) + Math.log1p(Math.exp(-Math.abs(eta))) - (event ? eta : 0)
    return { loss, slope: chance - (event ? 1 : 0), curvature: chance * (1 - chance) }
  }
  const rate = Math.exp(Math.min(eta, 700))
  if (!event) return { loss: rate, slope: rate, curvature: rate }
  const rest = Math.expm1(rate)
  const slope = rest === Infinity ? 0 : -rate / rest
  const curvature = rest === Infinity ? 0 : slope * (1 - rate - rate / rest)
  return { loss: -Math.log(-Math.expm1(-rate)), slope, curvature }
}
