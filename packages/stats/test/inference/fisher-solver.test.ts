import { fisherExactTest } from '@tranche/stats'
import { describe, expect, it } from 'vitest'

// R 4.2.2, fisher.test; the tables of its help page (Agresti's tea taster, Fisher's convictions).
describe("Fisher's exact test with R's root finder", () => {
  const tea = [
    [3, 1],
    [1, 3],
  ] as const
  const convictions = [
    [2, 15],
    [10, 3],
  ] as const

  it('gives the odds ratio and the interval that R prints, to all digits', () => {
    const taster = fisherExactTest(tea, { alternative: 'greater', solver: 'uniroot' })
    expect(taster.conditionalOddsRatio).toBeCloseTo(6.40830886701, 10)
    expect(taster.interval.low).toBeCloseTo(0.31356926411, 10)
    expect(taster.interval.high).toBe(Number.POSITIVE_INFINITY)
    const less = fisherExactTest(convictions, { alternative: 'less', solver: 'uniroot' })
    expect(less.conditionalOddsRatio).toBeCloseTo(0.0469366088277, 12)
    expect(less.interval.low).toBe(0)
    expect(less.interval.high).toBeCloseTo(0.284960137936, 11)
    const both = fisherExactTest(convictions, { solver: 'uniroot' })
    expect(both.interval.low).toBeCloseTo(0.00332576403386, 13)
    expect(both.interval.high).toBeCloseTo(0.3631822714749, 11)
  })

  it('gives the exact root unless asked for the looser one', () => {
    const odds = fisherExactTest(tea).conditionalOddsRatio
    expect(odds ** 4 - 36 * odds ** 2 - 32 * odds - 3).toBeCloseTo(0, 9)
  })
})
