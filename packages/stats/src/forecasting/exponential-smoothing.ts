import { fitLeastSquares } from '../linalg/least-squares.ts'
import { minimizeLbfgs } from '../optimize/lbfgs.ts'
import type { OptimizeStatus } from '../optimize/result.ts'
import { StatsError } from '../stats-error.ts'
import { boxCox, boxCoxLambdaMle, inverseBoxCox } from './box-cox.ts'
import { decomposeClassical } from './decompose.ts'
import { checkSeries, meanOf, requirePeriod, requireSteps } from './series.ts'
import { type FreeParameters, freeParameters, heuristicStates } from './smoothing-parameters.ts'
import {
  ALPHA,
  BETA,
  type Component,
  differentiateSmoothing,
  extendSmoothing,
  GAMMA,
  LEVEL,
  PHI,
  runSmoothing,
  SEASON,
  type SmoothingShape,
  TREND,
} from './smoothing-recursion.ts'
import { firstStates, type KnownStates, knownStates, lineStates } from './smoothing-starts.ts'

export interface ExponentialSmoothingOptions {
  readonly trend?: Component
  readonly damped?: boolean
  readonly season?: Component
  readonly period?: number
  /**
   * `estimated`: states before the first observation are fitted too. `firstObservations`: l₀ = y₁, b₀ = y₂ − y₁ (or
   * y₂/y₁), with a season from its first two periods, as statsmodels' legacy heuristic. `conditional`: from the first observations, which then do not count in the
   * error: y₁ for a level, y₂ and y₂ − y₁ with a trend, a classical decomposition of the first `startPeriods` seasons with
   * a season (R's `HoltWinters`). `heuristic`: the line through the first ten values of the series without its season (statsmodels' `heuristic`).
   * Or the states themselves, the first observation's season first (statsmodels' `known`).
   */
  readonly initial: 'estimated' | 'firstObservations' | 'conditional' | 'heuristic' | KnownStates
  readonly startPeriods?: number
  /** Parameters held at a value. `betaStar` multiplies the change of level: β = α·β* in the ETS notation. */
  readonly fixed?: {
    readonly alpha?: number
    readonly betaStar?: number
    readonly gamma?: number
    readonly phi?: number
  }
  /** Range of an estimated φ. Default [0.8, 0.995] as statsmodels; the ETS literature ends at 0.98. */
  readonly phiRange?: readonly [number, number]
  /** What a season is compared with: the level before the observation (`prediction`: ETS, statsmodels) or after it (`newLevel`: R's `HoltWinters`). Default `prediction`. */
  readonly seasonBase?: 'prediction' | 'newLevel'
  /** Transform first: a λ, or the one of the largest likelihood. */
  readonly boxCox?: number | 'mle'
}

export interface ExponentialSmoothingModel {
  readonly kind: 'exponentialSmoothing'
  readonly version: 1
  readonly shape: SmoothingShape
  readonly alpha: number
  readonly betaStar: number
  readonly gamma: number
  readonly phi: number
  readonly initialLevel: number
  readonly initialTrend: number
  readonly initialSeason: readonly number[]
  /** Final level, trend, and the seasons of the next observations in order. */
  readonly level: number
  readonly trend: number
  readonly season: readonly number[]
  /** Of one-step errors that count, on the transformed scale. */
  readonly sse: number
  /**
   * n·ln(SSE/n) + 2k, and its kin, with k as statsmodels counts it: two for the level and two for a trend, the seasons
   * (without γ) and φ, whether fitted or given; Infinity where n leaves no room for the correction.
   */
  readonly aic: number
  readonly aicc: number
  readonly bic: number
  /** Per observation that counts (all but the first ones under `conditional`). */
  readonly fitted: readonly number[]
  readonly levels: readonly number[]
  readonly trends: readonly number[]
  readonly lambda: number | null
  readonly diagnostics: {
    readonly status: OptimizeStatus
    readonly iterations: number
    readonly gradientNorm: number
    readonly observations: number
  }
}

/**
 * Simple, Holt's and Holt and Winters' exponential smoothing by least squares of one-step errors, with analytic
 * derivatives.
 * Cost about 50 evaluations of O(n × parameters).
 * Source: Holt (1957), https://doi.org/10.1016/j.ijforecast.2003.09.015; Winters (1960),
 * https://doi.org/10.1287/mnsc.6.3.324; Gardner and McKenzie (1985) for damping.
 * @throws StatsError `notFinite`, `insufficientData`, `outOfDomain` for values ≤ 0 where something multiplies,
 * `invalidOption`
 * @example
 * fitExponentialSmoothing([3, 4, 6, 5, 7, 6], { initial: 'firstObservations', fixed: { alpha: 0.5 } }).level // → 5.96875
 */
export function fitExponentialSmoothing(
  y: ArrayLike<number>,
  options: ExponentialSmoothingOptions,
): ExponentialSmoothingModel {
  for (const [name, value] of Object.entries(options.fixed ?? {}))
    if (!(value >= 0 && value <= 1))
      throw new StatsError('invalidOption', `${name} is held at ${value}; a number from 0 to 1 was expected.`)
  const season = options.season ?? 'none'
  const period = season === 'none' ? 1 : (options.period ?? 0)
  if (season !== 'none') requirePeriod(period)
  const shape: SmoothingShape = {
    trend: options.trend ?? 'none',
    damped: (options.damped ?? false) && (options.trend ?? 'none') !== 'none',
    season,
    period,
    seasonBase: options.seasonBase ?? 'prediction',
  }
  const raw = checkSeries(y, season === 'none' ? 3 : 2 * period, 'Exponential smoothing')
  const lambda =
    options.boxCox === undefined ? null : options.boxCox === 'mle' ? boxCoxLambdaMle(raw) : options.boxCox
  const values = lambda === null ? raw : boxCox(raw, lambda)
  if ((shape.trend === 'multiplicative' || season === 'multiplicative') && values.some((v) => v <= 0))
    throw new StatsError('outOfDomain', 'A multiplicative trend or season needs values greater than zero.', {
      hint: 'Use the additive form.',
    })
  const { states, from } = initialStates(values, shape, options)
  const fixed = options.fixed ?? {}
  const free = freeParameters(
    shape,
    { alpha: fixed.alpha, betaStar: fixed.betaStar, gamma: fixed.gamma, phi: fixed.phi },
    options.initial === 'estimated',
    states,
    {
      gammaBelowRest: shape.seasonBase === 'prediction',
      phi: options.phiRange ?? [0.8, 0.995],
    },
  )
  const fit = leastSquaresFit(values, shape, free, from)
  const parameters = free.expand(fit.x)
  const run = runSmoothing(values, shape, parameters, from)
  const last = run.level.length - 1
  return Object.freeze({
    kind: 'exponentialSmoothing',
    version: 1,
    shape,
    alpha: parameters[ALPHA]!,
    betaStar: shape.trend === 'none' ? 0 : parameters[BETA]!,
    gamma: season === 'none' ? 0 : parameters[GAMMA]!,
    phi: shape.damped ? parameters[PHI]! : 1,
    initialLevel: parameters[LEVEL]!,
    initialTrend: parameters[TREND]!,
    initialSeason: season === 'none' ? [] : Array.from(parameters.subarray(SEASON)),
    level: run.level[last]!,
    trend: run.trend[last]!,
    season: season === 'none' ? [] : Array.from(run.season),
    sse: fit.value * fit.scale,
    ...criteria(fit.value * fit.scale, values.length - from, shape),
    fitted: Array.from(lambda === null ? run.fitted : inverseBoxCox(run.fitted, lambda)),
    levels: Array.from(run.level),
    trends: Array.from(run.trend),
    lambda,
    diagnostics: {
      status: fit.status,
      iterations: fit.iterations,
      gradientNorm: fit.gradientNorm,
      observations: values.length - from,
    },
  })
}

/**
 * Point forecasts for the next `horizon` observations, back on the scale of the data.
 * Length `horizon`, in the unit of the data.
 * Cost O(horizon).
 * Source: Holt (1957), https://doi.org/10.1016/j.ijforecast.2003.09.015
 * @throws StatsError `invalidOption`
 * @example
 * const model = fitExponentialSmoothing([3, 4, 6, 5, 7, 6], { initial: 'firstObservations', fixed: { alpha: 0.5 } })
 * forecastExponentialSmoothing(model, 2) // → [5.96875, 5.96875]
 */
export function forecastExponentialSmoothing(
  model: ExponentialSmoothingModel,
  horizon: number,
): Float64Array {
  requireSteps(horizon)
  const season = model.season.length === 0 ? new Float64Array([0]) : Float64Array.from(model.season)
  const mean = extendSmoothing(model.shape, model.phi, model.level, model.trend, season, horizon)
  return model.lambda === null ? mean : inverseBoxCox(mean, model.lambda)
}

function criteria(sse: number, n: number, shape: SmoothingShape) {
  const k =
    2 +
    (shape.trend === 'none' ? 0 : 2) +
    (shape.season === 'none' ? 0 : shape.period) +
    (shape.damped ? 1 : 0)
  const deviance = n * Math.log(sse / n)
  const room = n - k - 3
  const aic = deviance + 2 * k
  return {
    aic,
    aicc: room > 0 ? aic + (2 * (k + 2) * (k + 3)) / room : Infinity,
    bic: deviance + k * Math.log(n),
  }
}

function leastSquaresFit(values: Float64Array, shape: SmoothingShape, free: FreeParameters, from: number) {
  const centre = meanOf(values)
  const scale = values.reduce((sum, v) => sum + (v - centre) ** 2, 0) || 1
  const objective = (u: Float64Array, gradient: Float64Array): number => {
    const parameters = free.expand(u)
    const slopes = new Float64Array(parameters.length)
    let sse = 0
    const valid = differentiateSmoothing(values, shape, parameters, from, (t, fitted, derivative) => {
      const error = values[t]! - fitted
      sse += error * error
      for (let i = 0; i < slopes.length; i++) slopes[i]! -= 2 * error * derivative[i]!
    })
    if (!valid) return Infinity
    free.pullBack(u, slopes, gradient)
    for (let i = 0; i < gradient.length; i++) gradient[i]! /= scale
    return sse / scale
  }
  if (free.count === 0)
    return {
      x: new Float64Array(0),
      value: objective(new Float64Array(0), new Float64Array(0)),
      gradientNorm: 0,
      iterations: 0,
      evaluations: 1,
      status: 'converged' as const,
      scale,
    }
  let best: ReturnType<typeof minimizeLbfgs> | undefined
  for (const start of free.starts) {
    if (!Number.isFinite(objective(start, new Float64Array(start.length)))) continue
    const found = minimizeLbfgs(objective, start, {
      gradientTolerance: 1e-9,
      valueTolerance: 1e-14,
      maxIterations: 2000,
    })
    if (!best || found.value < best.value) best = found
  }
  if (!best)
    throw new StatsError(
      'outOfDomain',
      'The smoothing recursion leaves its domain from every starting point.',
      { hint: 'Use additive components.' },
    )
  return { ...best, scale }
}

function initialStates(
  y: Float64Array,
  shape: SmoothingShape,
  options: ExponentialSmoothingOptions,
): { readonly states: Float64Array; readonly from: number } {
  if (options.initial === 'estimated') return { states: heuristicStates(y, shape), from: 0 }
  if (options.initial === 'heuristic') return { states: lineStates(y, shape), from: 0 }
  if (options.initial === 'firstObservations') return { states: firstStates(y, shape), from: 0 }
  if (typeof options.initial === 'object') return { states: knownStates(options.initial, shape), from: 0 }
  const trendOf = (a: number, b: number): number => (shape.trend === 'multiplicative' ? b / a : b - a)
  if (shape.season === 'none')
    return shape.trend === 'none'
      ? { states: new Float64Array([y[0]!, 0]), from: 1 }
      : { states: new Float64Array([y[1]!, trendOf(y[0]!, y[1]!)]), from: 2 }
  const start = decomposeClassical(
    y.slice(0, (options.startPeriods ?? 2) * shape.period),
    shape.period,
    shape.season,
  )
  const trend = start.trend.filter((v): v is number => v !== null)
  const design = Float64Array.from({ length: 2 * trend.length }, (_, k) => (k % 2 === 0 ? 1 : (k + 1) / 2))
  const line = fitLeastSquares(design, Float64Array.from(trend), trend.length, 2).coefficients
  return {
    states: Float64Array.from([line[0]!, shape.trend === 'none' ? 0 : line[1]!, ...start.figure]),
    from: shape.period,
  }
}
