import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'

describe('measures of predictions, as scikit-learn has them', () => {
  const y = [3, -0.5, 2, 7]
  const predicted = [2.5, 0, 2, 8]

  it('plain', () => {
    const metrics = S.regressionMetrics(y, predicted)
    expect(metrics.meanAbsoluteError).toBe(0.5)
    expect(metrics.medianAbsoluteError).toBe(0.5)
    expect(metrics.meanAbsolutePercentageError).toBeCloseTo(0.3273809523809524, 14)
    expect(metrics.maximumError).toBe(1)
    expect(metrics.meanSquaredLogError).toBeCloseTo(0.12803912255571967, 14)
  })

  it('weighted', () => {
    const metrics = S.regressionMetrics(y, predicted, Float64Array.of(1, 2, 3, 4))
    expect(metrics.rSquared).toBeCloseTo(0.9459613196814562, 14)
    expect(metrics.explainedVariance).toBeCloseTo(0.9689988623435722, 14)
    expect(metrics.meanSquaredError).toBeCloseTo(0.475, 14)
    expect(metrics.medianAbsoluteError).toBeNull()
  })

  it('are null where they are not defined', () => {
    const metrics = S.regressionMetrics([0, 0], [0, -2])
    expect(metrics.rSquared).toBeNull()
    expect(metrics.meanAbsolutePercentageError).toBeNull()
    expect(metrics.meanSquaredLogError).toBeNull()
  })

  it.each([
    [0, 1.3242857142857143, 0.03437499999999982],
    [1.5, 0.7596975903552164, -0.10167324545430922],
    [2, 0.727510600750977, -0.20766081358390576],
    [3, 0.8142857142857142, -0.52],
  ])('Tweedie deviance of power %d', (power, deviance, share) => {
    const found = S.tweedieDeviance([2, 0.4, 1, 4], [0.5, 0.5, 2, 2], power, Float64Array.of(1, 2, 3, 1))
    expect(found.deviance).toBeCloseTo(deviance, 13)
    expect(found.share).toBeCloseTo(share, 13)
  })

  it('discounted gain, with ties averaged or not', () => {
    const relevance = [10, 0, 0, 1, 5]
    expect(S.discountedGain(relevance, [0.1, 0.2, 0.3, 4, 70]).gain).toBeCloseTo(9.499457825916874, 13)
    const two = S.discountedGain(relevance, [0.1, 0.2, 0.3, 4, 70], { first: 2 })
    expect(two.normalised).toBeCloseTo(0.4280562600295606, 14)
    const tied = [1, 0, 0, 0, 1]
    expect(S.discountedGain(relevance, tied, { first: 3 }).normalised).toBeCloseTo(0.9080160192504324, 14)
    const last = S.discountedGain(relevance, tied, { first: 3, ties: 'lastFirst' })
    expect(last.normalised).toBeCloseTo(0.8648554595936129, 14)
  })
})
