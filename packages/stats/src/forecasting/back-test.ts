import {
  requireFinite,
  requireFiniteColumn,
  requirePositive,
  requireSameLength,
  StatsError,
} from '../stats-error.ts'
import { type ForecastAccuracy, forecastAccuracy } from './accuracy.ts'

/** One forecast against what came, `ahead` of its origin. */
export interface BackTestRecord {
  readonly origin: number
  readonly at: number
  readonly ahead: number
  readonly actual: number
  readonly forecast: number
  readonly lower?: number
  readonly upper?: number
}

export interface BackTestOptions {
  /** Observations (or days) before the first origin. */
  readonly initial: number
  readonly step: number
  readonly horizon: number
}

/**
 * Rolling-origin back-test of an equally spaced series: fits on everything before each origin and compares the next
 * `horizon` values. `forecast` gets the history and must return as many values as asked for.
 * Cost one fit per origin.
 * Source: Tashman (2000), https://doi.org/10.1016/S0169-2070(00)00065-0
 * @throws StatsError `notFinite`, `insufficientData`, `invalidOption`
 * @example
 * const last = (history, horizon) => new Array(horizon).fill(history.at(-1))
 * backTest([1, 2, 3, 4, 5, 6], { initial: 3, step: 1, horizon: 1 }, last).accuracy.mae // → 1
 */
export function backTest(
  y: ArrayLike<number>,
  options: BackTestOptions,
  forecast: (history: Float64Array, horizon: number) => ArrayLike<number>,
): { readonly records: readonly BackTestRecord[]; readonly accuracy: ForecastAccuracy } {
  const { initial, step, horizon } = options
  if (!(initial >= 1 && step >= 1 && horizon >= 1))
    throw new StatsError(
      'invalidOption',
      `initial, step and horizon are ${initial}, ${step} and ${horizon}; whole numbers ≥ 1 were expected.`,
    )
  const values = Float64Array.from(y)
  const records: BackTestRecord[] = []
  for (let origin = initial; origin + horizon <= values.length; origin += step) {
    const ahead = forecast(values.slice(0, origin), horizon)
    if (ahead.length !== horizon)
      throw new StatsError(
        'lengthMismatch',
        `The forecast has ${ahead.length} values; ${horizon} were expected.`,
      )
    for (let h = 1; h <= horizon; h++)
      records.push({
        origin,
        at: origin + h - 1,
        ahead: h,
        actual: values[origin + h - 1]!,
        forecast: ahead[h - 1]!,
      })
  }
  if (records.length === 0)
    throw new StatsError(
      'insufficientData',
      `${values.length} observations hold no origin with ${initial} before and ${horizon} after it.`,
    )
  return {
    records,
    accuracy: forecastAccuracy(
      records.map((r) => r.actual),
      records.map((r) => r.forecast),
    ),
  }
}

/**
 * Origins of a dated series, counted back from the last possible one, each with `initial` days before it and data within
 * `horizon` days after it; ascending. Days need not be equally spaced. As Prophet's `generate_cutoffs`.
 * Cost O(n log n).
 * Source: as Prophet's diagnostics, https://facebook.github.io/prophet/docs/diagnostics.html
 * @throws StatsError `insufficientData`, `notFinite`, `outOfDomain`
 * @example
 * rollingOrigins([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { initial: 4, step: 2, horizon: 2 }) // → [5, 7]
 */
export function rollingOrigins(days: ArrayLike<number>, options: BackTestOptions): number[] {
  requireFiniteColumn('days', days)
  requireFinite('initial', options.initial)
  requirePositive('step', options.step)
  requirePositive('horizon', options.horizon)
  const sorted = Float64Array.from(days).sort()
  const first = sorted[0] ?? 0
  let origin = (sorted.at(-1) ?? 0) - options.horizon
  if ((origin - first) / options.step > 1e6)
    throw new StatsError('outOfDomain', `A step of ${options.step} gives more than a million origins.`)
  const origins: number[] = []
  while (origin >= first + options.initial) {
    origins.push(origin)
    origin -= options.step
    const from = origin
    if (origin > first && !sorted.some((d) => d > from && d <= from + options.horizon)) {
      const before = sorted.filter((d) => d <= from)
      origin = before.at(-1)! - options.horizon
    }
  }
  if (origins.length === 0)
    throw new StatsError(
      'insufficientData',
      `The series is too short for ${options.initial} days of history and ${options.horizon} of horizon.`,
    )
  return origins.reverse()
}

export interface HorizonAccuracy {
  readonly ahead: number
  readonly mse: number
  readonly rmse: number
  readonly mae: number
  readonly mape: number | null
  /** Median absolute error relative to the actual value. */
  readonly mdape: number | null
  /** Mean of 2|e| / (|actual| + |forecast|), 0 where both are 0. */
  readonly smape: number
  readonly coverage: number | null
}

/**
 * Accuracy by how far ahead, each over a trailing window that holds the share `window` of all records; horizons whose
 * window would not be full are left out, and the last horizon enters in part so that every window weighs the same.
 * As Prophet's `performance_metrics`.
 * Cost O(n log n).
 * Source: as Prophet's diagnostics, https://facebook.github.io/prophet/docs/diagnostics.html
 * @throws StatsError `emptyData`, `invalidOption`, `notFinite`
 * @example
 * const records = [1, 2].map((ahead) => ({ origin: 0, at: ahead, ahead, actual: 10, forecast: 10 + ahead }))
 * accuracyByHorizon(records, 0.5).map((row) => row.mae) // → [1, 2]
 */
export function accuracyByHorizon(
  records: readonly BackTestRecord[],
  window = 0.1,
): readonly HorizonAccuracy[] {
  if (records.length === 0) throw new StatsError('emptyData', 'There are no records.')
  if (!(window >= 0 && window <= 1))
    throw new StatsError('invalidOption', `window is ${window}; a share between 0 and 1 was expected.`)
  const ahead = Float64Array.from(records, (r) => r.ahead)
  requireFiniteColumn('ahead', ahead)
  for (const name of ['actual', 'forecast'] as const)
    requireFiniteColumn(
      name,
      records.map((r) => r[name]),
    )
  const size = Math.max(1, Math.floor(window * records.length))
  const roll = (value: (r: BackTestRecord) => number): Map<number, number> =>
    byAhead(rollingByHorizon(Float64Array.from(records, value), ahead, size, 'mean'))
  const error = (r: BackTestRecord): number => r.actual - r.forecast
  const mse = roll((r) => error(r) ** 2)
  const mae = roll((r) => Math.abs(error(r)))
  const relative = (r: BackTestRecord): number => Math.abs(error(r) / r.actual)
  const nonzero = records.every((r) => r.actual !== 0)
  const mape = nonzero ? roll(relative) : undefined
  const sorted = records.toSorted((a, b) => a.ahead - b.ahead)
  const mdape = nonzero
    ? byAhead(
        rollingByHorizon(
          Float64Array.from(sorted, relative),
          sorted.map((r) => r.ahead),
          size,
          'median',
        ),
      )
    : undefined
  const smape = roll((r) =>
    error(r) === 0 ? 0 : (2 * Math.abs(error(r))) / (Math.abs(r.actual) + Math.abs(r.forecast)),
  )
  const bounded = records.every((r) => r.lower !== undefined && r.upper !== undefined)
  const coverage = bounded ? roll((r) => (r.actual >= r.lower! && r.actual <= r.upper! ? 1 : 0)) : undefined
  return [...mse.keys()]
    .sort((a, b) => a - b)
    .map((h) => ({
      ahead: h,
      mse: mse.get(h)!,
      rmse: Math.sqrt(mse.get(h)!),
      mae: mae.get(h)!,
      mape: mape?.get(h) ?? null,
      mdape: mdape?.get(h) ?? null,
      smape: smape.get(h)!,
      coverage: coverage?.get(h) ?? null,
    }))
}

export interface HorizonValue {
  readonly ahead: number
  readonly value: number
}

const byAhead = (rows: readonly HorizonValue[]): Map<number, number> =>
  new Map(rows.map((row) => [row.ahead, row.value]))

/**
 * One value per horizon from the last `size` values at or before it, ascending; horizons with fewer are left out.
 * `mean` lets the earliest horizon in the window enter in part (Prophet's `rolling_mean_by_h`); `median` takes all of a
 * horizon and fills up with the values that stand before it in the given order (`rolling_median_by_h`).
 * Cost O(n log n), O(n·size) for medians.
 * Source: Taylor and Letham (2018); as Prophet's diagnostics, https://facebook.github.io/prophet/docs/diagnostics.html
 * @param ahead horizon of each value; ascending for `median`
 * @throws StatsError `lengthMismatch`, `notFinite`, `invalidOption` for a size below 1
 * @example
 * rollingByHorizon([1, 2, 3, 6], [1, 1, 2, 2], 2, 'mean').map((row) => row.value) // → [1.5, 4.5]
 */
export function rollingByHorizon(
  values: ArrayLike<number>,
  ahead: ArrayLike<number>,
  size: number,
  statistic: 'mean' | 'median',
): readonly HorizonValue[] {
  requireSameLength({ values, ahead })
  requireFiniteColumn('values', values)
  requireFiniteColumn('ahead', ahead)
  if (!Number.isInteger(size) || size < 1)
    throw new StatsError('invalidOption', `size is ${size}; a whole number of at least 1 was expected.`)
  const found = statistic === 'mean' ? rollingMean(values, ahead, size) : rollingMedian(values, ahead, size)
  return [...found].map(([h, value]) => ({ ahead: h, value })).sort((a, b) => a.ahead - b.ahead)
}

function rollingMedian(
  values: ArrayLike<number>,
  ahead: ArrayLike<number>,
  size: number,
): Map<number, number> {
  const result = new Map<number, number>()
  for (let end = values.length; end > 0; ) {
    let start = end - 1
    while (start > 0 && ahead[start - 1] === ahead[end - 1]) start--
    const from = Math.max(0, Math.min(start, end - size))
    if (end - from < size) break
    const window = Float64Array.from({ length: end - from }, (_, k) => values[from + k]!).sort()
    const half = window.length >> 1
    result.set(
      ahead[end - 1]!,
      window.length % 2 === 1 ? window[half]! : (window[half - 1]! + window[half]!) / 2,
    )
    end = start
  }
  return result
}

function rollingMean(values: ArrayLike<number>, ahead: ArrayLike<number>, size: number): Map<number, number> {
  const groups = new Map<number, { sum: number; count: number }>()
  for (let i = 0; i < values.length; i++) {
    const group = groups.get(ahead[i]!) ?? { sum: 0, count: 0 }
    group.sum += values[i]!
    group.count++
    groups.set(ahead[i]!, group)
  }
  const horizons = [...groups.keys()].sort((a, b) => a - b)
  const result = new Map<number, number>()
  let trailing = horizons.length - 1
  let [sum, count] = [0, 0]
  for (let k = horizons.length - 1; k >= 0; k--) {
    const own = groups.get(horizons[k]!)!
    sum += own.sum
    count += own.count
    while (count >= size && trailing >= k) {
      const last = groups.get(horizons[trailing]!)!
      result.set(horizons[trailing]!, (sum - ((count - size) * own.sum) / own.count) / size)
      sum -= last.sum
      count -= last.count
      trailing--
    }
  }
  return result
}
