import * as S from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const log = { reward: [1, 0, 2, 0], propensity: [0.5, 0.25, 0.2, 0.8], target: [1, 0.5, 1, 0] }
const model = { logged: [0.8, 0.2, 1.5, 0.1], policy: [0.9, 0.4, 1.4, 0.6] }
// Weights 2, 2, 5, 0; residuals 0.2, −0.2, 0.5, −0.1; the model alone says 3.3 / 4.

describe('what a policy is worth, from another one’s log', () => {
  const value = (method: S.PolicyValueMethod, threshold?: number): number =>
    S.policyValue(log, method, { model, ...(threshold === undefined ? {} : { threshold }) }).value
  it('by weights alone', () => {
    expect(value('ips')).toBeCloseTo((2 + 10) / 4, 12)
    expect(value('snips')).toBeCloseTo(12 / 9, 12)
    expect(value('clippedIps', 3)).toBeCloseTo((2 + 6) / 4, 12)
  })
  it('by the model, and corrected by weighted residuals', () => {
    expect(value('dm')).toBeCloseTo(3.3 / 4, 12)
    expect(value('dr')).toBeCloseTo((3.3 + 0.4 - 0.4 + 2.5) / 4, 12)
    expect(value('snDr')).toBeCloseTo((3.3 + (2.5 * 4) / 9) / 4, 12)
    expect(value('clippedDr', 3)).toBeCloseTo((3.3 + 1.5) / 4, 12)
  })
  it('the switch leaves out large weights, shrinking draws them in', () => {
    expect(value('switchDr', 2)).toBeCloseTo(3.3 / 4, 12)
    expect(value('switchDr', 5)).toBeCloseTo(value('dr'), 12)
    expect(value('shrunkDr', 0)).toBeCloseTo(value('dm'), 12)
    expect(value('shrunkDr', 1e12)).toBeCloseTo(value('dr'), 9)
    expect(value('shrunkDr', 4)).toBeCloseTo((3.3 + (20 / 29) * 0.5) / 4, 12)
  })
  it('refuses what it cannot do', () => {
    expect(() => S.policyValue(log, 'dm')).toThrow(/needs the predictions/)
    expect(() => S.policyValue(log, 'switchDr', { model })).toThrow(/threshold is undefined/)
  })
})

describe('bandits against an opponent', () => {
  it('EXP3 learns the better arm and keeps exploring', () => {
    const random = S.createRandom(4)
    let state = S.startExp3(3)
    for (let t = 0; t < 3000; t++) {
      const arm = S.drawArm(S.exp3Shares(state, 0.1), random)
      state = S.updateExp3(state, arm, random.uniform() < [0.2, 0.5, 0.3][arm]! ? 1 : 0, 0.1)
    }
    const shares = S.exp3Shares(state, 0.1)
    expect(shares[1]).toBeGreaterThan(0.8)
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.1 / 3)
  })
  it('weights stay finite however long it runs', () => {
    let state = S.startExp3(2)
    for (let t = 0; t < 20_000; t++) state = S.updateExp3(state, 0, 1, 0.5)
    expect(state.weights.every((w) => Number.isFinite(w) && w > 0)).toBe(true)
  })
  it('a wider bound explores more', () => {
    const state = { pulls: [100, 10], rewards: [60, 4] }
    expect(S.ucb1(0.01)(state, S.createRandom(1))).toBe(0)
    expect(S.ucb1(3)(state, S.createRandom(1))).toBe(1)
  })
})
