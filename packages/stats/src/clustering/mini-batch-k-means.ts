import type { RandomGenerator } from '../random/generator.ts'
import { StatsError } from '../stats-error.ts'
import { fitKMeans, type KMeansModel, predictKMeans } from './k-means.ts'
import { sampleRows } from './k-medoids.ts'
import { type Rows, requireFiniteRows } from './rows.ts'

/**
 * k-means by small random batches, for data that is read rather than held: each centre follows the mean of the rows it
 * has seen. The inertia, sizes and status are of one last pass over all rows.
 * Cost O(steps·batch·k·p + n·k·p).
 * Source: Sculley (2010), "Web-scale k-means clustering", WWW, https://doi.org/10.1145/1772690.1772862
 * @param options.batch rows a step, default 1,024. @param options.steps default 100.
 * @throws StatsError `lengthMismatch`, `emptyData`, `insufficientData`, `invalidOption`, `notFinite`.
 * @example
 * const rows = { data: Float64Array.of(0, 1, 2, 20, 21, 22), n: 6, p: 1 }
 * fitMiniBatchKMeans(rows, { k: 2, random: createRandom(1), batch: 6 }).model.sizes // → [3, 3]
 */
export function fitMiniBatchKMeans(
  rows: Rows,
  options: {
    readonly k: number
    readonly random: RandomGenerator
    readonly batch?: number
    readonly steps?: number
  },
): { readonly model: KMeansModel; readonly labels: Int32Array } {
  requireFiniteRows(rows)
  const { k, random, steps = 100 } = options
  const { n, p } = rows
  const batch = Math.min(options.batch ?? 1024, n)
  if (!(batch >= k))
    throw new StatsError(
      'insufficientData',
      `Batches of ${batch} rows cannot start ${k} clusters; larger ones were expected.`,
    )
  const first = fitKMeans(pick(rows, sampleRows(n, batch, random)), { k, random, maxIterations: 10 }).model
  const centers = Float64Array.from(first.centers)
  const seen = new Float64Array(k)
  for (let step = 0; step < steps; step++) {
    const drawn = pick(rows, sampleRows(n, batch, random))
    const labels = predictKMeans({ ...first, centers: Array.from(centers) }, drawn)
    labels.forEach((c, i) => {
      seen[c]!++
      for (let j = 0; j < p; j++)
        centers[c * p + j]! += (drawn.data[i * p + j]! - centers[c * p + j]!) / seen[c]!
    })
  }
  const done = fitKMeans(rows, { k, starts: centers, maxIterations: 1 })
  return done
}

function pick({ data, p }: Rows, indices: Uint32Array): Rows {
  const chosen = new Float64Array(indices.length * p)
  indices.forEach((row, i) => {
    chosen.set(data.subarray(row * p, row * p + p), i * p)
  })
  return { data: chosen, n: indices.length, p }
}
