import { sortedQuantile } from '../inference/quantile.ts'
import { requireFiniteColumn, StatsError } from '../stats-error.ts'

/**
 * How values are cut into equally filled bins; packages disagree as soon as values tie.
 * - `rightClosed`: edges are type-7 quantiles, bins (a, b] with the lowest value included (pandas `qcut`).
 * - `leftClosed`: the same edges, bins [a, b) with the highest value included.
 * - `plusOne`: thresholds are type-7 quantiles + 1 and bins [a, b), for whole numbers (R package rfm).
 * - `rankFirst`: ties are split in row order, so that bins are equal in size (pandas `qcut(rank(method="first"))`).
 * - `ntile`: ties are split in row order and the first bins take what is left over (SQL `ntile`, dplyr).
 */
export type QuantileBinConvention = 'rightClosed' | 'leftClosed' | 'plusOne' | 'rankFirst' | 'ntile'

export type QuantileBinOptions = {
  /** Number of bins, at least 1. */
  readonly bins: number
  readonly convention: QuantileBinConvention
  /** What to do when heavy ties make two edges equal: refuse (default), or go on with fewer bins. */
  readonly duplicateEdges?: 'refuse' | 'drop'
}

export type QuantileBins = {
  /** Bin 0…bins−1 of each value, lowest values in bin 0. */
  readonly codes: Int32Array
  /** Edges in ascending order; absent where bins are cut by rank and so have none. */
  readonly edges?: readonly number[]
  readonly bins: number
}

/**
 * Cuts values into bins of about equal size under a named convention.
 * Cost O(n log n).
 * Source: pandas `qcut`, https://pandas.pydata.org/docs/reference/api/pandas.qcut.html; R package rfm 0.3; SQL:2003
 * `ntile`.
 * @throws StatsError `emptyData`, `notFinite`, `invalidOption`, or `assumptionFailed` if edges coincide and
 * `duplicateEdges` is `refuse`.
 * @example
 * quantileBins([5, 1, 9, 3], { bins: 2, convention: 'rightClosed' }).codes // → [1, 0, 1, 0]
 */
export function quantileBins(values: ArrayLike<number>, options: QuantileBinOptions): QuantileBins {
  const { bins, convention } = options
  if (!Number.isInteger(bins) || bins < 1) {
    throw new StatsError('invalidOption', `bins is ${bins}; a whole number of at least 1 was expected.`)
  }
  if (values.length === 0) throw new StatsError('emptyData', 'There are no values to cut into bins.')
  requireFiniteColumn('values', values)
  if (convention === 'ntile') return { codes: ntileCodes(values, bins), bins }
  if (convention === 'rankFirst') return { codes: rankFirstCodes(values, bins), bins }
  const edges = quantileEdges(values, options)
  const codes = Int32Array.from(values, (x) => codeOf(x, edges, convention))
  return { codes, edges: Object.freeze(edges), bins: edges.length - 1 }
}

/**
 * Bin of one value under given edges; values outside go to the first or last bin.
 * A bin from 0 to edges − 2.
 * Cost O(edges).
 * Source: pandas `qcut`, https://pandas.pydata.org/docs/reference/api/pandas.qcut.html
 * @throws nothing
 * @example
 * binOf(4, [1, 4, 9], 'rightClosed') // → 0
 */
export function binOf(
  value: number,
  edges: readonly number[],
  convention: 'rightClosed' | 'leftClosed',
): number {
  return codeOf(value, edges, convention)
}

function quantileEdges(
  values: ArrayLike<number>,
  { bins, convention, duplicateEdges }: QuantileBinOptions,
): number[] {
  const sorted = Float64Array.from(values).sort()
  const step = convention === 'plusOne' ? 1 : 0
  const edges = Array.from({ length: bins + 1 }, (_, i) => {
    const inner = i > 0 && i < bins
    return sortedQuantile(sorted, i / bins) + (inner || i === bins ? step : 0)
  })
  if (convention === 'plusOne') return edges
  const unique = edges.filter((edge, i) => i === 0 || edge > edges[i - 1]!)
  if (unique.length === edges.length) return edges
  if (duplicateEdges === 'drop' && unique.length > 1) return unique
  throw new StatsError(
    'assumptionFailed',
    `${bins} bins were asked for, but ties leave only ${unique.length - 1} with edges of their own.`,
    { hint: "Ask for fewer bins, pass duplicateEdges: 'drop', or cut by rank with convention: 'rankFirst'." },
  )
}

function codeOf(value: number, edges: readonly number[], convention: QuantileBinConvention): number {
  let low = 1
  let high = edges.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    const below = convention === 'rightClosed' ? value <= edges[middle]! : value < edges[middle]!
    if (below) high = middle
    else low = middle + 1
  }
  return low - 1
}

function inOrder(values: ArrayLike<number>): Uint32Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i)
  return order.sort((a, b) => values[a]! - values[b]! || a - b)
}

/** The edges of `rankFirst` are type-7 quantiles of the ranks 1…n, bins (a, b]. */
function rankFirstCodes(values: ArrayLike<number>, bins: number): Int32Array {
  const n = values.length
  const codes = new Int32Array(n)
  const edges = Array.from({ length: bins + 1 }, (_, i) => 1 + (i / bins) * (n - 1))
  inOrder(values).forEach((row, rank) => {
    codes[row] = codeOf(rank + 1, edges, 'rightClosed')
  })
  return codes
}

function ntileCodes(values: ArrayLike<number>, bins: number): Int32Array {
  const n = values.length
  const codes = new Int32Array(n)
  const small = Math.floor(n / bins)
  const larger = n % bins
  const inLarger = larger * (small + 1)
  inOrder(values).forEach((row, rank) => {
    codes[row] =
      rank < inLarger ? Math.floor(rank / (small + 1)) : larger + Math.floor((rank - inLarger) / small)
  })
  return codes
}
