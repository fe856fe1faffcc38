import { normalLogPdf, normalLogSurvival } from '../distributions/normal.ts'
import { invertSymmetric } from '../linalg/cholesky.ts'
import { hessianFromGradient } from '../optimize/derivatives.ts'
import { minimizeLbfgs } from '../optimize/lbfgs.ts'
import type { OptimizeStatus } from '../optimize/result.ts'
import { StatsError } from '../stats-error.ts'
import { checkSurvival, type SurvivalData } from './survival-data.ts'

export type AftDistribution = 'weibull' | 'exponential' | 'logNormal' | 'logLogistic'

export interface AftData extends SurvivalData {
  /** Row-major n×p covariates with no constant; the intercept is added. Absent for a fit without covariates. */
  readonly x?: Float64Array
  readonly p?: number
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
 * @throws StatsError `outOfDomain` for a time ≤ 0, `insufficientData` without an event, `notConverged`, `notPositiveDefinite`
 * @example
 * const data = { time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }
 * fitAft(data, 'weibull').coefficients // → [2.064314]
 */
export function fitAft(data: AftData, distribution: AftDistribution): AftModel {
  const n = checkSurvival(data)
  const p = data.x ? (data.p ?? 0) : 0
  if (data.x && data.x.length !== n * p)
    throw new StatsError(
      'lengthMismatch',
      `x has ${data.x.length} values; ${n} rows of ${p} covariates were expected.`,
    )
  const events = Array.from(data.event).reduce((a, b) => a + b, 0)
  if (events === 0)
    throw new StatsError(
      'insufficientData',
      'No row has an event, so no lifetime distribution can be fitted.',
    )
  for (let i = 0; i < n; i++)
    if (!(data.time[i]! > 0))
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
  for (let i = 0; i < n; i++) meanLog += Math.log(data.time[i]!) / n
  const start = new Float64Array(size)
  start[0] = meanLog + 0.5
  if (free) start[p + 1] = Math.log(0.7)
  const fit = minimizeLbfgs(objective, start, { gradientTolerance: 1e-10, maxIterations: 1000 })
  if (fit.status !== 'converged')
    throw new StatsError(
      'notConverged',
      `The ${distribution} fit stopped after ${fit.iterations} iterations with gradient ${fit.gradientNorm}.`,
    )
  const standardCovariance = invertSymmetric(hessianFromGradient(objective, fit.x), size)
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
    diagnostics: { status: fit.status, iterations: fit.iterations, gradientNorm: fit.gradientNorm },
    data: { rows: n, events, covariates: p },
  })
}

/**
 * Survival of each row of `x` (row-major m×p; one row without covariates) at each time, row-major times×m.
 * Range: [0, 1].
 * Cost O(times × m × p).
 * Source: Kalbfleisch and Prentice (2002), section 2.2, https://doi.org/10.1002/9781118032985
 * @throws StatsError `lengthMismatch`
 * @example
 * const model = fitAft({ time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }, 'exponential')
 * predictAftSurvival(model, [5]) // → [0.5245779]
 */
export function predictAftSurvival(
  model: AftModel,
  times: ArrayLike<number>,
  x?: Float64Array,
): Float64Array {
  const location = predictAftLocation(model, x)
  const survival = new Float64Array(times.length * location.length)
  for (let k = 0; k < times.length; k++)
    for (let i = 0; i < location.length; i++)
      survival[k * location.length + i] =
        times[k]! > 0
          ? Math.exp(logSurvival(model.distribution, (Math.log(times[k]!) - location[i]!) / model.scale))
          : 1
  return survival
}

/**
 * β₀ + xβ of each row: the logarithm of the time scale (for the log-normal and log-logistic, of the median).
 * Cost O(n·p).
 * Source: Kalbfleisch and Prentice (2002), section 2.2, https://doi.org/10.1002/9781118032985
 * @throws StatsError `lengthMismatch`
 * @example
 * const model = fitAft({ time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }, 'exponential')
 * predictAftLocation(model) // → [2.047693]
 */
export function predictAftLocation(model: AftModel, x?: Float64Array): Float64Array {
  const p = model.coefficients.length - 1
  const rows = p === 0 ? 1 : (x?.length ?? 0) / p
  if (!Number.isInteger(rows) || rows === 0)
    throw new StatsError(
      'lengthMismatch',
      `x has ${x?.length ?? 0} values, which is not a whole number of rows of ${p} covariates.`,
    )
  const location = new Float64Array(rows).fill(model.coefficients[0]!)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < p; j++) location[i]! += model.coefficients[j + 1]! * x![i * p + j]!
  return location
}

function aftObjective(
  data: AftData,
  n: number,
  p: number,
  z: Float64Array,
  distribution: AftDistribution,
): (v: Float64Array, gradient: Float64Array) => number {
  return (v, gradient) => {
    const logScale = distribution === 'exponential' ? 0 : v[p + 1]!
    const scale = Math.exp(logScale)
    let value = 0
    gradient.fill(0)
    for (let i = 0; i < n; i++) {
      const weight = data.weights ? data.weights[i]! : 1
      let location = v[0]!
      for (let j = 0; j < p; j++) location += v[j + 1]! * z[i * p + j]!
      const logTime = Math.log(data.time[i]!)
      const w = (logTime - location) / scale
      let slope: number
      if (data.event[i] === 1) {
        value -= weight * (logDensity(distribution, w) - logScale - logTime)
        slope = densitySlope(distribution, w)
        if (distribution !== 'exponential') gradient[p + 1]! += weight
      } else {
        value -= weight * logSurvival(distribution, w)
        slope = -hazard(distribution, w)
      }
      let pull = weight * slope
      let stretch = weight * slope * w
      if (data.entry && data.entry[i]! > 0) {
        const early = (Math.log(data.entry[i]!) - location) / scale
        value += weight * logSurvival(distribution, early)
        pull += weight * hazard(distribution, early)
        stretch += weight * hazard(distribution, early) * early
      }
      gradient[0]! += pull / scale
      for (let j = 0; j < p; j++) gradient[j + 1]! += (pull / scale) * z[i * p + j]!
      if (distribution !== 'exponential') gradient[p + 1]! += stretch
    }
    return value
  }
}

/** ln f of the standard error ε. */
function logDensity(distribution: AftDistribution, w: number): number {
  if (distribution === 'logNormal') return normalLogPdf(w)
  if (distribution === 'logLogistic') return w - 2 * softplus(w)
  return w - Math.exp(w)
}

function densitySlope(distribution: AftDistribution, w: number): number {
  if (distribution === 'logNormal') return -w
  if (distribution === 'logLogistic') return 1 - 2 / (1 + Math.exp(-w))
  return 1 - Math.exp(w)
}

function logSurvival(distribution: AftDistribution, w: number): number {
  if (distribution === 'logNormal') return normalLogSurvival(w)
  if (distribution === 'logLogistic') return -softplus(w)
  return -Math.exp(w)
}

function hazard(distribution: AftDistribution, w: number): number {
  return Math.exp(logDensity(distribution, w) - logSurvival(distribution, w))
}

function softplus(w: number): number {
  return w > 0 ? w + Math.log1p(Math.exp(-w)) : Math.log1p(Math.exp(w))
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
