import {
  type BgNbdModel,
  bgNbdConditionalPmf,
  bgNbdExpectedTransactions,
  bgNbdProbabilityAlive,
} from '@tranche/stats'
import { daysPerUnit, type GroupedDays, type TimeUnit } from './value-model.ts'

const daysPerMonth = 365.25 / 12
/** Purchase counts beyond which the interval's upper end is taken from the mean instead of the exact distribution. */
const largestCount = 400

export interface HistoryScores {
  readonly pAlive: Float64Array
  /** Expected purchases within the horizon, discounted by month where a rate is given. */
  readonly expected: Float64Array
  /** Expected purchases within the horizon, undiscounted. */
  readonly expectedTransactions: Float64Array
  /** 2.5% and 97.5% points of the number of purchases. */
  readonly low: Float64Array
  readonly high: Float64Array
}

/**
 * Scores distinct histories once each: P(alive), expected purchases over the horizon, and the central 95% of their
 * predictive distribution (heterogeneity and chance; parameters taken as known). The interval is computed on histories
 * rounded to whole weeks, which share it.
 */
export function scoreHistories(
  model: BgNbdModel,
  grouped: GroupedDays,
  options: { readonly timeUnit: TimeUnit; readonly horizonMonths: number; readonly discountAnnual: number },
): HistoryScores {
  const unit = daysPerUnit[options.timeUnit]
  const data = {
    frequency: grouped.frequency,
    recency: grouped.recencyDays.map((value) => value / unit),
    T: grouped.ageDays.map((value) => value / unit),
  }
  const month = daysPerMonth / unit
  const horizon = options.horizonMonths * month
  const expectedTransactions = bgNbdExpectedTransactions(model, horizon, data)
  const expected =
    options.discountAnnual === 0
      ? expectedTransactions
      : discounted(model, data, options.horizonMonths, month, options.discountAnnual, expectedTransactions)
  const { low, high } = countInterval(model, data, horizon, options.timeUnit)
  return { pAlive: bgNbdProbabilityAlive(model, data), expected, expectedTransactions, low, high }
}

type History = { readonly frequency: Float64Array; readonly recency: Float64Array; readonly T: Float64Array }

/** Purchases of month i count (1 + d)^(−i/12), at the end of the month. */
function discounted(
  model: BgNbdModel,
  data: History,
  months: number,
  month: number,
  annual: number,
  total: Float64Array,
): Float64Array {
  const sum = new Float64Array(total.length)
  let before = new Float64Array(total.length)
  for (let index = 1; index <= months; index++) {
    const until = index === months ? total : bgNbdExpectedTransactions(model, index * month, data)
    const weight = (1 + annual) ** (-index / 12)
    for (let row = 0; row < sum.length; row++) sum[row]! += weight * (until[row]! - before[row]!)
    before = new Float64Array(until)
  }
  return sum
}

function countInterval(model: BgNbdModel, data: History, horizon: number, unit: TimeUnit) {
  const perWeek = 7 / daysPerUnit[unit]
  const cells = new Map<string, number>()
  const cellOf = new Int32Array(data.frequency.length)
  const first: number[] = []
  for (let row = 0; row < cellOf.length; row++) {
    const key = `${data.frequency[row]}|${Math.round(data.recency[row]! / perWeek)}|${Math.round(data.T[row]! / perWeek)}`
    let cell = cells.get(key)
    if (cell === undefined) {
      cell = first.length
      cells.set(key, cell)
      first.push(row)
    }
    cellOf[row] = cell
  }
  const cellHistory = {
    frequency: Float64Array.from(first, (row) => data.frequency[row]!),
    recency: Float64Array.from(first, (row) => data.recency[row]!),
    T: Float64Array.from(first, (row) => data.T[row]!),
  }
  const bounds = quantiles(
    model,
    cellHistory,
    horizon,
    bgNbdExpectedTransactions(model, horizon, cellHistory),
  )
  return {
    low: Float64Array.from(cellOf, (cell) => bounds.low[cell]!),
    high: Float64Array.from(cellOf, (cell) => bounds.high[cell]!),
  }
}

/** Walks the count distribution upwards, all unfinished rows together, until both points are passed. */
function quantiles(model: BgNbdModel, history: History, horizon: number, mean: Float64Array) {
  const size = history.frequency.length
  const low = new Float64Array(size).fill(-1)
  const high = new Float64Array(size).fill(-1)
  const reached = new Float64Array(size)
  let open = Int32Array.from({ length: size }, (_, row) => row)
  for (let count = 0; count <= largestCount && open.length > 0; count++) {
    const pmf = bgNbdConditionalPmf(model, count, horizon, {
      frequency: Float64Array.from(open, (row) => history.frequency[row]!),
      recency: Float64Array.from(open, (row) => history.recency[row]!),
      T: Float64Array.from(open, (row) => history.T[row]!),
    })
    const next: number[] = []
    open.forEach((row, index) => {
      reached[row]! += pmf[index]!
      if (low[row]! < 0 && reached[row]! >= 0.025) low[row] = count
      if (reached[row]! >= 0.975) high[row] = count
      else next.push(row)
    })
    open = Int32Array.from(next)
  }
  for (const row of open) {
    const half = 1.96 * Math.sqrt(mean[row]! + mean[row]! ** 2 / (history.frequency[row]! + 1))
    if (low[row]! < 0) low[row] = Math.max(0, mean[row]! - half)
    high[row] = mean[row]! + half
  }
  return { low, high }
}
