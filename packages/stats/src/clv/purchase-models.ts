import {
  type BgNbdModel,
  bgNbdExpectedByTime,
  bgNbdExpectedTransactions,
  bgNbdProbabilityAlive,
} from './bg-nbd.ts'
import {
  type MbgNbdModel,
  mbgNbdExpectedByTime,
  mbgNbdExpectedTransactions,
  mbgNbdProbabilityAlive,
} from './mbg-nbd.ts'
import {
  type ParetoNbdModel,
  paretoNbdExpectedByTime,
  paretoNbdExpectedTransactions,
  paretoNbdProbabilityAlive,
} from './pareto-nbd.ts'
import type { PurchaseHistory } from './purchase-history.ts'

/** Models of purchases in continuous time, told apart by `kind`. */
export type PurchaseModel = BgNbdModel | MbgNbdModel | ParetoNbdModel

/** Expected purchases of each row in (T, T + horizon] under whichever model it is. @throws StatsError `outOfDomain` */
export function expectedTransactions(
  model: PurchaseModel,
  horizon: number,
  data: PurchaseHistory,
): Float64Array {
  if (model.kind === 'bgNbd') return bgNbdExpectedTransactions(model, horizon, data)
  if (model.kind === 'mbgNbd') return mbgNbdExpectedTransactions(model, horizon, data)
  return paretoNbdExpectedTransactions(model, horizon, data)
}

/** P(alive at T) of each row under whichever model it is. */
export function probabilityAlive(model: PurchaseModel, data: PurchaseHistory): Float64Array {
  if (model.kind === 'bgNbd') return bgNbdProbabilityAlive(model, data)
  if (model.kind === 'mbgNbd') return mbgNbdProbabilityAlive(model, data)
  return paretoNbdProbabilityAlive(model, data)
}

/** Expected purchases of a new customer in (0, t] under whichever model it is. */
export function expectedByTime(model: PurchaseModel, times: ArrayLike<number>): Float64Array {
  if (model.kind === 'bgNbd') return bgNbdExpectedByTime(model, times)
  if (model.kind === 'mbgNbd') return mbgNbdExpectedByTime(model, times)
  return paretoNbdExpectedByTime(model, times)
}

/** The same model at other parameter values, for derivatives and draws; without standard errors. */
export function withParameters<M extends PurchaseModel>(model: M, values: ArrayLike<number>): M {
  const parameters = Object.fromEntries(model.names.map((name, i) => [name, values[i]!]))
  return { ...model, parameters } as M
}

/** The parameters in the order of `names`. */
export function parameterVector(model: PurchaseModel): Float64Array {
  const values = model.parameters as Readonly<Record<string, number>>
  return Float64Array.from(model.names, (name) => values[name]!)
}
