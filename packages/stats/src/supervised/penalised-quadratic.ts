import { cholesky, choleskySolve } from '../linalg/cholesky.ts'
import { StatsError } from '../stats-error.ts'

/** ½βᵀGβ − rᵀβ + Σ lassoⱼ·|βⱼ| + Σ ridgeⱼ/2·βⱼ², the first `held` coefficients staying 0. */
export type PenalisedQuadratic = {
  /** Row-major. */
  readonly gram: Float64Array
  readonly rhs: Float64Array
  readonly lasso: Float64Array
  readonly ridge: Float64Array
  readonly held: number
}

/**
 * Its least value, from `beta` on and into it. By sweeps over coordinates, or, without a lasso part, as the solution of
 * linear equations, which sweeps reach slowly where columns nearly repeat.
 * Source: Friedman, Hastie and Tibshirani (2010), https://doi.org/10.18637/jss.v033.i01
 * @param tolerance largest step of a last sweep @throws StatsError `notConverged`
 */
export function minimiseQuadratic(problem: PenalisedQuadratic, beta: Float64Array, tolerance: number): void {
  const { gram, rhs, lasso, ridge, held } = problem
  if (lasso.every((weight) => weight === 0) && solveRidge(problem, beta)) return
  const q = beta.length
  for (let sweep = 0; sweep < 100_000; sweep++) {
    let moved = 0
    for (let j = held; j < q; j++) {
      let partial = rhs[j]!
      for (let k = 0; k < q; k++) if (k !== j) partial -= gram[j * q + k]! * beta[k]!
      const shrunk = Math.sign(partial) * Math.max(0, Math.abs(partial) - lasso[j]!)
      const curve = gram[j * q + j]! + ridge[j]!
      const next = curve > 0 ? shrunk / curve : 0
      moved = Math.max(moved, Math.abs(next - beta[j]!))
      beta[j] = next
    }
    if (moved <= tolerance) return
  }
  throw new StatsError(
    'notConverged',
    'Coordinate descent did not settle; columns nearly repeat each other.',
    { hint: 'Raise the penalty or leave a column out.' },
  )
}

/** Says false where the matrix is not positive definite. */
function solveRidge({ gram, rhs, ridge, held }: PenalisedQuadratic, beta: Float64Array): boolean {
  const q = beta.length
  const matrix = gram.slice()
  for (let j = 0; j < q; j++) matrix[j * q + j]! += ridge[j]!
  const right = rhs.slice()
  for (let i = 0; i < held; i++) {
    for (let j = 0; j < q; j++) matrix[i * q + j] = matrix[j * q + i] = j === i ? 1 : 0
    right[i] = 0
  }
  const factor = cholesky(matrix, q)
  if (factor) beta.set(choleskySolve(factor, q, right))
  return factor !== undefined
}
