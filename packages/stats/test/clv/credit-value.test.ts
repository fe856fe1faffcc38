import {
  annuityExposure,
  type CreditTerms,
  createRandom,
  creditValue,
  creditValueInterval,
  type StatsError,
} from '@tranche/stats'
import { describe, expect, it } from 'vitest'

/** 1,000 for two months, 1% interest, no discount: easy to follow by hand. */
const plain: CreditTerms = {
  exposure: [1000, 500],
  defaultHazard: [0.1, 0.2],
  prepaymentHazard: [0, 0],
  lossGivenDefault: 0.5,
  interestRateMonthly: 0.02,
  fundingRateMonthly: 0.01,
  operatingCostMonthly: 1,
  acquisitionCost: 5,
  discountRateMonthly: 0,
  observedMonths: 2,
}

describe('credit value', () => {
  it('adds up by hand', () => {
    const value = creditValue(plain)
    expect(value.interest).toBeCloseTo(0.9 * 1000 * 0.02 + 0.9 * 0.8 * 500 * 0.02, 12)
    expect(value.expectedLoss).toBeCloseTo(0.1 * 1000 * 0.5 + 0.9 * 0.2 * 500 * 0.5, 12)
    expect(value.funding).toBeCloseTo(1000 * 0.01 + 0.9 * 500 * 0.01, 12)
    expect(value.operating).toBeCloseTo(1.9, 12)
    expect(value.total).toBeCloseTo(
      value.interest - value.expectedLoss - value.funding - value.operating - 5,
      12,
    )
    expect([...value.survival]).toEqual([0.9, 0.9 * 0.8])
  })
  it('splits a lifetime into default, prepayment and survival', () => {
    const value = creditValue({ ...plain, prepaymentHazard: [0.3, 0.1] })
    const prepaid = 0.3 + value.survival[0]! * 0.1
    expect(value.survival[1]! + value.cumulativeDefault[1]! + prepaid).toBeCloseTo(1, 12)
  })
  it('loses more when recoveries come late', () =>
    expect(creditValue({ ...plain, discountRateMonthly: 0.02, recoveryLagMonths: 12 }).total).toBeLessThan(
      creditValue({ ...plain, discountRateMonthly: 0.02 }).total,
    ))
  it('scales with the currency', () => {
    const cents = creditValue({
      ...plain,
      exposure: [100_000, 50_000],
      operatingCostMonthly: 100,
      acquisitionCost: 500,
    })
    expect(cents.total).toBeCloseTo(100 * creditValue(plain).total, 9)
  })
  it.each([
    ['hazards that add up to more than one', { prepaymentHazard: [0.95, 0] }, 'compete'],
    ['a horizon beyond the observed months', { observedMonths: 1 }, 'observed for 1 months'],
    ['no chance of default at all', { defaultHazard: [0, 0] }, 'observation gap'],
  ])('names the assumption that failed: %s', (_, change, words) => {
    try {
      creditValue({ ...plain, ...change })
      expect.unreachable()
    } catch (error) {
      expect((error as StatsError).code).toBe('assumptionFailed')
      expect((error as StatsError).message).toContain(words)
    }
  })
  it('has an interval around the value that widens with uncertainty and repeats with the seed', () => {
    const of = (logDefault: number) =>
      creditValueInterval(
        plain,
        { logDefault, logPrepayment: 0, logitLoss: 0 },
        { random: createRandom(2), draws: 500 },
      )
    const [narrow, wide] = [of(0.1), of(0.4)]
    expect(narrow.lower).toBeLessThan(narrow.value.total)
    expect(wide.upper - wide.lower).toBeGreaterThan(narrow.upper - narrow.lower)
    expect(of(0.1).lower).toBe(narrow.lower)
  })
})

describe('annuity', () => {
  it('repays in equal parts without interest', () =>
    expect([...annuityExposure(1200, 0, 3)]).toEqual([1200, 800, 400]))
  it('leaves exactly one instalment at the end', () => {
    const rate = 0.01
    const exposure = annuityExposure(1000, rate, 12)
    const instalment = exposure[11]! * (1 + rate)
    expect(exposure[0]! * (1 + rate) - instalment).toBeCloseTo(exposure[1]!, 9)
  })
})
