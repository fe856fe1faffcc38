import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import { type Growth, growthStart, seriesScale, trendCurve } from './growth.ts'
import { type DesignColumn, placeChangepoints, seasonDesign } from './trend-season-design.ts'
import { fitMaximumPosterior } from './trend-season-fit.ts'
import {
  automaticSeasonalities,
  type HolidayOptions,
  type SeasonalityOptions,
  type SeasonMode,
  type TrendSeasonOptions,
} from './trend-season-options.ts'
import {
  type FittedRegressor,
  type RegressorValues,
  scaleRegressors,
  withRegressors,
} from './trend-season-regressors.ts'

export interface TrendSeasonModel {
  readonly kind: 'trendSeason'
  readonly version: 1
  readonly growth: Growth
  /** Scaled time is (day − start)/span, the scaled series (y − shift)/size. */
  readonly startDay: number
  readonly spanDays: number
  readonly shift: number
  readonly size: number
  /** Saturation on the scaled series; 1 where growth is not logistic. */
  readonly cap: number
  readonly k: number
  readonly m: number
  /** Changepoints in days and the changes of rate there, on the scaled series. */
  readonly changepointDays: readonly number[]
  readonly delta: readonly number[]
  readonly beta: readonly number[]
  readonly columns: readonly DesignColumn[]
  readonly seasonalities: readonly SeasonalityOptions[]
  readonly holidays: readonly HolidayOptions[]
  /** Absent in models of before there were any. */
  readonly regressors?: readonly FittedRegressor[]
  readonly mode: SeasonMode
  readonly priorScale: number
  /** Standard deviation of the noise on the scaled series. */
  readonly sigma: number
  readonly diagnostics: {
    readonly status: 'converged' | 'iterationLimit'
    readonly iterations: number
    readonly logPosterior: number
    readonly observations: number
  }
}

/**
 * Fits trend × seasonality × holidays × regressors by maximum a posteriori: a piecewise linear (or logistic) trend whose changes of
 * slope have Laplace priors, Fourier seasonalities and holiday effects with normal ones. The linear additive problem is
 * solved exactly; the others by Gauss–Newton steps on it.
 * Cost rows × columns² an iteration. Days are numbers since 1970-01-01, fractions allowed, in any order.
 * Source: Taylor and Letham (2018), "Forecasting at scale", section 3, https://doi.org/10.1080/00031305.2017.1380080
 * @throws StatsError `insufficientData`, `lengthMismatch`, `notFinite`, `invalidOption`
 * @example
 * const days = Array.from({ length: 30 }, (_, day) => day)
 * fitTrendSeason(days, days.map((day) => 10 + day + (day % 3)), { seasonalities: [] }).diagnostics.status // → 'converged'
 */
export function fitTrendSeason(
  days: ArrayLike<number>,
  y: ArrayLike<number>,
  options: TrendSeasonOptions = {},
): TrendSeasonModel {
  const n = requireSameLength({ days, y })
  if (n < 2)
    throw new StatsError('insufficientData', `A trend needs at least two observations; there are ${n}.`)
  requireFiniteColumn('days', days)
  requireFiniteColumn('y', y)
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((i, j) => days[i]! - days[j]! || i - j)
  const at = Float64Array.from(order, (i) => days[i]!)
  const values = Float64Array.from(order, (i) => y[i]!)
  const growth = options.growth ?? 'linear'
  if (growth === 'logistic' && options.cap === undefined)
    throw new StatsError('invalidOption', 'Logistic growth needs a cap.', {
      hint: 'Give the level at which the market is saturated.',
    })
  const spanDays = at[n - 1]! - at[0]!
  if (!(spanDays > 0))
    throw new StatsError('insufficientData', 'All observations are of one day; a trend needs at least two.')
  const scale = seriesScale(
    values,
    options.scaling ?? 'absMax',
    growth === 'logistic' ? (options.floor ?? 0) : 0,
  )
  const cap = growth === 'logistic' ? (options.cap! - scale.shift) / scale.size : 1
  const t = at.map((d) => (d - at[0]!) / spanDays)
  const scaled = values.map((v) => (v - scale.shift) / scale.size)
  const changepointDays = growth === 'flat' ? [] : chooseChangepoints(at, options)
  const mode = options.seasonalityMode ?? 'additive'
  const priorScale = options.seasonalityPriorScale ?? 10
  const seasonalities = options.seasonalities ?? automaticSeasonalities(at)
  const holidays = options.holidays ?? []
  const given = options.regressors ?? []
  const regressors = scaleRegressors(given, n, mode)
  const { columns, x } = withRegressors(
    seasonDesign(at, seasonalities, holidays, mode, priorScale),
    n,
    regressors,
    Object.fromEntries(
      given.map(({ name, values: own }) => [name, Float64Array.from(order, (i) => own[i]!)]),
    ),
  )
  const fit = fitMaximumPosterior({
    growth,
    t,
    y: scaled,
    changepoints: Float64Array.from(changepointDays, (d) => (d - at[0]!) / spanDays),
    changepointPriorScale: options.changepointPriorScale ?? 0.05,
    columns,
    x,
    cap,
    start: growthStart(growth, t, scaled, cap),
  })
  return Object.freeze({
    kind: 'trendSeason',
    version: 1,
    growth,
    startDay: at[0]!,
    spanDays,
    shift: scale.shift,
    size: scale.size,
    cap,
    k: fit.k,
    m: fit.m,
    changepointDays,
    delta: fit.delta,
    beta: fit.beta,
    columns,
    seasonalities,
    holidays,
    ...(regressors.length > 0 ? { regressors } : {}),
    mode,
    priorScale,
    sigma: fit.sigma,
    diagnostics: {
      status: fit.status,
      iterations: fit.iterations,
      logPosterior: fit.logPosterior,
      observations: n,
    },
  })
}

export interface TrendSeasonPrediction {
  readonly mean: Float64Array
  readonly trend: Float64Array
  /** Contribution of each seasonality and holiday: an amount when additive, a share of the trend when multiplicative. */
  readonly components: Readonly<Record<string, Float64Array>>
}

/**
 * The fitted curve and its parts at given days. Pure.
 * One value per day, in the data's unit; regressors, where the model has any, one value per day each.
 * Cost O(days × columns).
 * Source: Taylor and Letham (2018), section 3, https://doi.org/10.1080/00031305.2017.1380080
 * @throws StatsError `notFinite`, `lengthMismatch`
 * @example
 * const days = Array.from({ length: 30 }, (_, day) => day)
 * const model = fitTrendSeason(days, days.map((day) => 10 + day + (day % 3)), { seasonalities: [] })
 * predictTrendSeason(model, [30]).mean // → [41.13785]
 */
export function predictTrendSeason(
  model: TrendSeasonModel,
  days: ArrayLike<number>,
  regressors: RegressorValues = {},
): TrendSeasonPrediction {
  requireFiniteColumn('days', days)
  const n = days.length
  const t = Float64Array.from(days, (d) => (d - model.startDay) / model.spanDays)
  const changepoints = model.changepointDays.map((d) => (d - model.startDay) / model.spanDays)
  const trend = trendCurve(model.growth, model, changepoints, t, model.cap)
  const { additive, multiplicative, components } = seasonEffects(model, days, regressors)
  const mean = new Float64Array(n)
  for (let i = 0; i < n; i++)
    mean[i] = (trend[i]! * (1 + multiplicative[i]!) + additive[i]!) * model.size + model.shift
  return { mean, trend: trend.map((v) => v * model.size + model.shift), components }
}

/** Sums of additive (scaled) and multiplicative effects, and each component's own. */
export function seasonEffects(
  model: TrendSeasonModel,
  days: ArrayLike<number>,
  regressors: RegressorValues,
): {
  readonly additive: Float64Array
  readonly multiplicative: Float64Array
  readonly components: Record<string, Float64Array>
} {
  const n = days.length
  const { columns, x } = withRegressors(
    seasonDesign(days, model.seasonalities, model.holidays, model.mode, model.priorScale),
    n,
    model.regressors ?? [],
    regressors,
  )
  const additive = new Float64Array(n)
  const multiplicative = new Float64Array(n)
  const components: Record<string, Float64Array> = {}
  columns.forEach((column, j) => {
    components[column.component] ??= new Float64Array(n)
    const own = components[column.component]!
    const sum = column.mode === 'additive' ? additive : multiplicative
    for (let i = 0; i < n; i++) {
      const effect = x[i * columns.length + j]! * model.beta[j]!
      sum[i]! += effect
      own[i]! += column.mode === 'additive' ? effect * model.size : effect
    }
  })
  return { additive, multiplicative, components }
}

function chooseChangepoints(days: Float64Array, options: TrendSeasonOptions): number[] {
  const given = options.changepoints ?? 25
  if (typeof given === 'number') {
    if (!Number.isInteger(given) || given < 0)
      throw new StatsError(
        'invalidOption',
        `changepoints is ${given}; a whole number ≥ 0 or a list of days was expected.`,
      )
    return placeChangepoints(days, given, options.changepointRange ?? 0.8)
  }
  for (const day of given)
    if (!(day >= days[0]! && day <= days[days.length - 1]!))
      throw new StatsError('invalidOption', `The changepoint on day ${day} lies outside the observed days.`)
  return [...given].sort((a, b) => a - b)
}
