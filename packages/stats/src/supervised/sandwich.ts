/** T · A · Tᵀ for row-major q×q matrices. */
export function sandwich(t: Float64Array, a: Float64Array, q: number): Float64Array {
  const half = new Float64Array(q * q)
  const full = new Float64Array(q * q)
  for (let i = 0; i < q; i++)
    for (let j = 0; j < q; j++) for (let k = 0; k < q; k++) half[i * q + j]! += t[i * q + k]! * a[k * q + j]!
  for (let i = 0; i < q; i++)
    for (let j = 0; j < q; j++)
      for (let k = 0; k < q; k++) full[i * q + j]! += half[i * q + k]! * t[j * q + k]!
  return full
}
