/** How an iteration ended. `converged`: the stated tolerance was met. */
export type OptimizeStatus = 'converged' | 'iterationLimit' | 'noProgress'

export interface OptimizeResult {
  readonly x: Float64Array
  readonly value: number
  /** Largest absolute component of the gradient at `x`. */
  readonly gradientNorm: number
  readonly iterations: number
  readonly evaluations: number
  readonly status: OptimizeStatus
}

/** A function to minimise: returns the value at `x` and writes the gradient. Infinity marks a point outside the domain. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number

export function maxAbs(values: Float64Array): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!))
  return largest
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
