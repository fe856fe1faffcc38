import { requirePositive, StatsError } from '../stats-error.ts'
import { type Rows, requireFiniteRows } from './rows.ts'

export type Dbscan = {
  /** Cluster per row from 0; −1 for noise. */
  readonly labels: Int32Array
  readonly clusters: number
  /** 1 for rows with enough neighbours. */
  readonly core: Uint8Array
}

/**
 * DBSCAN under Euclidean distance: clusters are rows chained through neighbours within `radius` of dense rows.
 * Cost O(n × rows in the neighbouring grid cells); the grid covers the
 * first three columns.
 * Source: Ester, Kriegel, Sander & Xu (1996), KDD, https://cdn.aaai.org/KDD/1996/KDD96-037.pdf
 * @param options.radius neighbours lie at this distance or nearer.
 * @param options.minimumNeighbours that make a row dense, the row itself counted (as in scikit-learn).
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`, `invalidOption`, `notFinite`.
 * @example
 * const rows = { data: Float64Array.of(0, 1, 2, 10, 11, 12, 30), n: 7, p: 1 }
 * dbscan(rows, { radius: 1.5, minimumNeighbours: 2 }).labels // → [0, 0, 0, 1, 1, 1, -1]
 */
export function dbscan(
  rows: Rows,
  options: { readonly radius: number; readonly minimumNeighbours: number },
): Dbscan {
  const { radius, minimumNeighbours } = options
  requireFiniteRows(rows)
  requirePositive('radius', radius)
  if (!(minimumNeighbours >= 1))
    throw new StatsError(
      'invalidOption',
      `minimumNeighbours is ${minimumNeighbours}; a number of at least 1 was expected.`,
    )
  const neighbours = neighbourFinder(rows, radius)
  const labels = new Int32Array(rows.n).fill(-1)
  const core = new Uint8Array(rows.n)
  for (let i = 0; i < rows.n; i++) core[i] = neighbours(i).length >= minimumNeighbours ? 1 : 0
  let clusters = 0
  for (let start = 0; start < rows.n; start++) {
    if (!core[start] || labels[start]! >= 0) continue
    const stack = [start]
    labels[start] = clusters
    while (stack.length > 0) {
      const row = stack.pop()!
      for (const near of neighbours(row)) {
        if (labels[near]! >= 0) continue
        labels[near] = clusters
        if (core[near]) stack.push(near)
      }
    }
    clusters++
  }
  return { labels, clusters, core }
}

/** Rows in a grid of cells as wide as the radius: a row's neighbours lie in its own and the adjacent cells. */
function neighbourFinder({ data, n, p }: Rows, radius: number): (row: number) => number[] {
  const g = Math.min(p, 3)
  const cellOf = (row: number, j: number): number => Math.floor(data[row * p + j]! / radius)
  const key = (cells: readonly number[]): string => cells.join()
  const grid = new Map<string, number[]>()
  for (let i = 0; i < n; i++) {
    const at = key(Array.from({ length: g }, (_, j) => cellOf(i, j)))
    const list = grid.get(at)
    if (list) list.push(i)
    else grid.set(at, [i])
  }
  const limit = radius * radius
  return (row) => {
    const found: number[] = []
    for (let shift = 0; shift < 3 ** g; shift++) {
      const cells = Array.from({ length: g }, (_, j) => cellOf(row, j) + (Math.floor(shift / 3 ** j) % 3) - 1)
      for (const other of grid.get(key(cells)) ?? []) {
        let sum = 0
        for (let j = 0; j < p; j++) sum += (data[row * p + j]! - data[other * p + j]!) ** 2
        // Squares round: compare distances, as the definition does.
        if (sum <= limit || Math.sqrt(sum) <= radius) found.push(other)
      }
    }
    return found
  }
}
