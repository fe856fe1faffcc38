import { solveLinear } from '../linalg/lu.ts'

/**
 * What the exact Gaussian likelihood of an ARMA(p, q) series leaves behind: one-step predictions, their variances in
 * units of σ², and the last rows of the innovations' coefficients, with which forecasting goes on.
 */
export interface ArmaFilter {
  readonly prediction: Float64Array
  /** Variance of each innovation over σ²; tends to 1. */
  readonly ratio: Float64Array
  /** Σ innovation²/ratio. */
  readonly square: number
  readonly logRatio: number
}

/**
 * One-step predictions by the innovations algorithm on the series with its autoregression taken out, whose covariance is
 * banded; cost n·q² + max(p, q)³, and n·q once the coefficients have settled.
 * `phi` and `theta` are those of φ(B)x = θ(B)e with θ(B) = 1 + θ₁B + …
 * With `ahead`, innovations beyond the series count as zero, so predictions go on as forecasts.
 * Source: Brockwell and Davis (1991), Time Series: Theory and Methods, section 5.3, eq. 5.3.5 to 5.3.9; Ansley (1979).
 */
export function filterArma(x: Float64Array, phi: Float64Array, theta: Float64Array, ahead = 0): ArmaFilter {
  const p = phi.length
  const q = theta.length
  const m = Math.max(p, q, 1)
  const n = x.length
  const gamma = armaAutocovariance(phi, theta, 2 * m)
  const total = n + ahead
  const prediction = new Float64Array(total)
  const ratio = new Float64Array(total)
  const values = new Float64Array(total)
  values.set(x)
  const width = Math.max(q, m)
  // Rows of coefficients θ(t, 1 … width), kept for the last `width` times.
  const rows = new Float64Array((width + 1) * (width + 1))
  const row = (t: number): number => (t % (width + 1)) * (width + 1)
  const maTail = movingAverageCovariance(theta)
  const covariance = (i: number, j: number): number => {
    const lag = Math.abs(i - j)
    const low = Math.min(i, j)
    const high = Math.max(i, j)
    if (high <= m) return gamma[lag]!
    if (low > m) return lag <= q ? maTail[lag]! : 0
    if (high > 2 * m) return 0
    let value = gamma[lag]!
    for (let r = 1; r <= p; r++) value -= phi[r - 1]! * gamma[Math.abs(r - lag)]!
    return value
  }
  let settled = false
  let square = 0
  let logRatio = 0
  for (let t = 0; t < total; t++) {
    const depth = t < m ? t : Math.min(q, t)
    const here = row(t)
    if (settled) {
      ratio[t] = 1
      for (let j = 1; j <= q; j++) rows[here + j] = theta[j - 1]!
    } else {
      let v = covariance(t + 1, t + 1)
      for (let k = t - depth; k < t; k++) {
        let sum = covariance(t + 1, k + 1)
        const other = row(k)
        const reach = k < m ? k : Math.min(q, k)
        for (let j = Math.max(t - depth, k - reach); j < k; j++)
          sum -= rows[other + k - j]! * rows[here + t - j]! * ratio[j]!
        const coefficient = sum / ratio[k]!
        rows[here + t - k] = coefficient
        v -= coefficient * coefficient * ratio[k]!
      }
      ratio[t] = v
      settled = t > 2 * m && Math.abs(v - 1) < 1e-14 && Math.abs(ratio[t - 1]! - 1) < 1e-14
    }
    let guess = 0
    if (t >= m) for (let j = 1; j <= p; j++) guess += phi[j - 1]! * values[t - j]!
    for (let j = 1; j <= depth; j++) guess += rows[here + j]! * (values[t - j]! - prediction[t - j]!)
    prediction[t] = guess
    if (t >= n) values[t] = guess
    else {
      const innovation = values[t]! - guess
      square += (innovation * innovation) / ratio[t]!
      logRatio += Math.log(ratio[t]!)
    }
  }
  return { prediction, ratio, square, logRatio }
}

/** Autocovariances over σ² at lags 0 … maxLag of a stationary ARMA process. Source: Brockwell and Davis (1991), eq. 3.3.8 and 3.3.9. */
export function armaAutocovariance(phi: Float64Array, theta: Float64Array, maxLag: number): Float64Array {
  const p = phi.length
  const q = theta.length
  const psi = psiWeights(phi, theta, q + 1)
  const right = (k: number): number => {
    let sum = 0
    for (let j = k; j <= q; j++) sum += (j === 0 ? 1 : theta[j - 1]!) * psi[j - k]!
    return sum
  }
  const size = p + 1
  const system = new Float64Array(size * size)
  const target = new Float64Array(size)
  for (let k = 0; k <= p; k++) {
    system[k * size + k]! += 1
    for (let j = 1; j <= p; j++) system[k * size + Math.abs(k - j)]! -= phi[j - 1]!
    target[k] = right(k)
  }
  const first = solveLinear(system, size, target)
  const gamma = new Float64Array(maxLag + 1)
  for (let k = 0; k <= maxLag; k++) {
    if (k <= p) gamma[k] = first[k]!
    else {
      let sum = right(k)
      for (let j = 1; j <= p; j++) sum += phi[j - 1]! * gamma[k - j]!
      gamma[k] = sum
    }
  }
  return gamma
}

/** ψ₀ … ψ_{count−1} of θ(B)/φ(B); φ may hold unit roots. */
export function psiWeights(phi: Float64Array, theta: Float64Array, count: number): Float64Array {
  const psi = new Float64Array(count)
  for (let j = 0; j < count; j++) {
    let sum = j === 0 ? 1 : (theta[j - 1] ?? 0)
    for (let k = 1; k <= Math.min(j, phi.length); k++) sum += phi[k - 1]! * psi[j - k]!
    psi[j] = sum
  }
  return psi
}

function movingAverageCovariance(theta: Float64Array): Float64Array {
  const q = theta.length
  const at = (j: number): number => (j === 0 ? 1 : theta[j - 1]!)
  return Float64Array.from({ length: q + 1 }, (_, lag) => {
    let sum = 0
    for (let j = 0; j + lag <= q; j++) sum += at(j) * at(j + lag)
    return sum
  })
}
