import {
  digamma,
  erf,
  erfc,
  hypergeometric2F1,
  inverseRegularizedBeta,
  inverseRegularizedGammaP,
  logBeta,
  logChoose,
  logGamma,
  logHypergeometric2F1,
  regularizedBeta,
  regularizedGammaP,
  regularizedGammaQ,
  StatsError,
  trigamma,
} from '@tranche/stats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const close = (actual: number, expected: number, relative = 1e-13): void => {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.max(Math.abs(expected), 1e-300))
}

describe('gamma and beta', () => {
  it('knows Γ(½) = √π and 99!', () => {
    close(logGamma(0.5), 0.5 * Math.log(Math.PI))
    close(logGamma(100), 359.1342053695754)
  })
  it('gives −ln x for a tiny x', () => close(logGamma(1e-10), 23.025850929882733))
  it('keeps the digits of B(10¹⁵, 2) = 1/(a(a+1))', () => close(logBeta(1e15, 2), -2 * Math.log(1e15)))
  it('counts 100 choose 50', () => close(logChoose(100, 50), 66.78384165201743))
  it('refuses zero instead of returning NaN', () => expect(() => logGamma(0)).toThrow(StatsError))
  it('knows −ψ(1) = γ and ψ′(1) = π²/6', () => {
    close(digamma(1), -0.5772156649015329)
    close(trigamma(1), Math.PI ** 2 / 6)
  })
  it('satisfies ψ(x + 1) = ψ(x) + 1/x', () =>
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (x) => {
        expect(Math.abs(digamma(x + 1) - digamma(x) - 1 / x)).toBeLessThan(1e-12 * Math.max(1, 1 / x))
      }),
    ))
})

describe('error function', () => {
  it('agrees with tables', () => {
    close(erf(0.5), 0.5204998778130465)
    close(erfc(2), 0.004677734981047266)
    close(erfc(10), 2.088487583762545e-45)
  })
})

describe('incomplete gamma and beta', () => {
  it('knows that a chi-square of one degree is a squared normal', () =>
    close(regularizedGammaP(0.5, 0.5), 0.6826894921370859))
  it('stays exact at a million', () => close(regularizedGammaP(1e6, 1e6), 0.5001329807608691, 1e-10))
  it('keeps a tiny upper tail', () => close(regularizedGammaQ(1e-10, 1e-10), 2.2448659277e-9, 1e-9))
  it('knows I(0.3; 2, 3)', () => close(regularizedBeta(0.3, 2, 3), 0.3483))
  it('inverts the gamma', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 500, noNaN: true }),
        fc.double({ min: 1e-6, max: 0.999, noNaN: true }),
        (a, p) => close(regularizedGammaP(a, inverseRegularizedGammaP(a, p)), p, 1e-9),
      ),
    ))
  it('inverts the beta', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 500, noNaN: true }),
        fc.double({ min: 0.05, max: 500, noNaN: true }),
        fc.double({ min: 1e-6, max: 0.9, noNaN: true }),
        (a, b, p) => {
          const x = inverseRegularizedBeta(p, a, b)
          if (x < 1 - 1e-6) close(regularizedBeta(x, a, b), p, 1e-7)
        },
      ),
    ))
})

describe('2F1', () => {
  it('knows −ln(1 − z)/z', () => close(hypergeometric2F1(1, 1, 2, 0.5), 2 * Math.LN2))
  it('satisfies (1 − z)^(−a) when b = c, near one and below zero', () => {
    close(hypergeometric2F1(0.7, 1.3, 1.3, 0.999), 0.001 ** -0.7, 1e-10)
    close(hypergeometric2F1(0.7, 1.3, 1.3, -30), 31 ** -0.7)
  })
  it('agrees with its own logarithm', () =>
    close(logHypergeometric2F1(2.5, 3, 7.25, 0.8), Math.log(hypergeometric2F1(2.5, 3, 7.25, 0.8))))
  it('does not overflow at frequency 1,000', () =>
    expect(logHypergeometric2F1(1000.2, 1001, 1002.3, 0.99)).toBeGreaterThan(700))
  it('refuses a pole', () => expect(() => hypergeometric2F1(1, 1, -2, 0.5)).toThrow('pole'))
})
