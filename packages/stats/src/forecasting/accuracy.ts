import { requireFiniteColumn, requireLevel, requireSameLength, StatsError } from '../stats-error.ts'
import { autocorrelation } from './autocorrelation.ts'
import { meanOf } from './series.ts'

/** Errors are actual minus forecast. Percentages are null where an actual is 0; scaled errors null without training data. */
export interface ForecastAccuracy {
  readonly me: number
  readonly rmse: number
  readonly mae: number
  readonly mpe: number | null
  readonly mape: number | null
  /** Mean of 200·|e|/(|actual| + |forecast|). */
  readonly smape: number | null
  readonly mase: number | null
  readonly rmsse: number | null
  readonly mse: number
  readonly medianAbsoluteError: number
  readonly mdape: number | null
  /** Σ|e| / Σ|actual|, a share. */
  readonly wape: number | null
  /** Mean of 100·(e / actual)², under a root, as a percentage. */
  readonly rmspe: number | null
  /** Lag-one autocorrelation of the errors; null where they do not vary. */
  readonly acf1: number | null
  /** Theil's U2 of successive relative errors: below 1 beats the last value. Null where an actual but the last is 0. */
  readonly theilU: number | null
}

/**
 * Measures of a forecast against what came. MASE and RMSSE divide by the in-sample error of the naive forecast of the
 * given period (1: last value).
 * Both columns have length n; the training series may have another.
 * Cost O(n).
 * Source: Hyndman and Koehler (2006), https://doi.org/10.1016/j.ijforecast.2006.03.001
 * @throws StatsError `notFinite`, `zeroVariance`, `lengthMismatch`, `emptyData`, `insufficientData`
 * @example
 * const { rmse, mape, mase } = forecastAccuracy([10, 12, 14], [11, 12, 12], { y: [7, 8, 10, 9], period: 1 })
 * [rmse, mape, mase] // → [1.290994, 8.095238, 0.75]
 */
export function forecastAccuracy(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  training?: { readonly y: ArrayLike<number>; readonly period: number },
): ForecastAccuracy {
  const n = requireSameLength({ actual, forecast })
  if (n === 0)
    throw new StatsError('emptyData', 'There is nothing to compare; at least one forecast was expected.')
  requireFiniteColumn('actual', actual)
  requireFiniteColumn('forecast', forecast)
  const errors = Float64Array.from(actual, (v, i) => v - forecast[i]!)
  const sizes = errors.map(Math.abs)
  const zero = Array.from(actual).some((v) => v === 0)
  const mae = meanOf(sizes)
  const rmse = Math.sqrt(meanOf(errors.map((e) => e * e)))
  const scale = training ? naiveErrors(training.y, training.period) : undefined
  const allZero = Array.from(actual).every((v) => v === 0)
  const bothZero = Array.from(actual).some((v, i) => v === 0 && forecast[i] === 0)
  return {
    me: meanOf(errors),
    rmse,
    mae,
    mpe: zero ? null : meanOf(errors.map((e, i) => (100 * e) / actual[i]!)),
    mape: zero ? null : meanOf(sizes.map((e, i) => (100 * e) / Math.abs(actual[i]!))),
    smape: bothZero
      ? null
      : meanOf(sizes.map((e, i) => (200 * e) / (Math.abs(actual[i]!) + Math.abs(forecast[i]!)))),
    mase: scale && scale.absolute > 0 ? mae / scale.absolute : null,
    rmsse: scale && scale.square > 0 ? rmse / Math.sqrt(scale.square) : null,
    mse: rmse * rmse,
    medianAbsoluteError: medianOf(sizes),
    mdape: zero ? null : medianOf(sizes.map((e, i) => (100 * e) / Math.abs(actual[i]!))),
    wape: allZero ? null : mae / meanOf(Float64Array.from(actual, Math.abs)),
    rmspe: zero ? null : 100 * Math.sqrt(meanOf(errors.map((e, i) => (e / actual[i]!) ** 2))),
    acf1: n > 1 && errors.some((e) => e !== errors[0]) ? autocorrelation(errors, 1)[1]! : null,
    theilU: theilU(actual, forecast),
  }
}

/** Source: Makridakis, Wheelwright and Hyndman (1998), section 2.4.2, as R's `accuracy`. */
function theilU(actual: ArrayLike<number>, forecast: ArrayLike<number>): number | null {
  let [own, naive] = [0, 0]
  for (let t = 1; t < actual.length; t++) {
    const before = actual[t - 1]!
    if (before === 0) return null
    own += ((forecast[t]! - actual[t]!) / before) ** 2
    naive += ((actual[t]! - before) / before) ** 2
  }
  return naive > 0 ? Math.sqrt(own / naive) : null
}

function medianOf(values: Float64Array): number {
  const sorted = values.slice().sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/**
 * Mean pinball loss of a quantile forecast.
 * In the data's unit, ≥ 0; `quantile` in (0, 1); both columns have length n.
 * Cost O(n).
 * Source: Koenker and Bassett (1978), https://doi.org/10.2307/1913643
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`
 * @example
 * pinballLoss([10, 12], [11, 11], 0.9) // → 0.5
 */
export function pinballLoss(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  quantile: number,
): number {
  requireLevel('quantile', quantile)
  requireValues({ actual, forecast })
  return meanOf(
    Float64Array.from(actual, (v, i) =>
      v >= forecast[i]! ? quantile * (v - forecast[i]!) : (1 - quantile) * (forecast[i]! - v),
    ),
  )
}

/**
 * Share of actual values inside their interval, ends included.
 * Range: [0, 1]; the three columns have length n.
 * Cost O(n).
 * Source: Christoffersen (1998), https://doi.org/10.2307/2527341
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`
 * @example
 * intervalCoverage([10, 12, 20], [8, 8, 8], [15, 15, 15]) // → 0.6666667
 */
export function intervalCoverage(
  actual: ArrayLike<number>,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
): number {
  requireValues({ actual }, { lower, upper })
  return meanOf(Float64Array.from(actual, (v, i) => (v >= lower[i]! && v <= upper[i]! ? 1 : 0)))
}

function naiveErrors(
  y: ArrayLike<number>,
  period: number,
): { readonly absolute: number; readonly square: number } {
  if (y.length <= period)
    throw new StatsError(
      'insufficientData',
      `${y.length} training observations have no naive error at period ${period}.`,
    )
  const errors = Float64Array.from({ length: y.length - period }, (_, t) => y[t + period]! - y[t]!)
  return { absolute: meanOf(errors.map(Math.abs)), square: meanOf(errors.map((e) => e * e)) }
}

/** At least one finite value a column; `open` ones may be infinite. */
function requireValues(
  finite: Readonly<Record<string, ArrayLike<number>>>,
  open: Readonly<Record<string, ArrayLike<number>>> = {},
): void {
  if (requireSameLength({ ...finite, ...open }) === 0)
    throw new StatsError('emptyData', 'There is no forecast to judge.')
  for (const [name, column] of Object.entries(finite)) requireFiniteColumn(name, column)
  for (const [name, column] of Object.entries(open))
    for (let i = 0; i < column.length; i++)
      if (Number.isNaN(column[i])) throw new StatsError('notFinite', `${name} is NaN at index ${i}.`)
}
