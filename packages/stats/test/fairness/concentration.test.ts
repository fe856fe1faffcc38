import { giniCoefficient, lorenzCurve, populationStabilityIndex, topShare } from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('concentration', () => {
  it('of 1, 2, 3, 4 is a quarter, and a third after the small-sample correction', () => {
    expect(giniCoefficient([4, 1, 3, 2])).toBeCloseTo(0.25, 12)
    expect(giniCoefficient([4, 1, 3, 2], { correction: 'smallSample' })).toBeCloseTo(1 / 3, 12)
    expect([...lorenzCurve([4, 1, 3, 2]).valueShare]).toEqual(
      [0, 0.1, 0.3, 0.6, 1].map((v) => expect.closeTo(v, 12)),
    )
  })

  it('of the top counts an edge unit in part', () => {
    expect(topShare([1, 2, 3, 4], 0.25)).toBeCloseTo(0.4, 12)
    expect(topShare([1, 2, 3, 4], 0.375)).toBeCloseTo(0.55, 12)
    expect(topShare([5, 5, 5], 0.2)).toBeCloseTo(0.2, 12)
  })

  it('takes a weight of k as k copies, and lies between 0 and 1', () => {
    const row = fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 4 }))
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const values = rows.map(([v]) => v + 1)
        const copies = rows.flatMap(([v, w]) => Array<number>(w).fill(v + 1))
        const weighted = giniCoefficient(values, { weights: rows.map(([, w]) => w) })
        expect(weighted).toBeCloseTo(giniCoefficient(copies), 9)
        expect(weighted).toBeGreaterThanOrEqual(0)
        expect(weighted).toBeLessThan(1)
      }),
    )
  })

  it('is refused for nothing and for debts', () => {
    expect(() => giniCoefficient([0, 0])).toThrow(expect.objectContaining({ code: 'outOfDomain' }))
    expect(() => giniCoefficient([1, -1])).toThrow(expect.objectContaining({ code: 'outOfDomain' }))
    expect(() => giniCoefficient([])).toThrow(expect.objectContaining({ code: 'emptyData' }))
  })
})

describe('the population stability index', () => {
  it('is 0 for equal shares and symmetric', () => {
    expect(populationStabilityIndex([10, 20], [100, 200]).index).toBe(0)
    const there = populationStabilityIndex([50, 50], [40, 60]).index
    expect(there).toBeCloseTo(0.1 * Math.log(5 / 4) + 0.1 * Math.log(6 / 5), 12)
    expect(populationStabilityIndex([40, 60], [50, 50]).index).toBeCloseTo(there, 12)
  })

  it('says how many bins were empty on one side, or refuses them', () => {
    expect(populationStabilityIndex([10, 0], [5, 5]).flooredBins).toBe(1)
    expect(() => populationStabilityIndex([10, 0], [5, 5], { floor: 'refuse' })).toThrow(
      expect.objectContaining({ code: 'infeasible' }),
    )
  })
})
