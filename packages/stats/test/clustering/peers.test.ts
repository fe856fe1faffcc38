import { gowerDissimilarities, labelAgreement } from '@tranche/stats'
import { describe, expect, it } from 'vitest'

describe('agreement of labels', () => {
  const [classes, clusters] = [
    [0, 0, 0, 1, 1, 1, 2, 2],
    [0, 0, 1, 1, 2, 2, 2, 0],
  ]
  it('is what scikit-learn 1.9.1 gives', () => {
    const all = labelAgreement(classes!, clusters!)
    expect(all.rand).toBeCloseTo(0.6428571428571429, 12)
    expect(all.fowlkesMallows).toBeCloseTo(0.28571428571428575, 12)
    expect(all.homogeneity).toBeCloseTo(0.3987478202411471, 12)
    expect(all.completeness).toBeCloseTo(0.3987478202411471, 12)
    expect(all.vMeasure).toBeCloseTo(0.3987478202411471, 12)
    expect(labelAgreement(classes!, clusters!, 2).vMeasure).toBeCloseTo(0.3987478202411471, 12)
    expect(all.purity).toBe(5 / 8)
  })
  it('is complete for one label each', () =>
    expect(labelAgreement([1, 1], [2, 2])).toMatchObject({
      rand: 1,
      homogeneity: 1,
      completeness: 1,
      purity: 1,
    }))
})

describe("Gower's dissimilarity", () => {
  const rows = {
    numbers: { data: new Float64Array([1, 10, 2, 10, 5, 10]), n: 3, p: 2 },
    categories: new Int32Array([0, 1, 1]),
    q: 1,
  }
  it('is the mean over columns of shares of the range and of differing levels', () => {
    const d = gowerDissimilarities(rows)
    expect(d[1]).toBeCloseTo((1 / 4 + 0 + 1) / 3, 14)
    expect(d[2]).toBeCloseTo((1 + 0 + 1) / 3, 14)
    expect(d[5]).toBeCloseTo((3 / 4 + 0 + 0) / 3, 14)
    expect([d[0], d[3]]).toEqual([0, d[1]])
  })
  it('weighs columns', () => expect(gowerDissimilarities(rows, [0, 0, 1])[5]).toBe(0))
  it('refuses what does not fit', () =>
    expect(() => gowerDissimilarities(rows, [1, 1])).toThrow(/do not fit/))
})
