import type { RandomGenerator } from '../random/generator.ts'
import { sampleInteger } from '../random/samplers.ts'
import { StatsError } from '../stats-error.ts'
import { type Rows, requireFiniteRows } from './rows.ts'
import { adjustedRand } from './validity.ts'

export type ClusterStability = {
  /** Mean adjusted Rand index between the clustering and those of resamples, 1 for the same each time. */
  readonly meanAdjustedRand: number
  /** Mean of each cluster's best Jaccard agreement; below .6 a cluster should not be believed, above .85 it is stable. */
  readonly jaccard: readonly number[]
  readonly resamples: number
}

/**
 * Stability of a clustering under resampling of its rows.
 * Cost O(resamples × clustering).
 * Source: Hennig (2007), "Cluster-wise assessment of cluster stability", Comput, https://doi.org/10.1016/j.csda.2006.11.025.
 * Statist. Data Anal. 52.
 * @param cluster gives labels 0…k−1 of all rows from a fit on the resampled ones (fit, then predict).
 * @throws StatsError `emptyData`, `invalidOption`, `lengthMismatch`, `notFinite`, `outOfDomain` for labels that are
 * not whole numbers below n.
 * @example
 * const rows = { data: Float64Array.of(0, 1, 2, 20, 21, 22), n: 6, p: 1 }
 * const cluster = (some, all) => predictKMeans(fitKMeans(some, { k: 2, starts: Float64Array.of(0, 20) }).model, all)
 * clusterStability(rows, [0, 0, 0, 1, 1, 1], cluster, { random: createRandom(1), resamples: 20 }).meanAdjustedRand // → 1
 */
export function clusterStability(
  rows: Rows,
  labels: ArrayLike<number>,
  cluster: (resampled: Rows, all: Rows, random: RandomGenerator) => ArrayLike<number>,
  options: { readonly random: RandomGenerator; readonly resamples?: number },
): ClusterStability {
  const { random, resamples = 50 } = options
  if (!(resamples >= 2))
    throw new StatsError('invalidOption', `There are ${resamples} resamples; at least 2 were expected.`)
  requireFiniteRows(rows)
  requireLabels(labels, rows.n)
  const k = Math.max(...Array.from(labels)) + 1
  const jaccard = Array<number>(k).fill(0)
  let rand = 0
  for (let r = 0; r < resamples; r++) {
    const stream = random.stream(r)
    const found = cluster(resample(rows, stream), rows, stream)
    rand += adjustedRand(labels, found)
    bestJaccard(labels, found, k).forEach((value, c) => {
      jaccard[c]! += value / resamples
    })
  }
  return { meanAdjustedRand: rand / resamples, jaccard, resamples }
}

function resample({ data, n, p }: Rows, random: RandomGenerator): Rows {
  const drawn = new Float64Array(n * p)
  for (let i = 0; i < n; i++) {
    const row = sampleInteger(random, n)
    drawn.set(data.subarray(row * p, row * p + p), i * p)
  }
  return { data: drawn, n, p }
}

function bestJaccard(labels: ArrayLike<number>, found: ArrayLike<number>, k: number): number[] {
  const both = Array.from({ length: k }, () => new Map<number, number>())
  const sizes = Array<number>(k).fill(0)
  const others = new Map<number, number>()
  for (let i = 0; i < labels.length; i++) {
    const own = both[labels[i]!]!
    sizes[labels[i]!]!++
    own.set(found[i]!, (own.get(found[i]!) ?? 0) + 1)
    others.set(found[i]!, (others.get(found[i]!) ?? 0) + 1)
  }
  return both.map((own, c) => {
    let best = 0
    for (const [label, count] of own) best = Math.max(best, count / (sizes[c]! + others.get(label)! - count))
    return best
  })
}

function requireLabels(labels: ArrayLike<number>, n: number): void {
  if (labels.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `There are ${labels.length} labels for ${n} rows; one each was expected.`,
    )
  for (let i = 0; i < n; i++)
    if (!(Number.isInteger(labels[i]) && labels[i]! >= 0 && labels[i]! < n))
      throw new StatsError(
        'outOfDomain',
        `The label of row ${i} is ${labels[i]}; whole numbers from 0 were expected.`,
      )
}
