import { StatsError } from '../stats-error.ts'
import { type ArimaModel, fitArima } from './arima.ts'
import { type ArimaOrder, coefficientNames, expandCoefficients, orderName } from './arima-order.ts'
import { boxCox } from './box-cox.ts'
import { difference, varianceOf } from './series.ts'
import { differencesNeeded, seasonalDifferencesNeeded } from './stationarity.ts'

export interface ArimaSelectionOptions {
  /** Seasonal period; 1 for none. */
  readonly period: number
  readonly lambda?: number
  readonly maxP?: number
  readonly maxQ?: number
  readonly maxSeasonalP?: number
  readonly maxSeasonalQ?: number
  /**
   * Whether candidates are compared by their sums of squares given the first values, and only the best ones fitted exactly: a
   * tenth of the time. Default: beyond 150 observations or a period of 12, as R's `auto.arima`.
   */
  readonly approximation?: boolean
  /** Given differences instead of tested ones. */
  readonly d?: number
  readonly D?: number
  /** What is to be smallest. Default `aicc`. */
  readonly criterion?: ArimaCriterion
  /**
   * `stepwise` (default): from neighbour to neighbour. `full`: every model with p + q + P + Q of at most `maxOrder`, R's
   * `stepwise = FALSE`.
   */
  readonly search?: 'stepwise' | 'full'
  /** Default 5. Only for the full search. */
  readonly maxOrder?: number
}

export type ArimaCriterion = 'aic' | 'aicc' | 'bic'

export interface ArimaSelection {
  readonly best: ArimaModel
  /** Every candidate, the best first; under approximation its AICc is the approximate one. */
  readonly tried: readonly { readonly name: string; readonly constant: boolean; readonly aicc: number }[]
}

/**
 * Picks an ARIMA model by stepwise search for the smallest AICc (or another criterion, or among all models), with
 * differences from seasonal strength and KPSS tests; models with a root within 1% of the unit circle are passed over.
 * y has length n.
 * Cost some twenty fits of `fitArima`; of the full search some hundred.
 * Source: Hyndman and Khandakar (2008), section 3.2, https://doi.org/10.18637/jss.v027.i03
 * @throws StatsError `notFinite`, `zeroVariance`, `insufficientData` when nothing can be fitted
 * @example
 * const y = [3, 4, 6, 5, 7, 6, 4, 5, 3, 4, 5, 6, 4, 5, 7, 6]
 * orderName(selectArima(y, { period: 1, maxP: 1, maxQ: 1 }).best.order) // → 'ARIMA(0,0,0)'
 */
export function selectArima(y: ArrayLike<number>, options: ArimaSelectionOptions): ArimaSelection {
  const { period: m, criterion = 'aicc', search = 'stepwise', maxOrder = 5 } = options
  const series = options.lambda === undefined ? Float64Array.from(y) : boxCox(y, options.lambda)
  const D = options.D ?? (m > 1 ? seasonalDifferencesNeeded(series, m) : 0)
  const afterSeason = difference(series, m, D)
  const d = options.d ?? (varianceOf(afterSeason) > 0 ? differencesNeeded(afterSeason, D === 1 ? 1 : 2) : 0)
  const seasonal = m > 1 && series.length > 3 * m
  const third = Math.floor(series.length / 3)
  const below = seasonal ? m - 1 : Infinity
  const limit = {
    p: Math.min(options.maxP ?? 5, third, below),
    q: Math.min(options.maxQ ?? 5, third, below),
    P: seasonal ? Math.min(options.maxSeasonalP ?? 2, Math.floor(third / m)) : 0,
    Q: seasonal ? Math.min(options.maxSeasonalQ ?? 2, Math.floor(third / m)) : 0,
  }
  const approximate = options.approximation ?? (series.length > 150 || m > 12)
  const offset = approximate ? exactOffset(series, d, D, m) : 0
  const constant = d + D <= 1
  const tried = new Map<string, Tried>()
  let best: Tried | undefined
  const attempt = (c: Candidate): boolean => {
    const key = [c.p, c.q, c.P, c.Q, c.constant].join()
    const inside = [c.p, c.q, c.P, c.Q].every((v) => v >= 0) && c.p <= limit.p && c.q <= limit.q
    if (tried.has(key) || !inside || c.P > limit.P || c.Q > limit.Q || (c.constant && !constant)) return false
    const order: ArimaOrder = { p: c.p, d, q: c.q, seasonal: { P: c.P, D, Q: c.Q, period: m } }
    const model = tryFit(series, order, c.constant, approximate ? 'conditionalSquares' : 'likelihood')
    const criteria = !model ? UNFITTED : approximate ? approximateCriteria(model, offset) : model
    const score = criteria[criterion]
    const found = { order, constant: c.constant, aicc: criteria.aicc, score, ...(model ? { model } : {}) }
    tried.set(key, found)
    if (!(score < (best?.score ?? Infinity))) return false
    best = found
    return true
  }
  if (search === 'full') for (const c of allOrders(limit, maxOrder)) attempt(c)
  else stepThrough(attempt, tried, limit, constant, series.length < 10 ? 1 : 2)
  const ranking = [...tried.values()].sort((a, b) => a.score - b.score)
  const chosen = approximate ? firstExact(series, ranking) : best
  if (!chosen?.model)
    throw new StatsError(
      'insufficientData',
      `No ARIMA model could be fitted to ${series.length} observations.`,
    )
  const estimate = chosen.constant ? 'estimate' : 'none'
  const final =
    options.lambda === undefined
      ? chosen.model
      : fitArima(y, { order: chosen.order, constant: estimate, lambda: options.lambda })
  return {
    best: final,
    tried: ranking.map((t) => ({ name: orderName(t.order), constant: t.constant, aicc: t.aicc })),
  }
}

interface Tried {
  readonly order: ArimaOrder
  readonly constant: boolean
  readonly aicc: number
  readonly score: number
  readonly model?: ArimaModel
}

const UNFITTED = { aic: Infinity, aicc: Infinity, bic: Infinity } as const

/** What the exact −2 ln L of the differenced series adds to n·ln σ², carried over to every candidate. */
function exactOffset(series: Float64Array, d: number, D: number, period: number): number {
  const order = { p: 0, d, q: 0, seasonal: { P: 0, D, Q: 0, period } }
  const model = tryFit(series, order, d + D === 0, 'likelihood')
  return model ? -2 * model.logLikelihood - series.length * Math.log(model.innovationVariance) : 0
}

function approximateCriteria(model: ArimaModel, offset: number): Readonly<Record<ArimaCriterion, number>> {
  const { observations: n } = model.diagnostics
  const parameters = Object.keys(model.coefficients).length + 1
  if (!(n > parameters + 1)) return UNFITTED
  const aic = offset + n * Math.log(model.innovationVariance) + 2 * parameters
  return {
    aic,
    aicc: aic + (2 * parameters * (parameters + 1)) / (n - parameters - 1),
    bic: aic + (Math.log(n) - 2) * parameters,
  }
}

/** The best candidate that also stands when it is fitted exactly. */
function firstExact(series: Float64Array, ranking: readonly Tried[]): Tried | undefined {
  for (const candidate of ranking) {
    const model = tryFit(series, candidate.order, candidate.constant, 'likelihood')
    if (model) return { ...candidate, model }
  }
  return undefined
}

interface Candidate {
  readonly p: number
  readonly q: number
  readonly P: number
  readonly Q: number
  readonly constant: boolean
}

/** From the usual first four models to better neighbours, as long as there is one. */
function stepThrough(
  attempt: (c: Candidate) => boolean,
  tried: { readonly size: number },
  limit: Omit<Candidate, 'constant'>,
  constant: boolean,
  start: number,
): void {
  const one = {
    p: Math.min(1, limit.p),
    q: Math.min(1, limit.q),
    P: Math.min(1, limit.P),
    Q: Math.min(1, limit.Q),
  }
  const none = { p: 0, q: 0, P: 0, Q: 0 }
  const first = start === 1 ? { ...one, P: 0, Q: 0 } : one
  let at: Candidate = { ...first, p: Math.min(start, limit.p), q: Math.min(start, limit.q), constant }
  attempt(at)
  for (const c of [none, { ...none, p: one.p, P: one.P }, { ...none, q: one.q, Q: one.Q }])
    if (attempt({ ...c, constant })) at = { ...c, constant }
  // The search goes on with a constant also where the model without one and without orders is the best so far, as R's does.
  if (attempt({ ...none, constant: false })) at = { ...none, constant }
  for (let moved = true; moved && tried.size < 94; ) {
    const next = neighbours(at).find(attempt)
    moved = next !== undefined
    if (next) at = next
  }
}

/** Every model within the limits, simplest first in each order, without and with a constant. */
function allOrders(limit: Omit<Candidate, 'constant'>, maxOrder: number): Candidate[] {
  const found: Candidate[] = []
  for (let p = 0; p <= limit.p; p++)
    for (let q = 0; q <= limit.q; q++)
      for (let P = 0; P <= limit.P; P++)
        for (let Q = 0; Q <= limit.Q; Q++)
          if (p + q + P + Q <= maxOrder)
            found.push({ p, q, P, Q, constant: false }, { p, q, P, Q, constant: true })
  return found
}

function neighbours(c: Candidate): Candidate[] {
  const moves: readonly (readonly [number, number, number, number])[] = [
    [0, 0, -1, 0],
    [0, 0, 0, -1],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
    [0, 0, -1, -1],
    [0, 0, -1, 1],
    [0, 0, 1, -1],
    [0, 0, 1, 1],
    [-1, 0, 0, 0],
    [0, -1, 0, 0],
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [-1, -1, 0, 0],
    [-1, 1, 0, 0],
    [1, -1, 0, 0],
    [1, 1, 0, 0],
  ]
  const near = moves.map(([p, q, P, Q]) => ({ ...c, p: c.p + p, q: c.q + q, P: c.P + P, Q: c.Q + Q }))
  return [...near, { ...c, constant: !c.constant }]
}

function tryFit(
  series: Float64Array,
  order: ArimaOrder,
  constant: boolean,
  method: ArimaModel['method'],
): ArimaModel | undefined {
  try {
    const model = fitArima(series, { order, constant: constant ? 'estimate' : 'none', method })
    const { phi, theta } = expandCoefficients(
      order,
      coefficientNames(order, false).map((name) => model.coefficients[name]!),
    )
    return smallestRoot(phi.map((c) => -c)) < 1.01 || smallestRoot(theta) < 1.01 ? undefined : model
  } catch (error) {
    if (error instanceof StatsError && error.code !== 'zeroVariance') return undefined
    throw error
  }
}

/** Smallest modulus of a root of 1 + c₁z + …, by Durand and Kerner's iteration on the reversed polynomial. */
function smallestRoot(tail: Float64Array): number {
  let degree = tail.length
  while (degree > 0 && Math.abs(tail[degree - 1]!) < 1e-10) degree--
  if (degree === 0) return Infinity
  // Roots of z^k + c₁z^(k−1) + … + c_k are the inverses; the largest of them is wanted.
  const re = Float64Array.from({ length: degree }, (_, k) => 0.9 * Math.cos((2 * Math.PI * k) / degree + 0.4))
  const im = Float64Array.from({ length: degree }, (_, k) => 0.9 * Math.sin((2 * Math.PI * k) / degree + 0.4))
  for (let step = 0; step < 500; step++) {
    let change = 0
    for (let k = 0; k < degree; k++) {
      let [valueRe, valueIm, productRe, productIm] = [1, 0, 1, 0]
      for (let j = 0; j < degree; j++) {
        const nextRe = valueRe * re[k]! - valueIm * im[k]! + tail[j]!
        valueIm = valueRe * im[k]! + valueIm * re[k]!
        valueRe = nextRe
        if (j === k) continue
        const [gapRe, gapIm] = [re[k]! - re[j]!, im[k]! - im[j]!]
        const kept = productRe * gapRe - productIm * gapIm
        productIm = productRe * gapIm + productIm * gapRe
        productRe = kept
      }
      const size = productRe * productRe + productIm * productIm || 1e-300
      const moveRe = (valueRe * productRe + valueIm * productIm) / size
      const moveIm = (valueIm * productRe - valueRe * productIm) / size
      re[k]! -= moveRe
      im[k]! -= moveIm
      change = Math.max(change, Math.abs(moveRe) + Math.abs(moveIm))
    }
    if (change < 1e-10) break
  }
  let largest = 0
  for (let k = 0; k < degree; k++) largest = Math.max(largest, Math.hypot(re[k]!, im[k]!))
  return 1 / largest
}
