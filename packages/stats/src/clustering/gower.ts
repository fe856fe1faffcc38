import { StatsError } from '../stats-error.ts'
import type { MixedRows } from './k-prototypes.ts'

/**
 * Gower's dissimilarities between rows of numbers and categories, row-major n×n: the mean over columns of
 * |difference|/range for numbers and 0 or 1 for categories. A constant column adds 0.
 * Cost O(n²·(p + q)), memory 8n² bytes.
 * Source: Gower (1971), https://doi.org/10.2307/2528823; as R's `cluster::daisy(metric = "gower")`
 * @param weights one a column, numbers first; all 1 when absent
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`
 * @example
 * const rows = { numbers: { data: new Float64Array([1, 2, 5]), n: 3, p: 1 }, categories: new Int32Array([0, 1, 1]), q: 1 }
 * gowerDissimilarities(rows).slice(0, 3) // → [0, 0.625, 1]
 */
export function gowerDissimilarities(rows: MixedRows, weights?: ArrayLike<number>): Float64Array {
  const { numbers, categories, q } = rows
  const { data, n, p } = numbers
  if (data.length !== n * p || categories.length !== n * q || (weights && weights.length !== p + q))
    throw new StatsError(
      'lengthMismatch',
      `${data.length} numbers, ${categories.length} categories and ${weights?.length ?? p + q} weights do not fit ${n} rows of ${p} and ${q} columns.`,
    )
  const weightOf = (j: number): number => (weights ? weights[j]! : 1)
  const scale = new Float64Array(p)
  for (let j = 0; j < p; j++) {
    let [low, high] = [Infinity, -Infinity]
    for (let i = 0; i < n; i++) {
      const value = data[i * p + j]!
      if (!Number.isFinite(value))
        throw new StatsError(
          'notFinite',
          `Row ${i} has ${value} in column ${j}; a finite number was expected.`,
        )
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    scale[j] = high > low ? weightOf(j) / (high - low) : 0
  }
  let total = 0
  for (let j = 0; j < p + q; j++) total += weightOf(j)
  if (!(total > 0))
    throw new StatsError('outOfDomain', `The weights add up to ${total}; a sum above 0 was expected.`)
  const result = new Float64Array(n * n)
  for (let a = 0; a < n; a++)
    for (let b = 0; b < a; b++) {
      let sum = 0
      for (let j = 0; j < p; j++) sum += scale[j]! * Math.abs(data[a * p + j]! - data[b * p + j]!)
      for (let j = 0; j < q; j++) if (categories[a * q + j] !== categories[b * q + j]) sum += weightOf(p + j)
      result[a * n + b] = result[b * n + a] = sum / total
    }
  return result
}
