import { invertSymmetric } from '../linalg/cholesky.ts'
import { multiply, transpose } from '../linalg/products.ts'
import { gradientDifferences } from '../optimize/derivatives.ts'
import { minimizeLbfgs } from '../optimize/lbfgs.ts'
import type { OptimizeStatus } from '../optimize/result.ts'
import { StatsError } from '../stats-error.ts'
import { type AftDesign, backMatrix, designAft, placeOf } from './aft-design.ts'
import { type AftDistribution, requireDistribution } from './aft-distributions.ts'
import { aftRow } from './aft-likelihood.ts'
import { type AftRows, layOutAft } from './aft-rows.ts'
import type { SurvivalData } from './survival-data.ts'

export interface AftData extends SurvivalData {
  /** Row-major n×p covariates with no constant; the intercept is added. Absent for a fit without covariates. */
  readonly x?: Float64Array
  readonly p?: number
  /** Row-major n×scaleP covariates of ln scale with no constant (lifelines' ancillary parameter, where ρ = 1/scale). */
  readonly scaleX?: Float64Array
  readonly scaleP?: number
  /**
   * For rows without an event at `time`: the event is known to lie in (time, upper]; Infinity where it had not come by
   * `time`. A time of 0 (−Infinity for `normal` and `logistic`) then says only that it came by `upper`. All Infinity when
   * absent.
   */
  readonly upper?: ArrayLike<number>
}

export interface AftOptions {
  /** Sandwich covariance, over clusters where given (R's `survreg(robust = TRUE)`). */
  readonly robust?: boolean
  readonly cluster?: ArrayLike<number>
  /** A scale that is known and not fitted, such as ½ in a Weibull for Rayleigh's distribution. */
  readonly scale?: number
  /**
   * Subtracts (θ/2)·Σ (β·sd)² over covariates, not constants, from the log-likelihood; `covariatesAndScale` also counts ln σ
   * where it has no covariates, as lifelines does, whose penalizer is θ/n.
   */
  readonly ridge?: { readonly theta: number; readonly on: 'covariates' | 'covariatesAndScale' }
}

export interface AftModel {
  readonly kind: 'aft'
  readonly version: 1
  readonly distribution: AftDistribution
  /** Intercept first, then covariates; on the scale of ln time (of time, for `normal` and `logistic`). */
  readonly coefficients: readonly number[]
  /** σ in ln T = xβ + σε; where it depends on covariates, their effect left out. 1 for the exponential. */
  readonly scale: number
  /** Of ln σ: intercept, then its covariates. Empty where the scale is given. */
  readonly scaleCoefficients?: readonly number[]
  /** Of the coefficients, then of those of ln σ. */
  readonly standardErrors: readonly number[]
  /** Row-major, in the order of `standardErrors`. */
  readonly covariance: readonly number[]
  /** On the time scale, constants included, a penalty left out. */
  readonly logLikelihood: number
  /** What the ridge takes from it; 0 without one. */
  readonly penalty?: number
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
 * Fits ln T = β₀ + xβ + σε by maximum likelihood; ε is extreme-value (Weibull, exponential), normal or logistic; or
 * T = β₀ + xβ + σε (`normal`, of which censored regression is a case, and `logistic`). ln σ may have covariates of its own.
 * For the Weibull, S(t) = exp(−(t/λ)^ρ) with λ = exp(β₀ + xβ) and ρ = 1/σ; for the log-logistic α = λ and β = 1/σ.
 * Cost about 50 evaluations of O(n·p).
 * Source: Kalbfleisch and Prentice (2002), sections 2.2 and 3.6, https://doi.org/10.1002/9781118032985; Tobin (1958),
 * https://doi.org/10.2307/1907382
 * Parity: R's `survreg`, lifelines' parametric fitters.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` for a time ≤ 0 that is logged,
 * `insufficientData` without an event, `invalidOption`, `zeroVariance`, `notConverged`, `notPositiveDefinite`
 * @example
 * const data = { time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }
 * fitAft(data, 'weibull').coefficients // → [2.064314]
 */
export function fitAft(data: AftData, distribution: AftDistribution, options: AftOptions = {}): AftModel {
  requireDistribution(distribution)
  const rows = layOutAft(data, distribution)
  const design = designAft(data, rows.n, options, distribution === 'exponential')
  const { p, size } = design
  // A given scale is one of the times, which may be counted in units of their spread here.
  const given = design.logScale === undefined ? undefined : design.logScale - Math.log(rows.size)
  const ridge = ridgeOf(rows, design, options)
  const objective = aftObjective(rows, design, distribution, given, ridge)
  const start = new Float64Array(size)
  start[0] = rows.mean + (rows.size === 1 ? 0.5 : 0)
  if (given === undefined) start[p + 1] = Math.log(0.7)
  const fit = minimizeLbfgs(objective, start, { gradientTolerance: 1e-10, maxIterations: 1000 })
  if (fit.status !== 'converged')
    throw new StatsError(
      'notConverged',
      `The ${distribution} fit stopped after ${fit.iterations} iterations with gradient ${fit.gradientNorm}.`,
    )
  const naive = invertSymmetric(gradientDifferences(objective, fit.x), size)
  const standardCovariance =
    options.robust || options.cluster
      ? sandwich(rows, design, distribution, given, fit.x, naive, options.cluster)
      : naive
  const back = backMatrix(design, rows.size)
  const parameters = Array.from(multiply(back, fit.x, size, size, 1))
  parameters[0]! += rows.centre
  if (given === undefined) parameters[p + 1]! += Math.log(rows.size)
  const covariance = multiply(
    multiply(back, standardCovariance, size, size, size),
    transpose(back, size, size),
    size,
    size,
    size,
  )
  const scaleCoefficients = parameters.slice(p + 1)
  const penalty = penaltyOf(ridge, fit.x)
  const logLikelihood = penalty - fit.value + rows.constant
  return Object.freeze({
    kind: 'aft',
    version: 1,
    distribution,
    coefficients: parameters.slice(0, p + 1),
    scale: Math.exp(design.logScale ?? scaleCoefficients[0]!),
    scaleCoefficients,
    standardErrors: parameters.map((_, i) => Math.sqrt(covariance[i * size + i]!)),
    covariance: Array.from(covariance),
    logLikelihood,
    penalty,
    aic: 2 * (size - logLikelihood),
    bic: size * Math.log(rows.n) - 2 * logLikelihood,
    diagnostics: { status: fit.status, iterations: fit.iterations, gradientNorm: fit.gradientNorm },
    data: { rows: rows.n, events: rows.events, covariates: p },
  })
}

/** Calls `visit` for each row with its log-likelihood, and its score in every parameter. */
function sweep(
  rows: AftRows,
  design: AftDesign,
  distribution: AftDistribution,
  given: number | undefined,
  v: Float64Array,
  visit: (i: number, value: number, score: Float64Array) => void,
): void {
  const { p, q, z, size } = design
  const width = p + q
  const two = new Float64Array(2)
  const score = new Float64Array(size)
  for (let i = 0; i < rows.n; i++) {
    let location = v[0]!
    for (let j = 0; j < p; j++) location += v[j + 1]! * z[i * width + j]!
    let logScale = given ?? v[p + 1]!
    if (given === undefined) for (let j = 0; j < q; j++) logScale += v[p + 2 + j]! * z[i * width + p + j]!
    const value = aftRow(rows, i, location, logScale, distribution, two)
    score[0] = two[0]!
    for (let j = 0; j < p; j++) score[j + 1] = two[0]! * z[i * width + j]!
    if (given === undefined) {
      score[p + 1] = two[1]!
      for (let j = 0; j < q; j++) score[p + 2 + j] = two[1]! * z[i * width + p + j]!
    }
    visit(i, value, score)
  }
}

function aftObjective(
  rows: AftRows,
  design: AftDesign,
  distribution: AftDistribution,
  given: number | undefined,
  ridge: readonly Ridge[],
): (v: Float64Array, gradient: Float64Array) => number {
  return (v, gradient) => {
    let total = penaltyOf(ridge, v)
    gradient.fill(0)
    for (const { at, theta, shift } of ridge) gradient[at] = theta * (v[at]! + shift)
    sweep(rows, design, distribution, given, v, (i, value, score) => {
      total -= rows.weight[i]! * value
      for (let k = 0; k < score.length; k++) gradient[k]! -= rows.weight[i]! * score[k]!
    })
    return total
  }
}

/** A parameter drawn towards −shift. */
type Ridge = { readonly at: number; readonly theta: number; readonly shift: number }

function ridgeOf(rows: AftRows, design: AftDesign, { ridge }: AftOptions): readonly Ridge[] {
  if (!ridge) return []
  if (!(ridge.theta >= 0 && ridge.theta < Infinity))
    throw new StatsError(
      'outOfDomain',
      `theta is ${ridge.theta}; a finite number of at least 0 was expected.`,
    )
  // The design's deviations divide by n, the penalty's by n − 1.
  const theta = (ridge.theta * rows.n) / Math.max(1, rows.n - 1)
  const drawn: Ridge[] = Array.from({ length: design.p + design.q }, (_, j) => ({
    at: placeOf(design, j),
    theta,
    shift: 0,
  }))
  if (ridge.on === 'covariatesAndScale' && design.q === 0 && design.logScale === undefined)
    drawn.push({ at: design.p + 1, theta: ridge.theta, shift: Math.log(rows.size) })
  return drawn
}

function penaltyOf(ridge: readonly Ridge[], v: Float64Array): number {
  return ridge.reduce((sum, { at, theta, shift }) => sum + (theta / 2) * (v[at]! + shift) ** 2, 0)
}

/** V·(Σ s·s′)·V over rows or clusters. Source: White (1982), https://doi.org/10.2307/1912526 */
function sandwich(
  rows: AftRows,
  design: AftDesign,
  distribution: AftDistribution,
  given: number | undefined,
  v: Float64Array,
  naive: Float64Array,
  cluster: ArrayLike<number> | undefined,
): Float64Array {
  const { size } = design
  const sums = new Map<number, Float64Array>()
  sweep(rows, design, distribution, given, v, (i, _value, score) => {
    const key = cluster ? cluster[i]! : i
    const own = sums.get(key) ?? new Float64Array(size)
    sums.set(key, own)
    for (let k = 0; k < size; k++) own[k]! += rows.weight[i]! * score[k]!
  })
  const middle = new Float64Array(size * size)
  for (const own of sums.values())
    for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) middle[a * size + b]! += own[a]! * own[b]!
  return multiply(multiply(naive, middle, size, size, size), naive, size, size, size)
}
