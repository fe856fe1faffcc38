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

/**
 * Classical decomposition by a centred moving average and seasonal means.
 * Components have length n, in the data's unit (seasonal a ratio when multiplicative).
 * Cost O(n·period).
 * Source: Kendall and Stuart (1983), as R's `decompose`, https://stat.ethz.ch/R-manual/R-devel/library/stats/html/decompose.html
 * @throws StatsError `insufficientData` below two periods
 * @example
 * decomposeClassical([1, 5, 2, 6, 3, 7], 2, 'additive').figure // → [-1.75, 1.75]
 */
export function decomposeClassical(
  y: ArrayLike<number>,
  period: number,
  type: 'additive' | 'multiplicative',
): ClassicalDecomposition {
  requirePeriod(period)
  const values = checkSeries(y, 2 * period, 'Classical decomposition')
  const n = values.length
  const half = Math.floor(period / 2)
  const even = period % 2 === 0
  const trend = Array.from(values, (_, t) => {
    if (t < half || t + half >= n) return null
    let sum = 0
    for (let k = -half; k <= half; k++) sum += values[t + k]! * (even && Math.abs(k) === half ? 0.5 : 1)
    return sum / period
  })
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
