import { normalQuantile } from '../distributions/normal.ts'
import { tQuantile } from '../distributions/student-t.ts'
import { requireLevel } from '../stats-error.ts'
import { checkSeries, type Forecast, meanOf, requireSteps, varianceOf } from './series.ts'

export interface NaiveOptions {
  /** Seasonal period of the `seasonal` method. */
  readonly period?: number
  readonly level?: number
  /** Where an interval's reach comes from: the normal distribution (default), or t with n − 1 degrees, as R's `meanf`. */
  readonly quantiles?: 'normal' | 't'
}

/**
 * Benchmarks with normal intervals from their in-sample residuals: the `mean`; the last value (`naive`); the last value
 * plus the mean change (`drift`); the value one period ago (`seasonal`, period required).
 * Three columns of length `horizon`, in the data's unit.
 * Cost O(n + horizon).
 * Source: Hyndman and Athanasopoulos (2021), sections 5.2 and 5.5, https://otexts.com/fpp3/
 * @throws StatsError `notFinite`, `insufficientData`, `invalidOption`
 * @example
 * forecastNaive([3, 4, 6, 5, 7], 2, 'drift').mean // → [8, 9]
 */
export function forecastNaive(
  y: ArrayLike<number>,
  horizon: number,
  method: 'mean' | 'naive' | 'drift' | 'seasonal',
  options: NaiveOptions = {},
): Forecast {
  requireSteps(horizon)
  const level = options.level ?? 0.95
  requireLevel('level', level)
  const period = method === 'seasonal' ? (options.period ?? 1) : 1
  const values = checkSeries(y, method === 'drift' ? 3 : period + 1, 'A naive forecast')
  const n = values.length
  const slope = (values[n - 1]! - values[0]!) / (n - 1)
  const centre = meanOf(values)
  const point = (h: number): number => {
    if (method === 'mean') return centre
    if (method === 'drift') return values[n - 1]! + h * slope
    return values[n - period + ((h - 1) % period)]!
  }
  const residuals = Float64Array.from(
    { length: n - period },
    (_, t) => values[t + period]! - values[t]! - (method === 'drift' ? slope : 0),
  )
  const square =
    method === 'mean'
      ? varianceOf(values)
      : residuals.reduce((sum, e) => sum + e * e, 0) / (method === 'drift' ? n - 2 : n - period)
  const factor = (h: number): number => {
    if (method === 'mean') return 1 + 1 / n
    if (method === 'drift') return h * (1 + h / (n - 1))
    return Math.floor((h - 1) / period) + 1
  }
  const z = options.quantiles === 't' ? tQuantile(0.5 + level / 2, n - 1) : normalQuantile(0.5 + level / 2)
  const mean = Float64Array.from({ length: horizon }, (_, k) => point(k + 1))
  const spread = mean.map((_, k) => z * Math.sqrt(square * factor(k + 1)))
  return { mean, lower: mean.map((v, k) => v - spread[k]!), upper: mean.map((v, k) => v + spread[k]!), level }
}
