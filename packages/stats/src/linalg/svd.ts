import { requireFiniteColumn, requireMatrix, StatsError } from '../stats-error.ts'

export interface Svd {
  /** Row-major n×p with orthonormal columns (a zero column where the singular value is zero). */
  readonly u: Float64Array
  /** Descending, length p. */
  readonly values: Float64Array
  /** Row-major p×p, column k belongs to value k. */
  readonly v: Float64Array
}

/**
 * Thin singular value decomposition X = U·diag(s)·Vᵀ of a row-major n×p matrix by one-sided Jacobi, accurate to small singular values.
 * Cost about 6np² operations a sweep, six to ten sweeps.
 * Source: Demmel and Veselić (1992), https://doi.org/10.1137/0613074. About 6np² operations a sweep.
 * @throws StatsError `notConverged`, `lengthMismatch`, `invalidOption`, `notFinite`
 * @example
 * svd(Float64Array.of(3, 0, 0, 4), 2, 2).values // → [4, 3]
 */
export function svd(x: Float64Array, n: number, p: number): Svd {
  requireMatrix('X', x, n, p)
  requireFiniteColumn('X', x)
  // Columns are kept as rows of the transpose so that a rotation walks memory in order.
  const columns = new Float64Array(p * n)
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) columns[j * n + i] = x[i * p + j]!
  const v = new Float64Array(p * p)
  for (let j = 0; j < p; j++) v[j * p + j] = 1
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false
    for (let i = 0; i < p - 1; i++)
      for (let j = i + 1; j < p; j++) if (orthogonalise(columns, v, n, p, i, j)) rotated = true
    if (!rotated) return assemble(columns, v, n, p)
  }
  throw new StatsError(
    'notConverged',
    `The singular values of the ${n}×${p} matrix did not settle in 60 sweeps.`,
  )
}

function orthogonalise(
  columns: Float64Array,
  v: Float64Array,
  n: number,
  p: number,
  i: number,
  j: number,
): boolean {
  let alpha = 0
  let beta = 0
  let gamma = 0
  for (let k = 0; k < n; k++) {
    const a = columns[i * n + k]!
    const b = columns[j * n + k]!
    alpha += a * a
    beta += b * b
    gamma += a * b
  }
  if (gamma === 0 || Math.abs(gamma) <= 1e-15 * Math.sqrt(alpha * beta)) return false
  const zeta = (beta - alpha) / (2 * gamma)
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta))
  const c = 1 / Math.sqrt(1 + t * t)
  const s = c * t
  for (let k = 0; k < n; k++) {
    const a = columns[i * n + k]!
    const b = columns[j * n + k]!
    columns[i * n + k] = c * a - s * b
    columns[j * n + k] = s * a + c * b
  }
  for (let k = 0; k < p; k++) {
    const a = v[k * p + i]!
    const b = v[k * p + j]!
    v[k * p + i] = c * a - s * b
    v[k * p + j] = s * a + c * b
  }
  return true
}

function assemble(columns: Float64Array, v: Float64Array, n: number, p: number): Svd {
  const lengths = new Float64Array(p)
  for (let j = 0; j < p; j++) {
    let sum = 0
    for (let k = 0; k < n; k++) sum += columns[j * n + k]! ** 2
    lengths[j] = Math.sqrt(sum)
  }
  const order = Array.from({ length: p }, (_, j) => j).sort((a, b) => lengths[b]! - lengths[a]! || a - b)
  const u = new Float64Array(n * p)
  const values = new Float64Array(p)
  const right = new Float64Array(p * p)
  order.forEach((from, to) => {
    values[to] = lengths[from]!
    for (let k = 0; k < n; k++)
      u[k * p + to] = lengths[from]! > 0 ? columns[from * n + k]! / lengths[from]! : 0
    for (let k = 0; k < p; k++) right[k * p + to] = v[k * p + from]!
  })
  return { u, values, v: right }
}
