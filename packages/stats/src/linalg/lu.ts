import { requireFiniteColumn, requireMatrix, StatsError } from '../stats-error.ts'

/**
 * Solves A·X = B for a general square matrix (row-major n×n; B row-major n×m) by elimination with partial pivoting.
 * Cost 2n³/3 + 2n²m operations.
 * Source: Golub and Van Loan (2013), algorithm 3.4.1, https://doi.org/10.56021/9781421407944
 * @throws StatsError `singular`, `lengthMismatch`, `invalidOption`, `notFinite`
 * @example
 * solveLinear(Float64Array.of(2, 1, 1, 3), 2, [3, 5]) // → [0.8, 1.4]
 */
export function solveLinear(a: Float64Array, n: number, b: ArrayLike<number>, m = 1): Float64Array {
  requireMatrix('A', a, n, n)
  requireMatrix('B', b, n, m)
  requireFiniteColumn('A', a)
  requireFiniteColumn('B', b)
  const lu = a.slice()
  const x = Float64Array.from(b)
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(lu[i * n + k]!) > Math.abs(lu[pivot * n + k]!)) pivot = i
    if (lu[pivot * n + k] === 0)
      throw new StatsError(
        'singular',
        `The ${n}×${n} system has no unique solution; column ${k} depends on those before it.`,
      )
    if (pivot !== k) {
      swapRows(lu, n, k, pivot)
      swapRows(x, m, k, pivot)
    }
    for (let i = k + 1; i < n; i++) {
      const factor = lu[i * n + k]! / lu[k * n + k]!
      if (factor === 0) continue
      for (let j = k + 1; j < n; j++) lu[i * n + j]! -= factor * lu[k * n + j]!
      for (let j = 0; j < m; j++) x[i * m + j]! -= factor * x[k * m + j]!
    }
  }
  for (let i = n - 1; i >= 0; i--)
    for (let j = 0; j < m; j++) {
      let sum = x[i * m + j]!
      for (let k = i + 1; k < n; k++) sum -= lu[i * n + k]! * x[k * m + j]!
      x[i * m + j] = sum / lu[i * n + i]!
    }
  return x
}

function swapRows(values: Float64Array, width: number, i: number, j: number): void {
  for (let k = 0; k < width; k++) {
    const kept = values[i * width + k]!
    values[i * width + k] = values[j * width + k]!
    values[j * width + k] = kept
  }
}
