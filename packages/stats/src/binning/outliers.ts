import { quantiles } from '../inference/quantile.ts'
import { requireFiniteColumn, requireLevel, StatsError } from '../stats-error.ts'

/**
 * Marks values (1) outside an interval of the middle of the data, widened on both sides by `reach` times its length:
 * the interval from quantile to quantile (`equalTailed`), or the shortest that holds the share (`shortest`). At the
 * defaults these are the whiskers of a box plot.
 * One mark per value.
 * Cost O(n log n).
 * Source: Tukey (1977), Exploratory Data Analysis, section 2C; Hyndman (1996), https://doi.org/10.1080/00031305.1996.10474359
 * for the shortest interval.
 * Parity: optbinning's `RangeDetector`.
 * @throws StatsError `emptyData`, `notFinite`, `outOfDomain`
 * @example
 * rangeOutliers([1, 2, 3, 4, 30]) // → [0, 0, 0, 0, 1]
 */
export function rangeOutliers(
  values: ArrayLike<number>,
  options: {
    /** Share of the values in the interval. Default .5. */
    readonly share?: number
    /** Default 1.5. */
    readonly reach?: number
    readonly interval?: 'equalTailed' | 'shortest'
  } = {},
): Uint8Array {
  const { share = 0.5, reach = 1.5, interval = 'equalTailed' } = options
  requireValues(values)
  requireLevel('share', share)
  if (!(reach >= 0 && reach < Infinity))
    throw new StatsError('outOfDomain', `reach is ${reach}; a finite number of at least 0 was expected.`)
  const [low, high] =
    interval === 'equalTailed'
      ? quantiles(values, [(1 - share) / 2, (1 + share) / 2])
      : shortest(Float64Array.from(values).sort(), share)
  const margin = reach * (high! - low!)
  return Uint8Array.from(values, (v) => (v > high! + margin || v < low! - margin ? 1 : 0))
}

/**
 * Marks values (1) whose distance from the median is more than `threshold` times the median absolute deviation, the
 * latter brought to the scale of a normal distribution's standard deviation (× 1/.6745).
 * One mark per value.
 * Cost O(n log n).
 * Source: Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers, as in NIST's handbook,
 * https://www.itl.nist.gov/div898/handbook/eda/section3/eda35h.htm
 * Parity: optbinning's `ModifiedZScoreDetector`.
 * @throws StatsError `emptyData`, `notFinite`, `outOfDomain`, `zeroVariance` if more than half of the values are equal
 * @example
 * medianOutliers([1, 2, 3, 4, 30]) // → [0, 0, 0, 0, 1]
 */
export function medianOutliers(values: ArrayLike<number>, threshold = 3.5): Uint8Array {
  requireValues(values)
  if (!(threshold >= 0))
    throw new StatsError('outOfDomain', `threshold is ${threshold}; a number of at least 0 was expected.`)
  const [median] = quantiles(values, [0.5])
  const away = Float64Array.from(values, (v) => Math.abs(v - median!))
  const [deviation] = quantiles(away, [0.5])
  if (!(deviation! > 0))
    throw new StatsError(
      'zeroVariance',
      'More than half of the values are equal, so there is no spread to judge the others by.',
      { hint: 'Mark by range instead: rangeOutliers.' },
    )
  return Uint8Array.from(away, (d) => (0.6745 * d > threshold * deviation! ? 1 : 0))
}

function requireValues(values: ArrayLike<number>): void {
  if (values.length === 0) throw new StatsError('emptyData', 'There are no values to judge.')
  requireFiniteColumn('values', values)
}

/** Ends of the shortest interval between sorted values so many places apart. */
function shortest(sorted: Float64Array, share: number): readonly [number, number] {
  const apart = Math.min(Math.ceil(share * sorted.length), sorted.length - 1)
  let at = 0
  for (let i = 0; i + apart < sorted.length; i++)
    if (sorted[i + apart]! - sorted[i]! < sorted[at + apart]! - sorted[at]!) at = i
  return [sorted[at]!, sorted[at + apart]!]
}
