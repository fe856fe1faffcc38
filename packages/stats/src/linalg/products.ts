import { requireFiniteColumn, requireMatrix } from '../stats-error.ts'

/**
 * A·B for row-major n×m and m×p matrices.
 * The product is row-major n×p.
 * Cost 2nmp operations.
 * Source: definition; Golub and Van Loan (2013), section 1.1, https://doi.org/10.56021/9781421407944
 * @throws StatsError `lengthMismatch`, `invalidOption`, `notFinite`
 * @example
 * multiply(Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 0, 0, 1), 2, 2, 2) // → [1, 2, 3, 4]
 */
export function multiply(a: Float64Array, b: Float64Array, n: number, m: number, p: number): Float64Array {
  requireMatrix('A', a, n, m)
  requireMatrix('B', b, m, p)
  requireFiniteColumn('A', a)
  requireFiniteColumn('B', b)
  const product = new Float64Array(n * p)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < m; k++) {
      const factor = a[i * m + k]!
      if (factor === 0) continue
      for (let j = 0; j < p; j++) product[i * p + j]! += factor * b[k * p + j]!
    }
  return product
}

/**
 * Aᵀ of a row-major n×p matrix.
 * The result is row-major p×n.
 * Cost O(np).
 * Source: definition; Golub and Van Loan (2013), section 1.1, https://doi.org/10.56021/9781421407944
 * @throws StatsError `lengthMismatch`, `invalidOption`, `notFinite`
 * @example
 * transpose(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3) // → [1, 4, 2, 5, 3, 6]
 */
export function transpose(a: Float64Array, n: number, p: number): Float64Array {
  requireMatrix('A', a, n, p)
  requireFiniteColumn('A', a)
  const turned = new Float64Array(n * p)
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) turned[j * n + i] = a[i * p + j]!
  return turned
}

/**
 * gᵀ·A·g for a symmetric row-major n×n matrix.
 * g has length n.
 * Cost O(n²).
 * Source: definition; Golub and Van Loan (2013), section 1.1, https://doi.org/10.56021/9781421407944
 * @throws StatsError `lengthMismatch`, `invalidOption`, `notFinite`
 * @example
 * quadraticForm(Float64Array.of(2, 1, 1, 3), Float64Array.of(1, 2)) // → 18
 */
export function quadraticForm(a: Float64Array, g: Float64Array): number {
  const n = g.length
  requireMatrix('A', a, n, n)
  requireFiniteColumn('A', a)
  requireFiniteColumn('g', g)
  let sum = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += g[i]! * a[i * n + j]! * g[j]!
  return sum
}

/** Hot: adds curve · row · rowᵀ of four rows of q to the lower triangle of a row-major q×q matrix, each cell touched once. */
export function addFourProducts(
  gram: Float64Array,
  rows: Float64Array,
  curves: Float64Array,
  q: number,
): void {
  for (let a = 0; a < q; a++) {
    const c0 = curves[0]! * rows[a]!
    const c1 = curves[1]! * rows[q + a]!
    const c2 = curves[2]! * rows[2 * q + a]!
    const c3 = curves[3]! * rows[3 * q + a]!
    for (let b = 0, at = a * q; b <= a; b++, at++)
      gram[at]! += c0 * rows[b]! + c1 * rows[q + b]! + (c2 * rows[2 * q + b]! + c3 * rows[3 * q + b]!)
  }
}
