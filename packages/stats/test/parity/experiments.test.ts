import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

describe('group-sequential bounds agree with recursive integration by gsdesign', () => {
  const { cases, tolerance } = readFixture<{
    readonly information: readonly number[]
    readonly spending: 'obrienFleming' | 'pocock'
    readonly sides: 1 | 2
    readonly alpha: number
    readonly z: readonly number[]
  }>('gsdesign-bounds')
  for (const { case: name, information, z, ...options } of cases)
    it(name, () => {
      expectNear(S.groupSequentialBounds(information, options).z, z, tolerance)
    })
})

interface Mixture {
  readonly case: 'mixture ratio'
  readonly x: readonly number[]
  readonly y: readonly number[]
  readonly tau: number
  readonly sd: number
  readonly ratios: readonly number[]
}
interface DeLong {
  readonly case: 'delong'
  readonly y: readonly number[]
  readonly first: readonly number[]
  readonly second: readonly number[]
  readonly auc: number
  readonly standardError: number
  readonly difference: number
  readonly differenceError: number
  readonly pValue: number
}

describe('definitions written out with SciPy', () => {
  const { cases, tolerance } = readFixture<Mixture | DeLong>('scipy-experiments')
  for (const own of cases)
    it(own.case, () => {
      if (own.case === 'mixture ratio') {
        const { x, y, tau, sd, ratios } = own as Mixture
        const test = S.mixtureSprt(x, y, { tau, model: { kind: 'normal', sd } })
        expectNear(test.likelihoodRatio, ratios, tolerance)
        return
      }
      const { y, first, second, ...expected } = own as DeLong
      const single = S.aucInterval(y, first)
      expectNear([single.auc, single.standardError], [expected.auc, expected.standardError], tolerance)
      const pair = S.compareAuc(y, first, second)
      expectNear(pair.difference, expected.difference, tolerance)
      expectNear(pair.standardError, expected.differenceError, tolerance)
      expectNear(pair.pValue, expected.pValue, tolerance)
    })
})

describe('LinUCB agrees with MABWiser', () => {
  const { cases, tolerance } = readFixture<{
    readonly contexts: readonly (readonly number[])[]
    readonly arms: readonly number[]
    readonly rewards: readonly number[]
    readonly alpha: number
    readonly ridge: number
    readonly fresh: readonly (readonly number[])[]
    readonly bounds: readonly (readonly number[])[]
    readonly choices: readonly number[]
    readonly coefficients: readonly (readonly number[])[]
  }>('mabwiser-linucb')
  for (const {
    case: name,
    contexts,
    arms,
    rewards,
    alpha,
    ridge,
    fresh,
    bounds,
    choices,
    coefficients,
  } of cases)
    it(name, () => {
      const state = contexts.reduce(
        (known, context, i) => S.updateLinUcb(known, arms[i]!, context, rewards[i]!),
        S.startLinUcb(3, 3, ridge),
      )
      expectNear(S.linUcbCoefficients(state), coefficients, tolerance)
      expect(fresh.map((context) => S.chooseLinUcb(state, context, alpha))).toEqual(choices)
      expectNear(
        fresh.map((context) => S.linUcbBounds(state, context, alpha)),
        bounds,
        tolerance,
      )
    })

  it('gives each arm its own context where told, and draws around the same rewards', () => {
    const state = S.updateLinUcb(S.startLinUcb(2, 2), 0, [1, 0], 1)
    expectNear(
      S.linUcbBounds(
        state,
        [
          [1, 0],
          [0, 2],
        ],
        0.5,
      ),
      [0.5 + 0.5 * Math.SQRT1_2, 1],
      1e-12,
    )
    expect(
      S.chooseLinUcb(
        state,
        [
          [1, 0],
          [0, 2],
        ],
        0.5,
      ),
    ).toBe(1)
    const random = S.createRandom(3)
    const chosen = Array.from({ length: 4000 }, () => S.chooseLinThompson(state, [1, 0], 1, random))
    // The first arm's reward is N(½, ½), the second's N(0, 1).
    const share = S.normalCdf(0.5 / Math.sqrt(1.5))
    expect(Math.abs(chosen.filter((arm) => arm === 0).length / 4000 - share)).toBeLessThan(0.03)
  })
})

describe('posteriors agree with quadrature by SciPy', () => {
  const betas = readFixture<{
    readonly control: S.Proportion
    readonly treatment: S.Proportion
    readonly prior: { readonly a: number; readonly b: number }
    readonly chanceToWin: number
    readonly risk: readonly number[]
    readonly absolute: readonly number[]
    readonly relative: readonly number[]
    readonly meanRatio: number
  }>('scipy-beta-posteriors')
  for (const { case: name, control, treatment, prior, ...expected } of betas.cases)
    it(name, () => {
      const found = S.compareBetaPosteriors(control, treatment, { prior, level: 0.9 })
      expectNear(
        [found.chanceToWin, ...found.risk],
        [expected.chanceToWin, ...expected.risk],
        betas.tolerance,
      )
      expectNear([found.interval.low, found.interval.high], expected.absolute, betas.tolerance)
      const ratio = S.compareBetaPosteriors(control, treatment, { prior, level: 0.9, scale: 'relative' })
      expectNear([ratio.interval.low, ratio.interval.high], expected.relative, betas.tolerance)
      expectNear(ratio.mean, expected.meanRatio, betas.tolerance)
    })

  const arms = readFixture<{
    readonly beliefs: readonly S.NormalBelief[]
    readonly best: readonly number[]
    readonly topTwo: readonly number[]
  }>('scipy-best-arm')
  for (const { case: name, beliefs, best, topTwo } of arms.cases)
    it(`best of ${name} arms`, () => {
      expectNear(S.bestArmShares(beliefs), best, arms.tolerance)
      expectNear(S.bestArmShares(beliefs, { rank: 'topTwo' }), topTwo, arms.tolerance)
      expectNear(
        S.bestArmShares(
          beliefs.map(({ mean, variance }) => ({ mean: -mean, variance })),
          { lowerIsBetter: true, floor: 0.1 },
        ),
        best.map((share) => 0.1 + (1 - 0.1 * best.length) * share),
        arms.tolerance,
      )
    })
})

describe('an effect against a margin', () => {
  const effect = S.armEffect(S.meanArm([10, 12, 11, 13]), S.meanArm([12, 14, 13, 15]))

  it('is an effect moved by the margin, at one look and at any', () => {
    const moved = { ...effect, estimate: effect.estimate + 1 }
    for (const alternative of ['twoSided', 'less', 'greater'] as const) {
      const options = { alternative, hypothesis: -1 }
      expect(S.testEffect(effect, options).pValue).toBe(S.testEffect(moved, { alternative }).pValue)
      expect(S.testEffectSequentially(effect, { ...options, tuning: 8 }).pValue).toBe(
        S.testEffectSequentially(moved, { alternative, tuning: 8 }).pValue,
      )
    }
    expect(S.testEffect(effect, { hypothesis: -1 }).interval).toEqual(S.testEffect(effect).interval)
  })
})

describe('formulas written out with NumPy', () => {
  const { cases, tolerance } = readFixture<Readonly<Record<string, readonly number[]>>>('numpy-definitions')

  it('reconciliation of a hierarchy', () => {
    const { summing, base, variances, ...expected } = cases.find(
      ({ case: name }) => name === 'reconciliation',
    )!
    const flat = Float64Array.from((summing as unknown as readonly (readonly number[])[]).flat())
    const by = (method: S.ReconcileMethod) => S.reconcileForecasts(flat, 4, base!, method)
    expectNear(by({ kind: 'variance', variances: variances! }), expected['variance'], tolerance)
    expectNear(by({ kind: 'structural' }), expected['structural'], tolerance)
    expectNear(by({ kind: 'ols' }), expected['ols'], tolerance)
  })

  it('delta method of a ratio of means', () => {
    const { numerator, denominator, ...expected } = cases.find(({ case: name }) => name === 'ratio')!
    const [top, below] = [numerator!, denominator!]
    const own = S.ratioOfMeans(
      S.summarizeSample(top),
      S.summarizeSample(below),
      S.sampleCovariance(top, below),
    )
    expectNear(
      [own.estimate, own.standardError],
      [expected['estimate'], expected['standardError']],
      tolerance,
    )
  })
})

describe('post-stratified effects agree with GrowthBook', () => {
  const { cases, tolerance } = readFixture<{
    readonly scale: S.EffectScale
    readonly strata: readonly S.Stratum[]
    readonly estimate: number
    readonly standardError: number
    readonly interval: readonly number[]
    readonly pValue: number
  }>('growthbook-strata')
  for (const { case: name, scale, strata, ...expected } of cases)
    it(name, () => {
      const effect = S.postStratifiedEffect(strata, { scale })
      const test = S.testEffect(effect)
      expectNear(
        [effect.estimate, effect.standardError, test.interval.low, test.interval.high, test.pValue],
        [expected.estimate, expected.standardError, ...expected.interval, expected.pValue],
        tolerance,
      )
    })
})
