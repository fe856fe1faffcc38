import * as S from '@tranche/stats'
import {
  associationRules,
  encodeBaskets,
  frequentItemsets,
  ruleMeasures,
  sequencePatterns,
  sequenceRules,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('frequent itemsets', () => {
  it('are all there are, with their counts, for any baskets', () => {
    const item = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    fc.assert(
      fc.property(
        fc.array(fc.array(item, { maxLength: 5 }), { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 6 }),
        (raw, least) => {
          const baskets = encodeBaskets(raw)
          const found = frequentItemsets(baskets, { minimumSupport: Math.min(1, least / raw.length) })
          const counts = new Map(found.itemsets.map((s) => [s.items.join(), s.count]))
          const m = baskets.labels.length
          let frequent = 0
          for (let mask = 1; mask < 2 ** m; mask++) {
            const items = Array.from({ length: m }, (_, i) => i).filter((i) => mask & (1 << i))
            const count = raw.filter((basket) =>
              items.every((i) => (basket as readonly string[]).includes(baskets.labels[i]!)),
            ).length
            if (count < found.minimumCount) continue
            frequent++
            expect(counts.get(items.join())).toBe(count)
          }
          expect(found.itemsets.length).toBe(frequent)
        },
      ),
    )
  })

  it('need no more baskets than the share says, whatever rounding does', () => {
    const baskets = encodeBaskets(Array.from({ length: 10 }, (_, i) => (i < 3 ? ['x'] : ['y'])))
    expect(frequentItemsets(baskets, { minimumSupport: 0.1 + 0.2 }).minimumCount).toBe(3)
  })

  it('stop before they fill the memory', () => {
    const wide = encodeBaskets([Array.from({ length: 20 }, (_, i) => `i${i}`)])
    expect(() => frequentItemsets(wide, { minimumSupport: 1, maximumSize: 20, limit: 1000 })).toThrow(
      expect.objectContaining({ code: 'infeasible' }),
    )
  })
})

describe('rules', () => {
  it('of many consequents have as many splits as there are subsets', () => {
    const sets = frequentItemsets(encodeBaskets([['a', 'b', 'c']]), { minimumSupport: 1 })
    expect(associationRules(sets, { consequents: 'many' })).toHaveLength(12)
    expect(associationRules(sets)).toHaveLength(9)
  })

  it('are neutral under independence and unbounded without exception', () => {
    const neutral = ruleMeasures(25, 50, 50, 100)
    expect([
      neutral.lift,
      neutral.leverage,
      neutral.zhang,
      neutral.phi,
      neutral.chiSquared,
      neutral.conviction,
    ]).toEqual([1, 0, 0, 0, 0, 1])
    const perfect = ruleMeasures(20, 20, 50, 100)
    expect([perfect.conviction, perfect.oddsRatio, perfect.certainty]).toEqual([Infinity, Infinity, 1])
    expect(ruleMeasures(50, 50, 100, 100).phi).toBeNull()
    expect(() => ruleMeasures(30, 20, 50, 100)).toThrow(expect.objectContaining({ code: 'outOfDomain' }))
  })
})

describe('sequence patterns', () => {
  // The running example of Pei et al. (2004), table 1: a = 1 … g = 7.
  const sequences = [
    [[1], [1, 2, 3], [1, 3], [4], [3, 6]],
    [[1, 4], [3], [2, 3], [1, 5]],
    [[5, 6], [1, 2], [4, 6], [3], [2]],
    [[5], [7], [1, 6], [3], [2], [3]],
  ]
  it('are those of the paper', () => {
    const patterns = sequencePatterns(sequences, { minimumSupport: 0.5, maximumItems: 10 })
    const count = (elements: number[][]) =>
      patterns.find((p) => JSON.stringify(p.elements) === JSON.stringify(elements))?.count
    expect(count([[1]])).toBe(4)
    expect(count([[1, 2], [4]])).toBe(2)
    expect(count([[1, 2], [4], [3]])).toBe(2)
    expect(count([[1], [3], [1]])).toBe(2)
    expect(count([[1], [2, 3], [1]])).toBe(2)
    expect(count([[1], [4], [3]])).toBe(2)
    expect(count([[7]])).toBeUndefined()
    expect(patterns).toHaveLength(53)
  })

  it('turn into rules of what comes after', () => {
    const rules = sequenceRules(
      sequencePatterns([[[1], [2]], [[1], [2]], [[1]], [[3]]], { minimumSupport: 0.25 }),
    )
    expect(rules).toEqual([
      { before: [[1]], after: [2], count: 2, support: 0.5, confidence: 2 / 3, lift: 4 / 3 },
    ])
  })
})

describe('condensed itemsets', () => {
  const baskets = S.encodeBaskets([['a', 'b', 'c'], ['a', 'b', 'c'], ['a', 'b'], ['a', 'd'], ['d']])
  const { itemsets } = S.frequentItemsets(baskets, { minimumSupport: 0.4 })
  const names = (kind: 'maximal' | 'closed'): string[] =>
    S.condensedItemsets(itemsets, kind).map(({ items }) => items.map((item) => baskets.labels[item]).join(''))

  it('keep the largest', () => {
    expect(names('maximal')).toEqual(['d', 'abc'])
  })

  it('keep those of a count of their own, from which every count follows', () => {
    expect(names('closed')).toEqual(['a', 'd', 'ab', 'abc'])
    const closed = S.condensedItemsets(itemsets, 'closed')
    for (const { items, count } of itemsets) {
      const holding = closed.filter((set) => items.every((item) => set.items.includes(item)))
      expect(Math.max(...holding.map((set) => set.count))).toBe(count)
    }
  })
})
