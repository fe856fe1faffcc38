import { kFolds } from '../supervised/cross-validation.ts'
import { columnLength, type TreeColumn } from '../supervised/tree-columns.ts'
import type { BaseLearner } from './base-learners.ts'
import {
  armRows,
  type Propensity,
  propensities,
  requireTreated,
  rowsOf,
  type TreatedData,
} from './treated-data.ts'

export type MetaModel<M> = {
  readonly kind: 'sLearner' | 'tLearner' | 'xLearner' | 'rLearner' | 'drLearner' | 'transformedOutcome'
  readonly version: 1
  readonly models: readonly M[]
  /** For the S-learner: whether products with the treatment were added. */
  readonly interactions: boolean
  /** Mean chance of treatment, by which the X-learner weighs its two estimates. */
  readonly propensity: number
  readonly rows: number
}

/**
 * S-learner: one model with the treatment as a column; the uplift is the difference of its two predictions.
 * Cost that of the learners: as many fits as arms and folds ask for.
 * Source: Künzel, Sekhon, Bickel & Yu (2019), PNAS 116, https://doi.org/10.1073/pnas.1804597116
 * @param interactions also products of the treatment with every number column, which linear learners need.
 * @throws StatsError `emptyData`, `notFinite`, `oneClass`, `outOfDomain`, `lengthMismatch` and those of the learner
 * (all functions here).
 * @example
 * const columns = numberColumns({ data: Float64Array.of(0, 1, 2, 3, 0, 1, 2, 3), n: 8, p: 1 })
 * const data = { columns, y: Float64Array.of(1, 2, 3, 4, 2, 4, 6, 8), treatment: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const learner = linearLearner({ family: 'gaussian' })
 * predictUplift(fitSLearner(data, learner, { interactions: true }), columns, learner).length // → 8
 */
export function fitSLearner<M>(
  data: TreatedData,
  learner: BaseLearner<M>,
  options: { readonly interactions?: boolean } = {},
): MetaModel<M> {
  requireTreated(data)
  const { interactions = false } = options
  const model = learner.fit({ ...data, columns: withTreatment(data.columns, data.treatment, interactions) })
  return finish('sLearner', [model], data, interactions)
}

/**
 * T-learner: one model for each arm.
 * Cost two fits.
 * Source: Künzel et al. (2019), https://doi.org/10.1073/pnas.1804597116
 * @throws StatsError `notFinite`, `oneClass`, `outOfDomain`, `lengthMismatch` and those of the learner
 * @example
 * const columns = numberColumns({ data: Float64Array.of(0, 1, 2, 3, 0, 1, 2, 3), n: 8, p: 1 })
 * const data = { columns, y: Float64Array.of(1, 2, 3, 4, 2, 4, 6, 8), treatment: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const learner = linearLearner({ family: 'gaussian' })
 * predictUplift(fitTLearner(data, learner), columns, learner)[3] > 3.9 // → true
 */
export function fitTLearner<M>(data: TreatedData, learner: BaseLearner<M>): MetaModel<M> {
  requireTreated(data)
  return finish(
    'tLearner',
    [0, 1].map((arm) => learner.fit(rowsOf(data, armRows(data, arm)))),
    data,
  )
}

/**
 * X-learner: each arm's outcomes less the other arm's model are learned in turn, and weighed by the propensity; strong
 * when one arm is much larger.
 * Cost four fits.
 * Source: Künzel et al. (2019), equations 6 to 9, https://doi.org/10.1073/pnas.1804597116
 * @throws StatsError `notFinite`, `oneClass`, `outOfDomain`, `lengthMismatch` and those of the learner
 * @param effect learner of the imputed effects, which are numbers even when outcomes are 0/1.
 * @example
 * const columns = numberColumns({ data: Float64Array.of(0, 1, 2, 3, 0, 1, 2, 3), n: 8, p: 1 })
 * const data = { columns, y: Float64Array.of(1, 2, 3, 4, 2, 4, 6, 8), treatment: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const learner = linearLearner({ family: 'gaussian' })
 * fitXLearner(data, learner, learner).models.length // → 2
 */
export function fitXLearner<M, E>(
  data: TreatedData,
  learner: BaseLearner<M>,
  effect: BaseLearner<E>,
): MetaModel<E> {
  requireTreated(data)
  const outcome = fitTLearner(data, learner)
  const imputed = [0, 1].map((arm) => {
    const part = rowsOf(data, armRows(data, arm))
    const other = learner.predict(outcome.models[1 - arm]!, part.columns)
    return effect.fit({ ...part, y: part.y.map((v, i) => (arm === 1 ? v - other[i]! : other[i]! - v)) })
  })
  return finish('xLearner', imputed, data)
}

/**
 * R-learner: regresses what is left of the outcome on what is left of the treatment, both after cross-fitted means.
 * Cost one fit a fold, and one of the effect.
 * Source: Nie & Wager (2021), Biometrika 108, equation 5, https://arxiv.org/abs/1712.04912
 * @throws StatsError `notFinite`, `invalidOption`, `oneClass`, `outOfDomain`, `lengthMismatch` and those of the
 * learner
 * @example
 * const columns = numberColumns({ data: Float64Array.of(0, 1, 2, 3, 0, 1, 2, 3), n: 8, p: 1 })
 * const data = { columns, y: Float64Array.of(1, 2, 3, 4, 2, 4, 6, 8), treatment: Float64Array.of(0, 1, 0, 1, 0, 1, 0, 1) }
 * const learner = linearLearner({ family: 'gaussian' })
 * fitRLearner(data, learner, learner, { propensity: 0.5, folds: 2 }).kind // → 'rLearner'
 */
export function fitRLearner<M, E>(
  data: TreatedData,
  learner: BaseLearner<M>,
  effect: BaseLearner<E>,
  options: { readonly propensity: Propensity; readonly folds?: number },
): MetaModel<E> {
  requireTreated(data)
  const e = propensities(data, options.propensity)
  const mean = crossFit(data, learner, options.folds ?? 5)
  const rest = data.treatment.map((t, i) => t - e[i]!)
  const y = data.y.map((v, i) => (v - mean[i]!) / rest[i]!)
  const weights = rest.map((r, i) => r * r * (data.weights ? data.weights[i]! : 1))
  return finish('rLearner', [effect.fit({ columns: data.columns, y, weights })], data)
}

/**
 * DR-learner: regresses the doubly robust score, right if either the outcome models or the propensities are.
 * Cost two fits a fold, and one of the effect.
 * Source: Kennedy (2023), Electronic Journal of Statistics 17, algorithm 1, https://arxiv.org/abs/2004.14497
 * @throws StatsError `notFinite`, `invalidOption`, `oneClass`, `outOfDomain`, `lengthMismatch` and those of the
 * learner
 * @example
 * const columns = numberColumns({ data: Float64Array.of(0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 4, 5), n: 12, p: 1 })
 * const y = Float64Array.of(1, 2, 3, 4, 2, 4, 6, 8, 5, 6, 9, 11)
 * const data = { columns, y, treatment: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1) }
 * const learner = linearLearner({ family: 'gaussian' })
 * fitDrLearner(data, learner, learner, { propensity: 0.5, folds: 2 }).kind // → 'drLearner'
 */
export function fitDrLearner<M, E>(
  data: TreatedData,
  learner: BaseLearner<M>,
  effect: BaseLearner<E>,
  options: { readonly propensity: Propensity; readonly folds?: number },
): MetaModel<E> {
  requireTreated(data)
  const y = doublyRobustScores(data, learner, options)
  return finish(
    'drLearner',
    [effect.fit({ columns: data.columns, y, ...(data.weights ? { weights: data.weights } : {}) })],
    data,
  )
}

/**
 * Transformed outcome: y·(t − e)/(e(1 − e)), whose mean is the uplift.
 * Cost one fit.
 * Source: Athey & Imbens (2015), section 3.4, https://arxiv.org/abs/1504.01132
 * @throws StatsError `emptyData`, `notFinite`, `oneClass`, `outOfDomain`, `lengthMismatch` and those of the learner
 * @example
 * const columns = numberColumns({ data: Float64Array.of(0, 1, 2, 3, 0, 1, 2, 3), n: 8, p: 1 })
 * const data = { columns, y: Float64Array.of(1, 2, 3, 4, 2, 4, 6, 8), treatment: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const learner = linearLearner({ family: 'gaussian' })
 * fitTransformedOutcome(data, learner, 0.5).kind // → 'transformedOutcome'
 */
export function fitTransformedOutcome<E>(
  data: TreatedData,
  effect: BaseLearner<E>,
  propensity: Propensity,
): MetaModel<E> {
  requireTreated(data)
  const e = propensities(data, propensity)
  const y = data.y.map((v, i) => (v * (data.treatment[i]! - e[i]!)) / (e[i]! * (1 - e[i]!)))
  return finish(
    'transformedOutcome',
    [effect.fit({ columns: data.columns, y, ...(data.weights ? { weights: data.weights } : {}) })],
    data,
  )
}

/**
 * Predicted uplift of rows. @param learner the one that learned the model's parts (of effects, where there are two).
 * One value per row, in the outcome's unit.
 * Cost that of the learner's predictions.
 * Source: Künzel, Sekhon, Bickel & Yu (2019), https://doi.org/10.1073/pnas.1804597116
 * @throws StatsError of the learner.
 * @example
 * const columns = numberColumns({ data: Float64Array.of(0, 1, 2, 3, 0, 1, 2, 3), n: 8, p: 1 })
 * const data = { columns, y: Float64Array.of(1, 2, 3, 4, 2, 4, 6, 8), treatment: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1) }
 * const learner = linearLearner({ family: 'gaussian' })
 * predictUplift(fitTLearner(data, learner), columns, learner)[0] > 0.9 // → true
 */
export function predictUplift<M>(
  model: MetaModel<M>,
  columns: readonly TreeColumn[],
  learner: BaseLearner<M>,
): Float64Array {
  const [first, second] = model.models
  if (model.kind === 'sLearner') {
    const n = columns[0] ? columnLength(columns[0]) : 0
    const at = (arm: number): Float64Array =>
      learner.predict(first!, withTreatment(columns, new Float64Array(n).fill(arm), model.interactions))
    const untreated = at(0)
    return at(1).map((v, i) => v - untreated[i]!)
  }
  const a = learner.predict(first!, columns)
  if (second === undefined) return a
  const b = learner.predict(second, columns)
  if (model.kind === 'tLearner') return b.map((v, i) => v - a[i]!)
  return b.map((v, i) => model.propensity * a[i]! + (1 - model.propensity) * v)
}

/**
 * Doubly robust score of each row's effect, from cross-fitted outcome models.
 * One value per row, in the outcome's unit; their mean is the average effect.
 * Cost two fits a fold.
 * Source: Kennedy (2023), https://arxiv.org/abs/2004.14497
 * @throws StatsError `emptyData`, `insufficientData`, `notFinite`, `invalidOption`, `oneClass`, `outOfDomain`,
 * `lengthMismatch` and those of the learner
 * @example
 * const columns = numberColumns({ data: Float64Array.of(0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 4, 5), n: 12, p: 1 })
 * const y = Float64Array.of(1, 2, 3, 4, 2, 4, 6, 8, 5, 6, 9, 11)
 * const data = { columns, y, treatment: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1) }
 * doublyRobustScores(data, linearLearner({ family: 'gaussian' }), { propensity: 0.5, folds: 2 }).length // → 12
 */
export function doublyRobustScores<M>(
  data: TreatedData,
  learner: BaseLearner<M>,
  options: { readonly propensity: Propensity; readonly folds?: number },
): Float64Array {
  const e = propensities(data, options.propensity)
  const scores = new Float64Array(data.y.length)
  for (const { train, test } of kFolds(data.y.length, options.folds ?? 5)) {
    const part = rowsOf(data, train)
    const models = [0, 1].map((arm) => learner.fit(rowsOf(part, armRows(part, arm))))
    const held = rowsOf(data, test)
    const [mu0, mu1] = models.map((m) => learner.predict(m, held.columns)) as [Float64Array, Float64Array]
    test.forEach((row, i) => {
      const t = data.treatment[row]!
      const own = t === 1 ? mu1[i]! : mu0[i]!
      const weight = t === 1 ? 1 / e[row]! : -1 / (1 - e[row]!)
      scores[row] = mu1[i]! - mu0[i]! + weight * (data.y[row]! - own)
    })
  }
  return scores
}

function crossFit<M>(data: TreatedData, learner: BaseLearner<M>, folds: number): Float64Array {
  const mean = new Float64Array(data.y.length)
  for (const { train, test } of kFolds(data.y.length, folds)) {
    const predicted = learner.predict(learner.fit(rowsOf(data, train)), rowsOf(data, test).columns)
    test.forEach((row, i) => {
      mean[row] = predicted[i]!
    })
  }
  return mean
}

function withTreatment(
  columns: readonly TreeColumn[],
  treatment: Float64Array,
  interactions: boolean,
): readonly TreeColumn[] {
  const own: TreeColumn = { name: 'treatment', kind: 'number', values: treatment }
  if (!interactions) return [...columns, own]
  const products = columns.flatMap((c): TreeColumn[] => {
    if (c.kind === 'number')
      return [
        { name: `${c.name} × treatment`, kind: 'number', values: c.values.map((v, i) => v * treatment[i]!) },
      ]
    return c.levels.slice(1).map((level) => ({
      name: `${c.name} = ${level} × treatment`,
      kind: 'number' as const,
      values: Float64Array.from(c.codes, (code, i) => (c.levels[code] === level ? treatment[i]! : 0)),
    }))
  })
  return [...columns, own, ...products]
}

function finish<M>(
  kind: MetaModel<M>['kind'],
  models: readonly M[],
  data: TreatedData,
  interactions = false,
): MetaModel<M> {
  const treated = data.treatment.reduce((s, t) => s + t, 0)
  return Object.freeze({
    kind,
    version: 1,
    models: Object.freeze(models),
    interactions,
    propensity: treated / data.treatment.length,
    rows: data.y.length,
  } as const)
}
