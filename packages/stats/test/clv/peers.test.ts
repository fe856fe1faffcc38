import {
  aliveMatrix,
  alivePath,
  bgBbFromParameters,
  bgBbPmf,
  bgBbPmfBetween,
  bgBbPosteriorMoment,
  bgNbdFromParameters,
  bgNbdProbabilityAlive,
  createRandom,
  fitNbd,
  nbdExpectedTransactions,
  nbdFromParameters,
  nbdLogLikelihood,
  sampleGamma,
  samplePoisson,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const bg = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })

describe('how alive a customer was', () => {
  it('goes down between purchases and up with each, as lifetimes 0.11.3 has it', () => {
    const path = alivePath(bg, [10, 20], [5, 10, 15, 20, 40])
    const expected = [1.0, 0.753650201926064, 0.6787465266610543, 0.8120407679544915, 0.5302427255341304]
    expected.forEach((value, k) => {
      expect(path[k]).toBeCloseTo(value, 12)
    })
    expect(() => alivePath(bg, [20, 10], [30])).toThrow(/ascend/)
  })
  it('is the table behind a heat map', () => {
    const table = aliveMatrix(bg, 39, 38, 5)
    expect(table).toHaveLength(39 * 6)
    const cell = bgNbdProbabilityAlive(bg, { frequency: [4], recency: [30], T: [39] })[0]
    expect(table[30 * 6 + 4]).toBe(cell)
  })
})

describe('NBD', () => {
  const model = nbdFromParameters({ r: 0.385, alpha: 12.072 })
  it('finds planted parameters', () => {
    const random = createRandom(5)
    const T = Array.from({ length: 4000 }, () => 30 + 10 * random.uniform())
    const frequency = T.map((t) => samplePoisson(random, sampleGamma(random, 0.8, 12) * t))
    const fit = fitNbd({ frequency, recency: frequency.map((x, i) => (x > 0 ? T[i]! * 0.9 : 0)), T })
    expect(Math.abs(fit.parameters.r - 0.8)).toBeLessThan(3 * fit.standardErrors!.r)
    expect(Math.abs(fit.parameters.alpha - 12)).toBeLessThan(3 * fit.standardErrors!.alpha)
    const each = nbdLogLikelihood(fit, {
      frequency,
      recency: frequency.map((x, i) => (x > 0 ? T[i]! * 0.9 : 0)),
      T,
    })
    expect(each.reduce((a, b) => a + b, 0)).toBeCloseTo(fit.diagnostics!.logLikelihood, 6)
  })
  it('expects a rate that never stops', () => {
    const [one] = nbdExpectedTransactions(model, 39, { frequency: [2], recency: [30], T: [38.86] })
    expect(one).toBeCloseTo((39 * 2.385) / (12.072 + 38.86), 12)
  })
})

describe('BG/BB', () => {
  const model = bgBbFromParameters({ alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 })
  it('counts between two opportunities as from the start where nothing lies before', () => {
    for (let x = 0; x <= 6; x++) expect(bgBbPmfBetween(model, x, 0, 6)).toBeCloseTo(bgBbPmf(model, x, 6), 14)
    const later = [0, 1, 2, 3, 4, 5].map((x) => bgBbPmfBetween(model, x, 6, 5))
    expect(later.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
  })
  it('has posterior means that start at the prior and follow the data', () => {
    const none = { frequency: [0], recency: [0], opportunities: [0] }
    expect(bgBbPosteriorMoment(model, 1, 0, none)[0]).toBeCloseTo(1.204 / (1.204 + 0.75), 12)
    expect(bgBbPosteriorMoment(model, 0, 1, none)[0]).toBeCloseTo(0.657 / (0.657 + 2.783), 12)
    const seen = { frequency: [0, 6], recency: [0, 6], opportunities: [6, 6] }
    const [idle, busy] = bgBbPosteriorMoment(model, 1, 0, seen)
    // With six purchases at six chances nobody has dropped out, so the rate is that of a beta-binomial.
    expect(busy).toBeCloseTo((1.204 + 6) / (1.204 + 0.75 + 6), 12)
    expect(idle).toBeLessThan(busy!)
  })
})
