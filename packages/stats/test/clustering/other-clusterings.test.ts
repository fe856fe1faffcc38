import {
  adjustedRand,
  clusterStability,
  createRandom,
  cutDendrogram,
  dbscan,
  fitAgglomerative,
  fitGaussianMixture,
  fitKMeans,
  fitKMedoids,
  fitKPrototypes,
  fitMiniBatchKMeans,
  fitPca,
  fitStandardisation,
  normalisedMutualInformation,
  predictKMeans,
  predictKPrototypes,
  predictPca,
  quantileBins,
  type RandomGenerator,
  type Rows,
  sampleNormal,
  scoreRfm,
  standardise,
  summarizeRfm,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const random = createRandom(4)
const n = 150
const planted = Array.from({ length: n }, (_, i) => i % 3)
const rows = {
  data: Float64Array.from(
    { length: n * 2 },
    (_, at) => sampleNormal(random) + 12 * ((planted[Math.floor(at / 2)]! + (at % 2)) % 3),
  ),
  n,
  p: 2,
}

describe('every clustering finds groups that nobody could miss', () => {
  it('agglomerative, with each linkage', () => {
    for (const linkage of ['single', 'complete', 'average', 'ward'] as const) {
      const tree = fitAgglomerative(rows, linkage)
      expect(adjustedRand(cutDendrogram(tree, 3), planted)).toBe(1)
      tree.merges.forEach((m, i) => {
        if (i > 0) expect(m.height).toBeGreaterThanOrEqual(tree.merges[i - 1]!.height)
      })
    }
  })

  it('by density, mixtures, medoids, small batches', () => {
    expect(dbscan(rows, { radius: 2, minimumNeighbours: 4 }).clusters).toBe(3)
    const mixture = fitGaussianMixture(rows, { components: 3, random: createRandom(1) })
    expect(mixture.weights.map((w) => Math.round(w * 3))).toEqual([1, 1, 1])
    const d = Float64Array.from({ length: n * n }, (_, at) => {
      const [a, b] = [Math.floor(at / n), at % n]
      return Math.hypot(rows.data[2 * a]! - rows.data[2 * b]!, rows.data[2 * a + 1]! - rows.data[2 * b + 1]!)
    })
    expect(adjustedRand(fitKMedoids(d, n, { k: 3 }).labels, planted)).toBe(1)
    expect(
      adjustedRand(fitMiniBatchKMeans(rows, { k: 3, random: createRandom(2), batch: 40 }).labels, planted),
    ).toBe(1)
  })

  it('mixed numbers and words', () => {
    const mixed = {
      numbers: {
        data: new Float64Array(n).fill(1).map((_, i) => (i % 3 === 0 ? 5 : 0) + 0.1 * sampleNormal(random)),
        n,
        p: 1,
      },
      categories: Int32Array.from(planted, (g) => Number(g === 1)),
      q: 1,
    }
    const fit = fitKPrototypes(mixed, { k: 3, random: createRandom(3), restarts: 5 })
    expect(adjustedRand(fit.labels, planted)).toBe(1)
    expect(predictKPrototypes(fit.model, mixed)).toEqual(fit.labels)
  })
})

describe('agreement and stability', () => {
  it('is 1 for the same partition under other names', () => {
    expect(adjustedRand([0, 0, 1, 1], [5, 5, 2, 2])).toBe(1)
    expect(normalisedMutualInformation([0, 0, 1, 1], [5, 5, 2, 2])).toBe(1)
    expect(adjustedRand([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(-0.5, 12)
  })

  it('is full for clear groups', () => {
    const cluster = (some: Rows, all: Rows, r: RandomGenerator) =>
      predictKMeans(fitKMeans(some, { k: 3, random: r, restarts: 3 }).model, all)
    const found = clusterStability(rows, planted, cluster, { random: createRandom(8), resamples: 10 })
    expect(found.meanAdjustedRand).toBe(1)
    expect(found.jaccard).toEqual([1, 1, 1].map((v) => expect.closeTo(v, 12)))
  })
})

describe('principal components', () => {
  it('give scores whose variances are the explained ones, by either way of computing', () => {
    for (const take of [n, 60]) {
      const some = { data: rows.data.slice(0, take * 2), n: take, p: 2 }
      const model = fitPca(some)
      const scores = predictPca(model, some)
      const first = scores.data.filter((_, at) => at % 2 === 0)
      const variance = first.reduce((s, x) => s + x * x, 0) / (take - 1)
      expect(variance).toBeCloseTo(model.explainedVariance[0]!, 8)
      expect(model.explainedShare.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
    }
  })

  it('refuse to standardise a constant', () => {
    const flat = { data: Float64Array.of(1, 2, 1, 3), n: 2, p: 2 }
    expect(() => fitPca(flat, { standardise: 'sample' })).toThrow(
      expect.objectContaining({ code: 'zeroVariance' }),
    )
    const { data } = standardise(rows, fitStandardisation(rows, 0))
    expect(data.reduce((s, x) => s + x * x, 0)).toBeCloseTo(2 * n, 8)
  })
})

describe('RFM', () => {
  it('counts days, purchases and money, and gives the best the highest scores', () => {
    const table = summarizeRfm(
      { customer: ['b', 'a', 'b', 'c'], day: [10, 1, 20, 15], amount: [5, 7, 6, 1] },
      30,
    )
    expect(table.customers).toEqual(['a', 'b', 'c'])
    expect([...table.daysSinceLast]).toEqual([29, 10, 15])
    expect([...table.frequency]).toEqual([1, 2, 1])
    expect([...table.monetary]).toEqual([7, 11, 1])
    const scores = scoreRfm(table, { bins: 3, convention: 'rankFirst' })
    expect([...scores.recency]).toEqual([1, 3, 2])
    expect([...scores.monetary]).toEqual([2, 3, 1])
    expect(quantileBins(table.monetary, { bins: 3, convention: 'ntile' }).codes).toEqual(
      Int32Array.of(1, 2, 0),
    )
  })
})
