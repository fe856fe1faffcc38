import { StatsError } from '../stats-error.ts'
import type { FrequentItemsets } from './fp-growth.ts'

export type ItemsetMeasures = {
  /** Support over that of its most frequent item; the support itself for a single item, as in arules. */
  readonly allConfidence: number
  /** Support of its rarest item over that of its most frequent one. */
  readonly crossSupportRatio: number
  /** Support over the product of its items' supports. */
  readonly lift: number
}

/**
 * Measures of itemsets rather than rules: what tells items that belong together from those which one very frequent item
 * draws along.
 * One entry for each itemset, in their order.
 * Range: the first two in [0, 1].
 * Cost O(itemsets · size).
 * Source: Omiecinski (2003), IEEE TKDE 15, https://doi.org/10.1109/TKDE.2003.1161582; Xiong, Tan & Kumar (2003), ICDM,
 * https://doi.org/10.1109/ICDM.2003.1250944
 * Parity: arules `interestMeasure` of itemsets.
 * @throws StatsError `outOfDomain`, `invalidOption` if the itemsets miss one of their items, as when they have been filtered.
 * @example
 * const sets = frequentItemsets(encodeBaskets([['a', 'b'], ['a', 'b'], ['a'], ['c']]), { minimumSupport: 0.5 })
 * itemsetMeasures(sets).at(-1) // → { allConfidence: 0.6666667, crossSupportRatio: 0.6666667, lift: 1.333333 }
 */
export function itemsetMeasures({ itemsets }: FrequentItemsets): readonly ItemsetMeasures[] {
  const supports = new Map(itemsets.flatMap((s) => (s.items.length === 1 ? [[s.items[0]!, s.support]] : [])))
  return itemsets.map(({ items, support }) => {
    if (!(items.length > 0 && support > 0 && support <= 1))
      throw new StatsError(
        'outOfDomain',
        `An itemset of ${items.length} items has support ${support}; items and a share above 0 and at most 1 were expected.`,
      )
    const own = items.map((item) => {
      const known = supports.get(item)
      if (known !== undefined) return known
      throw new StatsError(
        'invalidOption',
        'An item of a frequent itemset is not among the itemsets; pass them as frequentItemsets gave them.',
      )
    })
    const most = Math.max(...own)
    return {
      allConfidence: items.length === 1 ? support : support / most,
      crossSupportRatio: Math.min(...own) / most,
      lift: support / own.reduce((product, s) => product * s, 1),
    }
  })
}
