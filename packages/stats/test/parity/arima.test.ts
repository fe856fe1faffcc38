import * as S from '@tranche/stats'
import { describe, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

interface ArimaCase {
  readonly y: readonly number[]
  readonly order: readonly number[]
  readonly seasonal: readonly number[]
  readonly method: 'ML' | 'CSS'
  readonly x: readonly number[] | null
  readonly coefficients: readonly number[]
  readonly standardErrors: readonly number[]
  readonly variance: number
  readonly logLikelihood: number
  readonly mean: readonly number[]
}

describe("ARIMA models agree with R's arima", () => {
  const { cases, tolerance } = readFixture<ArimaCase>('r-arima')
  for (const { case: name, y, order, seasonal, method, x, ...expected } of cases)
    it(name, () => {
      const [p, d, q] = order as [number, number, number]
      const [P, D, Q, period] = seasonal as [number, number, number, number]
      const rows = (data: ArrayLike<number>): { data: Float64Array; n: number; p: number } => ({
        data: Float64Array.from(data),
        n: data.length / 2,
        p: 2,
      })
      const model = S.fitArima(y, {
        order: { p, d, q, seasonal: { P, D, Q, period } },
        constant: d + D === 0 ? 'estimate' : 'none',
        method: method === 'ML' ? 'likelihood' : 'conditionalSquares',
        ...(x ? { regressors: rows(x) } : {}),
      })
      expectNear(Object.values(model.coefficients), expected.coefficients, tolerance, 'coefficients')
      expectNear(Object.values(model.standardErrors!), expected.standardErrors, 20 * tolerance, 'errors')
      expectNear(model.innovationVariance, expected.variance, tolerance, 'variance')
      expectNear(model.logLikelihood, expected.logLikelihood, tolerance, 'logLikelihood')
      const ahead = S.forecastArima(model, 3, 0.95, x ? rows(x.slice(6, 12)) : undefined)
      expectNear(ahead.mean, expected.mean, tolerance, 'mean')
    })
})

describe("forecasts by STL agree with R's stlf", () => {
  const { cases, tolerance } = readFixture<{
    readonly y: readonly number[]
    readonly period: number
    readonly lambda: number | null
    readonly mean: readonly number[]
    readonly lower: readonly number[]
    readonly upper: readonly number[]
  }>('r-stlf')
  for (const { case: name, y, period, lambda, ...expected } of cases)
    it(name, () => {
      const options = { period, search: 'simplex', ...(lambda === null ? {} : { lambda }) } as const
      const { mean, lower, upper } = S.forecastStl(y, 6, options).forecast
      expectNear(mean, expected.mean, tolerance, 'mean')
      expectNear(lower, expected.lower, tolerance, 'lower')
      expectNear(upper, expected.upper, tolerance, 'upper')
    })
})
