/** A row-major n×p matrix with a leading column of ones. */
export function withOnes(data: Float64Array, n: number, p: number): Float64Array {
  const design = new Float64Array(n * (p + 1))
  for (let i = 0; i < n; i++) {
    design[i * (p + 1)] = 1
    design.set(data.subarray(i * p, i * p + p), i * (p + 1) + 1)
  }
  return design
}
