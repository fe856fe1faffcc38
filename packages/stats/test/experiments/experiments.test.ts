import {
  adjustedMeanArm,
  armEffect,
  bayesianEffect,
  checkSampleRatio,
  createRandom,
  expectedLoss,
  groupSequentialBounds,
  kolmogorovSmirnovTest,
  logMixture,
  meanArm,
  mixtureBoundary,
  mixtureSprt,
  riemannZeta,
  sampleNormal,
  stitchedBoundary,
  testEffect,
  testEffectSequentially,
  thompsonShares,
  truncatedNormalMean,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

function arms(seed: number, n: number, lift: number) {
  const random = createRandom(seed)
  const pre = Array.from({ length: 2 }, () =>
    Float64Array.from({ length: n }, () => sampleNormal(random, 10, 3)),
  )
  const post = pre.map((values, arm) => values.map((v) => v + sampleNormal(random) + arm * lift))
  return { pre, post }
}

describe('effects', () => {
  it('are the same whichever arm is called treatment, but for the sign', () => {
    const { post } = arms(1, 50, 0.5)
    const there = armEffect(meanArm(post[0]!), meanArm(post[1]!))
    const back = armEffect(meanArm(post[1]!), meanArm(post[0]!))
    expect(back.estimate).toBeCloseTo(-there.estimate, 12)
    expect(back.standardError).toBeCloseTo(there.standardError, 12)
  })

  it('are measured more sharply with a covariate that explains the outcome', () => {
    const { pre, post } = arms(2, 500, 0.3)
    const plain = armEffect(meanArm(post[0]!), meanArm(post[1]!))
    const cuped = armEffect(adjustedMeanArm(post[0]!, pre[0]!), adjustedMeanArm(post[1]!, pre[1]!))
    expect(cuped.theta).toBeCloseTo(1, 1)
    expect(cuped.standardError).toBeLessThan(plain.standardError / 2.5)
    expect(testEffect(cuped).pValue).toBeLessThan(0.001)
  })

  it('are refused where they do not exist', () => {
    const flat = { kind: 'mean', n: 10, sum: 10, sumOfSquares: 10 } as const
    const zero = { kind: 'mean', n: 10, sum: 0, sumOfSquares: 4 } as const
    expect(() => armEffect(flat, flat)).toThrow(expect.objectContaining({ code: 'zeroVariance' }))
    expect(() => armEffect(zero, zero, { scale: 'relative' })).toThrow(
      expect.objectContaining({ code: 'outOfDomain' }),
    )
    expect(() => armEffect({ kind: 'proportion', n: 1, sum: 1 }, zero)).toThrow(
      expect.objectContaining({ code: 'insufficientData' }),
    )
  })

  it('keep the promised error at every look under the sequential test, and break it under the fixed one', () => {
    let fixed = 0
    let always = 0
    for (let run = 0; run < 200; run++) {
      const { post } = arms(1000 + run, 2000, 0)
      let peeked = false
      let crossed = false
      for (let n = 100; n <= 2000; n += 100) {
        const effect = armEffect(meanArm(post[0]!.subarray(0, n)), meanArm(post[1]!.subarray(0, n)))
        peeked ||= testEffect(effect).pValue < 0.05
        crossed ||= testEffectSequentially(effect, { tuning: 2000 }).pValue < 0.05
      }
      fixed += Number(peeked)
      always += Number(crossed)
    }
    expect(fixed / 200).toBeGreaterThan(0.12)
    expect(always / 200).toBeLessThan(0.06)
  })

  it('have a sequential interval that excludes 0 exactly when the p-value is below alpha', () => {
    const { post } = arms(5, 400, 0.25)
    for (let n = 20; n <= 400; n += 20) {
      const effect = armEffect(meanArm(post[0]!.subarray(0, n)), meanArm(post[1]!.subarray(0, n)))
      const { interval, pValue } = testEffectSequentially(effect)
      expect(pValue < 0.05).toBe(interval.low > 0 || interval.high < 0)
    }
  })
})

describe('the Bayesian engine', () => {
  const effect = {
    scale: 'absolute',
    estimate: 0.1,
    standardError: 0.05,
    degreesOfFreedom: 100,
    n: 200,
    controlMean: 1,
    theta: 0,
  } as const

  it('is pulled towards its prior', () => {
    expect(bayesianEffect(effect).mean).toBe(0.1)
    expect(bayesianEffect(effect, { prior: { mean: 0, variance: 0.0025 } }).mean).toBeCloseTo(0.05, 12)
  })

  it('turns around when less is better', () => {
    const more = bayesianEffect(effect)
    const less = bayesianEffect(effect, { lowerIsBetter: true })
    expect(less.chanceToWin).toBeCloseTo(1 - more.chanceToWin, 12)
    expect(less.risk).toEqual([more.risk[1], more.risk[0]])
  })

  it('has risks whose difference is the effect, however sure it is', () => {
    for (const sd of [1, 0.05, 1e-3, 1e-9, 1e-200]) {
      const [control, treatment] = expectedLoss(0.1, sd)
      expect(control - treatment).toBeCloseTo(0.1, 12)
      expect(treatment).toBeGreaterThanOrEqual(0)
    }
  })

  it('knows means of truncated normals on both sides of the switch to the tail series', () => {
    for (const b of [-29.9, -30.1]) {
      const mills = truncatedNormalMean(0, 1, Number.NEGATIVE_INFINITY, b)
      expect(mills).toBeLessThan(b)
      expect(mills).toBeCloseTo(b + 1 / b - 2 / b ** 3 + 10 / b ** 5, 8)
    }
    expect(truncatedNormalMean(0, 1, -1, 1)).toBeCloseTo(0, 12)
    expect(truncatedNormalMean(0, 1, 2, 3)).toBeCloseTo(2.31582, 5)
  })
})

describe('boundaries', () => {
  it('are where the mixture reaches 1/alpha', () => {
    const tuning = { optimalV: 100 }
    for (const mixture of [
      { kind: 'normal', sides: 1 },
      { kind: 'normal', sides: 2 },
      { kind: 'betaBinomial', sides: 1, g: 0.2, h: 0.8 },
      { kind: 'betaBinomial', sides: 2, g: 0.5, h: 0.5 },
      { kind: 'gammaExponential', c: 0.5 },
      { kind: 'gammaPoisson', c: 0.5 },
    ] as const) {
      const bound = mixtureBoundary(mixture, 150, 0.05, tuning)
      expect(logMixture(mixture, bound, 150, tuning)).toBeCloseTo(Math.log(20), 8)
    }
  })

  it('of the stitched kind grow with time and rest on a right zeta', () => {
    expect(riemannZeta(2)).toBeCloseTo(Math.PI ** 2 / 6, 14)
    expect(riemannZeta(1.4)).toBeCloseTo(3.105547, 5)
    expect(stitchedBoundary(200, 0.05, { minimumV: 10 })).toBeGreaterThan(
      stitchedBoundary(100, 0.05, { minimumV: 10 }),
    )
  })

  it('of group-sequential designs agree with the published O’Brien–Fleming and Pocock spending bounds', () => {
    // ldbounds, five equal looks, two-sided .05.
    const obf = groupSequentialBounds([0.2, 0.4, 0.6, 0.8, 1]).z
    expect(obf.slice(1)).toEqual([3.3569, 2.6803, 2.2898, 2.031].map((z) => expect.closeTo(z, 3)))
    const pocock = groupSequentialBounds([0.2, 0.4, 0.6, 0.8, 1], { spending: 'pocock' }).z
    expect(pocock).toEqual([2.438, 2.4268, 2.4101, 2.3966, 2.3859].map((z) => expect.closeTo(z, 3)))
  })

  it('of one look are those of the usual test', () => {
    expect(groupSequentialBounds([1], { sides: 1 }).z[0]).toBeCloseTo(1.644854, 5)
    expect(() => groupSequentialBounds([0.5, 0.2])).toThrow(expect.objectContaining({ code: 'outOfDomain' }))
  })
})

describe('checks and searches', () => {
  it('see a broken split and pass a good one', () => {
    expect(checkSampleRatio([5000, 5000], [0.5, 0.5]).mismatch).toBe(false)
    expect(checkSampleRatio([5000, 5400], [0.5, 0.5]).mismatch).toBe(true)
  })

  it('give an always-valid p-value that only falls', () => {
    const random = createRandom(3)
    const x = Float64Array.from({ length: 500 }, () => sampleNormal(random, 0.5))
    const y = Float64Array.from({ length: 500 }, () => sampleNormal(random))
    const test = mixtureSprt(x, y, { tau: 0.3, model: { kind: 'normal', sd: 1 } })
    for (let i = 1; i < 500; i++) expect(test.pValues[i]!).toBeLessThanOrEqual(test.pValues[i - 1]!)
    expect(test.pValues[test.rejectedAt! - 1]!).toBeLessThan(0.05)
  })

  it('count the paths of Kolmogorov and Smirnov exactly', () => {
    expect(kolmogorovSmirnovTest([1, 2], [3, 4]).pValue).toBeCloseTo(2 / 6, 12)
    expect(kolmogorovSmirnovTest([1, 2, 3], [1, 2, 3]).pValue).toBe(1)
    const far = Array.from({ length: 200 }, (_, i) => i)
    const exact = kolmogorovSmirnovTest(
      far,
      far.map((v) => v + 20),
      'exact',
    ).pValue
    expect(
      kolmogorovSmirnovTest(
        far,
        far.map((v) => v + 20),
        'asymptotic',
      ).pValue,
    ).toBeCloseTo(exact, 1)
  })

  it('share the next day’s traffic by the chance of being best', () => {
    const shares = thompsonShares({ pulls: [1000, 1000], rewards: [100, 150] }, createRandom(1), {
      draws: 2000,
    })
    expect(shares[1]).toBeGreaterThan(0.98)
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 12)
  })
})
