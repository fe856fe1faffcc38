import {
  createRandom,
  fitKMeans,
  predictKMeans,
  quantileBins,
  sampleNormal,
  silhouette,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

function blobs(n: number, p: number, k: number, seed: number) {
  const random = createRandom(seed)
  const centers = Float64Array.from({ length: k * p }, () => 20 * random.uniform())
  const data = new Float64Array(n * p)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < p; j++) data[i * p + j] = centers[(i % k) * p + j]! + sampleNormal(random)
  return { data, n, p }
}

/** Lloyd's algorithm as in the textbook. */
function plainLloyd({ data, n, p }: ReturnType<typeof blobs>, starts: Float64Array) {
  const centers = starts.slice()
  const k = centers.length / p
  let labels = new Int32Array(n).fill(-1)
  for (;;) {
    const next = Int32Array.from({ length: n }, (_, i) => {
      const d = Array.from({ length: k }, (_c, c) =>
        Array.from({ length: p }, (_j, j) => (data[i * p + j]! - centers[c * p + j]!) ** 2).reduce(
          (a, b) => a + b,
          0,
        ),
      )
      return d.indexOf(Math.min(...d))
    })
    if (next.every((l, i) => l === labels[i])) return { centers, labels }
    labels = next
    for (let c = 0; c < k; c++) {
      const members = [...labels.keys()].filter((i) => labels[i] === c)
      for (let j = 0; j < p; j++)
        if (members.length > 0)
          centers[c * p + j] = members.reduce((s, i) => s + data[i * p + j]!, 0) / members.length
    }
  }
}

describe('k-means', () => {
  it('assigns rows as the textbook algorithm does, bounds or not', () => {
    for (let seed = 0; seed < 12; seed++) {
      const rows = blobs(300, 3, 5, seed)
      const starts = rows.data.slice(0, 18)
      const fit = fitKMeans(rows, { k: 6, starts })
      const plain = plainLloyd(rows, starts)
      expect(fit.labels).toEqual(plain.labels)
      fit.model.centers.forEach((c, i) => {
        expect(c).toBeCloseTo(plain.centers[i]!, 10)
      })
    }
  })

  it('treats a weight of 2 as the row twice', () => {
    const rows = blobs(60, 2, 3, 4)
    const weights = Float64Array.from({ length: 60 }, (_, i) => 1 + (i % 2))
    const doubled: number[] = []
    for (let i = 0; i < 60; i++)
      for (let t = 0; t < weights[i]!; t++) doubled.push(rows.data[2 * i]!, rows.data[2 * i + 1]!)
    const starts = rows.data.slice(0, 6)
    const weighted = fitKMeans(rows, { k: 3, starts, weights }).model
    const copied = fitKMeans(
      { data: Float64Array.from(doubled), n: doubled.length / 2, p: 2 },
      { k: 3, starts },
    ).model
    expect(weighted.inertia).toBeCloseTo(copied.inertia, 8)
    expect(weighted.sizes).toEqual(copied.sizes)
  })

  it('finds planted groups from k-means++ starts and repeats itself with its seed', () => {
    const rows = blobs(500, 4, 4, 9)
    const fit = fitKMeans(rows, { k: 4, random: createRandom(1), restarts: 3 })
    expect(fit.model).toEqual(fitKMeans(rows, { k: 4, random: createRandom(1), restarts: 3 }).model)
    for (let i = 4; i < 500; i++) expect(fit.labels[i]).toBe(fit.labels[i % 4])
    expect(predictKMeans(fit.model, rows)).toEqual(fit.labels)
    expect(silhouette(rows, fit.labels).mean).toBeGreaterThan(0.5)
  })

  it('fills a cluster that loses its rows', () => {
    const data = Float64Array.from([0, 0.1, 0.2, 10, 10.1, 10.2])
    const { model } = fitKMeans({ data, n: 6, p: 1 }, { k: 3, starts: Float64Array.of(0, 10, 500) })
    expect(Math.min(...model.sizes)).toBeGreaterThan(0)
    expect(model.sizes.reduce((a, b) => a + b)).toBe(6)
  })

  it('copes with rows that are all the same', () => {
    const rows = { data: new Float64Array(10).fill(3), n: 5, p: 2 }
    expect(fitKMeans(rows, { k: 1, random: createRandom(1) }).model.inertia).toBe(0)
    expect(fitKMeans(rows, { k: 2, random: createRandom(1) }).model.inertia).toBe(0)
  })

  it('refuses more clusters than rows, missing values and no generator', () => {
    const rows = { data: Float64Array.of(1, 2), n: 2, p: 1 }
    expect(() => fitKMeans(rows, { k: 3, random: createRandom(1) })).toThrow(
      expect.objectContaining({ code: 'insufficientData' }),
    )
    expect(() =>
      fitKMeans({ data: Float64Array.of(1, Number.NaN), n: 2, p: 1 }, { k: 1, random: createRandom(1) }),
    ).toThrow(expect.objectContaining({ code: 'notFinite' }))
    expect(() => fitKMeans(rows, { k: 1 })).toThrow(expect.objectContaining({ code: 'invalidOption' }))
  })
})

describe('quantile bins', () => {
  const values = [1, 1, 1, 1, 1, 1, 2, 3, 4, 5]
  it('follow pandas: refuse, drop, or split ties by rank', () => {
    expect(() => quantileBins(values, { bins: 5, convention: 'rightClosed' })).toThrow(
      expect.objectContaining({ code: 'assumptionFailed' }),
    )
    const dropped = quantileBins(values, { bins: 5, convention: 'rightClosed', duplicateEdges: 'drop' })
    expect([...dropped.codes]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 2, 2])
    expect([...quantileBins(values, { bins: 5, convention: 'rankFirst' }).codes]).toEqual([
      0, 0, 1, 1, 2, 2, 3, 3, 4, 4,
    ])
  })

  it('follow SQL: the first bins take what is left over', () => {
    expect([...quantileBins([7, 6, 5, 4, 3, 2, 1], { bins: 3, convention: 'ntile' }).codes]).toEqual([
      2, 2, 1, 1, 0, 0, 0,
    ])
  })

  it('by rank are never more than one apart in size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 5, maxLength: 60 }), (xs) => {
        for (const convention of ['rankFirst', 'ntile'] as const) {
          const sizes = [0, 0, 0, 0, 0]
          for (const code of quantileBins(xs, { bins: 5, convention }).codes) sizes[code]!++
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
