import { StatsError } from '../stats-error.ts'

/**
 * Lower Cholesky factor L with A = L·Lᵀ of a symmetric matrix (row-major n×n, lower triangle read), or undefined
 * when A is not positive definite within rounding. n³/3 operations.
 * Source: Golub and Van Loan (2013), Matrix Computations, algorithm 4.2.1.
 */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  const l = new Float64Array(n * n)
  for (let j = 0; j < n; j++) {
    let diagonal = a[j * n + j]!
    for (let k = 0; k < j; k++) diagonal -= l[j * n + k]! * l[j * n + k]!
    if (!(diagonal > 1e-15 * Math.abs(a[j * n + j]!))) return undefined
    const root = Math.sqrt(diagonal)
    l[j * n + j] = root
    for (let i = j + 1; i < n; i++) {
      let sum = a[i * n + j]!
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!
      l[i * n + j] = sum / root
    }
  }
  return l
}

/** Solves L·Lᵀ·x = b for the factor from `cholesky`. */
export function choleskySolve(l: Float64Array, n: number, b: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(b)
  for (let i = 0; i < n; i++) {
    let sum = x[i]!
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * x[k]!
    x[i] = sum / l[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i]! * x[k]!
    x[i] = sum / l[i * n + i]!
  }
  return x
}

/** The inverse of a symmetric positive definite matrix (row-major n×n). @throws StatsError `notPositiveDefinite` */
export function invertSymmetric(a: Float64Array, n: number): Float64Array {
  const l = cholesky(a, n)
  if (!l)
    throw new StatsError(
      'notPositiveDefinite',
      `The ${n}×${n} matrix is not positive definite, so it has no inverse to use as a covariance.`,
      {
        hint: 'Look for columns that repeat each other or never vary.',
      },
    )
  const inverse = new Float64Array(n * n)
  const unit = new Float64Array(n)
  for (let j = 0; j < n; j++) {
    unit.fill(0)
    unit[j] = 1
    const column = choleskySolve(l, n, unit)
    for (let i = 0; i < n; i++) inverse[i * n + j] = column[i]!
  }
  return inverse
}

/** ln det A from the factor of `cholesky`. */
export function choleskyLogDeterminant(l: Float64Array, n: number): number {
  let sum = 0
  for (let i = 0; i < n; i++) sum += Math.log(l[i * n + i]!)
  return 2 * sum
}
