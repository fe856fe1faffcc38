import { bgNbdExpectedTransactions, type GammaGammaModel, gammaGammaConditionalMean } from '@tranche/stats'
import type { Columns, Warehouse } from '../../engine/warehouse.ts'
import { byDialect, type Sql, sql, whole } from '../../sql/sql.ts'
import type { HistorySummary } from './histories.ts'
import { daysPerUnit, fitPurchaseModel, numbers, type TimeUnit } from './value-model.ts'

/** Customers the test is made on at the most; a fixed share of them by hash where there are more. */
const mostCustomers = 100_000
const customersPerPlace = 50

export interface PredictorResult {
  readonly name: 'lifetime_model' | 'last_year' | 'rfm'
  /** Share of the hold-out's amount held by the fifth of customers ranked highest. */
  readonly topFifthShare: number
  /** Mean absolute error of a customer's hold-out amount. */
  readonly meanAbsoluteError: number
  /** Predicted over actual total. */
  readonly totalRatio: number
}

export interface BackTest {
  readonly cutDay: string
  readonly holdoutDays: number
  readonly customers: number
  readonly results: readonly PredictorResult[]
  readonly winner: PredictorResult['name']
  /** False where a plain baseline was better both at ranking and in error. */
  readonly modelHolds: boolean
}

/** Customers with a history before the hold-out, in an order that has nothing to do with it; null where there is no hold-out. */
export async function backTestSample(
  warehouse: Warehouse,
  histories: Sql,
  summary: HistorySummary,
): Promise<Columns | null> {
  if (summary.holdoutDays === 0) return null
  // An order that the values have no part in, of so few places that some fifty customers share one.
  const places = Math.max(1, Math.floor(summary.customers / customersPerPlace))
  const step = Math.max(1, Math.ceil(summary.customers / mostCustomers))
  const hash = byDialect((dialect) => dialect.hash60(sql`customer_id`))
  return await warehouse.sortedColumns(sql`
    select ${hash} % ${whole(places)} as place, cut_frequency as frequency, cut_recency_days as recency_days, cut_age_days as age_days,
      cut_days_since_last as days_since_last, cast(cut_amount_365d as double) as last_year,
      cast(cut_amount as double) as amount, cast(coalesce(cut_repeat_amount, 0) as double) as repeat_amount,
      cast(holdout_amount as double) as actual
    from ${histories}
    where cut_days > 0 and cut_age_days >= 0 ${step === 1 ? sql`` : sql`and ${hash} % ${step} = 0`}`)
}

/**
 * Fits on what was known before the hold-out and compares it on the hold-out with two plain baselines: last year's
 * amount carried forward, and the mean of the customer's RFM cell. Null where the history is too short, too thin, or nobody
 * bought afterwards.
 */
export function backTest(sample: Columns, summary: HistorySummary, timeUnit: TimeUnit): BackTest | null {
  if (sample.rowCount < 100) return null
  const model = predictByModel(sample, summary.holdoutDays, timeUnit)
  if (model === null) return null
  const actual = numbers(sample, 'actual')
  if (!actual.some((value) => value > 0)) return null
  const lastYear = predictByLastYear(sample, summary.holdoutDays)
  const results = [
    score('lifetime_model', model, actual),
    score('last_year', lastYear, actual),
    score('rfm', predictByRfmCell(sample, lastYear), actual),
  ] as const
  const winner = results.reduce((best, result) =>
    result.topFifthShare > best.topFifthShare + 1e-12 ? result : best,
  )
  const modelHolds = !results
    .slice(1)
    .some(
      (other) =>
        other.topFifthShare > results[0].topFifthShare &&
        other.meanAbsoluteError < results[0].meanAbsoluteError,
    )
  return {
    cutDay: summary.cutDay,
    holdoutDays: summary.holdoutDays,
    customers: sample.rowCount,
    results,
    winner: winner.name,
    modelHolds,
  }
}

function predictByModel(sample: Columns, holdoutDays: number, timeUnit: TimeUnit): Float64Array | null {
  const frequency = numbers(sample, 'frequency')
  const repeat = numbers(sample, 'repeat_amount')
  const amount = numbers(sample, 'amount')
  const grouped = {
    frequency,
    recencyDays: numbers(sample, 'recency_days'),
    ageDays: numbers(sample, 'age_days'),
    weights: new Float64Array(frequency.length).fill(1),
  }
  const spenders = rowsWhere(frequency, (value, row) => value > 0 && repeat[row]! > 0)
  const model = fitPurchaseModel(
    grouped,
    {
      frequency: Float64Array.from(spenders, (row) => frequency[row]!),
      meanAmount: Float64Array.from(spenders, (row) => repeat[row]! / frequency[row]!),
    },
    timeUnit,
  )
  if (model.bgNbd === null) return null
  const days = daysPerUnit[timeUnit]
  const expected = bgNbdExpectedTransactions(model.bgNbd, holdoutDays / days, {
    frequency,
    recency: grouped.recencyDays.map((value) => value / days),
    T: grouped.ageDays.map((value) => value / days),
  })
  const spend = meanSpend(model.gammaGamma, frequency, repeat, amount)
  return expected.map((value, row) => value * spend[row]!)
}

/** Mean spend of a purchase: by the model, or a customer's own average where there is none. */
function meanSpend(
  model: GammaGammaModel | null,
  frequency: Float64Array,
  repeat: Float64Array,
  amount: Float64Array,
) {
  if (model === null) return amount.map((value, row) => value / (frequency[row]! + 1))
  return gammaGammaConditionalMean(model, {
    frequency: frequency.map((value, row) => (repeat[row]! > 0 ? value : 0)),
    monetaryValue: repeat.map((value, row) =>
      frequency[row]! > 0 ? Math.max(0, value) / frequency[row]! : 0,
    ),
  })
}

function predictByLastYear(sample: Columns, holdoutDays: number): Float64Array {
  const age = numbers(sample, 'age_days')
  return numbers(sample, 'last_year').map((value, row) => {
    const observed = Math.min(365, Math.max(30, age[row]! + 1))
    return (Math.max(0, value) * holdoutDays) / observed
  })
}

/** Quintiles of recency, frequency and amount give 125 cells; each predicts the mean of what last year says in it. */
function predictByRfmCell(sample: Columns, lastYear: Float64Array): Float64Array {
  const r = quintiles(numbers(sample, 'days_since_last').map((value) => -value))
  const f = quintiles(numbers(sample, 'frequency'))
  const m = quintiles(numbers(sample, 'amount'))
  const sums = new Float64Array(125)
  const counts = new Float64Array(125)
  const cell = (row: number) => r[row]! * 25 + f[row]! * 5 + m[row]!
  lastYear.forEach((value, row) => {
    sums[cell(row)]! += value
    counts[cell(row)]! += 1
  })
  return lastYear.map((_, row) => sums[cell(row)]! / counts[cell(row)]!)
}

function quintiles(values: Float64Array): Int32Array {
  const order = rankOrder(values)
  const bins = new Int32Array(values.length)
  order.forEach((row, rank) => {
    bins[row] = Math.floor((rank * 5) / values.length)
  })
  return bins
}

function score(
  name: PredictorResult['name'],
  predicted: Float64Array,
  actual: Float64Array,
): PredictorResult {
  const order = rankOrder(predicted)
  const top = Math.max(1, Math.round(actual.length / 5))
  let [inTop, total, predictedTotal, error] = [0, 0, 0, 0]
  order.forEach((row, rank) => {
    const value = actual[row]!
    total += value
    if (rank >= actual.length - top) inTop += value
    predictedTotal += predicted[row]!
    error += Math.abs(predicted[row]! - value)
  })
  return {
    name,
    topFifthShare: inTop / total,
    meanAbsoluteError: error / actual.length,
    totalRatio: predictedTotal / total,
  }
}

/**
 * Rows from the lowest value to the highest; ties in order of the customers. Values are sorted natively, then rows are
 * counted into place, which is several times faster than sorting rows with a comparison.
 */
function rankOrder(values: Float64Array): Int32Array {
  const sorted = values.slice().sort()
  const next = new Map<number, number>()
  const order = new Int32Array(values.length)
  for (let rank = values.length - 1; rank >= 0; rank--) next.set(sorted[rank]!, rank)
  values.forEach((value, row) => {
    const rank = next.get(value)!
    order[rank] = row
    next.set(value, rank + 1)
  })
  return order
}

function rowsWhere(values: Float64Array, keep: (value: number, row: number) => boolean): number[] {
  const rows: number[] = []
  values.forEach((value, row) => {
    if (keep(value, row)) rows.push(row)
  })
  return rows
}
