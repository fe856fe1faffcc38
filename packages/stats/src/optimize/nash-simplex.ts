import { StatsError } from '../stats-error.ts'
import type { NelderMeadResult } from './nelder-mead.ts'

export interface NashSimplexOptions {
  /** Stop when the values at the corners differ by at most this times (|value at the start| + this). Default √ε. */
  readonly valueTolerance?: number
  readonly maxEvaluations?: number
}

/** What stands for a value outside the domain. */
const OUTSIDE = 1e35

/**
 * Nelder and Mead's simplex as Nash wrote it down, with his first simplex (a tenth of the largest start along each axis)
 * and his stop: what R's `optim` and `forecast` minimise by, so that a search that stops short stops where theirs does.
 * Source: Nash (1990), Compact Numerical Methods for Computers, algorithm 19.
 * @throws StatsError `notFinite` when the value at the start is not finite
 */
export function minimizeNashSimplex(
  f: (x: Float64Array) => number,
  start: ArrayLike<number>,
  options: NashSimplexOptions = {},
): NelderMeadResult {
  const { valueTolerance = Math.sqrt(Number.EPSILON), maxEvaluations = 500 } = options
  const n = start.length
  let evaluations = 1
  const evaluate = (x: Float64Array): number => {
    evaluations++
    const value = f(x)
    return Number.isFinite(value) ? value : OUTSIDE
  }
  const first = f(Float64Array.from(start))
  if (!Number.isFinite(first))
    throw new StatsError(
      'notFinite',
      `The objective is ${first} at the starting point; a finite value was expected.`,
    )
  const width = valueTolerance * (Math.abs(first) + valueTolerance)
  const corners = firstCorners(start)
  const values = new Float64Array(n + 1)
  values[0] = first
  let size = corners.slice(1).reduce((s, x, k) => s + Math.abs(x[k]! - start[k]!), 0)
  let low = 0
  let fresh = true
  let iterations = 0
  for (;;) {
    if (fresh) {
      for (let k = 0; k <= n; k++) if (k !== low) values[k] = evaluate(corners[k]!)
      fresh = false
    }
    let high = low
    for (let k = 0; k <= n; k++) {
      if (k === low) continue
      if (values[k]! < values[low]!) low = k
      if (values[k]! > values[high]!) high = k
    }
    const converged = values[high]! <= values[low]! + width
    if (converged || evaluations > maxEvaluations) return result(converged ? 'converged' : 'iterationLimit')
    iterations++
    const centre = centroid(corners, high)
    const worst = values[high]!
    const reflected = combine(centre, corners[high]!, 2, -1)
    const atReflected = evaluate(reflected)
    if (atReflected < values[low]!) {
      const expanded = combine(reflected, centre, 2, -1)
      const atExpanded = evaluate(expanded)
      replace(
        high,
        ...(atExpanded < atReflected
          ? ([expanded, atExpanded] as const)
          : ([reflected, atReflected] as const)),
      )
      continue
    }
    if (atReflected < worst) replace(high, reflected, atReflected)
    const contracted = combine(corners[high]!, centre, 0.5, 0.5)
    const atContracted = evaluate(contracted)
    if (atContracted < values[high]!) replace(high, contracted, atContracted)
    else if (atReflected >= worst) {
      let shrunk = 0
      for (let k = 0; k <= n; k++) {
        if (k === low) continue
        corners[k] = combine(corners[k]!, corners[low]!, 0.5, 0.5)
        for (let i = 0; i < n; i++) shrunk += Math.abs(corners[k]![i]! - corners[low]![i]!)
      }
      fresh = true
      if (!(shrunk < size)) return result('noProgress')
      size = shrunk
    }
  }

  function replace(k: number, x: Float64Array, value: number): void {
    corners[k] = x
    values[k] = value
  }

  function result(status: NelderMeadResult['status']): NelderMeadResult {
    return { x: corners[low]!, value: values[low]!, evaluations, iterations, status }
  }
}

function firstCorners(start: ArrayLike<number>): Float64Array[] {
  const n = start.length
  let step = 0
  for (let i = 0; i < n; i++) step = Math.max(step, 0.1 * Math.abs(start[i]!))
  if (step === 0) step = 0.1
  return Array.from({ length: n + 1 }, (_, k) => {
    const corner = Float64Array.from(start)
    if (k > 0) corner[k - 1]! += step
    return corner
  })
}

function centroid(corners: readonly Float64Array[], without: number): Float64Array {
  const n = corners.length - 1
  // Summed in Nash's order, since a search that stops short depends on every digit.
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = -corners[without]![i]!
    for (const corner of corners) sum += corner[i]!
    return sum / n
  })
}

function combine(a: Float64Array, b: Float64Array, u: number, v: number): Float64Array {
  return a.map((value, i) => u * value + v * b[i]!)
}
