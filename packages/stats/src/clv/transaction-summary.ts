import { StatsError } from '../stats-error.ts'
import { type PeriodUnit, periodOrdinal } from './period.ts'

/** One row per purchase, in any order. Days are whole numbers counted from 1970-01-01 in the business's own calendar. */
export interface TransactionLog {
  readonly customer: ArrayLike<number>
  readonly day: ArrayLike<number>
  readonly amount?: ArrayLike<number>
}

export interface SummaryOptions {
  /** Last day of observation. A purchase counts when its period is not after this day's period. */
  readonly observationEnd: number
  /** Purchases of one customer in one period count once and their amounts are added. */
  readonly period: PeriodUnit
  /** Periods to a unit of time: 7 with `day` gives weeks with fractions, 1 whole periods. Default 1. */
  readonly periodsPerUnit?: number
  /** Whether the first period counts in frequency and mean spend. Default `exclude`, as every BTYD model here needs. */
  readonly firstTransaction?: 'exclude' | 'include'
}

/** One row per customer, ascending by customer. */
export interface CustomerSummary {
  readonly customer: Float64Array
  readonly frequency: Float64Array
  /** Last minus first period. */
  readonly recency: Float64Array
  /** Period of the observation's end minus first period. */
  readonly T: Float64Array
  /** Mean over repeat periods of the period's total; 0 without a repeat. All 0 when the log has no amounts. */
  readonly monetaryValue: Float64Array
  /** Ordinal of the first period. */
  readonly firstPeriod: Float64Array
}

/** One row per customer seen in calibration. Customers whose first purchase falls into the holdout are left out. */
export interface CalibrationHoldout {
  readonly calibration: CustomerSummary
  readonly holdoutFrequency: Float64Array
  /** Mean over holdout periods with a purchase; 0 without one. */
  readonly holdoutMonetaryValue: Float64Array
  readonly holdoutDuration: number
}

/**
 * Turns purchases into frequency, recency, T and mean spend.
 * Cost one sort.
 * Conventions: Fader and Hardie (2009), "Probability models for customer-base analysis", https://doi.org/10.1016/j.intmar.2008.11.003;
 * period rules as in lifetimes' `summary_data_from_transaction_data` with the option's name said out loud.
 * Source: Fader and Hardie (2009), https://doi.org/10.1016/j.intmar.2008.11.003
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`, `notFinite`
 * @example
 * const log = { customer: [1, 1, 1, 2], day: [0, 5, 9, 3], amount: [10, 20, 30, 15] }
 * const { frequency, recency, T, monetaryValue } = summarizeTransactions(log, { observationEnd: 20, period: 'day' })
 * { frequency, recency, T, monetaryValue } // → { frequency: [2, 0], recency: [9, 0], T: [20, 17], monetaryValue: [25, 0] }
 */
export function summarizeTransactions(log: TransactionLog, options: SummaryOptions): CustomerSummary {
  const last = periodOrdinal(options.observationEnd, options.period)
  return summarizePeriods(
    squash(log, options.period, (_, period) => period <= last),
    last,
    options,
  )
}

/**
 * Splits purchases at a calibration day: the summary up to and with it, and the purchase periods after it up to and with
 * the observation's end. Days decide, periods are counted (a week that holds the calibration day can count in both).
 * Cost O(n log n).
 * Source: Fader and Hardie (2009), https://doi.org/10.1016/j.intmar.2008.11.003
 * @throws StatsError `invalidOption` or as `summarizeTransactions`
 * @example
 * const log = { customer: [1, 1, 1, 2], day: [0, 5, 19, 3] }
 * splitCalibrationHoldout(log, 10, { observationEnd: 20, period: 'day' }).holdoutFrequency // → [1, 0]
 */
export function splitCalibrationHoldout(
  log: TransactionLog,
  calibrationEnd: number,
  options: SummaryOptions,
): CalibrationHoldout {
  if (!(calibrationEnd < options.observationEnd))
    throw new StatsError(
      'invalidOption',
      `Calibration ends on day ${calibrationEnd}, observation on day ${options.observationEnd}; calibration must end first.`,
    )
  const calibrationLast = periodOrdinal(calibrationEnd, options.period)
  const unit = options.periodsPerUnit ?? 1
  const calibration = summarizePeriods(
    squash(log, options.period, (day) => day <= calibrationEnd),
    calibrationLast,
    options,
  )
  const after = squash(
    log,
    options.period,
    (day) => day > calibrationEnd && day <= options.observationEnd,
    true,
  )
  const index = new Map<number, number>()
  for (let i = 0; i < calibration.customer.length; i++) index.set(calibration.customer[i]!, i)
  const holdoutFrequency = new Float64Array(calibration.customer.length)
  const holdoutMonetaryValue = new Float64Array(calibration.customer.length)
  for (let k = 0; k < after.customer.length; k++) {
    const at = index.get(after.customer[k]!)
    if (at === undefined) continue
    holdoutFrequency[at]!++
    holdoutMonetaryValue[at]! += after.amount[k]!
  }
  for (let i = 0; i < holdoutFrequency.length; i++)
    if (holdoutFrequency[i]! > 0) holdoutMonetaryValue[i]! /= holdoutFrequency[i]!
  const holdoutDuration = (periodOrdinal(options.observationEnd, options.period) - calibrationLast) / unit
  return { calibration, holdoutFrequency, holdoutMonetaryValue, holdoutDuration }
}

/**
 * Times of first and of repeat purchases since the earliest purchase of all, squashed by period, in the options' unit:
 * what `trackRepeatPurchases` takes.
 * Cost O(n log n).
 * Source: Fader and Hardie (2009), https://doi.org/10.1016/j.intmar.2008.11.003
 * @throws StatsError as `summarizeTransactions`
 * @example
 * const log = { customer: [1, 1, 1, 2], day: [0, 5, 9, 3] }
 * repeatPurchaseTimes(log, { observationEnd: 20, period: 'day' }) // → { firstTimes: [0, 3], repeatTimes: [5, 9] }
 */
export function repeatPurchaseTimes(
  log: TransactionLog,
  options: SummaryOptions,
): { readonly firstTimes: Float64Array; readonly repeatTimes: Float64Array } {
  const last = periodOrdinal(options.observationEnd, options.period)
  const unit = options.periodsPerUnit ?? 1
  const { customer, period } = squash(log, options.period, (_, ordinal) => ordinal <= last)
  const origin = period.reduce((a, b) => Math.min(a, b), Infinity)
  const firstTimes: number[] = []
  const repeatTimes: number[] = []
  for (let k = 0; k < customer.length; k++) {
    const times = k > 0 && customer[k] === customer[k - 1] ? repeatTimes : firstTimes
    times.push((period[k]! - origin) / unit)
  }
  return { firstTimes: Float64Array.from(firstTimes), repeatTimes: Float64Array.from(repeatTimes) }
}

interface PeriodPurchases {
  readonly customer: Float64Array
  readonly period: Float64Array
  readonly amount: Float64Array
}

/** One row per customer and period, ascending. */
function squash(
  log: TransactionLog,
  unit: PeriodUnit,
  keep: (day: number, period: number) => boolean,
  mayBeEmpty = false,
): PeriodPurchases {
  const n = log.customer.length
  if (log.day.length !== n || (log.amount && log.amount.length !== n))
    throw new StatsError(
      'lengthMismatch',
      `customer, day and amount have ${n}, ${log.day.length} and ${log.amount?.length ?? n} values; equal lengths were expected.`,
    )
  const periods = new Float64Array(n)
  const order: number[] = []
  for (let i = 0; i < n; i++) {
    const day = log.day[i]!
    if (!Number.isFinite(log.customer[i]!))
      throw new StatsError(
        'notFinite',
        `customer is ${log.customer[i]} in row ${i}; a finite number was expected.`,
        { context: { index: i } },
      )
    if (!Number.isInteger(day))
      throw new StatsError(
        'outOfDomain',
        `day is ${day} in row ${i}; a whole number of days since 1970-01-01 was expected.`,
        { context: { index: i } },
      )
    if (log.amount && !Number.isFinite(log.amount[i]!))
      throw new StatsError(
        'notFinite',
        `amount is ${log.amount[i]} in row ${i}; a finite number was expected.`,
        { context: { index: i } },
      )
    periods[i] = periodOrdinal(day, unit)
    if (keep(day, periods[i]!)) order.push(i)
  }
  if (order.length === 0 && !mayBeEmpty)
    throw new StatsError(
      'emptyData',
      'No purchase falls into the observed time; at least one was expected.',
      { hint: 'Check the observation end and the day numbers.' },
    )
  order.sort((i, j) => log.customer[i]! - log.customer[j]! || periods[i]! - periods[j]! || i - j)
  const customer: number[] = []
  const period: number[] = []
  const amount: number[] = []
  for (const i of order) {
    const at = customer.length - 1
    const value = log.amount ? log.amount[i]! : 0
    if (at >= 0 && customer[at] === log.customer[i]! && period[at] === periods[i]) amount[at]! += value
    else {
      customer.push(log.customer[i]!)
      period.push(periods[i]!)
      amount.push(value)
    }
  }
  return {
    customer: Float64Array.from(customer),
    period: Float64Array.from(period),
    amount: Float64Array.from(amount),
  }
}

function summarizePeriods(
  purchases: PeriodPurchases,
  lastPeriod: number,
  options: SummaryOptions,
): CustomerSummary {
  const unit = options.periodsPerUnit ?? 1
  if (!(unit > 0))
    throw new StatsError(
      'invalidOption',
      `periodsPerUnit is ${unit}; a number greater than zero was expected.`,
    )
  const starts: number[] = []
  for (let k = 0; k < purchases.customer.length; k++)
    if (k === 0 || purchases.customer[k] !== purchases.customer[k - 1]) starts.push(k)
  const n = starts.length
  const summary = {
    customer: new Float64Array(n),
    frequency: new Float64Array(n),
    recency: new Float64Array(n),
    T: new Float64Array(n),
    monetaryValue: new Float64Array(n),
    firstPeriod: new Float64Array(n),
  }
  const skip = options.firstTransaction === 'include' ? 0 : 1
  starts.forEach((start, i) => {
    const end = starts[i + 1] ?? purchases.customer.length
    const first = purchases.period[start]!
    let spend = 0
    for (let k = start + skip; k < end; k++) spend += purchases.amount[k]!
    const counted = end - start - skip
    summary.customer[i] = purchases.customer[start]!
    summary.frequency[i] = counted
    summary.recency[i] = (purchases.period[end - 1]! - first) / unit
    summary.T[i] = (lastPeriod - first) / unit
    summary.monetaryValue[i] = counted > 0 ? spend / counted : 0
    summary.firstPeriod[i] = first
  })
  return summary
}
