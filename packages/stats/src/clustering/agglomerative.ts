import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import type { Dendrogram } from './dendrogram.ts'
import {
  type Clusters,
  defaultUpdate,
  joinClusters,
  type Linkage,
  type LinkageUpdate,
  pairIndex,
} from './linkage.ts'
import { type Rows, requireFiniteRows } from './rows.ts'

/**
 * Agglomerative clustering of Euclidean rows. Heights are distances; Ward's are √(2·ΔSSE), as in SciPy and R's `ward.D2`.
 * Cost O(n²) by the nearest-neighbour chain, for `centroid` and `median` up to O(n³); memory 4n² bytes.
 * Source: Ward (1963); Lance & Williams (1967) for the update; Murtagh (1983), https://doi.org/10.1093/comjnl/26.4.354
 * for the chain.
 * @throws StatsError `lengthMismatch`, `emptyData`, `insufficientData` for fewer than 2 rows, `notFinite`,
 * `infeasible` beyond 20,000 (memory grows with n²).
 * @example
 * const rows = { data: Float64Array.of(0, 1, 5, 6, 20), n: 5, p: 1 }
 * fitAgglomerative(rows, 'average').merges.map((merge) => merge.height) // → [1, 1, 5, 17]
 */
export function fitAgglomerative(
  rows: Rows,
  linkage: Linkage,
  update: LinkageUpdate = defaultUpdate(linkage),
): Dendrogram {
  requireFiniteRows(rows)
  requireFew(rows.n)
  return agglomerate(pairDistances(rows), rows.n, linkage, update)
}

/**
 * Agglomerative clustering of what only pairwise distances are known of, such as Gower's.
 * Cost and conventions as `fitAgglomerative`.
 * Source: Lance & Williams (1967), https://doi.org/10.1093/comjnl/9.4.373
 * Parity: R's `hclust`: its `ward.D`, `centroid` and `median` take distances `asGiven`.
 * @param distances row-major n×n, symmetric; only what lies below the diagonal is read.
 * @throws StatsError `insufficientData`, `lengthMismatch`, `notFinite`, `outOfDomain` for a negative distance, `infeasible`.
 * @example
 * const distances = [0, 1, 4, 1, 0, 6, 4, 6, 0]
 * fitAgglomerativeDistances(distances, 3, 'average').merges.map((merge) => merge.height) // → [1, 5]
 */
export function fitAgglomerativeDistances(
  distances: ArrayLike<number>,
  n: number,
  linkage: Linkage,
  update: LinkageUpdate = defaultUpdate(linkage),
): Dendrogram {
  requireFew(n)
  if (distances.length !== n * n)
    throw new StatsError(
      'lengthMismatch',
      `There are ${distances.length} distances; ${n}×${n} were expected.`,
    )
  requireFiniteColumn('distances', distances)
  const packed = new Float64Array((n * (n - 1)) / 2)
  let at = 0
  for (let a = 1; a < n; a++)
    for (let b = 0; b < a; b++) {
      const d = distances[a * n + b]!
      if (d < 0)
        throw new StatsError('outOfDomain', `The distance of rows ${a} and ${b} is ${d}; ≥ 0 was expected.`)
      packed[at++] = d
    }
  return agglomerate(packed, n, linkage, update)
}

/**
 * Euclidean distances of all pairs of rows, row-major n×n.
 * Cost O(n²·p).
 * Source: definition, https://en.wikipedia.org/wiki/Euclidean_distance
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `insufficientData`, `infeasible` beyond 20,000 rows.
 * @example
 * euclideanDistances({ data: Float64Array.of(0, 0, 3, 4), n: 2, p: 2 }) // → [0, 5, 5, 0]
 */
export function euclideanDistances(rows: Rows): Float64Array {
  requireFiniteRows(rows)
  requireFew(rows.n)
  const { n } = rows
  const packed = pairDistances(rows)
  return Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n]
    return i === j ? 0 : packed[pairIndex(i, j)]!
  })
}

function requireFew(n: number): void {
  if (!(n >= 2)) throw new StatsError('insufficientData', `A dendrogram needs at least 2 rows, got ${n}.`)
  if (n > 20_000)
    throw new StatsError(
      'infeasible',
      `${n} rows need ${n} × ${n} distances; at most 20,000 rows are taken.`,
      { hint: 'Cluster a sample or the centres of a k-means first.' },
    )
}

function pairDistances({ data, n, p }: Rows): Float64Array {
  const distance = new Float64Array((n * (n - 1)) / 2)
  let at = 0
  for (let a = 1; a < n; a++) {
    for (let b = 0; b < a; b++) {
      let sum = 0
      for (let j = 0; j < p; j++) sum += (data[a * p + j]! - data[b * p + j]!) ** 2
      distance[at++] = Math.sqrt(sum)
    }
  }
  return distance
}

type Merge = { readonly a: number; readonly b: number; readonly height: number }

function agglomerate(
  distances: Float64Array,
  n: number,
  linkage: Linkage,
  update: LinkageUpdate,
): Dendrogram {
  const clusters: Clusters = {
    n,
    distance: update === 'squared' ? distances.map((d) => d * d) : distances,
    size: new Float64Array(n).fill(1),
    active: new Uint8Array(n).fill(1),
  }
  const falls = linkage === 'centroid' || linkage === 'median'
  const found = falls ? closestPairs(clusters, linkage) : neighbourChain(clusters, linkage)
  const merges = found.map((m) => ({
    ...m,
    height: update === 'squared' ? Math.sqrt(Math.max(0, m.height)) : m.height,
  }))
  return Object.freeze({
    kind: 'dendrogram',
    version: 1,
    n,
    linkage,
    merges: Object.freeze(relabel(merges, n, falls)),
  } as const)
}

/** Follows nearest neighbours until two are each other's; right where joining never brings clusters nearer. */
function neighbourChain(clusters: Clusters, linkage: Linkage): Merge[] {
  const { n, distance, active } = clusters
  const merges: Merge[] = []
  const chain: number[] = []
  for (let step = 0; step < n - 1; step++) {
    if (chain.length === 0) chain.push(active.indexOf(1))
    for (;;) {
      const tip = chain[chain.length - 1]!
      const before = chain[chain.length - 2]
      const near = nearest(clusters, tip, before)
      if (near === before) break
      chain.push(near)
    }
    const [x, y] = [chain.pop()!, chain.pop()!]
    const [a, b] = [Math.min(x, y), Math.max(x, y)]
    merges.push({ a, b, height: distance[pairIndex(a, b)]! })
    joinClusters(clusters, a, b, linkage)
  }
  return merges
}

/** The nearest active cluster; the one before in the chain wins ties, so that the chain ends. */
function nearest({ n, distance, active }: Clusters, tip: number, before: number | undefined): number {
  let best = before ?? -1
  let least = before === undefined ? Number.POSITIVE_INFINITY : distance[pairIndex(tip, before)]!
  for (let other = 0; other < n; other++) {
    if (!active[other] || other === tip) continue
    const d = distance[pairIndex(tip, other)]!
    if (d < least) {
      least = d
      best = other
    }
  }
  return best
}

/** Joins the closest pair of all, each cluster remembering its nearest one among those after it. */
function closestPairs(clusters: Clusters, linkage: Linkage): Merge[] {
  const { n, distance, active } = clusters
  const near = new Int32Array(n).fill(-1)
  const lookAgain = (row: number): void => {
    near[row] = -1
    for (let other = row + 1; other < n; other++)
      if (
        active[other] &&
        (near[row]! < 0 || distance[pairIndex(row, other)]! < distance[pairIndex(row, near[row]!)]!)
      )
        near[row] = other
  }
  for (let row = 0; row < n; row++) lookAgain(row)
  const merges: Merge[] = []
  for (let step = 0; step < n - 1; step++) {
    let a = -1
    let height = Number.POSITIVE_INFINITY
    for (let row = 0; row < n; row++) {
      if (!active[row] || near[row]! < 0) continue
      const d = distance[pairIndex(row, near[row]!)]!
      if (a < 0 || d < height) {
        a = row
        height = d
      }
    }
    const b = near[a]!
    merges.push({ a, b, height })
    joinClusters(clusters, a, b, linkage)
    for (let row = 0; row < b; row++)
      if (active[row]) {
        if (near[row] === a || near[row] === b) lookAgain(row)
        else if (near[row]! >= 0 && distance[pairIndex(row, b)]! < distance[pairIndex(row, near[row]!)]!)
          near[row] = b
      }
    lookAgain(b)
  }
  return merges
}

/** Names clusters by the merge that made them; a chain finds merges out of order, so they are sorted by height first. */
function relabel(merges: readonly Merge[], n: number, asFound: boolean): Dendrogram['merges'] {
  const order = merges.map((_, i) => i)
  if (!asFound) order.sort((x, y) => merges[x]!.height - merges[y]!.height || x - y)
  const owner = Int32Array.from({ length: n }, (_, i) => i)
  const cluster = Int32Array.from({ length: n }, (_, i) => i)
  const size = new Float64Array(2 * n - 1).fill(1)
  const root = (row: number): number => {
    let r = row
    while (owner[r] !== r) r = owner[r]!
    owner[row] = r
    return r
  }
  return order.map((m, i) => {
    const { a, b, height } = merges[m]!
    const ra = root(a)
    const rb = root(b)
    const [x, y] = [cluster[ra]!, cluster[rb]!].sort((p, q) => p - q) as [number, number]
    owner[ra] = rb
    cluster[rb] = n + i
    size[n + i] = size[x]! + size[y]!
    return Object.freeze({ a: x, b: y, height, size: size[n + i]! })
  })
}
