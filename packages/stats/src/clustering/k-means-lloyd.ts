import type { Rows } from './rows.ts'

/** The state of one run; every array is updated in place. */
type State = {
  readonly rows: Rows
  readonly weights: Float64Array | undefined
  readonly centers: Float64Array
  readonly labels: Int32Array
  /** At least the distance to the own centre. */
  readonly upper: Float64Array
  /** At most the distance to the nearest other centre. */
  readonly lower: Float64Array
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
    labels: new Int32Array(rows.n),
    upper: new Float64Array(rows.n),
    lower: new Float64Array(rows.n),
    sums: new Float64Array(k * rows.p),
    sizes: new Float64Array(k),
    shift: new Float64Array(k),
    halfGap: new Float64Array(k),
  }
}

function assignAll({ rows: { data, n, p }, centers, labels, upper, lower }: State): void {
  for (let i = 0; i < n; i++) assignRow(data, i * p, p, centers, i, labels, upper, lower)
}

/** Hot: every distance of one row. */
function assignRow(
  data: Float64Array,
  at: number,
  p: number,
  centers: Float64Array,
  i: number,
  labels: Int32Array,
  upper: Float64Array,
  lower: Float64Array,
): void {
  let best = Number.POSITIVE_INFINITY
  let second = Number.POSITIVE_INFINITY
  let label = 0
  for (let base = 0, c = 0; base < centers.length; base += p, c++) {
    const distance = squaredDistance(data, at, centers, base, p)
    if (distance < best) {
      second = best
      best = distance
      label = c
    } else if (distance < second) second = distance
  }
  labels[i] = label
  upper[i] = Math.sqrt(best)
  lower[i] = Math.sqrt(second)
}

/** Hot: unrolled by four columns, because p is small and the loop's overhead is not. */
function squaredDistance(a: Float64Array, at: number, b: Float64Array, base: number, p: number): number {
  let sum = 0
  let j = 0
  for (; j + 3 < p; j += 4) {
    const d0 = a[at + j]! - b[base + j]!
    const d1 = a[at + j + 1]! - b[base + j + 1]!
    const d2 = a[at + j + 2]! - b[base + j + 2]!
    const d3 = a[at + j + 3]! - b[base + j + 3]!
    sum += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3)
  }
  for (; j < p; j++) {
    const d = a[at + j]! - b[base + j]!
    sum += d * d
  }
  return sum
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

/** Loosens the bounds by the centres' shifts and recomputes only the rows whose bounds no longer decide. */
function reassign(state: State): number {
  const { rows, centers, labels, upper, lower, shift, halfGap } = state
  const { data, n, p } = rows
  const { largest, next, owner } = largestShifts(shift)
  let changed = 0
  for (let i = 0; i < n; i++) {
    const label = labels[i]!
    const up = upper[i]! + shift[label]!
    const low = lower[i]! - (label === owner ? next : largest)
    const bound = low > halfGap[label]! ? low : halfGap[label]!
    upper[i] = up
    lower[i] = low
    if (up < bound) continue
    const own = Math.sqrt(squaredDistance(data, i * p, centers, label * p, p))
    upper[i] = own
    if (own < bound) continue
    assignRow(data, i * p, p, centers, i, labels, upper, lower)
    if (labels[i] === label) continue
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

function largestShifts(shift: Float64Array): {
  readonly largest: number
  readonly next: number
  readonly owner: number
} {
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
  return { largest, next, owner }
}

function inertiaOf({ rows: { data, n, p }, weights, centers, labels }: State): number {
  let total = 0
  for (let i = 0; i < n; i++) {
    total += (weights ? weights[i]! : 1) * squaredDistance(data, i * p, centers, labels[i]! * p, p)
  }
  return total
}
