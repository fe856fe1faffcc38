import { StatsError } from '../stats-error.ts'
import type { TreeNode, TreeOptions, TreeSplit } from './cart.ts'
import { bestSplit, type FoundSplit, type NodeRows, type SplitContext } from './cart-split.ts'
import { impurityOf, type NodeSums, sumRows } from './impurity.ts'
import { orderOf } from './order-of.ts'
import { isMissing, type TreeColumn, type TreeData } from './tree-columns.ts'

type Growing = NodeRows & {
  readonly depth: number
  readonly sums: NodeSums
  readonly impurity: number
  split?: { readonly found: FoundSplit; readonly left: Growing; readonly right: Growing }
}

type Candidate = { readonly node: Growing; readonly found: FoundSplit }

/** Grows a tree depth first, or best leaf first when the number of leaves is limited. */
export function growTree(data: TreeData, options: TreeOptions & { readonly classes: number }): TreeNode {
  const {
    minimumLeafRows = 1,
    minimumSplitRows = 2,
    maximumDepth = Number.POSITIVE_INFINITY,
    maximumLeaves = Number.POSITIVE_INFINITY,
  } = options
  if (!(minimumLeafRows >= 1) || !(maximumLeaves >= 1) || !(maximumDepth >= 0)) {
    throw new StatsError(
      'invalidOption',
      `minimumLeafRows ${minimumLeafRows}, maximumLeaves ${maximumLeaves} and maximumDepth ${maximumDepth} do not make a tree.`,
    )
  }
  const context: SplitContext = {
    data,
    columns: rounded(data.columns, options.precision),
    criterion: options.criterion,
    classes: options.classes,
    minimumLeafRows,
  }
  const grow = (node: NodeRows, depth: number): Growing => {
    const sums = sumRows(data, options.classes, node.rows)
    return { ...node, depth, sums, impurity: impurityOf(options.criterion, sums) }
  }
  const side = new Uint8Array(data.y.length)
  const root = grow(allRows(context.columns, data.y.length), 0)
  const queue: Candidate[] = []
  const offer = (node: Growing): void => {
    if (
      node.depth >= maximumDepth ||
      node.rows.length < minimumSplitRows ||
      node.rows.length < 2 * minimumLeafRows ||
      !(node.impurity > 0)
    )
      return
    const found = bestSplit(context, node, node.sums, node.impurity)
    if (found) queue.push({ node, found })
  }
  offer(root)
  for (let leaves = 1; leaves < maximumLeaves && queue.length > 0; leaves++) {
    const { node, found } = takeBest(queue, Number.isFinite(maximumLeaves))
    const goesLeft = sideOf(context.columns[found.column]!, found)
    for (const row of node.rows) side[row] = goesLeft(row) ? 1 : 0
    const left = grow(partOf(node, side, 1), node.depth + 1)
    const right = grow(partOf(node, side, 0), node.depth + 1)
    node.split = { found, left, right }
    offer(left)
    offer(right)
  }
  return finish(root, context.columns)
}

function allRows(columns: readonly TreeColumn[], n: number): NodeRows {
  const rows = Uint32Array.from({ length: n }, (_, i) => i)
  const sorted = columns.map((column) =>
    column.kind === 'number'
      ? orderOf(
          column.values,
          rows.filter((row) => !isMissing(column, row)),
        )
      : undefined,
  )
  return { rows, sorted }
}

function partOf({ rows, sorted }: NodeRows, side: Uint8Array, wanted: 0 | 1): NodeRows {
  const keep = (row: number): boolean => side[row] === wanted
  return { rows: rows.filter(keep), sorted: sorted.map((s) => s?.filter(keep)) }
}

function takeBest(queue: Candidate[], bestFirst: boolean): Candidate {
  if (!bestFirst) return queue.pop()!
  let best = 0
  queue.forEach((candidate, i) => {
    if (candidate.found.gain > queue[best]!.found.gain) best = i
  })
  return queue.splice(best, 1)[0]!
}

function rounded(
  columns: readonly TreeColumn[],
  precision: 'double' | 'float32' = 'double',
): readonly TreeColumn[] {
  if (precision === 'double') return columns
  return columns.map((c) => (c.kind === 'number' ? { ...c, values: c.values.map(Math.fround) } : c))
}

/** Whether a row goes left under a split that was found. */
export function sideOf(column: TreeColumn, found: FoundSplit): (row: number) => boolean {
  if (column.kind === 'number') {
    return (row) =>
      isMissing(column, row) ? found.missing === 'left' : column.values[row]! <= found.threshold!
  }
  return (row) => (isMissing(column, row) ? found.missing === 'left' : found.codes!.has(column.codes[row]!))
}

function finish(node: Growing, columns: readonly TreeColumn[]): TreeNode {
  const base = {
    n: node.rows.length,
    weight: node.sums.weight,
    value: Object.freeze(node.sums.value()),
    impurity: node.impurity,
  }
  if (!node.split) return Object.freeze(base)
  const { found, left, right } = node.split
  const column = columns[found.column]!
  const where =
    column.kind === 'number'
      ? { threshold: found.threshold! }
      : { levels: Object.freeze([...found.codes!].map((code) => column.levels[code]!)) }
  const split: TreeSplit = Object.freeze({
    column: column.name,
    ...where,
    missing: found.missing,
    gain: found.gain,
    left: finish(left, columns),
    right: finish(right, columns),
  })
  return Object.freeze({ ...base, split })
}
