import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'

export interface DiscountedGain {
  readonly gain: number
  /** Of the best order. */
  readonly ideal: number
  /** gain / ideal; null where nothing is relevant. */
  readonly normalised: number | null
}

/**
 * Discounted cumulative gain of an order by score: Σ relevance / log₂(1 + rank), over the first `first` places.
 * gain and ideal in the unit of relevance; normalised in [0, 1] for relevances of at least 0.
 * Cost O(n·log n).
 * Source: Järvelin & Kekäläinen (2002), https://doi.org/10.1145/582415.582418; ties after McSherry & Najork (2008),
 * https://doi.org/10.1007/978-3-540-78646-7_38
 * Parity: scikit-learn `dcg_score`, `ndcg_score` (`ignore_ties`).
 * @param options.ties `averaged` over all orders of equal scores (default), or `lastFirst`, in which the later row stands first
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `invalidOption`
 * @example
 * discountedGain([10, 0, 0, 1, 5], [0.1, 0.2, 0.3, 4, 70]).normalised // → 0.695694
 */
export function discountedGain(
  relevance: ArrayLike<number>,
  score: ArrayLike<number>,
  options: { readonly first?: number; readonly ties?: 'averaged' | 'lastFirst' } = {},
): DiscountedGain {
  const n = requireSameLength({ relevance, score })
  if (n === 0) throw new StatsError('emptyData', 'There are no rows to order.')
  requireFiniteColumn('relevance', relevance)
  requireFiniteColumn('score', score)
  const { first = n, ties = 'averaged' } = options
  if (!(Number.isInteger(first) && first >= 1))
    throw new StatsError('invalidOption', `first is ${first}; a whole number of at least 1 was expected.`)
  const discount = (rank: number): number => (rank < first ? 1 / Math.log2(rank + 2) : 0)
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => score[b]! - score[a]! || b - a)
  let gain = 0
  for (let from = 0, to = 0; from < n; from = to) {
    let [sum, discounts] = [0, 0]
    for (
      to = from;
      to < n && (to === from || (ties === 'averaged' && score[order[to]!] === score[order[from]!]));
      to++
    ) {
      sum += relevance[order[to]!]!
      discounts += discount(to)
    }
    gain += (sum / (to - from)) * discounts
  }
  const best = Float64Array.from(relevance).sort().reverse()
  const ideal = best.reduce((total, value, rank) => total + value * discount(rank), 0)
  return { gain, ideal, normalised: ideal > 0 ? gain / ideal : null }
}
