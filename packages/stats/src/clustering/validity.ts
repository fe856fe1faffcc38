import { StatsError } from '../stats-error.ts'
import { type Rows, requireFiniteRows } from './rows.ts'

/**
 * Calinski–Harabasz index: between-cluster over within-cluster variance, each by its degrees of freedom. Higher is better.
 * Range: [0, Infinity); one label per row.
 * Cost O(n·p).
 * Source: Calinski & Harabasz (1974), Communications in Statistics 3, https://doi.org/10.1080/03610927408827101
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `assumptionFailed` unless 2 ≤ clusters < rows,
 * `zeroVariance` if no cluster varies inside.
 * @example
 * calinskiHarabasz({ data: Float64Array.of(0, 1, 10, 11), n: 4, p: 1 }, [0, 0, 1, 1]) // → 200
 */
export function calinskiHarabasz(rows: Rows, labels: ArrayLike<number>): number {
  const { k, within, total } = dispersion(rows, labels)
  if (!(within > 0))
    throw new StatsError('zeroVariance', 'All rows of each cluster are the same, so the index is unbounded.')
  return ((total - within) * (rows.n - k)) / (within * (k - 1))
}

/**
 * Davies–Bouldin index: mean over clusters of the worst ratio of spread to separation. Lower is better.
 * Range: [0, Infinity); one label per row.
 * Cost O(n·p + k²·p).
 * Source: Davies & Bouldin (1979), IEEE PAMI 1, with Euclidean distances, https://doi.org/10.1109/TPAMI.1979.4766909
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `assumptionFailed`, `zeroVariance` if two centres
 * coincide.
 * @example
 * daviesBouldin({ data: Float64Array.of(0, 1, 10, 11), n: 4, p: 1 }, [0, 0, 1, 1]) // → 0.1
 */
export function daviesBouldin(rows: Rows, labels: ArrayLike<number>): number {
  const { k, codes, centers, sizes } = dispersion(rows, labels)
  const { data, n, p } = rows
  const spread = new Float64Array(k)
  for (let i = 0; i < n; i++)
    spread[codes[i]!]! += Math.sqrt(squared(data, i * p, centers, codes[i]! * p, p)) / sizes[codes[i]!]!
  let sum = 0
  for (let a = 0; a < k; a++) {
    let worst = 0
    for (let b = 0; b < k; b++) {
      if (a === b) continue
      const gap = Math.sqrt(squared(centers, a * p, centers, b * p, p))
      if (gap === 0)
        throw new StatsError('zeroVariance', 'Two clusters have the same centre, so nothing separates them.')
      worst = Math.max(worst, (spread[a]! + spread[b]!) / gap)
    }
    sum += worst
  }
  return sum / k
}

/**
 * Adjusted Rand index of two labellings: 1 for the same partition, about 0 for independent ones.
 * Both labellings have length n; at most 1.
 * Cost O(n).
 * Source: Hubert & Arabie (1985), J, https://doi.org/10.1007/BF01908075. Classification 2, equation 5.
 * @throws StatsError `lengthMismatch`, `emptyData`.
 * @example
 * adjustedRand([0, 0, 1, 1], [1, 1, 0, 2]) // → 0.5714286
 */
export function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { cells, rows, columns, n } = crossTable(a, b)
  const pairs = (counts: Iterable<number>): number => {
    let sum = 0
    for (const c of counts) sum += (c * (c - 1)) / 2
    return sum
  }
  const both = pairs(cells.values())
  const inA = pairs(rows.values())
  const inB = pairs(columns.values())
  const all = (n * (n - 1)) / 2
  // Both trivial in the same way (one cluster, or all apart): the partitions are the same.
  if (inA + inB === 2 * both) return 1
  const expected = (inA * inB) / all
  return (both - expected) / ((inA + inB) / 2 - expected)
}

/**
 * Normalised mutual information, by the arithmetic mean of the entropies (scikit-learn's default): 0 … 1.
 * Both labellings have length n.
 * Cost O(n).
 * Source: Strehl & Ghosh (2002), JMLR 3, https://www.jmlr.org/papers/v3/strehl02a.html; Kvalseth (1987).
 * @throws StatsError `lengthMismatch`, `emptyData`.
 * @example
 * normalisedMutualInformation([0, 0, 1, 1], [1, 1, 0, 2]) // → 0.8
 */
export function normalisedMutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { cells, rows, columns, n } = crossTable(a, b)
  const entropy = (counts: Iterable<number>): number => {
    let sum = 0
    for (const c of counts) sum -= (c / n) * Math.log(c / n)
    return sum
  }
  const joint = entropy(cells.values())
  const mean = (entropy(rows.values()) + entropy(columns.values())) / 2
  return mean === 0 ? 1 : Math.max(0, Math.min(1, (2 * mean - joint) / mean))
}

/** Counts of each pair of labels, of each label on either side, and of all. */
export function crossTable(a: ArrayLike<number>, b: ArrayLike<number>) {
  const n = a.length
  if (n !== b.length)
    throw new StatsError(
      'lengthMismatch',
      `There are ${n} and ${b.length} labels; equal numbers were expected.`,
    )
  if (n === 0) throw new StatsError('emptyData', 'There are no labels to compare.')
  const cells = new Map<string, number>()
  const rows = new Map<number, number>()
  const columns = new Map<number, number>()
  for (let i = 0; i < n; i++) {
    const key = `${a[i]} ${b[i]}`
    cells.set(key, (cells.get(key) ?? 0) + 1)
    rows.set(a[i]!, (rows.get(a[i]!) ?? 0) + 1)
    columns.set(b[i]!, (columns.get(b[i]!) ?? 0) + 1)
  }
  return { cells, rows, columns, n }
}

/** Clusters numbered from 0, their centres and sizes, and sums of squares within them and in all. */
function dispersion(rows: Rows, labels: ArrayLike<number>) {
  requireFiniteRows(rows)
  const { data, n, p } = rows
  if (labels.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `There are ${labels.length} labels for ${n} rows; one each was expected.`,
    )
  const codeOf = new Map<number, number>()
  const codes = Int32Array.from(labels, (label) => {
    if (!codeOf.has(label)) codeOf.set(label, codeOf.size)
    return codeOf.get(label)!
  })
  const k = codeOf.size
  if (k < 2 || k >= n)
    throw new StatsError(
      'assumptionFailed',
      `Validity is judged for 2 to n − 1 clusters; got ${k} in ${n} rows.`,
    )
  const centers = new Float64Array(k * p)
  const sizes = new Float64Array(k)
  const mean = new Float64Array(p)
  for (let i = 0; i < n; i++) {
    const c = codes[i]!
    sizes[c]!++
    for (let j = 0; j < p; j++) {
      centers[c * p + j]! += (data[i * p + j]! - centers[c * p + j]!) / sizes[c]!
      mean[j]! += (data[i * p + j]! - mean[j]!) / (i + 1)
    }
  }
  let within = 0
  let total = 0
  for (let i = 0; i < n; i++) {
    within += squared(data, i * p, centers, codes[i]! * p, p)
    total += squared(data, i * p, mean, 0, p)
  }
  return { k, codes, centers, sizes, within, total }
}

function squared(a: Float64Array, at: number, b: Float64Array, base: number, p: number): number {
  let sum = 0
  for (let j = 0; j < p; j++) sum += (a[at + j]! - b[base + j]!) ** 2
  return sum
}
