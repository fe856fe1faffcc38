import {
  createRandom,
  fitGammaGamma,
  gammaGammaConditionalMean,
  gammaGammaFromParameters,
  sampleGamma,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

function simulate(n: number): { frequency: number[]; monetaryValue: number[] } {
  const random = createRandom(11)
  const data = { frequency: [] as number[], monetaryValue: [] as number[] }
  for (let i = 0; i < n; i++) {
    const count = Math.floor(6 * random.uniform())
    const rate = sampleGamma(random, 4, 15)
    data.frequency.push(count)
    data.monetaryValue.push(count === 0 ? 0 : sampleGamma(random, 6 * count, rate * count))
  }
  return data
}

describe('fitGammaGamma', () => {
  const data = simulate(4000)
  const model = fitGammaGamma(data)
  it('recovers planted parameters within three standard errors', () => {
    for (const [name, planted] of [
      ['p', 6],
      ['q', 4],
      ['v', 15],
    ] as const)
      expect(Math.abs(model.parameters[name] - planted)).toBeLessThan(3 * model.standardErrors![name])
  })
  it('finds no correlation where there is none', () => {
    expect(model.independence!.lower).toBeLessThan(0)
    expect(model.independence!.upper).toBeGreaterThan(0)
  })
  it('scales v with the currency', () => {
    const cents = fitGammaGamma({ ...data, monetaryValue: data.monetaryValue.map((v) => v * 100) })
    expect(cents.parameters.v / 100).toBeCloseTo(model.parameters.v, 4)
    expect(cents.parameters.q).toBeCloseTo(model.parameters.q, 5)
  })
  it('refuses when spend depends on frequency beyond the limit', () => {
    const dependent = { frequency: [1, 2, 3, 4, 5], monetaryValue: [1, 2.1, 2.9, 4, 5] }
    expect(() => fitGammaGamma(dependent, { maximumCorrelation: 0.3 })).toThrow('assumes they do not')
  })
  it('refuses when every customer spends the same', () =>
    expect(() => fitGammaGamma({ frequency: [1, 2, 3], monetaryValue: [5, 5, 5] })).toThrow(
      'same mean spend',
    ))
})

describe('gammaGammaConditionalMean', () => {
  it('is the population mean p·v/(q − 1) without a repeat, and moves to the own mean with more repeats', () => {
    const model = gammaGammaFromParameters({ p: 6, q: 4, v: 15 })
    const means = gammaGammaConditionalMean(model, { frequency: [0, 1, 1000], monetaryValue: [0, 60, 60] })
    expect(means[0]).toBe(30)
    expect(means[1]).toBe(50)
    expect(means[2]).toBeCloseTo(60, 1)
  })
  it('refuses where the mean is infinite', () =>
    expect(() =>
      gammaGammaConditionalMean(gammaGammaFromParameters({ p: 6, q: 0.9, v: 15 }), {
        frequency: [0],
        monetaryValue: [0],
      }),
    ).toThrow('not finite'))
})
