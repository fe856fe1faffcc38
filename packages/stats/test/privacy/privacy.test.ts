import {
  analyticGaussianSigma,
  classicGaussianSigma,
  combinePrivacyLosses,
  composePrivacyLoss,
  createRandom,
  equivalenceClasses,
  exponentialMechanism,
  gaussianDelta,
  gaussianPrivacyLoss,
  kAnonymity,
  laplacePrivacyLoss,
  lDiversity,
  privacyDelta,
  privacyEpsilon,
  purePrivacyLoss,
  RENYI_ORDERS,
  recursiveDiversity,
  renyiDelta,
  renyiDivergence,
  renyiEpsilon,
  sampleGeometricNoise,
  sampleLaplace,
  sensitiveTable,
  tCloseness,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

describe('anonymity', () => {
  const classes = equivalenceClasses([
    ['20-30', '20-30', '30-40', '30-40', '30-40'],
    ['f', 'f', 'm', 'm', 'm'],
  ])
  const table = sensitiveTable(classes, ['flu', 'hiv', 'flu', 'flu', 'hiv'])
  it('counts the smallest class and its values', () => {
    expect(kAnonymity(classes)).toBe(2)
    expect(lDiversity(table)).toBe(2)
    expect(recursiveDiversity(table)).toEqual({ c: 3, l: 2 })
    expect(tCloseness(table, 'equal')).toBeCloseTo(0.1, 12)
  })
  it('refuses a (c, l) that no c gives', () => {
    expect(() => recursiveDiversity(sensitiveTable(classes, ['a', 'a', 'b', 'b', 'b']))).toThrow(
      expect.objectContaining({ code: 'assumptionFailed' }),
    )
    expect(() => equivalenceClasses([])).toThrow(expect.objectContaining({ code: 'emptyData' }))
  })
  it('does not mix up columns that join to the same text', () => {
    expect(
      equivalenceClasses([
        ['a,b', 'a'],
        ['c', 'b,c'],
      ]).sizes,
    ).toHaveLength(2)
  })
})

describe('noise', () => {
  it('needs less of it by the analytic calibration, which is exact', () => {
    expect(analyticGaussianSigma(0.5, 1e-5)).toBeLessThan(classicGaussianSigma(0.5, 1e-5))
    expect(gaussianDelta(0.5, analyticGaussianSigma(0.5, 1e-5))).toBeCloseTo(1e-5, 14)
    expect(() => classicGaussianSigma(1.5, 1e-5)).toThrow(expect.objectContaining({ code: 'outOfDomain' }))
  })
  it('has the spread it promises', () => {
    const random = createRandom(1)
    const laplace = Array.from({ length: 20_000 }, () => sampleLaplace(random, 2))
    expect(laplace.reduce((s, x) => s + x * x, 0) / 20_000).toBeCloseTo(8, 0)
    const geometric = Array.from({ length: 20_000 }, () => sampleGeometricNoise(random, 1))
    const zero = geometric.filter((x) => x === 0).length / 20_000
    expect(zero).toBeCloseTo((1 - Math.exp(-1)) / (1 + Math.exp(-1)), 1)
    const chances = exponentialMechanism([1, 2, 3], 1, 1)
    expect(chances[2]! / chances[1]!).toBeCloseTo(Math.exp(0.5), 12)
  })
})

describe('accounting', () => {
  it('by Rényi divergence of Gaussian noise is above the exact loss and near it', () => {
    const bound = renyiEpsilon(renyiDivergence({ kind: 'gaussian', sigma: 2 }), 1e-5).epsilon
    const exact = privacyEpsilon(gaussianPrivacyLoss(2), 1e-5)
    expect(bound).toBeGreaterThan(exact)
    expect(bound).toBeLessThan(exact * 1.15)
    expect(renyiDelta(renyiDivergence({ kind: 'gaussian', sigma: 2 }), bound).delta).toBeLessThanOrEqual(
      1.0001e-5,
    )
  })
  it('agrees with dp_accounting on the sampled Gaussian mechanism, at whole and other orders', () => {
    const full = renyiDivergence({ kind: 'sampledGaussian', sigma: 10, q: 1 }, [10])[0]
    expect(full).toBeCloseTo(0.05, 12)
    const [two, between, three] = renyiDivergence({ kind: 'sampledGaussian', sigma: 1, q: 0.1 }, [2, 2.5, 3])
    expect(two).toBeCloseTo(Math.log1p(0.01 * Math.expm1(1)), 12)
    expect(between).toBeGreaterThan(two!)
    expect(between).toBeLessThan(three!)
    // Whole orders by the alternating series of the others.
    const near = renyiDivergence({ kind: 'sampledGaussian', sigma: 1, q: 0.1 }, [3 - 1e-7])[0]!
    expect(near).toBeCloseTo(three!, 5)
  })
  it('of pure mechanisms never exceeds their ε', () => {
    for (const kind of ['pure', 'exponential'] as const)
      for (const r of renyiDivergence({ kind, epsilon: 0.7 }, RENYI_ORDERS))
        expect(r).toBeLessThanOrEqual(0.7 + 1e-12)
    for (const r of renyiDivergence({ kind: 'laplace', scale: 1 }, RENYI_ORDERS))
      expect(r).toBeLessThanOrEqual(1)
  })
  it('composes Gaussian noise as one Gaussian with less of it', () => {
    const nine = composePrivacyLoss(gaussianPrivacyLoss(3), 9)
    for (const epsilon of [0, 0.5, 1, 3])
      expect(privacyDelta(nine, epsilon)).toBeCloseTo(gaussianDelta(epsilon, 1), 6)
  })
  it('of two mechanisms does not depend on their order', () => {
    const [a, b] = [laplacePrivacyLoss(2), purePrivacyLoss(0.3)]
    expect(privacyDelta(combinePrivacyLosses([a, b]), 0.4)).toBeCloseTo(
      privacyDelta(combinePrivacyLosses([b, a]), 0.4),
      12,
    )
    expect(privacyDelta(combinePrivacyLosses([a, b]), 0.8 + 1e-9)).toBeLessThan(1e-12)
  })
})
