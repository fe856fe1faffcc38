import { StatsError } from '../stats-error.ts'
import type { Baskets } from './baskets.ts'
import { buildTree, type FpTree, insertPath } from './fp-tree.ts'
import { requireBaskets } from './require-baskets.ts'

export type FrequentItemset = {
  /** Items in ascending order. */
  readonly items: readonly number[]
  /** Baskets that hold them all. */
  readonly count: number
  readonly support: number
}

export type FrequentItemsets = {
  readonly itemsets: readonly FrequentItemset[]
  readonly baskets: number
  /** Least count that was frequent. */
  readonly minimumCount: number
}

export type FpGrowthOptions = {
  /** Share of the baskets, in (0, 1]: an itemset needs ⌈share · baskets⌉ of them. */
  readonly minimumSupport: number
  /** Largest itemset. Default 10, as in arules. */
  readonly maximumSize?: number
  /** Refuse rather than fill the memory beyond this many itemsets. Default 5,000,000. */
  readonly limit?: number
}

/**
 * All itemsets that are frequent, by FP-growth. Sorted by size, then by items.
 * Support in (0, 1].
 * Cost O(total items) to build the tree, then in proportion to the itemsets found.
 * Source: Han, Pei & Yin (2000), "Mining frequent patterns without candidate generation", SIGMOD, https://doi.org/10.1145/342009.335372
 * @throws StatsError `invalidOption`, `emptyData`, `outOfDomain`, `infeasible` if there are more itemsets than `limit`.
 * @example
 * const baskets = encodeBaskets([['tea', 'milk'], ['tea', 'milk'], ['tea'], ['bread']])
 * frequentItemsets(baskets, { minimumSupport: 0.5 }).itemsets.map((set) => set.count) // → [3, 2, 2]
 */
export function frequentItemsets(baskets: Baskets, options: FpGrowthOptions): FrequentItemsets {
  const { minimumSupport, maximumSize = 10, limit = 5_000_000 } = options
  const n = baskets.offsets.length - 1
  if (n < 1) throw new StatsError('emptyData', 'There are no baskets; at least 1 was expected.')
  if (!(minimumSupport > 0 && minimumSupport <= 1)) {
    throw new StatsError(
      'invalidOption',
      `minimumSupport is ${minimumSupport}; a share above 0 and at most 1 was expected.`,
    )
  }
  requireBaskets(baskets)
  // A share times a whole number may end a hair above the whole number meant.
  const minimumCount = Math.max(1, Math.ceil(minimumSupport * n - 1e-9))
  const { tree, itemOfRank } = rootTree(baskets, minimumCount)
  const itemsets: FrequentItemset[] = []
  const grow = (from: FpTree, suffix: readonly number[]): void => {
    for (let rank = from.ranks - 1; rank >= 0; rank--) {
      const count = from.counts[rank]!
      if (count < minimumCount) continue
      const ranks = [rank, ...suffix]
      if (itemsets.length >= limit) {
        throw new StatsError('infeasible', `More than ${limit} itemsets are frequent.`, {
          hint: 'Raise minimumSupport or lower maximumSize.',
        })
      }
      itemsets.push({
        items: ranks.map((r) => itemOfRank[r]!).sort((a, b) => a - b),
        count,
        support: count / n,
      })
      if (ranks.length < maximumSize && rank > 0) grow(conditionalTree(from, rank, minimumCount), ranks)
    }
  }
  grow(tree, [])
  itemsets.sort((a, b) => a.items.length - b.items.length || compareItems(a.items, b.items))
  return { itemsets, baskets: n, minimumCount }
}

function compareItems(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return 0
}

/** Frequent items are ranked from the most frequent, so that paths share their beginnings. */
function rootTree(
  { items, offsets, labels }: Baskets,
  minimumCount: number,
): { tree: FpTree; itemOfRank: readonly number[] } {
  const counts = new Int32Array(labels.length)
  for (const item of items) counts[item]!++
  const itemOfRank = [...counts.keys()]
    .filter((i) => counts[i]! >= minimumCount)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
  const rankOfItem = new Int32Array(labels.length).fill(-1)
  itemOfRank.forEach((item, rank) => {
    rankOfItem[item] = rank
  })
  const tree = buildTree(itemOfRank.length)
  const path: number[] = []
  for (let b = 0; b + 1 < offsets.length; b++) {
    path.length = 0
    for (let at = offsets[b]!; at < offsets[b + 1]!; at++) {
      const rank = rankOfItem[items[at]!]!
      if (rank >= 0) path.push(rank)
    }
    path.sort((x, y) => x - y)
    insertPath(tree, path, path.length, 1)
  }
  return { tree, itemOfRank }
}

/** The tree of the paths above a rank's nodes, without the ranks that are too rare beside it. */
function conditionalTree(from: FpTree, rank: number, minimumCount: number): FpTree {
  const counts = new Int32Array(rank)
  for (let node = from.heads[rank]!; node >= 0; node = from.next[node]!) {
    const count = from.count[node]!
    for (let up = from.parent[node]!; up > 0; up = from.parent[up]!) counts[from.rank[up]!]! += count
  }
  const tree = buildTree(rank)
  const path = new Array<number>(rank)
  for (let node = from.heads[rank]!; node >= 0; node = from.next[node]!) {
    let start = rank
    for (let up = from.parent[node]!; up > 0; up = from.parent[up]!) {
      const above = from.rank[up]!
      if (counts[above]! >= minimumCount) path[--start] = above
    }
    insertPath(tree, path.slice(start), rank - start, from.count[node]!)
  }
  return tree
}
