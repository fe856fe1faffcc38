import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

describe("R's way to an ETS model ends where R ends", () => {
  const { cases, tolerance } = readFixture<{
    readonly model: string
    readonly damped: boolean
    readonly period: number
    readonly y: readonly number[]
    readonly logLikelihood: number
    readonly aicc: number
    readonly sigma2: number
    readonly alpha: number
    readonly level: number
    readonly mean: readonly number[]
    readonly lower: readonly number[]
  }>('r-ets')
  const component = (letter: string): S.Component =>
    letter === 'A' ? 'additive' : letter === 'M' ? 'multiplicative' : 'none'
  for (const { case: name, model, damped, period, y, ...expected } of cases)
    it(name, () => {
      const [error, trend, season] = [...model].map(component) as [
        S.EtsForm['error'],
        S.Component,
        S.Component,
      ]
      const form: S.EtsForm = { error, trend, damped, season, period }
      const own = S.fitEts(y, form, { search: 'simplex' })
      expectNear(own.logLikelihood, expected.logLikelihood, tolerance, 'logLikelihood')
      expectNear(own.aicc, expected.aicc, tolerance, 'aicc')
      expectNear(own.sigma2, expected.sigma2, 1e-8, 'sigma2')
      expectNear([own.alpha, own.initialLevel], [expected.alpha, expected.level], 1e-7, 'parameters')
      // R simulates the bounds of multiplicative trends.
      const random = trend === 'multiplicative' ? { random: S.createRandom(1) } : {}
      const ahead = S.forecastEts(own, 16, { ...random, firstStep: 'undamped' })
      expectNear(ahead.mean, expected.mean, 1e-7, 'mean')
      if (trend !== 'multiplicative') expectNear(ahead.lower, expected.lower, 1e-7, 'lower')
      expect(S.fitEts(y, form).logLikelihood).toBeGreaterThan(own.logLikelihood - 1e-3)
    })
})
