import { requireFinite, StatsError } from '../stats-error.ts'
import { type BgNbdModel, bgNbdFromParameters } from './bg-nbd.ts'
import type { HistorySummary } from './btyd-model.ts'
import { type CovariateHistory, groupByCovariates, pickRows } from './customer-covariates.ts'
import type { FitDiagnostics } from './fit-positive.ts'
import { type ParetoNbdModel, paretoNbdFromParameters } from './pareto-nbd.ts'
import type { PurchaseHistory } from './purchase-history.ts'

/** The models that take covariates, by `kind`. */
export interface CovariateBase {
  readonly bgNbd: BgNbdModel
  readonly paretoNbd: ParetoNbdModel
}

/**
 * A purchase model whose customers differ by what is known of them. `names` lists the base model's parameters, then
 * `lifetime.<name>`, `transaction.<name>` and `shared.<name>`; `covariance` is row-major in that order.
 */
export interface CovariateModel<Kind extends keyof CovariateBase = keyof CovariateBase> {
  readonly kind: `${Kind}Covariates`
  readonly base: Kind
  readonly version: 1
  readonly names: readonly string[]
  readonly parameters: Readonly<Record<string, number>>
  /** Null where the information matrix is not positive definite. */
  readonly standardErrors: Readonly<Record<string, number>> | null
  readonly covariance: readonly number[] | null
  /** Columns expected of new data, in this order. */
  readonly columns: { readonly transaction: readonly string[]; readonly lifetime: readonly string[] }
  readonly diagnostics: FitDiagnostics | null
  readonly data: HistorySummary | null
}

/**
 * A model with covariates from published parameters, without standard errors. `parameters` are the base model's,
 * `lifetime.<name>` and `transaction.<name>` for each column, or `shared.<name>` for both.
 * Cost O(parameters).
 * Source: Fader and Hardie (2007), http://www.brucehardie.com/notes/019/
 * @throws StatsError `invalidOption` where a column has no coefficient, `notFinite`, `outOfDomain`
 * @example
 * const parameters = { r: 0.24, alpha: 4.4, a: 0.8, b: 2.4, 'transaction.member': 0.5 }
 * const model = covariateModelFromParameters('bgNbd', parameters, { transaction: ['member'] })
 * modelForCovariates(model, { transaction: [1] }).parameters.alpha // → 2.668735
 */
export function covariateModelFromParameters<Kind extends keyof CovariateBase>(
  base: Kind,
  parameters: Readonly<Record<string, number>>,
  columns: { readonly transaction?: readonly string[]; readonly lifetime?: readonly string[] },
): CovariateModel<Kind> {
  for (const [name, value] of Object.entries(parameters)) requireFinite(name, value)
  for (const role of ['transaction', 'lifetime'] as const)
    for (const name of columns[role] ?? [])
      if (parameters[`shared.${name}`] === undefined && parameters[`${role}.${name}`] === undefined)
        throw new StatsError(
          'invalidOption',
          `The ${role} covariate ${name} has no coefficient ${role}.${name}.`,
        )
  const { r, alpha, a, b, s, beta } = parameters as Record<string, number>
  if (base === 'bgNbd') bgNbdFromParameters({ r: r!, alpha: alpha!, a: a!, b: b! })
  else paretoNbdFromParameters({ r: r!, alpha: alpha!, s: s!, beta: beta! })
  return Object.freeze({
    kind: `${base}Covariates` as const,
    base,
    version: 1 as const,
    names: Object.freeze(Object.keys(parameters)),
    parameters: Object.freeze({ ...parameters }),
    standardErrors: null,
    covariance: null,
    columns: Object.freeze({ transaction: columns.transaction ?? [], lifetime: columns.lifetime ?? [] }),
    diagnostics: null,
    data: null,
  })
}

/**
 * The model of customers with given covariates: α·exp(−γ·x) for purchases; for lifetimes β·exp(−γ·x) in Pareto/NBD, a and b
 * both times exp(γ·x) in BG/NBD. Everything that is done with a model without covariates can be done with it.
 * Cost O(covariates).
 * Source: Fader and Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models",
 * http://www.brucehardie.com/notes/019/
 * Parity: CLVTools.
 * @param covariates one value per column of `model.columns`
 * @throws StatsError `lengthMismatch`, `outOfDomain` where the parameters leave the range of doubles
 * @example
 * const weeks = { frequency: [0, 1, 1, 1, 2, 2, 3, 5, 8, 0], recency: [0, 2, 10, 30, 8, 34, 36, 20, 37, 0],
 *   T: [39, 39, 39, 36, 38, 39, 38, 39, 39, 30], weights: [100, 30, 15, 15, 10, 12, 8, 6, 3, 40] }
 * const member = { names: ['member'], data: [0, 0, 1, 1, 0, 1, 1, 0, 1, 0] }
 * const model = fitBgNbdCovariates({ ...weeks, transaction: member })
 * modelForCovariates(model, { transaction: [1] }).parameters.alpha < model.parameters.alpha // → true
 */
export function modelForCovariates<Kind extends keyof CovariateBase>(
  model: CovariateModel<Kind>,
  covariates: { readonly transaction?: ArrayLike<number>; readonly lifetime?: ArrayLike<number> },
): CovariateBase[Kind] {
  const rate = linear(model, 'transaction', covariates.transaction ?? [])
  const end = linear(model, 'lifetime', covariates.lifetime ?? [])
  const { r, alpha, a, b, s, beta } = model.parameters as Record<string, number>
  const own =
    model.base === 'bgNbd'
      ? bgNbdFromParameters({
          r: r!,
          alpha: alpha! * Math.exp(-rate),
          a: a! * Math.exp(end),
          b: b! * Math.exp(end),
        })
      : paretoNbdFromParameters({
          r: r!,
          alpha: alpha! * Math.exp(-rate),
          s: s!,
          beta: beta! * Math.exp(-end),
        })
  return own as CovariateBase[Kind]
}

/**
 * Applies a function of the model without covariates to customers with covariates, each under the model of its own:
 * P(alive), expected transactions, DERT, log-likelihood.
 * One value per row, in the rows' order.
 * Cost that of the function, called once per distinct set of covariates.
 * Source: Fader and Hardie (2007), http://www.brucehardie.com/notes/019/
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `invalidOption` if the columns' names differ
 * from the model's
 * @example
 * const weeks = { frequency: [0, 1, 1, 1, 2, 2, 3, 5, 8, 0], recency: [0, 2, 10, 30, 8, 34, 36, 20, 37, 0],
 *   T: [39, 39, 39, 36, 38, 39, 38, 39, 39, 30], weights: [100, 30, 15, 15, 10, 12, 8, 6, 3, 40] }
 * const member = { names: ['member'], data: [0, 0, 1, 1, 0, 1, 1, 0, 1, 0] }
 * const model = fitBgNbdCovariates({ ...weeks, transaction: member })
 * const alive = predictWithCovariates(model, { ...weeks, transaction: member }, bgNbdProbabilityAlive)
 * alive[0] // → 1
 */
export function predictWithCovariates<Kind extends keyof CovariateBase>(
  model: CovariateModel<Kind>,
  data: CovariateHistory,
  predict: (own: CovariateBase[Kind], history: PurchaseHistory) => ArrayLike<number>,
): Float64Array {
  for (const role of ['transaction', 'lifetime'] as const) {
    const given = data[role]?.names ?? []
    if (given.join() !== model.columns[role].join())
      throw new StatsError(
        'invalidOption',
        `The ${role} covariates are [${given.join(', ')}]; the model was fitted on [${model.columns[role].join(', ')}].`,
        { hint: 'Give the same columns in the same order.' },
      )
  }
  const values = new Float64Array(data.frequency.length)
  for (const group of groupByCovariates(data)) {
    const own = predict(modelForCovariates(model, group), pickRows(data, group.rows))
    for (let k = 0; k < group.rows.length; k++) values[group.rows[k]!] = own[k]!
  }
  return values
}

function linear(model: CovariateModel, role: 'transaction' | 'lifetime', values: ArrayLike<number>): number {
  const names = model.columns[role]
  if (values.length !== names.length)
    throw new StatsError(
      'lengthMismatch',
      `${values.length} ${role} covariates were given; ${names.length} were expected: ${names.join(', ') || 'none'}.`,
    )
  let sum = 0
  for (const [k, name] of names.entries())
    sum += values[k]! * (model.parameters[`shared.${name}`] ?? model.parameters[`${role}.${name}`]!)
  return sum
}
