import * as S from '@tranche/stats'
import { numbers, type ReferenceCase, readColumns } from './adapter.ts'
import { dayOf, once } from './shape.ts'

// The input files of the forecasting area, and calls that several cases share.

export const air = once(() => numbers(readColumns('data/airpassengers.csv')['y']!))
export const airDays = once(() => readColumns('data/airpassengers.csv')['month']!.map(dayOf))
export const nile = once(() => numbers(readColumns('data/nile.csv')['y']!))
export const dated = (file: string): { day: number[]; y: Float64Array } => {
  const c = readColumns(file)
  return { day: c['ds']!.map(dayOf), y: numbers(c['y']!) }
}
export const peyton = once(() => dated('data/example_wp_log_peyton_manning.csv'))
export const stock = once(() => dated('data/prophet_test_data.csv'))

export const smooth = (y: ArrayLike<number>, options: S.ExponentialSmoothingOptions, horizon = 1) => {
  const model = S.fitExponentialSmoothing(y, options)
  return { model, forecast: S.forecastExponentialSmoothing(model, horizon) }
}
export const conditional = { initial: 'conditional', seasonBase: 'newLevel', period: 12 } as const
export const coefficients = (m: S.ExponentialSmoothingModel): number[] => [m.level, m.trend, ...m.season]
export const airline = (y: ArrayLike<number>): S.ArimaModel =>
  S.fitArima(y, { order: { p: 0, d: 1, q: 1, seasonal: { P: 0, D: 1, Q: 1, period: 12 } }, lambda: 0 })
export const upper = (a: S.ForecastAccuracy) => ({
  ME: a.me,
  RMSE: a.rmse,
  MAE: a.mae,
  MPE: a.mpe,
  MAPE: a.mape,
  MASE: a.mase,
})
export const heldOut = (forecast: (train: Float64Array) => ArrayLike<number>) => (): unknown => {
  const train = air().slice(0, 120)
  return upper(S.forecastAccuracy(air().slice(120), forecast(train), { y: train, period: 12 }))
}
/** Fits all but the last rows and measures the forecast of those. */
export const lastRows = (
  data: { day: readonly number[]; y: Float64Array },
  rows: number,
  options?: S.TrendSeasonOptions,
) => {
  const n = data.y.length - rows
  const model = S.fitTrendSeason(data.day.slice(0, n), data.y.slice(0, n), options)
  const { mean } = S.predictTrendSeason(model, data.day.slice(n))
  return { mean, accuracy: S.forecastAccuracy(data.y.slice(n), mean) }
}
export const growthStart = (c: ReferenceCase, growth: S.Growth, scaling: 'absMax' | 'minMax'): number[] => {
  const { day, y } = stock()
  const rows = Number(c.params.rows.replace('first ', ''))
  const { k, m } = S.growthStartOfSeries(
    growth,
    day.slice(0, rows),
    y.slice(0, rows),
    scaling,
    Math.max(...y.slice(0, rows)),
  )
  return [k, m]
}
export const backTest = (c: ReferenceCase): S.BackTestRecord[] => {
  const { day, y } = peyton()
  const daysOf = (text: string): number => Number(text.replace(' days', ''))
  const options = {
    initial: daysOf(c.params.initial),
    step: daysOf(c.params.period),
    horizon: daysOf(c.params.horizon),
  }
  return S.rollingOrigins(day, options).flatMap((origin) => {
    const past = day.flatMap((d, i) => (d <= origin ? [i] : []))
    const next = day.flatMap((d, i) => (d > origin && d <= origin + options.horizon ? [i] : []))
    const model = S.fitTrendSeason(
      past.map((i) => day[i]!),
      past.map((i) => y[i]!),
    )
    const f = S.forecastTrendSeason(
      model,
      next.map((i) => day[i]!),
      { random: S.createRandom(1), level: 0.8 },
    )
    return next.map((i, k) => ({
      origin,
      at: day[i]!,
      ahead: day[i]! - origin,
      actual: y[i]!,
      forecast: f.mean[k]!,
      lower: f.lower[k]!,
      upper: f.upper[k]!,
    }))
  })
}

/** The ETS model of that name of the airline series, found R's way. */
export function etsAsR(name: string, horizon: number) {
  const component = (letter: string): S.Component =>
    letter === 'A' ? 'additive' : letter === 'M' ? 'multiplicative' : 'none'
  const [error, trend, season] = [...name.slice(4, -1).replaceAll(',', '')].map(component) as [
    S.EtsForm['error'],
    S.Component,
    S.Component,
  ]
  const form = { error, trend, damped: false, season, period: 12 }
  const model = S.fitEts(air(), form, { search: 'simplex' })
  const { name: method, alpha, beta, gamma, initialLevel: l, initialTrend: b, sigma2 } = model
  const { mean, lower: lo95, upper: hi95 } = S.forecastEts(model, horizon)
  const { aic, aicc, bic, logLikelihood: ll } = model
  return { method, par: { alpha, beta, gamma, l, b }, aic, aicc, bic, ll, sigma2, mean, lo95, hi95 }
}
