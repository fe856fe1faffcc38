import { type Columns, cellReader, columnOf, numberColumnOf } from './columns.ts'
import type { DecisionTree } from './expression.ts'

/** Adds a tree's leaf to each row of `into`. Rows are partitioned node by node, so each split reads one column in order. */
export function addTree(tree: DecisionTree, data: Columns, into: Float64Array): void {
  const rows = Uint32Array.from({ length: data.n }, (_, i) => i)
  descend(tree, data, rows, into)
}

function descend(tree: DecisionTree, data: Columns, rows: Uint32Array, into: Float64Array): void {
  if (rows.length === 0) return
  if ('value' in tree) {
    for (const row of rows) into[row]! += tree.value
    return
  }
  const goesLeft = 'threshold' in tree ? thresholdTest(tree, data) : categoryTest(tree, data)
  const left = rows.filter(goesLeft)
  const right = rows.filter((row) => !goesLeft(row))
  descend(tree.left, data, left, into)
  descend(tree.right, data, right, into)
}

function thresholdTest(
  split: Extract<DecisionTree, { threshold: number }>,
  data: Columns,
): (row: number) => boolean {
  const { values, valid } = numberColumnOf(data, split.column)
  const missingLeft = split.missing === 'left'
  return (row) => {
    const value = values[row]!
    return (!valid || valid[row]) && Number.isFinite(value) ? value <= split.threshold : missingLeft
  }
}

function categoryTest(
  split: Extract<DecisionTree, { categories: unknown }>,
  data: Columns,
): (row: number) => boolean {
  const read = cellReader(columnOf(data, split.column))
  const wanted = new Set(split.categories)
  const missingLeft = split.missing === 'left'
  return (row) => {
    const cell = read(row)
    return cell === null ? missingLeft : wanted.has(cell)
  }
}
