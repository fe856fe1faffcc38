import { addFourProducts } from '../linalg/products.ts'
import { requireFinite, StatsError } from '../stats-error.ts'
import { columnNames, columnScale, requireSupervised, type SupervisedData } from './design.ts'
import { requireResponse } from './glm-families.ts'
import { type GlmLink, inverseLink } from './glm-links.ts'
import { minimiseQuadratic } from './penalised-quadratic.ts'

export type ElasticNetOptions = {
  readonly family: 'gaussian' | 'binomial' | 'poisson'
  /** Penalty λ of mean loss + λ·(α·|β| + (1−α)/2·β²), as glmnet. scikit-learn's C is 1/(λ·n). */
  readonly lambda: number
  /** 0 is ridge, 1 is lasso. */
  readonly alpha: number
  /** Penalise coefficients of columns at unit deviation (divided by n), as glmnet does. Default true. */
  readonly standardise?: boolean
  /** Default true; the intercept is never penalised. */
  readonly intercept?: boolean
  readonly offset?: Float64Array
  /** Stop when no standardised coefficient moves by more. Default 1e-9. */
  readonly tolerance?: number
  readonly maxIterations?: number
}

export type ElasticNetModel = {
  readonly kind: 'elasticNet'
  readonly version: 1
  readonly family: 'gaussian' | 'binomial' | 'poisson'
  readonly link: GlmLink
  readonly lambda: number
  readonly alpha: number
  readonly columns: readonly string[]
  readonly intercept: number
  /** On the scale of the columns as given; exactly 0 where the lasso left one out. */
  readonly coefficients: readonly number[]
  readonly nonZero: number
  readonly diagnostics: { readonly status: 'converged'; readonly iterations: number; readonly rows: number }
}

/**
 * Penalised regression by Newton steps whose quadratic is minimised by coordinate descent. Predict with `predictGlm`.
 * Cost O(n·p²) an iteration, best for p in the hundreds.
 * Source: Friedman, Hastie & Tibshirani (2010), J, https://doi.org/10.18637/jss.v033.i01. Statist. Software 33,
 * sections 2 and 3.
 * Parity: glmnet, scikit-learn.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `notConverged`, `zeroVariance` for a
 * constant column to be standardised, and as `requireSupervised`.
 * @example
 * const data = { x: { data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 }, y: Float64Array.of(2, 4, 6, 8) }
 * fitElasticNet(data, { family: 'gaussian', lambda: 0.5, alpha: 1 }).coefficients // → [1.552786]
 */
export function fitElasticNet(data: SupervisedData, options: ElasticNetOptions): ElasticNetModel {
  return fitElasticNetPath(data, [options.lambda], options)[0]!
}

/**
 * The same for a sequence of penalties, each started from the one before; give them in descending order.
 * One model per penalty, in their order.
 * Cost O(n·p²) an iteration of a penalty.
 * Source: Friedman, Hastie & Tibshirani (2010), https://doi.org/10.18637/jss.v033.i01
 * @throws StatsError those of `fitElasticNet`
 * @example
 * const data = { x: { data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 }, y: Float64Array.of(2, 4, 6, 8) }
 * fitElasticNetPath(data, [5, 1], { family: 'gaussian', alpha: 1 }).map((model) => model.nonZero) // → [0, 1]
 */
export function fitElasticNetPath(
  data: SupervisedData,
  lambdas: readonly number[],
  options: Omit<ElasticNetOptions, 'lambda'>,
): readonly ElasticNetModel[] {
  requireSupervised(data)
  requireResponse(options.family, data.y)
  if (!(options.alpha >= 0 && options.alpha <= 1))
    throw new StatsError(
      'outOfDomain',
      `alpha is ${options.alpha}; a number from 0 (ridge) to 1 (lasso) was expected.`,
    )
  const problem = prepare(data, options)
  const beta = new Float64Array(data.x.p + 1)
  beta[0] = problem.startingIntercept
  return lambdas.map((lambda) => {
    if (!(lambda >= 0 && Number.isFinite(lambda)))
      throw new StatsError('outOfDomain', `lambda is ${lambda}; a finite number of at least 0 was expected.`)
    const iterations = descend(problem, beta, lambda, options)
    const coefficients = Array.from({ length: data.x.p }, (_, j) => beta[j + 1]! / problem.sds[j]!)
    const shift = coefficients.reduce((s, c, j) => s + c * problem.means[j]!, 0)
    return Object.freeze({
      kind: 'elasticNet',
      version: 1,
      family: options.family,
      link: problem.link,
      lambda,
      alpha: options.alpha,
      columns: columnNames(data),
      intercept: beta[0]! - shift,
      coefficients: Object.freeze(coefficients),
      nonZero: coefficients.filter((c) => c !== 0).length,
      diagnostics: Object.freeze({ status: 'converged', iterations, rows: data.x.n }),
    } as const)
  })
}

/**
 * The smallest penalty at which the lasso part leaves out every column: where a path starts.
 * A number > 0.
 * Cost O(n·p).
 * Source: Friedman, Hastie & Tibshirani (2010), https://doi.org/10.18637/jss.v033.i01
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `zeroVariance`, `outOfDomain` for alpha 0, where no
 * penalty does.
 * @example
 * const data = { x: { data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 }, y: Float64Array.of(2, 4, 6, 8) }
 * largestLambda(data, { family: 'gaussian', alpha: 1 }) // → 2.236068
 */
export function largestLambda(data: SupervisedData, options: Omit<ElasticNetOptions, 'lambda'>): number {
  requireSupervised(data)
  if (!(options.alpha > 0))
    throw new StatsError('outOfDomain', 'Ridge leaves out no column at any penalty; give alpha above 0.')
  const problem = prepare(data, options)
  const beta = new Float64Array(data.x.p + 1)
  beta[0] = problem.startingIntercept
  const { rhs } = quadratic(problem, beta, true)
  const largest = Math.max(...Array.from(rhs.subarray(1), Math.abs)) / options.alpha
  requireFinite('The largest penalty', largest)
  return largest
}

type Problem = {
  readonly data: SupervisedData
  readonly link: GlmLink
  readonly means: Float64Array
  readonly sds: Float64Array
  readonly intercept: boolean
  readonly offset: Float64Array | undefined
  readonly totalWeight: number
  readonly startingIntercept: number
}

function prepare(data: SupervisedData, options: Omit<ElasticNetOptions, 'lambda'>): Problem {
  const { standardise = true, intercept = true, family, offset } = options
  const { means, sds } = columnScale(data.x, data.weights)
  const link = family === 'gaussian' ? 'identity' : family === 'binomial' ? 'logit' : 'log'
  for (let j = 0; j < data.x.p; j++) {
    if (!standardise) sds[j] = 1
    else if (!(sds[j]! > 1e-13 * Math.abs(means[j]!)))
      throw new StatsError(
        'zeroVariance',
        `Column ${j} is constant, so it cannot be penalised at unit deviation.`,
        { hint: 'Leave the column out.', context: { column: j } },
      )
    if (!intercept) means[j] = 0
  }
  let totalWeight = 0
  let sum = 0
  for (let i = 0; i < data.x.n; i++) {
    const w = data.weights ? data.weights[i]! : 1
    totalWeight += w
    sum += w * data.y[i]!
  }
  const mean = sum / totalWeight
  if (family === 'binomial' && !(mean > 0 && mean < 1))
    throw new StatsError('oneClass', `Every response is ${mean}; a logistic model needs both outcomes.`)
  if (family === 'poisson' && !(mean > 0))
    throw new StatsError('zeroVariance', 'Every count is 0, so there is no rate to model.')
  const startingIntercept = !intercept
    ? 0
    : family === 'gaussian'
      ? mean
      : family === 'binomial'
        ? Math.log(mean / (1 - mean))
        : Math.log(mean)
  return { data, link, means, sds, intercept, offset, totalWeight, startingIntercept }
}

/** Mean-loss Hessian, its product with beta minus the gradient, and the gradient alone if asked. */
function quadratic(problem: Problem, beta: Float64Array, gradientOnly = false) {
  const {
    data: { x, y, weights },
    link,
    means,
    sds,
    offset,
    totalWeight,
  } = problem
  const q = x.p + 1
  const gram = new Float64Array(q * q)
  const gradient = new Float64Array(q)
  // Four rows at a time, so that a cell of the matrix is read and written once for all of them.
  const rows = new Float64Array(4 * q)
  const curves = new Float64Array(4)
  let held = 0
  for (let i = 0; i < x.n; i++) {
    const w = (weights ? weights[i]! : 1) / totalWeight
    if (w === 0) continue
    const at = held * q
    rows[at] = 1
    let eta = beta[0]! + (offset ? offset[i]! : 0)
    for (let j = 1; j < q; j++) {
      const value = (x.data[i * x.p + j - 1]! - means[j - 1]!) / sds[j - 1]!
      rows[at + j] = value
      eta += beta[j]! * value
    }
    const mu = inverseLink(link, eta)
    const slope = w * (y[i]! - mu)
    for (let a = 0; a < q; a++) gradient[a]! += slope * rows[at + a]!
    if (gradientOnly) continue
    curves[held++] = w * (link === 'identity' ? 1 : link === 'log' ? mu : Math.max(mu * (1 - mu), 1e-10))
    if (held < 4) continue
    addFourProducts(gram, rows, curves, q)
    held = 0
  }
  curves.fill(0, held)
  rows.fill(0, held * q)
  if (held > 0) addFourProducts(gram, rows, curves, q)
  if (gradientOnly) return { gram, rhs: gradient }
  const rhs = gradient
  for (let a = 0; a < q; a++) for (let b = 0; b < a; b++) gram[b * q + a] = gram[a * q + b]!
  for (let a = 0; a < q; a++) for (let b = 0; b < q; b++) rhs[a]! += gram[a * q + b]! * beta[b]!
  return { gram, rhs }
}

function descend(
  problem: Problem,
  beta: Float64Array,
  lambda: number,
  options: Omit<ElasticNetOptions, 'lambda'>,
): number {
  const { alpha, tolerance = 1e-9, maxIterations = 200 } = options
  const q = beta.length
  // The intercept comes first and is not penalised.
  const lasso = new Float64Array(q).fill(lambda * alpha, 1)
  const ridge = new Float64Array(q).fill(lambda * (1 - alpha), 1)
  const held = problem.intercept ? 0 : 1
  let value = penalisedLoss(problem, beta, lambda, alpha)
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const { gram, rhs } = quadratic(problem, beta)
    const next = beta.slice()
    minimiseQuadratic({ gram, rhs, lasso, ridge, held }, next, tolerance / 10)
    // A full Newton step may overshoot far from the minimum: halve it until the loss falls.
    let candidate = penalisedLoss(problem, next, lambda, alpha)
    for (let halving = 0; halving < 30 && !(candidate <= value + 1e-13 * Math.abs(value)); halving++) {
      for (let j = 0; j < q; j++) next[j] = (next[j]! + beta[j]!) / 2
      candidate = penalisedLoss(problem, next, lambda, alpha)
    }
    let moved = 0
    for (let j = 0; j < q; j++) moved = Math.max(moved, Math.abs(next[j]! - beta[j]!))
    beta.set(next)
    value = candidate
    if (moved <= tolerance || options.family === 'gaussian') return iteration
  }
  throw new StatsError('notConverged', `The penalised fit still moved after ${maxIterations} iterations.`, {
    hint: 'Raise lambda or maxIterations.',
  })
}

function penalisedLoss(
  { data: { x, y, weights }, link, means, sds, offset, totalWeight }: Problem,
  beta: Float64Array,
  lambda: number,
  alpha: number,
): number {
  let loss = 0
  for (let i = 0; i < x.n; i++) {
    const w = weights ? weights[i]! : 1
    let eta = beta[0]! + (offset ? offset[i]! : 0)
    for (let j = 0; j < x.p; j++) eta += (beta[j + 1]! * (x.data[i * x.p + j]! - means[j]!)) / sds[j]!
    if (link === 'identity') loss += (w * (y[i]! - eta) ** 2) / 2
    else if (link === 'log') loss += w * (Math.exp(eta) - y[i]! * eta)
    else loss += w * ((eta > 0 ? eta : 0) + Math.log1p(Math.exp(-Math.abs(eta))) - y[i]! * eta)
  }
  let penalty = 0
  for (let j = 1; j < beta.length; j++)
    penalty += alpha * Math.abs(beta[j]!) + ((1 - alpha) / 2) * beta[j]! ** 2
  return loss / totalWeight + lambda * penalty
}
