import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

describe('forecasts of a hierarchy are those of hierarchicalforecast', () => {
  const { cases, tolerance } = readFixture<{
    readonly summing: readonly number[]
    readonly base: readonly number[]
    readonly history: readonly number[]
    readonly errors: readonly number[]
    readonly forecasts: Readonly<Record<string, readonly number[]>>
  }>('hierarchicalforecast')
  const { summing, base, history, errors, forecasts } = cases[0]!
  const matrix = Float64Array.from(summing)
  for (const estimate of ['sample', 'shrunk'] as const)
    it(`reconciled by the ${estimate} covariance`, () => {
      const covariance = S.errorCovariance(errors, 7, { estimate, about: 'centred' })
      const own = S.reconcileForecasts(matrix, 4, base, { kind: 'covariance', covariance })
      expectNear(own, forecasts[estimate], tolerance)
    })
  for (const kind of ['averageProportions', 'proportionAverages'] as const)
    it(`shared out by ${kind}`, () => {
      expectNear(S.topDownForecasts(matrix, 4, base, { kind, history }), forecasts[kind], tolerance)
    })
  it('shared out by forecastProportions', () => {
    const own = S.topDownForecasts(matrix, 4, base, { kind: 'forecastProportions' })
    expectNear(own, forecasts['forecastProportions'], tolerance)
  })

  it('takes a diagonal covariance for variances', () => {
    const variances = [4, 2, 3, 1, 1, 2, 1]
    const covariance = Float64Array.from({ length: 49 }, (_, k) => (k % 8 === 0 ? variances[k / 8]! : 0))
    const full = S.reconcileForecasts(matrix, 4, base, { kind: 'covariance', covariance })
    expectNear(full, S.reconcileForecasts(matrix, 4, base, { kind: 'variance', variances }), 1e-10)
  })

  it('refuses series that cross', () => {
    const crossed = [1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]
    expect(() =>
      S.topDownForecasts(crossed, 3, [9, 6, 6, 5, 3, 3, 3], { kind: 'forecastProportions' }),
    ).toThrow('overlap')
  })
})
