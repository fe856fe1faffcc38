import { StatsError } from '../stats-error.ts'
import type { CreditTerms } from './credit-value.ts'

/**
 * What is owed at the beginning of each month of a loan repaid in equal instalments.
 * One value ≥ 0 a month, in the principal's currency; length `termMonths`.
 * Cost O(termMonths).
 * Source: Thomas, Crook and Edelman (2017), Credit Scoring and Its Applications, https://doi.org/10.1137/1.9781611974560
 * @throws StatsError `outOfDomain`
 * @example
 * annuityExposure(1200, 0.01, 3) // → [1200, 803.9735, 403.9867]
 */
export function annuityExposure(principal: number, rateMonthly: number, termMonths: number): Float64Array {
  if (!(principal > 0 && principal < Infinity))
    throw new StatsError(
      'outOfDomain',
      `principal is ${principal}; a finite amount greater than zero was expected.`,
    )
  if (!(rateMonthly >= 0 && rateMonthly < Infinity))
    throw new StatsError(
      'outOfDomain',
      `rateMonthly is ${rateMonthly}; a share ≥ 0 was expected, such as 0.01.`,
    )
  if (!Number.isInteger(termMonths) || termMonths < 1)
    throw new StatsError('outOfDomain', `termMonths is ${termMonths}; a whole number ≥ 1 was expected.`)
  const whole = -Math.expm1(-termMonths * Math.log1p(rateMonthly))
  return Float64Array.from({ length: termMonths }, (_, t) =>
    rateMonthly === 0
      ? (principal * (termMonths - t)) / termMonths
      : (principal * -Math.expm1(-(termMonths - t) * Math.log1p(rateMonthly))) / whole,
  )
}

/** Checks what a credit value assumes and returns the months; each refusal names its assumption. */
export function checkCreditTerms(terms: CreditTerms): number {
  const months = terms.exposure.length
  if (months === 0)
    throw new StatsError('emptyData', 'There is no month of exposure; at least one was expected.')
  if (terms.defaultHazard.length !== months || terms.prepaymentHazard.length !== months)
    throw new StatsError(
      'lengthMismatch',
      `exposure, defaultHazard and prepaymentHazard have ${months}, ${terms.defaultHazard.length} and ${terms.prepaymentHazard.length} months; equal lengths were expected.`,
    )
  for (let t = 0; t < months; t++) {
    const [exposure, d, q] = [terms.exposure[t]!, terms.defaultHazard[t]!, terms.prepaymentHazard[t]!]
    if (!(exposure >= 0 && exposure < Infinity))
      throw new StatsError(
        'outOfDomain',
        `exposure is ${exposure} in month ${t}; a finite amount ≥ 0 was expected.`,
        { context: { month: t } },
      )
    if (!(d >= 0 && d <= 1 && q >= 0 && q <= 1))
      throw new StatsError(
        'outOfDomain',
        `The hazards of month ${t} are ${d} (default) and ${q} (prepayment); shares between 0 and 1 were expected.`,
        { context: { month: t } },
      )
    if (d + q > 1 + 1e-12)
      throw new StatsError(
        'assumptionFailed',
        `Default and prepayment compete, but their hazards add up to ${d + q} in month ${t}.`,
        {
          hint: 'Estimate both from the same accounts at risk, as cause-specific hazards.',
          context: { month: t },
        },
      )
  }
  if (!(terms.lossGivenDefault >= 0 && terms.lossGivenDefault <= 1))
    throw new StatsError(
      'outOfDomain',
      `lossGivenDefault is ${terms.lossGivenDefault}; a share between 0 and 1 was expected.`,
    )
  if (!(terms.discountRateMonthly > -1 && terms.discountRateMonthly < Infinity))
    throw new StatsError(
      'outOfDomain',
      `discountRateMonthly is ${terms.discountRateMonthly}; a share above −1 was expected, such as 0.008.`,
    )
  for (const name of [
    'interestRateMonthly',
    'fundingRateMonthly',
    'operatingCostMonthly',
    'acquisitionCost',
  ] as const)
    if (!Number.isFinite(terms[name]))
      throw new StatsError('notFinite', `${name} is ${terms[name]}; a finite number was expected.`)
  if (months > terms.observedMonths && terms.extrapolation !== 'asGiven')
    throw new StatsError(
      'assumptionFailed',
      `The hazards were observed for ${terms.observedMonths} months, and the value is asked for ${months}.`,
      {
        hint: 'Shorten the horizon, or state extrapolation: "asGiven" and say so in the report.',
        context: { observedMonths: terms.observedMonths, months },
      },
    )
  if (terms.lossGivenDefault > 0 && Array.from(terms.defaultHazard).every((d) => d === 0))
    throw new StatsError(
      'assumptionFailed',
      'No month has a chance of default; a credit without default risk is an observation gap, not an assumption to value it by.',
      {
        hint: 'Use the upper bound of the default rate (for 0 of n, about 3/n), or set the loss given default to 0 for secured exposure.',
      },
    )
  return months
}
