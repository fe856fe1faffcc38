import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

const orderOf = ([p, d, q, P, D, Q]: readonly number[], period: number): S.ArimaOrder => ({
  ...{ p: p!, d: d!, q: q! },
  seasonal: { P: P!, D: D!, Q: Q!, period },
})

describe("orders are those of R's auto.arima", () => {
  const { cases, tolerance } = readFixture<{
    readonly y: readonly number[]
    readonly period: number
    readonly order: readonly number[]
    readonly aicc: number
    readonly search?: 'stepwise' | 'full'
    readonly maxOrder?: number
    readonly criterion?: S.ArimaCriterion
  }>('r-auto-arima')
  for (const { case: name, y, period, order, aicc, ...options } of cases)
    it(name, () => {
      const { best } = S.selectArima(y, { period, ...options })
      expect(best.order).toEqual(orderOf(order, period))
      expectNear(best.aicc, aicc, tolerance)
    })
})

describe("series with gaps agree with R's arima", () => {
  const { cases, tolerance } = readFixture<{
    readonly y: readonly number[]
    readonly valid: readonly number[]
    readonly period: number
    readonly order: readonly number[]
    readonly coefficients: readonly number[]
    readonly standardErrors: readonly number[]
    readonly variance: number
    readonly logLikelihood: number
    readonly mean: readonly number[]
  }>('r-arima-gaps')
  for (const { case: name, y, valid, period, order, ...expected } of cases)
    it(name, () => {
      const differenced = order[1]! + order[4]! > 0
      const options = {
        order: orderOf(order, period),
        valid,
        constant: differenced ? 'none' : 'estimate',
      } as const
      const model = S.fitArima(y, options)
      expectNear(Object.values(model.coefficients), expected.coefficients, tolerance, 'coefficients')
      expectNear(Object.values(model.standardErrors!), expected.standardErrors, 20 * tolerance, 'errors')
      expectNear(model.innovationVariance, expected.variance, tolerance, 'variance')
      expectNear(model.logLikelihood, expected.logLikelihood, tolerance, 'logLikelihood')
      expectNear(S.forecastArima(model, 4).mean, expected.mean, tolerance, 'mean')
      const elsewhere = y.map((v, t) => (valid[t] === 0 ? 1e6 : v))
      expect(S.fitArima(elsewhere, options).coefficients).toEqual(model.coefficients)
    })

  it('needs the exact likelihood, and an observation', () => {
    const order = orderOf([0, 0, 1, 0, 0, 0], 1)
    const y = [3, 4, 6, 5, 7, 6, 4, 5]
    const method = 'conditionalSquares'
    expect(() => S.fitArima(y, { order, method, valid: [1, 0, 1, 1, 1, 1, 1, 1] })).toThrow('likelihood')
    expect(() => S.fitArima(y, { order, valid: y.map(() => 0) })).toThrow('missing')
  })
})

describe("simple forecasts have R's intervals", () => {
  const { cases, tolerance } = readFixture<{
    readonly y: readonly number[]
    readonly period: number
    readonly mean: readonly number[]
    readonly lower: readonly number[]
  }>('r-simple-forecasts')
  for (const { case: name, y, period, ...expected } of cases)
    it(name, () => {
      const own = name.startsWith('mean')
        ? S.forecastNaive(y, 6, 'mean', { quantiles: 't' })
        : S.forecastTheta(y, 6, { period, seasonalSpread: false })
      expectNear(own.mean, expected.mean, tolerance, 'mean')
      expectNear(own.lower, expected.lower, tolerance, 'lower')
    })
})

describe('criteria with several peaks reach what R reaches', () => {
  const { cases, tolerance } = readFixture<{
    readonly y: readonly number[]
    readonly period: number
    readonly reached: number
  }>('r-peaks')
  const ets = (
    y: readonly number[],
    error: S.EtsForm['error'],
    season: S.EtsForm['season'],
    period: number,
  ) => S.fitEts(y, { error, trend: 'additive', damped: false, season, period }).logLikelihood
  const fits: Readonly<Record<string, (y: readonly number[], period: number) => number>> = {
    'ARIMA(0,2,2) of the logarithms of UKgas': (y) =>
      S.fitArima(y, { order: orderOf([0, 2, 2, 0, 0, 0], 1) }).logLikelihood,
    'Holt of nottem': (y) => -S.fitExponentialSmoothing(y, { trend: 'additive', initial: 'conditional' }).sse,
    'ETS(A,A,N) of nottem': (y) => ets(y, 'additive', 'none', 1),
    'ETS(M,A,A) of JohnsonJohnson': (y, period) => ets(y, 'multiplicative', 'additive', period),
  }
  it.each(cases)('$case', ({ case: name, y, period, reached }) => {
    expect(fits[name]!(y, period)).toBeGreaterThan(reached - tolerance * Math.abs(reached))
  })
})
