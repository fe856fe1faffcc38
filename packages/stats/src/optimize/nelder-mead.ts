import { StatsError } from '../stats-error.ts'
import type { OptimizeStatus } from './result.ts'

export interface NelderMeadOptions {
  /** Length of the first simplex's edges, one for all or one each. Default: 5% of |start|, at least 0.00025. */
  readonly initialStep?: number | readonly number[]
  /** Stop when the values at the corners differ by less than this times max(1, |value|). Default 1e-12. */
  readonly valueTolerance?: number
  /** … and the corners lie within this of the best one. Default 1e-8. */
  readonly stepTolerance?: number
  readonly maxEvaluations?: number
}

export interface NelderMeadResult {
  readonly x: Float64Array
  readonly value: number
  readonly evaluations: number
  readonly iterations: number
  readonly status: OptimizeStatus
}

/**
 * Minimises a function without derivatives by the adaptive Nelder–Mead simplex. Infinity marks a point outside the domain.
 * `start` and the result have length n.
 * Cost one or two evaluations a step, some hundreds for three parameters.
 * Source: Nelder and Mead (1965), https://doi.org/10.1093/comjnl/7.4.308; coefficients of Gao and Han (2012), eq. 4.1.
 * @throws StatsError `notFinite` when the value at the start is not finite
 * @example
 * const best = minimizeNelderMead((x) => (x[0] - 1) ** 2 + (x[1] + 2) ** 2, [0, 0])
 * Math.abs(best.x[1] + 2) < 1e-5 // → true
 */
export function minimizeNelderMead(
  f: (x: Float64Array) => number,
  start: ArrayLike<number>,
  options: NelderMeadOptions = {},
): NelderMeadResult {
  const n = start.length
  const maxEvaluations = options.maxEvaluations ?? 400 * (n + 1)
  const valueTolerance = options.valueTolerance ?? 1e-12
  const stepTolerance = options.stepTolerance ?? 1e-8
  const expansion = n > 1 ? 1 + 2 / n : 2
  const contraction = n > 1 ? 0.75 - 0.5 / n : 0.5
  const shrinkage = n > 1 ? 1 - 1 / n : 0.5
  let evaluations = 0
  const evaluate = (x: Float64Array): number => {
    evaluations++
    const value = f(x)
    return Number.isNaN(value) ? Infinity : value
  }
  const corners = firstSimplex(start, options.initialStep).map((x) => ({ x, value: evaluate(x) }))
  if (!Number.isFinite(corners[0]!.value))
    throw new StatsError(
      'notFinite',
      `The objective is ${corners[0]!.value} at the starting point; a finite value was expected.`,
    )
  let status: OptimizeStatus = 'iterationLimit'
  let iterations = 0
  while (evaluations < maxEvaluations) {
    corners.sort((a, b) => a.value - b.value)
    const best = corners[0]!
    const worst = corners[n]!
    if (
      worst.value - best.value <= valueTolerance * Math.max(1, Math.abs(best.value)) &&
      spread(corners) <= stepTolerance
    ) {
      status = 'converged'
      break
    }
    iterations++
    const centre = new Float64Array(n)
    for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) centre[i]! += corners[k]!.x[i]! / n
    const move = (factor: number): { x: Float64Array; value: number } => {
      const x = centre.map((c, i) => c + factor * (c - worst.x[i]!))
      return { x, value: evaluate(x) }
    }
    const reflected = move(1)
    if (reflected.value < best.value) {
      const expanded = move(expansion)
      corners[n] = expanded.value < reflected.value ? expanded : reflected
    } else if (reflected.value < corners[n - 1]!.value) corners[n] = reflected
    else {
      const outside = reflected.value < worst.value
      const contracted = move(outside ? contraction : -contraction)
      if (contracted.value < (outside ? reflected.value : worst.value)) corners[n] = contracted
      else
        for (let k = 1; k <= n; k++) {
          const x = corners[k]!.x.map((v, i) => best.x[i]! + shrinkage * (v - best.x[i]!))
          corners[k] = { x, value: evaluate(x) }
        }
    }
  }
  corners.sort((a, b) => a.value - b.value)
  return { x: corners[0]!.x, value: corners[0]!.value, evaluations, iterations, status }
}

function firstSimplex(
  start: ArrayLike<number>,
  step: number | readonly number[] | undefined,
): Float64Array[] {
  const simplex = [Float64Array.from(start)]
  for (let i = 0; i < start.length; i++) {
    const corner = Float64Array.from(start)
    const edge = typeof step === 'number' ? step : step?.[i]
    corner[i]! += edge ?? Math.max(0.05 * Math.abs(start[i]!), 0.00025)
    simplex.push(corner)
  }
  return simplex
}

function spread(corners: readonly { readonly x: Float64Array }[]): number {
  let widest = 0
  const best = corners[0]!.x
  for (const { x } of corners)
    for (let i = 0; i < best.length; i++) widest = Math.max(widest, Math.abs(x[i]! - best[i]!))
  return widest
}
