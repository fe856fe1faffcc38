import type { FlatTree } from './boosted-tree.ts'
import type { BinnedColumns } from './feature-bins.ts'
import {
  type BinWords,
  emptyHistogram,
  fillHistogram,
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
  readonly low: number
  readonly high: number
  readonly path: readonly number[]
  /** None where the leaf may not be split. */
  histogram: Float64Array | undefined
  split: HistogramSplit | undefined
}

type Building = { [K in keyof FlatTree]: FlatTree[K] extends readonly (infer T)[] ? T[] : never }

/** Room that trees of one fit use one after the other. */
export type GrowthRoom = {
  readonly bins: BinWords
  readonly scratch: Uint32Array
  readonly spare: Float64Array[]
}

/**
 * Grows one tree on first and second derivatives; also gives the rows of each leaf, as parts of `order`, which is
 * rearranged.
 */
export function growBoostedTree(
  binned: BinnedColumns,
  room: GrowthRoom,
  order: Uint32Array,
  gradients: Float64Array,
  hessians: Float64Array,
  packing: PackedGradients,
  options: BoostGrowOptions,
) {
  const { packed } = packing
  const { bins, spare } = room
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
  const nodes: Leaf[] = []
  let ended = 0
  const take = (): Float64Array => spare.pop()?.fill(0) ?? emptyHistogram(bins)
  const usable = options.columns ? Array.from(options.columns) : binned.features.map((_, f) => f)
  const mayGrow = ({ start, end, depth }: Pick<Leaf, 'start' | 'end' | 'depth'>): boolean =>
    depth < options.maximumDepth && end - start >= 2 * options.minimumLeafRows
  const addLeaf = (from: Omit<Leaf, 'node' | 'split'>): Leaf => {
    const leaf: Leaf = { ...from, node: addNode(tree), split: undefined }
    if (leaf.histogram && mayGrow(leaf))
      leaf.split = findBestSplit(
        { histogram: leaf.histogram, low: leaf.low, high: leaf.high },
        leaf.end - leaf.start,
        allowed(usable, leaf.path, options),
        binned.features,
        packing,
        options,
      )
    nodes.push(leaf)
    return leaf
  }
  const histogram = take()
  fillHistogram(bins, order, 0, order.length, packed, histogram)
  const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const root = addLeaf({ start: 0, end: order.length, depth: 0, low, high, path: [], histogram })
  const open: Leaf[] = []
  if (root.split) open.push(root)
  else ended++
  while (open.length + ended < options.leaves) {
    const at = bestLeaf(open)
    if (at < 0) break
    const leaf = open.splice(at, 1)[0]!
    const split = leaf.split!
    const middle = partitionRows(binned, order, room.scratch, leaf.start, leaf.end, split)
    const left = { start: leaf.start, end: middle, depth: leaf.depth + 1 }
    const right = { start: middle, end: leaf.end, depth: leaf.depth + 1 }
    let ofLeft: Float64Array | undefined
    let ofRight: Float64Array | undefined
    const full = open.length + ended + 2 >= options.leaves
    if (!full && (mayGrow(left) || mayGrow(right))) {
      const small = middle - leaf.start <= leaf.end - middle ? left : right
      const part = take()
      fillHistogram(bins, order, small.start, small.end, packed, part)
      subtractHistogram(leaf.histogram!, part)
      ;[ofLeft, ofRight] = small === left ? [part, leaf.histogram] : [leaf.histogram, part]
    } else spare.push(leaf.histogram!)
    const bounds = childBounds(leaf, split, options)
    const path = leaf.path.includes(split.feature) ? leaf.path : [...leaf.path, split.feature]
    const children = [
      addLeaf({ ...left, ...bounds.left, path, histogram: ofLeft }),
      addLeaf({ ...right, ...bounds.right, path, histogram: ofRight }),
    ] as const
    recordSplit(tree, leaf.node, split, binned, children[0].node, children[1].node)
    for (const child of children) {
      if (child.split) open.push(child)
      else {
        ended++
        if (child.histogram) spare.push(child.histogram)
      }
    }
  }
  for (const { histogram: left } of open) spare.push(left!)
  if (!root.split) spare.push(histogram)
  setValues(tree, nodes, order, gradients, hessians, options.lambda)
  const leaves = nodes.filter(({ node }) => tree.feature[node]! < 0)
  const leafRows = new Map(leaves.map(({ node, start, end }) => [node, order.subarray(start, end)]))
  return { tree: tree as FlatTree, leafRows }
}

function addNode(tree: Building): number {
  tree.feature.push(-1)
  for (const list of [tree.threshold, tree.bin, tree.left, tree.right, tree.gain, tree.value, tree.cover])
    list.push(0)
  tree.categories.push([])
  tree.missingLeft.push(false)
  return tree.feature.length - 1
}

/** Sums of leaves are exact: only where to split is judged in rounded units. A node's are those of its children. */
function setValues(
  tree: Building,
  nodes: readonly Leaf[],
  order: Uint32Array,
  gradients: Float64Array,
  hessians: Float64Array,
  lambda: number,
): void {
  const gradient = new Float64Array(nodes.length)
  for (let node = nodes.length - 1; node >= 0; node--) {
    const { start, end, low, high } = nodes[node]!
    const [left, right] = [tree.left[node]!, tree.right[node]!]
    const isLeaf = tree.feature[node]! < 0
    gradient[node] = isLeaf ? sumOver(order, gradients, start, end) : gradient[left]! + gradient[right]!
    const cover = isLeaf ? sumOver(order, hessians, start, end) : tree.cover[left]! + tree.cover[right]!
    tree.cover[node] = cover
    if (cover + lambda > 0)
      tree.value[node] = Math.min(high, Math.max(low, -gradient[node]! / (cover + lambda)))
  }
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
