import { requireFiniteColumn, requireProbability, StatsError } from '../stats-error.ts'

/** The nine sample quantiles of Hyndman & Fan. 7 is the default of R, NumPy and pandas; 1 is the exact order statistic of SQL's percentile_disc. */
export type QuantileType = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9

/**
 * Sample quantiles of values in any order.
 * Cost O(n log n).
 * Source: Hyndman & Fan (1996), "Sample quantiles in statistical packages", The American Statistician 50(4), https://doi.org/10.1080/00031305.1996.10473566
 * @param probabilities each in [0, 1]. @returns one quantile each, in the order asked.
 * @throws StatsError `emptyData`, `notFinite`, or `outOfDomain` for a probability out of range.
 * @example
 * quantiles([3, 1, 2, 4], [0.25, 0.5]) // → [1.75, 2.5]
 */
export function quantiles(
  values: ArrayLike<number>,
  probabilities: readonly number[],
  type: QuantileType = 7,
): Float64Array {
  requireFiniteColumn('values', values)
  const sorted = Float64Array.from(values).sort()
  return Float64Array.from(probabilities, (p) => sortedQuantile(sorted, p, type))
}

/**
 * One quantile of values that are already in ascending order.; the order is not checked.
 * Cost O(1).
 * Source: Hyndman & Fan (1996), https://doi.org/10.1080/00031305.1996.10473566
 * @throws StatsError `emptyData`, `outOfDomain` for a probability out of [0, 1]
 * @example
 * sortedQuantile([1, 2, 3, 4], 0.5) // → 2.5
 */
export function sortedQuantile(
  sorted: ArrayLike<number>,
  probability: number,
  type: QuantileType = 7,
): number {
  requireProbability('probability', probability)
  const n = sorted.length
  if (n === 0)
    throw new StatsError('emptyData', 'A quantile was asked of no values; at least 1 was expected.')
  const { index, fraction } =
    type <= 3 ? discontinuous(n, probability, type) : continuous(n, probability, type)
  const low = sorted[clamp(index - 1, n)]!
  if (fraction === 0) return low
  const high = sorted[clamp(index, n)]!
  return fraction === 1 ? high : low + fraction * (high - low)
}

/** A whole position computed as 2.9999999999999996 must count as 3, as in R. */
const FUZZ = 4 * Number.EPSILON

function discontinuous(n: number, p: number, type: QuantileType): { index: number; fraction: number } {
  const position = type === 3 ? n * p - 0.5 : n * p
  const index = Math.floor(position + FUZZ)
  const above = position > index + FUZZ
  if (type === 1) return { index, fraction: above ? 1 : 0 }
  if (type === 2) return { index, fraction: above ? 1 : 0.5 }
  return { index, fraction: above || index % 2 !== 0 ? 1 : 0 }
}

function continuous(n: number, p: number, type: QuantileType): { index: number; fraction: number } {
  const [a, b] = plottingPosition(type)
  const position = a + p * (n + 1 - a - b)
  const index = Math.floor(position + FUZZ)
  const fraction = position - index
  return { index, fraction: Math.abs(fraction) < FUZZ ? 0 : fraction }
}

function plottingPosition(type: QuantileType): readonly [number, number] {
  switch (type) {
    case 4:
      return [0, 1]
    case 5:
      return [0.5, 0.5]
    case 6:
      return [0, 0]
    case 8:
      return [1 / 3, 1 / 3]
    case 9:
      return [3 / 8, 3 / 8]
    default:
      return [1, 1]
  }
}

function clamp(index: number, n: number): number {
  return index < 0 ? 0 : index >= n ? n - 1 : index
}
