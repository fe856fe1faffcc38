import { normalQuantile } from '../distributions/normal.ts'
import { requireLevel } from '../stats-error.ts'
import { autocorrelation } from './autocorrelation.ts'
import { decomposeClassical } from './decompose.ts'
import { fitExponentialSmoothing } from './exponential-smoothing.ts'
import { checkSeries, type Forecast, meanOf, requireSteps } from './series.ts'

export interface ThetaOptions {
  /** Seasonal period; 1 for none. */
  readonly period: number
  readonly level?: number
  /** Whether the spread of an interval grows and falls with the season (default), or not, as in R's `thetaf`. */
  readonly seasonalSpread?: boolean
}

/**
 * Theta forecasts: simple exponential smoothing with half the slope of the straight line as drift, after removing a
 * multiplicative season where the autocorrelation at the period calls for one (90% test).
 * Three columns of length `horizon`, in the data's unit.
 * Cost that of simple exponential smoothing.
 * Source: Assimakopoulos and Nikolopoulos (2000), https://doi.org/10.1016/S0169-2070(00)00066-2; Hyndman and Billah (2003), eq. 6.
 * @throws StatsError `notFinite`, `insufficientData`, `invalidOption`
 * @example
 * forecastTheta([3, 4, 6, 5, 7, 6, 8, 7, 9, 8], 2, { period: 1 }).mean.length // → 2
 */
export function forecastTheta(y: ArrayLike<number>, horizon: number, options: ThetaOptions): Forecast {
  requireSteps(horizon)
  const level = options.level ?? 0.95
  requireLevel('level', level)
  const values = checkSeries(y, 4, 'The theta method')
  const figure = seasonalFigure(values, options.period)
  const n = values.length
  const adjusted = figure ? values.map((v, t) => v / figure[t % options.period]!) : values
  const smoothing = fitExponentialSmoothing(adjusted, { initial: 'estimated' })
  const half = slope(adjusted) / 2
  const alpha = Math.max(1e-10, smoothing.alpha)
  const z = normalQuantile(0.5 + level / 2)
  const sigma2 = smoothing.sse / (n - 2)
  const shape = (v: number, h: number): number => (figure ? v * figure[(n + h) % options.period]! : v)
  const wide = (v: number, h: number): number => (options.seasonalSpread === false ? v : shape(v, h))
  const mean = Float64Array.from(
    { length: horizon },
    (_, h) => smoothing.level + half * (h + (1 - (1 - alpha) ** n) / alpha),
  )
  const spread = mean.map((_, h) => z * Math.sqrt(sigma2 * (1 + h * alpha * alpha)))
  return {
    mean: mean.map(shape),
    lower: mean.map((v, h) => shape(v, h) - wide(spread[h]!, h)),
    upper: mean.map((v, h) => shape(v, h) + wide(spread[h]!, h)),
    level,
  }
}

function seasonalFigure(y: Float64Array, period: number): Float64Array | undefined {
  if (!(period > 1) || y.length <= 2 * period || y.some((v) => v <= 0)) return undefined
  const centre = meanOf(y)
  if (y.every((v) => v === centre)) return undefined
  const rho = autocorrelation(y, period)
  let sum = 1
  for (let k = 1; k < period; k++) sum += 2 * rho[k]! ** 2
  const significant = Math.abs(rho[period]!) / Math.sqrt(sum / y.length) > normalQuantile(0.95)
  if (!significant) return undefined
  const { figure } = decomposeClassical(y, period, 'multiplicative')
  return figure.some((v) => Math.abs(v) < 1e-8) ? undefined : figure
}

function slope(y: Float64Array): number {
  const middle = (y.length - 1) / 2
  let [top, bottom] = [0, 0]
  for (let t = 0; t < y.length; t++) {
    top += (t - middle) * y[t]!
    bottom += (t - middle) ** 2
  }
  return top / bottom
}
