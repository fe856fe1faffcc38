import { minimizeLbfgsScipy } from '../optimize/lbfgs-scipy.ts'
import type { Objective } from '../optimize/result.ts'
import { requirePositive, StatsError } from '../stats-error.ts'
import { columnNames, requireSupervised, type SupervisedData } from './design.ts'
import type { ElasticNetModel } from './elastic-net.ts'
import { requireResponse } from './glm-families.ts'

export type LogisticRidgeOptions = {
  /** Inverse strength of the penalty: C·Σ loss + ½|β|². Default 1. */
  readonly c?: number
  /**
   * What the solver sees, and with it where it stops. `mean`: the loss divided by the rows, a stop at a relative fall of
   * 64 ε, as scikit-learn since its mean losses. `sum`: the sum of losses and a fall of 2.2e-9, as scikit-learn 1.2.
   */
  readonly objective: 'mean' | 'sum'
  /** Stop when no gradient component exceeds it. Default 1e-4, as scikit-learn. */
  readonly gradientTolerance?: number
  /** Default 100, as scikit-learn; reaching it is an error. */
  readonly maxIterations?: number
}

/** A model for `predictGlm`, with the largest component of the gradient where the solver stopped. */
export type LogisticRidgeModel = ElasticNetModel & { readonly gradientNorm: number }

/**
 * Logistic regression with an L2 penalty, stopped where scikit-learn's default solver stops: from 0 by L-BFGS with a
 * loose tolerance. `fitElasticNet` with alpha 0 and lambda 1/(C·n) goes on to the minimum and is the better model; use
 * this one to meet a scorecard built there digit by digit. One row per observation; y is 0 or 1.
 * Cost O(n·p) an iteration.
 * Source: Byrd, Lu, Nocedal & Zhu (1995), https://doi.org/10.1137/0916069
 * Parity: scikit-learn's `LogisticRegression`, to rounding.
 * @throws StatsError `outOfDomain`, `notConverged`, and as `requireSupervised`.
 * @example
 * const data = { x: { data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 }, y: Float64Array.of(0, 1, 0, 1) }
 * fitLogisticRidge(data, { objective: 'mean' }).coefficients // → [0.452735]
 */
export function fitLogisticRidge(data: SupervisedData, options: LogisticRidgeOptions): LogisticRidgeModel {
  const { c = 1, objective, gradientTolerance = 1e-4, maxIterations = 100 } = options
  requireSupervised(data)
  requireResponse('binomial', data.y)
  requirePositive('c', c)
  const { n, p } = data.x
  const total = data.weights ? data.weights.reduce((sum, w) => sum + w, 0) : n
  const mean = objective === 'mean'
  const found = minimizeLbfgsScipy(
    penalisedLoss(data, 1 / c, mean ? 1 / total : 1),
    new Float64Array(p + 1),
    {
      gradientTolerance,
      valueTolerance: mean ? 64 * Number.EPSILON : 1e7 * Number.EPSILON,
      maxIterations,
    },
  )
  if (found.status !== 'converged')
    throw new StatsError('notConverged', `The regression did not settle in ${found.iterations} steps.`, {
      hint: 'Raise maxIterations or standardise the columns.',
    })
  const coefficients = Array.from(found.x.subarray(0, p))
  return Object.freeze({
    kind: 'elasticNet',
    version: 1,
    family: 'binomial',
    link: 'logit',
    lambda: 1 / (c * total),
    alpha: 0,
    columns: columnNames(data),
    intercept: found.x[p]!,
    coefficients,
    nonZero: coefficients.filter((value) => value !== 0).length,
    diagnostics: { status: 'converged', iterations: found.iterations, rows: n },
    gradientNorm: found.gradientNorm,
  } as const)
}

/** Coefficients first and the intercept, which is not penalised, last. */
function penalisedLoss({ x, y, weights }: SupervisedData, penalty: number, scale: number): Objective {
  const { data, n, p } = x
  return (beta, gradient) => {
    gradient.fill(0)
    let loss = 0
    for (let i = 0; i < n; i++) {
      let eta = beta[p]!
      for (let j = 0; j < p; j++) eta += beta[j]! * data[i * p + j]!
      const w = weights ? weights[i]! : 1
      loss += w * (Math.max(eta, 0) + Math.log1p(Math.exp(-Math.abs(eta))) - y[i]! * eta)
      const residual = w * (1 / (1 + Math.exp(-eta)) - y[i]!)
      for (let j = 0; j < p; j++) gradient[j]! += residual * data[i * p + j]!
      gradient[p]! += residual
    }
    let squares = 0
    for (let j = 0; j < p; j++) {
      squares += beta[j]! * beta[j]!
      gradient[j]! += penalty * beta[j]!
    }
    for (let j = 0; j <= p; j++) gradient[j]! *= scale
    return (loss + 0.5 * penalty * squares) * scale
  }
}
