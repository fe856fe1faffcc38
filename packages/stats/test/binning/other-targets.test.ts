import {
  binningQuality,
  fitContinuousBinning,
  fitMulticlassBinning,
  fitOptimalBinning,
  predictMulticlassBinning,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { wineAsh, wineGrower } from './wine-ash.ts'

const codeOf = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return undefined
}

describe('binning for several classes', () => {
  const model = fitMulticlassBinning({ values: wineAsh }, wineGrower, { precision: 'float32' })

  it('finds the splits, divergence and weights that optbinning publishes for the wine data', () => {
    const published = [2.1450001, 2.245, 2.31499994, 2.6049999, 2.6450001]
    expect(model.splits).toEqual(published.map((split) => expect.closeTo(split, 6)))
    expect(model.js).toBeCloseTo(0.10989515, 8)
    expect([...predictMulticlassBinning(model, Float64Array.of(0.3, 2.1, 2.5, 3))]).toEqual(
      [0.48973998, 0.48973998, -0.00074357, 0.02189459].map((woe) => expect.closeTo(woe, 7)),
    )
  })

  it('counts missing values in a row of their own', () => {
    const valid = wineAsh.map((_, i) => Number(i % 10 !== 0))
    const found = fitMulticlassBinning({ values: wineAsh, valid: Uint8Array.from(valid) }, wineGrower)
    expect(found.counts).toHaveLength(found.splits.length + 2)
    expect(found.counts.at(-1)!.reduce((s, c) => s + c, 0)).toBe(18)
    expect(found.counts.flat().reduce((s, c) => s + c, 0)).toBe(178)
  })

  it('with two classes is binary binning', () => {
    const two = wineGrower.map((grower) => Number(grower === 1))
    const y = Float64Array.from(two)
    for (const trend of ['ascending', 'descending', 'none'] as const) {
      // The rates of the two classes mirror each other.
      const mirror = ({ ascending: 'descending', descending: 'ascending', none: 'none' } as const)[trend]
      const several = fitMulticlassBinning({ values: wineAsh }, two, { trends: [mirror, trend] })
      expect(several.splits).toEqual(fitOptimalBinning({ values: wineAsh }, y, { trend }).splits)
    }
  })

  it('refuses one class, gaps among the classes, and fractions', () => {
    const one = { values: Float64Array.of(1, 2, 3) }
    expect(codeOf(() => fitMulticlassBinning(one, [0, 0, 0]))).toBe('oneClass')
    expect(codeOf(() => fitMulticlassBinning(one, [0, 2, 2]))).toBe('outOfDomain')
    expect(codeOf(() => fitMulticlassBinning(one, [0, 0.5, 1]))).toBe('outOfDomain')
  })
})

describe('binning for numbers', () => {
  it('maximises the objective that is asked for', () => {
    const values = Float64Array.from({ length: 60 }, (_, i) => i)
    const y = values.map((v) => (v < 20 ? 0 : v < 40 ? 1 : 10))
    const splits = [10, 20, 40, 50]
    const variance = fitContinuousBinning({ values }, y, { splits, trend: 'ascending' })
    const deviation = fitContinuousBinning({ values }, y, {
      splits,
      trend: 'ascending',
      objective: 'absoluteDeviation',
    })
    expect(variance.explained).toBeCloseTo(1, 12)
    // A sum over bins gains from each further bin, however alike the two are.
    expect(deviation.splits).toEqual(splits)
    // 3.67 + 3 + 6.33 with [10, 40] against 3.67 + 2.67 + 6.33 with [20, 40].
    expect(
      fitContinuousBinning({ values }, y, { splits, objective: 'absoluteDeviation', maximumPValue: 0.05 })
        .splits,
    ).toEqual([10, 40])
  })
})

describe('quality of bins', () => {
  const values = Float64Array.from({ length: 400 }, (_, i) => i % 40)
  const y = values.map((v, i) => Number((i * 7) % 41 < v))

  it('keeps to the limits and the splits that must stay', () => {
    const splits = [5, 10, 15, 20, 25, 30, 35]
    const free = fitOptimalBinning({ values }, y, { splits })
    const bound = fitOptimalBinning({ values }, y, {
      splits,
      fixedSplits: [15],
      minimumEvents: 20,
      maximumShare: 0.5,
    })
    expect(bound.splits).toContain(15)
    for (const row of bound.table.rows.slice(0, -1)) {
      expect(row.event).toBeGreaterThanOrEqual(20)
      expect(row.count).toBeLessThanOrEqual(200)
    }
    expect(bound.table.iv).toBeLessThanOrEqual(free.table.iv)
    expect(codeOf(() => fitOptimalBinning({ values }, y, { splits, fixedSplits: [16] }))).toBe(
      'invalidOption',
    )
  })

  it('is what the definitions say', () => {
    const { table, splits } = fitOptimalBinning({ values }, y, { splits: [10, 20, 30], trend: 'none' })
    const quality = binningQuality(table, splits.length + 1)
    let concordance = 0
    for (const a of table.rows)
      for (const b of table.rows)
        concordance += a.event * b.nonEvent * Math.sign(a.eventRate - b.eventRate || 0)
    expect(quality.gini).toBeCloseTo(concordance / (table.event * table.nonEvent), 12)
    expect(quality.neighbourPValues).toHaveLength(splits.length)
    expect(quality.hhi).toBeCloseTo(0.25, 12)
    expect(quality.score).toBeGreaterThan(0)
    expect(codeOf(() => binningQuality(table, 9))).toBe('outOfDomain')
  })
})
