import { cholesky, choleskySolve } from '../linalg/cholesky.ts'
import { StatsError } from '../stats-error.ts'
import { dot, maxAbs, type OptimizeResult, type OptimizeStatus } from './result.ts'

/** Returns the value at `x` and writes the gradient and the Hessian (row-major n×n). */
export type NewtonObjective = (x: Float64Array, gradient: Float64Array, hessian: Float64Array) => number

export interface NewtonOptions {
  /** Stop when the predicted decrease (half the Newton decrement) falls below this times max(1, |value|). Default 1e-14. */
  readonly tolerance?: number
  readonly maxIterations?: number
  readonly maxHalvings?: number
}

/**
 * Minimises a smooth function by Newton's method with step halving; an indefinite Hessian is shifted until it is positive definite.
 * `start` and the result have length n.
 * Cost O(n³) and one or more evaluations a step.
 * Source: Nocedal and Wright (2006), Numerical Optimization, algorithm 3.2 with 3.3, https://doi.org/10.1007/978-0-387-40065-5
 * @throws StatsError `notFinite` at the start, `singular` when no shift helps
 * @example
 * const curve = (x, gradient, hessian) => ((gradient[0] = 2 * x[0]), (hessian[0] = 2), x[0] ** 2)
 * minimizeNewton(curve, [5]).value // → 7.888609e-31
 */
export function minimizeNewton(
  objective: NewtonObjective,
  start: ArrayLike<number>,
  options: NewtonOptions = {},
): OptimizeResult {
  const n = start.length
  const tolerance = options.tolerance ?? 1e-14
  const maxIterations = options.maxIterations ?? 100
  let x: Float64Array = Float64Array.from(start)
  let gradient: Float64Array = new Float64Array(n)
  const hessian = new Float64Array(n * n)
  let value = objective(x, gradient, hessian)
  if (!Number.isFinite(value))
    throw new StatsError(
      'notFinite',
      `The objective is ${value} at the starting point; a finite value was expected.`,
    )
  let evaluations = 1
  let iterations = 0
  let status: OptimizeStatus = 'iterationLimit'
  for (; iterations < maxIterations; iterations++) {
    const direction = newtonDirection(hessian, gradient)
    const decrement = -dot(direction, gradient)
    if (decrement / 2 <= tolerance * Math.max(1, Math.abs(value))) {
      status = 'converged'
      // Where the value has no more digits to give, the point still has: the step squares its error.
      if (decrement / 2 <= 1e-20 * Math.max(1, Math.abs(value))) break
      const point = x.map((v, i) => v + direction[i]!)
      const slopes = new Float64Array(n)
      const found = objective(point, slopes, hessian)
      evaluations++
      if (found <= value + 1e-13 * Math.max(1, Math.abs(value)) && maxAbs(slopes) <= maxAbs(gradient)) {
        x = point
        gradient = slopes
        value = found
      } else objective(x, gradient, hessian)
      break
    }
    let step = 1
    let accepted = false
    for (let halving = 0; halving <= (options.maxHalvings ?? 30); halving++) {
      const point = x.map((v, i) => v + step * direction[i]!)
      const slopes = new Float64Array(n)
      const found = objective(point, slopes, hessian)
      evaluations++
      if (Number.isFinite(found) && found <= value - 1e-4 * step * decrement + 1e-14 * Math.abs(value)) {
        x = point
        gradient = slopes
        value = found
        accepted = true
        break
      }
      step /= 2
    }
    if (!accepted) {
      objective(x, gradient, hessian)
      evaluations++
      status = decrement <= 1e-8 * Math.max(1, Math.abs(value)) ? 'converged' : 'noProgress'
      break
    }
  }
  return { x, value, gradientNorm: maxAbs(gradient), iterations, evaluations, status }
}

function newtonDirection(hessian: Float64Array, gradient: Float64Array): Float64Array {
  const n = gradient.length
  let largest = 0
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(hessian[i * n + i]!))
  let shift = 0
  for (let attempt = 0; attempt < 60; attempt++) {
    const shifted = hessian.slice()
    for (let i = 0; i < n; i++) shifted[i * n + i]! += shift
    const factor = cholesky(shifted, n)
    if (factor) return choleskySolve(factor, n, gradient).map((v) => -v)
    shift = shift === 0 ? 1e-10 * Math.max(largest, 1e-10) : shift * 4
  }
  throw new StatsError('singular', 'The Hessian could not be made positive definite.', {
    hint: 'Look for columns that repeat each other.',
  })
}
