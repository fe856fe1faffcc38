import { requireMatrix, StatsError } from '../stats-error.ts'

export interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array
  /** Row-major n×n; column k is the unit vector of value k, its largest component positive. */
  readonly vectors: Float64Array
}

/**
 * Eigenvalues and vectors of a symmetric matrix (row-major n×n) by cyclic Jacobi rotations.
 * Cost about 6n³ operations a sweep, six to ten sweeps.
 * Source: Golub and Van Loan (2013), algorithm 8.5.3, https://doi.org/10.56021/9781421407944
 * @throws StatsError `notConverged`, `notFinite`, `lengthMismatch`, `invalidOption`
 * @example
 * symmetricEigen(Float64Array.of(2, 1, 1, 2), 2).values // → [3, 1]
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  requireMatrix('The matrix', matrix, n, n)
  const a = matrix.slice()
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  let total = 0
  for (let i = 0; i < n * n; i++) total += a[i]! * a[i]!
  if (!Number.isFinite(total))
    throw new StatsError('notFinite', 'The matrix holds a value that is not finite or too large to square.')
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) off += a[i * n + j]! * a[i * n + j]!
    if (off <= 1e-32 * total) return sorted(a, v, n)
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q)
  }
  throw new StatsError('notConverged', `The eigenvalues of the ${n}×${n} matrix did not settle in 60 sweeps.`)
}

function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!
  if (apq === 0) return
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p]!
    const kq = a[k * n + q]!
    a[k * n + p] = c * kp - s * kq
    a[k * n + q] = s * kp + c * kq
  }
  for (let k = 0; k < n; k++) {
    const pk = a[p * n + k]!
    const qk = a[q * n + k]!
    a[p * n + k] = c * pk - s * qk
    a[q * n + k] = s * pk + c * qk
    const vp = v[k * n + p]!
    const vq = v[k * n + q]!
    v[k * n + p] = c * vp - s * vq
    v[k * n + q] = s * vp + c * vq
  }
  a[p * n + q] = 0
  a[q * n + p] = 0
}

function sorted(a: Float64Array, v: Float64Array, n: number): SymmetricEigen {
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]! || i - j)
  const values = new Float64Array(n)
  const vectors = new Float64Array(n * n)
  order.forEach((from, to) => {
    values[to] = a[from * n + from]!
    let peak = 0
    for (let k = 0; k < n; k++)
      if (Math.abs(v[k * n + from]!) > Math.abs(v[peak * n + from]!) + 1e-12) peak = k
    const sign = n > 0 && v[peak * n + from]! < 0 ? -1 : 1
    for (let k = 0; k < n; k++) vectors[k * n + to] = sign * v[k * n + from]!
  })
  return { values, vectors }
}
