import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import type { QuantileBins } from './quantile-bins.ts'

/**
 * Cuts values into bins of equal width, (a, b] (default) or [a, b); the outer edge that would leave a value out lies a
 * thousandth of the range further out, as in pandas.
 * Bin 0 has the lowest values.
 * Cost O(n).
 * Source: pandas `cut`, https://pandas.pydata.org/docs/reference/api/pandas.cut.html
 * @throws StatsError `emptyData`, `notFinite`, `invalidOption`, `zeroVariance` where all values are equal.
 * @example
 * equalWidthBins([5, 1, 9, 3], { bins: 4 }).codes // → [1, 0, 3, 0]
 */
export function equalWidthBins(
  values: ArrayLike<number>,
  options: { readonly bins: number; readonly closed?: 'right' | 'left' },
): QuantileBins & { readonly edges: readonly number[] } {
  const { bins, closed = 'right' } = options
  if (!(Number.isInteger(bins) && bins >= 1))
    throw new StatsError('invalidOption', `bins is ${bins}; a whole number of at least 1 was expected.`)
  if (values.length === 0) throw new StatsError('emptyData', 'There are no values to cut into bins.')
  requireFiniteColumn('values', values)
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!)
    high = Math.max(high, values[i]!)
  }
  if (!(high > low))
    throw new StatsError('zeroVariance', `All values are ${low}, so they cannot be cut into bins.`)
  const width = (high - low) / bins
  const inner = Array.from({ length: bins - 1 }, (_, k) => low + (k + 1) * width)
  const further = 0.001 * (high - low)
  const edges = closed === 'right' ? [low - further, ...inner, high] : [low, ...inner, high + further]
  const codes = Int32Array.from(values, (value) => {
    let bin = 0
    while (bin < bins - 1 && (closed === 'right' ? value > inner[bin]! : value >= inner[bin]!)) bin++
    return bin
  })
  return { codes, edges: Object.freeze(edges), bins }
}
