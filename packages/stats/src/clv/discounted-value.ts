import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import type { PurchaseHistory } from './purchase-history.ts'
import { expectedTransactions, type PurchaseModel } from './purchase-models.ts'

export interface DiscountedValueOptions {
  /** How many periods to look ahead, such as 12 for twelve months. */
  readonly periods: number
  /** Length of a period in the model's unit of time: a month is 30 for days (the convention of lifetimes), 4.345 for weeks, 1 for months. */
  readonly periodLength: number
  /** Discount rate per period; 0.01 is 1% a period. */
  readonly discountRate: number
  /** When a period's purchases are paid. Default `end`. */
  readonly timing?: 'start' | 'middle' | 'end'
}

/**
 * Discounted value of each row over the next periods: Σ value · [E(i·f) − E((i−1)·f)] / (1 + d)^i for payment at the end
 * of period i. `valuePerTransaction` is a margin per purchase, such as the Gamma-Gamma conditional mean times a margin rate.
 * Cost one prediction per period.
 * Source: Fader, Hardie and Lee (2005), "RFM and CLV", eq. 1, https://doi.org/10.1509/jmkr.2005.42.4.415 in discrete
 * periods.
 * @throws StatsError `emptyData`, `outOfDomain`, `lengthMismatch`, `notFinite`, `invalidOption`
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * const data = { frequency: [2], recency: [30.43], T: [38.86] }
 * discountedCustomerValue(model, data, [35], { periods: 12, periodLength: 4.345, discountRate: 0.01 }) // → [51.49761]
 */
export function discountedCustomerValue(
  model: PurchaseModel,
  data: PurchaseHistory,
  valuePerTransaction: ArrayLike<number>,
  options: DiscountedValueOptions,
): Float64Array {
  requireSameLength({ frequency: data.frequency, valuePerTransaction })
  requireFiniteColumn('valuePerTransaction', valuePerTransaction)
  const { periods, periodLength, discountRate } = options
  if (!Number.isInteger(periods) || periods < 1)
    throw new StatsError('invalidOption', `periods is ${periods}; a whole number ≥ 1 was expected.`)
  if (!(periodLength > 0))
    throw new StatsError(
      'invalidOption',
      `periodLength is ${periodLength}; a number greater than zero was expected.`,
    )
  if (!(discountRate > -1 && discountRate < Infinity))
    throw new StatsError(
      'invalidOption',
      `discountRate is ${discountRate}; a number above −1 was expected, such as 0.01.`,
    )
  const shift = options.timing === 'start' ? 1 : options.timing === 'middle' ? 0.5 : 0
  const value = new Float64Array(data.frequency.length)
  let before = new Float64Array(value.length)
  for (let period = 1; period <= periods; period++) {
    const until = expectedTransactions(model, period * periodLength, data)
    const factor = (1 + discountRate) ** -(period - shift)
    for (let i = 0; i < value.length; i++)
      value[i]! += valuePerTransaction[i]! * (until[i]! - before[i]!) * factor
    before = Float64Array.from(until)
  }
  return value
}
