import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'

describe('inequality of benefits', () => {
  const outcome = [1, 1, 0, 0, 1, 0]
  const decision = [1, 0, 0, 1, 1, 0]
  const benefits = S.decisionBenefits(outcome, decision)
  it('is counted as Speicher and others do', () => {
    expect(Array.from(benefits)).toEqual([1, 0, 1, 2, 1, 1])
    expect(S.generalizedEntropy(benefits, 2)).toBeCloseTo((1 + 0 + 1 + 4 + 1 + 1 - 6) / (6 * 2), 12)
    expect(S.generalizedEntropy(benefits, 1)).toBeCloseTo((2 * Math.log(2)) / 6, 12)
    expect(S.generalizedEntropy([1, 2, 3], 0)).toBeCloseTo(-(Math.log(0.5) + Math.log(1.5)) / 3, 12)
    expect(S.generalizedEntropy([5, 5, 5])).toBe(0)
  })
  it('between groups is part of the whole', () => {
    const group = ['a', 'a', 'a', 'b', 'b', 'b']
    expect(S.betweenGroupEntropy(benefits, group)).toBeCloseTo(((2 / 3) ** 2 + (4 / 3) ** 2 - 2) / 4, 12)
    expect(S.betweenGroupEntropy(benefits, group)).toBeLessThan(S.generalizedEntropy(benefits))
  })
  it('a group against a reference has signed measures, and leaves out what it lacks', () => {
    const metrics = S.groupMetrics({ outcome, decision, group: ['a', 'a', 'a', 'b', 'b', 'b'] })
    const own = S.compareGroups(metrics, 'a', 'b')
    expect(own.statisticalParityDifference).toBeCloseTo(-1 / 3, 12)
    expect(own.disparateImpact).toBeCloseTo(0.5, 12)
    expect(own.equalOpportunityDifference).toBeCloseTo(-0.5, 12)
    expect(own.averageOddsDifference).toBeCloseTo(-0.5, 12)
    expect(own.errorRateDifference).toBeCloseTo(0, 12)
    const one = S.groupMetrics({ outcome: [1, 0, 0], decision: [1, 1, 0], group: ['a', 'a', 'b'] })
    expect(S.compareGroups(one, 'b', 'a').equalOpportunityDifference).toBeUndefined()
  })
})

describe('how well probabilities fit', () => {
  it('is summed over groups of rising probability, equal ones together', () => {
    const p = [0.1, 0.1, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5, 0.9, 0.9, 0.9, 0.9]
    const y = [0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1]
    const { statistic, degreesOfFreedom, groups } = S.hosmerLemeshowTest(y, p, { groups: 3 })
    expect(groups.map((g) => [g.count, g.observed])).toEqual([
      [4, 1],
      [4, 2],
      [4, 4],
    ])
    expect(statistic).toBeCloseTo(0.36 / 0.36 + 0 + 0.16 / 0.36, 12)
    expect(degreesOfFreedom).toBe(1)
    expect(S.hosmerLemeshowTest(y, p, { groups: 3, heldOut: true }).degreesOfFreedom).toBe(3)
  })
})
