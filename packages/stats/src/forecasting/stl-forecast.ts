import { boxCox, inverseBoxCox } from './box-cox.ts'
import { type EtsModel, selectEts } from './ets.ts'
import { forecastEts } from './ets-forecast.ts'
import type { Forecast } from './series.ts'
import { requirePeriod, requireSteps } from './series.ts'
import { decomposeStl } from './stl.ts'

export interface StlForecastOptions {
  readonly period: number
  /** Odd span of the seasonal smoother in periods, or `periodic`. Default 11, as R's `stlf` has it for one season. */
  readonly seasonalWindow?: number | 'periodic'
  readonly robust?: boolean
  /** Box–Cox λ applied first; 0 takes logarithms. */
  readonly lambda?: number
  readonly level?: number
  /** As `selectEts`. */
  readonly search?: 'best' | 'simplex'
}

/**
 * Forecasts by taking the season off (STL), forecasting what is left by the ETS model without a season of the smallest AICc, and
 * putting the last season back. Intervals are those of the ETS model.
 * Three columns of length `horizon`, in the data's unit.
 * Cost that of `decomposeStl` and of six ETS fits.
 * Source: Hyndman and Athanasopoulos (2021), section 12.2 and 3.7, https://otexts.com/fpp3/complexseasonality.html
 * Parity: R's `forecast::stlf`.
 * @throws StatsError `notFinite`, `insufficientData` for two periods or fewer, `invalidOption`, `outOfDomain`
 * @example
 * const y = Array.from({ length: 40 }, (_, t) => 20 + 0.5 * t + [3, -1, -4, 2][t % 4])
 * forecastStl(y, 2, { period: 4 }).forecast.mean.length // → 2
 */
export function forecastStl(
  y: ArrayLike<number>,
  horizon: number,
  options: StlForecastOptions,
): { readonly forecast: Forecast; readonly model: EtsModel } {
  const { period, seasonalWindow = 11, robust = false, lambda, search, level } = options
  requireSteps(horizon)
  requirePeriod(period)
  const values = lambda === undefined ? Float64Array.from(y) : boxCox(y, lambda)
  const { seasonal } = decomposeStl(values, period, { seasonalWindow, robust })
  const adjusted = values.map((v, t) => v - seasonal[t]!)
  const model = selectEts(adjusted, { period: 1, ...(search ? { search } : {}) }).best
  const ahead = forecastEts(model, horizon, level === undefined ? {} : { level })
  const withSeason = (column: ArrayLike<number>): Float64Array =>
    Float64Array.from(column, (v, h) => v + seasonal[seasonal.length - period + (h % period)]!)
  const finish = (column: ArrayLike<number>): Float64Array =>
    lambda === undefined ? withSeason(column) : inverseBoxCox(withSeason(column), lambda)
  return {
    model,
    forecast: {
      mean: finish(ahead.mean),
      lower: finish(ahead.lower),
      upper: finish(ahead.upper),
      level: ahead.level,
    },
  }
}
