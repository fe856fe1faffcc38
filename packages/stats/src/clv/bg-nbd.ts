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

export type BgNbdParameter = 'r' | 'alpha' | 'a' | 'b'
export type BgNbdModel = FittedModel<'bgNbd', BgNbdParameter>

const NAMES = ['r', 'alpha', 'a', 'b'] as const

/**
 * Fits the BG/NBD model by maximum likelihood: while alive a customer buys at a Poisson rate, Gamma(r, α) over customers;
 * after each repeat purchase the customer drops out with a chance that is Beta(a, b) over customers.
 *
 * Equal rows are merged first, gradients are analytic; cost is about 40 passes over the distinct rows.
 * A `penalty` λ adds λ·Σ parameter² to the mean negative log-likelihood, with time measured in longest Ts
 * (the convention of lifetimes). `start` is in those units too.
 * Standard errors are those of the inverse observed information.
 * Cost O(rows).
 * Source: Fader, Hardie and Lee (2005), "Counting your customers the easy way", eq. 6, https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `insufficientData` without a repeat
 * purchase, `notConverged`, and those of `groupHistory`
 * @example
 * const weeks = { frequency: [0, 1, 1, 1, 2, 2, 3, 5, 8, 0], recency: [0, 2, 10, 30, 8, 34, 36, 20, 37, 0],
 *   T: [39, 39, 39, 36, 38, 39, 38, 39, 39, 30], weights: [100, 30, 15, 15, 10, 12, 8, 6, 3, 40] }
 * fitBgNbd(weeks).diagnostics.status // → 'converged'
 */
export function fitBgNbd(data: PurchaseHistory, options: PositiveFitOptions = {}): BgNbdModel {
  const grouped = groupHistory(data)
  const summary = summarizeHistory(data.frequency.length, grouped)
  requireRepeats('BG/NBD', summary)
  const unit = summary.longestT
  const objective = betaGeometricObjective('bg', grouped, unit)
  const sample =
    grouped.T.length > 20_000 ? betaGeometricObjective('bg', everyNth(grouped, 5000), unit) : undefined
  const shortcuts = sample ? { second: objective, sample } : { second: objective }
  const fit = fitPositive(
    'BG/NBD',
    NAMES,
    objective,
    [0.5, 0.1, 0.5, 1],
    summary.customers,
    options,
    shortcuts,
  )
  // The likelihood of x purchases in time units of another length differs by x·ln(unit).
  const logLikelihood = fit.diagnostics.logLikelihood - summary.repeatTransactions * Math.log(unit)
  const restored = { ...fit, diagnostics: { ...fit.diagnostics, logLikelihood } }
  return assembleModel('bgNbd', NAMES, restored, [1, unit, 1, 1], summary)
}

/**
 * A BG/NBD model from published parameters, without standard errors.
 * Cost O(1).
 * Source: Fader, Hardie and Lee (2005), eq. 6 and 8, https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `outOfDomain`
 * @example
 * bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }).kind // → 'bgNbd'
 */
export function bgNbdFromParameters(parameters: Readonly<Record<BgNbdParameter, number>>): BgNbdModel {
  return modelFromParameters('bgNbd', NAMES, parameters)
}

/**
 * Log-likelihood of each row, nothing left out.
 * Cost O(rows).
 * Source: Fader, Hardie and Lee (2005), eq. 6, https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * bgNbdLogLikelihood(model, { frequency: [2], recency: [30.43], T: [38.86] }) // → [-9.458606]
 */
export function bgNbdLogLikelihood(model: BgNbdModel, data: PurchaseHistory): Float64Array {
  const { r, alpha, a, b } = model.parameters
  return perRow(data, (x, recency, age) => betaGeometricLogLikelihood('bg', r, alpha, a, b, x, recency, age))
}

/**
 * P(alive at T) of each row; 1 without a repeat purchase, because dropout follows a repeat.
 * Range: [0, 1], one per row.
 * Cost O(rows).
 * Source: Fader, Hardie and Lee (2008), "Computing P(alive) using the BG/NBD model", eq. 1, http://www.brucehardie.com/notes/021/
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * bgNbdProbabilityAlive(model, { frequency: [2], recency: [30.43], T: [38.86] }) // → [0.7265786]
 */
export function bgNbdProbabilityAlive(model: BgNbdModel, data: PurchaseHistory): Float64Array {
  return perRow(data, (x, recency, age) => aliveProbability(model, x, recency, age))
}

/**
 * Expected purchases of each row in (T, T + horizon], given its history. `horizon` in the data's unit of time.
 * Cost O(rows).
 * Source: Fader, Hardie and Lee (2005), eq. 10, https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` for a negative horizon
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * bgNbdExpectedTransactions(model, 39, { frequency: [2], recency: [30.43], T: [38.86] }) // → [1.226028]
 */
export function bgNbdExpectedTransactions(
  model: BgNbdModel,
  horizon: number,
  data: PurchaseHistory,
): Float64Array {
  requireHorizon(horizon)
  const { r, alpha, a, b } = model.parameters
  return perRow(
    data,
    (x, recency, age) =>
      aliveProbability(model, x, recency, age) * aliveExpectation(r + x, alpha + age, a, b + x, horizon),
  )
}

/**
 * Expected purchases of a new customer in (0, t], for each t.
 * Cost O(rows).
 * Source: Fader, Hardie and Lee (2005), eq. 9, https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `notFinite`, `outOfDomain` for a negative time
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * bgNbdExpectedByTime(model, [39, 78]) // → [1.196723, 1.860519]
 */
export function bgNbdExpectedByTime(model: BgNbdModel, times: ArrayLike<number>): Float64Array {
  const { r, alpha, a, b } = model.parameters
  return Float64Array.from(times, (t) => {
    requireHorizon(t)
    return aliveExpectation(r, alpha, a, b, t)
  })
}

/**
 * P(a new customer makes n repeat purchases in (0, t]).
 * Range: [0, 1].
 * Cost that of a negative binomial tail, √n.
 * Source: Fader, Hardie and Lee (2005), eq. 8, https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `notFinite`, `outOfDomain`
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * bgNbdPmf(model, 2, 39) // → 0.08542976
 */
export function bgNbdPmf(model: BgNbdModel, n: number, t: number): number {
  requireHorizon(t)
  const { r, alpha, a, b } = model.parameters
  return purchaseCountPmf(r, alpha, a, b, n, t)
}

/**
 * P(the customer of each row makes n purchases in (T, T + horizon]): given alive, rate and dropout keep their families
 * with r + x, α + T, a, b + x (conjugacy of eq. 6's first term), so eq. 8 applies; given gone, n is 0.
 * Range: [0, 1], one per row.
 * Cost O(rows).
 * Source: Fader, Hardie and Lee (2005), eq. 6 and 8, https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * bgNbdConditionalPmf(model, 0, 39, { frequency: [2], recency: [30.43], T: [38.86] }) // → [0.4453729]
 */
export function bgNbdConditionalPmf(
  model: BgNbdModel,
  n: number,
  horizon: number,
  data: PurchaseHistory,
): Float64Array {
  requireHorizon(horizon)
  const { r, alpha, a, b } = model.parameters
  return perRow(data, (x, recency, age) => {
    const alive = aliveProbability(model, x, recency, age)
    return alive * purchaseCountPmf(r + x, alpha + age, a, b + x, n, horizon) + (n === 0 ? 1 - alive : 0)
  })
}

function aliveProbability(model: BgNbdModel, x: number, recency: number, age: number): number {
  if (x === 0) return 1
  const { r, alpha, a, b } = model.parameters
  return (
    1 /
    (1 + Math.exp(Math.log(a) - Math.log(b + x - 1) + (r + x) * Math.log((alpha + age) / (alpha + recency))))
  )
}

/** Eq. 8 with Gamma(shape, scale) and Beta(a, b); its finite sum is a negative binomial tail. */
function purchaseCountPmf(shape: number, scale: number, a: number, b: number, n: number, t: number): number {
  if (!Number.isInteger(n) || n < 0)
    throw new StatsError('outOfDomain', `n is ${n}; a whole number of purchases ≥ 0 was expected.`)
  if (t === 0) return n === 0 ? 1 : 0
  const p = scale / (scale + t)
  const base = logBeta(a, b)
  const count =
    n === 0
      ? shape * Math.log(p)
      : Math.log(shape / (shape + n)) + logBinomialTerm(shape, shape + n, p, 1 - p)
  const alive = Math.exp(logBeta(a, b + n) - base + count)
  if (n === 0) return alive
  return alive + Math.exp(logBeta(a + 1, b + n - 1) - base) * negativeBinomialSurvival(n - 1, shape, p)
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
