import { requireFiniteColumn, requireMatrix, requireSameLength, StatsError } from '../stats-error.ts'

export interface QrFactor {
  /** Householder vectors below the diagonal, R on and above it; row-major n×p. */
  readonly qr: Float64Array
  readonly tau: Float64Array
  /** Column order after pivoting. */
  readonly pivot: Int32Array
  readonly rank: number
  readonly n: number
  readonly p: number
}

export interface LeastSquaresFit {
  readonly coefficients: Float64Array
  readonly residuals: Float64Array
  /** Weighted sum of squared residuals. */
  readonly rss: number
  /** (XᵀWX)⁻¹, row-major p×p. */
  readonly inverseGram: Float64Array
  readonly rank: number
}

/**
 * Householder QR with column pivoting of a row-major n×p matrix, n ≥ p.
 * Cost 2np² operations.
 * Source: Golub and Van Loan (2013), algorithm 5.4.1, https://doi.org/10.56021/9781421407944. A column counts as
 * dependent below `tolerance` times its own length.
 * @throws StatsError `lengthMismatch`, `invalidOption`, `notFinite`
 * @example
 * qrFactor(Float64Array.of(1, 1, 1, 2, 1, 3), 3, 2).rank // → 2
 */
export function qrFactor(x: Float64Array, n: number, p: number, tolerance = 1e-11): QrFactor {
  requireMatrix('X', x, n, p)
  requireFiniteColumn('X', x)
  const qr = x.slice()
  const tau = new Float64Array(p)
  const pivot = Int32Array.from({ length: p }, (_, j) => j)
  const original = new Float64Array(p)
  for (let j = 0; j < p; j++) original[j] = columnNorm(qr, n, p, j, 0)
  let rank = 0
  for (let k = 0; k < Math.min(n, p); k++) {
    let best = -1
    let bestShare = 0
    for (let j = k; j < p; j++) {
      const own = original[pivot[j]!]!
      const share = own > 0 ? columnNorm(qr, n, p, j, k) / own : 0
      // Keep the given order: take the first column that is not dependent.
      if (share > tolerance && best < 0) {
        best = j
        bestShare = share
      }
    }
    if (best < 0 || bestShare === 0) break
    if (best !== k) swapColumns(qr, n, p, k, best, pivot)
    rank++
    reflect(qr, tau, n, p, k)
  }
  return { qr, tau, pivot, rank, n, p }
}

/**
 * Weighted least squares by QR: minimises Σ w (y − Xb)².
 * y has length n; the coefficients length p, the residuals length n.
 * Cost 2np² operations.
 * Source: Golub and Van Loan (2013), section 5.3.2, https://doi.org/10.56021/9781421407944
 * @param x row-major n×p
 * @param weights non-negative, length n; all 1 when absent
 * @throws StatsError `lengthMismatch`, `insufficientData` (n < p), `singular` (dependent columns), `outOfDomain` (negative weight), `notFinite`
 * @example
 * const fit = fitLeastSquares(Float64Array.of(1, 1, 1, 2, 1, 3), Float64Array.of(1, 2, 4), 3, 2)
 * fit.coefficients // → [-0.6666667, 1.5]
 */
export function fitLeastSquares(
  x: Float64Array,
  y: Float64Array,
  n: number,
  p: number,
  weights?: Float64Array,
): LeastSquaresFit {
  requireSameLength({ y, weights })
  if (x.length !== n * p || y.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `X has ${x.length} values and y ${y.length}; ${n}×${p} and ${n} were expected.`,
    )
  requireFiniteColumn('y', y)
  if (n < p)
    throw new StatsError('insufficientData', `${n} rows cannot determine ${p} coefficients.`, {
      hint: 'Use fewer columns or more rows.',
    })
  const scaled = weights ? scaleRows(x, n, p, weights) : x
  const target = weights ? y.map((v, i) => v * Math.sqrt(weights[i]!)) : y.slice()
  const factor = qrFactor(scaled, n, p)
  if (factor.rank < p)
    throw new StatsError(
      'singular',
      `Column ${factor.pivot[factor.rank]} depends on the columns before it (rank ${factor.rank} of ${p}).`,
      {
        hint: 'Drop one of the columns that repeat each other, or use ridge.',
        context: { rank: factor.rank, columns: p },
      },
    )
  applyTranspose(factor, target)
  const coefficients = backSolve(factor, target)
  const residuals = y.slice()
  let rss = 0
  for (let i = 0; i < n; i++) {
    let fitted = 0
    for (let j = 0; j < p; j++) fitted += x[i * p + j]! * coefficients[j]!
    residuals[i]! -= fitted
    rss += (weights?.[i] ?? 1) * residuals[i]! * residuals[i]!
  }
  return { coefficients, residuals, rss, inverseGram: inverseGram(factor), rank: factor.rank }
}

function scaleRows(x: Float64Array, n: number, p: number, weights: Float64Array): Float64Array {
  const scaled = new Float64Array(n * p)
  for (let i = 0; i < n; i++) {
    if (!(weights[i]! >= 0))
      throw new StatsError(
        'outOfDomain',
        `weights has the value ${weights[i]} at index ${i}; numbers ≥ 0 were expected.`,
      )
    const root = Math.sqrt(weights[i]!)
    for (let j = 0; j < p; j++) scaled[i * p + j] = x[i * p + j]! * root
  }
  return scaled
}

function columnNorm(a: Float64Array, n: number, p: number, j: number, from: number): number {
  let largest = 0
  for (let i = from; i < n; i++) largest = Math.max(largest, Math.abs(a[i * p + j]!))
  if (largest === 0) return 0
  let sum = 0
  for (let i = from; i < n; i++) {
    const scaled = a[i * p + j]! / largest
    sum += scaled * scaled
  }
  return largest * Math.sqrt(sum)
}

function swapColumns(a: Float64Array, n: number, p: number, j: number, k: number, pivot: Int32Array): void {
  for (let i = 0; i < n; i++) {
    const kept = a[i * p + j]!
    a[i * p + j] = a[i * p + k]!
    a[i * p + k] = kept
  }
  const kept = pivot[j]!
  pivot[j] = pivot[k]!
  pivot[k] = kept
}

function reflect(a: Float64Array, tau: Float64Array, n: number, p: number, k: number): void {
  const norm = columnNorm(a, n, p, k, k)
  if (norm === 0) return
  const head = a[k * p + k]!
  const beta = head > 0 ? -norm : norm
  tau[k] = (beta - head) / beta
  const scale = 1 / (head - beta)
  for (let i = k + 1; i < n; i++) a[i * p + k]! *= scale
  a[k * p + k] = beta
  for (let j = k + 1; j < p; j++) {
    let sum = a[k * p + j]!
    for (let i = k + 1; i < n; i++) sum += a[i * p + k]! * a[i * p + j]!
    sum *= tau[k]!
    a[k * p + j]! -= sum
    for (let i = k + 1; i < n; i++) a[i * p + j]! -= sum * a[i * p + k]!
  }
}

function applyTranspose(factor: QrFactor, y: Float64Array): void {
  const { qr, tau, n, p, rank } = factor
  for (let k = 0; k < rank; k++) {
    let sum = y[k]!
    for (let i = k + 1; i < n; i++) sum += qr[i * p + k]! * y[i]!
    sum *= tau[k]!
    y[k]! -= sum
    for (let i = k + 1; i < n; i++) y[i]! -= sum * qr[i * p + k]!
  }
}

function backSolve(factor: QrFactor, y: Float64Array): Float64Array {
  const { qr, p, pivot } = factor
  const solution = new Float64Array(p)
  for (let i = p - 1; i >= 0; i--) {
    let sum = y[i]!
    for (let k = i + 1; k < p; k++) sum -= qr[i * p + k]! * solution[pivot[k]!]!
    solution[pivot[i]!] = sum / qr[i * p + i]!
  }
  return solution
}

function inverseGram(factor: QrFactor): Float64Array {
  const { qr, p, pivot } = factor
  const inverseR = new Float64Array(p * p)
  for (let j = 0; j < p; j++)
    for (let i = j; i >= 0; i--) {
      let sum = i === j ? 1 : 0
      for (let k = i + 1; k <= j; k++) sum -= qr[i * p + k]! * inverseR[k * p + j]!
      inverseR[i * p + j] = sum / qr[i * p + i]!
    }
  const gram = new Float64Array(p * p)
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++) {
      let sum = 0
      for (let k = Math.max(i, j); k < p; k++) sum += inverseR[i * p + k]! * inverseR[j * p + k]!
      gram[pivot[i]! * p + pivot[j]!] = sum
    }
  return gram
}
