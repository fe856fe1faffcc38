import { StatsError } from '../stats-error.ts'
import type { FitDiagnostics, PositiveFit } from './fit-positive.ts'
import type { GroupedHistory } from './purchase-history.ts'

/** What a fit was made from. */
export interface HistorySummary {
  readonly rows: number
  readonly customers: number
  readonly repeatCustomers: number
  readonly repeatTransactions: number
  readonly longestT: number
}

/** A fitted purchase model: plain, frozen, JSON. `covariance` is row-major in the order of `names`. */
export interface FittedModel<Kind extends string, Name extends string> {
  readonly kind: Kind
  readonly version: 1
  readonly names: readonly Name[]
  readonly parameters: Readonly<Record<Name, number>>
  /** Null where the information matrix is not positive definite: a parameter ran to its bound. */
  readonly standardErrors: Readonly<Record<Name, number>> | null
  readonly covariance: readonly number[] | null
  readonly diagnostics: FitDiagnostics | null
  readonly data: HistorySummary | null
}

/** Builds the frozen model of a finished fit; `scale[i]` turns the fitted i-th parameter into the caller's unit. */
export function assembleModel<Kind extends string, Name extends string>(
  kind: Kind,
  names: readonly Name[],
  fit: PositiveFit,
  scale: readonly number[],
  data: HistorySummary,
): FittedModel<Kind, Name> {
  const n = names.length
  const covariance = fit.covariance?.map((v, k) => v * scale[Math.floor(k / n)]! * scale[k % n]!) ?? null
  const values = fit.parameters.map((v, i) => v * scale[i]!)
  return Object.freeze({
    kind,
    version: 1,
    names,
    parameters: record(names, values),
    standardErrors:
      covariance &&
      record(
        names,
        names.map((_, i) => Math.sqrt(covariance[i * n + i]!)),
      ),
    covariance: covariance && Object.freeze([...covariance]),
    diagnostics: Object.freeze(fit.diagnostics),
    data: Object.freeze(data),
  })
}

/** A model from published parameters, without standard errors. @throws StatsError `outOfDomain` */
export function modelFromParameters<Kind extends string, Name extends string>(
  kind: Kind,
  names: readonly Name[],
  parameters: Readonly<Record<Name, number>>,
): FittedModel<Kind, Name> {
  for (const name of names)
    if (!(parameters[name] > 0 && parameters[name] < Infinity))
      throw new StatsError(
        'outOfDomain',
        `Parameter ${name} is ${parameters[name]}; a finite number greater than zero was expected.`,
      )
  const own = record(
    names,
    names.map((name) => parameters[name]),
  )
  return Object.freeze({
    kind,
    version: 1,
    names,
    parameters: own,
    standardErrors: null,
    covariance: null,
    diagnostics: null,
    data: null,
  })
}

export function summarizeHistory(rows: number, grouped: GroupedHistory): HistorySummary {
  let customers = 0
  let repeatCustomers = 0
  let repeatTransactions = 0
  let longestT = 0
  for (let i = 0; i < grouped.weights.length; i++) {
    const weight = grouped.weights[i]!
    customers += weight
    if (grouped.frequency[i]! > 0) repeatCustomers += weight
    repeatTransactions += weight * grouped.frequency[i]!
    longestT = Math.max(longestT, grouped.T[i]!)
  }
  return { rows, customers, repeatCustomers, repeatTransactions, longestT }
}

/** Throws where a purchase model cannot be fitted at all. */
export function requireRepeats(model: string, summary: HistorySummary): void {
  if (summary.longestT === 0)
    throw new StatsError('insufficientData', `The ${model} fit needs time to have passed; every T is 0.`, {
      hint: 'End the observation later than the first purchases.',
    })
  if (summary.repeatTransactions === 0)
    throw new StatsError(
      'insufficientData',
      `The ${model} fit needs repeat purchases; all ${summary.customers} customers bought once.`,
      {
        hint: 'Use a longer window; with one purchase each, the rate cannot be told from dropout.',
        context: { customers: summary.customers },
      },
    )
}

function record<Name extends string>(
  names: readonly Name[],
  values: ArrayLike<number>,
): Readonly<Record<Name, number>> {
  return Object.freeze(Object.fromEntries(names.map((name, i) => [name, values[i]!])) as Record<Name, number>)
}
