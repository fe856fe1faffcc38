import type { RandomGenerator } from '../random/generator.ts'
import { StatsError } from '../stats-error.ts'
import { lloydHamerly } from './k-means-lloyd.ts'
import { kMeansPlusPlus } from './k-means-plus-plus.ts'
import { type Rows, requireFiniteRows, requireWeights } from './rows.ts'

export type KMeansOptions = {
  /** Number of clusters, 1 ≤ k ≤ n. */
  readonly k: number
  /** Seeded generator for k-means++ starts; needed unless `starts` are given. */
  readonly random?: RandomGenerator
  /** Given starting centres, row-major k×p. */
  readonly starts?: Float64Array
  /** How many k-means++ starts are tried; the lowest inertia wins. Default 1. */
  readonly restarts?: number
  /** Non-negative weight per row. A weight of 2 is the row twice. */
  readonly weights?: Float64Array
  /** Default 300, as in scikit-learn. */
  readonly maxIterations?: number
  /**
   * Stop when the squared shift of all centres is at most this times the mean variance of the columns.
   * Default 0: run until no row changes its cluster. scikit-learn's default is 1e-4.
   */
  readonly tolerance?: number
}

/** A fitted k-means model. `labels` is left out of the model on purpose: it is as long as the data. */
export type KMeansModel = {
  readonly kind: 'kMeans'
  readonly version: 1
  readonly k: number
  readonly p: number
  /** Row-major k×p. */
  readonly centers: readonly number[]
  /** Total weight per cluster. */
  readonly sizes: readonly number[]
  /** Sum of weighted squared distances to the own centre. */
  readonly inertia: number
  readonly diagnostics: {
    readonly status: 'converged' | 'iterationLimit'
    readonly iterations: number
    readonly restarts: number
    readonly rows: number
  }
}

export type KMeansFit = { readonly model: KMeansModel; readonly labels: Int32Array }

/**
 * Fits k-means: Lloyd's iterations with Hamerly's distance bounds (the same assignments, most distances skipped).
 * A cluster that loses all its rows is moved onto the row farthest from its centre.
 * Cost O(n·k·p) for the first pass, then mostly O(n); memory: a bound and a label a row.
 * Source: Lloyd (1982), https://doi.org/10.1109/TIT.1982.1056489; Arthur & Vassilvitskii (2007) for the starts;
 * Hamerly (2010), "Making k-means even faster".
 * @param rows row-major n×p, finite. @returns the frozen model and a label 0…k−1 per row.
 * @throws StatsError `lengthMismatch`, `emptyData`, `invalidOption`, `notFinite`, `insufficientData` (fewer rows of
 * positive weight than clusters).
 * @example
 * const rows = { data: Float64Array.of(0, 1, 2, 20, 21, 22), n: 6, p: 1 }
 * fitKMeans(rows, { k: 2, starts: Float64Array.of(0, 20) }).model.centers // → [1, 21]
 */
export function fitKMeans(rows: Rows, options: KMeansOptions): KMeansFit {
  const { k, weights } = options
  requireFiniteRows(rows)
  if (weights) requireWeights(weights, rows.n)
  requireClusters(rows, k, weights)
  const restarts = options.starts ? 1 : (options.restarts ?? 1)
  const threshold = (options.tolerance ?? 0) * (options.tolerance ? meanVariance(rows) : 0)
  let best: ReturnType<typeof lloydHamerly> | undefined
  for (let attempt = 0; attempt < restarts; attempt++) {
    const starts = options.starts ? givenStarts(options.starts, k, rows.p) : plusPlus(rows, options)
    const run = lloydHamerly(rows, starts, weights, options.maxIterations ?? 300, threshold)
    if (!best || run.inertia < best.inertia) best = run
  }
  const { labels, centers, sizes, inertia, iterations, converged } = best!
  const model: KMeansModel = {
    kind: 'kMeans',
    version: 1,
    k,
    p: rows.p,
    centers: Object.freeze(Array.from(centers)),
    sizes: Object.freeze(Array.from(sizes)),
    inertia,
    diagnostics: Object.freeze({
      status: converged ? 'converged' : 'iterationLimit',
      iterations,
      restarts,
      rows: rows.n,
    }),
  }
  return { model: Object.freeze(model), labels }
}

/**
 * Nearest centre for each row; a tie goes to the lower number.
 * Labels 0 … k − 1.
 * Cost O(n·k·p).
 * Source: Lloyd (1982), https://doi.org/10.1109/TIT.1982.1056489
 * @throws StatsError `emptyData`, `lengthMismatch` or `notFinite` if the rows do not fit the model.
 * @example
 * const rows = { data: Float64Array.of(0, 1, 2, 20, 21, 22), n: 6, p: 1 }
 * const { model } = fitKMeans(rows, { k: 2, starts: Float64Array.of(0, 20) })
 * predictKMeans(model, { data: Float64Array.of(3, 18), n: 2, p: 1 }) // → [0, 1]
 */
export function predictKMeans(model: KMeansModel, rows: Rows): Int32Array {
  if (rows.p !== model.p) {
    throw new StatsError(
      'lengthMismatch',
      `The rows have ${rows.p} columns; the k-means model was fitted on ${model.p}.`,
    )
  }
  requireFiniteRows(rows)
  const { data, n, p } = rows
  const labels = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    let best = Number.POSITIVE_INFINITY
    for (let c = 0; c < model.k; c++) {
      let distance = 0
      for (let j = 0; j < p; j++) {
        const d = data[i * p + j]! - model.centers[c * p + j]!
        distance += d * d
      }
      if (distance < best) {
        best = distance
        labels[i] = c
      }
    }
  }
  return labels
}

function plusPlus(rows: Rows, options: KMeansOptions): Float64Array {
  if (!options.random) {
    throw new StatsError(
      'invalidOption',
      'k-means needs a seeded generator (`random`) for its starts, or the `starts` themselves.',
    )
  }
  return kMeansPlusPlus(rows, options.k, options.random, options.weights)
}

function givenStarts(starts: Float64Array, k: number, p: number): Float64Array {
  if (starts.length === k * p && starts.every(Number.isFinite)) return starts.slice()
  throw new StatsError(
    'invalidOption',
    `The starts hold ${starts.length} numbers; expected ${k}×${p} finite ones.`,
  )
}

function requireClusters(rows: Rows, k: number, weights: Float64Array | undefined): void {
  if (!Number.isInteger(k) || k < 1)
    throw new StatsError('invalidOption', `k is ${k}; expected a whole number of at least 1.`)
  let usable = rows.n
  if (weights) for (const w of weights) if (w === 0) usable--
  if (usable < k)
    throw new StatsError(
      'insufficientData',
      `${k} clusters were asked of ${usable} rows; ask for at most that many.`,
    )
}

/** Row after row, as they lie in memory. */
function meanVariance({ data, n, p }: Rows): number {
  const means = new Float64Array(p)
  for (let at = 0; at < n * p; ) for (let j = 0; j < p; j++) means[j]! += data[at++]!
  for (let j = 0; j < p; j++) means[j]! /= n
  let squares = 0
  for (let at = 0; at < n * p; )
    for (let j = 0; j < p; j++) {
      const d = data[at++]! - means[j]!
      squares += d * d
    }
  return squares / n / p
}
