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

/**
 * Expected purchases of each row in (T, T + horizon] under whichever model it is.
 * Cost O(rows).
 * Source: that of the model's own function, e.g. Fader, Hardie and Lee (2005), https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * expectedTransactions(model, 39, { frequency: [2], recency: [30.43], T: [38.86] }) // → [1.226028]
 */
export function expectedTransactions(
  model: PurchaseModel,
  horizon: number,
  data: PurchaseHistory,
): Float64Array {
  if (model.kind === 'bgNbd') return bgNbdExpectedTransactions(model, horizon, data)
  if (model.kind === 'mbgNbd') return mbgNbdExpectedTransactions(model, horizon, data)
  return paretoNbdExpectedTransactions(model, horizon, data)
}

/**
 * P(alive at T) of each row under whichever model it is.
 * Range: [0, 1].
 * Cost O(rows).
 * Source: that of the model's own function, e.g. Fader, Hardie and Lee (2005), https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * probabilityAlive(model, { frequency: [2], recency: [30.43], T: [38.86] }) // → [0.7265786]
 */
export function probabilityAlive(model: PurchaseModel, data: PurchaseHistory): Float64Array {
  if (model.kind === 'bgNbd') return bgNbdProbabilityAlive(model, data)
  if (model.kind === 'mbgNbd') return mbgNbdProbabilityAlive(model, data)
  return paretoNbdProbabilityAlive(model, data)
}

/**
 * Expected purchases of a new customer in (0, t] under whichever model it is.
 * Cost O(rows).
 * Source: that of the model's own function, e.g. Fader, Hardie and Lee (2005), https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `notFinite`, `outOfDomain` for a negative time
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * expectedByTime(model, [39, 78]) // → [1.196723, 1.860519]
 */
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
