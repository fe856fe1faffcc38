import { pearsonCorrelation } from '../inference/correlation.ts'
import { requireFinite, requireFiniteColumn, StatsError } from '../stats-error.ts'
import type { Linkage } from './linkage.ts'

export type Dendrogram = {
  readonly kind: 'dendrogram'
  readonly version: 1
  readonly n: number
  readonly linkage: Linkage
  /**
   * n − 1 merges, by ascending height but for `centroid` and `median`, whose heights may fall; numbers below n are rows,
   * n + i is the cluster that merge i made.
   */
  readonly merges: readonly {
    readonly a: number
    readonly b: number
    readonly height: number
    readonly size: number
  }[]
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

/**
 * Cluster of each row when every merge up to a height is kept; clusters are numbered by their first row.
 * Cost O(n).
 * Source: Ward (1963), https://doi.org/10.1080/01621459.1963.10500845
 * Parity: R's `cutree(h =)`, SciPy's `fcluster(criterion="distance")`.
 * @throws StatsError `notFinite`, `unsupported` for a tree whose heights fall (centroid and median linkage).
 * @example
 * const rows = { data: Float64Array.of(0, 1, 5, 6, 20), n: 5, p: 1 }
 * cutDendrogramAt(fitAgglomerative(rows, 'average'), 4) // → [0, 0, 1, 1, 2]
 */
export function cutDendrogramAt(tree: Dendrogram, height: number): Int32Array {
  requireFinite('height', height)
  if (tree.merges.some((merge, i) => i > 0 && merge.height < tree.merges[i - 1]!.height))
    throw new StatsError('unsupported', 'The heights of this tree fall, so no height cuts it in two.', {
      hint: 'Use cutDendrogram with a number of clusters.',
    })
  return cutDendrogram(tree, tree.n - tree.merges.filter((merge) => merge.height <= height).length)
}

/**
 * Height at which each pair of rows first stands in one cluster, row-major n×n.
 * Cost O(n²).
 * Source: Sokal & Rohlf (1962), https://doi.org/10.2307/1217208
 * Parity: R's and SciPy's `cophenetic`.
 * @throws nothing
 * @example
 * const rows = { data: Float64Array.of(0, 1, 5), n: 3, p: 1 }
 * copheneticDistances(fitAgglomerative(rows, 'single')) // → [0, 1, 4, 1, 0, 4, 4, 4, 0]
 */
export function copheneticDistances({ n, merges }: Dendrogram): Float64Array {
  const distances = new Float64Array(n * n)
  const members: number[][] = Array.from({ length: n }, (_, row) => [row])
  for (const { a, b, height } of merges) {
    for (const i of members[a]!)
      for (const j of members[b]!) {
        distances[i * n + j] = height
        distances[j * n + i] = height
      }
    members.push([...members[a]!, ...members[b]!])
  }
  return distances
}

/**
 * Correlation of the cophenetic distances with the distances clustered: how well the tree tells them, 1 at best.
 * Cost O(n²).
 * Source: Sokal & Rohlf (1962), https://doi.org/10.2307/1217208
 * @param distances row-major n×n, as `euclideanDistances` gives them.
 * @throws StatsError `lengthMismatch`, `notFinite`, `insufficientData` for fewer than 3 rows, `zeroVariance`.
 * @example
 * const rows = { data: Float64Array.of(0, 1, 5, 6, 20), n: 5, p: 1 }
 * copheneticCorrelation(fitAgglomerative(rows, 'average'), euclideanDistances(rows)) // → 0.9701425
 */
export function copheneticCorrelation(tree: Dendrogram, distances: ArrayLike<number>): number {
  const { n } = tree
  if (distances.length !== n * n)
    throw new StatsError(
      'lengthMismatch',
      `There are ${distances.length} distances; ${n}×${n} were expected.`,
    )
  requireFiniteColumn('distances', distances)
  const cophenetic = copheneticDistances(tree)
  const pairs = Array.from({ length: (n * (n - 1)) / 2 }, () => 0)
  let at = 0
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) pairs[at++] = i * n + j
  return pearsonCorrelation(
    pairs.map((k) => distances[k]!),
    pairs.map((k) => cophenetic[k]!),
  ).estimate
}
