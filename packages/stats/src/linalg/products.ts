/** A·B for row-major n×m and m×p matrices. */
export function multiply(a: Float64Array, b: Float64Array, n: number, m: number, p: number): Float64Array {
  const product = new Float64Array(n * p)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < m; k++) {
      const factor = a[i * m + k]!
      if (factor === 0) continue
      for (let j = 0; j < p; j++) product[i * p + j]! += factor * b[k * p + j]!
    }
  return product
}

/** Aᵀ of a row-major n×p matrix. */
export function transpose(a: Float64Array, n: number, p: number): Float64Array {
  const turned = new Float64Array(n * p)
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) turned[j * n + i] = a[i * p + j]!
  return turned
}

/** gᵀ·A·g for a symmetric row-major n×n matrix. */
export function quadraticForm(a: Float64Array, g: Float64Array): number {
  const n = g.length
  let sum = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += g[i]! * a[i * n + j]! * g[j]!
  return sum
}
