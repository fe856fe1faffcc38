import type { RandomGenerator } from '../random/generator.ts'
import { sampleInteger } from '../random/samplers.ts'
import type { FlatTree } from './boosted-tree.ts'
import type { BinnedColumns } from './feature-bins.ts'

export type ForestGrowth = {
  readonly columnsPerSplit: number
  readonly maximumDepth: number
  readonly minimumLeafRows: number
}

type Building = { [K in keyof FlatTree]: FlatTree[K] extends readonly (infer T)[] ? T[] : never }
type Found = {
  feature: number
  bin: number
  categories: readonly number[]
  missingLeft: boolean
  gain: number
}
/** Sums by bin of one column in one node; zero but for the bins in `filled`, of which there are `count`, ascending. */
type Bins = {
  readonly sums: Float64Array
  readonly weights: Float64Array
  readonly rows: Float64Array
  readonly filled: Uint16Array
  count: number
  /** Weight, and weight times y, of the node's rows in their order: gathered once for all columns looked at. */
  readonly ofRow: Float64Array
  readonly timesY: Float64Array
  /** By bin, whether the split that was found sends it left. */
  readonly goesLeft: Uint8Array
}
/** One list for all nodes without categories. */
const noCategories: readonly number[] = Object.freeze([])

/** Grows one tree on weighted rows; splits lower the squared error, which for 0/1 outcomes is the Gini impurity. */
export function growForestTree(
  binned: BinnedColumns,
  y: Float64Array,
  weights: Float64Array,
  settings: ForestGrowth,
  random: RandomGenerator,
): FlatTree {
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
  const order = Uint32Array.from({ length: binned.n }, (_, i) => i).filter((row) => weights[row]! > 0)
  const scratch = new Uint32Array(order.length)
  const bins: Bins = {
    sums: new Float64Array(256),
    weights: new Float64Array(256),
    rows: new Float64Array(256),
    filled: new Uint16Array(256),
    count: 0,
    ofRow: new Float64Array(order.length),
    timesY: new Float64Array(order.length),
    goesLeft: new Uint8Array(256),
  }
  const columns = Uint32Array.from({ length: binned.p }, (_, f) => f)
  const grow = (start: number, end: number, depth: number): number => {
    const node = newNode(tree)
    let sum = 0
    let squares = 0
    let weight = 0
    for (let i = start; i < end; i++) {
      const row = order[i]!
      const w = weights[row]!
      const wy = w * y[row]!
      bins.ofRow[i] = w
      bins.timesY[i] = wy
      weight += w
      sum += wy
      squares += wy * y[row]!
    }
    tree.value[node] = sum / weight
    tree.cover[node] = weight
    const impure = squares - (sum * sum) / weight > 1e-12 * Math.abs(squares)
    if (!impure || depth >= settings.maximumDepth || end - start < 2 * settings.minimumLeafRows) return node
    const found = findSplit(binned, order, start, end, columns, bins, sum, weight, settings, random)
    if (!found) return node
    const middle = partition(binned, order, scratch, start, end, bins, found)
    tree.feature[node] = found.feature
    tree.bin[node] = found.bin
    tree.threshold[node] =
      binned.features[found.feature]!.edges[found.bin - 1] ??
      (found.categories.length > 0 ? 0 : Number.MAX_VALUE)
    tree.categories[node] = found.categories
    tree.missingLeft[node] = found.missingLeft
    tree.gain[node] = found.gain
    tree.left[node] = grow(start, middle, depth + 1)
    tree.right[node] = grow(middle, end, depth + 1)
    return node
  }
  grow(0, order.length, 0)
  return Object.freeze(tree)
}

function newNode(tree: Building): number {
  tree.feature.push(-1)
  for (const list of [tree.threshold, tree.bin, tree.left, tree.right, tree.gain, tree.value, tree.cover])
    list.push(0)
  tree.categories.push(noCategories)
  tree.missingLeft.push(false)
  return tree.feature.length - 1
}

/** Columns are drawn without replacement; as in scikit-learn more are drawn until one can split. */
function findSplit(
  binned: BinnedColumns,
  order: Uint32Array,
  start: number,
  end: number,
  columns: Uint32Array,
  bins: Bins,
  sum: number,
  weight: number,
  settings: ForestGrowth,
  random: RandomGenerator,
): Found | undefined {
  let best: Found | undefined
  for (let drawn = 0; drawn < columns.length && (drawn < settings.columnsPerSplit || !best); drawn++) {
    const at = drawn + sampleInteger(random, columns.length - drawn)
    const feature = columns[at]!
    columns[at] = columns[drawn]!
    columns[drawn] = feature
    fillBins(binned, feature, order, start, end, bins)
    const found = scanBins(binned, feature, bins, sum, weight, end - start, settings.minimumLeafRows)
    if (found && (!best || found.gain > best.gain)) best = found
  }
  return best
}

function fillBins(
  { data, n }: BinnedColumns,
  feature: number,
  order: Uint32Array,
  start: number,
  end: number,
  bins: Bins,
): void {
  const { sums, weights, rows, filled, ofRow, timesY } = bins
  const column = feature * n
  for (let k = 0; k < bins.count; k++) {
    const bin = filled[k]!
    sums[bin] = 0
    weights[bin] = 0
    rows[bin] = 0
  }
  let count = 0
  for (let i = start; i < end; i++) {
    const bin = data[column + order[i]!]!
    if (rows[bin] === 0) filled[count++] = bin
    sums[bin]! += timesY[i]!
    weights[bin]! += ofRow[i]!
    rows[bin]!++
  }
  bins.count = count
  if (count <= 24) sortFew(filled, count)
  else collectFilled(filled, rows)
}

/** Most nodes are tiny, and a call of the sort of typed arrays costs more than sorting a few numbers in place. */
function sortFew(values: Uint16Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const value = values[i]!
    let at = i
    while (at > 0 && values[at - 1]! > value) {
      values[at] = values[at - 1]!
      at--
    }
    values[at] = value
  }
}

function collectFilled(filled: Uint16Array, rows: Float64Array): void {
  let count = 0
  for (let bin = 0; bin < rows.length; bin++) if (rows[bin]! > 0) filled[count++] = bin
}

function scanBins(
  { features }: BinnedColumns,
  feature: number,
  { sums, weights, rows, filled, count: used }: Bins,
  sum: number,
  weight: number,
  total: number,
  least: number,
): Found | undefined {
  const category = features[feature]!.kind === 'category'
  const missing = rows[0]! > 0
  const first = missing ? 1 : 0
  if (category)
    filled.subarray(first, used).sort((a, b) => sums[a]! / weights[a]! - sums[b]! / weights[b]! || a - b)
  const parent = (sum * sum) / weight
  const floor = 1e-12 * (1 + Math.abs(parent))
  let gained = floor
  let at = -1
  let withMissing = false
  let s = 0
  let w = 0
  let count = 0
  let countAt = 0
  const last = missing ? used : used - 1
  for (let i = first; i < last; i++) {
    const bin = filled[i]!
    s += sums[bin]!
    w += weights[bin]!
    count += rows[bin]!
    for (let side = missing ? 0 : 1; side < 2; side++) {
      const joined = missing && side === 1
      const leftRows = joined ? count + rows[0]! : count
      if (leftRows < least || total - leftRows < least) continue
      const leftSum = joined ? s + sums[0]! : s
      const leftWeight = joined ? w + weights[0]! : w
      const rightSum = sum - leftSum
      const gain = (leftSum * leftSum) / leftWeight + (rightSum * rightSum) / (weight - leftWeight) - parent
      if (!(gain > gained)) continue
      gained = gain
      at = i
      withMissing = joined
      countAt = count
    }
  }
  if (at < 0) return undefined
  return {
    feature,
    bin: category ? 0 : filled[at]!,
    categories: category ? Array.from(filled.subarray(first, at + 1)) : noCategories,
    missingLeft: missing ? withMissing : countAt * 2 >= total,
    gain: gained,
  }
}

function partition(
  { data, n }: BinnedColumns,
  order: Uint32Array,
  scratch: Uint32Array,
  start: number,
  end: number,
  bins: Bins,
  found: Found,
): number {
  const { goesLeft: left } = bins
  left.fill(0)
  if (found.categories.length > 0) for (const bin of found.categories) left[bin] = 1
  else left.fill(1, 1, found.bin + 1)
  left[0] = found.missingLeft ? 1 : 0
  const column = found.feature * n
  let kept = start
  let moved = 0
  for (let i = start; i < end; i++) {
    const row = order[i]!
    if (left[data[column + row]!]) order[kept++] = row
    else scratch[moved++] = row
  }
  for (let i = 0; i < moved; i++) order[kept + i] = scratch[i]!
  return kept
}
