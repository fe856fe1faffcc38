import { multiply } from '../linalg/products.ts'
import { StatsError } from '../stats-error.ts'
import { minimiseQuadratic } from '../supervised/penalised-quadratic.ts'
import { type CoxModel, partialLikelihood } from './cox.ts'
import { type CoxBaseline, coxBaseline } from './cox-baseline.ts'
import { type CoxData, type CoxTies, layOut, requireSummableTies } from './cox-risk-sets.ts'

export interface CoxElasticNetOptions {
  readonly ties: CoxTies
  /** λ ≥ 0, per row. */
  readonly penalizer: number
  /** Share of the absolute values in the penalty: 0 is ridge, 1 the lasso. */
  readonly l1Ratio: number
  readonly maxIterations?: number
}

/** A penalised Cox model; standard errors are left out, since shrunken coefficients have none that mean anything. */
export type CoxElasticNetModel = Pick<
  CoxModel,
  'version' | 'ties' | 'coefficients' | 'means' | 'indicators' | 'logLikelihood' | 'baseline'
> & {
  readonly kind: 'coxElasticNet'
  readonly penalizer: number
  readonly l1Ratio: number
  readonly nonZero: number
  readonly baseline: readonly CoxBaseline[]
  readonly diagnostics: {
    readonly status: 'converged'
    readonly iterations: number
    readonly gradientNorm: number
  }
}

/**
 * Fits the proportional hazards model with an elastic net: largest is log-likelihood/n − λ·((1 − l1)/2·Σβ² + l1·Σ|β|), β being
 * those of covariates divided by their standard deviations (n − 1). Coefficients come back in the covariates' own units.
 * Predict with `predictCoxRisk` and `predictCoxSurvival`.
 * Cost O(n·p² + p³) an iteration.
 * Source: Simon, Friedman, Hastie and Tibshirani (2011), https://doi.org/10.18637/jss.v039.i05
 * Parity: lifelines' CoxPHFitter(penalizer, l1_ratio), which smooths the absolute value, so that its zeros are near 10⁻⁷.
 * @throws StatsError as `fitCox`; `outOfDomain` for λ or a share that is none; `notConverged`
 * @example
 * const data = { time: [1, 2, 3, 4, 5], event: [1, 1, 0, 1, 1], x: Float64Array.of(1, 0, 1, 0, 0), p: 1 }
 * fitCoxElasticNet(data, { ties: 'efron', penalizer: 0.05, l1Ratio: 0.5 }).coefficients // → [0.5666823]
 */
export function fitCoxElasticNet(data: CoxData, options: CoxElasticNetOptions): CoxElasticNetModel {
  const { ties, penalizer, l1Ratio, maxIterations = 200 } = options
  if (!(penalizer >= 0 && penalizer < Infinity && l1Ratio >= 0 && l1Ratio <= 1))
    throw new StatsError(
      'outOfDomain',
      `The penalizer is ${penalizer} and its share of absolute values ${l1Ratio}; at least 0 and within [0, 1] were expected.`,
    )
  requireSummableTies(ties)
  const plain = layOut(data)
  const { n, p } = plain
  const events = Array.from(data.event).reduce((a, b) => a + b, 0)
  if (events === 0)
    throw new StatsError('insufficientData', 'No row has an event, so there is no hazard to model.')
  const spread = spreads(plain.centred, n, p)
  const scaled = { ...plain, centred: plain.centred.map((v, k) => v / spread[k % p]!) }
  const soft = n * penalizer * l1Ratio
  const ridge = n * penalizer * (1 - l1Ratio)
  const lasso = new Float64Array(p).fill(soft)
  const noRidge = new Float64Array(p)
  const gradient = new Float64Array(p)
  const hessian = new Float64Array(p * p)
  const lossAt = (beta: Float64Array): number => {
    let loss = partialLikelihood(data, scaled, ties, beta, gradient, hessian)
    for (let j = 0; j < p; j++) {
      loss += (ridge / 2) * beta[j]! ** 2 + soft * Math.abs(beta[j]!)
      gradient[j]! += ridge * beta[j]!
      hessian[j * p + j]! += ridge
    }
    return loss
  }
  let beta: Float64Array = new Float64Array(p)
  let loss = lossAt(beta)
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const norm = optimality(gradient, beta, soft) / n
    if (norm < 1e-10) return assemble(iteration - 1, norm)
    // The quadratic approximation, in which the ridge is already part of the curvature.
    const rhs = multiply(hessian, beta, p, p, 1).map((v, j) => v - gradient[j]!)
    const target = beta.slice()
    minimiseQuadratic({ gram: hessian, rhs, lasso, ridge: noRidge, held: 0 }, target, 1e-13)
    let length = 1
    let next = target
    let value = lossAt(next)
    while (!(value <= loss) && length > 1e-10) {
      length /= 2
      next = beta.map((b, j) => b + length * (target[j]! - b))
      value = lossAt(next)
    }
    const still = loss - value <= 1e-15 * Math.abs(loss) && length <= 1e-10
    beta = next
    loss = value
    if (still) break
  }
  const norm = optimality(gradient, beta, soft) / n
  if (norm < 1e-6) return assemble(maxIterations, norm)
  throw new StatsError('notConverged', `The penalised Cox fit still has a gradient of ${norm} a row.`, {
    hint: 'Raise maxIterations or the penalizer.',
  })

  function assemble(iterations: number, gradientNorm: number): CoxElasticNetModel {
    const coefficients = beta.map((b, j) => b / spread[j]!)
    return Object.freeze<CoxElasticNetModel>({
      kind: 'coxElasticNet',
      version: 1,
      ties,
      penalizer,
      l1Ratio,
      coefficients: Array.from(coefficients),
      means: Array.from(plain.means),
      indicators: Array.from(coefficients, (_, j) => onlyIndicates(data.x, p, j)),
      nonZero: coefficients.filter((b) => b !== 0).length,
      logLikelihood: -partialLikelihood(data, plain, ties, coefficients, gradient, hessian),
      baseline: coxBaseline(data, plain, ties, coefficients),
      diagnostics: { status: 'converged', iterations, gradientNorm },
    })
  }
}

function spreads(centred: Float64Array, n: number, p: number): Float64Array {
  const squares = new Float64Array(p)
  const sums = new Float64Array(p)
  for (let k = 0; k < centred.length; k++) {
    sums[k % p]! += centred[k]! / n
    squares[k % p]! += centred[k]! ** 2
  }
  return squares.map((square, j) => {
    const sd = Math.sqrt(Math.max(0, square - n * sums[j]! ** 2) / Math.max(1, n - 1))
    if (sd > 0) return sd
    throw new StatsError('zeroVariance', `Covariate ${j} has the same value in all ${n} rows.`, {
      hint: 'Leave it out.',
    })
  })
}

/** The largest entry of the smallest subgradient. */
function optimality(gradient: Float64Array, beta: Float64Array, soft: number): number {
  return gradient.reduce((worst, g, j) => {
    const b = beta[j]!
    const here = b === 0 ? Math.max(0, Math.abs(g) - soft) : Math.abs(g + Math.sign(b) * soft)
    return Math.max(worst, here)
  }, 0)
}

function onlyIndicates(x: Float64Array, p: number, j: number): boolean {
  for (let k = j; k < x.length; k += p) if (x[k] !== 0 && x[k] !== 1 && x[k] !== -1) return false
  return true
}
