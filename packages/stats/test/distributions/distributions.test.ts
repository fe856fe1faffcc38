import {
  betaCdf,
  betaQuantile,
  binomialCdf,
  binomialQuantile,
  chiSquareQuantile,
  chiSquareSurvival,
  chiSquareUpperQuantile,
  fQuantile,
  gammaCdf,
  gammaQuantile,
  negativeBinomialCdf,
  negativeBinomialPmf,
  normalCdf,
  normalLogCdf,
  normalQuantile,
  poissonCdf,
  poissonPmf,
  poissonQuantile,
  tCdf,
  tQuantile,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const probability = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true })

describe('known quantiles', () => {
  it.each([
    ['normal', normalQuantile(0.975), 1.959963984540054],
    ['t with 10', tQuantile(0.975, 10), 2.2281388519649385],
    ['chi-square with 3', chiSquareQuantile(0.95, 3), 7.814727903251179],
    ['F with 3 and 10', fQuantile(0.95, 3, 10), 3.7082648190468435],
  ])('%s', (_, actual, expected) => expect(actual).toBeCloseTo(expected, 10))
})

describe('tails', () => {
  it('reaches forty standard deviations in logs', () =>
    expect(normalLogCdf(-40)).toBeCloseTo(-804.6084420137538, 9))
  it('keeps 10⁻³⁰ of a chi-square', () => {
    expect(chiSquareSurvival(chiSquareUpperQuantile(1e-30, 4), 4) / 1e-30).toBeCloseTo(1, 9)
  })
})

describe('a quantile inverts its distribution function', () => {
  it('normal', () =>
    fc.assert(
      fc.property(probability, (p) => {
        expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 9)
      }),
    ))
  it('t', () =>
    fc.assert(
      fc.property(probability, fc.double({ min: 0.5, max: 1e5, noNaN: true }), (p, df) => {
        expect(tCdf(tQuantile(p, df), df) / p).toBeCloseTo(1, 7)
      }),
    ))
  it('gamma', () =>
    fc.assert(
      fc.property(probability, fc.double({ min: 0.2, max: 200, noNaN: true }), (p, a) => {
        expect(gammaCdf(gammaQuantile(p, a), a) / p).toBeCloseTo(1, 7)
      }),
    ))
  it('beta', () =>
    fc.assert(
      fc.property(probability, fc.double({ min: 0.5, max: 50, noNaN: true }), (p, a) => {
        expect(betaCdf(betaQuantile(p, a, 3), a, 3) / p).toBeCloseTo(1, 6)
      }),
    ))
  it('binomial: the smallest k that reaches p', () =>
    fc.assert(
      fc.property(probability, fc.integer({ min: 1, max: 500 }), (p, n) => {
        const k = binomialQuantile(p, n, 0.3)
        expect(binomialCdf(k, n, 0.3)).toBeGreaterThanOrEqual(p * (1 - 1e-12))
        expect(binomialCdf(k - 1, n, 0.3)).toBeLessThan(p)
      }),
    ))
  it('Poisson of its own distribution function is the count again', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), (k) => {
        expect(poissonQuantile(poissonCdf(k, 30), 30)).toBe(k)
      }),
    ))
})

describe('sums', () => {
  it('Poisson terms add up to the distribution function', () => {
    let sum = 0
    for (let k = 0; k <= 7; k++) sum += poissonPmf(k, 4.2)
    expect(sum).toBeCloseTo(poissonCdf(7, 4.2), 13)
  })
  it('negative binomial terms add up too', () => {
    let sum = 0
    for (let k = 0; k <= 9; k++) sum += negativeBinomialPmf(k, 0.7, 0.2)
    expect(sum).toBeCloseTo(negativeBinomialCdf(9, 0.7, 0.2), 13)
  })
})
