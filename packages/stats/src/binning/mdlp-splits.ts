import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'

/**
 * Splits of a column that tell classes apart, as many as the description length of the classes pays for: a stretch is cut
 * where entropy falls most, while the gain beats (log₂(N − 1) + log₂(3ᵏ − 2) − k·Ent + k₁·Ent₁ + k₂·Ent₂) / N.
 * Ascending; each halfway between two values, where classes change.
 * Cost O(n log n + n·splits·classes).
 * Source: Fayyad & Irani (1993), IJCAI, criterion 3, https://www.ijcai.org/Proceedings/93-2/Papers/022.pdf
 * Parity: optbinning's MDLP without a limit on candidates, with `lastCut: 'keep'`.
 * @param y classes, any whole numbers.
 * @param options.minimumRows least rows on either side. Default 1.
 * @param options.lastCut whether the cut that does not pay any more is dropped (default, as published) or kept as the last
 * of its stretch.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `invalidOption`.
 * @example
 * mdlpSplits([1, 2, 3, 4, 5, 6, 7, 8], [0, 0, 0, 0, 1, 1, 1, 1]) // → [4.5]
 */
export function mdlpSplits(
  values: ArrayLike<number>,
  y: ArrayLike<number>,
  options: { readonly minimumRows?: number; readonly lastCut?: 'drop' | 'keep' } = {},
): readonly number[] {
  const { minimumRows = 1, lastCut = 'drop' } = options
  const n = requireSameLength({ values, y })
  if (n === 0) throw new StatsError('emptyData', 'There are no rows to split.')
  if (!(minimumRows >= 1))
    throw new StatsError(
      'invalidOption',
      `minimumRows is ${minimumRows}; a number of at least 1 was expected.`,
    )
  requireFiniteColumn('values', values)
  const codes = new Map<number, number>()
  for (let i = 0; i < n; i++) {
    if (!Number.isInteger(y[i]!))
      throw new StatsError('outOfDomain', `The class of row ${i} is ${y[i]}; a whole number was expected.`)
    if (!codes.has(y[i]!)) codes.set(y[i]!, codes.size)
  }
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((i, j) => values[i]! - values[j]!)
  const column: SortedColumn = {
    values: Float64Array.from(order, (i) => values[i]!),
    codes: Int32Array.from(order, (i) => codes.get(y[i]!)!),
    classes: codes.size,
    minimumRows,
  }
  const cuts: number[] = []
  const open: [from: number, to: number][] = [[0, n]]
  for (let stretch = open.pop(); stretch; stretch = open.pop()) {
    const [from, to] = stretch
    const cut = bestCut(column, from, to)
    if (!cut) continue
    if (cut.pays || lastCut === 'keep') cuts.push((column.values[cut.at - 1]! + column.values[cut.at]!) / 2)
    if (cut.pays) open.push([from, cut.at], [cut.at, to])
  }
  return cuts.sort((a, b) => a - b)
}

type SortedColumn = {
  readonly values: Float64Array
  readonly codes: Int32Array
  readonly classes: number
  readonly minimumRows: number
}

type Cut = {
  /** First row of the right part. */
  readonly at: number
  readonly pays: boolean
}

/** The cut after which classes are told best; none where no cut tells anything. */
function bestCut(column: SortedColumn, from: number, to: number): Cut | undefined {
  const { codes, classes, minimumRows } = column
  const size = to - from
  const all = new Float64Array(classes)
  for (let i = from; i < to; i++) all[codes[i]!]!++
  const whole = bits(all, size)
  const left = new Float64Array(classes)
  const right = all.slice()
  let best: { at: number; entropy: number } | undefined
  for (let at = from + 1; at < to; at++) {
    left[codes[at - 1]!]!++
    right[codes[at - 1]!]!--
    if (at - from < minimumRows || to - at < minimumRows || !isBoundary(column, at, from, to)) continue
    const entropy = ((at - from) * bits(left, at - from) + (to - at) * bits(right, to - at)) / size
    if (entropy < (best ? best.entropy : whole)) best = { at, entropy }
  }
  if (!best) return undefined
  const before = new Float64Array(classes)
  for (let i = from; i < best.at; i++) before[codes[i]!]!++
  const after = all.map((count, c) => count - before[c]!)
  const [k, k1, k2] = [present(all), present(before), present(after)]
  const delta =
    Math.log2(3 ** k - 2) - (k * whole - k1 * bits(before, best.at - from) - k2 * bits(after, to - best.at))
  return { at: best.at, pays: whole - best.entropy > (Math.log2(size - 1) + delta) / size }
}

/** Whether the value changes here and not all rows of both values are of one class. */
function isBoundary({ values, codes }: SortedColumn, at: number, from: number, to: number): boolean {
  if (values[at] === values[at - 1]) return false
  for (let i = at - 1; i >= from && values[i] === values[at - 1]; i--) if (codes[i] !== codes[at]) return true
  for (let i = at; i < to && values[i] === values[at]; i++) if (codes[i] !== codes[at - 1]) return true
  return false
}

function bits(counts: Float64Array, total: number): number {
  let sum = 0
  for (const count of counts) if (count > 0) sum -= (count / total) * Math.log2(count / total)
  return sum
}

function present(counts: Float64Array): number {
  return counts.reduce((found, count) => found + (count > 0 ? 1 : 0), 0)
}
