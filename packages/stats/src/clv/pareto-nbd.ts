import { integrate } from '../special/gauss-legendre.ts'
import { logGamma } from '../special/log-gamma.ts'
import { logBinomialTerm } from '../special/saddle-point.ts'
import { requireFinite, requirePositive, StatsError } from '../stats-error.ts'
import {
  assembleModel,
  type FittedModel,
  modelFromParameters,
  requireRepeats,
  summarizeHistory,
} from './btyd-model.ts'
import { fitPositive, type PositiveFitOptions } from './fit-positive.ts'
import {
  fillPart,
  logOddsDead,
  newParts,
  paretoNbdObjective,
  paretoNbdRowLogLikelihood,
} from './pareto-nbd-likelihood.ts'
import { checkHistory, groupHistory, type PurchaseHistory } from './purchase-history.ts'

export type ParetoNbdParameter = 'r' | 'alpha' | 's' | 'beta'
export type ParetoNbdModel = FittedModel<'paretoNbd', ParetoNbdParameter>

const NAMES = ['r', 'alpha', 's', 'beta'] as const

/**
 * Fits the Pareto/NBD model by maximum likelihood: while alive a customer buys at a Poisson rate, Gamma(r, α) over
 * customers; the lifetime is exponential with a rate that is Gamma(s, β) over customers. Gradients are analytic.
 * The likelihood is often nearly flat in (s, β): compare log-likelihoods, not β.
 * A `penalty` λ adds λ·Σ parameter² to the mean negative log-likelihood, with time measured in longest Ts.
 * Cost about 40 passes over the distinct rows, two hypergeometric functions a row.
 * Source: Schmittlein, Morrison and Colombo (1987), https://doi.org/10.1287/mnsc.33.1.1; Fader and Hardie (2005), eq. 17,
 * http://www.brucehardie.com/notes/009/
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `insufficientData`, `notConverged`,
 * and those of `groupHistory`
 * @example
 * const weeks = { frequency: [0, 1, 1, 1, 2, 2, 3, 5, 8, 0], recency: [0, 2, 10, 30, 8, 34, 36, 20, 37, 0],
 *   T: [39, 39, 39, 36, 38, 39, 38, 39, 39, 30], weights: [100, 30, 15, 15, 10, 12, 8, 6, 3, 40] }
 * fitParetoNbd(weeks).diagnostics.status // → 'converged'
 */
export function fitParetoNbd(data: PurchaseHistory, options: PositiveFitOptions = {}): ParetoNbdModel {
  const grouped = groupHistory(data)
  const summary = summarizeHistory(data.frequency.length, grouped)
  requireRepeats('Pareto/NBD', summary)
  const unit = summary.longestT
  const scaled = {
    ...grouped,
    recency: grouped.recency.map((v) => v / unit),
    T: grouped.T.map((v) => v / unit),
  }
  const fit = fitPositive(
    'Pareto/NBD',
    NAMES,
    paretoNbdObjective(scaled),
    [0.5, 0.3, 0.5, 0.3],
    summary.customers,
    options,
  )
  const logLikelihood = fit.diagnostics.logLikelihood - summary.repeatTransactions * Math.log(unit)
  const restored = { ...fit, diagnostics: { ...fit.diagnostics, logLikelihood } }
  return assembleModel('paretoNbd', NAMES, restored, [1, unit, 1, unit], summary)
}

/**
 * A Pareto/NBD model from published parameters, without standard errors.
 * Cost O(1).
 * Source: Fader and Hardie (2005), http://www.brucehardie.com/notes/009/
 * @throws StatsError `outOfDomain`
 * @example
 * paretoNbdFromParameters({ r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 }).kind // → 'paretoNbd'
 */
export function paretoNbdFromParameters(
  parameters: Readonly<Record<ParetoNbdParameter, number>>,
): ParetoNbdModel {
  return modelFromParameters('paretoNbd', NAMES, parameters)
}

/**
 * Log-likelihood of each row.
 * Cost O(rows).
 * Source: Fader and Hardie (2005), eq. 17, http://www.brucehardie.com/notes/009/
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 * @example
 * const model = paretoNbdFromParameters({ r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 })
 * paretoNbdLogLikelihood(model, { frequency: [2], recency: [30.43], T: [38.86] }) // → [-9.554283]
 */
export function paretoNbdLogLikelihood(model: ParetoNbdModel, data: PurchaseHistory): Float64Array {
  const { r, alpha, s, beta } = model.parameters
  const parts = newParts()
  return perRow(data, (x, recency, age) =>
    paretoNbdRowLogLikelihood(r, alpha, s, beta, x, recency, age, parts),
  )
}

/**
 * P(alive at T) of each row.
 * Range: [0, 1], one per row.
 * Cost O(rows).
 * Source: Fader and Hardie (2005), eq. 31, http://www.brucehardie.com/notes/009/
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 * @example
 * const model = paretoNbdFromParameters({ r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 })
 * paretoNbdProbabilityAlive(model, { frequency: [2], recency: [30.43], T: [38.86] }) // → [0.8691676]
 */
export function paretoNbdProbabilityAlive(model: ParetoNbdModel, data: PurchaseHistory): Float64Array {
  const alive = aliveFunction(model)
  return perRow(data, alive)
}

/**
 * Expected purchases of each row in (T, T + horizon], given its history.
 * `horizon` in the data's unit of time; one value ≥ 0 per row.
 * Cost O(rows).
 * Source: Fader and Hardie (2005), eq. 38, http://www.brucehardie.com/notes/009/
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`
 * @example
 * const model = paretoNbdFromParameters({ r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 })
 * paretoNbdExpectedTransactions(model, 39, { frequency: [2], recency: [30.43], T: [38.86] }) // → [1.455123]
 */
export function paretoNbdExpectedTransactions(
  model: ParetoNbdModel,
  horizon: number,
  data: PurchaseHistory,
): Float64Array {
  requireHorizon(horizon)
  const { r, alpha, s, beta } = model.parameters
  const alive = aliveFunction(model)
  return perRow(
    data,
    (x, recency, age) =>
      (alive(x, recency, age) * (r + x) * (beta + age) * survivalShare(s, beta + age, horizon)) /
      (alpha + age),
  )
}

/**
 * Expected purchases of a new customer in (0, t], for each t.
 * Cost O(rows).
 * Source: Fader and Hardie (2005), eq. 27, http://www.brucehardie.com/notes/009/
 * @throws StatsError `notFinite`, `outOfDomain` for a negative time
 * @example
 * const model = paretoNbdFromParameters({ r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 })
 * paretoNbdExpectedByTime(model, [39, 78]) // → [1.213003, 1.909398]
 */
export function paretoNbdExpectedByTime(model: ParetoNbdModel, times: ArrayLike<number>): Float64Array {
  const { r, alpha, s, beta } = model.parameters
  return Float64Array.from(times, (t) => {
    requireHorizon(t)
    return (r / alpha) * beta * survivalShare(s, beta, t)
  })
}

/**
 * P(a new customer makes n repeat purchases in (0, t]), by Gauss–Legendre quadrature over the time of death on a
 * logarithmic scale; relative error below 1e-10.
 * Range: [0, 1].
 * Cost some hundred evaluations of a Poisson mixture.
 * Source: Fader and Hardie (2006), "Deriving an expression for
 * P(X(t) = x) under the Pareto/NBD model", eq. 2, http://www.brucehardie.com/notes/013/
 * @throws StatsError `notFinite`, `outOfDomain`
 * @example
 * const model = paretoNbdFromParameters({ r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 })
 * paretoNbdPmf(model, 2, 39) // → 0.08248718
 */
export function paretoNbdPmf(model: ParetoNbdModel, n: number, t: number): number {
  const { r, alpha, s, beta } = model.parameters
  return purchaseCountPmf(r, alpha, s, beta, n, t)
}

/**
 * P(the customer of each row makes n purchases in (T, T + horizon]): given alive, rate and death rate are
 * Gamma(r + x, α + T) and Gamma(s, β + T); given dead, n is 0.
 * Range: [0, 1], one per row.
 * Cost O(rows).
 * Source: Fader and Hardie (2014), "Deriving the conditional
 * PMF of the Pareto/NBD model", http://www.brucehardie.com/notes/028/
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` (with the row's index)
 * @example
 * const model = paretoNbdFromParameters({ r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 })
 * paretoNbdConditionalPmf(model, 0, 39, { frequency: [2], recency: [30.43], T: [38.86] }) // → [0.4080627]
 */
export function paretoNbdConditionalPmf(
  model: ParetoNbdModel,
  n: number,
  horizon: number,
  data: PurchaseHistory,
): Float64Array {
  const { r, alpha, s, beta } = model.parameters
  const alive = aliveFunction(model)
  return perRow(data, (x, recency, age) => {
    const share = alive(x, recency, age)
    return share * purchaseCountPmf(r + x, alpha + age, s, beta + age, n, horizon) + (n === 0 ? 1 - share : 0)
  })
}

function purchaseCountPmf(r: number, alpha: number, s: number, beta: number, n: number, t: number): number {
  if (!Number.isInteger(n) || n < 0)
    throw new StatsError('outOfDomain', `n is ${n}; a whole number of purchases ≥ 0 was expected.`)
  requireHorizon(t)
  if (t === 0) return n === 0 ? 1 : 0
  const count = (time: number): number => {
    const p = alpha / (alpha + time)
    if (n === 0) return p ** r
    return time === 0 ? 0 : Math.exp(Math.log(r / (r + n)) + logBinomialTerm(r, r + n, p, 1 - p))
  }
  const unit = Math.min(alpha, beta)
  const died = integrate(
    (v) => {
      const time = unit * Math.expm1(v)
      return count(time) * Math.exp(Math.log(s / beta) - (s + 1) * Math.log1p(time / beta) + v) * unit
    },
    0,
    Math.log1p(t / unit),
    24,
  )
  return died + count(t) * Math.exp(-s * Math.log1p(t / beta))
}

/**
 * Discounted expected residual transactions of each row: all future purchases, discounted continuously at `rate` per
 * unit of time.
 * Cost O(rows).
 * Source: Fader, Hardie and Lee (2005), "RFM and CLV", eq. 2, https://doi.org/10.1509/jmkr.2005.42.4.415;
 * Tricomi's function is integrated directly, so s = 1 is no exception.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain` unless rate > 0
 * @example
 * const model = paretoNbdFromParameters({ r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 })
 * paretoNbdDert(model, 0.0027, { frequency: [2], recency: [30.43], T: [38.86] }) // → [6.483774]
 */
export function paretoNbdDert(model: ParetoNbdModel, rate: number, data: PurchaseHistory): Float64Array {
  requirePositive('rate', rate)
  if (rate < 1e-200)
    throw new StatsError('outOfDomain', `The rate is ${rate}; so small a rate discounts nothing.`)
  const { r, alpha, s, beta } = model.parameters
  const alive = aliveFunction(model)
  return perRow(data, (x, recency, age) => {
    const z = rate * (beta + age)
    const residual = (Math.exp(s * Math.log(z)) * tricomi(s, z)) / rate
    return (alive(x, recency, age) * (r + x) * residual) / (alpha + age)
  })
}

/** U(s, s, z) = 1/Γ(s) ∫ e^{−zt} t^{s−1}/(1+t) dt, by the trapezoidal rule in ln t, which converges geometrically. */
function tricomi(s: number, z: number): number {
  const step = 0.125
  const from = -40 / Math.min(s, 1)
  const to = Math.log(800 / z + 1) + 1
  let sum = 0
  for (let u = from; u <= to; u += step) {
    const t = Math.exp(u)
    sum += Math.exp(s * u - z * t) / (1 + t)
  }
  return sum * step * Math.exp(-logGamma(s))
}

/** [1 − (scale/(scale + t))^(s−1)] / (s − 1), also at s = 1. */
function survivalShare(s: number, scale: number, t: number): number {
  const log = Math.log1p(t / scale)
  const power = (1 - s) * log
  return Math.abs(power) < 1e-300 ? log : Math.expm1(power) / (1 - s)
}

function aliveFunction(model: ParetoNbdModel): (x: number, recency: number, age: number) => number {
  const { r, alpha, s, beta } = model.parameters
  const parts = newParts()
  return (x, recency, age) => {
    fillPart(parts.atLast, r, alpha, s, beta, x, recency)
    fillPart(parts.atEnd, r, alpha, s, beta, x, age)
    return 1 / (1 + Math.exp(logOddsDead(parts, r, alpha, s, beta, x, age)))
  }
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
