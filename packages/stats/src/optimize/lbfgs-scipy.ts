import { quasiNewtonDirection } from './lbfgs.ts'
import { moreThuenteStep } from './more-thuente.ts'
import { dot, maxAbs, type Objective, type OptimizeResult, type OptimizeStatus } from './result.ts'

/**
 * L-BFGS as SciPy's `minimize(method='L-BFGS-B')` runs it without bounds: ten pairs, Moré and Thuente's line search, a first
 * step of length 1, and a stop at a gradient component of `gradientTolerance` or a relative fall of `valueTolerance`. For answers
 * that must agree with a peer that stops early; `minimizeLbfgs` goes on to the minimum.
 * Source: Byrd, Lu, Nocedal & Zhu (1995), SIAM J. Sci. Comput. 16, https://doi.org/10.1137/0916069
 */
export function minimizeLbfgsScipy(
  objective: Objective,
  start: ArrayLike<number>,
  options: {
    readonly gradientTolerance: number
    readonly valueTolerance: number
    readonly maxIterations: number
  },
): OptimizeResult {
  let x: Float64Array = Float64Array.from(start)
  let gradient: Float64Array = new Float64Array(x.length)
  let value = objective(x, gradient)
  let evaluations = 1
  const steps: Float64Array[] = []
  const changes: Float64Array[] = []
  let status: OptimizeStatus = maxAbs(gradient) <= options.gradientTolerance ? 'converged' : 'iterationLimit'
  let iterations = 0
  while (status === 'iterationLimit' && iterations < options.maxIterations) {
    const direction = quasiNewtonDirection(gradient, steps, changes)
    const slope = dot(direction, gradient)
    const first = iterations === 0 ? Math.min(1e10, 1 / Math.sqrt(dot(direction, direction))) : 1
    let [next, nextGradient, nextValue] = [x, gradient, value]
    const found = moreThuenteStep(
      (step) => {
        next = x.map((v, i) => v + step * direction[i]!)
        nextGradient = new Float64Array(x.length)
        nextValue = objective(next, nextGradient)
        return { value: nextValue, slope: dot(nextGradient, direction) }
      },
      { value, slope },
      first,
    )
    if (!found) {
      if (steps.length === 0) {
        status = 'noProgress'
        break
      }
      steps.length = 0
      changes.length = 0
      continue
    }
    evaluations += found.evaluations
    iterations++
    const fall = value - nextValue
    const size = Math.max(Math.abs(value), Math.abs(nextValue), 1)
    const change = nextGradient.map((g, i) => g - gradient[i]!)
    const step = direction.map((d) => d * found.step)
    if (dot(step, change) > Number.EPSILON * -slope * found.step) {
      steps.push(step)
      changes.push(change)
      if (steps.length > 10) {
        steps.shift()
        changes.shift()
      }
    }
    ;[x, gradient, value] = [next, nextGradient, nextValue]
    if (maxAbs(gradient) <= options.gradientTolerance || fall <= options.valueTolerance * size)
      status = 'converged'
  }
  return { x, value, gradientNorm: maxAbs(gradient), iterations, evaluations, status }
}
