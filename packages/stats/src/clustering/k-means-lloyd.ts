import { assignRow, squaredDistance, turnCenters, widthOf } from './nearest-center.ts'
import type { Rows } from './rows.ts'

/** The state of one run; every array is updated in place. */
type State = {
  readonly rows: Rows
  readonly weights: Float64Array | undefined
  readonly centers: Float64Array
  readonly labels: Int32Array
  /** The centres column after column, so that a row meets four of them at once; room beyond k is infinitely far. */
  readonly across: Float64Array
  /** At least the distance to the own centre, less the way `drift` that centre had gone when the bound was set. */
  readonly upper: Float64Array
  /** At most the distance to the nearest other centre, plus the way `loosened` the others had gone at most. */
  readonly lower: Float64Array
  /** How far each centre has moved in all, and how far any of the others has at most, by own centre. */
  readonly drift: Float64Array
  readonly loosened: Float64Array
  readonly sums: Float64Array
  readonly sizes: Float64Array
  readonly shift: Float64Array
  readonly halfGap: Float64Array
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
 * Lloyd's algorithm with Hamerly's two bounds per row: a row whose upper bound stays below the lower one, or below
 * half the way from its centre to the next, keeps its cluster without a distance being computed. Sums per cluster
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
    addDrift(state)
    halfGaps(state)
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
    across: new Float64Array(widthOf(k) * rows.p),
    drift: new Float64Array(k),
    loosened: new Float64Array(k),
    labels: new Int32Array(rows.n),
    upper: new Float64Array(rows.n),
    lower: new Float64Array(rows.n),
    sums: new Float64Array(k * rows.p),
    sizes: new Float64Array(k),
    shift: new Float64Array(k),
    halfGap: new Float64Array(k),
  }
}

/** Every row to its nearest centre, all bounds set anew. */
function assignAll(state: State): void {
  turnCenters(state.centers, state.rows.p, state.across)
  state.drift.fill(0)
  state.loosened.fill(0)
  const { rows, across, sizes, labels, upper, lower } = state
  const width = widthOf(sizes.length)
  for (let i = 0; i < rows.n; i++) assignRow(rows.data, i, rows.p, across, width, labels, upper, lower)
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

function halfGaps({ rows: { p }, centers, halfGap }: State): void {
  halfGap.fill(Number.POSITIVE_INFINITY)
  for (let a = 0; a < halfGap.length; a++) {
    for (let b = a + 1; b < halfGap.length; b++) {
      const half = Math.sqrt(squaredDistance(centers, a * p, centers, b * p, p)) / 2
      if (half < halfGap[a]!) halfGap[a] = half
      if (half < halfGap[b]!) halfGap[b] = half
    }
  }
}

/** Recomputes only the rows whose bounds, loosened by how far the centres went since they were set, no longer decide. */
function reassign(state: State): number {
  const { rows, centers, across, labels, upper, lower, drift, loosened, halfGap } = state
  const { data, n, p } = rows
  const width = widthOf(halfGap.length)
  turnCenters(state.centers, state.rows.p, state.across)
  let changed = 0
  for (let i = 0; i < n; i++) {
    const label = labels[i]!
    const low = lower[i]! - loosened[label]!
    const bound = low > halfGap[label]! ? low : halfGap[label]!
    if (upper[i]! + drift[label]! < bound) continue
    const own = Math.sqrt(squaredDistance(data, i * p, centers, label * p, p))
    upper[i] = own - drift[label]!
    if (own < bound) continue
    assignRow(data, i, p, across, width, labels, upper, lower)
    const to = labels[i]!
    upper[i]! -= drift[to]!
    lower[i]! += loosened[to]!
    if (to === label) continue
    changed++
    moveRow(state, i, label)
  }
  return changed
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

/** Adds the latest shifts to the ways gone; for each centre the others have gone as far as the farthest of them. */
function addDrift({ shift, drift, loosened }: State): void {
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
  for (let c = 0; c < shift.length; c++) {
    drift[c]! += shift[c]!
    loosened[c]! += c === owner ? next : largest
  }
}

function inertiaOf({ rows: { data, n, p }, weights, centers, labels }: State): number {
  let total = 0
  for (let i = 0; i < n; i++) {
    total += (weights ? weights[i]! : 1) * squaredDistance(data, i * p, centers, labels[i]! * p, p)
  }
  return total
}
