import {
  distancesToCenters,
  nearestTwo,
  type RowBlock,
  rowBlock,
  squaredDistance,
  turnCenters,
} from './nearest-center.ts'
import type { Rows } from './rows.ts'

/** The state of one run; every array is updated in place. */
type State = {
  readonly rows: Rows
  readonly weights: Float64Array | undefined
  readonly centers: Float64Array
  readonly labels: Int32Array
  /** At most how much farther than the own centre any other is, plus what stood in `moved` when this was found. */
  readonly margins: Float64Array
  /** By own centre: how far it and, of the others, the one that went farthest have gone in all. */
  readonly moved: Float64Array
  readonly sums: Float64Array
  readonly sizes: Float64Array
  readonly shift: Float64Array
  readonly block: RowBlock
}

export type LloydRun = {
  readonly labels: Int32Array
  readonly centers: Float64Array
  readonly sizes: Float64Array
  readonly inertia: number
  readonly iterations: number
  readonly converged: boolean
}

/**
 * Lloyd's algorithm with Hamerly's bounds, the upper and the lower one kept as their difference: while the centres
 * have not moved by a row's margin, it keeps its cluster without a distance being computed. Sums per cluster
 * follow the rows that change; they are taken afresh before convergence is believed, so no rounding builds up.
 */
export function lloydHamerly(
  rows: Rows,
  centers: Float64Array,
  weights: Float64Array | undefined,
  maxIterations: number,
  threshold: number,
): LloydRun {
  const state = startState(rows, centers, weights)
  let iterations = 0
  let converged = false
  let exact = true
  assignAll(state)
  sumClusters(state)
  while (!converged && iterations < maxIterations) {
    iterations++
    const relocated = relocateEmpty(state)
    const moved = moveCenters(state)
    if (relocated) {
      assignAll(state)
      sumClusters(state)
      continue
    }
    addShifts(state)
    const changed = reassign(state)
    if (changed > 0 && moved > threshold) exact = false
    else if (exact || moved <= threshold) converged = true
    else exact = true
    if (exact || converged) sumClusters(state)
  }
  if (threshold === 0 && converged) moveCenters(state)
  const { labels, sizes } = state
  return { labels, centers, sizes, inertia: inertiaOf(state), iterations, converged }
}

function startState(rows: Rows, centers: Float64Array, weights: Float64Array | undefined): State {
  const k = centers.length / rows.p
  return {
    rows,
    weights,
    centers,
    labels: new Int32Array(rows.n),
    margins: new Float64Array(rows.n),
    moved: new Float64Array(k),
    sums: new Float64Array(k * rows.p),
    sizes: new Float64Array(k),
    shift: new Float64Array(k),
    block: rowBlock(k, rows.p),
  }
}

/** Every row to its nearest centre, all margins set anew. */
function assignAll(state: State): void {
  const { rows, centers, moved, margins, block } = state
  turnCenters(centers, rows.p, block.across)
  moved.fill(0)
  margins.fill(0)
  for (let start = 0; start < rows.n; start += block.size) assignBlock(state, start)
}

function sumClusters({ rows: { data, n, p }, weights, labels, sums, sizes }: State): void {
  sums.fill(0)
  sizes.fill(0)
  for (let i = 0, at = 0; i < n; i++, at += p) {
    const w = weights ? weights[i]! : 1
    const base = labels[i]! * p
    sizes[labels[i]!]! += w
    for (let j = 0; j < p; j++) sums[base + j]! += w * data[at + j]!
  }
}

/** Moves each centre to the mean of its rows; returns the sum of squared shifts. */
function moveCenters({ rows: { p }, centers, sums, sizes, shift }: State): number {
  let total = 0
  for (let c = 0; c < sizes.length; c++) {
    let moved = 0
    for (let j = c * p; j < c * p + p; j++) {
      const next = sums[j]! / sizes[c]!
      moved += (next - centers[j]!) ** 2
      centers[j] = next
    }
    shift[c] = Math.sqrt(moved)
    total += moved
  }
  return total
}

/** Gives each empty cluster the row that lies farthest from its own centre, as scikit-learn does. */
function relocateEmpty(state: State): boolean {
  const { rows, weights, labels, sums, sizes } = state
  const { data, p } = rows
  let relocated = false
  for (let c = 0; c < sizes.length; c++) {
    if (sizes[c]! > 0) continue
    const farthest = farthestRow(state)
    if (farthest < 0) continue
    const w = weights ? weights[farthest]! : 1
    const from = labels[farthest]!
    for (let j = 0; j < p; j++) {
      const x = w * data[farthest * p + j]!
      sums[from * p + j]! -= x
      sums[c * p + j] = x
    }
    sizes[from]! -= w
    sizes[c] = w
    labels[farthest] = c
    relocated = true
  }
  return relocated
}

function farthestRow({ rows: { data, n, p }, weights, centers, labels, sizes }: State): number {
  let farthest = -1
  let distance = -1
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i]! : 1
    if (w === 0 || sizes[labels[i]!]! <= w) continue
    const d = squaredDistance(data, i * p, centers, labels[i]! * p, p)
    if (d <= distance) continue
    distance = d
    farthest = i
  }
  return farthest
}

/** Rows whose margin no longer decides go to their nearest centre; returns how many changed their cluster by it. */
function reassign(state: State): number {
  const { rows, centers, block } = state
  turnCenters(centers, rows.p, block.across)
  let total = 0
  for (let start = 0; start < rows.n; start += block.size) {
    const changed = assignBlock(state, start)
    for (let t = 0; t < changed; t++) moveRow(state, block.rows[t]!, block.former[t]!)
    total += changed
  }
  return total
}

/** Leaves the changed rows of the block in front of `block.rows`, and in `block.former` where they were. */
function assignBlock({ rows, labels, margins, moved, block }: State, start: number): number {
  const open = openRows(start, Math.min(rows.n, start + block.size), labels, margins, moved, block.rows)
  distancesToCenters(rows.data, rows.p, open, block)
  return nearestTwo(open, block, labels, margins, moved)
}

/** Hot: lists the rows to look at. Which ones can't be foreseen, so every row is written down and some are kept. */
function openRows(
  start: number,
  end: number,
  labels: Int32Array,
  margins: Float64Array,
  moved: Float64Array,
  into: Int32Array,
): number {
  let count = 0
  for (let i = start; i < end; i++) {
    into[count] = i
    count += 1 - Number(margins[i]! > moved[labels[i]!]!)
  }
  return count
}

function moveRow({ rows: { data, p }, weights, labels, sums, sizes }: State, i: number, from: number): void {
  const w = weights ? weights[i]! : 1
  const to = labels[i]!
  sizes[from]! -= w
  sizes[to]! += w
  for (let j = 0; j < p; j++) {
    const x = w * data[i * p + j]!
    sums[from * p + j]! -= x
    sums[to * p + j]! += x
  }
}

/** Adds the latest shifts to the ways gone: of each centre its own, and that of the farthest of the others. */
function addShifts({ shift, moved }: State): void {
  let largest = 0
  let next = 0
  let owner = 0
  for (let c = 0; c < shift.length; c++) {
    if (shift[c]! > largest) {
      next = largest
      largest = shift[c]!
      owner = c
    } else if (shift[c]! > next) next = shift[c]!
  }
  for (let c = 0; c < shift.length; c++) moved[c]! += shift[c]! + (c === owner ? next : largest)
}

function inertiaOf({ rows: { data, n, p }, weights, centers, labels }: State): number {
  let total = 0
  for (let i = 0; i < n; i++) {
    total += (weights ? weights[i]! : 1) * squaredDistance(data, i * p, centers, labels[i]! * p, p)
  }
  return total
}
