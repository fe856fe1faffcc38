/** Ranks 1…n with ties sharing their mean rank, and Σ(t³ − t) over groups of t ties, which rank tests correct by. */
export type Ranks = { readonly ranks: Float64Array; readonly tieSum: number }

/**
 * Ranks values in ascending order.
 * The ranks have the values' length.
 * Cost O(n log n).
 * Source: Kruskal & Wallis (1952), https://doi.org/10.1080/01621459.1952.10483441
 * @throws nothing
 * @example
 * midRanks([10, 20, 20, 30]) // → { ranks: [1, 2.5, 2.5, 4], tieSum: 6 }
 */
export function midRanks(values: ArrayLike<number>): Ranks {
  const n = values.length
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a]! - values[b]!)
  const ranks = new Float64Array(n)
  let tieSum = 0
  for (let start = 0; start < n; ) {
    let end = start + 1
    while (end < n && values[order[end]!] === values[order[start]!]) end++
    const ties = end - start
    tieSum += ties * ties * ties - ties
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2
    start = end
  }
  return { ranks, tieSum }
}
