import type { Objective } from '../optimize/result.ts'
import { StatsError } from '../stats-error.ts'
import { betaGeometricObjective } from './bg-nbd-likelihood.ts'
import { requireRepeats, summarizeHistory } from './btyd-model.ts'
import type { CovariateBase, CovariateModel } from './covariate-model.ts'
import {
  type CovariateGroup,
  type CovariateHistory,
  groupByCovariates,
  pickRows,
} from './customer-covariates.ts'
import { fitPositive, type PositiveFit, type PositiveFitOptions } from './fit-positive.ts'
import { paretoNbdObjective } from './pareto-nbd-likelihood.ts'
import { groupHistory } from './purchase-history.ts'

export interface CovariateFitOptions extends Omit<PositiveFitOptions, 'penalty' | 'start'> {
  /** λ of an L2 penalty on the coefficients of either process, λ·Σγ² beside the mean negative log-likelihood. Default 0. */
  readonly penalty?: { readonly transaction?: number; readonly lifetime?: number }
  /** Columns of both processes that are to have one coefficient. */
  readonly shared?: readonly string[]
}

const BASES = {
  bgNbd: { title: 'BG/NBD', names: ['r', 'alpha', 'a', 'b'], start: [0.5, 0.1, 0.5, 1], times: [1] },
  paretoNbd: {
    title: 'Pareto/NBD',
    names: ['r', 'alpha', 's', 'beta'],
    start: [0.5, 0.3, 0.5, 0.3],
    times: [1, 3],
  },
} as const

/**
 * BG/NBD with covariates that do not change: purchases at a rate Gamma(r, α·exp(−γ·x)), dropout Beta(a·exp(δ·z), b·exp(δ·z)).
 * Standard errors are those of the inverse observed information; with a penalty, of the penalised one over all customers.
 * Cost about 40 passes over the distinct rows, gradients analytic.
 * Source: Fader and Hardie (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models",
 * http://www.brucehardie.com/notes/019/
 * Parity: CLVTools `bgnbd` (`reg.lambdas`, `names.cov.constr`).
 * @throws StatsError as `fitBgNbd`, and `lengthMismatch`, `notFinite`, `zeroVariance`, `invalidOption`, `singular` for covariates
 * @example
 * const weeks = { frequency: [0, 1, 1, 1, 2, 2, 3, 5, 8, 0], recency: [0, 2, 10, 30, 8, 34, 36, 20, 37, 0],
 *   T: [39, 39, 39, 36, 38, 39, 38, 39, 39, 30], weights: [100, 30, 15, 15, 10, 12, 8, 6, 3, 40] }
 * const member = { names: ['member'], data: [0, 0, 1, 1, 0, 1, 1, 0, 1, 0] }
 * fitBgNbdCovariates({ ...weeks, transaction: member }).parameters['transaction.member'] > 0 // → true
 */
export function fitBgNbdCovariates(
  data: CovariateHistory,
  options: CovariateFitOptions = {},
): CovariateModel<'bgNbd'> {
  return fitCovariates('bgNbd', data, options)
}

/**
 * Pareto/NBD with covariates that do not change: purchases at a rate Gamma(r, α·exp(−γ·x)), lifetimes with a rate
 * Gamma(s, β·exp(−δ·z)).
 * Standard errors as in `fitBgNbdCovariates`.
 * Cost about 40 passes over the distinct rows, gradients analytic.
 * Source: Fader and Hardie (2007), http://www.brucehardie.com/notes/019/
 * Parity: CLVTools `pnbd` (`reg.lambdas`, `names.cov.constr`).
 * @throws StatsError as `fitParetoNbd`, and `lengthMismatch`, `notFinite`, `zeroVariance`, `invalidOption`, `singular` for covariates
 * @example
 * const weeks = { frequency: [0, 1, 1, 1, 2, 2, 3, 5, 8, 0], recency: [0, 2, 10, 30, 8, 34, 36, 20, 37, 0],
 *   T: [39, 39, 39, 36, 38, 39, 38, 39, 39, 30], weights: [100, 30, 15, 15, 10, 12, 8, 6, 3, 40] }
 * const member = { names: ['member'], data: [0, 0, 1, 1, 0, 1, 1, 0, 1, 0] }
 * fitParetoNbdCovariates({ ...weeks, transaction: member }).names // → ['r', 'alpha', 's', 'beta', 'transaction.member']
 */
export function fitParetoNbdCovariates(
  data: CovariateHistory,
  options: CovariateFitOptions = {},
): CovariateModel<'paretoNbd'> {
  return fitCovariates('paretoNbd', data, options)
}

function fitCovariates<Kind extends keyof CovariateBase>(
  kind: Kind,
  data: CovariateHistory,
  options: CovariateFitOptions,
): CovariateModel<Kind> {
  const { title, names: own, start, times } = BASES[kind]
  const groups = groupByCovariates(data)
  const summary = summarizeHistory(data.frequency.length, groupHistory(data))
  requireRepeats(title, summary)
  const unit = summary.longestT
  const columns = { transaction: data.transaction?.names ?? [], lifetime: data.lifetime?.names ?? [] }
  requireVariation(columns, groups)
  requireVariation(columns, groups)
  const names: string[] = [...own, ...coefficientNames(columns, options.shared ?? [])]
  const objective = overGroups(kind, data, groups, columns, names, unit, summary.customers, options)
  // A coefficient γ is searched for as e^γ, which is positive like the parameters of the model.
  const { penalty: _, shared: __, ...search } = options
  const fit = fitPositive(
    title,
    names,
    objective.penalised,
    [...start, ...names.slice(4).map(() => 1)],
    summary.customers,
    search,
  )
  const plain = -objective.plain(fit.parameters, new Float64Array(names.length))
  const scale = names.map((_name, i) => ((times as readonly number[]).includes(i) ? unit : 1))
  const { values, covariance } = inCoefficients(fit, scale)
  return Object.freeze({
    kind: `${kind}Covariates` as const,
    base: kind,
    version: 1 as const,
    names: Object.freeze(names),
    parameters: record(names, values),
    standardErrors:
      covariance &&
      record(
        names,
        names.map((_name, i) => Math.sqrt(covariance[i * names.length + i]!)),
      ),
    covariance: covariance && Object.freeze([...covariance]),
    columns: Object.freeze(columns),
    diagnostics: Object.freeze({
      ...fit.diagnostics,
      logLikelihood: plain - summary.repeatTransactions * Math.log(unit),
    }),
    data: Object.freeze(summary),
  })
}

/** The negative log-likelihood over all groups in the base parameters and e^γ, with and without the penalty. */
function overGroups(
  kind: keyof CovariateBase,
  data: CovariateHistory,
  groups: readonly CovariateGroup[],
  columns: CovariateModel['columns'],
  names: readonly string[],
  unit: number,
  customers: number,
  { penalty = {} }: CovariateFitOptions,
): { readonly plain: Objective; readonly penalised: Objective } {
  const place = (role: string, name: string): number =>
    Math.max(names.indexOf(`shared.${name}`), names.indexOf(`${role}.${name}`))
  const ratePlaces = columns.transaction.map((name) => place('transaction', name))
  const endPlaces = columns.lifetime.map((name) => place('lifetime', name))
  const parts = groups.map((group) => ({ ...group, likelihood: groupObjective(kind, data, group, unit) }))
  const weights = Float64Array.from(names, () => 0)
  for (const [places, lambda] of [
    [ratePlaces, penalty.transaction ?? 0],
    [endPlaces, penalty.lifetime ?? 0],
  ] as const) {
    if (!(lambda >= 0))
      throw new StatsError('invalidOption', `A penalty is ${lambda}; a number ≥ 0 was expected.`)
    for (const i of places) weights[i]! += lambda
  }
  const [own, slopes] = [new Float64Array(4), new Float64Array(4)]
  const endSigns = kind === 'bgNbd' ? [0, 0, 1, 1] : [0, 0, 0, -1]
  const plain: Objective = (p, gradient) => {
    gradient.fill(0)
    let value = 0
    for (const { likelihood, transaction, lifetime } of parts) {
      let [rate, end] = [0, 0]
      for (let k = 0; k < ratePlaces.length; k++) rate += transaction[k]! * Math.log(p[ratePlaces[k]!]!)
      for (let k = 0; k < endPlaces.length; k++) end += lifetime[k]! * Math.log(p[endPlaces[k]!]!)
      const factor = [1, Math.exp(-rate), Math.exp(endSigns[2]! * end), Math.exp(endSigns[3]! * end)]
      for (let i = 0; i < 4; i++) own[i] = p[i]! * factor[i]!
      value += likelihood(own, slopes)
      for (let i = 0; i < 4; i++) gradient[i]! += slopes[i]! * factor[i]!
      const perRate = -slopes[1]! * own[1]!
      const perEnd = endSigns[2]! * slopes[2]! * own[2]! + endSigns[3]! * slopes[3]! * own[3]!
      for (let k = 0; k < ratePlaces.length; k++)
        gradient[ratePlaces[k]!]! += (perRate * transaction[k]!) / p[ratePlaces[k]!]!
      for (let k = 0; k < endPlaces.length; k++)
        gradient[endPlaces[k]!]! += (perEnd * lifetime[k]!) / p[endPlaces[k]!]!
    }
    return value
  }
  const penalised: Objective = (p, gradient) => {
    let value = plain(p, gradient)
    for (let i = 4; i < names.length; i++) {
      const coefficient = Math.log(p[i]!)
      value += customers * weights[i]! * coefficient ** 2
      gradient[i]! += (2 * customers * weights[i]! * coefficient) / p[i]!
    }
    return value
  }
  return { plain, penalised }
}

function groupObjective(
  kind: keyof CovariateBase,
  data: CovariateHistory,
  group: CovariateGroup,
  unit: number,
): Objective {
  const history = groupHistory(pickRows(data, group.rows))
  if (kind === 'bgNbd') return betaGeometricObjective('bg', history, unit)
  return paretoNbdObjective({
    ...history,
    recency: history.recency.map((v) => v / unit),
    T: history.T.map((v) => v / unit),
  })
}

/** From e^γ to γ, and times back to the caller's unit. */
function inCoefficients(
  fit: PositiveFit,
  scale: readonly number[],
): { readonly values: Float64Array; readonly covariance: Float64Array | null } {
  const n = scale.length
  const slope = (i: number): number => (i < 4 ? scale[i]! : 1 / fit.parameters[i]!)
  return {
    values: fit.parameters.map((v, i) => (i < 4 ? v * scale[i]! : Math.log(v))),
    covariance: fit.covariance?.map((v, k) => v * slope(Math.floor(k / n)) * slope(k % n)) ?? null,
  }
}

function coefficientNames(columns: CovariateModel['columns'], shared: readonly string[]): string[] {
  for (const name of shared)
    if (!columns.transaction.includes(name) || !columns.lifetime.includes(name))
      throw new StatsError(
        'invalidOption',
        `The shared covariate ${name} is not among those of both processes.`,
      )
  const free = (names: readonly string[]): string[] => names.filter((name) => !shared.includes(name))
  return [
    ...free(columns.lifetime).map((name) => `lifetime.${name}`),
    ...free(columns.transaction).map((name) => `transaction.${name}`),
    ...shared.map((name) => `shared.${name}`),
  ]
}

function requireVariation(columns: CovariateModel['columns'], groups: readonly CovariateGroup[]): void {
  for (const role of ['transaction', 'lifetime'] as const)
    for (const [k, name] of columns[role].entries())
      if (groups.every((group) => group[role][k] === groups[0]![role][k]))
        throw new StatsError(
          'zeroVariance',
          `The ${role} covariate ${name} has the same value in every row.`,
          {
            hint: 'Leave it out; its effect cannot be told from the model’s own parameters.',
          },
        )
}

function record(names: readonly string[], values: ArrayLike<number>): Readonly<Record<string, number>> {
  return Object.freeze(Object.fromEntries(names.map((name, i) => [name, values[i]!])))
}
