import { requireFinite, requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import { type QuantileBinConvention, type QuantileBins, quantileBins } from './quantile-bins.ts'

/** One row per customer, in ascending order of the key. */
export type RfmTable = {
  readonly customers: readonly string[]
  /** Days from the last purchase to the day of analysis. */
  readonly daysSinceLast: Float64Array
  /** Purchases. */
  readonly frequency: Float64Array
  /** Sum of amounts. */
  readonly monetary: Float64Array
}

/**
 * Recency, frequency and monetary value of each customer from purchases.
 * Cost O(n + customers · log customers).
 * Source: Hughes (1994), Strategic Database Marketing, https://cran.r-project.org/package=rfm
 * @param purchases customer, whole day number and amount per purchase. @param analysisDay on the same scale of days.
 * @throws StatsError `lengthMismatch`, `notFinite`, `emptyData`, `outOfDomain` for a purchase after the day of analysis.
 * @example
 * const purchases = { customer: ['a', 'b', 'a'], day: [1, 5, 8], amount: [10, 20, 30] }
 * summarizeRfm(purchases, 10) // → { customers: ['a', 'b'], daysSinceLast: [2, 5], frequency: [2, 1], monetary: [40, 20] }
 */
export function summarizeRfm(
  purchases: {
    readonly customer: readonly string[]
    readonly day: ArrayLike<number>
    readonly amount: ArrayLike<number>
  },
  analysisDay: number,
): RfmTable {
  const { customer, day, amount } = purchases
  const n = requireSameLength({ customer, day, amount })
  if (n === 0) throw new StatsError('emptyData', 'There are no purchases; at least 1 was expected.')
  requireFinite('analysisDay', analysisDay)
  requireFiniteColumn('day', day)
  requireFiniteColumn('amount', amount)
  const totals = new Map<string, { last: number; count: number; sum: number }>()
  for (let i = 0; i < n; i++) {
    if (day[i]! > analysisDay)
      throw new StatsError(
        'outOfDomain',
        `Purchase ${i} is of day ${day[i]}, after the day of analysis ${analysisDay}.`,
      )
    const found = totals.get(customer[i]!)
    if (found) {
      found.last = Math.max(found.last, day[i]!)
      found.count++
      found.sum += amount[i]!
    } else totals.set(customer[i]!, { last: day[i]!, count: 1, sum: amount[i]! })
  }
  const customers = [...totals.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const column = (value: (t: { last: number; count: number; sum: number }) => number): Float64Array =>
    Float64Array.from(customers, (c) => value(totals.get(c)!))
  return {
    customers,
    daysSinceLast: column((t) => analysisDay - t.last),
    frequency: column((t) => t.count),
    monetary: column((t) => t.sum),
  }
}

export type RfmScores = {
  /** 1 (worst) … bins (best), per customer. */
  readonly recency: Int32Array
  readonly frequency: Int32Array
  readonly monetary: Int32Array
  /** The bins behind the scores, lowest values first, so that new customers can be scored (see binScoreExpression). */
  readonly bins: {
    readonly recency: QuantileBins
    readonly frequency: QuantileBins
    readonly monetary: QuantileBins
  }
}

/**
 * Scores 1…bins for recency (few days are best), frequency and monetary value under a named convention.
 * Scores from 1 (worst) to `bins` (best), one per customer; default 5 bins.
 * Cost O(n log n).
 * Source: Hughes (1994), Strategic Database Marketing, https://cran.r-project.org/package=rfm
 * @throws StatsError as `quantileBins`.
 * @example
 * const table = { daysSinceLast: [2, 40, 9], frequency: [9, 1, 4], monetary: [300, 20, 80] }
 * scoreRfm(table, { bins: 3, convention: 'rightClosed' }).recency // → [3, 1, 2]
 */
export function scoreRfm(
  table: Pick<RfmTable, 'daysSinceLast' | 'frequency' | 'monetary'>,
  options: {
    readonly bins?: number
    readonly convention: QuantileBinConvention
    readonly duplicateEdges?: 'refuse' | 'drop'
  },
): RfmScores {
  const settings = {
    bins: options.bins ?? 5,
    convention: options.convention,
    duplicateEdges: options.duplicateEdges ?? 'refuse',
  } as const
  const recency = quantileBins(table.daysSinceLast, settings)
  const frequency = quantileBins(table.frequency, settings)
  const monetary = quantileBins(table.monetary, settings)
  return {
    recency: recency.codes.map((code) => recency.bins - code),
    frequency: frequency.codes.map((code) => code + 1),
    monetary: monetary.codes.map((code) => code + 1),
    bins: { recency, frequency, monetary },
  }
}
