import { invertSymmetric } from '../linalg/cholesky.ts'
import { gradientDifferences } from '../optimize/derivatives.ts'
import { minimizeLbfgs } from '../optimize/lbfgs.ts'
import { minimizeNelderMead } from '../optimize/nelder-mead.ts'
import { minimizeNewton, type NewtonObjective } from '../optimize/newton.ts'
import type { Objective, OptimizeResult, OptimizeStatus } from '../optimize/result.ts'
import { StatsError } from '../stats-error.ts'

export interface FitDiagnostics {
  readonly status: OptimizeStatus
  readonly iterations: number
  readonly evaluations: number
  /** Largest absolute gradient component of the mean log-likelihood in log parameters. */
  readonly gradientNorm: number
  readonly logLikelihood: number
  /** Customers, that is the sum of weights. */
  readonly observations: number
  readonly penalty: number
  /**
   * Parameters that ran to the edge of the search, e^±12 times the unit: the data hold no sign of the difference between
   * customers that they stand for. Predictions are then those of the limit; there is no covariance.
   */
  readonly atBound: readonly string[]
}

/** Ways to reach the same optimum sooner, for a likelihood that can offer them. */
export interface FitShortcuts {
  /** The same likelihood over a small systematic sample of rows, to start near the optimum. */
  readonly sample?: Objective
  /** The likelihood with its Hessian (row-major) in the parameters: Newton's method then takes a few passes over all rows. */
  readonly second?: NewtonObjective
}

export interface PositiveFit {
  readonly parameters: Float64Array
  /** Row-major covariance of the parameters, or null where the information matrix is not positive definite. */
  readonly covariance: Float64Array | null
  readonly diagnostics: FitDiagnostics
}

export interface PositiveFitOptions {
  /** Weight of the L2 penalty on the scaled parameters, added to the mean negative log-likelihood. Default 0. */
  readonly penalty?: number
  readonly start?: readonly number[]
  readonly maxIterations?: number
  /** What to do when the optimiser stops short. Default `refuse`. */
  readonly notConverged?: 'refuse' | 'report'
}

/**
 * Maximum likelihood for parameters that are all positive: L-BFGS in their logarithms, from the start and, if that
 * fails, from the end of a simplex search; the covariance is the inverse observed information in the parameters.
 * `negativeLogLikelihood` takes the parameters themselves and writes the gradient in them; both are sums over customers.
 * @throws StatsError `notConverged`
 */
export function fitPositive(
  model: string,
  names: readonly string[],
  negativeLogLikelihood: Objective,
  start: readonly number[],
  observations: number,
  options: PositiveFitOptions,
  shortcuts: FitShortcuts = {},
): PositiveFit {
  const penalty = options.penalty ?? 0
  if (!(penalty >= 0))
    throw new StatsError('invalidOption', `penalty is ${penalty}; a number ≥ 0 was expected.`)
  const n = start.length
  const parameters = new Float64Array(n)
  const objective: Objective = (point, gradient) => {
    for (let i = 0; i < n; i++) parameters[i] = fromSearch(point[i]!)
    let value = negativeLogLikelihood(parameters, gradient) / observations
    for (let i = 0; i < n; i++) {
      const size = parameters[i]!
      const slope = 1 / Math.cosh(point[i]! / BOUND) ** 2
      value += penalty * size * size
      gradient[i] = (gradient[i]! / observations + 2 * penalty * size) * size * slope
    }
    return value
  }
  const first = (options.start ?? start).map(
    (v) => BOUND * Math.atanh(Math.max(-0.99, Math.min(0.99, Math.log(v) / BOUND))),
  )
  const settings = { gradientTolerance: 1e-9, maxIterations: options.maxIterations ?? 500 }
  const near = shortcuts.sample
    ? minimizeLbfgs(inSearch(shortcuts.sample, penalty, n), first, {
        gradientTolerance: 1e-5,
        maxIterations: 60,
      }).x
    : first
  let result = shortcuts.second
    ? newtonSearch(shortcuts.second, near, observations, penalty)
    : minimizeLbfgs(objective, near, settings)
  if (result.status !== 'converged') result = minimizeLbfgs(objective, first, settings)
  if (result.status !== 'converged') result = retry(objective, result, first, settings)
  if (result.status !== 'converged' && options.notConverged !== 'report')
    throw new StatsError(
      'notConverged',
      `The ${model} fit stopped after ${result.iterations} iterations with gradient ${result.gradientNorm}.`,
      {
        hint: 'Add customers or a longer window, set a small penalty, or ask for the unfinished fit with notConverged: "report".',
        context: { iterations: result.iterations, gradientNorm: result.gradientNorm },
      },
    )
  return finish(names, negativeLogLikelihood, shortcuts.second, result, observations, penalty)
}

/** A likelihood of a sample in search coordinates; its scale does not matter, so it is divided by its first value. */
function inSearch(likelihood: Objective, penalty: number, n: number): Objective {
  const parameters = new Float64Array(n)
  let scale = 0
  return (point, gradient) => {
    for (let i = 0; i < n; i++) parameters[i] = fromSearch(point[i]!)
    let value = likelihood(parameters, gradient)
    scale ||= Math.abs(value) || 1
    value /= scale
    for (let i = 0; i < n; i++) {
      const size = parameters[i]!
      value += penalty * size * size
      gradient[i] = ((gradient[i]! / scale + 2 * penalty * size) * size) / Math.cosh(point[i]! / BOUND) ** 2
    }
    return value
  }
}

function newtonSearch(
  second: NewtonObjective,
  start: ArrayLike<number>,
  observations: number,
  penalty: number,
): OptimizeResult {
  const n = start.length
  const parameters = new Float64Array(n)
  return minimizeNewton(
    (point, gradient, hessian) => {
      for (let i = 0; i < n; i++) parameters[i] = fromSearch(point[i]!)
      let value = second(parameters, gradient, hessian) / observations
      for (let i = 0; i < n; i++) {
        const size = parameters[i]!
        value += penalty * size * size
        gradient[i] = gradient[i]! / observations + 2 * penalty * size
        for (let j = 0; j < n; j++)
          hessian[i * n + j] = hessian[i * n + j]! / observations + (i === j ? 2 * penalty : 0)
      }
      // The chain rule for θ = exp(B·tanh(u/B)).
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          hessian[i * n + j]! *= slopeAt(point[i]!) * slopeAt(point[j]!) * parameters[i]! * parameters[j]!
          if (i !== j) continue
          const slope = slopeAt(point[i]!)
          hessian[i * n + i]! +=
            gradient[i]! *
            parameters[i]! *
            (slope * slope - (2 / BOUND) * Math.tanh(point[i]! / BOUND) * slope)
        }
      for (let i = 0; i < n; i++) gradient[i]! *= parameters[i]! * slopeAt(point[i]!)
      return value
    },
    start,
    { maxIterations: 60, tolerance: 1e-15 },
  )
}

function slopeAt(point: number): number {
  return 1 / Math.cosh(point / BOUND) ** 2
}

/** The search runs on BOUND·atanh(ln θ / BOUND): near ln θ itself, and flat towards the bounds, where it comes to rest. */
const BOUND = 12

function fromSearch(point: number): number {
  return Math.exp(BOUND * Math.tanh(point / BOUND))
}

/** A flat ridge slows L-BFGS down; a simplex finds its direction and Newton's steps, with the Hessian from differences, walk along it. */
function retry(
  objective: Objective,
  failed: OptimizeResult,
  start: readonly number[],
  settings: { readonly gradientTolerance: number; readonly maxIterations: number },
): OptimizeResult {
  const scratch = new Float64Array(start.length)
  const simplex = minimizeNelderMead((x) => objective(x, scratch), start, {
    initialStep: 0.5,
    maxEvaluations: 2000,
  })
  const best = simplex.value < failed.value ? simplex.x : failed.x
  const newton = minimizeNewton(
    (x, gradient, hessian) => {
      hessian.set(gradientDifferences(objective, x))
      return objective(x, gradient)
    },
    best,
    { maxIterations: 100, tolerance: 1e-12 },
  )
  const again = newton.status === 'converged' ? newton : minimizeLbfgs(objective, newton.x, settings)
  return again.value <= failed.value ? again : failed
}

function finish(
  names: readonly string[],
  likelihood: Objective,
  second: NewtonObjective | undefined,
  result: OptimizeResult,
  observations: number,
  penalty: number,
): PositiveFit {
  const n = result.x.length
  const parameters = result.x.map(fromSearch)
  const scratch = new Float64Array(n)
  const logLikelihood = -likelihood(parameters, scratch)
  const atBound = names.filter((_, i) => Math.abs(Math.log(parameters[i]!)) > BOUND - 2)
  const information = second
    ? secondAt(second, parameters, observations, penalty)
    : informationByDifferences(likelihood, parameters, observations, penalty)
  return {
    parameters,
    covariance: atBound.length > 0 ? null : tryInvert(information, n),
    diagnostics: {
      status: result.status,
      iterations: result.iterations,
      evaluations: result.evaluations,
      gradientNorm: result.gradientNorm,
      logLikelihood,
      observations,
      penalty,
      atBound,
    },
  }
}

function secondAt(
  second: NewtonObjective,
  parameters: Float64Array,
  observations: number,
  penalty: number,
): Float64Array {
  const n = parameters.length
  const hessian = new Float64Array(n * n)
  second(parameters, new Float64Array(n), hessian)
  for (let i = 0; i < n; i++) hessian[i * n + i]! += 2 * observations * penalty
  return hessian
}

function informationByDifferences(
  likelihood: Objective,
  parameters: Float64Array,
  observations: number,
  penalty: number,
): Float64Array {
  const n = parameters.length
  // In factors of the estimate, 1 at the estimate itself, so that one step suits every parameter.
  const onFactors: Objective = (factors, gradient) => {
    const point = parameters.map((v, i) => v * Math.exp(factors[i]! - 1))
    let value = likelihood(point, gradient)
    for (let i = 0; i < n; i++) {
      value += observations * penalty * point[i]! ** 2
      gradient[i] = (gradient[i]! + 2 * observations * penalty * point[i]!) * point[i]!
    }
    return value
  }
  const centre = new Float64Array(n).fill(1)
  const gradient = new Float64Array(n)
  onFactors(centre, gradient)
  const information = gradientDifferences(onFactors, centre, 1e-4, 'second')
  // From log parameters to parameters: H = D⁻¹ (H_log − diag(g)) D⁻¹.
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++)
      information[i * n + k] =
        (information[i * n + k]! - (i === k ? gradient[i]! : 0)) / (parameters[i]! * parameters[k]!)
  return information
}

function tryInvert(matrix: Float64Array, n: number): Float64Array | null {
  try {
    const inverse = invertSymmetric(matrix, n)
    return inverse.every(Number.isFinite) ? inverse : null
  } catch (error) {
    if (error instanceof StatsError) return null
    throw error
  }
}
