import type { TreeCriterion } from '../supervised/cart.ts'
import { impurity } from '../supervised/impurity.ts'
import { sortSingles } from './sort-singles.ts'

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
  readonly distinct: Numbers
  readonly rows: Counts
  readonly parts: readonly Counts[]
}
/** Values of single precision and counts of rows take half the room. */
type Numbers = Float64Array | Float32Array
type Counts = Float64Array | Int32Array

function sumDistinct(values: Float64Array, y: Float64Array, options: PrebinTreeOptions): Sums {
  const x = options.precision === 'float32' ? new Float32Array(values) : values
  return options.classes > 0 ? countDistinct(x, y, options.classes) : sumDistinctNumbers(x, y)
}

/** Values of each class sorted alone and merged: no value has to be looked up. */
function countDistinct(x: Numbers, y: Float64Array, classes: number): Sums {
  const n = x.length
  const width = Math.max(2, classes)
  const sizes = new Int32Array(width)
  for (let i = 0; i < n; i++) sizes[y[i]!]!++
  const room = (size: number): Numbers =>
    x instanceof Float32Array ? new Float32Array(size) : new Float64Array(size)
  const sorted = Array.from(sizes, room)
  const next = new Int32Array(width)
  for (let i = 0; i < n; i++) {
    const c = y[i]!
    sorted[c]![next[c]!++] = x[i]!
  }
  for (const part of sorted) {
    if (part instanceof Float32Array) sortSingles(part)
    else part.sort()
  }
  next.fill(0)
  const distinct = room(n)
  const rows = new Int32Array(n + 1)
  const parts = sorted.map(() => new Int32Array(n + 1))
  let count = 0
  for (let taken = 0; taken < n; count++) {
    let least = Number.POSITIVE_INFINITY
    for (let c = 0; c < width; c++) {
      const at = next[c]!
      if (at < sizes[c]! && sorted[c]![at]! < least) least = sorted[c]![at]!
    }
    distinct[count] = least
    for (let c = 0; c < width; c++) {
      const part = sorted[c]!
      let at = next[c]!
      while (at < part.length && part[at] === least) at++
      parts[c]![count + 1] = parts[c]![count]! + (at - next[c]!)
      taken += at - next[c]!
      next[c] = at
    }
    rows[count + 1] = taken
  }
  return { distinct: distinct.subarray(0, count), rows, parts }
}

function sumDistinctNumbers(x: Numbers, y: Float64Array): Sums {
  const n = x.length
  const distinct = x.slice().sort()
  let count = 0
  for (let i = 0; i < n; i++)
    if (count === 0 || distinct[i]! !== distinct[count - 1]!) distinct[count++] = distinct[i]!
  const known = distinct.subarray(0, count)
  const rows = new Float64Array(count + 1)
  const parts = [new Float64Array(count + 1), new Float64Array(count + 1)]
  let centre = 0
  for (let i = 0; i < n; i++) centre += (y[i]! - centre) / (i + 1)
  for (let i = 0; i < n; i++) {
    const at = rankOf(known, x[i]!) + 1
    const d = y[i]! - centre
    rows[at]!++
    parts[0]![at]! += d
    parts[1]![at]! += d * d
  }
  for (const sum of [rows, ...parts]) for (let i = 0; i < count; i++) sum[i + 1]! += sum[i]!
  return { distinct: known, rows, parts }
}

function rankOf(distinct: Numbers, value: number): number {
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
  const [first, second] = classes === 2 ? parts : []
  let most = Number.NEGATIVE_INFINITY
  let best: Candidate | undefined
  let purest = Number.NEGATIVE_INFINITY
  for (let cut = from + 1; cut < to; cut++) {
    const n = rows[cut]! - rows[from]!
    if (n < minimumLeafRows) continue
    if (total - n < minimumLeafRows) break
    const low = distinct[cut - 1]!
    const high = distinct[cut]!
    if (!(high - low > SAME * Math.min(1, Math.abs(high) + Math.abs(low)))) continue
    // Most cuts of two classes are ruled out by the squares of their counts; the exact rule below judges the others.
    if (first && second) {
      const a = first[cut]! - first[from]!
      const b = second[cut]! - second[from]!
      const restA = whole[0]! - a
      const restB = whole[1]! - b
      const squares = (a * a + b * b) / n + (restA * restA + restB * restB) / (total - n)
      if (squares < most - 1e-9 * total) continue
      if (squares > most) most = squares
    }
    for (let c = 0; c < parts.length; c++) {
      left[c] = parts[c]![cut]! - parts[c]![from]!
      right[c] = whole[c]! - left[c]!
    }
    // Cuts whose two sides mirror each other tie exactly in this form, and the first is kept, as scikit-learn does.
    const purity = squares(left, classes) / n + squares(right, classes) / (total - n)
    if (!(purity > purest)) continue
    const gain =
      total * parent - n * impurity(criterion, left, n) - (total - n) * impurity(criterion, right, total - n)
    if (!(gain > 1e-14 * total)) continue
    purest = purity
    best = { from, to, cut, gain }
  }
  return best
}

/** Σ of squared class counts, or the squared sum of deviations. */
function squares(parts: Float64Array, classes: number): number {
  if (classes === 0) return parts[0]! * parts[0]!
  let sum = 0
  for (const count of parts) sum += count * count
  return sum
}
