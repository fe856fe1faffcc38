import { svd } from '../linalg/svd.ts'
import { symmetricEigen } from '../linalg/symmetric-eigen.ts'
import { StatsError } from '../stats-error.ts'
import { type Rows, requireFiniteRows } from './rows.ts'
import { fitStandardisation, type Standardisation, standardise } from './standardise.ts'

export type PcaModel = {
  readonly kind: 'pca'
  readonly version: 1
  readonly p: number
  readonly components: number
  /** Component by component, each of length p; the largest entry of each is positive. */
  readonly directions: readonly (readonly number[])[]
  /** Variance of the scores, divided by n − 1, descending. */
  readonly explainedVariance: readonly number[]
  /** Of the total variance. */
  readonly explainedShare: readonly number[]
  readonly singularValues: readonly number[]
  readonly scale: Standardisation
  readonly rows: number
}

/**
 * Principal components of centred (and, if asked, standardised) columns by singular value decomposition; with many rows
 * and few columns by the covariance's eigenvectors.
 * Cost O(n·p²).
 * Source: Jolliffe (2002), Principal Component Analysis, section 3.5, https://doi.org/10.1007/b98835
 * @param options.standardise `none`, or to unit deviation with n (`population`) or n − 1 (`sample`) below the line.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `insufficientData` for fewer than 2 rows,
 * `zeroVariance` for a constant column to be standardised.
 * @example
 * const rows = { data: Float64Array.of(1, 1, 2, 2, 3, 3, 4, 5), n: 4, p: 2 }
 * fitPca(rows).explainedShare // → [0.9920022, 0.00799785]
 */
export function fitPca(
  rows: Rows,
  options: { readonly standardise?: 'none' | 'population' | 'sample'; readonly components?: number } = {},
): PcaModel {
  requireFiniteRows(rows)
  const { n, p } = rows
  if (n < 2) throw new StatsError('insufficientData', `Principal components need at least 2 rows, got ${n}.`)
  const scale = scaleOf(rows, options.standardise ?? 'none')
  const centred = standardise(rows, scale)
  const { values, directions } = n > 50 * p ? byEigen(centred) : bySvd(centred)
  const total = values.reduce((s, v) => s + v, 0)
  if (!(total > 0)) throw new StatsError('zeroVariance', 'No column varies, so there are no components.')
  const components = Math.min(options.components ?? p, values.length)
  const kept = values.slice(0, components)
  return Object.freeze({
    kind: 'pca',
    version: 1,
    p,
    components,
    directions: Object.freeze(directions.slice(0, components).map((d) => Object.freeze(d))),
    explainedVariance: Object.freeze(kept.map((v) => v / (n - 1))),
    explainedShare: Object.freeze(kept.map((v) => v / total)),
    singularValues: Object.freeze(kept.map(Math.sqrt)),
    scale,
    rows: n,
  } as const)
}

/**
 * Scores of rows on the components, row-major n×components.
 * Cost O(n·p·components).
 * Source: Jolliffe (2002), section 3.5, https://doi.org/10.1007/b98835
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`.
 * @example
 * const rows = { data: Float64Array.of(1, 1, 2, 2, 3, 3, 4, 5), n: 4, p: 2 }
 * predictPca(fitPca(rows, { components: 1 }), rows).data // → [-2.300219, -0.8999251, 0.500369, 2.699775]
 */
export function predictPca(model: PcaModel, rows: Rows): Rows {
  requireFiniteRows(rows)
  const { data, n, p } = standardise(rows, model.scale)
  const k = model.components
  const scores = new Float64Array(n * k)
  for (let i = 0; i < n; i++) {
    model.directions.forEach((direction, c) => {
      let sum = 0
      for (let j = 0; j < p; j++) sum += direction[j]! * data[i * p + j]!
      scores[i * k + c] = sum
    })
  }
  return { data: scores, n, p: k }
}

function scaleOf(rows: Rows, kind: 'none' | 'population' | 'sample'): Standardisation {
  if (kind !== 'none') return fitStandardisation(rows, kind === 'population' ? 0 : 1)
  const { data, n, p } = rows
  const means = Array<number>(p).fill(0)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < p; j++) means[j]! += (data[i * p + j]! - means[j]!) / (i + 1)
  return { means, sds: Array<number>(p).fill(1), ddof: 0 }
}

function byEigen({ data, n, p }: Rows): { values: number[]; directions: number[][] } {
  const gram = new Float64Array(p * p)
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < p; a++)
      for (let b = 0; b <= a; b++) gram[a * p + b]! += data[i * p + a]! * data[i * p + b]!
  }
  for (let a = 0; a < p; a++) for (let b = 0; b < a; b++) gram[b * p + a] = gram[a * p + b]!
  const { values, vectors } = symmetricEigen(gram, p)
  return ordered(
    Array.from(values, (v) => Math.max(0, v)),
    (c) => Array.from({ length: p }, (_, j) => vectors[j * p + c]!),
  )
}

function bySvd({ data, n, p }: Rows): { values: number[]; directions: number[][] } {
  if (n < p) {
    // The decomposition wants at least as many rows as columns: rows of zeros change nothing.
    const padded = new Float64Array(p * p)
    padded.set(data)
    return bySvd({ data: padded, n: p, p })
  }
  const { values, v } = svd(data, n, p)
  return ordered(
    Array.from(values, (x) => x * x),
    (c) => Array.from({ length: p }, (_, j) => v[j * p + c]!),
  )
}

function ordered(
  values: readonly number[],
  direction: (c: number) => number[],
): { values: number[]; directions: number[][] } {
  const order = values.map((_, c) => c).sort((a, b) => values[b]! - values[a]!)
  return { values: order.map((c) => values[c]!), directions: order.map((c) => signed(direction(c))) }
}

function signed(direction: number[]): number[] {
  const largest = direction.reduce((best, x) => (Math.abs(x) > Math.abs(best) + 1e-12 ? x : best), 0)
  return largest < 0 ? direction.map((x) => -x) : direction
}
