import { normalQuantile } from '../distributions/normal.ts'
import type { RandomGenerator } from '../random/generator.ts'
import { sampleNormal } from '../random/samplers.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import type { EtsModel } from './ets.ts'
import { additiveVariance, relativeVariance, seasonalMoments } from './ets-moments.ts'
import { type Forecast, requireSteps } from './series.ts'
import { extendSmoothing } from './smoothing-recursion.ts'

export interface EtsForecastOptions {
  readonly level?: number
  /**
   * Where a component multiplies, bounds are then quantiles of simulated paths; needed for a multiplicative trend or an
   * additive error beside a multiplicative season, which have no moments in closed form.
   */
  readonly random?: RandomGenerator
  readonly draws?: number
  /**
   * Whether the first step ahead of a damped trend with multiplicative errors and seasons is damped (default, as the model
   * says) or not, as R's `forecast` computes it. Only without `random`.
   */
  readonly firstStep?: 'damped' | 'undamped'
}

/**
 * Forecasts with prediction intervals: normal ones by exact moments for additive models, and for multiplicative errors by
 * those of their class; quantiles of simulated future paths where a generator is passed. With multiplicative errors and
 * seasons the moments' mean is the expected value, a hair off the point forecast. Intervals carry future errors, not the uncertainty of parameters.
 * Three columns of length `horizon`, in the data's unit.
 * Cost O(horizon²), or draws × horizon where paths are simulated.
 * Source: Hyndman et al. (2008), chapter 6 (classes 1 to 3), section 6.1 for paths, https://doi.org/10.1007/978-3-540-71918-2
 * @throws StatsError `invalidOption` without a generator for a model of no class
 * @example
 * const form = { error: 'additive', trend: 'none', damped: false, season: 'none', period: 1 }
 * const model = fitEts([3, 4, 6, 5, 7, 6, 8, 7, 9, 8], form)
 * forecastEts(model, 2).mean.length // → 2
 */
export function forecastEts(model: EtsModel, horizon: number, options: EtsForecastOptions = {}): Forecast {
  requireSteps(horizon)
  const level = options.level ?? 0.95
  requireLevel('level', level)
  const { form } = model
  const season = model.season.length === 0 ? new Float64Array([0]) : Float64Array.from(model.season)
  const shape = { ...form, seasonBase: 'prediction' as const }
  const mean = extendSmoothing(shape, model.phi, model.level, model.trend, season, horizon)
  const adds = form.trend !== 'multiplicative'
  if (form.error === 'additive' && adds && form.season !== 'multiplicative')
    return normalBounds(mean, additiveVariance(model, horizon), level)
  if (options.random)
    return { mean, ...simulatedBounds(model, horizon, level, options.random, options.draws ?? 5000), level }
  if (form.error === 'multiplicative' && adds) {
    if (form.season !== 'multiplicative') return normalBounds(mean, relativeVariance(model, mean), level)
    const moments = seasonalMoments(model, horizon, options.firstStep === 'undamped')
    return normalBounds(moments.mean, moments.variance, level)
  }
  throw new StatsError(
    'invalidOption',
    `${model.name} has no closed interval; pass a seeded generator to simulate it.`,
    { hint: 'random: createRandom(seed)' },
  )
}

function normalBounds(mean: Float64Array, variance: Float64Array, level: number): Forecast {
  const z = normalQuantile(0.5 + level / 2)
  const spread = variance.map((v) => z * Math.sqrt(v))
  return { mean, lower: mean.map((v, h) => v - spread[h]!), upper: mean.map((v, h) => v + spread[h]!), level }
}

function simulatedBounds(
  model: EtsModel,
  horizon: number,
  level: number,
  random: RandomGenerator,
  draws: number,
): { readonly lower: Float64Array; readonly upper: Float64Array } {
  const paths = Array.from({ length: horizon }, () => new Float64Array(draws))
  for (let k = 0; k < draws; k++)
    simulatePath(model, horizon, random, (h, value) => {
      paths[h]![k] = value
    })
  const quantile = (sorted: Float64Array, p: number): number => {
    const at = p * (draws - 1)
    const low = Math.floor(at)
    return sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!)
  }
  const lower = new Float64Array(horizon)
  const upper = new Float64Array(horizon)
  paths.forEach((values, h) => {
    values.sort()
    lower[h] = quantile(values, (1 - level) / 2)
    upper[h] = quantile(values, (1 + level) / 2)
  })
  return { lower, upper }
}

function simulatePath(
  model: EtsModel,
  horizon: number,
  random: RandomGenerator,
  keep: (h: number, value: number) => void,
): void {
  const { alpha, beta, gamma, phi, form } = model
  const betaStar = alpha > 0 ? beta / alpha : 0
  const season = Float64Array.from(model.season)
  let level = model.level
  let trend = model.trend
  for (let h = 0; h < horizon; h++) {
    const step = form.trend === 'multiplicative' ? trend ** phi : form.trend === 'additive' ? phi * trend : 0
    const q = form.trend === 'multiplicative' ? level * step : level + step
    const at = h % Math.max(1, season.length)
    const s = season[at] ?? 0
    const forecast = form.season === 'multiplicative' ? q * s : form.season === 'additive' ? q + s : q
    const error = sampleNormal(random, 0, Math.sqrt(model.sigma2))
    const value = form.error === 'additive' ? forecast + error : forecast * (1 + error)
    keep(h, value)
    const target =
      form.season === 'multiplicative' ? value / s : form.season === 'additive' ? value - s : value
    const next = q + alpha * (target - q)
    const growth = form.trend === 'multiplicative' ? next / level : next - level
    if (form.trend !== 'none') trend = step + betaStar * (growth - step)
    if (form.season !== 'none')
      season[at] = s + gamma * ((form.season === 'multiplicative' ? value / q : value - q) - s)
    level = next
  }
}
