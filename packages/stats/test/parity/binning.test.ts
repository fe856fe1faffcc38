import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { expectNear, readFixture } from './fixture.ts'

describe('a guessed direction is that of optbinning', () => {
  const { cases, tolerance } = readFixture<{
    readonly x: readonly number[]
    readonly y: readonly number[]
    readonly splits: readonly number[]
    readonly iv: number
  }>('optbinning-direction')
  for (const { case: name, x, y, splits, iv } of cases)
    it(name, () => {
      const options = { precision: 'float32', trend: 'autoAscendingDescending' } as const
      const model = S.fitOptimalBinning({ values: Float64Array.from(x) }, Float64Array.from(y), options)
      expectNear(model.splits, splits, tolerance, 'splits')
      expectNear(model.table.iv, iv, tolerance, 'iv')
    })

  it('refuses a trend and a way to make prebins that there are not', () => {
    const { x, y } = cases[0]!
    const data = { values: Float64Array.from(x) }
    const outcome = Float64Array.from(y)
    const trend = 'rising' as S.BinTrend
    expect(() => S.fitOptimalBinning(data, outcome, { trend })).toThrow('rising')
    expect(() => S.fitContinuousBinning(data, outcome, { trend })).toThrow('rising')
    const prebinning = 'kmeans' as 'cart'
    expect(() => S.fitOptimalBinning(data, outcome, { prebinning })).toThrow('kmeans')
  })
})

describe('bins of a continuous outcome are those of optbinning', () => {
  const { cases, tolerance } = readFixture<{
    readonly x: readonly number[]
    readonly valid: readonly number[]
    readonly y: readonly number[]
    readonly trend: S.WantedTrend
    readonly maximumShare: number
    readonly splits: readonly number[]
    readonly rows: readonly (readonly number[])[]
    readonly missing: readonly number[]
  }>('optbinning-continuous')
  const row = (bin: S.ContinuousBin): readonly number[] => [bin.count, bin.mean, bin.woe, bin.iv]
  for (const { case: name, x, valid, y, trend, maximumShare, ...expected } of cases)
    it(name, () => {
      const data = { values: Float64Array.from(x), valid: Uint8Array.from(valid) }
      const objective = 'absoluteDeviation'
      const prebinShareOf = 'all'
      const options = { precision: 'float32', objective, trend, maximumShare, prebinShareOf } as const
      const model = S.fitContinuousBinning(data, Float64Array.from(y), options)
      expectNear(model.splits, expected.splits, tolerance, 'splits')
      expectNear(model.rows.map(row), expected.rows, tolerance, 'rows')
      expectNear(row(model.missing!), expected.missing, tolerance, 'missing')
      const sum = [...model.rows, model.missing!].reduce((total, bin) => total + bin.iv, 0)
      expectNear(model.iv, sum, 1e-12)
      const kept = model.splits[0]!
      const held = S.fitContinuousBinning(data, Float64Array.from(y), { ...options, fixedSplits: [kept] })
      expect(held.splits).toContain(kept)
    })
})
