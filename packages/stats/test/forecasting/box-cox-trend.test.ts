import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { airPassengers } from './air-passengers.ts'

// R's datasets; the λ are those of forecast 8.20's BoxCox.lambda(method = "loglik").
describe('Box–Cox by the likelihood of a trend with seasons', () => {
  it("is R's", () => {
    expect(S.boxCoxLambdaOfTrend(airPassengers, 12)).toBe(0.2)
  })

  it('does not hang on the unit', () => {
    const scaled = airPassengers.map((v) => v * 1e6)
    expect(S.boxCoxLambdaOfTrend(scaled, 12, { step: 0.01 })).toBe(
      S.boxCoxLambdaOfTrend(airPassengers, 12, { step: 0.01 }),
    )
  })

  it('refuses a grid that is none and a line without error', () => {
    expect(() => S.boxCoxLambdaOfTrend(airPassengers, 12, { step: 0 })).toThrow('grid')
    expect(() => S.boxCoxLambdaOfTrend([2, 2, 2, 2, 2], 1)).toThrow(
      expect.objectContaining({ code: 'zeroVariance' }),
    )
  })
})
