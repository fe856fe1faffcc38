import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

describe("intervals of predicted survival agree with R's survfit.coxph", () => {
  const { cases, tolerance } = readFixture<{
    readonly time: readonly number[]
    readonly event: readonly number[]
    readonly x: readonly number[]
    readonly weights: readonly number[]
    readonly ties: S.CoxTies
    readonly interval: S.SurvivalInterval
    readonly at: readonly number[]
    readonly times: readonly number[]
    readonly survival: readonly number[]
    readonly standardError: readonly number[]
    readonly lower: readonly number[]
    readonly upper: readonly number[]
  }>('r-cox-survival')
  for (const { case: name, x, ties, interval, at, times, ...rest } of cases)
    it(name, () => {
      const data = { ...rest, x: Float64Array.from(x), p: 3 }
      const model = S.fitCox(data, { ties })
      const own = S.predictCoxSurvivalInterval(model, data, Float64Array.from(at), times, { interval })
      for (const key of ['survival', 'standardError', 'lower', 'upper'] as const)
        expectNear(own[key], rest[key], tolerance, key)
    })
})

describe("concordance agrees with R's", () => {
  const { cases, tolerance } = readFixture<{
    readonly time: readonly number[]
    readonly event: readonly number[]
    readonly x: readonly number[]
    readonly weights: readonly number[] | null
    readonly entry: readonly number[] | null
    readonly counts: readonly number[]
  }>('r-concordance')
  for (const { case: name, time, event, x, weights, entry, counts } of cases)
    it(name, () => {
      const data = { time, event, ...(weights ? { weights } : {}), ...(entry ? { entry } : {}) }
      const { concordant, discordant, tied } = S.concordanceIndex(data, x, 'time')
      expectNear([concordant, discordant, tied], counts, tolerance)
    })
})

describe('an elastic net agrees with lifelines and scikit-survival', () => {
  const { cases, tolerance } = readFixture<{
    readonly time: readonly number[]
    readonly event: readonly number[]
    readonly x: readonly (readonly number[])[]
    readonly penalizer: number
    readonly l1Ratio: number
    readonly ties: S.CoxTies
    readonly coefficients: readonly number[]
  }>('lifelines-elastic-net')
  for (const { case: name, time, event, x, penalizer, l1Ratio, ties, coefficients } of cases)
    it(name, () => {
      const data = { time, event, x: Float64Array.from(x.flat()), p: 7 }
      const model = S.fitCoxElasticNet(data, { ties, penalizer, l1Ratio })
      expectNear(model.coefficients, coefficients, tolerance)
      expect(model.nonZero).toBe(coefficients.filter((b) => Math.abs(b) > 1e-4).length)
      const survival = S.predictCoxSurvival(model, data.x.slice(0, 14), [10, 40])
      expect(survival[0]).toBeGreaterThan(survival[2]!)
    })

  it('without a penalty it is Cox, and a large one leaves nothing', () => {
    const { time, event, x } = cases[0]!
    const data = { time, event, x: Float64Array.from(x.flat()), p: 7 }
    const free = S.fitCoxElasticNet(data, { ties: 'breslow', penalizer: 0, l1Ratio: 1 })
    expectNear(free.coefficients, S.fitCox(data, { ties: 'breslow' }).coefficients, 1e-8)
    expect(S.fitCoxElasticNet(data, { ties: 'efron', penalizer: 5, l1Ratio: 1 }).nonZero).toBe(0)
  })

  it('refuses a rule for ties that there is not', () => {
    const data = { time: [1, 2, 3], event: [1, 1, 1], x: Float64Array.of(0, 1, 0), p: 1 }
    expect(() => S.fitCox(data, { ties: 'kalbfleisch' as S.CoxTies })).toThrow('kalbfleisch')
  })
})

describe("exact ties agree with R's coxph", () => {
  const { cases, tolerance } = readFixture<{
    readonly time: readonly number[]
    readonly event: readonly number[]
    readonly strata: readonly number[] | null
    readonly x: readonly number[]
    readonly coefficients: readonly number[]
    readonly standardErrors: readonly number[]
    readonly logLikelihood: readonly number[]
    readonly score: number
    readonly survival: readonly number[] | null
  }>('r-cox-exact')
  const dataOf = ({ time, event, strata, x, coefficients }: (typeof cases)[number]) => ({
    time,
    event,
    ...(strata ? { strata } : {}),
    x: Float64Array.from(x),
    p: coefficients.length,
  })
  for (const { case: name, ...rest } of cases)
    it(name, () => {
      const model = S.fitCox(dataOf({ case: name, ...rest }), { ties: 'exact' })
      expectNear(model.coefficients, rest.coefficients, tolerance)
      expectNear(model.standardErrors, rest.standardErrors, tolerance)
      expectNear([model.nullLogLikelihood, model.logLikelihood], rest.logLikelihood, tolerance)
      expectNear(model.tests.score.statistic, rest.score, tolerance)
      if (rest.survival)
        expectNear(
          S.predictCoxSurvival(model, Float64Array.of(60, 1, 1), [5, 10, 20]),
          rest.survival,
          tolerance,
        )
    })

  it('count a row that enters late as one that is followed in two parts', () => {
    const { time, event, x } = dataOf(cases[0]!)
    const whole = S.fitCox({ time, event, x, p: 3 }, { ties: 'exact' })
    const parts = time.flatMap((t, i) => (t > 6 ? [i, i + time.length] : [i]))
    const row = (k: number): number => k % time.length
    const split = {
      entry: parts.map((k) => (k >= time.length ? 6 : 0)),
      time: parts.map((k) => (k < time.length ? Math.min(6, time[row(k)]!) : time[row(k)]!)),
      event: parts.map((k) => (k < time.length && time[row(k)]! > 6 ? 0 : event[row(k)]!)),
      x: Float64Array.from(parts.flatMap((k) => Array.from(x.subarray(3 * row(k), 3 * row(k) + 3)))),
      p: 3,
    }
    expectNear(S.fitCox(split, { ties: 'exact' }).coefficients, whole.coefficients, 1e-9)
  })

  it('refuse what they are not defined for', () => {
    const data = dataOf(cases[0]!)
    const model = S.fitCox(data, { ties: 'exact' })
    const weighted = { ...data, weights: data.time.map(() => 2) }
    for (const call of [
      () => S.fitCox(weighted, { ties: 'exact' }),
      () => S.fitCox(data, { ties: 'exact', robust: true }),
      () => S.coxScoreResiduals(model, data),
      () => S.coxSchoenfeldResiduals(model, data),
    ])
      expect(call).toThrow(expect.objectContaining({ code: 'unsupported' }))
  })
})
