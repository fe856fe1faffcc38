import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

describe('curves of ranked effects agree with causalml', () => {
  const { cases, tolerance } = readFixture<
    S.UpliftData & {
      readonly effects: readonly number[] | null
      readonly lift: readonly number[]
      readonly gain: readonly number[]
      readonly qini: readonly number[]
      readonly auuc: readonly [number, number]
      readonly qiniScore: readonly [number, number]
      readonly targeting: readonly number[]
      readonly autoc: readonly [number]
      readonly qiniRate: readonly [number]
    }
  >('causalml-curves')
  for (const { case: name, effects, ...c } of cases)
    it(name, () => {
      const known = effects ? { effects } : {}
      const near = (own: unknown, peer: unknown, what: string) => expectNear(own, peer, tolerance, what)
      near(S.rankedEffects(c, 'lift', known), c.lift, 'lift')
      near(S.rankedEffects(c, 'gain', { ...known, normalise: true }), c.gain, 'gain')
      near(S.rankedEffects(c, 'qini', known), c.qini, 'qini')
      const both = [true, false].map((normalise) => ({ ...known, normalise }))
      near(
        both.map((o) => S.meanUpliftScore(c, o)),
        c.auuc,
        'auuc',
      )
      near(
        both.map((o) => S.meanQiniScore(c, o)),
        c.qiniScore,
        'qini score',
      )
      near(S.targetingCurve(c, known), c.targeting, 'targeting')
      near(S.rankWeightedEffect(c, 'autoc', known), c.autoc[0], 'autoc')
      near(S.rankWeightedEffect(c, 'qini', known), c.qiniRate[0], 'qini rate')
    })
})

describe('a campaign agrees with scikit-uplift', () => {
  const { cases, tolerance } = readFixture<
    S.UpliftData & {
      readonly others: readonly number[]
      readonly profit: readonly number[]
      readonly balance: readonly number[]
      readonly deviation: Readonly<Record<S.UpliftStrategy, number>>
    }
  >('sklift-campaign')
  const { others, profit, balance, deviation, ...data } = cases[0]!
  it('in its profit, the balance of treatment and the deviation between samples', () => {
    const terms = { benefit: 20, incentiveCost: 1, contactCost: 0.5, fixedCost: 3 }
    expectNear(S.campaignProfit(data, terms).values, profit, tolerance, 'profit')
    expectNear(S.treatmentBalance(data, 15), balance, tolerance, 'balance')
    for (const strategy of ['overall', 'byGroup'] as const)
      expectNear(
        S.upliftDeviation(data, { ...data, y: others }, { bins: 5, strategy }),
        deviation[strategy],
        tolerance,
        strategy,
      )
  })
})

describe('Qini coefficients by groups agree with the R package uplift', () => {
  const { cases, tolerance } = readFixture<
    S.UpliftData & {
      readonly asked: number
      readonly treated: readonly number[]
      readonly control: readonly number[]
      readonly responsesTreated: readonly number[]
      readonly responsesControl: readonly number[]
      readonly gains: readonly number[]
      readonly randomGains: readonly number[]
      readonly qini: number
    }
  >('r-uplift-qini')
  for (const { case: name, asked, ...c } of cases)
    it(name, () => {
      const own = S.groupedQini(c, { groups: asked })
      for (const key of ['treated', 'control', 'responsesTreated', 'responsesControl'] as const)
        expect(own.groups.map((group) => group[key])).toEqual(c[key])
      expectNear(own.gains, c.gains, tolerance, 'gains')
      expectNear(own.randomGains, c.randomGains, tolerance, 'random gains')
      expectNear(own.qini, c.qini, tolerance, 'qini')
    })
})
