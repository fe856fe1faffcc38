import { cholesky, choleskySolve } from '../linalg/cholesky.ts'
import { StatsError } from '../stats-error.ts'

/**
 * The least of ½βᵀGβ − rᵀβ + λ·(α·|β| + (1−α)/2·β²), from `beta` on and into it; the first coefficient, the intercept,
 * is not penalised. By sweeps over coordinates, or, without a lasso part, as the solution of linear equations, which
 * sweeps reach slowly where columns nearly repeat.
 */
export function minimiseQuadratic(
  gram: Float64Array,
  rhs: Float64Array,
  beta: Float64Array,
  lambda: number,
  alpha: number,
  intercept: boolean,
  tolerance: number,
): void {
  if (alpha === 0 && solveRidge(gram, rhs, beta, lambda, intercept)) return
  const q = beta.length
  for (let sweep = 0; sweep < 100_000; sweep++) {
    let moved = 0
    for (let j = intercept ? 0 : 1; j < q; j++) {
      let partial = rhs[j]!
      for (let k = 0; k < q; k++) if (k !== j) partial -= gram[j * q + k]! * beta[k]!
      const l1 = j === 0 ? 0 : lambda * alpha
      const shrunk = Math.sign(partial) * Math.max(0, Math.abs(partial) - l1)
      const curve = gram[j * q + j]! + (j === 0 ? 0 : lambda * (1 - alpha))
      const next = curve > 0 ? shrunk / curve : 0
      moved = Math.max(moved, Math.abs(next - beta[j]!))
      beta[j] = next
    }
    if (moved <= tolerance / 10) return
  }
  throw new StatsError(
    'notConverged',
    'Coordinate descent did not settle; columns nearly repeat each other.',
    { hint: 'Raise lambda or leave a column out.' },
  )
}

/** Says false where the matrix is not positive definite. */
function solveRidge(
  gram: Float64Array,
  rhs: Float64Array,
  beta: Float64Array,
  lambda: number,
  intercept: boolean,
): boolean {
  const q = beta.length
  const matrix = gram.slice()
  for (let j = 1; j < q; j++) matrix[j * q + j]! += lambda
  const right = rhs.slice()
  if (!intercept) {
    for (let j = 0; j < q; j++) matrix[j] = matrix[j * q] = j === 0 ? 1 : 0
    right[0] = 0
  }
  const factor = cholesky(matrix, q)
  if (factor) beta.set(choleskySolve(factor, q, right))
  return factor !== undefined
}
