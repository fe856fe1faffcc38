import { requireSameLength, StatsError } from '../stats-error.ts'
import { kFolds } from '../supervised/cross-validation.ts'
import { columnLength, type TreeColumn, type TreeData } from '../supervised/tree-columns.ts'
import type { BaseLearner } from './base-learners.ts'

/** Rows with their treatment, 0 or 1. */
export type TreatedData = TreeData & { readonly treatment: Float64Array }

/** Chance of treatment by row, or one for all: known by design, or from a model. */
export type Propensity = number | Float64Array

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
 * @param interactions also products of the treatment with every number column, which linear learners need.
 * @throws StatsError `oneClass`, `outOfDomain`, `lengthMismatch` and those of the learner (all functions here).
 * Source: Künzel, Sekhon, Bickel & Yu (2019), PNAS 116.
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

/** T-learner: one model for each arm. Source: Künzel et al. (2019). */
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
 * @param effect learner of the imputed effects, which are numbers even when outcomes are 0/1.
 * Source: Künzel et al. (2019), equations 6 to 9.
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
 * Source: Nie & Wager (2021), Biometrika 108, equation 5.
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
 * Source: Kennedy (2023), Electronic Journal of Statistics 17, algorithm 1.
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

/** Transformed outcome: y·(t − e)/(e(1 − e)), whose mean is the uplift. Source: Athey & Imbens (2015), section 3.4. */
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
 * @throws StatsError of the learner.
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

/** Doubly robust score of each row's effect, from cross-fitted outcome models. */
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

function armRows({ treatment }: TreatedData, arm: number): Uint32Array {
  return Uint32Array.from({ length: treatment.length }, (_, i) => i).filter((i) => treatment[i] === arm)
}

function rowsOf(data: TreatedData, rows: Uint32Array): TreatedData {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (i) => values[i]!)
  const columns = data.columns.map((c): TreeColumn => {
    if (c.kind === 'category') return { ...c, codes: Int32Array.from(rows, (i) => c.codes[i]!) }
    const { valid } = c
    return {
      ...c,
      values: pick(c.values),
      ...(valid ? { valid: Uint8Array.from(rows, (i) => valid[i]!) } : {}),
    }
  })
  return {
    columns,
    y: pick(data.y),
    treatment: pick(data.treatment),
    ...(data.weights ? { weights: pick(data.weights) } : {}),
  }
}

function propensities(data: TreatedData, propensity: Propensity): Float64Array {
  const n = data.y.length
  const e = typeof propensity === 'number' ? new Float64Array(n).fill(propensity) : propensity
  requireSameLength({ y: data.y, propensity: e })
  e.forEach((p, i) => {
    if (!(p > 0 && p < 1))
      throw new StatsError(
        'outOfDomain',
        `The propensity of row ${i} is ${p}; a number strictly between 0 and 1 was expected.`,
        { hint: 'Leave out rows that could only be treated, or never be.' },
      )
  })
  return e
}

function requireTreated({ y, treatment, columns }: TreatedData): void {
  const n = requireSameLength({ y, treatment })
  let treated = 0
  for (let i = 0; i < n; i++) {
    if (treatment[i] !== 0 && treatment[i] !== 1)
      throw new StatsError(
        'outOfDomain',
        `The treatment of row ${i} is ${treatment[i]}; 0 or 1 was expected.`,
      )
    treated += treatment[i]!
  }
  if (columns.length === 0) throw new StatsError('emptyData', 'There are no columns to tell rows apart by.')
  if (treated === 0 || treated === n)
    throw new StatsError('oneClass', `${treated} of ${n} rows are treated; both arms were expected.`)
}
