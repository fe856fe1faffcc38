import { invertSymmetric } from '../linalg/cholesky.ts'
import { hessianFromGradient } from '../optimize/derivatives.ts'
import { minimizeLbfgs } from '../optimize/lbfgs.ts'
import { minimizeNelderMead } from '../optimize/nelder-mead.ts'
import { minimizeNewton } from '../optimize/newton.ts'
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
  let result = minimizeLbfgs(objective, first, settings)
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
  return finish(names, negativeLogLikelihood, result, observations, penalty)
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
      hessian.set(hessianFromGradient(objective, x))
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
  result: OptimizeResult,
  observations: number,
  penalty: number,
): PositiveFit {
  const n = result.x.length
  const parameters = result.x.map(fromSearch)
  const scratch = new Float64Array(n)
  const logLikelihood = -likelihood(parameters, scratch)
  const onLogs: Objective = (logs, gradient) => {
    const point = logs.map(Math.exp)
    let value = likelihood(point, gradient)
    for (let i = 0; i < n; i++) {
      value += observations * penalty * point[i]! ** 2
      gradient[i] = (gradient[i]! + 2 * observations * penalty * point[i]!) * point[i]!
    }
    return value
  }
  const atBound = names.filter((_, i) => Math.abs(Math.log(parameters[i]!)) > BOUND - 2)
  const logs = parameters.map(Math.log)
  const gradient = new Float64Array(n)
  onLogs(logs, gradient)
  const information = hessianFromGradient(onLogs, logs, 1e-2)
  // From log parameters to parameters: H = D⁻¹ (H_log − diag(g)) D⁻¹.
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++)
      information[i * n + k] =
        (information[i * n + k]! - (i === k ? gradient[i]! : 0)) / (parameters[i]! * parameters[k]!)
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

function tryInvert(matrix: Float64Array, n: number): Float64Array | null {
  try {
    const inverse = invertSymmetric(matrix, n)
    return inverse.every(Number.isFinite) ? inverse : null
  } catch (error) {
    if (error instanceof StatsError) return null
    throw error
  }
}
