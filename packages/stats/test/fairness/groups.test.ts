import {
  calibrationByGroup,
  demographicParity,
  equalizedOdds,
  fourFifthsRule,
  groupMetrics,
  rateRatio,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const data = {
  outcome: [1, 0, 1, 0, 1, 0],
  decision: [1, 0, 1, 1, 0, 0],
  group: ['a', 'a', 'a', 'b', 'b', 'b'],
}

describe('group metrics', () => {
  it('hold each group to its own rows, with intervals', () => {
    const m = groupMetrics(data)
    expect(m.byGroup['a']!.selectionRate.value).toBeCloseTo(2 / 3, 12)
    expect(m.byGroup['b']!.confusion).toEqual([
      [1, 1],
      [1, 0],
    ])
    expect(m.overall.selectionRate.interval.low).toBeLessThan(0.5)
    expect(demographicParity(m)).toEqual({
      difference: expect.closeTo(1 / 3, 12),
      ratio: expect.closeTo(0.5, 12),
    })
    expect(equalizedOdds(m).difference).toBe(1)
    expect(fourFifthsRule(m)[0]).toEqual({ group: 'b', ratio: expect.closeTo(0.5, 12), adverse: true })
  })

  it('leave out a rate that no row could have, and say so when asked for it', () => {
    const m = groupMetrics({ outcome: [1, 1, 0], decision: [1, 0, 0], group: ['a', 'a', 'b'] })
    expect(m.byGroup['a']!.falsePositiveRate).toBeUndefined()
    expect(() => equalizedOdds(m)).toThrow(expect.objectContaining({ code: 'insufficientData' }))
    expect(() =>
      rateRatio(groupMetrics({ outcome: [1, 0], decision: [0, 0], group: ['a', 'b'] }), 'selectionRate'),
    ).toThrow(expect.objectContaining({ code: 'outOfDomain' }))
    expect(() => groupMetrics({ outcome: [2], decision: [1], group: ['a'] })).toThrow(
      expect.objectContaining({ code: 'outOfDomain' }),
    )
  })

  it('take a weight of 2 as the row twice', () => {
    const once = groupMetrics({ outcome: [1, 1, 0], decision: [1, 1, 0], group: ['a', 'a', 'a'] }).overall
    const weighted = groupMetrics({
      outcome: [1, 0],
      decision: [1, 0],
      group: ['a', 'a'],
      weights: [2, 1],
    }).overall
    expect(weighted.selectionRate.value).toBe(once.selectionRate.value)
  })

  it('show calibration by group', () => {
    const table = calibrationByGroup(
      { outcome: [0, 1, 1, 1], probability: [0.1, 0.9, 0.95, 1], group: ['a', 'a', 'b', 'b'] },
      5,
    )
    expect(table['b']).toHaveLength(1)
    expect(table['b']![0]!.observed).toBe(1)
  })
})
