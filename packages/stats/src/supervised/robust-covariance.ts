import { invertSymmetric } from '../linalg/cholesky.ts'
import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import { requireSupervised, type SupervisedData } from './design.ts'
import { type GlmModel, predictGlm } from './glm.ts'
import { varianceOf } from './glm-families.ts'
import { linkSlope } from './glm-links.ts'
import type { OlsModel } from './ols.ts'
import { sandwich } from './sandwich.ts'

/** `HC0`: White; `HC1`: times n/(n−q); `HC2`, `HC3`: residuals scaled by leverage; `cluster`: rows of a cluster may depend on each other. */
export type RobustKind = 'HC0' | 'HC1' | 'HC2' | 'HC3' | 'cluster'

export type RobustCovariance = {
  /** Of the intercept (when there is one), then the columns; row-major. */
  readonly covariance: Float64Array
  readonly standardErrors: Float64Array
}

/**
 * Sandwich covariance of the coefficients of a fitted OLS or generalised linear model, right where the variance
 * assumed is wrong. Clustered errors are multiplied by G/(G−1)·(n−1)/(n−q), as Stata does.
 * Cost O(n·p²).
 * Source: White (1980), Econometrica 48, https://doi.org/10.2307/1912934; MacKinnon & White (1985); Liang & Zeger
 * (1986), Biometrika 73.
 * @param data the rows the model was fitted on.
 * @throws StatsError `emptyData`, `notFinite`, `notPositiveDefinite`, `lengthMismatch`; `insufficientData` for fewer
 * than 2 clusters; `invalidOption` without `clusters`.
 * @example
 * const data = { x: { data: Float64Array.of(1, 2, 3, 4), n: 4, p: 1 }, y: Float64Array.of(2, 4, 5, 8) }
 * robustCovariance(fitOls(data), data, 'HC1').standardErrors // → [0.3464102, 0.2029778]
 */
export function robustCovariance(
  model: GlmModel | OlsModel,
  data: SupervisedData & { readonly offset?: Float64Array },
  kind: RobustKind,
  clusters?: ArrayLike<number>,
): RobustCovariance {
  requireSupervised(data)
  const { working, scores, q } = rowScores(model, data)
  const bread = invertSymmetric(information(data, model.hasIntercept, working), q)
  const { meat, factor } =
    kind === 'cluster'
      ? clusterMeat(data, model.hasIntercept, scores, q, clusters)
      : rowMeat(data, model.hasIntercept, working, scores, bread, q, kind)
  const covariance = sandwich(bread, meat, q).map((v) => v * factor)
  requireFiniteColumn('The covariance', covariance)
  return {
    covariance,
    standardErrors: Float64Array.from({ length: q }, (_, j) => Math.sqrt(covariance[j * q + j]!)),
  }
}

/** Per row the working weight w and the score's scalar part s, so that the score is s·x. */
function rowScores(model: GlmModel | OlsModel, data: SupervisedData & { readonly offset?: Float64Array }) {
  const { x, y, weights } = data
  const working = new Float64Array(x.n)
  const scores = new Float64Array(x.n)
  const q = x.p + (model.hasIntercept ? 1 : 0)
  const link = model.kind === 'glm' ? model.link : 'identity'
  const family = model.kind === 'glm' ? model.family : 'gaussian'
  const glm = { intercept: model.intercept, coefficients: model.coefficients, link }
  const offset = data.offset ? { offset: data.offset } : {}
  const eta = predictGlm(glm, x, { scale: 'linear', ...offset })
  const mu = predictGlm(glm, x, offset)
  for (let i = 0; i < x.n; i++) {
    const w = weights ? weights[i]! : 1
    const slope = linkSlope(link, eta[i]!, mu[i]!)
    const variance = varianceOf(family, mu[i]!)
    working[i] = variance > 0 ? (w * slope * slope) / variance : 0
    scores[i] = variance > 0 ? (w * (y[i]! - mu[i]!) * slope) / variance : 0
  }
  return { working, scores, q }
}

function fillRow(data: SupervisedData, intercept: boolean, i: number, row: Float64Array): void {
  const { data: values, p } = data.x
  const first = intercept ? 1 : 0
  if (intercept) row[0] = 1
  for (let j = 0; j < p; j++) row[first + j] = values[i * p + j]!
}

function information(data: SupervisedData, intercept: boolean, working: Float64Array): Float64Array {
  const q = data.x.p + (intercept ? 1 : 0)
  const gram = new Float64Array(q * q)
  const row = new Float64Array(q)
  for (let i = 0; i < data.x.n; i++) {
    fillRow(data, intercept, i, row)
    addOuter(gram, row, working[i]!, q)
  }
  return gram
}

function rowMeat(
  data: SupervisedData,
  intercept: boolean,
  working: Float64Array,
  scores: Float64Array,
  bread: Float64Array,
  q: number,
  kind: RobustKind,
) {
  const { n } = data.x
  const meat = new Float64Array(q * q)
  const row = new Float64Array(q)
  for (let i = 0; i < n; i++) {
    fillRow(data, intercept, i, row)
    let scale = 1
    if (kind === 'HC2' || kind === 'HC3') {
      let leverage = 0
      for (let a = 0; a < q; a++)
        for (let b = 0; b < q; b++) leverage += row[a]! * bread[a * q + b]! * row[b]!
      const rest = 1 - leverage * working[i]!
      if (!(rest > 1e-12))
        throw new StatsError(
          'infeasible',
          `Row ${i} determines a coefficient alone, so ${kind} divides by 0.`,
          { hint: 'Use HC1.' },
        )
      scale = kind === 'HC3' ? 1 / (rest * rest) : 1 / rest
    }
    addOuter(meat, row, scores[i]! ** 2 * scale, q)
  }
  return { meat, factor: kind === 'HC1' ? n / (n - q) : 1 }
}

function clusterMeat(
  data: SupervisedData,
  intercept: boolean,
  scores: Float64Array,
  q: number,
  clusters?: ArrayLike<number>,
) {
  const { n } = data.x
  if (!clusters) throw new StatsError('invalidOption', 'Clustered errors need the cluster of each row.')
  if (clusters.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `There are ${clusters.length} clusters for ${n} rows; one each was expected.`,
    )
  const sums = new Map<number, Float64Array>()
  const row = new Float64Array(q)
  for (let i = 0; i < n; i++) {
    fillRow(data, intercept, i, row)
    let sum = sums.get(clusters[i]!)
    if (!sum) {
      sum = new Float64Array(q)
      sums.set(clusters[i]!, sum)
    }
    for (let a = 0; a < q; a++) sum[a]! += scores[i]! * row[a]!
  }
  const groups = sums.size
  if (groups < 2)
    throw new StatsError('insufficientData', `Clustered errors need at least 2 clusters, got ${groups}.`)
  const meat = new Float64Array(q * q)
  for (const sum of sums.values()) addOuter(meat, sum, 1, q)
  return { meat, factor: (groups / (groups - 1)) * ((n - 1) / (n - q)) }
}

function addOuter(into: Float64Array, row: Float64Array, weight: number, q: number): void {
  for (let a = 0; a < q; a++) for (let b = 0; b < q; b++) into[a * q + b]! += weight * row[a]! * row[b]!
}
