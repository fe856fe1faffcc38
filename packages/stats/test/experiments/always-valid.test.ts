import {
  compareQuantilesAnytime,
  distributionBand,
  doublyStitchedBoundary,
  logMixture,
  mixtureBoundary,
  proportionSequenceInterval,
  stitchedBoundary,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

// Values of confseq's own tests (uniform_boundaries_unittest.cpp), which come from a reference implementation in R.
describe('always-valid boundaries agree with confseq', () => {
  const tuning = { optimalV: 100, optimalAlpha: 0.05 }

  it('mixtures', () => {
    const cases = [
      [{ kind: 'normal', sides: 1 }, -0.06502391, 27.66071],
      [{ kind: 'gammaExponential', c: 2 }, -0.2490165, 33.02017],
      [{ kind: 'gammaPoisson', c: 2 }, -0.06991219, 30.1949],
      [{ kind: 'betaBinomial', sides: 2, g: 0.2, h: 0.8 }, -0.6941012, 31.4308],
      [{ kind: 'betaBinomial', sides: 1, g: 0.2, h: 0.8 }, -0.07134019, 28.41238],
    ] as const
    for (const [mixture, log, bound] of cases) {
      expect(logMixture(mixture, 10, 100, tuning)).toBeCloseTo(log, 5)
      expect(mixtureBoundary(mixture, 100, 0.05, tuning)).toBeCloseTo(bound, 4)
    }
    const small = { kind: 'betaBinomial', sides: 1, g: 0.2, h: 0.8 } as const
    expect(mixtureBoundary(small, 0.32, 0.05, tuning)).toBeCloseTo(1.6, 5)
  })

  it('stitching', () => {
    expect(stitchedBoundary(100, 0.05, { minimumV: 10, c: 3 })).toBeCloseTo(64.48755, 4)
    expect(stitchedBoundary(100, 0.05, { minimumV: 10, c: -1 })).toBeCloseTo(28.99389, 4)
  })

  it('bands for distributions and quantiles', () => {
    expect(distributionBand(1000, 0.05, { minimumT: 100 })).toBeCloseTo(0.08204769, 6)
    expect(distributionBand(99, 0.05, { minimumT: 100 })).toBe(Number.POSITIVE_INFINITY)
    const published = [
      [0.5, 68.62803],
      [0.9, 43.72119],
      [0.1, 59.96521],
    ] as const
    for (const [p, bound] of published)
      expect(doublyStitchedBoundary(p, 1000, 0.05, { optimalT: 100 })).toBeCloseTo(bound, 4)
    const upTo = (from: number) => Float64Array.from({ length: 1000 }, (_, i) => from + i + 1)
    for (const [p, offset, pValue] of [
      [0.5, 70, 0.814704],
      [0.5, 85, 0.0838055],
      [0.5, 100, 0.0054947],
      [0.9, 55, 0.0340463],
    ] as const)
      expect(compareQuantilesAnytime(upTo(0), upTo(offset), p, { optimalN: 100 }).pValue).toBeCloseTo(
        pValue,
        5,
      )
  })

  it('confidence sequences for proportions', () => {
    const cases = [
      [700, 1000, 100, 0.651629, 0.745949],
      [15, 50, 50, 0.129556, 0.511896],
      [5, 50, 50, 0.013021, 0.269264],
      [1, 50, 50, 0, 0.13489],
      [1, 2, 50, 0, 1],
      [100, 200, 1, 0.328923, 0.671076],
      [0, 1, 50, 0, 1],
      [1, 1, 50, 0, 1],
    ] as const
    for (const [successes, trials, optimalN, low, high] of cases) {
      const found = proportionSequenceInterval(successes, trials, { optimalN })
      expect(found.low).toBeCloseTo(low, 5)
      expect(found.high).toBeCloseTo(high, 5)
    }
    expect(() => proportionSequenceInterval(3, 2, { optimalN: 50 })).toThrow(
      expect.objectContaining({ code: 'outOfDomain' }),
    )
  })
})
