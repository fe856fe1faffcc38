import { requireFiniteColumn } from '../stats-error.ts'
import type { Objective } from './result.ts'

/**
 * Gradient by central differences with one Richardson step, error O(h⁴).
 * x and the result have length n.
 * Cost 4n evaluations.
 * Source: Ridders (1982), https://doi.org/10.1016/S0141-1195(82)80057-0
 * @throws StatsError `notFinite` where the function has no finite value nearby
 * @example
 * numericalGradient((x) => x[0] ** 2 + 3 * x[1], Float64Array.of(2, 1)) // → [4, 3]
 */
export function numericalGradient(
  f: (x: Float64Array) => number,
  x: Float64Array,
  relativeStep = 1e-3,
): Float64Array {
  const gradient = centralDifferences(f, x, relativeStep)
  requireFiniteColumn('The gradient', gradient)
  return gradient
}

function centralDifferences(
  f: (x: Float64Array) => number,
  x: Float64Array,
  relativeStep: number,
): Float64Array {
  const gradient = new Float64Array(x.length)
  const point = x.slice()
  for (let i = 0; i < x.length; i++) {
    const h = relativeStep * Math.max(Math.abs(x[i]!), 1e-3)
    const difference = (step: number): number => {
      point[i] = x[i]! + step
      const up = f(point)
      point[i] = x[i]! - step
      const down = f(point)
      point[i] = x[i]!
      return (up - down) / (2 * step)
    }
    gradient[i] = (4 * difference(h / 2) - difference(h)) / 3
  }
  return gradient
}

/**
 * Hessian (row-major n×n, symmetric) by differences of an analytic gradient: `fourth` order takes 4n evaluations,
 * `second` 2n and a smaller step.
 * Cost 4n gradients, or 2n.
 * Source: Ridders (1982), https://doi.org/10.1016/S0141-1195(82)80057-0
 * @throws StatsError `notFinite` where the function has no finite value nearby
 * @example
 * const quartic = (x, gradient) => ((gradient[0] = 4 * x[0] ** 3), x[0] ** 4)
 * hessianFromGradient(quartic, Float64Array.of(2)) // → [48]
 */
export function hessianFromGradient(
  objective: Objective,
  x: Float64Array,
  relativeStep = 1e-3,
  accuracy: 'second' | 'fourth' = 'fourth',
): Float64Array {
  const hessian = gradientDifferences(objective, x, relativeStep, accuracy)
  requireFiniteColumn('The Hessian', hessian)
  return hessian
}

/** The same where a value that is not finite is an answer, as at the edge of a likelihood. */
export function gradientDifferences(
  objective: Objective,
  x: Float64Array,
  relativeStep = 1e-3,
  accuracy: 'second' | 'fourth' = 'fourth',
): Float64Array {
  const n = x.length
  const hessian = new Float64Array(n * n)
  const point = x.slice()
  const up = new Float64Array(n)
  const down = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const h = relativeStep * Math.max(Math.abs(x[i]!), 1e-2)
    const steps =
      accuracy === 'second'
        ? [{ step: h, weight: 1 }]
        : [
            { step: h, weight: -1 / 3 },
            { step: h / 2, weight: 4 / 3 },
          ]
    for (const { step, weight } of steps) {
      point[i] = x[i]! + step
      objective(point, up)
      point[i] = x[i]! - step
      objective(point, down)
      point[i] = x[i]!
      for (let j = 0; j < n; j++) hessian[i * n + j]! += (weight * (up[j]! - down[j]!)) / (2 * step)
    }
  }
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (hessian[i * n + j]! + hessian[j * n + i]!)
      hessian[i * n + j] = mean
      hessian[j * n + i] = mean
    }
  return hessian
}

/**
 * Hessian (row-major n×n) of a function without a gradient, error O(h²) with one Richardson step.
 * Cost O(n²) evaluations.
 * Source: Ridders (1982), https://doi.org/10.1016/S0141-1195(82)80057-0
 * @throws StatsError `notFinite` where the function has no finite value nearby
 * @example
 * numericalHessian((x) => x[0] * x[1], Float64Array.of(1, 2))[1] // → 1
 */
export function numericalHessian(
  f: (x: Float64Array) => number,
  x: Float64Array,
  relativeStep = 1e-2,
): Float64Array {
  const hessian = valueDifferences(f, x, relativeStep)
  requireFiniteColumn('The Hessian', hessian)
  return hessian
}

/** The same where a value that is not finite is an answer. */
export function valueDifferences(
  f: (x: Float64Array) => number,
  x: Float64Array,
  relativeStep: number,
): Float64Array {
  return gradientDifferences(
    (point, gradient) => {
      gradient.set(centralDifferences(f, point, relativeStep))
      return 0
    },
    x,
    relativeStep,
  )
}

/**
 * The largest relative difference between an analytic gradient and the numerical one; below 1e-6 means they agree.
 * x has length n.
 * Range: [0, Infinity).
 * Cost 4n + 1 evaluations.
 * Source: Ridders (1982), https://doi.org/10.1016/S0141-1195(82)80057-0
 * @throws StatsError `notFinite` where the function has no finite value nearby
 * @example
 * const square = (x, gradient) => ((gradient[0] = 2 * x[0]), x[0] ** 2)
 * checkGradient(square, Float64Array.of(3)) < 1e-6 // → true
 */
export function checkGradient(objective: Objective, x: Float64Array): number {
  const analytic = new Float64Array(x.length)
  const scratch = new Float64Array(x.length)
  objective(x, analytic)
  const numeric = numericalGradient((point) => objective(point, scratch), x)
  let worst = 0
  for (let i = 0; i < x.length; i++) {
    const size = Math.max(Math.abs(analytic[i]!), Math.abs(numeric[i]!), 1e-6)
    worst = Math.max(worst, Math.abs(analytic[i]! - numeric[i]!) / size)
  }
  return worst
}
