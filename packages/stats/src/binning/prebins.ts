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

/** Split points, ascending; bins are [a, b). @throws StatsError `zeroVariance` for a constant variable is not thrown: it has no split. */
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

/** Bin of each value for splits in ascending order; bins are [a, b). */
export function digitize(values: ArrayLike<number>, splits: readonly number[]): Int32Array {
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
