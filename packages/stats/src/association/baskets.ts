import { StatsError } from '../stats-error.ts'

/**
 * Baskets of whole-numbered items, one after the other: basket b holds `items[offsets[b]] … items[offsets[b + 1] − 1]`,
 * each item once.
 */
export type Baskets = {
  readonly items: Int32Array
  /** Length baskets + 1. */
  readonly offsets: Int32Array
  /** Name of each item. */
  readonly labels: readonly string[]
}

/**
 * Numbers the items of baskets in the order in which they first appear; an item twice in a basket counts once.
 * Labels are kept as they are, also their spaces.
 * Cost O(total items).
 * Source: Agrawal & Srikant (1994), https://www.vldb.org/conf/1994/P487.PDF
 * @throws StatsError `emptyData` for no baskets.
 * @example
 * encodeBaskets([['tea', 'milk'], ['milk']]).items // → [0, 1, 1]
 */
export function encodeBaskets(baskets: readonly (readonly string[])[]): Baskets {
  if (baskets.length === 0)
    throw new StatsError('emptyData', 'There are no baskets; at least 1 was expected.')
  const ids = new Map<string, number>()
  const items: number[] = []
  const offsets = new Int32Array(baskets.length + 1)
  baskets.forEach((basket, b) => {
    for (const label of new Set(basket)) {
      let id = ids.get(label)
      if (id === undefined) {
        id = ids.size
        ids.set(label, id)
      }
      items.push(id)
    }
    offsets[b + 1] = items.length
  })
  return { items: Int32Array.from(items), offsets, labels: [...ids.keys()] }
}

export type BasketSummary = {
  readonly baskets: number
  readonly items: number
  /** Share of the cells of the basket × item table that are filled. */
  readonly density: number
  readonly meanSize: number
  readonly largestSize: number
  readonly singleItemBaskets: number
  /** Baskets that hold each item. */
  readonly counts: Int32Array
}

/**
 * Shape of a set of baskets.
 * Cost O(total items).
 * Source: Agrawal & Srikant (1994), https://www.vldb.org/conf/1994/P487.PDF
 * @throws StatsError `emptyData`.
 * @example
 * summarizeBaskets(encodeBaskets([['tea', 'milk'], ['milk']])).density // → 0.75
 */
export function summarizeBaskets({ items, offsets, labels }: Baskets): BasketSummary {
  const n = offsets.length - 1
  if (n < 1) throw new StatsError('emptyData', 'There are no baskets; at least 1 was expected.')
  const counts = new Int32Array(labels.length)
  for (const item of items) counts[item]!++
  let largestSize = 0
  let singleItemBaskets = 0
  for (let b = 0; b < n; b++) {
    const size = offsets[b + 1]! - offsets[b]!
    largestSize = Math.max(largestSize, size)
    if (size === 1) singleItemBaskets++
  }
  return {
    baskets: n,
    items: labels.length,
    density: items.length / (n * labels.length),
    meanSize: items.length / n,
    largestSize,
    singleItemBaskets,
    counts,
  }
}
