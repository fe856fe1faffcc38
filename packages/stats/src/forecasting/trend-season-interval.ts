import type { RandomGenerator } from '../random/generator.ts'
import { sampleExponential, sampleNormal, samplePoisson } from '../random/samplers.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { trendCurve } from './growth.ts'
import type { Forecast } from './series.ts'
import { predictTrendSeason, seasonEffects, type TrendSeasonModel } from './trend-season.ts'
import type { RegressorValues } from './trend-season-regressors.ts'

export interface TrendSeasonIntervalOptions {
  readonly random: RandomGenerator
  /** Default 0.8. */
  readonly level?: number
  /** Simulated futures. Default 1000. */
  readonly draws?: number
  /** Values of the model's regressors, one a day. */
  readonly regressors?: RegressorValues
}

/**
 * Forecast with an interval from simulated futures: after the history, changepoints come at their past rate with Laplace
 * changes of the past's mean size, and noise is added. Uncertainty of the seasonality is not part of it.
 * Three columns with one value per day, in the data's unit.
 * Cost O(draws × days).
 * Source: Taylor and Letham (2018), section 3.1.4, https://doi.org/10.1080/00031305.2017.1380080
 * @throws StatsError `notFinite`, `lengthMismatch`, `invalidOption`
 * @example
 * const days = Array.from({ length: 30 }, (_, day) => day)
 * const model = fitTrendSeason(days, days.map((day) => 10 + day + (day % 3)), { seasonalities: [] })
 * forecastTrendSeason(model, [31, 32], { random: createRandom(1), draws: 100 }).lower.length // → 2
 */
export function forecastTrendSeason(
  model: TrendSeasonModel,
  days: ArrayLike<number>,
  options: TrendSeasonIntervalOptions,
): Forecast {
  const level = options.level ?? 0.8
  const draws = options.draws ?? 1000
  requireLevel('level', level)
  if (!Number.isInteger(draws) || draws < 100)
    throw new StatsError('invalidOption', `draws is ${draws}; a whole number ≥ 100 was expected.`)
  const n = days.length
  const { mean } = predictTrendSeason(model, days, options.regressors)
  const { additive, multiplicative } = seasonEffects(model, days, options.regressors ?? {})
  const t = Float64Array.from(days, (d) => (d - model.startDay) / model.spanDays)
  const changepoints = model.changepointDays.map((d) => (d - model.startDay) / model.spanDays)
  const end = t.reduce((a, b) => Math.max(a, b), 1)
  if (end > 1000)
    throw new StatsError(
      'invalidOption',
      `A forecast ${end.toPrecision(3)} times as long as the history was asked for; at most 1,000 times was expected.`,
    )
  const size =
    model.delta.length === 0
      ? 0
      : model.delta.reduce((sum, v) => sum + Math.abs(v), 0) / model.delta.length + 1e-8
  const samples = Array.from({ length: n }, () => new Float64Array(draws))
  for (let k = 0; k < draws; k++) {
    const random = options.random.stream(k)
    const count =
      end > 1 && changepoints.length > 0 ? samplePoisson(random, changepoints.length * (end - 1)) : 0
    const extra = Array.from({ length: count }, () => 1 + (end - 1) * random.uniform()).sort((a, b) => a - b)
    const changes = extra.map(() => (random.uniform() < 0.5 ? -1 : 1) * size * sampleExponential(random))
    const trend = trendCurve(
      model.growth,
      { k: model.k, m: model.m, delta: [...model.delta, ...changes] },
      [...changepoints, ...extra],
      t,
      model.cap,
    )
    for (let i = 0; i < n; i++) {
      const value = trend[i]! * (1 + multiplicative[i]!) + additive[i]! + sampleNormal(random, 0, model.sigma)
      samples[i]![k] = value * model.size + model.shift
    }
  }
  const lower = new Float64Array(n)
  const upper = new Float64Array(n)
  samples.forEach((values, i) => {
    values.sort()
    lower[i] = quantileOfSorted(values, (1 - level) / 2)
    upper[i] = quantileOfSorted(values, (1 + level) / 2)
  })
  return { mean, lower, upper, level }
}

function quantileOfSorted(values: Float64Array, p: number): number {
  const at = p * (values.length - 1)
  const low = Math.floor(at)
  return values[low]! + (at - low) * ((values[low + 1] ?? values[low]!) - values[low]!)
}
