import { digamma } from '../special/digamma.ts'
import { logGamma } from '../special/log-gamma.ts'
import { requireFinite, StatsError } from '../stats-error.ts'
import {
  assembleModel,
  type FittedModel,
  modelFromParameters,
  requireRepeats,
  summarizeHistory,
} from './btyd-model.ts'
import { fitPositive, type PositiveFitOptions } from './fit-positive.ts'
import { checkHistory, groupHistory, type PurchaseHistory } from './purchase-history.ts'

export type NbdParameter = 'r' | 'alpha'
export type NbdModel = FittedModel<'nbd', NbdParameter>

const NAMES = ['r', 'alpha'] as const

/**
 * Fits the NBD model by maximum likelihood: customers buy at Poisson rates that are Gamma(r, α) over customers and never
 * drop out; the benchmark that a model with dropout has to beat. Units and options are those of `fitBgNbd`.
 * Cost about 30 passes over the distinct rows.
 * Source: Ehrenberg (1959), https://doi.org/10.2307/2985810; as BTYDplus' `nbd.EstimateParameters`
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `insufficientData`, `notConverged`,
 * and those of `groupHistory`
 * @example
 * const weeks = { frequency: [0, 1, 2, 5], recency: [0, 10, 20, 30], T: [39, 39, 38, 39], weights: [60, 20, 12, 8] }
 * fitNbd(weeks).diagnostics.status // → 'converged'
 */
export function fitNbd(data: PurchaseHistory, options: PositiveFitOptions = {}): NbdModel {
  const grouped = groupHistory(data)
  const summary = summarizeHistory(data.frequency.length, grouped)
  requireRepeats('NBD', summary)
  const unit = summary.longestT
  const objective = (p: Float64Array, gradient: Float64Array): number => {
    const [r, alpha] = [p[0]!, p[1]!]
    let [value, dr, dAlpha] = [0, 0, 0]
    const [gammaR, psiR] = [logGamma(r), digamma(r)]
    for (let i = 0; i < grouped.T.length; i++) {
      const [x, weight] = [grouped.frequency[i]!, grouped.weights[i]!]
      const age = alpha + grouped.T[i]! / unit
      value += weight * (logGamma(r + x) - gammaR + r * Math.log(alpha) - (r + x) * Math.log(age))
      dr += weight * (digamma(r + x) - psiR + Math.log(alpha / age))
      dAlpha += weight * (r / alpha - (r + x) / age)
    }
    gradient[0] = -dr
    gradient[1] = -dAlpha
    return -value
  }
  const fit = fitPositive('NBD', NAMES, objective, [1, 1], summary.customers, options)
  // In the caller's unit of time each repeat purchase's density is smaller by the unit.
  const logLikelihood = fit.diagnostics.logLikelihood - summary.repeatTransactions * Math.log(unit)
  return assembleModel(
    'nbd',
    NAMES,
    { ...fit, diagnostics: { ...fit.diagnostics, logLikelihood } },
    [1, unit],
    summary,
  )
}

/**
 * An NBD model from published parameters, without standard errors.
 * Cost O(1).
 * Source: Ehrenberg (1959), https://doi.org/10.2307/2985810
 * @throws StatsError `outOfDomain`
 * @example
 * nbdFromParameters({ r: 0.385, alpha: 12.072 }).kind // → 'nbd'
 */
export function nbdFromParameters(parameters: Readonly<Record<NbdParameter, number>>): NbdModel {
  return modelFromParameters('nbd', NAMES, parameters)
}

/**
 * Log-likelihood of each row's times of purchase.
 * Cost O(n).
 * Source: Ehrenberg (1959), https://doi.org/10.2307/2985810
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`, `notFinite`
 * @example
 * nbdLogLikelihood(nbdFromParameters({ r: 0.385, alpha: 12.072 }), { frequency: [2], recency: [30], T: [39] }) // → [-9.050588]
 */
export function nbdLogLikelihood(model: NbdModel, data: PurchaseHistory): Float64Array {
  const { r, alpha } = model.parameters
  const n = checkHistory(data)
  return Float64Array.from({ length: n }, (_, i) => {
    const x = data.frequency[i]!
    return logGamma(r + x) - logGamma(r) + r * Math.log(alpha) - (r + x) * Math.log(alpha + data.T[i]!)
  })
}

/**
 * Expected purchases of each row in (T, T + horizon]: (r + x)/(α + T)·horizon.
 * Cost O(n).
 * Source: Morrison and Schmittlein (1988), eq. 4; Ehrenberg (1959), https://doi.org/10.2307/2985810
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`, `notFinite`
 * @example
 * nbdExpectedTransactions(nbdFromParameters({ r: 0.385, alpha: 12.072 }), 39, { frequency: [2], recency: [30], T: [39] }) // → [1.821252]
 */
export function nbdExpectedTransactions(
  model: NbdModel,
  horizon: number,
  data: PurchaseHistory,
): Float64Array {
  requireFinite('horizon', horizon)
  if (horizon < 0) throw new StatsError('outOfDomain', `horizon is ${horizon}; a number ≥ 0 was expected.`)
  const { r, alpha } = model.parameters
  const n = checkHistory(data)
  return Float64Array.from(
    { length: n },
    (_, i) => ((r + data.frequency[i]!) / (alpha + data.T[i]!)) * horizon,
  )
}
