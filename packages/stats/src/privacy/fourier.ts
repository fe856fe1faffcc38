/** In-place complex Fourier transform of a power-of-two length; `inverse` without the division by n. Source: Cooley & Tukey (1965). */
export function fourier(real: Float64Array, imaginary: Float64Array, inverse: boolean): void {
  const n = real.length
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i >= j) continue
    const re = real[i]!
    real[i] = real[j]!
    real[j] = re
    const im = imaginary[i]!
    imaginary[i] = imaginary[j]!
    imaginary[j] = im
  }
  for (let size = 2; size <= n; size <<= 1) {
    const half = size >> 1
    const angle = ((inverse ? -2 : 2) * Math.PI) / size
    for (let k = 0; k < half; k++) {
      const c = Math.cos(angle * k)
      const s = Math.sin(angle * k)
      for (let a = k; a < n; a += size) {
        const b = a + half
        const re = real[b]! * c - imaginary[b]! * s
        const im = real[b]! * s + imaginary[b]! * c
        real[b] = real[a]! - re
        imaginary[b] = imaginary[a]! - im
        real[a]! += re
        imaginary[a]! += im
      }
    }
  }
}
