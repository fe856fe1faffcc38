import { StatsError } from '../stats-error.ts'
import { type Rows, requireFiniteRows } from './rows.ts'

export type Linkage = 'single' | 'complete' | 'average' | 'ward'

export type Dendrogram = {
  readonly kind: 'dendrogram'
  readonly version: 1
  readonly n: number
  readonly linkage: Linkage
  /** n − 1 merges by ascending height; numbers below n are rows, n + i is the cluster that merge i made. */
  readonly merges: readonly {
    readonly a: number
    readonly b: number
    readonly height: number
    readonly size: number
  }[]
}

/**
 * Agglomerative clustering of Euclidean rows by the nearest-neighbour chain. Ward's heights are √(2·ΔSSE), as in SciPy
 * and R's `ward.D2`.
 * Cost O(n²), memory 4n² bytes.
 * Source: Ward (1963); Lance & Williams (1967) for the update; Murtagh (1983), https://doi.org/10.1093/comjnl/26.4.354
 * for the chain.
 * @throws StatsError `insufficientData` for fewer than 2 rows, `infeasible` beyond 20,000 (memory grows with n²).
 * @example
 * const rows = { data: Float64Array.of(0, 1, 5, 6, 20), n: 5, p: 1 }
 * fitAgglomerative(rows, 'average').merges.map((merge) => merge.height) // → [1, 1, 5, 17]
 */
export function fitAgglomerative(rows: Rows, linkage: Linkage): Dendrogram {
  requireFiniteRows(rows)
  const { n } = rows
  if (n < 2) throw new StatsError('insufficientData', `A dendrogram needs at least 2 rows, got ${n}.`)
  if (n > 20_000)
    throw new StatsError(
      'infeasible',
      `${n} rows need ${n} × ${n} distances; at most 20,000 rows are taken.`,
      { hint: 'Cluster a sample or the centres of a k-means first.' },
    )
  const distance = pairDistances(rows, linkage)
  const size = new Float64Array(n).fill(1)
  const active = new Uint8Array(n).fill(1)
  const merges: { a: number; b: number; height: number }[] = []
  const chain: number[] = []
  for (let step = 0; step < n - 1; step++) {
    if (chain.length === 0) chain.push(active.indexOf(1))
    for (;;) {
      const tip = chain[chain.length - 1]!
      const before = chain[chain.length - 2]
      const near = nearest(distance, active, n, tip, before)
      if (near === before) break
      chain.push(near)
    }
    const a = chain.pop()!
    const b = chain.pop()!
    merges.push({ a: Math.min(a, b), b: Math.max(a, b), height: distance[index(a, b)]! })
    join(distance, active, size, n, Math.min(a, b), Math.max(a, b), linkage)
  }
  return Object.freeze({
    kind: 'dendrogram',
    version: 1,
    n,
    linkage,
    merges: Object.freeze(relabel(merges, n, linkage)),
  } as const)
}

/**
 * Cluster of each row when the tree is cut into k; clusters are numbered by their first row.
 * Cost O(n).
 * Source: Ward (1963), https://doi.org/10.1080/01621459.1963.10500845
 * @throws StatsError `invalidOption` unless 1 ≤ k ≤ n.
 * @example
 * const rows = { data: Float64Array.of(0, 1, 5, 6, 20), n: 5, p: 1 }
 * cutDendrogram(fitAgglomerative(rows, 'average'), 3) // → [0, 0, 1, 1, 2]
 */
export function cutDendrogram({ n, merges }: Dendrogram, k: number): Int32Array {
  if (!(Number.isInteger(k) && k >= 1 && k <= n))
    throw new StatsError('invalidOption', `k is ${k}; a whole number from 1 to ${n} was expected.`)
  const parent = Int32Array.from({ length: 2 * n - 1 }, (_, i) => i)
  merges.slice(0, n - k).forEach(({ a, b }, i) => {
    parent[a] = n + i
    parent[b] = n + i
  })
  const numbers = new Map<number, number>()
  return Int32Array.from({ length: n }, (_, row) => {
    let root = row
    while (parent[root] !== root) root = parent[root]!
    if (!numbers.has(root)) numbers.set(root, numbers.size)
    return numbers.get(root)!
  })
}

/** Position of a pair in the packed triangle below the diagonal. */
function index(a: number, b: number): number {
  return a > b ? (a * (a - 1)) / 2 + b : (b * (b - 1)) / 2 + a
}

/** Squared distances for Ward, whose update needs them; distances otherwise. */
function pairDistances({ data, n, p }: Rows, linkage: Linkage): Float64Array {
  const distance = new Float64Array((n * (n - 1)) / 2)
  let at = 0
  for (let a = 1; a < n; a++) {
    for (let b = 0; b < a; b++) {
      let sum = 0
      for (let j = 0; j < p; j++) sum += (data[a * p + j]! - data[b * p + j]!) ** 2
      distance[at++] = linkage === 'ward' ? sum : Math.sqrt(sum)
    }
  }
  return distance
}

/** The nearest active cluster; the one before in the chain wins ties, so that the chain ends. */
function nearest(
  distance: Float64Array,
  active: Uint8Array,
  n: number,
  tip: number,
  before: number | undefined,
): number {
  let best = before ?? -1
  let least = before === undefined ? Number.POSITIVE_INFINITY : distance[index(tip, before)]!
  for (let other = 0; other < n; other++) {
    if (!active[other] || other === tip) continue
    const d = distance[index(tip, other)]!
    if (d < least) {
      least = d
      best = other
    }
  }
  return best
}

/** Lance and Williams' update: the joined cluster takes b's place. */
function join(
  distance: Float64Array,
  active: Uint8Array,
  size: Float64Array,
  n: number,
  a: number,
  b: number,
  linkage: Linkage,
): void {
  const na = size[a]!
  const nb = size[b]!
  const between = distance[index(a, b)]!
  active[a] = 0
  for (let c = 0; c < n; c++) {
    if (!active[c] || c === b) continue
    const da = distance[index(a, c)]!
    const db = distance[index(b, c)]!
    const nc = size[c]!
    let d: number
    if (linkage === 'single') d = Math.min(da, db)
    else if (linkage === 'complete') d = Math.max(da, db)
    else if (linkage === 'average') d = (na * da + nb * db) / (na + nb)
    else d = ((na + nc) * da + (nb + nc) * db - nc * between) / (na + nb + nc)
    distance[index(b, c)] = d
  }
  size[b] = na + nb
}

/** The chain finds merges out of order: sorts them by height and names clusters by the merge that made them. */
function relabel(
  merges: readonly { a: number; b: number; height: number }[],
  n: number,
  linkage: Linkage,
): Dendrogram['merges'] {
  const order = merges.map((_, i) => i).sort((x, y) => merges[x]!.height - merges[y]!.height || x - y)
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
    return Object.freeze({
      a: x,
      b: y,
      height: linkage === 'ward' ? Math.sqrt(height) : height,
      size: size[n + i]!,
    })
  })
}
