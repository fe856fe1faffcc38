import {
  bgBbConditionalPmf,
  bgBbExpectedByTime,
  bgBbExpectedTransactions,
  bgBbFromParameters,
  bgBbPmf,
  bgBbProbabilityAlive,
  bgNbdCountInterval,
  bgNbdExpectedTransactions,
  bgNbdFromParameters,
  checkGradient,
  createRandom,
  customerValue,
  discountedCustomerValue,
  discountedTransactions,
  expectedTransactionsInterval,
  fitBgNbd,
  fitGammaGamma,
  mbgNbdConditionalPmf,
  mbgNbdExpectedByTime,
  mbgNbdExpectedTransactions,
  mbgNbdFromParameters,
  mbgNbdPmf,
  mbgNbdProbabilityAlive,
  paretoNbdConditionalPmf,
  paretoNbdDert,
  paretoNbdExpectedByTime,
  paretoNbdExpectedTransactions,
  paretoNbdFromParameters,
  paretoNbdPmf,
  portfolioValue,
  sampleBeta,
  sampleExponential,
  sampleGamma,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'
import { bgBbObjective } from '../../src/clv/bg-bb-likelihood.ts'
import { betaGeometricObjective } from '../../src/clv/bg-nbd-likelihood.ts'
import { paretoNbdObjective } from '../../src/clv/pareto-nbd-likelihood.ts'

const three = { frequency: [0, 2, 10], recency: [0, 30, 38], T: [38, 38, 38.5] }
const typed = {
  frequency: new Float64Array([0, 2, 10]),
  recency: new Float64Array([0, 30, 38]),
  T: new Float64Array([38, 38, 38.5]),
  weights: new Float64Array([5, 1, 2]),
}

describe('analytic gradients agree with numerical ones', () => {
  it('BG/NBD', () =>
    expect(
      checkGradient(betaGeometricObjective('bg', typed), new Float64Array([0.3, 5, 0.8, 2])),
    ).toBeLessThan(1e-6))
  it('MBG/NBD', () =>
    expect(
      checkGradient(betaGeometricObjective('mbg', typed), new Float64Array([0.3, 5, 0.8, 2])),
    ).toBeLessThan(1e-6))
  it('Pareto/NBD with alpha above beta', () =>
    expect(checkGradient(paretoNbdObjective(typed), new Float64Array([0.5, 12, 0.6, 5]))).toBeLessThan(1e-6))
  it('Pareto/NBD with alpha below beta', () =>
    expect(checkGradient(paretoNbdObjective(typed), new Float64Array([0.5, 5, 0.6, 12]))).toBeLessThan(1e-6))
  it('BG/BB', () => {
    const data = { frequency: [0, 1, 3], recency: [0, 2, 5], opportunities: [6, 6, 6] }
    expect(checkGradient(bgBbObjective(data, 3), new Float64Array([1.2, 0.7, 0.6, 2.8]))).toBeLessThan(1e-6)
  })
})

describe('MBG/NBD', () => {
  const model = mbgNbdFromParameters({ r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 })
  it('doubts a customer without a repeat too', () =>
    expect(mbgNbdProbabilityAlive(model, three)[0]).toBeLessThan(1))
  it('has a conditional count distribution whose mean is the conditional expectation', () => {
    let [total, mean] = [0, 0]
    for (let n = 0; n < 200; n++) {
      const chance = mbgNbdConditionalPmf(model, n, 20, three)[1]!
      total += chance
      mean += n * chance
    }
    expect(total).toBeCloseTo(1, 9)
    expect(mean).toBeCloseTo(mbgNbdExpectedTransactions(model, 20, three)[1]!, 7)
  })
  it('has a count distribution whose mean is its expectation', () => {
    let [total, mean] = [0, 0]
    for (let n = 0; n < 400; n++) {
      total += mbgNbdPmf(model, n, 30)
      mean += n * mbgNbdPmf(model, n, 30)
    }
    expect(total).toBeCloseTo(1, 10)
    expect(mean).toBeCloseTo(mbgNbdExpectedByTime(model, [30])[0]!, 8)
  })
})

describe('Pareto/NBD', () => {
  const model = paretoNbdFromParameters({ r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 })
  it('has a count distribution whose mean is its expectation', () => {
    let [total, mean] = [0, 0]
    for (let n = 0; n < 200; n++) {
      total += paretoNbdPmf(model, n, 30)
      mean += n * paretoNbdPmf(model, n, 30)
    }
    expect(total).toBeCloseTo(1, 9)
    expect(mean).toBeCloseTo(paretoNbdExpectedByTime(model, [30])[0]!, 7)
  })
  it('is smooth through s = 1', () => {
    const at = (s: number): number =>
      paretoNbdExpectedTransactions(paretoNbdFromParameters({ ...model.parameters, s }), 39, three)[1]!
    expect(at(1)).toBeCloseTo(0.5 * (at(1 - 1e-5) + at(1 + 1e-5)), 8)
  })
  it('has a conditional count distribution whose mean is the conditional expectation', () => {
    let [total, mean] = [0, 0]
    for (let n = 0; n < 120; n++) {
      const chance = paretoNbdConditionalPmf(model, n, 20, three)[1]!
      total += chance
      mean += n * chance
    }
    expect(total).toBeCloseTo(1, 9)
    expect(mean).toBeCloseTo(paretoNbdExpectedTransactions(model, 20, three)[1]!, 7)
  })
  it('has the DERT that discounted purchases tend to', () => {
    const forever = discountedTransactions(model, 50_000, 0.01, three)
    expect(forever[1]).toBeCloseTo(paretoNbdDert(model, 0.01, three)[1]!, 8)
  })
  it('discounts the future: DERT falls with the rate and stays below the undiscounted sum', () => {
    const [cheap, dear] = [paretoNbdDert(model, 0.001, three), paretoNbdDert(model, 0.01, three)]
    expect(dear[1]).toBeLessThan(cheap[1]!)
    expect(paretoNbdDert(model, 1, three)[1]!).toBeLessThan(
      paretoNbdExpectedTransactions(model, 1000, three)[1]!,
    )
  })
})

describe('BG/BB', () => {
  const model = bgBbFromParameters({ alpha: 1.2, beta: 0.75, gamma: 0.66, delta: 2.78 })
  it('has a count distribution that adds up to one with the right mean', () => {
    const chances = Array.from({ length: 7 }, (_, x) => bgBbPmf(model, x, 6))
    expect(chances.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    expect(chances.reduce((a, b, x) => a + b * x, 0)).toBeCloseTo(bgBbExpectedByTime(model, [6])[0]!, 12)
  })
  it('has a conditional count distribution whose mean is the conditional expectation', () => {
    const rows = { frequency: [2], recency: [4], opportunities: [6] }
    const chances = Array.from({ length: 6 }, (_, count) => bgBbConditionalPmf(model, count, 5, rows)[0]!)
    expect(chances.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    expect(chances.reduce((a, b, count) => a + b * count, 0)).toBeCloseTo(
      bgBbExpectedTransactions(model, 5, rows)[0]!,
      12,
    )
  })
  it('knows that a customer who bought at the last chance was alive then', () =>
    expect(
      bgBbProbabilityAlive(model, 0, { frequency: [3], recency: [6], opportunities: [6] })[0],
    ).toBeCloseTo(1, 12))
  it('expects nothing from no opportunities', () =>
    expect(bgBbExpectedTransactions(model, 0, { frequency: [3], recency: [6], opportunities: [6] })[0]).toBe(
      0,
    ))
})

describe('value', () => {
  const random = createRandom(8)
  const history = {
    frequency: [] as number[],
    recency: [] as number[],
    T: [] as number[],
    monetaryValue: [] as number[],
  }
  for (let i = 0; i < 600; i++) {
    const [rate, dropout] = [sampleGamma(random, 0.8, 10), sampleBeta(random, 1, 3)]
    let [x, last] = [0, 0]
    for (let time = sampleExponential(random, rate); time < 60; time += sampleExponential(random, rate)) {
      x++
      last = time
      if (random.uniform() < dropout) break
    }
    history.frequency.push(x)
    history.recency.push(last)
    history.T.push(60)
    history.monetaryValue.push(x === 0 ? 0 : sampleGamma(random, 6 * x, x * sampleGamma(random, 4, 15)))
  }
  const purchases = fitBgNbd(history)
  const spend = fitGammaGamma(history)
  const rows = { frequency: [0, 4], recency: [0, 50], T: [60, 60], monetaryValue: [0, 30] }

  it('contains the expectation in its interval, and an outcome is less certain than an expectation', () => {
    const of = (interval: 'expectation' | 'outcome') =>
      customerValue(purchases, spend, rows, { horizon: 52, interval, random: createRandom(1), draws: 400 })
    const [mean, outcome] = [of('expectation'), of('outcome')]
    expect(mean.lower[1]).toBeLessThan(mean.expected[1]!)
    expect(mean.upper[1]).toBeGreaterThan(mean.expected[1]!)
    expect(outcome.upper[1]! - outcome.lower[1]!).toBeGreaterThan(mean.upper[1]! - mean.lower[1]!)
  })
  it('gives a row the same interval whoever stands beside it', () => {
    const options = () => ({ horizon: 52, interval: 'outcome' as const, random: createRandom(1), draws: 200 })
    const both = customerValue(purchases, spend, rows, options())
    const alone = customerValue(
      purchases,
      spend,
      { frequency: [0], recency: [0], T: [60], monetaryValue: [0] },
      options(),
    )
    expect(alone.upper[0]).toBe(both.upper[0])
  })
  it('has a parameter interval around the expected purchases and a wider one for the count', () => {
    const interval = expectedTransactionsInterval(purchases, 52, rows)
    expect(interval.lower[1]).toBeLessThan(interval.expected[1]!)
    expect(bgNbdCountInterval(purchases, 52, rows).upper[1]).toBeGreaterThan(interval.upper[1]!)
  })
  it('does not let errors of customers average out over a portfolio', () => {
    const one = portfolioValue(purchases, spend, rows, { horizon: 52 })
    const many = portfolioValue(purchases, spend, { ...rows, weights: [1000, 1000] }, { horizon: 52 })
    expect(many.standardError / one.standardError).toBeCloseTo(1000, 6)
    expect(many.customers).toBe(2000)
  })
  it('names the parameters that ran to their bound when no customer ever drops out', () => {
    const steady = {
      frequency: [3, 5, 4, 6, 5, 4],
      recency: [59, 60, 59.5, 60, 59, 60],
      T: [60, 60, 60, 60, 60, 60],
    }
    const model = fitBgNbd(steady)
    expect(model.diagnostics!.atBound).not.toEqual([])
    expect(model.standardErrors).toBeNull()
    expect(bgNbdExpectedTransactions(model, 60, steady).every((v) => v > 3 && v < 7)).toBe(true)
  })
  it('refuses an interval for a model that was not fitted', () =>
    expect(() =>
      expectedTransactionsInterval(bgNbdFromParameters({ r: 1, alpha: 1, a: 1, b: 1 }), 1, rows),
    ).toThrow('covariance'))
  it('equals the plain expectation times value when nothing is discounted', () => {
    const value = discountedCustomerValue(purchases, rows, [2, 3], {
      periods: 4,
      periodLength: 13,
      discountRate: 0,
    })
    expect(value[1]).toBeCloseTo(3 * bgNbdExpectedTransactions(purchases, 52, rows)[1]!, 10)
  })
})
