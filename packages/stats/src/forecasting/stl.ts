import { StatsError } from '../stats-error.ts'
import { loessSmooth } from './loess.ts'
import { checkSeries, meanOf, requirePeriod } from './series.ts'

export interface StlOptions {
  /** Odd span of the seasonal smoother in periods, or `periodic` for a season that never changes. */
  readonly seasonalWindow: number | 'periodic'
  /** Odd span of the trend smoother; default the smallest odd number ≥ 1.5·period/(1 − 1.5/seasonalWindow). */
  readonly trendWindow?: number
  readonly lowPassWindow?: number
  readonly seasonalDegree?: 0 | 1
  readonly trendDegree?: 0 | 1
  /** Default 1. */
  readonly lowPassDegree?: 0 | 1
  /**
   * Points between evaluations of each smoother, the ones between interpolated. Default a tenth of the span, as the
   * authors' program and R do; 1 evaluates everywhere, statsmodels' default.
   */
  readonly jump?: number | { readonly seasonal?: number; readonly trend?: number; readonly lowPass?: number }
  /** Down-weights outliers in 15 outer loops of one inner loop (R's `robust = TRUE`). Default false: no outer loop, two inner. */
  readonly robust?: boolean
  readonly innerLoops?: number
  readonly outerLoops?: number
}

export interface StlDecomposition {
  readonly seasonal: Float64Array
  readonly trend: Float64Array
  readonly remainder: Float64Array
  readonly weights: Float64Array
}

/**
 * Seasonal–trend decomposition by loess, with smoothers evaluated at every tenth of their span and interpolated between
 * (as the authors' program and R's `stl` do) unless `jump` says otherwise.
 * Every column has length n; they add up to y.
 * Cost O(n × (seasonalWindow + trendWindow) / jump) a loop.
 * Source: Cleveland, Cleveland, McRae and Terpenning (1990), "STL", Journal of Official Statistics 6(1), section 3, https://www.wessa.net/download/stl.pdf
 * @throws StatsError `notFinite`, `invalidOption`, `insufficientData` for two periods or fewer
 * @example
 * decomposeStl([1, 9, 2, 10, 3, 11, 4, 12], 2, { seasonalWindow: 'periodic' }).seasonal.slice(0, 2) // → [-3.750032, 3.750032]
 */
export function decomposeStl(y: ArrayLike<number>, period: number, options: StlOptions): StlDecomposition {
  requirePeriod(period)
  const values = checkSeries(y, 2 * period + 1, 'STL')
  const n = values.length
  const periodic = options.seasonalWindow === 'periodic'
  const seasonalWindow =
    options.seasonalWindow === 'periodic' ? 10 * n + 1 : odd(Math.max(3, options.seasonalWindow))
  const trendWindow = odd(options.trendWindow ?? Math.ceil((1.5 * period) / (1 - 1.5 / seasonalWindow)))
  const lowPassWindow = odd(options.lowPassWindow ?? period)
  const seasonalDegree = periodic ? 0 : (options.seasonalDegree ?? 0)
  const trendDegree = options.trendDegree ?? 1
  const inner = options.innerLoops ?? (options.robust ? 1 : 2)
  const outer = options.outerLoops ?? (options.robust ? 15 : 0)
  if (inner < 1) throw new StatsError('invalidOption', `innerLoops is ${inner}; at least 1 was expected.`)
  const jumps = {
    seasonal: jumpOf(options, 'seasonal', seasonalWindow),
    trend: jumpOf(options, 'trend', trendWindow),
    lowPass: jumpOf(options, 'lowPass', lowPassWindow),
  }
  const weights = new Float64Array(n).fill(1)
  let trend: Float64Array = new Float64Array(n)
  let seasonal: Float64Array = new Float64Array(n)
  for (let pass = 0; pass <= outer; pass++) {
    for (let k = 0; k < inner; k++) {
      const detrended = values.map((v, t) => v - trend[t]!)
      const cycle = smoothCycles(
        detrended,
        period,
        seasonalWindow,
        seasonalDegree,
        jumps.seasonal,
        pass === 0 ? undefined : weights,
      )
      const low = loessSmooth(
        movingAverage(movingAverage(movingAverage(cycle, period), period), 3),
        lowPassWindow,
        options.lowPassDegree ?? 1,
        jumps.lowPass,
      )
      seasonal = Float64Array.from({ length: n }, (_, t) => cycle[period + t]! - low[t]!)
      const adjusted = values.map((v, t) => v - seasonal[t]!)
      trend = loessSmooth(adjusted, trendWindow, trendDegree, jumps.trend, pass === 0 ? undefined : weights)
    }
    if (pass < outer) robustnessWeights(values, trend, seasonal, weights)
  }
  if (periodic) average(seasonal, period)
  const remainder = values.map((v, t) => v - trend[t]! - seasonal[t]!)
  return { seasonal, trend, remainder, weights }
}

function odd(span: number): number {
  const whole = Math.round(span)
  return whole % 2 === 0 ? whole + 1 : whole
}

function jumpOf(options: StlOptions, smoother: 'seasonal' | 'trend' | 'lowPass', span: number): number {
  const asked = typeof options.jump === 'number' ? options.jump : options.jump?.[smoother]
  if (asked === undefined) return Math.ceil(span / 10)
  if (!Number.isInteger(asked) || asked < 1)
    throw new StatsError(
      'invalidOption',
      `The jump of the ${smoother} smoother is ${asked}; a whole number of at least 1 was expected.`,
    )
  return asked
}

/** Each season's own subseries smoothed and extended by one period at both ends: length n + 2·period. */
function smoothCycles(
  y: Float64Array,
  period: number,
  window: number,
  degree: 0 | 1,
  jump: number,
  weights: Float64Array | undefined,
): Float64Array {
  const n = y.length
  const cycle = new Float64Array(n + 2 * period)
  for (let season = 0; season < period; season++) {
    const count = Math.floor((n - season - 1) / period) + 1
    const part = Float64Array.from({ length: count }, (_, k) => y[season + k * period]!)
    const own = weights && Float64Array.from({ length: count }, (_, k) => weights[season + k * period]!)
    const smooth = loessSmooth(part, window, degree, jump, own, true)
    for (let k = 0; k < count + 2; k++) cycle[season + k * period] = smooth[k]!
  }
  return cycle
}

function movingAverage(y: Float64Array, length: number): Float64Array {
  const result = new Float64Array(y.length - length + 1)
  let sum = 0
  for (let t = 0; t < y.length; t++) {
    sum += y[t]!
    if (t >= length) sum -= y[t - length]!
    if (t >= length - 1) result[t - length + 1] = sum / length
  }
  return result
}

function robustnessWeights(
  y: Float64Array,
  trend: Float64Array,
  seasonal: Float64Array,
  weights: Float64Array,
): void {
  const sizes = y.map((v, t) => Math.abs(v - trend[t]! - seasonal[t]!))
  const sorted = sizes.slice().sort()
  const n = sorted.length
  const limit = 3 * (sorted[Math.floor(n / 2)]! + sorted[n - Math.floor(n / 2) - 1]!)
  for (let t = 0; t < n; t++) {
    const size = sizes[t]!
    weights[t] = size <= 0.001 * limit ? 1 : size <= 0.999 * limit ? (1 - (size / limit) ** 2) ** 2 : 0
  }
}

function average(seasonal: Float64Array, period: number): void {
  for (let season = 0; season < period; season++) {
    const own: number[] = []
    for (let t = season; t < seasonal.length; t += period) own.push(seasonal[t]!)
    const mean = meanOf(own)
    for (let t = season; t < seasonal.length; t += period) seasonal[t] = mean
  }
}
