import { digamma } from '../special/digamma.ts'
import { logHypergeometric2F1 } from '../special/hypergeometric.ts'
import { logBeta, logChoose } from '../special/log-gamma.ts'
import { requirePositive, StatsError } from '../stats-error.ts'
import { bgBbObjective, bgBbRowLogLikelihood } from './bg-bb-likelihood.ts'
import { assembleModel, type FittedModel, modelFromParameters } from './btyd-model.ts'
import { type BuyingOpportunities, checkOpportunities } from './buying-opportunities.ts'
import { fitPositive, type PositiveFitOptions } from './fit-positive.ts'

export type BgBbParameter = 'alpha' | 'beta' | 'gamma' | 'delta'
export type BgBbModel = FittedModel<'bgBb', BgBbParameter>

const NAMES = ['alpha', 'beta', 'gamma', 'delta'] as const

/**
 * Fits the BG/BB model by maximum likelihood: at each of n opportunities a customer who is alive buys with a chance that
 * is Beta(α, β) over customers, and before each one dies with a chance that is Beta(γ, δ). For yearly donations, monthly
 * instalments and the like.
 * Cost about 40 passes over the rows, each O(rows × opportunities).
 * Source: Fader, Hardie and Shang (2010), "Customer-base analysis in a discrete-time noncontractual setting", eq. 5,
 * https://doi.org/10.1287/mksc.1100.0580
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`, `insufficientData` when nobody bought again,
 * `notConverged`, and those of the data's check
 * @example
 * const donors = { frequency: [0, 1, 2, 3], recency: [0, 2, 4, 4], opportunities: [4, 4, 4, 4], weights: [60, 20, 12, 8] }
 * fitBgBb(donors).diagnostics.status // → 'converged'
 */
export function fitBgBb(data: BuyingOpportunities, options: PositiveFitOptions = {}): BgBbModel {
  const rows = checkOpportunities(data)
  let customers = 0
  let repeatCustomers = 0
  let repeatTransactions = 0
  let longestT = 0
  for (let i = 0; i < rows; i++) {
    const weight = data.weights?.[i] ?? 1
    customers += weight
    if (data.frequency[i]! > 0) repeatCustomers += weight
    repeatTransactions += weight * data.frequency[i]!
    longestT = Math.max(longestT, data.opportunities[i]!)
  }
  if (repeatTransactions === 0)
    throw new StatsError(
      'insufficientData',
      `The BG/BB fit needs repeat purchases; all ${customers} customers bought once.`,
      {
        hint: 'Observe more opportunities.',
        context: { customers },
      },
    )
  const fit = fitPositive('BG/BB', NAMES, bgBbObjective(data, rows), [1, 1, 1, 1], customers, options)
  return assembleModel('bgBb', NAMES, fit, [1, 1, 1, 1], {
    rows,
    customers,
    repeatCustomers,
    repeatTransactions,
    longestT,
  })
}

/**
 * A BG/BB model from published parameters, without standard errors.
 * Cost O(1).
 * Source: Fader, Hardie and Shang (2010), https://doi.org/10.1287/mksc.1100.0580
 * @throws StatsError `outOfDomain`
 * @example
 * const model = bgBbFromParameters({ alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 })
 * model.kind // → 'bgBb'
 */
export function bgBbFromParameters(parameters: Readonly<Record<BgBbParameter, number>>): BgBbModel {
  return modelFromParameters('bgBb', NAMES, parameters)
}

/**
 * Log-likelihood of each row.
 * Cost O(rows × opportunities).
 * Source: Fader, Hardie and Shang (2010), eq. 5, https://doi.org/10.1287/mksc.1100.0580
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain` (with the row's index)
 * @example
 * const model = bgBbFromParameters({ alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 })
 * bgBbLogLikelihood(model, { frequency: [3], recency: [5], opportunities: [6] }) // → [-5.615895]
 */
export function bgBbLogLikelihood(model: BgBbModel, data: BuyingOpportunities): Float64Array {
  const { alpha, beta, gamma, delta } = model.parameters
  return perRow(data, (x, recency, n) => bgBbRowLogLikelihood(alpha, beta, gamma, delta, x, recency, n))
}

/**
 * P(alive at opportunity n + periodsAhead) of each row, given its history: 0 is the last one observed, 1 the next
 * (the convention of BTYD's `bgbb.PAlive`).
 * Range: [0, 1], one per row.
 * Cost O(rows × opportunities).
 * Source: Fader, Hardie and Shang (2010), eq. 11, https://doi.org/10.1287/mksc.1100.0580
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`
 * @example
 * const model = bgBbFromParameters({ alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 })
 * bgBbProbabilityAlive(model, 1, { frequency: [3], recency: [5], opportunities: [6] }) // → [0.766734]
 */
export function bgBbProbabilityAlive(
  model: BgBbModel,
  periodsAhead: number,
  data: BuyingOpportunities,
): Float64Array {
  requireCount('periodsAhead', periodsAhead)
  return perRow(data, (x, recency, n) => aliveAt(model, x, recency, n, n + periodsAhead))
}

/**
 * Expected purchases of each row at its next `horizon` opportunities.
 * Range: [0, horizon], one per row.
 * Cost O(rows × opportunities).
 * Source: Fader, Hardie and Shang (2010), eq. 13, https://doi.org/10.1287/mksc.1100.0580, summed term by term so that
 * γ = 1 is no exception.
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain` (with the row's index)
 * @example
 * const model = bgBbFromParameters({ alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 })
 * bgBbExpectedTransactions(model, 5, { frequency: [3], recency: [5], opportunities: [6] }) // → [1.804426]
 */
export function bgBbExpectedTransactions(
  model: BgBbModel,
  horizon: number,
  data: BuyingOpportunities,
): Float64Array {
  requireCount('horizon', horizon)
  const { alpha, beta } = model.parameters
  return perRow(data, (x, recency, n) => {
    let alive = 0
    for (let j = 1; j <= horizon; j++) alive += aliveAt(model, x, recency, n, n + j)
    return (alive * (alpha + x)) / (alpha + beta + n)
  })
}

/**
 * Expected repeat purchases of a new customer over n opportunities.
 * Cost O(rows × opportunities).
 * Source: Fader, Hardie and Shang (2010), eq. 9, https://doi.org/10.1287/mksc.1100.0580
 * @throws StatsError `outOfDomain` for a number of opportunities that is negative or not whole
 * @example
 * const model = bgBbFromParameters({ alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 })
 * bgBbExpectedByTime(model, [6, 11]) // → [2.219631, 3.387571]
 */
export function bgBbExpectedByTime(model: BgBbModel, opportunities: ArrayLike<number>): Float64Array {
  const { alpha, beta, gamma, delta } = model.parameters
  return Float64Array.from(opportunities, (n) => {
    requireCount('opportunities', n)
    return (opportunitiesAlive(n, gamma, delta) * alpha) / (alpha + beta)
  })
}

/** Σⱼ P(alive at opportunity j), summed term by term for a few and in closed form for many (eq. A2, near γ = 1 its limit). */
function opportunitiesAlive(n: number, gamma: number, delta: number): number {
  const start = logBeta(gamma, delta)
  if (n <= 10_000) {
    let alive = 0
    for (let j = 1; j <= n; j++) alive += Math.exp(logBeta(gamma, delta + j) - start)
    return alive
  }
  if (Math.abs(gamma - 1) < 1e-7) return delta * (digamma(1 + delta + n) - digamma(1 + delta))
  const kept = Math.log((delta + n) / delta) + logBeta(gamma, delta + n) - start
  return (-delta * Math.expm1(kept)) / (gamma - 1)
}

/**
 * P(a new customer makes x repeat purchases over n opportunities).
 * Range: [0, 1].
 * Cost O(n).
 * Source: Fader, Hardie and Shang (2010), eq. 8, https://doi.org/10.1287/mksc.1100.0580
 * @throws StatsError `outOfDomain`
 * @example
 * const model = bgBbFromParameters({ alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 })
 * bgBbPmf(model, 2, 6) // → 0.1214805
 */
export function bgBbPmf(model: BgBbModel, x: number, n: number): number {
  requireCount('x', x)
  requireCount('n', n)
  if (x > n) return 0
  const { alpha, beta, gamma, delta } = model.parameters
  const base = logBeta(alpha, beta) + logBeta(gamma, delta)
  let sum = Math.exp(logChoose(n, x) + logBeta(alpha + x, beta + n - x) + logBeta(gamma, delta + n) - base)
  for (let i = x; i < n; i++)
    sum += Math.exp(logChoose(i, x) + logBeta(alpha + x, beta + i - x) + logBeta(gamma + 1, delta + i) - base)
  return sum
}

/**
 * P(the customer of each row makes `count` purchases at its next `horizon` opportunities).
 * Range: [0, 1], one per row.
 * Cost O(rows × opportunities).
 * Source: Fader, Hardie and Shang (2010), eq. 12, https://doi.org/10.1287/mksc.1100.0580
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`
 * @example
 * const model = bgBbFromParameters({ alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 })
 * bgBbConditionalPmf(model, 2, 5, { frequency: [3], recency: [5], opportunities: [6] }) // → [0.1818008]
 */
export function bgBbConditionalPmf(
  model: BgBbModel,
  count: number,
  horizon: number,
  data: BuyingOpportunities,
): Float64Array {
  requireCount('count', count)
  requireCount('horizon', horizon)
  const { alpha, beta, gamma, delta } = model.parameters
  const base = logBeta(alpha, beta) + logBeta(gamma, delta)
  return perRow(data, (x, recency, n) => {
    const likelihood = bgBbRowLogLikelihood(alpha, beta, gamma, delta, x, recency, n)
    const gone = count === 0 ? 1 - aliveAt(model, x, recency, n, n) : 0
    if (count > horizon) return 0
    const term = (tries: number, death: number): number =>
      logChoose(tries, count) +
      logBeta(alpha + x + count, beta + n - x + tries - count) +
      logBeta(gamma + death, delta + n + tries)
    let sum = Math.exp(term(horizon, 0) - base - likelihood)
    for (let tries = count; tries < horizon; tries++) sum += Math.exp(term(tries, 1) - base - likelihood)
    return gone + sum
  })
}

/**
 * Discounted expected residual transactions of each row at `rate` per opportunity.
 * Cost O(rows × opportunities).
 * Source: Fader, Hardie and Shang (2010), eq. 14, https://doi.org/10.1287/mksc.1100.0580
 * @throws StatsError `lengthMismatch`, `emptyData`, `notConverged`, `outOfDomain` unless rate > 0
 * @example
 * const model = bgBbFromParameters({ alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 })
 * bgBbDert(model, 0.1, { frequency: [3], recency: [5], opportunities: [6] }) // → [2.841536]
 */
export function bgBbDert(model: BgBbModel, rate: number, data: BuyingOpportunities): Float64Array {
  requirePositive('rate', rate)
  const { alpha, beta, gamma, delta } = model.parameters
  const base = logBeta(alpha, beta) + logBeta(gamma, delta)
  return perRow(data, (x, recency, n) => {
    const series = logHypergeometric2F1(1, delta + n + 1, gamma + delta + n + 1, 1 / (1 + rate))
    const likelihood = bgBbRowLogLikelihood(alpha, beta, gamma, delta, x, recency, n)
    return Math.exp(
      logBeta(alpha + x + 1, beta + n - x) +
        logBeta(gamma, delta + n + 1) -
        base -
        Math.log1p(rate) +
        series -
        likelihood,
    )
  })
}

function aliveAt(model: BgBbModel, x: number, recency: number, n: number, at: number): number {
  const { alpha, beta, gamma, delta } = model.parameters
  const likelihood = bgBbRowLogLikelihood(alpha, beta, gamma, delta, x, recency, n)
  return Math.exp(
    logBeta(alpha + x, beta + n - x) -
      logBeta(alpha, beta) +
      logBeta(gamma, delta + at) -
      logBeta(gamma, delta) -
      likelihood,
  )
}

function perRow(
  data: BuyingOpportunities,
  f: (x: number, recency: number, n: number) => number,
): Float64Array {
  const rows = checkOpportunities(data)
  const values = new Float64Array(rows)
  for (let i = 0; i < rows; i++) values[i] = f(data.frequency[i]!, data.recency[i]!, data.opportunities[i]!)
  return values
}

function requireCount(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0)
    throw new StatsError('outOfDomain', `${name} is ${value}; a whole number ≥ 0 was expected.`)
}
