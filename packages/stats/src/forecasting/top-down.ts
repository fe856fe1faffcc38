import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import { requireHierarchy, sumUp } from './hierarchy.ts'

/**
 * How a total is shared out. By history: `averageProportions` is the mean over time of each series' share,
 * `proportionAverages` its mean over the total's mean. `forecastProportions` shares each sum among its parts as their own
 * forecasts stand to each other, level by level.
 */
export type TopDownMethod =
  | { readonly kind: 'averageProportions' | 'proportionAverages'; readonly history: ArrayLike<number> }
  | { readonly kind: 'forecastProportions' }

/**
 * Coherent forecasts of a hierarchy at one horizon that keep the forecast of its total.
 * One value per series, in the forecasts' unit; the first series is the total.
 * Cost O(series² × bottom), or O(T × bottom) by history.
 * Source: Gross and Sohl (1990), https://doi.org/10.1002/for.3980090304, methods A and F; Athanasopoulos, Ahmed and Hyndman
 * (2009), https://doi.org/10.1016/j.ijforecast.2008.07.004, for forecast proportions.
 * Parity: hierarchicalforecast's `TopDown`.
 * @param summing row-major series×bottom matrix of 0 and 1; its first row is the total, its last `bottom` rows the lowest
 * level
 * @param base forecasts of all series, in the rows' order
 * @param method its `history` is row-major T×bottom
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain` where shares would be of 0, `invalidOption` for a matrix
 * whose series do not nest
 * @example
 * topDownForecasts([1, 1, 1, 0, 0, 1], 2, [100, 60, 50], { kind: 'forecastProportions' }) // → [100, 54.54545, 45.45455]
 */
export function topDownForecasts(
  summing: ArrayLike<number>,
  bottom: number,
  base: ArrayLike<number>,
  method: TopDownMethod,
): Float64Array {
  const series = requireHierarchy(summing, bottom, base)
  const lowest =
    method.kind === 'forecastProportions'
      ? byForecasts(summing, bottom, base)
      : byHistory(method, bottom).map((share) => share * base[0]!)
  return sumUp(summing, lowest, series)
}

function byHistory(
  { kind, history }: Exclude<TopDownMethod, { kind: 'forecastProportions' }>,
  bottom: number,
): Float64Array {
  const rows = history.length / bottom
  if (!(Number.isInteger(rows) && rows >= 1))
    throw new StatsError(
      'lengthMismatch',
      `history has ${history.length} values, which is not a whole number of rows of ${bottom} series.`,
    )
  requireFiniteColumn('history', history)
  const shares = new Float64Array(bottom)
  const sums = new Float64Array(bottom)
  let all = 0
  for (let t = 0; t < rows; t++) {
    let total = 0
    for (let j = 0; j < bottom; j++) total += history[t * bottom + j]!
    all += total
    for (let j = 0; j < bottom; j++) {
      sums[j]! += history[t * bottom + j]!
      if (kind === 'averageProportions')
        shares[j]! += history[t * bottom + j]! / requireTotal(total, `row ${t} of the history`) / rows
    }
  }
  if (kind === 'averageProportions') return shares
  return sums.map((sum) => sum / requireTotal(all, 'the history'))
}

function byForecasts(summing: ArrayLike<number>, bottom: number, base: ArrayLike<number>): Float64Array {
  const series = base.length
  const parent = parentsOf(summing, bottom, series)
  const value = new Float64Array(series)
  value[0] = base[0]!
  // A parent has more below it than its parts, so it comes first.
  const size = Array.from({ length: series }, (_, i) => below(summing, bottom, i))
  const order = Array.from({ length: series }, (_, i) => i).sort((a, b) => size[b]! - size[a]! || a - b)
  for (const i of order) {
    if (i === 0) continue
    let siblings = 0
    for (let k = 1; k < series; k++) if (parent[k] === parent[i]) siblings += base[k]!
    value[i] =
      (value[parent[i]!]! * base[i]!) / requireTotal(siblings, `the parts of series ${parent[i]} forecast`)
  }
  return value.slice(series - bottom)
}

/** The smallest series that holds each; series that stand for the same rows nest in their order. */
function parentsOf(summing: ArrayLike<number>, bottom: number, series: number): Int32Array {
  const parent = new Int32Array(series).fill(-1)
  for (let i = 1; i < series; i++) {
    const size = below(summing, bottom, i)
    for (let k = 0; k < series; k++) {
      if (k === i || (below(summing, bottom, k) === size && k > i)) continue
      let [shared, own] = [0, 0]
      for (let j = 0; j < bottom; j++) {
        if (summing[i * bottom + j]! === 0) continue
        own++
        if (summing[k * bottom + j]! !== 0) shared++
      }
      const closer = parent[i]! < 0 || below(summing, bottom, k) <= below(summing, bottom, parent[i]!)
      if (own > 0 && shared === own && closer) parent[i] = k
      else if (shared > 0 && shared < own && below(summing, bottom, k) >= size)
        throw new StatsError('invalidOption', `Series ${i} and ${k} overlap, but neither holds the other.`, {
          hint: 'Groups that cross need a reconciliation, not a split from the top.',
        })
    }
    if (parent[i]! < 0)
      throw new StatsError('invalidOption', `Series ${i} is not part of the total, the first series.`)
  }
  return parent
}

function below(summing: ArrayLike<number>, bottom: number, i: number): number {
  let count = 0
  for (let j = 0; j < bottom; j++) if (summing[i * bottom + j]! !== 0) count++
  return count
}

function requireTotal(total: number, what: string): number {
  if (total !== 0) return total
  throw new StatsError('outOfDomain', `The total of ${what} is 0, of which there are no shares.`)
}
