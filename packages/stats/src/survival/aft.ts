import { invertSymmetric } from '../linalg/cholesky.ts'
import { multiply } from '../linalg/products.ts'
import { gradientDifferences } from '../optimize/derivatives.ts'
import { minimizeLbfgs } from '../optimize/lbfgs.ts'
import type { OptimizeStatus } from '../optimize/result.ts'
import { StatsError } from '../stats-error.ts'
import type { AftDistribution } from './aft-distributions.ts'
import { aftRow } from './aft-likelihood.ts'
import { checkSurvival, type SurvivalData } from './survival-data.ts'

export interface AftData extends SurvivalData {
  /** Row-major n×p covariates with no constant; the intercept is added. Absent for a fit without covariates. */
  readonly x?: Float64Array
  readonly p?: number
  /**
   * For rows without an event at `time`: the event is known to lie in (time, upper]; Infinity where it had not come by
   * `time`. A time of 0 then says only that it came by `upper`. All Infinity when absent.
   */
  readonly upper?: ArrayLike<number>
}

export interface AftOptions {
  /** Sandwich covariance, over clusters where given (R's `survreg(robust = TRUE)`). */
  readonly robust?: boolean
  readonly cluster?: ArrayLike<number>
}

export interface AftModel {
  readonly kind: 'aft'
  readonly version: 1
  readonly distribution: AftDistribution
  /** Intercept first, then covariates; on the scale of ln time. */
  readonly coefficients: readonly number[]
  /** σ in ln T = xβ + σε; 1 for the exponential. */
  readonly scale: number
  /** Of the coefficients, then of ln σ (not for the exponential). */
  readonly standardErrors: readonly number[]
  /** Row-major, in the order of `standardErrors`. */
  readonly covariance: readonly number[]
  /** On the time scale, constants included. */
  readonly logLikelihood: number
  /** 2k − 2·logL, and k·ln(rows) − 2·logL. */
  readonly aic: number
  readonly bic: number
  readonly diagnostics: {
    readonly status: OptimizeStatus
    readonly iterations: number
    readonly gradientNorm: number
  }
  readonly data: { readonly rows: number; readonly events: number; readonly covariates: number }
}

/**
 * Fits ln T = β₀ + xβ + σε by maximum likelihood; ε is extreme-value (Weibull, exponential), normal or logistic.
 * For the Weibull, S(t) = exp(−(t/λ)^ρ) with λ = exp(β₀ + xβ) and ρ = 1/σ; for the log-logistic α = λ and β = 1/σ.
 * Cost about 50 evaluations of O(n·p).
 * Source: Kalbfleisch and Prentice (2002), sections 2.2 and 3.6, https://doi.org/10.1002/9781118032985
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` for a time ≤ 0, `insufficientData`
 * without an event, `notConverged`, `notPositiveDefinite`
 * @example
 * const data = { time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }
 * fitAft(data, 'weibull').coefficients // → [2.064314]
 */
export function fitAft(data: AftData, distribution: AftDistribution, options: AftOptions = {}): AftModel {
  const n = checkSurvival(data)
  const p = data.x ? (data.p ?? 0) : 0
  if (data.x && data.x.length !== n * p)
    throw new StatsError(
      'lengthMismatch',
      `x has ${data.x.length} values; ${n} rows of ${p} covariates were expected.`,
    )
  if (data.upper && data.upper.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `upper has ${data.upper.length} values and time has ${n}; equal lengths were expected.`,
    )
  const isInterval = (i: number): boolean =>
    data.event[i] === 0 && data.upper !== undefined && data.upper[i]! < Infinity
  let events = 0
  for (let i = 0; i < n; i++) if (data.event[i] === 1 || isInterval(i)) events++
  if (events === 0)
    throw new StatsError(
      'insufficientData',
      'No row has an event, so no lifetime distribution can be fitted.',
    )
  for (let i = 0; i < n; i++)
    if (isInterval(i) && !(data.time[i]! >= 0 && data.upper![i]! > data.time[i]!))
      throw new StatsError(
        'outOfDomain',
        `Row ${i} has its event between ${data.time[i]} and ${data.upper![i]}; 0 ≤ time < upper was expected.`,
        { context: { index: i } },
      )
    else if (!isInterval(i) && !(data.time[i]! > 0))
      throw new StatsError(
        'outOfDomain',
        `time is ${data.time[i]} in row ${i}; accelerated failure time models need times greater than zero.`,
        { context: { index: i } },
      )
  const { centres, spreads } = standardise(data, n, p)
  const free = distribution === 'exponential' ? 0 : 1
  const size = p + 1 + free
  const z = Float64Array.from({ length: n * p }, (_, k) => (data.x![k]! - centres[k % p]!) / spreads[k % p]!)
  const objective = aftObjective(data, n, p, z, distribution)
  let meanLog = 0
  for (let i = 0; i < n; i++)
    meanLog += Math.log(isInterval(i) ? (data.time[i]! + data.upper![i]!) / 2 : data.time[i]!) / n
  const start = new Float64Array(size)
  start[0] = meanLog + 0.5
  if (free) start[p + 1] = Math.log(0.7)
  const fit = minimizeLbfgs(objective, start, { gradientTolerance: 1e-10, maxIterations: 1000 })
  if (fit.status !== 'converged')
    throw new StatsError(
      'notConverged',
      `The ${distribution} fit stopped after ${fit.iterations} iterations with gradient ${fit.gradientNorm}.`,
    )
  const naive = invertSymmetric(gradientDifferences(objective, fit.x), size)
  const standardCovariance =
    options.robust || options.cluster
      ? sandwich(data, n, p, z, distribution, fit.x, naive, options.cluster)
      : naive
  // Back to the given covariates: β = b/spread, β₀ = b₀ − Σ b·centre/spread.
  const back = new Float64Array(size * size)
  for (let k = 0; k < size; k++) back[k * size + k] = k > 0 && k <= p ? 1 / spreads[k - 1]! : 1
  for (let j = 0; j < p; j++) back[j + 1] = -centres[j]! / spreads[j]!
  const apply = (v: ArrayLike<number>): number[] =>
    Array.from({ length: size }, (_, i) => {
      let sum = 0
      for (let k = 0; k < size; k++) sum += back[i * size + k]! * v[k]!
      return sum
    })
  const parameters = apply(fit.x)
  const covariance = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      let sum = 0
      for (let a = 0; a < size; a++)
        for (let b = 0; b < size; b++)
          sum += back[i * size + a]! * standardCovariance[a * size + b]! * back[j * size + b]!
      covariance[i * size + j] = sum
    }
  return Object.freeze({
    kind: 'aft',
    version: 1,
    distribution,
    coefficients: parameters.slice(0, p + 1),
    scale: free ? Math.exp(parameters[p + 1]!) : 1,
    standardErrors: parameters.map((_, i) => Math.sqrt(covariance[i * size + i]!)),
    covariance: Array.from(covariance),
    logLikelihood: -fit.value,
    aic: 2 * (size + fit.value),
    bic: size * Math.log(n) + 2 * fit.value,
    diagnostics: { status: fit.status, iterations: fit.iterations, gradientNorm: fit.gradientNorm },
    data: { rows: n, events, covariates: p },
  })
}

function aftObjective(
  data: AftData,
  n: number,
  p: number,
  z: Float64Array,
  distribution: AftDistribution,
): (v: Float64Array, gradient: Float64Array) => number {
  const score = new Float64Array(2)
  return (v, gradient) => {
    const logScale = distribution === 'exponential' ? 0 : v[p + 1]!
    let value = 0
    gradient.fill(0)
    for (let i = 0; i < n; i++) {
      const weight = data.weights ? data.weights[i]! : 1
      value -= weight * aftRow(data, i, locationOf(v, z, i, p), logScale, distribution, score)
      gradient[0]! -= weight * score[0]!
      for (let j = 0; j < p; j++) gradient[j + 1]! -= weight * score[0]! * z[i * p + j]!
      if (distribution !== 'exponential') gradient[p + 1]! -= weight * score[1]!
    }
    return value
  }
}

function locationOf(v: Float64Array, z: Float64Array, i: number, p: number): number {
  let location = v[0]!
  for (let j = 0; j < p; j++) location += v[j + 1]! * z[i * p + j]!
  return location
}

/** V·(Σ s·s′)·V over rows or clusters. Source: White (1982), https://doi.org/10.2307/1912526 */
function sandwich(
  data: AftData,
  n: number,
  p: number,
  z: Float64Array,
  distribution: AftDistribution,
  v: Float64Array,
  naive: Float64Array,
  cluster: ArrayLike<number> | undefined,
): Float64Array {
  const size = v.length
  const logScale = distribution === 'exponential' ? 0 : v[p + 1]!
  const sums = new Map<number, Float64Array>()
  const score = new Float64Array(2)
  for (let i = 0; i < n; i++) {
    aftRow(data, i, locationOf(v, z, i, p), logScale, distribution, score)
    const weight = data.weights ? data.weights[i]! : 1
    const key = cluster ? cluster[i]! : i
    const own = sums.get(key) ?? new Float64Array(size)
    sums.set(key, own)
    own[0]! += weight * score[0]!
    for (let j = 0; j < p; j++) own[j + 1]! += weight * score[0]! * z[i * p + j]!
    if (distribution !== 'exponential') own[p + 1]! += weight * score[1]!
  }
  const middle = new Float64Array(size * size)
  for (const own of sums.values())
    for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) middle[a * size + b]! += own[a]! * own[b]!
  return multiply(multiply(naive, middle, size, size, size), naive, size, size, size)
}

function standardise(
  data: AftData,
  n: number,
  p: number,
): { readonly centres: Float64Array; readonly spreads: Float64Array } {
  const centres = new Float64Array(p)
  const spreads = new Float64Array(p)
  for (let j = 0; j < p; j++) {
    for (let i = 0; i < n; i++) centres[j]! += data.x![i * p + j]! / n
    for (let i = 0; i < n; i++) spreads[j]! += (data.x![i * p + j]! - centres[j]!) ** 2 / n
    spreads[j] = Math.sqrt(spreads[j]!)
    if (!(spreads[j]! > 0))
      throw new StatsError(
        'zeroVariance',
        `Covariate ${j} has the same value in all rows (or one that is not finite).`,
        { context: { covariate: j } },
      )
  }
  return { centres, spreads }
}
