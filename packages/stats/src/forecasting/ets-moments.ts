import type { EtsModel } from './ets.ts'

/** Mean and variance of each forecast. */
export type ForecastMoments = { readonly mean: Float64Array; readonly variance: Float64Array }

/**
 * What an error adds to the forecast j steps later, j = 1 … count: α + β·(φ + … + φʲ), and γ after whole seasons.
 * Source: Hyndman et al. (2008), table 6.1.
 */
export function errorResponses({ alpha, beta, gamma, phi, form }: EtsModel, count: number): Float64Array {
  let damping = 0
  return Float64Array.from({ length: Math.max(0, count) }, (_, k) => {
    damping += (form.damped ? phi : 1) ** (k + 1)
    const seasonal = form.season !== 'none' && (k + 1) % form.period === 0 ? gamma : 0
    return alpha + (form.trend === 'none' ? 0 : beta * damping) + seasonal
  })
}

/** Variance where everything adds up. Source: Hyndman et al. (2008), eq. 6.1. */
export function additiveVariance(model: EtsModel, horizon: number): Float64Array {
  let sum = 1
  const responses = errorResponses(model, horizon - 1)
  return Float64Array.from({ length: horizon }, (_, h) => {
    if (h > 0) sum += responses[h - 1]! ** 2
    return model.sigma2 * sum
  })
}

/** Variance where errors multiply and states add up. Source: Hyndman et al. (2008), eq. 6.3. */
export function relativeVariance(model: EtsModel, mean: Float64Array): Float64Array {
  const { sigma2 } = model
  const responses = errorResponses(model, mean.length - 1)
  const squares = new Float64Array(mean.length)
  return mean.map((mu, h) => {
    let sum = 0
    for (let j = 0; j < h; j++) sum += responses[j]! ** 2 * squares[h - 1 - j]!
    squares[h] = mu * mu + sigma2 * sum
    return (1 + sigma2) * squares[h]! - mu * mu
  })
}

/**
 * Moments where errors and seasons multiply a trend that adds up, exact but for the last term's approximation.
 * `undampedStep` takes the first step ahead undamped, as R's `forecast` does for these models.
 * Source: Hyndman et al. (2008), eq. 6.6 to 6.9 (class 3).
 */
export function seasonalMoments(model: EtsModel, horizon: number, undampedStep: boolean): ForecastMoments {
  const { alpha, beta, gamma, sigma2, form } = model
  const m = form.period
  const damping = form.damped ? model.phi : 1
  const first = undampedStep ? 1 : damping
  const k = form.trend === 'none' ? 1 : 2
  const F1 = k === 1 ? [1] : [1, first, 0, damping]
  const G1 = k === 1 ? [alpha] : [alpha, alpha * first, beta, beta * first]
  const H1 = k === 1 ? [1] : [1, first]
  // Seasons stand from the latest back, so that the next one is last; each step turns them by one place.
  const F2 = new Float64Array(m * m)
  for (let i = 0; i < m; i++) F2[i * m + ((i + m - 1) % m)] = 1
  const G2 = new Float64Array(m * m)
  G2[m - 1] = gamma
  const H2 = Float64Array.from({ length: m }, (_, j) => (j === m - 1 ? 1 : 0))
  const size = k * m
  const H21 = kronecker(H2, 1, m, H1, 1, k)
  const F21 = kronecker(F2, m, m, F1, k, k)
  const G21 = kronecker(G2, m, m, G1, k, k)
  const K = add(kronecker(G2, m, m, F1, k, k), kronecker(F2, m, m, G1, k, k), 1)
  const season = Float64Array.from({ length: m }, (_, j) => model.season[m - 1 - j]!)
  // The matrix of level and trend times seasons, its columns one below the other.
  let M: Float64Array = Float64Array.from(
    { length: size },
    (_, at) => (at % k === 0 ? model.level : model.trend) * season[Math.floor(at / k)]!,
  )
  let V: Float64Array = new Float64Array(size * size)
  const turned = add(F21, G21, sigma2)
  const mean = new Float64Array(horizon)
  const variance = new Float64Array(horizon)
  for (let h = 0; h < horizon; h++) {
    for (let i = 0; i < size; i++) mean[h]! += H21[i]! * M[i]!
    let spread = 0
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) spread += H21[i]! * V[i * size + j]! * H21[j]!
    variance[h] = (1 + sigma2) * spread + sigma2 * mean[h]! ** 2
    const square = Float64Array.from(
      { length: size * size },
      (_, at) => M[Math.floor(at / size)]! * M[at % size]!,
    )
    const crossed = sandwich(F21, V, G21, size)
    const next = add(sandwich(F21, V, F21, size), crossed, sigma2)
    const backward = transposed(crossed, size)
    V = add(
      add(add(next, backward, sigma2), sandwich(K, add(V, square, 1), K, size), sigma2),
      sandwich(
        G21,
        add(
          V.map((v) => 3 * v),
          square,
          2,
        ),
        G21,
        size,
      ),
      sigma2 * sigma2,
    )
    M = Float64Array.from({ length: size }, (_, i) => {
      let sum = 0
      for (let j = 0; j < size; j++) sum += turned[i * size + j]! * M[j]!
      return sum
    })
  }
  return { mean, variance }
}

/** A ⊗ B, row-major. */
function kronecker(
  A: ArrayLike<number>,
  rows: number,
  columns: number,
  B: ArrayLike<number>,
  inRows: number,
  inColumns: number,
): Float64Array {
  const width = columns * inColumns
  return Float64Array.from({ length: rows * inRows * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width]
    return (
      A[Math.floor(i / inRows) * columns + Math.floor(j / inColumns)]! *
      B[(i % inRows) * inColumns + (j % inColumns)]!
    )
  })
}

function add(a: Float64Array, b: Float64Array, times: number): Float64Array {
  return a.map((v, at) => v + times * b[at]!)
}

/** L·V·Rᵀ of square matrices. */
function sandwich(L: Float64Array, V: Float64Array, R: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let a = 0; a < n; a++) {
      const left = L[i * n + a]!
      if (left === 0) continue
      for (let b = 0; b < n; b++) product[i * n + b]! += left * V[a * n + b]!
    }
  const result = new Float64Array(n * n)
  for (let j = 0; j < n; j++)
    for (let b = 0; b < n; b++) {
      const right = R[j * n + b]!
      if (right === 0) continue
      for (let i = 0; i < n; i++) result[i * n + j]! += product[i * n + b]! * right
    }
  return result
}

function transposed(a: Float64Array, n: number): Float64Array {
  return a.map((_, at) => a[(at % n) * n + Math.floor(at / n)]!)
}
