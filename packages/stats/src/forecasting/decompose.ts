import { StatsError } from '../stats-error.ts'
import { checkSeries, meanOf, requirePeriod } from './series.ts'

export interface ClassicalDecomposition {
  /** Null at both ends, where the moving average does not reach. */
  readonly trend: readonly (number | null)[]
  /** Repeats `figure`. */
  readonly seasonal: Float64Array
  readonly remainder: readonly (number | null)[]
  /** One value per season, starting with the first observation's; sums to 0, or averages 1 when multiplicative. */
  readonly figure: Float64Array
  readonly type: 'additive' | 'multiplicative'
}

export interface ClassicalOptions {
  /** Whether the moving average looks both ways (default) or only back (`trailing`: R's `sides = 1`, statsmodels' `two_sided=False`). */
  readonly side?: 'centred' | 'trailing'
  /** Fill the trend's ends by the line through this many of its nearest values (statsmodels' `extrapolate_trend`). Default: leave them null. */
  readonly extrapolate?: number
  /** The values behind the line at the end: `nearest`, or `butLast`, which leaves out the very last as statsmodels does. Default `nearest`. */
  readonly extrapolateEnd?: 'nearest' | 'butLast'
}

/**
 * Classical decomposition by a moving average over one period and seasonal means.
 * Components have length n, in the data's unit (seasonal a ratio when multiplicative).
 * Cost O(n·period).
 * Source: Kendall and Stuart (1983), as R's `decompose` and statsmodels' `seasonal_decompose`, https://stat.ethz.ch/R-manual/R-devel/library/stats/html/decompose.html
 * @throws StatsError `notFinite`, `insufficientData` below two periods, `invalidOption`
 * @example
 * decomposeClassical([1, 5, 2, 6, 3, 7], 2, 'additive').figure // → [-1.75, 1.75]
 */
export function decomposeClassical(
  y: ArrayLike<number>,
  period: number,
  type: 'additive' | 'multiplicative',
  options: ClassicalOptions = {},
): ClassicalDecomposition {
  requirePeriod(period)
  const values = checkSeries(y, 2 * period, 'Classical decomposition')
  const n = values.length
  const half = Math.floor(period / 2)
  const even = period % 2 === 0
  const lead = options.side === 'trailing' ? half : 0
  const trend = Array.from(values, (_, t) => {
    const middle = t - lead
    if (middle < half || middle + half >= n) return null
    let sum = 0
    for (let k = -half; k <= half; k++) sum += values[middle + k]! * (even && Math.abs(k) === half ? 0.5 : 1)
    return sum / period
  })
  if (options.extrapolate !== undefined)
    extendTrend(trend, options.extrapolate, options.extrapolateEnd ?? 'nearest')
  const bare = trend.map((level, t) => {
    if (level === null) return null
    if (type === 'additive') return values[t]! - level
    if (level === 0)
      throw new StatsError(
        'outOfDomain',
        'The moving average is 0 somewhere, so the series has no multiplicative decomposition.',
        { hint: 'Use the additive one.' },
      )
    return values[t]! / level
  })
  const figure = new Float64Array(period)
  for (let season = 0; season < period; season++)
    figure[season] = meanOf(bare.filter((v, t): v is number => v !== null && t % period === season))
  const centre = meanOf(figure)
  for (let season = 0; season < period; season++)
    figure[season] = type === 'additive' ? figure[season]! - centre : figure[season]! / centre
  const seasonal = values.map((_, t) => figure[t % period]!)
  const remainder = bare.map((v, t) =>
    v === null ? null : type === 'additive' ? v - seasonal[t]! : v / seasonal[t]!,
  )
  return { trend, seasonal, remainder, figure, type }
}

/** Fills the nulls at both ends by least-squares lines through the nearest `points` values. */
function extendTrend(trend: (number | null)[], points: number, end: 'nearest' | 'butLast'): void {
  const first = trend.findIndex((v) => v !== null)
  const last = trend.findLastIndex((v) => v !== null)
  const count = Math.min(points, last - first + (end === 'butLast' ? 0 : 1))
  if (!Number.isInteger(points) || count < 2)
    throw new StatsError(
      'invalidOption',
      `The trend is to be extended by ${points} of its values; a whole number of at least 2 was expected.`,
    )
  const line = (from: number): ((t: number) => number) => {
    const middle = from + (count - 1) / 2
    let [level, top, bottom] = [0, 0, 0]
    for (let t = from; t < from + count; t++) {
      level += trend[t]! / count
      top += (t - middle) * trend[t]!
      bottom += (t - middle) ** 2
    }
    return (t) => level + (top / bottom) * (t - middle)
  }
  const [before, after] = [line(first), line(last - count + (end === 'butLast' ? 0 : 1))]
  for (let t = 0; t < first; t++) trend[t] = before(t)
  for (let t = last + 1; t < trend.length; t++) trend[t] = after(t)
}
