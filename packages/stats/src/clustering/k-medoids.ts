import type { RandomGenerator } from '../random/generator.ts'
import { StatsError } from '../stats-error.ts'

export type KMedoidsModel = {
  readonly kind: 'kMedoids'
  readonly version: 1
  /** Rows that stand for their clusters. */
  readonly medoids: readonly number[]
  /** Sum of dissimilarities to the own medoid. */
  readonly cost: number
  readonly diagnostics: {
    readonly status: 'converged' | 'iterationLimit'
    readonly swaps: number
    readonly rows: number
  }
}

export type KMedoidsFit = { readonly model: KMedoidsModel; readonly labels: Int32Array }

/**
 * Partitioning around medoids from any symmetric dissimilarities, row-major n×n: greedy build, then the best of all
 * swaps until none lowers the cost (FastPAM1).
 * Cost O(n²) a swap, memory n².
 * Source: Kaufman & Rousseeuw (1990), chapter 2, https://doi.org/10.1002/9780470316801; Schubert & Rousseeuw (2019),
 * SISAP, algorithm 2.
 * @throws StatsError `lengthMismatch`, `invalidOption`, `insufficientData`.
 * @example
 * const apart = Float64Array.of(0, 1, 9, 1, 0, 8, 9, 8, 0)
 * fitKMedoids(apart, 3, { k: 2 }).labels // → [0, 0, 1]
 */
export function fitKMedoids(
  dissimilarities: Float64Array,
  n: number,
  options: { readonly k: number; readonly maxSwaps?: number; readonly starts?: readonly number[] },
): KMedoidsFit {
  const { k, maxSwaps = 1000 } = options
  if (dissimilarities.length !== n * n)
    throw new StatsError(
      'lengthMismatch',
      `There are ${dissimilarities.length} dissimilarities; ${n}×${n} were expected.`,
    )
  if (!(Number.isInteger(k) && k >= 1))
    throw new StatsError('invalidOption', `k is ${k}; a whole number of at least 1 was expected.`)
  if (n < k) throw new StatsError('insufficientData', `${k} clusters were asked of ${n} rows.`)
  const medoids = options.starts ? [...options.starts] : build(dissimilarities, n, k)
  let swaps = 0
  let state = assign(dissimilarities, n, medoids)
  let converged = k === n
  while (!converged && swaps < maxSwaps) {
    const swap = bestSwap(dissimilarities, n, medoids, state)
    if (swap.change >= -1e-12 * state.cost) {
      converged = true
      break
    }
    medoids[swap.slot] = swap.row
    swaps++
    state = assign(dissimilarities, n, medoids)
  }
  const model: KMedoidsModel = {
    kind: 'kMedoids',
    version: 1,
    medoids: Object.freeze(medoids),
    cost: state.cost,
    diagnostics: Object.freeze({ status: converged ? 'converged' : 'iterationLimit', swaps, rows: n }),
  }
  return { model: Object.freeze(model), labels: state.labels }
}

/**
 * Rows drawn without replacement, for fitting medoids on a sample when n² does not fit (CLARA).
 * `size` row numbers below n.
 * Cost O(n).
 * Source: Kaufman & Rousseeuw (1990), chapter 3, https://doi.org/10.1002/9780470316801
 * @throws StatsError `invalidOption` unless 1 ≤ size ≤ n
 * @example
 * sampleRows(5, 3, createRandom(1)).length // → 3
 */
export function sampleRows(n: number, size: number, random: RandomGenerator): Uint32Array {
  if (!(size >= 1 && size <= n)) throw new StatsError('invalidOption', `${size} of ${n} rows were asked for.`)
  const pool = Uint32Array.from({ length: n }, (_, i) => i)
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(random.uniform() * (n - i))
    const held = pool[i]!
    pool[i] = pool[j]!
    pool[j] = held
  }
  return pool.slice(0, size).sort()
}

type Assignment = {
  readonly labels: Int32Array
  readonly near: Float64Array
  readonly second: Float64Array
  readonly cost: number
}

function assign(d: Float64Array, n: number, medoids: readonly number[]): Assignment {
  const labels = new Int32Array(n)
  const near = new Float64Array(n).fill(Number.POSITIVE_INFINITY)
  const second = new Float64Array(n).fill(Number.POSITIVE_INFINITY)
  let cost = 0
  for (let i = 0; i < n; i++) {
    medoids.forEach((m, slot) => {
      const value = d[i * n + m]!
      if (value < near[i]!) {
        second[i] = near[i]!
        near[i] = value
        labels[i] = slot
      } else if (value < second[i]!) second[i] = value
    })
    cost += near[i]!
  }
  return { labels, near, second, cost }
}

function build(d: Float64Array, n: number, k: number): number[] {
  const near = new Float64Array(n).fill(Number.POSITIVE_INFINITY)
  const medoids: number[] = []
  for (let slot = 0; slot < k; slot++) {
    let best = -1
    let least = Number.POSITIVE_INFINITY
    for (let c = 0; c < n; c++) {
      if (medoids.includes(c)) continue
      let cost = 0
      for (let i = 0; i < n; i++) cost += Math.min(near[i]!, d[i * n + c]!)
      if (cost < least) {
        least = cost
        best = c
      }
    }
    medoids.push(best)
    for (let i = 0; i < n; i++) near[i] = Math.min(near[i]!, d[i * n + best]!)
  }
  return medoids
}

function bestSwap(
  d: Float64Array,
  n: number,
  medoids: readonly number[],
  { labels, near, second }: Assignment,
) {
  const removal = new Float64Array(medoids.length)
  for (let i = 0; i < n; i++) removal[labels[i]!]! += second[i]! - near[i]!
  let change = 0
  let slot = -1
  let row = -1
  for (let c = 0; c < n; c++) {
    if (medoids.includes(c)) continue
    const delta = removal.slice()
    let shared = 0
    for (let i = 0; i < n; i++) {
      const value = d[i * n + c]!
      if (value < near[i]!) {
        shared += value - near[i]!
        delta[labels[i]!]! += near[i]! - second[i]!
      } else if (value < second[i]!) delta[labels[i]!]! += value - second[i]!
    }
    delta.forEach((x, s) => {
      if (x + shared < change) {
        change = x + shared
        slot = s
        row = c
      }
    })
  }
  return { change, slot, row }
}
