import { armEffect, testEffectSequentially } from '@tranche/stats'
import { describe, expect, it } from 'vitest'

describe('the one-sided p-value of a confidence sequence', () => {
  const effect = armEffect(
    { kind: 'mean', n: 3000, sum: 1396.87, sumOfSquares: 52377.9767 },
    { kind: 'mean', n: 3461, sum: 2422.7, sumOfSquares: 134698.29 },
  )

  it('stops where GrowthBook stops when asked to', () => {
    // gbstats at commit 8f1db44, tests/frequentist/test_tests.py.
    const test = testEffectSequentially(effect, { alternative: 'greater', pValueSearch: 'gbstatsBisection' })
    expect(test.pValue).toBeCloseTo(0.46316491943359384, 14)
    expect(test.interval.low).toBeCloseTo(-0.12656844172804982, 12)
  })

  it('is otherwise the level at which the interval ends at 0', () => {
    const { pValue } = testEffectSequentially(effect, { alternative: 'greater' })
    expect(Math.abs(pValue - 0.46316491943359384)).toBeGreaterThan(1e-5)
  })
})
