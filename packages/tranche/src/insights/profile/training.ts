import { sortedQuantile } from '@tranche/stats'
import type { CustomerFrame } from '../frame.ts'
import { type Measure, numbersOf } from '../measures.ts'
import { codesAt, rowsIn, valuesAt } from '../rows.ts'
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
  const taken = new Uint8Array(values.length)
  let known = 0
  for (let row = 0; row < values.length; row++)
    if (valid[row] === 1 && isTraining(buckets[row]!)) {
      taken[row] = 1
      known++
    }
  if (known < fewestCustomers) return undefined
  const thin = Math.max(1, Math.ceil(known / mostCustomers))
  for (let row = 0; row < values.length; row++) if (buckets[row]! % thin !== 0) taken[row] = 0
  const rows = rowsIn(taken)
  return {
    attributes: attributes.map(({ codes, size, ordered }) => ({
      codes: codesAt(codes, rows),
      size,
      ordered,
    })),
    values: capped(measure, valuesAt(values, rows)),
  }
}

function capped({ kind }: Measure, values: Float64Array): Float64Array {
  if (kind === 'rate') return values
  const most = sortedQuantile(values.slice().sort(), cap, 1)
  return values.map((value) => Math.min(value, most))
}
