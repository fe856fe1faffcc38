import type { ScaledFeature } from '@tranche/contract'
import { jarqueBeraTest, type Rows, summarizeSample } from '@tranche/stats'
import type { Columns } from '../engine/warehouse.ts'

/** Skewness above which the logarithm is tried. */
const skewed = 1

/** A feature with what puts it on the standard scale. */
export interface Prepared extends ScaledFeature {
  /** On the scale of mean and deviation, before they are applied. */
  readonly values: Float64Array
}

export function valuesOf(name: string, { byName }: Columns): Float64Array {
  const column = byName[name]
  return column?.type === 'number' ? column.values : new Float64Array(0)
}

/** The logarithm where that is less skewed, missing values at the median. */
export function prepare(name: string, { byName }: Columns, weights?: Float64Array): Prepared {
  const column = byName[name]
  const raw = column?.type === 'number' ? column : { values: new Float64Array(0), valid: new Uint8Array(0) }
  const known = raw.values.filter((_, row) => raw.valid[row] === 1).sort()
  const median = known.length === 0 ? 0 : known[Math.floor((known.length - 1) / 2)]!
  const filled = raw.values.map((value, row) => (raw.valid[row] === 1 ? value : median))
  const logarithms = filled.map(Math.log1p)
  const raised = skewnessOf(filled)
  const logarithm = (known[0] ?? 0) >= 0 && raised > skewed && skewnessOf(logarithms) < raised
  const values = logarithm ? logarithms : filled
  const { mean, sd } = moments(values, weights)
  return { name, logarithm, median, mean, sd, values }
}

function moments(values: Float64Array, weights?: Float64Array): { mean: number; sd: number } {
  const { mean, variance } = weights === undefined ? summarizeSample(values) : weighted(values, weights)
  const sd = Math.sqrt(variance)
  // A constant says nothing of who is alike.
  return { mean, sd: sd > 1e-12 * Math.abs(mean) ? sd : 0 }
}

function weighted(values: Float64Array, weights: Float64Array): { mean: number; variance: number } {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const mean = values.reduce((sum, value, row) => sum + weights[row]! * value, 0) / total
  const squares = values.reduce((sum, value, row) => sum + weights[row]! * (value - mean) ** 2, 0)
  return { mean, variance: squares / total }
}

function skewnessOf(values: Float64Array): number {
  return moments(values).sd === 0 ? 0 : Math.abs(jarqueBeraTest(values).skewness)
}

export function standardRows(prepared: readonly Prepared[], n: number): Rows {
  const p = prepared.length
  const data = new Float64Array(n * p)
  prepared.forEach(({ values, mean, sd }, column) => {
    for (let row = 0; row < n; row++) data[row * p + column] = (values[row]! - mean) / sd
  })
  return { data, n, p }
}
