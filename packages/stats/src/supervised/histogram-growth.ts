import type { FlatTree } from './boosted-tree.ts'
import type { BinnedColumns } from './feature-bins.ts'
import {
  fillHistogram,
  HISTOGRAM_STRIDE,
  partitionRows,
  subtractHistogram,
  sumOver,
} from './histogram-rows.ts'
import { findBestSplit, type HistogramSplit } from './histogram-split.ts'
import type { PackedGradients } from './packed-gradients.ts'

export type BoostGrowOptions = {
  readonly leaves: number
  readonly maximumDepth: number
  readonly minimumLeafRows: number
  readonly minimumHessian: number
  readonly lambda: number
  readonly minimumGain: number
  /** 1, −1 or 0 by feature. */
  readonly monotone: Int8Array
  readonly interactions: readonly (readonly number[])[] | undefined
  /** Features that may be used; all when absent. */
  readonly columns: Uint32Array | undefined
}

type Leaf = {
  readonly node: number
  readonly start: number
  readonly end: number
  readonly depth: number
  readonly gradient: number
  readonly hessian: number
  readonly low: number
  readonly high: number
  readonly path: readonly number[]
  histogram: Float64Array
  split: HistogramSplit | undefined
}

type Building = { [K in keyof FlatTree]: FlatTree[K] extends readonly (infer T)[] ? T[] : never }

/** Grows one tree on first and second derivatives; also gives the rows of each leaf. */
export function growBoostedTree(
  binned: BinnedColumns,
  rows: Uint32Array,
  gradients: Float64Array,
  hessians: Float64Array,
  packing: PackedGradients,
  options: BoostGrowOptions,
) {
  const { packed } = packing
  const tree: Building = {
    feature: [],
    threshold: [],
    bin: [],
    categories: [],
    missingLeft: [],
    left: [],
    right: [],
    value: [],
    cover: [],
    gain: [],
  }
  const spare: Float64Array[] = []
  const order = rows
  const scratch = new Uint32Array(rows.length)
  const size = binned.features.length * HISTOGRAM_STRIDE
  const take = (): Float64Array => spare.pop()?.fill(0) ?? new Float64Array(size)
  const features = Array.from({ length: binned.features.length }, (_, f) => f)
  const usable = options.columns ? Array.from(options.columns) : features
  const addLeaf = (from: Omit<Leaf, 'node' | 'split'>): Leaf => {
    const node = tree.feature.length
    tree.feature.push(-1)
    for (const list of [tree.threshold, tree.bin, tree.left, tree.right, tree.gain]) list.push(0)
    tree.categories.push([])
    tree.missingLeft.push(false)
    const raw = -from.gradient / (from.hessian + options.lambda)
    tree.value.push(from.hessian + options.lambda > 0 ? Math.min(from.high, Math.max(from.low, raw)) : 0)
    tree.cover.push(from.hessian)
    const leaf: Leaf = { ...from, node, split: undefined }
    const enough = leaf.depth < options.maximumDepth && leaf.end - leaf.start >= 2 * options.minimumLeafRows
    if (enough)
      leaf.split = findBestSplit(
        leaf,
        leaf.end - leaf.start,
        allowed(usable, leaf.path, options),
        binned.features,
        packing,
        options,
      )
    return leaf
  }
  const rootHistogram = take()
  fillHistogram(binned, order, 0, order.length, packed, rootHistogram)
  const gradient = sumOver(order, gradients, 0, order.length)
  const hessian = sumOver(order, hessians, 0, order.length)
  const open = [
    addLeaf({
      start: 0,
      end: order.length,
      depth: 0,
      gradient,
      hessian,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      path: [],
      histogram: rootHistogram,
    }),
  ]
  const closed: Leaf[] = []
  while (open.length + closed.length < options.leaves) {
    const at = bestLeaf(open)
    if (at < 0) break
    const leaf = open.splice(at, 1)[0]!
    const split = leaf.split!
    const middle = partitionRows(binned, order, scratch, leaf.start, leaf.end, split)
    const small = middle - leaf.start <= leaf.end - middle ? 'left' : 'right'
    const smallHistogram = take()
    const [from, to] = small === 'left' ? [leaf.start, middle] : [middle, leaf.end]
    fillHistogram(binned, order, from, to, packed, smallHistogram)
    // Of leaves the sums are exact: only where to split is judged in rounded units.
    const partGradient = sumOver(order, gradients, from, to)
    const partHessian = sumOver(order, hessians, from, to)
    const [leftGradient, leftHessian] =
      small === 'left'
        ? [partGradient, partHessian]
        : [leaf.gradient - partGradient, leaf.hessian - partHessian]
    const largeHistogram = leaf.histogram
    subtractHistogram(largeHistogram, smallHistogram)
    const bounds = childBounds(leaf, split, options)
    const path = leaf.path.includes(split.feature) ? leaf.path : [...leaf.path, split.feature]
    const shared = { depth: leaf.depth + 1, path }
    const left = addLeaf({
      ...shared,
      start: leaf.start,
      end: middle,
      gradient: leftGradient,
      hessian: leftHessian,
      ...bounds.left,
      histogram: small === 'left' ? smallHistogram : largeHistogram,
    })
    const right = addLeaf({
      ...shared,
      start: middle,
      end: leaf.end,
      gradient: leaf.gradient - leftGradient,
      hessian: leaf.hessian - leftHessian,
      ...bounds.right,
      histogram: small === 'left' ? largeHistogram : smallHistogram,
    })
    recordSplit(tree, leaf.node, split, binned, left.node, right.node)
    for (const child of [left, right]) {
      if (child.split) open.push(child)
      else {
        closed.push(child)
        spare.push(child.histogram)
      }
    }
  }
  const leafRows = new Map([...open, ...closed].map((leaf) => [leaf.node, order.slice(leaf.start, leaf.end)]))
  return { tree: tree as FlatTree, leafRows }
}

function bestLeaf(open: readonly Leaf[]): number {
  let best = -1
  open.forEach((leaf, i) => {
    if (leaf.split && (best < 0 || leaf.split.gain > open[best]!.split!.gain)) best = i
  })
  return best
}

/** Under a monotone split neither side may pass the middle of both values, nor may anything below it. */
function childBounds({ low, high }: Leaf, split: HistogramSplit, options: BoostGrowOptions) {
  const sign = options.monotone[split.feature]!
  if (sign === 0) return { left: { low, high }, right: { low, high } }
  const middle = (split.leftValue + split.rightValue) / 2
  return sign > 0
    ? { left: { low, high: middle }, right: { low: middle, high } }
    : { left: { low: middle, high }, right: { low, high: middle } }
}

function allowed(
  usable: readonly number[],
  path: readonly number[],
  { interactions }: BoostGrowOptions,
): readonly number[] {
  if (!interactions || path.length === 0) return usable
  const groups = interactions.filter((group) => path.every((f) => group.includes(f)))
  return usable.filter((f) => path.includes(f) || groups.some((group) => group.includes(f)))
}

function recordSplit(
  tree: Building,
  node: number,
  split: HistogramSplit,
  { features }: BinnedColumns,
  left: number,
  right: number,
): void {
  const feature = features[split.feature]!
  tree.feature[node] = split.feature
  tree.bin[node] = split.bin
  tree.threshold[node] = feature.kind === 'number' ? (feature.edges[split.bin - 1] ?? Number.MAX_VALUE) : 0
  tree.categories[node] = split.categories
  tree.missingLeft[node] = split.missingLeft
  tree.left[node] = left
  tree.right[node] = right
  tree.gain[node] = split.gain
}
