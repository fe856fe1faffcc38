import type { RandomGenerator } from '../random/generator.ts'
import { sampleInteger } from '../random/samplers.ts'
import { StatsError } from '../stats-error.ts'
import { type Rows, requireFiniteRows } from './rows.ts'

/** Rows of numbers beside categories coded as whole numbers, row-major n×q. */
export type MixedRows = { readonly numbers: Rows; readonly categories: Int32Array; readonly q: number }

export type KPrototypesModel = {
  readonly kind: 'kPrototypes'
  readonly version: 1
  readonly k: number
  readonly p: number
  readonly q: number
  /** What a differing category costs, in units of squared distance. */
  readonly gamma: number
  /** Row-major k×p. */
  readonly centers: readonly number[]
  /** Row-major k×q: the most frequent code of each column. */
  readonly modes: readonly number[]
  readonly sizes: readonly number[]
  readonly cost: number
  readonly diagnostics: {
    readonly status: 'converged' | 'iterationLimit'
    readonly iterations: number
    readonly rows: number
  }
}

export type KPrototypesFit = { readonly model: KPrototypesModel; readonly labels: Int32Array }

/**
 * k-prototypes: k-means for mixed data, with squared Euclidean distance on numbers plus gamma for every category that
 * differs. Numbers should be standardised first.
 * Cost O(n·k·(p+q)) an iteration.
 * Source: Huang (1998), Data Mining and Knowledge Discovery 2, https://doi.org/10.1023/A:1009769707641
 * @param options.gamma default: half the mean standard deviation of the number columns (Huang's advice).
 * @throws StatsError `emptyData`, `insufficientData`, `invalidOption`, `lengthMismatch`, `notFinite`.
 * @example
 * const rows = { numbers: { data: Float64Array.of(0, 1, 20, 21), n: 4, p: 1 }, categories: Int32Array.of(0, 0, 1, 1), q: 1 }
 * fitKPrototypes(rows, { k: 2, random: createRandom(1), gamma: 1 }).model.sizes // → [2, 2]
 */
export function fitKPrototypes(
  rows: MixedRows,
  options: {
    readonly k: number
    readonly random: RandomGenerator
    readonly gamma?: number
    readonly restarts?: number
    readonly maxIterations?: number
  },
): KPrototypesFit {
  const { k, random, restarts = 1, maxIterations = 100 } = options
  requireFiniteRows(rows.numbers)
  const { n } = rows.numbers
  if (rows.categories.length !== n * rows.q)
    throw new StatsError(
      'lengthMismatch',
      `There are ${rows.categories.length} category codes; ${n}×${rows.q} were expected.`,
    )
  if (!(Number.isInteger(k) && k >= 1))
    throw new StatsError('invalidOption', `k is ${k}; a whole number of at least 1 was expected.`)
  if (n < k) throw new StatsError('insufficientData', `${k} clusters were asked of ${n} rows.`)
  const gamma = options.gamma ?? meanDeviation(rows.numbers) / 2
  if (!(gamma >= 0 && gamma < Infinity))
    throw new StatsError('invalidOption', `gamma is ${gamma}; a finite number of at least 0 was expected.`)
  let best: KPrototypesFit | undefined
  for (let r = 0; r < restarts; r++) {
    const fit = iterate(rows, startRows(rows, k, gamma, random), gamma, maxIterations)
    if (!best || fit.model.cost < best.model.cost) best = fit
  }
  return best!
}

/**
 * Nearest prototype of each row; ties to the lower number.
 * Labels 0 … k − 1.
 * Cost O(n·k·(p + q)).
 * Source: Huang (1998), https://doi.org/10.1023/A:1009769707641
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`.
 * @example
 * const rows = { numbers: { data: Float64Array.of(0, 1, 20, 21), n: 4, p: 1 }, categories: Int32Array.of(0, 0, 1, 1), q: 1 }
 * const { model, labels } = fitKPrototypes(rows, { k: 2, random: createRandom(1), gamma: 1 })
 * adjustedRand(predictKPrototypes(model, rows), labels) // → 1
 */
export function predictKPrototypes(model: KPrototypesModel, rows: MixedRows): Int32Array {
  requireFiniteRows(rows.numbers)
  if (rows.numbers.p !== model.p || rows.q !== model.q) {
    throw new StatsError(
      'lengthMismatch',
      `The rows have ${rows.numbers.p} + ${rows.q} columns; the model was fitted on ${model.p} + ${model.q}.`,
    )
  }
  return assign(rows, model.centers, model.modes, model.gamma).labels
}

function iterate(
  rows: MixedRows,
  starts: readonly number[],
  gamma: number,
  maxIterations: number,
): KPrototypesFit {
  const { data, n, p } = rows.numbers
  const { q } = rows
  const k = starts.length
  const centers = Float64Array.from(starts.flatMap((row) => Array.from(data.subarray(row * p, row * p + p))))
  const modes = Int32Array.from(
    starts.flatMap((row) => Array.from(rows.categories.subarray(row * q, row * q + q))),
  )
  let { labels, cost } = assign(rows, centers, modes, gamma)
  let iterations = 0
  let converged = false
  while (!converged && iterations < maxIterations) {
    iterations++
    updatePrototypes(rows, labels, k, centers, modes)
    const next = assign(rows, centers, modes, gamma)
    converged = next.labels.every((label, i) => label === labels[i])
    labels = next.labels
    cost = next.cost
  }
  const sizes = Array<number>(k).fill(0)
  for (const label of labels) sizes[label]!++
  const model: KPrototypesModel = {
    kind: 'kPrototypes',
    version: 1,
    k,
    p,
    q,
    gamma,
    centers: Object.freeze(Array.from(centers)),
    modes: Object.freeze(Array.from(modes)),
    sizes: Object.freeze(sizes),
    cost,
    diagnostics: Object.freeze({ status: converged ? 'converged' : 'iterationLimit', iterations, rows: n }),
  }
  return { model: Object.freeze(model), labels }
}

function assign(
  { numbers: { data, n, p }, categories, q }: MixedRows,
  centers: ArrayLike<number>,
  modes: ArrayLike<number>,
  gamma: number,
) {
  const k = q > 0 ? modes.length / q : centers.length / p
  const labels = new Int32Array(n)
  let cost = 0
  for (let i = 0; i < n; i++) {
    let best = Number.POSITIVE_INFINITY
    for (let c = 0; c < k; c++) {
      let d = 0
      for (let j = 0; j < p; j++) d += (data[i * p + j]! - centers[c * p + j]!) ** 2
      for (let j = 0; j < q; j++) if (categories[i * q + j] !== modes[c * q + j]) d += gamma
      if (d < best) {
        best = d
        labels[i] = c
      }
    }
    cost += best
  }
  return { labels, cost }
}

/** A cluster that has lost all its rows keeps its prototype. */
function updatePrototypes(
  { numbers: { data, n, p }, categories, q }: MixedRows,
  labels: Int32Array,
  k: number,
  centers: Float64Array,
  modes: Int32Array,
): void {
  const sums = new Float64Array(k * p)
  const sizes = new Float64Array(k)
  const counts = Array.from({ length: k * q }, () => new Map<number, number>())
  for (let i = 0; i < n; i++) {
    const c = labels[i]!
    sizes[c]!++
    for (let j = 0; j < p; j++) sums[c * p + j]! += data[i * p + j]!
    for (let j = 0; j < q; j++) {
      const tally = counts[c * q + j]!
      tally.set(categories[i * q + j]!, (tally.get(categories[i * q + j]!) ?? 0) + 1)
    }
  }
  for (let at = 0; at < sums.length; at++)
    if (sizes[Math.floor(at / p)]! > 0) centers[at] = sums[at]! / sizes[Math.floor(at / p)]!
  counts.forEach((tally, at) => {
    let most = 0
    for (const [code, count] of tally) {
      if (count < most || (count === most && code > modes[at]!)) continue
      most = count
      modes[at] = code
    }
  })
}

/** k-means++ under the mixed distance. */
function startRows(rows: MixedRows, k: number, gamma: number, random: RandomGenerator): readonly number[] {
  const { data, n, p } = rows.numbers
  const { categories, q } = rows
  const starts = [sampleInteger(random, n)]
  const near = new Float64Array(n).fill(Number.POSITIVE_INFINITY)
  while (starts.length < k) {
    const last = starts[starts.length - 1]!
    let total = 0
    for (let i = 0; i < n; i++) {
      let d = 0
      for (let j = 0; j < p; j++) d += (data[i * p + j]! - data[last * p + j]!) ** 2
      for (let j = 0; j < q; j++) if (categories[i * q + j] !== categories[last * q + j]) d += gamma
      near[i] = Math.min(near[i]!, d)
      total += near[i]!
    }
    let target = random.uniform() * total
    let chosen = near.findIndex((d) => {
      target -= d
      return d > 0 && target < 0
    })
    if (chosen < 0) chosen = sampleInteger(random, n)
    starts.push(chosen)
  }
  return starts
}

function meanDeviation({ data, n, p }: Rows): number {
  let total = 0
  for (let j = 0; j < p; j++) {
    let mean = 0
    for (let i = 0; i < n; i++) mean += data[i * p + j]! / n
    let squares = 0
    for (let i = 0; i < n; i++) squares += (data[i * p + j]! - mean) ** 2
    total += Math.sqrt(squares / n)
  }
  return total / p
}
