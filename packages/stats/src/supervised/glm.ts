import { type Rows, requireFiniteRows } from '../clustering/rows.ts'
import { StatsError } from '../stats-error.ts'
import { columnNames, requireSupervised, type SupervisedData } from './design.ts'
import {
  defaultLink,
  type GlmFamily,
  hasUnitDispersion,
  logLikelihoodOf,
  requireResponse,
  unitDeviance,
  varianceOf,
} from './glm-families.ts'
import { irls } from './glm-irls.ts'
import { type GlmLink, inverseLink } from './glm-links.ts'

export type GlmOptions = {
  readonly family: GlmFamily
  /** Default: identity, logit, log by family. */
  readonly link?: GlmLink
  /** Default true. */
  readonly intercept?: boolean
  /** Added to the linear predictor with coefficient 1, e.g. ln(exposure); length n. */
  readonly offset?: Float64Array
  /** Default 50. */
  readonly maxIterations?: number
  /**
   * `exact` (default): until the coefficients stand still, covariance at the estimate. `deviance`: as R's `glm`, until
   * the deviance moves by less than 1e-8 of itself, covariance from the weights before the last step; standard errors
   * then differ from the exact ones in the fifth digit.
   */
  readonly convergence?: 'exact' | 'deviance'
}

export type GlmModel = {
  readonly kind: 'glm'
  readonly version: 1
  readonly family: GlmFamily
  readonly link: GlmLink
  readonly columns: readonly string[]
  /** 0 when the model has none. */
  readonly intercept: number
  /** One per column. */
  readonly coefficients: readonly number[]
  /** Of the intercept (when there is one), then the columns. */
  readonly standardErrors: readonly number[]
  /** Covariance of the same, row-major. */
  readonly covariance: readonly number[]
  readonly hasIntercept: boolean
  /** Pearson χ² / df; 1 for binomial and Poisson. */
  readonly dispersion: number
  readonly deviance: number
  readonly nullDeviance: number
  /** Absent for Tweedie. */
  readonly logLikelihood?: number
  readonly aic?: number
  readonly diagnostics: {
    readonly status: 'converged'
    readonly iterations: number
    readonly lastStep: number
    readonly rows: number
    readonly degreesOfFreedom: number
  }
}

/**
 * Fits a generalised linear model by iteratively reweighted least squares.
 *
 * Weights are precision weights, as in R's `glm`; for the binomial with y a share they are numbers of trials.
 * Cost O(n·p²) an iteration.
 * Source: Nelder & Wedderburn (1972), https://doi.org/10.2307/2344614; McCullagh & Nelder (1989).
 * Parity: R's `glm`, statsmodels.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `oneClass` (binomial with one outcome only),
 * `separation`, `singular` (constant or dependent columns), `insufficientData` (no more rows than coefficients),
 * `outOfDomain` (a response the family cannot have), `notConverged`.
 * @example
 * const data = { x: { data: Float64Array.of(0, 0, 1, 1), n: 4, p: 1 }, y: Float64Array.of(1, 3, 4, 8) }
 * fitGlm(data, { family: 'poisson' }).coefficients // → [1.098612]
 */
export function fitGlm(data: SupervisedData, options: GlmOptions): GlmModel {
  requireSupervised(data)
  const { x, y, weights } = data
  const { family, intercept = true, offset, maxIterations = 50, convergence = 'exact' } = options
  const link = options.link ?? defaultLink(family)
  requireResponse(family, y)
  requireEnough(data, intercept, family)
  if (offset && offset.length !== x.n)
    throw new StatsError(
      'lengthMismatch',
      `There are ${offset.length} offsets for ${x.n} rows; one each was expected.`,
    )
  const fit = irls({ x, y, weights, offset, family, link, intercept, maxIterations, convergence })
  if (!fit.converged) {
    throw new StatsError(
      'notConverged',
      `The fit still moved by ${fit.lastStep.toExponential(2)} after ${fit.iterations} iterations.`,
      { hint: 'Raise maxIterations, or look for columns that nearly repeat each other.' },
    )
  }
  const q = fit.coefficients.length
  const rows = weights ? weights.reduce((s, w) => s + (w > 0 ? 1 : 0), 0) : x.n
  const degreesOfFreedom = rows - q
  const dispersion = hasUnitDispersion(family)
    ? 1
    : pearson(family, y, fit.fitted, weights) / degreesOfFreedom
  const covariance = Array.from(fit.inverseInformation, (v) => v * dispersion)
  const logLikelihood = logLikelihoodOf(family, y, fit.fitted, weights, fit.deviance)
  const parameters = q + (hasUnitDispersion(family) ? 0 : 1)
  return Object.freeze({
    kind: 'glm',
    version: 1,
    family,
    link,
    columns: columnNames(data),
    intercept: intercept ? fit.coefficients[0]! : 0,
    coefficients: Object.freeze(Array.from(fit.coefficients.subarray(intercept ? 1 : 0))),
    standardErrors: Object.freeze(Array.from({ length: q }, (_, j) => Math.sqrt(covariance[j * q + j]!))),
    covariance: Object.freeze(covariance),
    hasIntercept: intercept,
    dispersion,
    deviance: fit.deviance,
    nullDeviance: nullDeviance(data, family, link, offset, intercept),
    ...(logLikelihood === undefined ? {} : { logLikelihood, aic: 2 * parameters - 2 * logLikelihood }),
    diagnostics: Object.freeze({
      status: 'converged',
      iterations: fit.iterations,
      lastStep: fit.lastStep,
      rows,
      degreesOfFreedom,
    }),
  } as const)
}

/**
 * Logistic regression: `fitGlm` with the binomial family. `y` is 0 or 1, or a share with trials as weights.
 * Cost O(n·p²) an iteration.
 * Source: McCullagh & Nelder (1989), https://doi.org/10.1007/978-1-4899-3242-6
 * @throws StatsError those of `fitGlm`
 * @example
 * const data = { x: { data: Float64Array.of(0, 0, 0, 1, 1, 1), n: 6, p: 1 }, y: Float64Array.of(0, 0, 1, 0, 1, 1) }
 * fitLogistic(data).coefficients // → [1.386294]
 */
export function fitLogistic(data: SupervisedData, options: Omit<GlmOptions, 'family'> = {}): GlmModel {
  return fitGlm(data, { ...options, family: 'binomial' })
}

/**
 * Predicted means (or linear predictors) of rows.
 * One value per row, in the response's unit.
 * Cost O(n·p).
 * Source: McCullagh & Nelder (1989), https://doi.org/10.1007/978-1-4899-3242-6
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`.
 * @example
 * const model = { version: 1, intercept: 0, coefficients: [Math.log(2)], link: 'log' }
 * predictGlm(model, { data: Float64Array.of(0, 1, 2), n: 3, p: 1 }) // → [1, 2, 4]
 */
export function predictGlm(
  model: Pick<GlmModel, 'intercept' | 'coefficients' | 'link'>,
  rows: Rows,
  options: { readonly scale?: 'mean' | 'linear'; readonly offset?: Float64Array } = {},
): Float64Array {
  const { data, n, p } = rows
  if (p !== model.coefficients.length) {
    throw new StatsError(
      'lengthMismatch',
      `The rows have ${p} columns; the model was fitted on ${model.coefficients.length}.`,
    )
  }
  requireFiniteRows(rows)
  const predicted = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let eta = model.intercept + (options.offset ? options.offset[i]! : 0)
    for (let j = 0; j < p; j++) eta += model.coefficients[j]! * data[i * p + j]!
    predicted[i] = options.scale === 'linear' ? eta : inverseLink(model.link, eta)
  }
  return predicted
}

function requireEnough({ x, y, weights }: SupervisedData, intercept: boolean, family: GlmFamily): void {
  const q = x.p + (intercept ? 1 : 0)
  if (x.n <= q)
    throw new StatsError(
      'insufficientData',
      `${x.n} rows were given for ${q} coefficients; more rows than coefficients were expected.`,
    )
  if (family !== 'binomial') return
  let low = 1
  let high = 0
  for (let i = 0; i < x.n; i++) {
    if (weights && weights[i] === 0) continue
    low = Math.min(low, y[i]!)
    high = Math.max(high, y[i]!)
  }
  if (low === high && (low === 0 || low === 1)) {
    throw new StatsError('oneClass', `Every response is ${low}; a logistic model needs both outcomes.`)
  }
}

function pearson(family: GlmFamily, y: Float64Array, fitted: Float64Array, weights?: Float64Array): number {
  let total = 0
  for (let i = 0; i < y.length; i++) {
    const w = weights ? weights[i]! : 1
    if (w > 0) total += (w * (y[i]! - fitted[i]!) ** 2) / varianceOf(family, fitted[i]!)
  }
  return total
}

/** Deviance of the model with intercept (and offset) alone. */
function nullDeviance(
  { x, y, weights }: SupervisedData,
  family: GlmFamily,
  link: GlmLink,
  offset: Float64Array | undefined,
  intercept: boolean,
): number {
  if (intercept && offset) {
    const empty: Rows = { data: new Float64Array(0), n: x.n, p: 0 }
    return irls({
      x: empty,
      y,
      weights,
      offset,
      family,
      link,
      intercept: true,
      maxIterations: 100,
      convergence: 'exact',
    }).deviance
  }
  let mean = inverseLink(link, 0)
  if (intercept) {
    let total = 0
    let sum = 0
    for (let i = 0; i < y.length; i++) {
      const w = weights ? weights[i]! : 1
      total += w
      sum += w * y[i]!
    }
    mean = sum / total
  }
  let deviance = 0
  for (let i = 0; i < y.length; i++) {
    const at = !intercept && offset ? inverseLink(link, offset[i]!) : mean
    deviance += (weights ? weights[i]! : 1) * unitDeviance(family, y[i]!, at)
  }
  return deviance
}
