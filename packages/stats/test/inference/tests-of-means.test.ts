import {
  cohenD,
  createRandom,
  kruskalWallisTest,
  mannWhitneyTest,
  oneWayAnova,
  pairedTTest,
  StatsError,
  sampleNormal,
  summarizeSample,
  summaryFromSums,
  welchAnova,
  welchTTest,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

describe('tests of means', () => {
  it('agree with R on the sleep data', () => {
    const test = welchTTest(summarizeSample(first), summarizeSample(second))
    expect(test.statistic).toBeCloseTo(-1.8608, 4)
    expect(test.degreesOfFreedom).toBeCloseTo(17.776, 3)
    expect(test.pValue).toBeCloseTo(0.07939, 5)
    expect(pairedTTest(first, second).pValue).toBeCloseTo(0.002833, 6)
  })

  it('give the same answer from values and from sums', () => {
    const sum = first.reduce((s, x) => s + x, 0)
    const squares = first.reduce((s, x) => s + x * x, 0)
    expect(summaryFromSums(10, sum, squares).variance).toBeCloseTo(summarizeSample(first).variance, 12)
  })

  it('keep their digits when the data is scaled by 1e15 or 1e-15', () => {
    for (const scale of [1e15, 1e-15, 1e150, 1e-150]) {
      const a = summarizeSample(first.map((x) => x * scale))
      const b = summarizeSample(second.map((x) => x * scale))
      expect(welchTTest(a, b).pValue).toBeCloseTo(0.07939414018735787, 12)
    }
  })

  it('refuse samples that do not vary', () => {
    const flat = summarizeSample([3, 3, 3])
    expect(() => welchTTest(flat, flat)).toThrow(expect.objectContaining({ code: 'zeroVariance' }))
    expect(() => cohenD(flat, flat)).toThrow(StatsError)
    expect(() => summarizeSample([1])).toThrow(expect.objectContaining({ code: 'insufficientData' }))
  })

  it('turn around with the samples', () => {
    const there = welchTTest(summarizeSample(first), summarizeSample(second), { alternative: 'less' })
    const back = welchTTest(summarizeSample(second), summarizeSample(first), { alternative: 'greater' })
    expect(back.pValue).toBe(there.pValue)
    expect(back.interval.low).toBeCloseTo(-there.interval.high, 12)
  })

  it('cover the truth 95 times in 100', () => {
    const random = createRandom(7)
    let covered = 0
    for (let r = 0; r < 2000; r++) {
      const a = summarizeSample(Float64Array.from({ length: 12 }, () => sampleNormal(random, 5, 1)))
      const b = summarizeSample(Float64Array.from({ length: 30 }, () => sampleNormal(random, 3, 4)))
      const { low, high } = welchTTest(a, b).interval
      if (low <= 2 && 2 <= high) covered++
    }
    expect(covered / 2000).toBeGreaterThan(0.935)
    expect(covered / 2000).toBeLessThan(0.965)
  })
})

describe('tests of ranks', () => {
  it('agree with R on the placenta data, exactly and by the normal approximation', () => {
    const x = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    const y = [1.15, 0.88, 0.9, 0.74, 1.21]
    const exact = mannWhitneyTest(x, y, { alternative: 'greater' })
    expect(exact.statistic).toBe(35)
    expect(exact.pValue).toBeCloseTo(0.1272, 4)
    expect(mannWhitneyTest(x, y, { method: 'normal' }).pValue).toBeCloseTo(0.24462360512698333, 12)
  })

  it('refuse what ties make impossible', () => {
    expect(() => mannWhitneyTest([1, 1], [1, 2], { method: 'exact' })).toThrow(
      expect.objectContaining({ code: 'assumptionFailed' }),
    )
    expect(() => mannWhitneyTest([1, 1], [1, 1])).toThrow(expect.objectContaining({ code: 'zeroVariance' }))
    expect(() =>
      kruskalWallisTest([
        [1, 1],
        [1, 1],
      ]),
    ).toThrow(expect.objectContaining({ code: 'zeroVariance' }))
  })

  it('of k samples agree with R on PlantGrowth', () => {
    const groups = [
      [4.17, 5.58, 5.18, 6.11, 4.5, 4.61, 5.17, 4.53, 5.33, 5.14],
      [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69],
      [6.31, 5.12, 5.54, 5.5, 5.37, 5.29, 4.92, 6.15, 5.8, 5.26],
    ]
    expect(oneWayAnova(groups.map(summarizeSample)).pValue).toBeCloseTo(0.01591, 5)
    expect(welchAnova(groups.map(summarizeSample)).pValue).toBeCloseTo(0.01739, 5)
    expect(kruskalWallisTest(groups).pValue).toBeCloseTo(0.01842, 5)
  })
})
