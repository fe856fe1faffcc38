import { requireFiniteColumn, requireMatrix, StatsError } from '../stats-error.ts'

/**
 * Lower Cholesky factor L with A = L·Lᵀ of a symmetric matrix (row-major n×n, lower triangle read), or undefined
 * when A is not positive definite within rounding.
 * Cost n³/3 operations.
 * Source: Golub and Van Loan (2013), Matrix Computations, algorithm 4.2.1, https://doi.org/10.56021/9781421407944
 * @throws StatsError `lengthMismatch`, `invalidOption`
 * @example
 * cholesky(Float64Array.of(4, 2, 2, 3), 2) // → [2, 0, 1, 1.414214]
 */
export function cholesky(a: Float64Array, n: number): Float64Array | undefined {
  requireMatrix('The matrix', a, n, n)
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

/**
 * Solves L·Lᵀ·x = b for the factor from `cholesky`.
 * l is the row-major n×n factor, b has length n; so has the result.
 * Cost 2n² operations.
 * Source: Golub and Van Loan (2013), Matrix Computations, algorithm 4.2.1, https://doi.org/10.56021/9781421407944
 * @throws StatsError `lengthMismatch`, `invalidOption`, `notFinite`, `singular`
 * @example
 * const l = cholesky(Float64Array.of(4, 2, 2, 3), 2)
 * choleskySolve(l, 2, [8, 7]) // → [1.25, 1.5]
 */
export function choleskySolve(l: Float64Array, n: number, b: ArrayLike<number>): Float64Array {
  requireFactor(l, n)
  const x = Float64Array.from(b)
  requireMatrix('b', x, n, 1)
  requireFiniteColumn('b', x)
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

/**
 * The inverse of a symmetric positive definite matrix (row-major n×n).
 * Cost n³ operations.
 * Source: Golub and Van Loan (2013), Matrix Computations, algorithm 4.2.1, https://doi.org/10.56021/9781421407944
 * @throws StatsError `lengthMismatch`, `invalidOption`, `notPositiveDefinite`
 * @example
 * invertSymmetric(Float64Array.of(4, 2, 2, 3), 2) // → [0.375, -0.25, -0.25, 0.5]
 */
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

/**
 * ln det A from the factor of `cholesky`.
 * l is row-major n×n.
 * Cost O(n).
 * Source: Golub and Van Loan (2013), Matrix Computations, algorithm 4.2.1, https://doi.org/10.56021/9781421407944
 * @throws StatsError `lengthMismatch`, `invalidOption`, `singular`
 * @example
 * choleskyLogDeterminant(cholesky(Float64Array.of(4, 2, 2, 3), 2), 2) // → 2.079442
 */
export function choleskyLogDeterminant(l: Float64Array, n: number): number {
  requireFactor(l, n)
  let sum = 0
  for (let i = 0; i < n; i++) sum += Math.log(l[i * n + i]!)
  return 2 * sum
}

function requireFactor(l: Float64Array, n: number): void {
  requireMatrix('The factor', l, n, n)
  for (let i = 0; i < n; i++)
    if (!(l[i * n + i]! > 0))
      throw new StatsError(
        'singular',
        `The factor has ${l[i * n + i]} on its diagonal; numbers > 0 were expected.`,
      )
}
