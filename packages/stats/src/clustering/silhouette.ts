import type { RandomGenerator } from '../random/generator.ts'
import { StatsError } from '../stats-error.ts'
import { type Rows, requireFiniteRows } from './rows.ts'

export type Silhouette = {
  /** Mean over the rows judged, in [−1, 1]. */
  readonly mean: number
  /** One value per row judged; 0 for a row alone in its cluster. */
  readonly values: Float64Array
  /** Rows judged, in ascending order. */
  readonly rows: Uint32Array
}

/**
 * Silhouette of a clustering under Euclidean distance: (b − a) / max(a, b), where a is the mean distance to the own
 * cluster and b that to the nearest other one.
 * Cost O(m²·p) for m rows judged, memory O(m·k).
 * Source: Rousseeuw (1987), J, https://doi.org/10.1016/0377-0427(87)90125-7. Comput. Appl. Math. 20, equations 2–4.
 * @param labels cluster per row, whole numbers of at least 0.
 * @param sample judge only this many rows, drawn without replacement, among themselves (as scikit-learn does).
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`, or `assumptionFailed` unless 2 ≤ clusters < rows.
 * @example
 * const rows = { data: Float64Array.of(0, 1, 10, 11), n: 4, p: 1 }
 * silhouette(rows, [0, 0, 1, 1]).mean // → 0.8997494
 */
export function silhouette(
  rows: Rows,
  labels: ArrayLike<number>,
  sample?: { readonly size: number; readonly random: RandomGenerator },
): Silhouette {
  requireFiniteRows(rows)
  requireLabels(labels, rows.n)
  const judged =
    sample && sample.size < rows.n ? drawRows(rows.n, sample.size, sample.random) : allRows(rows.n)
  const { data, p } = rows
  return fromDistances(judged, labels, (a, b) => {
    let sum = 0
    for (let j = 0; j < p; j++) {
      const d = data[a * p + j]! - data[b * p + j]!
      sum += d * d
    }
    return Math.sqrt(sum)
  })
}

/**
 * Silhouette from a symmetric n×n matrix of dissimilarities, row-major.
 * Range: [−1, 1].
 * Cost O(n²).
 * Source: Rousseeuw (1987), https://doi.org/10.1016/0377-0427(87)90125-7
 * @throws StatsError as `silhouette` does.
 * @example
 * silhouetteOfDissimilarities(Float64Array.of(0, 1, 9, 1, 0, 8, 9, 8, 0), [0, 0, 1]).mean // → 0.587963
 */
export function silhouetteOfDissimilarities(
  dissimilarities: Float64Array,
  labels: ArrayLike<number>,
): Silhouette {
  const n = labels.length
  requireFiniteRows({ data: dissimilarities, n, p: n })
  return fromDistances(allRows(n), labels, (a, b) => dissimilarities[a * n + b]!)
}

function fromDistances(
  judged: Uint32Array,
  labels: ArrayLike<number>,
  distance: (a: number, b: number) => number,
): Silhouette {
  const m = judged.length
  const { codes, counts } = relabel(judged, labels)
  const k = counts.length
  if (k < 2 || k >= m) {
    throw new StatsError(
      'assumptionFailed',
      `The silhouette needs from 2 to n − 1 clusters; got ${k} in ${m} rows.`,
    )
  }
  const sums = new Float64Array(m * k)
  for (let i = 0; i < m; i++) {
    for (let j = i + 1; j < m; j++) {
      const d = distance(judged[i]!, judged[j]!)
      sums[i * k + codes[j]!]! += d
      sums[j * k + codes[i]!]! += d
    }
  }
  const values = new Float64Array(m)
  let total = 0
  for (let i = 0; i < m; i++) {
    values[i] = rowSilhouette(sums, i * k, codes[i]!, counts)
    total += values[i]!
  }
  return { mean: total / m, values, rows: judged }
}

function rowSilhouette(sums: Float64Array, at: number, own: number, counts: Float64Array): number {
  if (counts[own]! < 2) return 0
  const a = sums[at + own]! / (counts[own]! - 1)
  let b = Number.POSITIVE_INFINITY
  for (let c = 0; c < counts.length; c++) if (c !== own) b = Math.min(b, sums[at + c]! / counts[c]!)
  const larger = Math.max(a, b)
  return larger > 0 ? (b - a) / larger : 0
}

function relabel(
  judged: Uint32Array,
  labels: ArrayLike<number>,
): { codes: Int32Array; counts: Float64Array } {
  const codeOfLabel = new Map<number, number>()
  const counts: number[] = []
  const codes = Int32Array.from(judged, (row) => {
    const label = labels[row]!
    let code = codeOfLabel.get(label)
    if (code === undefined) {
      code = codeOfLabel.size
      codeOfLabel.set(label, code)
      counts.push(0)
    }
    counts[code]!++
    return code
  })
  return { codes, counts: Float64Array.from(counts) }
}

function allRows(n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, i) => i)
}

function drawRows(n: number, size: number, random: RandomGenerator): Uint32Array {
  const pool = allRows(n)
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(random.uniform() * (n - i))
    const held = pool[i]!
    pool[i] = pool[j]!
    pool[j] = held
  }
  return pool.slice(0, size).sort()
}

function requireLabels(labels: ArrayLike<number>, n: number): void {
  if (labels.length === n) return
  throw new StatsError(
    'lengthMismatch',
    `There are ${labels.length} labels for ${n} rows; one each was expected.`,
  )
}
