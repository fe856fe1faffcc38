import type { Rows } from '../clustering/rows.ts'
import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { zPValue } from '../inference/proportion-tests.ts'
import { tPValue } from '../inference/t-tests.ts'
import { StatsError } from '../stats-error.ts'
import { type GlmModel, predictGlm } from './glm.ts'
import { type GlmLink, linkSlope } from './glm-links.ts'
import type { OlsModel } from './ols.ts'

export type WaldTests = {
  readonly estimates: Float64Array
  readonly statistics: Float64Array
  readonly pValues: Float64Array
}

/**
 * Wald tests of each coefficient against 0, the intercept first when there is one: by t where the dispersion is
 * estimated, by z where it is known. p-values keep their digits down to 1e-300.
 * Cost O(p).
 * Source: Wald (1943), https://doi.org/10.1090/S0002-9947-1943-0012401-3
 * @throws StatsError `lengthMismatch`
 * @example
 * const data = { x: { data: Float64Array.of(0, 0, 0, 1, 1, 1), n: 6, p: 1 }, y: Float64Array.of(0, 0, 1, 0, 1, 1) }
 * waldTests(fitLogistic(data)).pValues // → [0.5714262, 0.4234922]
 */
export function waldTests(
  model: GlmModel | OlsModel,
  standardErrors: ArrayLike<number> = model.standardErrors,
): WaldTests {
  const estimates = Float64Array.from(
    model.hasIntercept ? [model.intercept, ...model.coefficients] : model.coefficients,
  )
  const byZ = model.kind === 'glm' && (model.family === 'binomial' || model.family === 'poisson')
  const statistics = estimates.map((b, j) => b / standardErrors[j]!)
  const df = model.diagnostics.degreesOfFreedom
  return {
    estimates,
    statistics,
    pValues: statistics.map((s) => (byZ ? zPValue(s, 'twoSided') : tPValue(s, df, 'twoSided'))),
  }
}

export type ModelSummary = {
  /** Log-likelihood with the intercept alone. */
  readonly nullLogLikelihood: number
  /** 2·(log-likelihood − null), its degrees of freedom and p-value. */
  readonly likelihoodRatio: number
  readonly degreesOfFreedom: number
  readonly pValue: number
  /** 1 − log-likelihood / null. */
  readonly mcFadden: number
  /** 1 − e^(−likelihoodRatio / n), and the same over its largest value. */
  readonly coxSnell: number
  readonly nagelkerke: number
  readonly bic: number
}

/**
 * How much a binomial or Poisson model explains beyond its intercept.
 * Cost O(1).
 * Source: McFadden (1974), https://eml.berkeley.edu/reprints/mcfadden/zarembka.pdf; Schwarz (1978); Nagelkerke (1991), https://doi.org/10.1093/biomet/78.3.691
 * @throws StatsError `unsupported` for other families, where the dispersion is estimated.
 * @example
 * const data = { x: { data: Float64Array.of(0, 0, 0, 1, 1, 1), n: 6, p: 1 }, y: Float64Array.of(0, 0, 1, 0, 1, 1) }
 * modelSummary(fitLogistic(data)).mcFadden // → 0.08170417
 */
export function modelSummary(model: GlmModel): ModelSummary {
  const { family, logLikelihood, deviance, nullDeviance, coefficients, diagnostics } = model
  if ((family !== 'binomial' && family !== 'poisson') || logLikelihood === undefined) {
    throw new StatsError(
      'unsupported',
      'The likelihood ratio against the intercept is given for binomial and Poisson models.',
      { hint: 'Compare deviances by an F test.' },
    )
  }
  const likelihoodRatio = nullDeviance - deviance
  const nullLogLikelihood = logLikelihood - likelihoodRatio / 2
  const degreesOfFreedom = coefficients.length
  return {
    nullLogLikelihood,
    likelihoodRatio,
    degreesOfFreedom,
    pValue: chiSquareSurvival(likelihoodRatio, degreesOfFreedom),
    mcFadden: 1 - logLikelihood / nullLogLikelihood,
    coxSnell: -Math.expm1(-likelihoodRatio / diagnostics.rows),
    nagelkerke:
      Math.expm1(-likelihoodRatio / diagnostics.rows) /
      Math.expm1((2 * nullLogLikelihood) / diagnostics.rows),
    bic:
      (coefficients.length + (model.hasIntercept ? 1 : 0)) * Math.log(diagnostics.rows) - 2 * logLikelihood,
  }
}

export type MarginalEffects = { readonly effects: Float64Array; readonly standardErrors: Float64Array }

/**
 * Slope of the predicted mean in each column, averaged over rows or at the columns' means, with standard errors by the
 * delta method.
 * One per column, in the response's unit per unit of the column.
 * Cost O(n·p²).
 * Source: Bartus (2005), Stata Journal 5, https://doi.org/10.1177/1536867X0500500303; Greene (2018), section 17.3.2.
 * @throws StatsError as `predictGlm`.
 * @example
 * const data = { x: { data: Float64Array.of(0, 0, 0, 1, 1, 1), n: 6, p: 1 }, y: Float64Array.of(0, 0, 1, 0, 1, 1) }
 * marginalEffects(fitLogistic(data), data.x).effects // → [0.3080654]
 */
export function marginalEffects(
  model: GlmModel,
  rows: Rows,
  at: 'overall' | 'mean' = 'overall',
): MarginalEffects {
  const points = at === 'mean' ? meanRow(rows) : rows
  const { data, n, p } = points
  const eta = predictGlm(model, points, { scale: 'linear' })
  const mu = predictGlm(model, points)
  const first = model.hasIntercept ? 1 : 0
  const q = p + first
  let slope = 0
  // Mean derivative of the slope itself, times the row, for the gradient in the coefficients.
  const bend = new Float64Array(q)
  for (let i = 0; i < n; i++) {
    slope += linkSlope(model.link, eta[i]!, mu[i]!) / n
    const curve = slopeChange(model.link, eta[i]!, mu[i]!) / n
    if (first) bend[0]! += curve
    for (let j = 0; j < p; j++) bend[first + j]! += curve * data[i * p + j]!
  }
  const effects = Float64Array.from(model.coefficients, (b) => b * slope)
  const standardErrors = Float64Array.from(model.coefficients, (b, j) => {
    const gradient = bend.map((v, k) => b * v + (k === first + j ? slope : 0))
    let variance = 0
    for (let a = 0; a < q; a++)
      for (let c = 0; c < q; c++) variance += gradient[a]! * model.covariance[a * q + c]! * gradient[c]!
    return Math.sqrt(variance)
  })
  return { effects, standardErrors }
}

function meanRow({ data, n, p }: Rows): Rows {
  const means = new Float64Array(p)
  for (let at = 0; at < data.length; at++) means[at % p]! += data[at]! / n
  return { data: means, n: 1, p }
}

/** d²μ/dη². */
function slopeChange(link: GlmLink, eta: number, mu: number): number {
  const slope = linkSlope(link, eta, mu)
  switch (link) {
    case 'identity':
      return 0
    case 'log':
      return mu
    case 'logit':
      return slope * (1 - 2 * mu)
    case 'probit':
      return -eta * slope
    case 'cloglog':
      return slope * (1 - Math.exp(eta))
    case 'inverse':
      return 2 * mu * mu * mu
    case 'sqrt':
      return 2
  }
}
