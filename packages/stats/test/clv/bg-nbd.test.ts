import {
  bgNbdConditionalPmf,
  bgNbdExpectedByTime,
  bgNbdExpectedTransactions,
  bgNbdFromParameters,
  bgNbdPmf,
  bgNbdProbabilityAlive,
  createRandom,
  fitBgNbd,
  type StatsError,
  sampleBeta,
  sampleExponential,
  sampleGamma,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const cdnow = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })

/** Customers who buy at a gamma rate and leave with a beta chance after each repeat, seen for 100 to 300 days. */
function simulate(n: number, seed: number): { frequency: number[]; recency: number[]; T: number[] } {
  const random = createRandom(seed)
  const data = { frequency: [] as number[], recency: [] as number[], T: [] as number[] }
  for (let i = 0; i < n; i++) {
    const age = 100 + Math.floor(200 * random.uniform())
    const rate = sampleGamma(random, 0.6, 15)
    const dropout = sampleBeta(random, 0.9, 2.5)
    let [time, count, last] = [0, 0, 0]
    for (;;) {
      time += sampleExponential(random, rate)
      if (time > age) break
      count++
      last = time
      if (random.uniform() < dropout) break
    }
    data.frequency.push(count)
    data.recency.push(last)
    data.T.push(age)
  }
  return data
}

const small = simulate(3000, 5)

describe('fitBgNbd', () => {
  const model = fitBgNbd(small)

  it('recovers planted parameters within three standard errors', () => {
    const planted = { r: 0.6, alpha: 15, a: 0.9, b: 2.5 }
    for (const name of ['r', 'alpha', 'a', 'b'] as const)
      expect(Math.abs(model.parameters[name] - planted[name])).toBeLessThan(3 * model.standardErrors![name])
  })
  it('counts a weight of two as two customers', () => {
    const head = {
      frequency: small.frequency.slice(0, 500),
      recency: small.recency.slice(0, 500),
      T: small.T.slice(0, 500),
    }
    const doubled = fitBgNbd({
      frequency: [...head.frequency, ...head.frequency],
      recency: [...head.recency, ...head.recency],
      T: [...head.T, ...head.T],
    })
    const weighted = fitBgNbd({ ...head, weights: new Array<number>(500).fill(2) })
    expect(weighted.parameters.r).toBeCloseTo(doubled.parameters.r, 8)
    expect(weighted.standardErrors!.r).toBeCloseTo(doubled.standardErrors!.r, 8)
  })
  it('scales alpha with the unit of time and leaves the rest', () => {
    const weeks = fitBgNbd({
      ...small,
      recency: small.recency.map((v) => v / 7),
      T: small.T.map((v) => v / 7),
    })
    expect(weeks.parameters.alpha * 7).toBeCloseTo(model.parameters.alpha, 4)
    expect(weeks.parameters.b).toBeCloseTo(model.parameters.b, 4)
    expect(weeks.diagnostics!.logLikelihood).not.toBe(model.diagnostics!.logLikelihood)
  })
  it('serialises to JSON and predicts the same from it', () => {
    const restored = JSON.parse(JSON.stringify(model)) as typeof model
    expect(bgNbdExpectedTransactions(restored, 90, small)).toEqual(
      bgNbdExpectedTransactions(model, 90, small),
    )
  })
  it('refuses customers who never came back, saying what to do', () => {
    try {
      fitBgNbd({ frequency: [0, 0], recency: [0, 0], T: [10, 20] })
      expect.unreachable()
    } catch (error) {
      expect((error as StatsError).code).toBe('insufficientData')
      expect((error as StatsError).hint).toContain('longer window')
    }
  })
  it('names the row whose recency exceeds T', () =>
    expect(() => fitBgNbd({ frequency: [1, 2], recency: [3, 30], T: [10, 20] })).toThrow('row 1'))
})

describe('predictions', () => {
  it('is certain that a customer without a repeat is alive', () =>
    expect(bgNbdProbabilityAlive(cdnow, { frequency: [0], recency: [0], T: [100] })[0]).toBe(1))
  it('neither under- nor overflows at frequency 1,000', () => {
    const heavy = { frequency: [1000, 1000], recency: [10, 1000], T: [100, 1000] }
    expect(bgNbdProbabilityAlive(cdnow, heavy)[0]).toBe(0)
    expect(bgNbdExpectedTransactions(cdnow, 365, heavy).every(Number.isFinite)).toBe(true)
  })
  it('is smooth through a = 1', () => {
    const at = (a: number): number =>
      bgNbdExpectedByTime(bgNbdFromParameters({ r: 0.3, alpha: 5, a, b: 2 }), [30])[0]!
    expect(at(1)).toBeCloseTo(0.5 * (at(1 - 1e-5) + at(1 + 1e-5)), 9)
  })
  it('agrees with the direct formula when customers hardly differ', () => {
    const nearlyPoisson = bgNbdFromParameters({ r: 5000, alpha: 50_000, a: 1e-4, b: 100 })
    expect(bgNbdExpectedByTime(nearlyPoisson, [50])[0]).toBeCloseTo(5, 3)
  })
  it('has a count distribution that adds up to one and whose mean is the expectation', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.double({ min: 0, max: 1, noNaN: true }), (x, share) => {
        const row = { frequency: [x], recency: [x === 0 ? 0 : 5 + 30 * share], T: [40] }
        let [total, mean] = [0, 0]
        for (let n = 0; n < 150; n++) {
          const probability = bgNbdConditionalPmf(cdnow, n, 20, row)[0]!
          total += probability
          mean += n * probability
        }
        expect(total).toBeCloseTo(1, 8)
        expect(mean).toBeCloseTo(bgNbdExpectedTransactions(cdnow, 20, row)[0]!, 6)
      }),
      { numRuns: 25 },
    ))
  it('starts at nothing and grows with time', () => {
    const curve = bgNbdExpectedByTime(cdnow, [0, 1, 10, 100])
    expect(curve[0]).toBe(0)
    expect([...curve]).toEqual([...curve].sort((p, q) => p - q))
    expect(bgNbdPmf(cdnow, 0, 0)).toBe(1)
  })
})
