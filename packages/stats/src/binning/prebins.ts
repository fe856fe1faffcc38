import { quantileBins } from '../clustering/quantile-bins.ts'
import { StatsError } from '../stats-error.ts'
import { prebinTreeSplits } from './prebin-tree.ts'

/** How a variable is cut before the search: by a tree that looks at the outcome, or by equal filling or width. */
export type PrebinMethod = 'cart' | 'quantile' | 'uniform'

export type PrebinOptions = {
  readonly method: PrebinMethod
  /** Most prebins. */
  readonly maximum: number
  /** Least share of the rows in a prebin of a tree. */
  readonly minimumShare: number
  /** Thresholds midway between values rounded to single precision, as scikit-learn's. */
  readonly precision: 'double' | 'float32'
  readonly task: 'classes' | 'numbers'
}

/**
 * Split points that cut a variable before the search, ascending; bins are [a, b). A constant variable has none.
 * `values` and `y` have length n.
 * Cost O(n log n).
 * Source: Navas-Palencia (2020), section 2.1, https://arxiv.org/abs/2001.08025
 * @throws StatsError `notFinite`, `invalidOption`
 * @example
 * const options = { method: 'quantile', maximum: 4, minimumShare: 0.05, precision: 'double', task: 'classes' }
 * prebinSplits(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), Float64Array.of(0, 0, 0, 1, 0, 1, 1, 1), options) // → [2.75, 4.5, 6.25]
 */
export function prebinSplits(
  values: Float64Array,
  y: Float64Array,
  options: PrebinOptions,
): readonly number[] {
  if (!(options.maximum >= 2))
    throw new StatsError(
      'invalidOption',
      `At most ${options.maximum} prebins were asked for; at least 2 were expected.`,
    )
  if (options.method === 'cart') {
    return prebinTreeSplits(values, y, {
      classes: options.task === 'classes' ? 1 + y.reduce((a, b) => Math.max(a, b), 0) : 0,
      maximumLeaves: options.maximum,
      minimumLeafRows: Math.max(1, Math.ceil(options.minimumShare * values.length)),
      precision: options.precision,
    })
  }
  if (options.method !== 'uniform' && options.method !== 'quantile')
    throw new StatsError('invalidOption', `There is no way "${options.method}" to make prebins.`, {
      hint: 'There are cart, quantile and uniform; cut points made otherwise are given as `splits`.',
    })
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (!(high > low)) return []
  if (options.method === 'uniform')
    return Array.from(
      { length: options.maximum - 1 },
      (_, i) => low + ((i + 1) * (high - low)) / options.maximum,
    )
  return quantileBins(values, {
    bins: options.maximum,
    convention: 'rightClosed',
    duplicateEdges: 'drop',
  }).edges!.slice(1, -1)
}

/**
 * Bin of each value for splits in ascending order; bins are [a, b).
 * One bin from 0 to the number of splits per value.
 * Cost O(n log splits), or O(n) for many values that splits divide evenly.
 * Source: Navas-Palencia (2020), section 2.1, https://arxiv.org/abs/2001.08025
 * @throws nothing
 * @example
 * digitize([1, 3, 5], [3, 4]) // → [0, 1, 2]
 */
export function digitize(values: ArrayLike<number>, splits: ArrayLike<number>): Int32Array {
  return values.length < manyValues || splits.length < 2
    ? byHalving(values, splits)
    : byStretches(values, splits)
}

function byHalving(values: ArrayLike<number>, splits: ArrayLike<number>): Int32Array {
  const bins = new Int32Array(values.length)
  for (let i = 0; i < bins.length; i++) {
    let low = 0
    let high = splits.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (values[i]! < splits[middle]!) high = middle
      else low = middle + 1
    }
    bins[i] = low
  }
  return bins
}

const manyValues = 5_000
/** So many stretches of equal length between the outer splits, in most of which lies no split or one. */
const stretches = 1024

/** A table says at which split to begin for the stretch of a value: there is nothing to guess wrong, as there is in halving. */
function byStretches(values: ArrayLike<number>, splits: ArrayLike<number>): Int32Array {
  const [first, last] = [splits[0]!, splits[splits.length - 1]!]
  const ratio = (stretches - 1) / (last - first)
  const scale = Number.isFinite(ratio) ? ratio : 0
  // Rises with the value, so that all splits of earlier stretches are below it.
  const stretchOf = (value: number) => Math.max(0, Math.min(stretches - 1, (value - first) * scale)) | 0
  const edges = Float64Array.from(splits)
  const begins = new Int32Array(stretches)
  for (const edge of edges) begins.fill(edges.indexOf(edge) + 1, stretchOf(edge) + 1)
  const bins = new Int32Array(values.length)
  const end = edges.length
  for (let i = 0; i < bins.length; i++) {
    const value = values[i]!
    let bin = begins[stretchOf(value)]!
    while (bin < end && !(value < edges[bin]!)) bin++
    bins[i] = bin
  }
  return bins
}
