import { requireFiniteColumn, StatsError } from '../stats-error.ts'

export type IntermittentForecast = {
  /** Demand per period from now on, the same for every period ahead. */
  readonly rate: number
  /** Smoothed size of a demand and smoothed number of periods from one to the next. */
  readonly size: number
  readonly interval: number
  /** Forecast of each period from those before it; the first demand's own where there is none yet. */
  readonly fitted: Float64Array
}

/**
 * Demand that is mostly zero: sizes and gaps of demands are smoothed apart. `croston` divides one by the other, `sba` takes
 * off its bias by the factor 1 − alpha/2, `sbj` by 1 − alpha/(2 − alpha).
 * In the series' unit per period; ≥ 0.
 * Cost O(n).
 * Source: Croston (1972), https://doi.org/10.1057/jors.1972.50; Syntetos & Boylan (2005), https://doi.org/10.1016/j.ijforecast.2004.10.001; Shale,
 * Boylan & Johnston (2006), https://doi.org/10.1057/palgrave.jors.2602031
 * Parity: R's `forecast::croston`.
 * @param y values ≥ 0 in order of time.
 * @param options.alpha weight of the newest demand, in (0, 1]. Default 0.1.
 * @throws StatsError `insufficientData` for fewer than 2 demands, `outOfDomain`, `notFinite`.
 * @example
 * forecastIntermittent([0, 2, 0, 0, 3, 0, 4], 'croston').rate // → 1.095694
 */
export function forecastIntermittent(
  y: ArrayLike<number>,
  method: 'croston' | 'sba' | 'sbj',
  options: { readonly alpha?: number } = {},
): IntermittentForecast {
  const { alpha = 0.1 } = options
  if (!(alpha > 0 && alpha <= 1))
    throw new StatsError('outOfDomain', `alpha is ${alpha}; a number above 0 and at most 1 was expected.`)
  requireFiniteColumn('y', y)
  const times: number[] = []
  for (let t = 0; t < y.length; t++) {
    if (y[t]! < 0) throw new StatsError('outOfDomain', `Period ${t} has ${y[t]}; a demand ≥ 0 was expected.`)
    if (y[t]! > 0) times.push(t)
  }
  if (times.length < 2)
    throw new StatsError(
      'insufficientData',
      `The series has ${times.length} demands; at least 2 were expected.`,
    )
  const factor = method === 'sba' ? 1 - alpha / 2 : method === 'sbj' ? 1 - alpha / (2 - alpha) : 1
  let size = y[times[0]!]!
  let interval = times[0]! + 1
  let seen = 0
  const fitted = Float64Array.from({ length: y.length }, (_, t) => {
    const now = (factor * size) / interval
    if (y[t]! > 0) {
      if (seen > 0) {
        size += alpha * (y[t]! - size)
        interval += alpha * (t - times[seen - 1]! - interval)
      }
      seen++
    }
    return now
  })
  return { rate: (factor * size) / interval, size, interval, fitted }
}
