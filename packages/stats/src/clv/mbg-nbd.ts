import { negativeBinomialSurvival } from '../distributions/negative-binomial.ts'
import { logBeta } from '../special/log-gamma.ts'
import { logBinomialTerm } from '../special/saddle-point.ts'
import { requireFinite, StatsError } from '../stats-error.ts'
import { aliveExpectation } from './alive-expectation.ts'
import { betaGeometricLogLikelihood, betaGeometricObjective } from './bg-nbd-likelihood.ts'
import {
  assembleModel,
  type FittedModel,
  modelFromParameters,
  requireRepeats,
  summarizeHistory,
} from './btyd-model.ts'
import { fitPositive, type PositiveFitOptions } from './fit-positive.ts'
import { checkHistory, everyNth, groupHistory, type PurchaseHistory } from './purchase-history.ts'

export type MbgNbdParameter = 'r' | 'alpha' | 'a' | 'b'
export type MbgNbdModel = FittedModel<'mbgNbd', MbgNbdParameter>

const NAMES = ['r', 'alpha', 'a', 'b'] as const

/**
 * Fits the MBG/NBD model by maximum likelihood: as BG/NBD, but a customer may drop out after the first purchase too, so
 * P(alive) is below one also without a repeat. Options, units and refusals are those of `fitBgNbd`.
 * Cost about 40 passes over the distinct rows.
 * Source: Batislam, Denizel and Filiztekin (2007), eq. 4, https://doi.org/10.1016/j.ijresmar.2006.12.005;
 * Wagner and Hoppe (2008)
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `insufficientData`, `notConverged`,
 * and those of `groupHistory`
 * @example
 * const weeks = { frequency: [0, 1, 1, 1, 2, 2, 3, 5, 8, 0], recency: [0, 2, 10, 30, 8, 34, 36, 20, 37, 0],
 *   T: [39, 39, 39, 36, 38, 39, 38, 39, 39, 30], weights: [100, 30, 15, 15, 10, 12, 8, 6, 3, 40] }
 * fitMbgNbd(weeks).diagnostics.status // → 'converged'
 */
export function fitMbgNbd(data: PurchaseHistory, options: PositiveFitOptions = {}): MbgNbdModel {
  const grouped = groupHistory(data)
  const summary = summarizeHistory(data.frequency.length, grouped)
  requireRepeats('MBG/NBD', summary)
  const unit = summary.longestT
  const objective = betaGeometricObjective('mbg', grouped, unit)
  const sample =
    grouped.T.length > 20_000 ? betaGeometricObjective('mbg', everyNth(grouped, 5000), unit) : undefined
  const shortcuts = sample ? { second: objective, sample } : { second: objective }
  const fit = fitPositive(
    'MBG/NBD',
    NAMES,
    objective,
    [0.5, 0.1, 0.5, 1],
    summary.customers,
    options,
    shortcuts,
  )
  const logLikelihood = fit.diagnostics.logLikelihood - summary.repeatTransactions * Math.log(unit)
  const restored = { ...fit, diagnostics: { ...fit.diagnostics, logLikelihood } }
  return assembleModel('mbgNbd', NAMES, restored, [1, unit, 1, 1], summary)
}

/**
 * An MBG/NBD model from published parameters, without standard errors.
 * Cost O(1).
 * Source: Wagner and Hoppe (2008); Batislam, Denizel and Filiztekin (2007), https://doi.org/10.1016/j.ijresmar.2006.12.005
 * @throws StatsError `outOfDomain`
 * @example
 * mbgNbdFromParameters({ r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 }).kind // → 'mbgNbd'
 */
export function mbgNbdFromParameters(parameters: Readonly<Record<MbgNbdParameter, number>>): MbgNbdModel {
  return modelFromParameters('mbgNbd', NAMES, parameters)
}

/**
 * Log-likelihood of each row.
 * Cost O(rows).
 * Source: Batislam, Denizel and Filiztekin (2007), eq. 4, https://doi.org/10.1016/j.ijresmar.2006.12.005
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 * @example
 * const model = mbgNbdFromParameters({ r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 })
 * mbgNbdLogLikelihood(model, { frequency: [2], recency: [30.43], T: [38.86] }) // → [-9.485551]
 */
export function mbgNbdLogLikelihood(model: MbgNbdModel, data: PurchaseHistory): Float64Array {
  const { r, alpha, a, b } = model.parameters
  return perRow(data, (x, recency, age) => betaGeometricLogLikelihood('mbg', r, alpha, a, b, x, recency, age))
}

/**
 * P(alive at T) of each row.
 * Range: [0, 1], one per row.
 * Cost O(rows).
 * Source: Batislam, Denizel and Filiztekin (2007), eq. 6, https://doi.org/10.1016/j.ijresmar.2006.12.005
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 * @example
 * const model = mbgNbdFromParameters({ r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 })
 * mbgNbdProbabilityAlive(model, { frequency: [0, 2], recency: [0, 30.43], T: [38.86, 38.86] }) // → [0.3897351, 0.7062023]
 */
export function mbgNbdProbabilityAlive(model: MbgNbdModel, data: PurchaseHistory): Float64Array {
  return perRow(data, (x, recency, age) => aliveProbability(model, x, recency, age))
}

/**
 * Expected purchases of each row in (T, T + horizon], given its history.
 * `horizon` in the data's unit of time; one value ≥ 0 per row.
 * Cost O(rows).
 * Source: Wagner and Hoppe (2008), eq. 10; Batislam, Denizel and Filiztekin (2007), https://doi.org/10.1016/j.ijresmar.2006.12.005
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`
 * @example
 * const model = mbgNbdFromParameters({ r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 })
 * mbgNbdExpectedTransactions(model, 39, { frequency: [2], recency: [30.43], T: [38.86] }) // → [1.262961]
 */
export function mbgNbdExpectedTransactions(
  model: MbgNbdModel,
  horizon: number,
  data: PurchaseHistory,
): Float64Array {
  requireHorizon(horizon)
  const { r, alpha, a, b } = model.parameters
  return perRow(
    data,
    (x, recency, age) =>
      aliveProbability(model, x, recency, age) * aliveExpectation(r + x, alpha + age, a, b + x + 1, horizon),
  )
}

/**
 * Expected purchases of a new customer in (0, t], for each t.
 * Cost O(rows).
 * Source: Batislam, Denizel and Filiztekin (2007), eq. 5, https://doi.org/10.1016/j.ijresmar.2006.12.005
 * @throws StatsError `notFinite`, `outOfDomain` for a negative time
 * @example
 * const model = mbgNbdFromParameters({ r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 })
 * mbgNbdExpectedByTime(model, [39, 78]) // → [1.182954, 1.804758]
 */
export function mbgNbdExpectedByTime(model: MbgNbdModel, times: ArrayLike<number>): Float64Array {
  const { r, alpha, a, b } = model.parameters
  return Float64Array.from(times, (t) => {
    requireHorizon(t)
    return (b / (a + b)) * aliveExpectation(r, alpha, a, b + 1, t)
  })
}

/**
 * P(a new customer makes n repeat purchases in (0, t]).
 * Range: [0, 1].
 * Cost that of a negative binomial tail, √n.
 * Source: Wagner and Hoppe (2008), eq. 8; Batislam, Denizel and Filiztekin (2007), https://doi.org/10.1016/j.ijresmar.2006.12.005
 * @throws StatsError `notFinite`, `outOfDomain`
 * @example
 * const model = mbgNbdFromParameters({ r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 })
 * mbgNbdPmf(model, 2, 39) // → 0.08689483
 */
export function mbgNbdPmf(model: MbgNbdModel, n: number, t: number): number {
  requireHorizon(t)
  if (!Number.isInteger(n) || n < 0)
    throw new StatsError('outOfDomain', `n is ${n}; a whole number of purchases ≥ 0 was expected.`)
  if (t === 0) return n === 0 ? 1 : 0
  const { r, alpha, a, b } = model.parameters
  const base = logBeta(a, b)
  const p = alpha / (alpha + t)
  // Still alive after n repeats and the first purchase, or gone after the n-th although there was time for it.
  const alive = Math.exp(logBeta(a, b + n + 1) - base + logCount(r, p, n))
  const gone = Math.exp(logBeta(a + 1, b + n) - base)
  return alive + gone * (n === 0 ? 1 : negativeBinomialSurvival(n - 1, r, p))
}

/**
 * P(the customer of each row makes n purchases in (T, T + horizon]): given alive, rate and dropout are Gamma(r + x, α + T)
 * and Beta(a, b + x + 1), with no chance to drop out before the next purchase; given gone, n is 0.
 * Range: [0, 1], one per row.
 * Cost O(rows).
 * Source: Wagner and Hoppe (2008); Batislam, Denizel and Filiztekin (2007), https://doi.org/10.1016/j.ijresmar.2006.12.005
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 * @example
 * const model = mbgNbdFromParameters({ r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 })
 * mbgNbdConditionalPmf(model, 0, 39, { frequency: [2], recency: [30.43], T: [38.86] }) // → [0.4400059]
 */
export function mbgNbdConditionalPmf(
  model: MbgNbdModel,
  n: number,
  horizon: number,
  data: PurchaseHistory,
): Float64Array {
  requireHorizon(horizon)
  if (!Number.isInteger(n) || n < 0)
    throw new StatsError('outOfDomain', `n is ${n}; a whole number of purchases ≥ 0 was expected.`)
  const { r, alpha, a, b } = model.parameters
  return perRow(data, (x, recency, age) => {
    const alive = aliveProbability(model, x, recency, age)
    const [shape, scale, chances] = [r + x, alpha + age, b + x + 1]
    const p = scale / (scale + horizon)
    if (horizon === 0) return n === 0 ? 1 : 0
    const base = logBeta(a, chances)
    const staying = Math.exp(logBeta(a, chances + n) - base + logCount(shape, p, n))
    const leaving =
      n === 0
        ? 0
        : Math.exp(logBeta(a + 1, chances + n - 1) - base) * negativeBinomialSurvival(n - 1, shape, p)
    return alive * (staying + leaving) + (n === 0 ? 1 - alive : 0)
  })
}

/** ln P(n purchases) of a gamma mixture of Poissons with p = scale/(scale + t). */
function logCount(shape: number, p: number, n: number): number {
  return n === 0
    ? shape * Math.log(p)
    : Math.log(shape / (shape + n)) + logBinomialTerm(shape, shape + n, p, 1 - p)
}

function aliveProbability(model: MbgNbdModel, x: number, recency: number, age: number): number {
  const { r, alpha, a, b } = model.parameters
  return (
    1 / (1 + Math.exp(Math.log(a) - Math.log(b + x) + (r + x) * Math.log((alpha + age) / (alpha + recency))))
  )
}

function perRow(data: PurchaseHistory, f: (x: number, recency: number, age: number) => number): Float64Array {
  const n = checkHistory(data)
  const values = new Float64Array(n)
  for (let i = 0; i < n; i++) values[i] = f(data.frequency[i]!, data.recency[i]!, data.T[i]!)
  return values
}

function requireHorizon(horizon: number): void {
  requireFinite('horizon', horizon)
  if (horizon < 0)
    throw new StatsError(
      'outOfDomain',
      `The horizon is ${horizon}; a number ≥ 0 in the data's unit of time was expected.`,
    )
}
