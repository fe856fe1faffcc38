import { StatsError } from '../stats-error.ts'
import type { TreeCriterion } from './cart.ts'
import { impurity, type NodeSums } from './impurity.ts'
import { isMissing, type TreeColumn, type TreeData } from './tree-columns.ts'

export type SplitContext = {
  readonly data: TreeData
  readonly columns: readonly TreeColumn[]
  readonly criterion: TreeCriterion
  /** 0 for regression. */
  readonly classes: number
  readonly minimumLeafRows: number
}

/** The rows of a node, and for each number column those with a value in ascending order of it. */
export type NodeRows = { readonly rows: Uint32Array; readonly sorted: readonly (Uint32Array | undefined)[] }

export type FoundSplit = {
  readonly column: number
  readonly threshold?: number
  readonly codes?: ReadonlySet<number>
  readonly missing: 'left' | 'right'
  readonly gain: number
}

/** The split of a node that takes away the most impurity; the first of equals, columns in order. */
export function bestSplit(
  context: SplitContext,
  { rows, sorted }: NodeRows,
  sums: NodeSums,
  parentImpurity: number,
): FoundSplit | undefined {
  let best: FoundSplit | undefined
  context.columns.forEach((column, at) => {
    const found =
      column.kind === 'number'
        ? numberSplit(context, column, at, rows, sorted[at]!, sums, parentImpurity)
        : categorySplit(context, column, at, rows, sums, parentImpurity)
    if (found && (!best || found.gain > best.gain * (1 + 1e-12))) best = found
  })
  return best
}

type Running = { readonly parts: Float64Array; weight: number; rows: number }

function newRunning(classes: number): Running {
  return { parts: new Float64Array(classes > 0 ? classes : 2), weight: 0, rows: 0 }
}

function add(running: Running, { data, classes }: SplitContext, centre: number, row: number): void {
  const w = data.weights ? data.weights[row]! : 1
  running.weight += w
  running.rows++
  if (classes > 0) running.parts[data.y[row]!]! += w
  else {
    const d = data.y[row]! - centre
    running.parts[0]! += w * d
    running.parts[1]! += w * d * d
  }
}

/** Gain of sending `left` (and perhaps the missing rows) left and the rest right; −1 if a side is too small. */
function gainOf(
  context: SplitContext,
  left: Running,
  missing: Running | undefined,
  sums: NodeSums,
  total: number,
  parentImpurity: number,
  scratch: readonly [Float64Array, Float64Array],
): number {
  const [a, b] = scratch
  const rowsLeft = left.rows + (missing ? missing.rows : 0)
  const least = context.minimumLeafRows
  if (rowsLeft < least || total - rowsLeft < least) return -1
  const weight = left.weight + (missing ? missing.weight : 0)
  const rest = sums.weight - weight
  if (!(weight > 0 && rest > 0)) return -1
  for (let c = 0; c < a.length; c++) {
    a[c] = left.parts[c]! + (missing ? missing.parts[c]! : 0)
    b[c] = sums.parts[c]! - a[c]!
  }
  return (
    sums.weight * parentImpurity -
    weight * impurity(context.criterion, a, weight) -
    rest * impurity(context.criterion, b, rest)
  )
}

/** Values closer than this are taken as equal, as scikit-learn does. */
const SAME = 1e-7

function numberSplit(
  context: SplitContext,
  column: Extract<TreeColumn, { kind: 'number' }>,
  at: number,
  rows: Uint32Array,
  known: Uint32Array,
  sums: NodeSums,
  parentImpurity: number,
): FoundSplit | undefined {
  const { values } = column
  const missing = newRunning(context.classes)
  if (known.length < rows.length)
    for (const row of rows) if (isMissing(column, row)) add(missing, context, sums.centre, row)
  const left = newRunning(context.classes)
  const scratch = [new Float64Array(left.parts.length), new Float64Array(left.parts.length)] as const
  let best: FoundSplit | undefined
  for (let i = 0; i + 1 < known.length; i++) {
    add(left, context, sums.centre, known[i]!)
    const low = values[known[i]!]!
    const high = values[known[i + 1]!]!
    if (!(high - low > SAME * Math.min(1, Math.abs(high) + Math.abs(low)))) continue
    for (const side of missing.rows > 0 ? (['left', 'right'] as const) : (['left'] as const)) {
      const gain = gainOf(
        context,
        left,
        side === 'left' && missing.rows > 0 ? missing : undefined,
        sums,
        rows.length,
        parentImpurity,
        scratch,
      )
      // Of cuts that tie but for rounding the first is kept.
      if (!(gain > 1e-14 * sums.weight) || (best && gain <= best.gain * (1 + 1e-12))) continue
      const middle = low / 2 + high / 2
      const heavier = left.weight >= sums.weight / 2 ? 'left' : 'right'
      best = {
        column: at,
        threshold: middle < high ? middle : low,
        missing: missing.rows > 0 ? side : heavier,
        gain,
      }
    }
  }
  return best
}

/** With two classes or numbers the best grouping is among those ordered by mean response (Fisher 1958); otherwise all are tried. */
function categorySplit(
  context: SplitContext,
  column: Extract<TreeColumn, { kind: 'category' }>,
  at: number,
  rows: Uint32Array,
  sums: NodeSums,
  parentImpurity: number,
): FoundSplit | undefined {
  const byCode = new Map<number, Running>()
  for (const row of rows) {
    const code = isMissing(column, row) ? -1 : column.codes[row]!
    let running = byCode.get(code)
    if (!running) {
      running = newRunning(context.classes)
      byCode.set(code, running)
    }
    add(running, context, sums.centre, row)
  }
  const missing = byCode.get(-1)
  byCode.delete(-1)
  const scratch = [new Float64Array(sums.parts.length), new Float64Array(sums.parts.length)] as const
  let best: FoundSplit | undefined
  const consider = (codes: readonly number[]): void => {
    const left = newRunning(context.classes)
    for (const code of codes) {
      const part = byCode.get(code)!
      left.weight += part.weight
      left.rows += part.rows
      part.parts.forEach((v, c) => {
        left.parts[c]! += v
      })
    }
    for (const side of missing ? (['left', 'right'] as const) : (['right'] as const)) {
      const gain = gainOf(
        context,
        left,
        side === 'left' ? missing : undefined,
        sums,
        rows.length,
        parentImpurity,
        scratch,
      )
      if (gain > 1e-14 * sums.weight && !(best && gain <= best.gain))
        best = { column: at, codes: new Set(codes), missing: side, gain }
    }
  }
  for (const codes of groupings(byCode, context.classes, column.name)) consider(codes)
  return best
}

function groupings(
  byCode: ReadonlyMap<number, Running>,
  classes: number,
  name: string,
): readonly (readonly number[])[] {
  const codes = [...byCode.keys()].sort((a, b) => a - b)
  if (classes <= 2) {
    const response = (code: number): number =>
      byCode.get(code)!.parts[classes === 2 ? 1 : 0]! / byCode.get(code)!.weight
    codes.sort((a, b) => response(a) - response(b) || a - b)
    return codes.slice(0, -1).map((_, i) => codes.slice(0, i + 1))
  }
  if (codes.length > 10) {
    throw new StatsError(
      'unsupported',
      `Column "${name}" has ${codes.length} levels; with more than two classes at most 10 can be grouped exactly.`,
      { hint: 'Join rare levels first.' },
    )
  }
  const found: number[][] = []
  for (let mask = 1; mask < 2 ** (codes.length - 1); mask++)
    found.push(codes.filter((_, i) => mask & (1 << i)))
  return found
}
