import {
  createRandom,
  sampleBeta,
  sampleBinomial,
  sampleGamma,
  sampleInteger,
  sampleNormal,
  samplePoisson,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

const mean = (n: number, draw: () => number): number => {
  let sum = 0
  for (let i = 0; i < n; i++) sum += draw()
  return sum / n
}

describe('Philox', () => {
  it('gives the published answer for key 0 and counter 0', () => {
    const random = createRandom(0)
    const words = [random.uint32(), random.uint32(), random.uint32(), random.uint32()]
    expect(words).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8])
  })
  it('repeats for equal seeds and differs between streams', () => {
    expect(createRandom(7).uniform()).toBe(createRandom(7).uniform())
    const root = createRandom(7)
    const seen = new Set([
      root.uniform(),
      root.stream(1).uniform(),
      root.stream(2).uniform(),
      root.stream(1).stream(2).uniform(),
    ])
    expect(seen.size).toBe(4)
  })
  it('refuses a fractional seed', () => expect(() => createRandom(1.5)).toThrow('whole number'))
})

describe('samplers have the mean they should', () => {
  const random = createRandom(20260101)
  it.each([
    ['normal', (): number => sampleNormal(random, 3, 2), 3, 0.03],
    ['gamma below one', (): number => sampleGamma(random, 0.3, 2), 0.15, 0.005],
    ['beta', (): number => sampleBeta(random, 2, 3), 0.4, 0.004],
    ['small Poisson', (): number => samplePoisson(random, 3), 3, 0.03],
    ['large Poisson', (): number => samplePoisson(random, 50), 50, 0.12],
    ['binomial', (): number => sampleBinomial(random, 100, 0.3), 30, 0.08],
    ['integer', (): number => sampleInteger(random, 7), 3, 0.04],
  ])('%s', (_, draw, expected, error) => expect(Math.abs(mean(50_000, draw) - expected)).toBeLessThan(error))
})
