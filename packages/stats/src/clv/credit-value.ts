import type { RandomGenerator } from '../random/generator.ts'
import { sampleNormal } from '../random/samplers.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { checkCreditTerms } from './credit-terms.ts'

/**
 * A loan or line of credit month by month. Rates are monthly shares; money is in one currency.
 * Month t runs from t to t + 1; `exposure[t]` is what is owed at its beginning if nothing has happened before.
 */
export interface CreditTerms {
  readonly exposure: ArrayLike<number>
  /** Chance of default in each month of those alive at its beginning, and of paying off early. */
  readonly defaultHazard: ArrayLike<number>
  readonly prepaymentHazard: ArrayLike<number>
  /** Share of the exposure at default that is lost after recoveries. */
  readonly lossGivenDefault: number
  /** Exposure at default over exposure at the month's beginning: above 1 where a line is drawn before default. Default 1. */
  readonly exposureAtDefault?: number
  /** Months until recoveries arrive; the loss is booked at default, recoveries are discounted from then. Default 0. */
  readonly recoveryLagMonths?: number
  readonly interestRateMonthly: number
  /** Paid by each account alive at the month's end. Default 0. */
  readonly feeMonthly?: number
  /** Share of the exposure that an early repayment pays as a fee. Default 0. */
  readonly prepaymentFee?: number
  readonly fundingRateMonthly: number
  readonly operatingCostMonthly: number
  readonly acquisitionCost: number
  readonly discountRateMonthly: number
  /** Months for which the hazards were observed. Beyond them the value is refused unless extrapolation is stated. */
  readonly observedMonths: number
  readonly extrapolation?: 'refuse' | 'asGiven'
}

export interface CreditValue {
  readonly interest: number
  readonly fees: number
  readonly expectedLoss: number
  readonly funding: number
  readonly operating: number
  readonly acquisition: number
  /** Interest + fees − loss − funding − operating − acquisition, all discounted to today. */
  readonly total: number
  /** Share of accounts alive at the end of each month, and share that has defaulted by then. */
  readonly survival: Float64Array
  readonly cumulativeDefault: Float64Array
  /** Probability-weighted months of life. */
  readonly expectedLifeMonths: number
}

/**
 * Risk-adjusted value of a credit: what it earns while it lives, less PD × LGD × EAD each month, funding, operating and
 * acquisition cost, discounted at the end of each month. Default and prepayment compete: survival is Π(1 − d − q).
 * Cost O(months).
 * Source: Thomas, Crook and Edelman (2017), Credit Scoring and Its Applications, chapters 8 and 11; Stepanova and Thomas
 * (2002), https://doi.org/10.1287/opre.50.2.277.426; Basel Committee (2005), PD × LGD × EAD.
 * @throws StatsError `emptyData`, `notFinite`, `assumptionFailed` naming the assumption, `lengthMismatch`,
 * `outOfDomain`
 * @example
 * const terms = { exposure: annuityExposure(1200, 0.02, 3), defaultHazard: [0.01, 0.01, 0.01], prepaymentHazard: [0, 0, 0],
 *   lossGivenDefault: 0.6, interestRateMonthly: 0.02, fundingRateMonthly: 0.003, operatingCostMonthly: 1,
 *   acquisitionCost: 10, discountRateMonthly: 0.005, observedMonths: 3 }
 * creditValue(terms).total // → 12.76107
 */
export function creditValue(terms: CreditTerms): CreditValue {
  const months = checkCreditTerms(terms)
  const discount = 1 / (1 + terms.discountRateMonthly)
  const lag = discount ** (terms.recoveryLagMonths ?? 0)
  const severity = 1 - (1 - terms.lossGivenDefault) * lag
  const survival = new Float64Array(months)
  const cumulativeDefault = new Float64Array(months)
  let [interest, fees, loss, funding, operating, life] = [0, 0, 0, 0, 0, 0]
  let alive = 1
  let defaulted = 0
  let factor = 1
  for (let t = 0; t < months; t++) {
    const exposure = terms.exposure[t]!
    const d = terms.defaultHazard[t]!
    const q = terms.prepaymentHazard[t]!
    factor *= discount
    interest += factor * alive * (1 - d) * exposure * terms.interestRateMonthly
    fees += factor * alive * ((1 - d) * (terms.feeMonthly ?? 0) + q * exposure * (terms.prepaymentFee ?? 0))
    loss += factor * alive * d * exposure * (terms.exposureAtDefault ?? 1) * severity
    funding += factor * alive * exposure * terms.fundingRateMonthly
    operating += factor * alive * terms.operatingCostMonthly
    life += alive
    defaulted += alive * d
    alive *= 1 - d - q
    survival[t] = alive
    cumulativeDefault[t] = defaulted
  }
  const total = interest + fees - loss - funding - operating - terms.acquisitionCost
  return {
    interest,
    fees,
    expectedLoss: loss,
    funding,
    operating,
    acquisition: terms.acquisitionCost,
    total,
    survival,
    cumulativeDefault,
    expectedLifeMonths: life,
  }
}

export interface CreditUncertainty {
  /** Standard errors of the logarithm of all default hazards together, and of all prepayment hazards. */
  readonly logDefault: number
  readonly logPrepayment: number
  /** Standard error of the loss given default, on the logit scale. */
  readonly logitLoss: number
  /** Correlation of default and loss. Default 0. */
  readonly correlation?: number
}

export interface CreditValueInterval {
  readonly value: CreditValue
  readonly lower: number
  readonly upper: number
  readonly level: number
  /** Share of draws with a value below zero. */
  readonly chanceOfLoss: number
}

/**
 * The value with an interval for the expected value of many such accounts: the levels of default, prepayment and loss are
 * drawn from their stated uncertainty, all months together. It is not the spread of a single account, which either
 * defaults or does not.
 * Cost O(draws × months).
 * Source: Thomas, Crook and Edelman (2017), chapter 11, https://doi.org/10.1137/1.9781611974560
 * @throws StatsError as `creditValue`; `invalidOption`
 * @example
 * const terms = { exposure: annuityExposure(1200, 0.02, 3), defaultHazard: [0.01, 0.01, 0.01], prepaymentHazard: [0, 0, 0],
 *   lossGivenDefault: 0.6, interestRateMonthly: 0.02, fundingRateMonthly: 0.003, operatingCostMonthly: 1,
 *   acquisitionCost: 10, discountRateMonthly: 0.005, observedMonths: 3 }
 * const uncertainty = { logDefault: 0.2, logPrepayment: 0.1, logitLoss: 0.3 }
 * creditValueInterval(terms, uncertainty, { random: createRandom(1), draws: 200 }).lower // → 5.483741
 */
export function creditValueInterval(
  terms: CreditTerms,
  uncertainty: CreditUncertainty,
  options: { readonly random: RandomGenerator; readonly level?: number; readonly draws?: number },
): CreditValueInterval {
  const value = creditValue(terms)
  const level = options.level ?? 0.95
  const draws = options.draws ?? 2000
  requireLevel('level', level)
  if (!Number.isInteger(draws) || draws < 100)
    throw new StatsError('invalidOption', `draws is ${draws}; a whole number ≥ 100 was expected.`)
  const rho = uncertainty.correlation ?? 0
  if (!(rho >= -1 && rho <= 1))
    throw new StatsError('invalidOption', `correlation is ${rho}; a number between −1 and 1 was expected.`)
  for (const [name, sd] of Object.entries({
    logDefault: uncertainty.logDefault,
    logPrepayment: uncertainty.logPrepayment,
    logitLoss: uncertainty.logitLoss,
  }))
    if (!(sd >= 0 && sd < Infinity))
      throw new StatsError('invalidOption', `${name} is ${sd}; a finite standard error ≥ 0 was expected.`)
  const totals = new Float64Array(draws)
  for (let k = 0; k < draws; k++) {
    const random = options.random.stream(k)
    const [first, second, third] = [sampleNormal(random), sampleNormal(random), sampleNormal(random)]
    const drawn = drawTerms(
      terms,
      first * uncertainty.logDefault,
      second * uncertainty.logPrepayment,
      (rho * first + Math.sqrt(1 - rho * rho) * third) * uncertainty.logitLoss,
    )
    totals[k] = creditValue(drawn).total
  }
  totals.sort()
  const chanceOfLoss = totals.filter((v) => v < 0).length / draws
  return {
    value,
    lower: quantileOfSorted(totals, (1 - level) / 2),
    upper: quantileOfSorted(totals, (1 + level) / 2),
    level,
    chanceOfLoss,
  }
}

/** Hazards move on the complementary log-log scale, on which a change of their logarithm keeps them below one; the two are capped together. */
function drawTerms(
  terms: CreditTerms,
  logDefault: number,
  logPrepayment: number,
  logitLoss: number,
): CreditTerms {
  const move = (hazard: number, shift: number): number => -Math.expm1(Math.log1p(-hazard) * Math.exp(shift))
  const defaultHazard = Float64Array.from(terms.defaultHazard, (d) => move(d, logDefault))
  const prepaymentHazard = Float64Array.from(terms.prepaymentHazard, (q, t) =>
    Math.min(move(q, logPrepayment), 1 - defaultHazard[t]!),
  )
  const lgd = terms.lossGivenDefault
  const lossGivenDefault = lgd <= 0 || lgd >= 1 ? lgd : 1 / (1 + ((1 - lgd) / lgd) * Math.exp(-logitLoss))
  return { ...terms, defaultHazard, prepaymentHazard, lossGivenDefault }
}

function quantileOfSorted(values: Float64Array, p: number): number {
  const at = p * (values.length - 1)
  const low = Math.floor(at)
  return values[low]! + (at - low) * ((values[low + 1] ?? values[low]!) - values[low]!)
}
