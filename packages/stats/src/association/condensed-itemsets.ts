import { requireFinite, requireFiniteColumn, StatsError } from '../stats-error.ts'
import type { FrequentItemset } from './fp-growth.ts'

/**
 * The itemsets that no larger frequent one contains (`maximal`), or that no larger one with the same count contains
 * (`closed`), out of all frequent ones. Where a largest size was set, itemsets of that size count as having none larger.
 * In the order given.
 * Cost O(itemsets × items each).
 * Source: Pasquier et al. (1999), https://doi.org/10.1007/3-540-49257-7_25; Bayardo (1998), https://doi.org/10.1145/276305.276313
 * Parity: arules `is.maximal`, `is.closed`; mlxtend `fpmax`.
 * @throws StatsError `notFinite`, `invalidOption` where an itemset lists an item twice or out of order
 * @example
 * const baskets = encodeBaskets([['tea', 'milk'], ['tea', 'milk'], ['tea'], ['bread']])
 * condensedItemsets(frequentItemsets(baskets, { minimumSupport: 0.5 }).itemsets, 'maximal').length // → 1
 */
export function condensedItemsets(
  itemsets: readonly FrequentItemset[],
  kind: 'maximal' | 'closed',
): readonly FrequentItemset[] {
  const places = new Map<string, number>()
  for (const [k, { items, count, support }] of itemsets.entries()) {
    requireFiniteColumn('items', items)
    requireFinite('count', count)
    requireFinite('support', support)
    if (items.some((item, i) => i > 0 && !(items[i - 1]! < item)))
      throw new StatsError('invalidOption', `The itemset ${items.join(', ')} is not in ascending order.`)
    places.set(items.join(), k)
  }
  const keep = new Uint8Array(itemsets.length).fill(1)
  // Every subset of a frequent itemset is frequent, so sets with one item less are all there is to look up.
  for (const { items, count } of itemsets)
    for (let left = 0; left < items.length; left++) {
      const place = places.get(items.filter((_, i) => i !== left).join())
      if (place !== undefined && (kind === 'maximal' || itemsets[place]!.count === count)) keep[place] = 0
    }
  return itemsets.filter((_, k) => keep[k] === 1)
}
