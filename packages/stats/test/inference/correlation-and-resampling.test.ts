import {
  bootstrap,
  createRandom,
  pearsonCorrelation,
  quantiles,
  ratioOfMeans,
  relativeDifference,
  sampleExponential,
  sampleNormal,
  spearmanCorrelation,
  summarizeSample,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const x = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
const y = [2.6, 3.1, 2.5, 5, 3.6, 4, 5.2, 2.8, 3.8]

describe('correlation', () => {
  it('agrees with R on Hollander and Wolfe p. 187', () => {
    const r = pearsonCorrelation(x, y)
    expect(r.estimate).toBeCloseTo(0.5711816, 7)
    expect(r.pValue).toBeCloseTo(0.1082, 4)
    expect(r.interval!.low).toBeCloseTo(-0.1497426, 6)
    expect(r.interval!.high).toBeCloseTo(0.8955795, 6)
    expect(spearmanCorrelation(x, y).estimate).toBeCloseTo(0.6, 12)
  })

  it('does not mind units, even extreme ones', () => {
    const r = pearsonCorrelation(x, y).estimate
    expect(
      pearsonCorrelation(
        x.map((v) => v * 1e200),
        y.map((v) => v * 1e-200),
      ).estimate,
    ).toBeCloseTo(r, 12)
  })

  it('refuses a constant', () => {
    expect(() => pearsonCorrelation([1, 1, 1], [1, 2, 3])).toThrow(
      expect.objectContaining({ code: 'zeroVariance' }),
    )
    expect(() => spearmanCorrelation([1, 2], [1, 2])).toThrow(
      expect.objectContaining({ code: 'insufficientData' }),
    )
  })
})

describe('quantiles', () => {
  it('agree with R for all nine types', () => {
    const values = [15, 20, 35, 40, 50]
    const at40 = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((type) => quantiles(values, [0.4], type as 1)[0])
    expect(at40).toEqual([20, 27.5, 20, 20, 27.5, 26, 29, 27, 27.125].map((v) => expect.closeTo(v, 10)))
  })
})

describe('bootstrap', () => {
  const random = () => createRandom(3)
  const sample = Float64Array.from(
    { length: 40 },
    (
      (r) => () =>
        sampleExponential(r, 1)
    )(createRandom(11)),
  )
  const mean = (rows: Uint32Array) => rows.reduce((s, i) => s + sample[i]!, 0) / rows.length

  it('repeats itself with its seed', () => {
    const a = bootstrap(40, mean, { random: random() }).interval
    expect(bootstrap(40, mean, { random: random() }).interval).toEqual(a)
  })

  it('has a standard error near the formula, and BCa leans to the long tail', () => {
    const percentile = bootstrap(40, mean, { random: random(), method: 'percentile', resamples: 4000 })
    const bca = bootstrap(40, mean, { random: random(), resamples: 4000 })
    const { variance, n } = summarizeSample(sample)
    expect(percentile.standardError / Math.sqrt((variance * (n - 1)) / n / n)).toBeCloseTo(1, 1)
    expect(bca.interval.high).toBeGreaterThan(percentile.interval.high)
  })

  it('of clusters is wider than of rows when rows of a cluster agree', () => {
    const r = createRandom(5)
    const effects = Array.from({ length: 10 }, () => sampleNormal(r))
    const rows = Float64Array.from({ length: 100 }, (_, i) => effects[i % 10]! + 0.1 * sampleNormal(r))
    const clusters = Array.from({ length: 100 }, (_, i) => i % 10)
    const average = (picked: Uint32Array) => picked.reduce((s, i) => s + rows[i]!, 0) / picked.length
    const plain = bootstrap(100, average, { random: random(), resamples: 500 }).standardError
    expect(
      bootstrap(100, average, { random: random(), resamples: 500, clusters }).standardError,
    ).toBeGreaterThan(2 * plain)
  })
})

describe('ratios by the delta method', () => {
  it('of a measure to itself are 1 with no error', () => {
    const s = summarizeSample(x)
    const ratio = ratioOfMeans(s, s, s.variance)
    expect(ratio.estimate).toBe(1)
    expect(ratio.standardError).toBeCloseTo(0, 7)
  })

  it('divide by the size of a negative control', () => {
    const at = (mean: number) => ({ n: 100, mean, variance: 1 })
    expect(relativeDifference(at(-10), at(-5)).estimate).toBe(0.5)
    expect(relativeDifference(at(-2), at(3)).estimate).toBe(2.5)
    expect(() => relativeDifference(at(0), at(3))).toThrow(expect.objectContaining({ code: 'outOfDomain' }))
  })
})
