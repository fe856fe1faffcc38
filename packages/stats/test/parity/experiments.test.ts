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
    readonly choices: readonly number[]
    readonly coefficients: readonly (readonly number[])[]
  }>('mabwiser-linucb')
  for (const { case: name, contexts, arms, rewards, alpha, ridge, fresh, choices, coefficients } of cases)
    it(name, () => {
      const state = contexts.reduce(
        (known, context, i) => S.updateLinUcb(known, arms[i]!, context, rewards[i]!),
        S.startLinUcb(3, 3, ridge),
      )
      expectNear(S.linUcbCoefficients(state), coefficients, tolerance)
      expect(fresh.map((context) => S.chooseLinUcb(state, context, alpha))).toEqual(choices)
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
