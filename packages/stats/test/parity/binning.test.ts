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

describe('constraints are those of optbinning', () => {
  type Trials<Options> = {
    readonly x: readonly number[]
    readonly y: readonly number[]
    readonly trials: readonly {
      readonly name: string
      readonly options: Options
      readonly splits: readonly number[]
      readonly measure: number
    }[]
  }
  const binary = readFixture<Trials<S.OptimalBinningOptions>>('optbinning-constraints')
  for (const { case: column, x, y, trials } of binary.cases)
    for (const { name, options, splits, measure } of trials)
      it(`${column}, ${name}`, () => {
        const data = { values: Float64Array.from(x) }
        const model = S.fitOptimalBinning(data, Float64Array.from(y), { precision: 'float32', ...options })
        expectNear(model.splits, splits, binary.tolerance, 'splits')
        expectNear(model.table.iv, measure, binary.tolerance, 'iv')
      })

  type ClassOptions = NonNullable<Parameters<typeof S.fitMulticlassBinning>[2]>
  const classes = readFixture<Trials<ClassOptions>>('optbinning-multiclass')
  for (const { case: column, x, y, trials } of classes.cases)
    for (const { name, options, splits, measure } of trials)
      it(`${column} by class, ${name}`, () => {
        const data = { values: Float64Array.from(x) }
        const model = S.fitMulticlassBinning(data, y, {
          precision: 'float32',
          cutsAgainstTrend: 'dropped',
          ...options,
        })
        expectNear(model.splits, splits, classes.tolerance, 'splits')
        expectNear(model.js, measure, classes.tolerance, 'js')
      })

  it('finds by bounds what it finds by dynamic programming', () => {
    const { x, y } = binary.cases[0]!
    const fit = (options: S.OptimalBinningOptions) =>
      S.fitOptimalBinning({ values: Float64Array.from(x) }, Float64Array.from(y), options).splits
    for (const trend of ['none', 'ascending', 'descending', 'peak', 'concave'] as const)
      expect(fit({ trend, gamma: 1e-12 })).toEqual(fit({ trend }))
  })
})
