import type { TreeCriterion } from '../supervised/cart.ts'
import { impurity } from '../supervised/impurity.ts'

export type PrebinTreeOptions = {
  /** 0 for numbers. */
  readonly classes: number
  readonly maximumLeaves: number
  readonly minimumLeafRows: number
  readonly precision: 'double' | 'float32'
}

/**
 * Thresholds of the tree that `fitTree` would grow best leaf first on this one number, ascending. As the column is
 * sorted once and a node is a range of distinct values, a split costs O(distinct values in the node).
 */
export function prebinTreeSplits(
  values: Float64Array,
  y: Float64Array,
  options: PrebinTreeOptions,
): readonly number[] {
  const sums = sumDistinct(values, y, options)
  const queue: Candidate[] = []
  const offer = (from: number, to: number): void => {
    const found = bestCut(sums, from, to, options)
    if (found) queue.push(found)
  }
  offer(0, sums.distinct.length)
  const splits: number[] = []
  while (splits.length + 1 < options.maximumLeaves && queue.length > 0) {
    let best = 0
    for (let i = 1; i < queue.length; i++) if (queue[i]!.gain > queue[best]!.gain) best = i
    const { from, to, cut } = queue.splice(best, 1)[0]!
    const [low, high] = [sums.distinct[cut - 1]!, sums.distinct[cut]!]
    const middle = low / 2 + high / 2
    splits.push(middle < high ? middle : low)
    offer(from, cut)
    offer(cut, to)
  }
  return splits.sort((a, b) => a - b)
}

/** A node of distinct values `from` … `to` − 1, best cut before `cut`. */
type Candidate = { readonly from: number; readonly to: number; readonly cut: number; readonly gain: number }

/** Running sums before each distinct value: rows, and class counts or Σ(y − ȳ) and Σ(y − ȳ)². */
type Sums = {
  readonly distinct: Float64Array
  readonly rows: Float64Array
  readonly parts: readonly Float64Array[]
}

function sumDistinct(values: Float64Array, y: Float64Array, { classes, precision }: PrebinTreeOptions): Sums {
  const n = values.length
  const x = precision === 'float32' ? values.map(Math.fround) : values
  const distinct = x.slice().sort()
  let count = 0
  for (let i = 0; i < n; i++)
    if (count === 0 || distinct[i]! !== distinct[count - 1]!) distinct[count++] = distinct[i]!
  const known = distinct.subarray(0, count)
  const rows = new Float64Array(count + 1)
  const parts = Array.from({ length: Math.max(2, classes) }, () => new Float64Array(count + 1))
  let centre = 0
  if (classes === 0) for (let i = 0; i < n; i++) centre += (y[i]! - centre) / (i + 1)
  for (let i = 0; i < n; i++) {
    const at = rankOf(known, x[i]!) + 1
    rows[at]!++
    if (classes > 0) parts[y[i]!]![at]!++
    else {
      const d = y[i]! - centre
      parts[0]![at]! += d
      parts[1]![at]! += d * d
    }
  }
  for (const sum of [rows, ...parts]) for (let i = 0; i < count; i++) sum[i + 1]! += sum[i]!
  return { distinct: known, rows, parts }
}

function rankOf(distinct: Float64Array, value: number): number {
  let low = 0
  let high = distinct.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (distinct[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Values closer than this are taken as equal, as scikit-learn does. */
const SAME = 1e-7

function bestCut(sums: Sums, from: number, to: number, options: PrebinTreeOptions): Candidate | undefined {
  const { distinct, rows, parts } = sums
  const { classes, minimumLeafRows } = options
  const criterion: TreeCriterion = classes > 0 ? 'gini' : 'variance'
  const whole = Float64Array.from(parts, (part) => part[to]! - part[from]!)
  const left = new Float64Array(parts.length)
  const right = new Float64Array(parts.length)
  const total = rows[to]! - rows[from]!
  const parent = impurity(criterion, whole, total)
  if (total < 2 * minimumLeafRows || !(parent > 0)) return undefined
  let best: Candidate | undefined
  for (let cut = from + 1; cut < to; cut++) {
    const n = rows[cut]! - rows[from]!
    if (n < minimumLeafRows) continue
    if (total - n < minimumLeafRows) break
    const [low, high] = [distinct[cut - 1]!, distinct[cut]!]
    if (!(high - low > SAME * Math.min(1, Math.abs(high) + Math.abs(low)))) continue
    for (let c = 0; c < parts.length; c++) {
      left[c] = parts[c]![cut]! - parts[c]![from]!
      right[c] = whole[c]! - left[c]!
    }
    const gain =
      total * parent - n * impurity(criterion, left, n) - (total - n) * impurity(criterion, right, total - n)
    if (gain > 1e-14 * total && !(best && gain <= best.gain)) best = { from, to, cut, gain }
  }
  return best
}
