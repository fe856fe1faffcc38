import { type Interval, oneSampleTTest, type SampleSummary, wilsonInterval } from '@tranche/stats'
import type { CustomerFrame } from './frame.ts'
import type { Group } from './group.ts'
import { type Measure, numbersOf } from './measures.ts'

/** A measure over a group. For a rate the mean is the share and `total` the number of customers it holds for. */
export interface GroupSummary extends SampleSummary {
  readonly total: number
  readonly sumOfSquares: number
}

/** Mean and variance of a measure in a group, over those for whom it is known, in order of customer_id. */
export function summarise(frame: CustomerFrame, measure: Measure, group: Group): GroupSummary {
  const { values, valid } = numbersOf(frame, measure)
  let n = 0
  let total = 0
  let sumOfSquares = 0
  for (let row = 0; row < values.length; row++) {
    if (valid[row] === 0 || group.mask[row] === 0) continue
    const value = values[row]!
    n++
    total += value
    sumOfSquares += value * value
  }
  return summaryOf(n, total, sumOfSquares)
}

/** The same for every level of a column at once, by code. */
export function summariseByCode(
  frame: CustomerFrame,
  measure: Measure,
  codes: ArrayLike<number>,
  size: number,
  within?: Group,
): readonly GroupSummary[] {
  const { values, valid } = numbersOf(frame, measure)
  const n = new Float64Array(size)
  const total = new Float64Array(size)
  const squares = new Float64Array(size)
  for (let row = 0; row < values.length; row++) {
    const code = codes[row]!
    if (code < 0 || valid[row] === 0 || (within && within.mask[row] === 0)) continue
    const value = values[row]!
    n[code]!++
    total[code]! += value
    squares[code]! += value * value
  }
  return Array.from(n, (count, code) => summaryOf(count, total[code]!, squares[code]!))
}

/** 95% interval of a mean (Student) or a rate (Wilson); undefined where it can't be computed. */
export function intervalOf(measure: Measure, summary: GroupSummary): Interval | undefined {
  if (summary.n < 2) return undefined
  if (measure.kind === 'rate') return wilsonInterval({ successes: summary.total, n: summary.n })
  return summary.variance > 0 ? oneSampleTTest(summary).interval : undefined
}

/** Whether nobody can be told apart in it: enough people, and enough with and without where it is a rate. */
export function isDisclosable(measure: Measure, summary: GroupSummary, minimum: number): boolean {
  if (summary.n < Math.max(minimum, 2)) return false
  if (measure.kind === 'mean') return true
  const without = summary.n - summary.total
  return summary.total >= minimum && without >= minimum
}

function summaryOf(n: number, total: number, sumOfSquares: number): GroupSummary {
  const mean = n === 0 ? 0 : total / n
  const variance = n < 2 ? 0 : Math.max(0, (sumOfSquares - n * mean * mean) / (n - 1))
  // What rounding leaves of equal values is no variation.
  const floor = 1e-12 * mean * mean
  return { n, mean, variance: variance <= floor ? 0 : variance, total, sumOfSquares }
}
