import { StatsError } from '../stats-error.ts'
import { wolfeSearch } from './line-search.ts'
import { dot, maxAbs, type Objective, type OptimizeResult, type OptimizeStatus } from './result.ts'

export interface LbfgsOptions {
  /** Stop when no gradient component exceeds this times max(1, |value|). Default 1e-8. */
  readonly gradientTolerance?: number
  /** Stop when the value falls by less than this times max(1, |value|) twice in a row. Default 1e-15. */
  readonly valueTolerance?: number
  readonly maxIterations?: number
  /** Pairs kept for the inverse Hessian. Default 10. */
  readonly memory?: number
}

/**
 * Minimises a smooth function by limited-memory BFGS with a strong Wolfe line search.
 * `start` and the result have length n.
 * Cost one or two evaluations and O(memory · n) an iteration.
 * Source: Nocedal and Wright (2006), Numerical Optimization, algorithms 7.4, 7.5 and 3.5, https://doi.org/10.1007/978-0-387-40065-5
 * @throws StatsError `notFinite` when the value or gradient at the start is not finite
 * @example
 * const bowl = (x, gradient) => ((gradient[0] = 2 * (x[0] - 3)), (x[0] - 3) ** 2)
 * minimizeLbfgs(bowl, [0]).status // → 'converged'
 * Math.abs(minimizeLbfgs(bowl, [0]).x[0] - 3) < 1e-6 // → true
 */
export function minimizeLbfgs(
  objective: Objective,
  start: ArrayLike<number>,
  options: LbfgsOptions = {},
): OptimizeResult {
  const n = start.length
  const memory = options.memory ?? 10
  const maxIterations = options.maxIterations ?? 500
  const gradientTolerance = options.gradientTolerance ?? 1e-8
  const valueTolerance = options.valueTolerance ?? 1e-15
  let x: Float64Array = Float64Array.from(start)
  let gradient: Float64Array = new Float64Array(n)
  let value = objective(x, gradient)
  if (!Number.isFinite(value) || !Number.isFinite(maxAbs(gradient)))
    throw new StatsError(
      'notFinite',
      `The objective is ${value} at the starting point; a finite value and gradient were expected.`,
      {
        hint: 'Start from a point inside the domain.',
      },
    )
  const steps: Float64Array[] = []
  const changes: Float64Array[] = []
  let evaluations = 1
  let status: OptimizeStatus = 'iterationLimit'
  let iterations = 0
  let quiet = 0
  for (; iterations < maxIterations; iterations++) {
    if (maxAbs(gradient) <= gradientTolerance * Math.max(1, Math.abs(value))) {
      status = 'converged'
      break
    }
    let direction = quasiNewtonDirection(gradient, steps, changes)
    if (!(dot(direction, gradient) < 0)) {
      steps.length = 0
      changes.length = 0
      direction = gradient.map((g) => -g)
    }
    const first = steps.length === 0 ? Math.min(1, 1 / Math.max(maxAbs(gradient), 1e-300)) : 1
    const found = wolfeSearch(objective, x, value, gradient, direction, first)
    evaluations += found.evaluations
    if (!found.ok) {
      if (steps.length > 0) {
        steps.length = 0
        changes.length = 0
        continue
      }
      status =
        maxAbs(gradient) <= Math.sqrt(gradientTolerance) * Math.max(1, Math.abs(value))
          ? 'converged'
          : 'noProgress'
      break
    }
    remember(steps, changes, x, found.x, gradient, found.gradient, memory)
    quiet = value - found.value <= valueTolerance * Math.max(1, Math.abs(value)) ? quiet + 1 : 0
    x = found.x
    gradient = found.gradient
    value = found.value
    if (quiet >= 2) {
      iterations++
      status = 'converged'
      break
    }
  }
  return { x, value, gradientNorm: maxAbs(gradient), iterations, evaluations, status }
}

/** −H·gradient by the two-loop recursion over the pairs kept; the steepest descent without any. */
export function quasiNewtonDirection(
  gradient: Float64Array,
  steps: readonly Float64Array[],
  changes: readonly Float64Array[],
): Float64Array {
  const q = gradient.slice()
  const m = steps.length
  const alpha = new Float64Array(m)
  for (let k = m - 1; k >= 0; k--) {
    alpha[k] = dot(steps[k]!, q) / dot(steps[k]!, changes[k]!)
    for (let i = 0; i < q.length; i++) q[i]! -= alpha[k]! * changes[k]![i]!
  }
  if (m > 0) {
    const scale = dot(steps[m - 1]!, changes[m - 1]!) / dot(changes[m - 1]!, changes[m - 1]!)
    for (let i = 0; i < q.length; i++) q[i]! *= scale
  }
  for (let k = 0; k < m; k++) {
    const beta = dot(changes[k]!, q) / dot(steps[k]!, changes[k]!)
    for (let i = 0; i < q.length; i++) q[i]! += (alpha[k]! - beta) * steps[k]![i]!
  }
  for (let i = 0; i < q.length; i++) q[i] = -q[i]!
  return q
}

function remember(
  steps: Float64Array[],
  changes: Float64Array[],
  from: Float64Array,
  to: Float64Array,
  before: Float64Array,
  after: Float64Array,
  memory: number,
): void {
  const step = to.map((v, i) => v - from[i]!)
  const change = after.map((v, i) => v - before[i]!)
  const curvature = dot(step, change)
  if (!(curvature > 1e-14 * Math.sqrt(dot(step, step) * dot(change, change)))) return
  steps.push(step)
  changes.push(change)
  if (steps.length > memory) {
    steps.shift()
    changes.shift()
  }
}
