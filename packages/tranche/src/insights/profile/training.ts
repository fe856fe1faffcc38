import { sortedQuantile } from '@tranche/stats'
import type { CustomerFrame } from '../frame.ts'
import { type Measure, numbersOf } from '../measures.ts'
import type { ProfileAttribute } from './attributes.ts'
import type { Halves } from './halves.ts'
import type { SearchAttribute } from './search.ts'

/** Customers that a profile is searched on, side by side in memory. */
export interface Training {
  readonly attributes: readonly SearchAttribute[]
  readonly values: Float64Array
}

/** So many customers tell profiles apart; more would only cost time. */
const mostCustomers = 100_000
const fewestCustomers = 200
/** Amounts above this quantile count as it in the search: one large account makes no profile. */
const cap = 0.99

/** The training half of those for whom the measure is known, or a part of it by the hash; undefined for too few. */
export function trainingOf(
  frame: CustomerFrame,
  measure: Measure,
  attributes: readonly ProfileAttribute[],
  { buckets, isTraining }: Halves,
): Training | undefined {
  const { values, valid } = numbersOf(frame, measure)
  let known = 0
  for (let row = 0; row < values.length; row++) if (valid[row] === 1 && isTraining(buckets[row]!)) known++
  if (known < fewestCustomers) return undefined
  const thin = Math.max(1, Math.ceil(known / mostCustomers))
  const rows: number[] = []
  for (let row = 0; row < values.length; row++)
    if (valid[row] === 1 && isTraining(buckets[row]!) && buckets[row]! % thin === 0) rows.push(row)
  return {
    attributes: attributes.map(({ codes, size, ordered }) => ({
      codes: Int16Array.from(rows, (row) => codes[row]!),
      size,
      ordered,
    })),
    values: capped(
      measure,
      Float64Array.from(rows, (row) => values[row]!),
    ),
  }
}

function capped({ kind }: Measure, values: Float64Array): Float64Array {
  if (kind === 'rate') return values
  const most = sortedQuantile(values.slice().sort(), cap, 1)
  return values.map((value) => Math.min(value, most))
}
