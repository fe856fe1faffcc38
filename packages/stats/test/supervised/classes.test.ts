import {
  createRandom,
  fitGlm,
  fitLogistic,
  fitMultinomial,
  fitOrdinal,
  predictMultinomial,
  predictOrdinal,
  rakeWeights,
  sampleGamma,
  samplePoisson,
  surveyMean,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

// Housing conditions in Copenhagen (Madsen 1976, in R's MASS): satisfaction by influence, type and contact.
const counts = [
  21, 21, 28, 34, 22, 36, 10, 11, 36, 61, 23, 17, 43, 35, 40, 26, 18, 54, 13, 9, 10, 8, 8, 12, 6, 7, 9, 18, 6,
  7, 15, 13, 13, 7, 5, 11, 14, 19, 37, 17, 23, 40, 3, 5, 23, 78, 46, 43, 48, 45, 86, 15, 25, 62, 20, 23, 20,
  10, 22, 24, 7, 10, 21, 57, 23, 13, 31, 21, 13, 5, 6, 13,
]
const housing = {
  x: {
    n: 72,
    p: 6,
    data: Float64Array.from(
      counts.flatMap((_, i) => {
        const influence = Math.floor(i / 3) % 3
        const type = Math.floor(i / 9) % 4
        return [
          Number(influence === 1),
          Number(influence === 2),
          Number(type === 1),
          Number(type === 2),
          Number(type === 3),
          Number(i >= 36),
        ]
      }),
    ),
  },
  y: Float64Array.from(counts, (_, i) => i % 3),
  weights: Float64Array.from(counts),
}

describe('ordered classes', () => {
  it('agree with MASS::polr on the housing data', () => {
    const model = fitOrdinal(housing)
    expect(-2 * model.logLikelihood).toBeCloseTo(3479.149, 3)
    expect(model.coefficients.map((b) => Number(b.toFixed(4)))).toEqual([
      0.5664, 1.2888, -0.5724, -0.3662, -1.091, 0.3603,
    ])
    expect(model.standardErrors.slice(0, 3).map((s) => Number(s.toFixed(4)))).toEqual([
      0.1047, 0.1272, 0.1192,
    ])
    expect(model.thresholds.map((t) => Number(t.toFixed(4)))).toEqual([-0.4961, 0.6907])
    const p = predictOrdinal(model, housing.x)
    for (let i = 0; i < 72; i++) expect(p[3 * i]! + p[3 * i + 1]! + p[3 * i + 2]!).toBeCloseTo(1, 12)
  })
})

describe('classes without order', () => {
  it('agree with nnet::multinom on the housing data', () => {
    const model = fitMultinomial(housing)
    expect(-2 * model.logLikelihood).toBeCloseTo(3470.084, 2)
    const p = predictMultinomial(model, housing.x)
    for (let c = 0; c < 3; c++) {
      const expected = counts.reduce((s, w, i) => s + w * p[3 * i + c]!, 0)
      expect(expected).toBeCloseTo(
        counts.reduce((s, w, i) => s + (i % 3 === c ? w : 0), 0),
        6,
      )
    }
  })

  it('of two are logistic regression', () => {
    const two = {
      x: { data: Float64Array.of(1, 2, 3, 4, 5, 6), n: 6, p: 1 },
      y: Float64Array.of(0, 1, 0, 1, 0, 1),
    }
    const [a, b] = [fitMultinomial(two).equations[0]!, fitLogistic(two)]
    expect(a.intercept).toBeCloseTo(b.intercept, 8)
    expect(a.coefficients[0]).toBeCloseTo(b.coefficients[0]!, 8)
    expect(a.standardErrors[0]).toBeCloseTo(b.standardErrors[0]!, 8)
  })

  it('are refused when separated or when one is missing', () => {
    const x = { data: Float64Array.of(1, 2, 3, 4, 5, 6), n: 6, p: 1 }
    expect(() => fitMultinomial({ x, y: Float64Array.of(0, 0, 2, 2, 2, 0) })).toThrow(
      expect.objectContaining({ code: 'oneClass' }),
    )
    expect(() => fitMultinomial({ x, y: Float64Array.of(0, 0, 0, 1, 1, 1) })).toThrow(
      expect.objectContaining({ code: 'separation' }),
    )
    expect(() => fitOrdinal({ x, y: Float64Array.of(0, 0, 1, 1, 2, 2) })).toThrow(
      expect.objectContaining({ code: 'separation' }),
    )
  })
})

describe('Tweedie regression', () => {
  it('recovers a planted effect on amounts with many zeros', () => {
    const random = createRandom(3)
    const n = 5000
    const x = Float64Array.from({ length: n }, () => random.uniform())
    const y = x.map((v) => {
      const claims = samplePoisson(random, Math.exp(-1 + v))
      return claims === 0 ? 0 : sampleGamma(random, 2 * claims, 1)
    })
    const model = fitGlm({ x: { data: x, n, p: 1 }, y }, { family: { tweedie: 1.5 } })
    expect(Math.abs(model.coefficients[0]! - 1) / model.standardErrors[1]!).toBeLessThan(3)
    expect(model.logLikelihood).toBeUndefined()
  })
})

describe('survey weights', () => {
  it('meet every margin', () => {
    const sex = ['f', 'f', 'f', 'm', 'm', 'f', 'm', 'f']
    const age = [1, 2, 1, 2, 1, 2, 2, 1]
    const { weights, designEffect } = rakeWeights(8, [
      {
        values: sex,
        totals: new Map([
          ['f', 50],
          ['m', 50],
        ]),
      },
      {
        values: age,
        totals: new Map([
          [1, 0.3],
          [2, 0.7],
        ]),
      },
    ])
    expect(weights.filter((_, i) => sex[i] === 'f').reduce((s, w) => s + w, 0)).toBeCloseTo(50, 8)
    expect(weights.filter((_, i) => age[i] === 1).reduce((s, w) => s + w, 0)).toBeCloseTo(30, 8)
    expect(designEffect).toBeGreaterThan(1)
    expect(() =>
      rakeWeights(2, [
        {
          values: ['a', 'a'],
          totals: new Map([
            ['a', 1],
            ['b', 1],
          ]),
        },
      ]),
    ).toThrow(expect.objectContaining({ code: 'insufficientData' }))
  })

  it('give the plain standard error when all are equal, and a wider one for clusters that agree', () => {
    const y = [1, 2, 3, 4, 5, 6]
    const plain = surveyMean(y, [1, 1, 1, 1, 1, 1])
    expect(plain.standardError).toBeCloseTo(Math.sqrt(3.5 / 6), 12)
    const clustered = surveyMean(y, [1, 1, 1, 1, 1, 1], { clusters: [0, 0, 1, 1, 2, 2] })
    expect(clustered.standardError).toBeGreaterThan(plain.standardError)
    expect(() => surveyMean(y, y, { strata: [1, 2, 2, 2, 2, 2] })).toThrow(
      expect.objectContaining({ code: 'insufficientData' }),
    )
  })
})
