import { fitElasticNet, fitLogisticRidge, prebinSplits } from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const columns = [
  [1.2, 0.5],
  [2.3, -1],
  [0.7, 3.1],
  [3.3, 0.2],
  [1.9, 1.4],
  [4.1, -0.6],
  [2.8, 2.2],
  [0.4, -1.9],
  [3.7, 1.1],
  [1.5, -0.3],
  [2.2, 2.7],
  [3, -2.4],
]
const y = Float64Array.of(0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1)
const data = { x: { data: Float64Array.from(columns.flat()), n: 12, p: 2 }, y }

describe('a logistic regression that stops where scikit-learn stops', () => {
  const agrees = (
    objective: 'mean' | 'sum',
    c: number,
    intercept: number,
    coefficients: readonly number[],
  ) => {
    const fit = fitLogisticRidge(data, { objective, c })
    expect(fit.intercept).toBeCloseTo(intercept, 12)
    coefficients.forEach((value, j) => {
      expect(fit.coefficients[j]).toBeCloseTo(value, 12)
    })
  }

  it('agrees with scikit-learn 1.6.1, which divides the loss by the rows', () => {
    agrees('mean', 1, -3.2704021075381693, [1.540416574357342, -0.39892379101575387])
    agrees('mean', 10, -7.853695238054763, [3.8021873981770353, -0.8421172225308831])
  })

  it('agrees with scikit-learn 1.2.2, which adds the losses up', () => {
    agrees('sum', 1, -3.2704987991280117, [1.5403691543216602, -0.39890604997834456])
    agrees('sum', 10, -7.852432949310424, [3.801675134798807, -0.8418980230803309])
  })

  it('comes to the minimum with a tight tolerance', () => {
    const exact = fitElasticNet(data, { family: 'binomial', alpha: 0, lambda: 1 / 12, standardise: false })
    const fit = fitLogisticRidge(data, { objective: 'mean', gradientTolerance: 1e-10 })
    expect(fit.intercept).toBeCloseTo(exact.intercept, 7)
    expect(fit.gradientNorm).toBeLessThan(1e-8)
  })

  it('says so when it did not settle', () => {
    expect(() => fitLogisticRidge(data, { objective: 'mean', maxIterations: 2 })).toThrow(
      expect.objectContaining({ code: 'notConverged' }),
    )
  })
})

describe('cuts that tie', () => {
  it('give the first to a prebin tree, as scikit-learn does', () => {
    const values = Float64Array.of(1, 2, 3, 4, 5, 6)
    const options = {
      method: 'cart',
      maximum: 2,
      minimumShare: 2 / 6,
      precision: 'double',
      task: 'classes',
    } as const
    expect(prebinSplits(values, Float64Array.of(1, 0, 0, 0, 0, 1), options)).toEqual([2.5])
  })
})
