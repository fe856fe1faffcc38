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
  /** Given differences instead of tested ones. */
  readonly d?: number
  readonly D?: number
}

export interface ArimaSelection {
  readonly best: ArimaModel
  readonly tried: readonly { readonly name: string; readonly constant: boolean; readonly aicc: number }[]
}

/**
 * Picks an ARIMA model by stepwise search for the smallest AICc, with differences from seasonal strength and KPSS tests;
 * models with a root within 1% of the unit circle are passed over.
 * y has length n.
 * Cost some twenty fits of `fitArima`.
 * Source: Hyndman and Khandakar (2008), section 3.2, https://doi.org/10.18637/jss.v027.i03
 * @throws StatsError `notFinite`, `zeroVariance`, `insufficientData` when nothing can be fitted
 * @example
 * const y = [3, 4, 6, 5, 7, 6, 4, 5, 3, 4, 5, 6, 4, 5, 7, 6]
 * orderName(selectArima(y, { period: 1, maxP: 1, maxQ: 1 }).best.order) // → 'ARIMA(0,0,0)'
 */
export function selectArima(y: ArrayLike<number>, options: ArimaSelectionOptions): ArimaSelection {
  const m = options.period
  const series = options.lambda === undefined ? Float64Array.from(y) : boxCox(y, options.lambda)
  const D = options.D ?? (m > 1 ? seasonalDifferencesNeeded(series, m) : 0)
  const afterSeason = difference(series, m, D)
  const d = options.d ?? (varianceOf(afterSeason) > 0 ? differencesNeeded(afterSeason, D === 1 ? 1 : 2) : 0)
  const seasonal = m > 1 && series.length > 3 * m
  const limit = {
    p: Math.min(options.maxP ?? 5, Math.floor(series.length / 3)),
    q: Math.min(options.maxQ ?? 5, Math.floor(series.length / 3)),
    P: seasonal ? (options.maxSeasonalP ?? 2) : 0,
    Q: seasonal ? (options.maxSeasonalQ ?? 2) : 0,
  }
  const mayShift = d + D <= 1
  const tried = new Map<
    string,
    { readonly name: string; readonly constant: boolean; readonly aicc: number }
  >()
  let best: { readonly model: ArimaModel; readonly candidate: Candidate } | undefined
  const attempt = (candidate: Candidate): boolean => {
    const { p, q, P, Q, constant } = candidate
    const key = [p, q, P, Q, constant].join()
    if (
      tried.has(key) ||
      p < 0 ||
      q < 0 ||
      P < 0 ||
      Q < 0 ||
      p > limit.p ||
      q > limit.q ||
      P > limit.P ||
      Q > limit.Q ||
      (constant && !mayShift)
    )
      return false
    const order: ArimaOrder = { p, d, q, seasonal: { P, D, Q, period: m } }
    const model = tryFit(series, order, constant)
    tried.set(key, { name: orderName(order), constant, aicc: model?.aicc ?? Infinity })
    if (!model || (best && !(model.aicc < best.model.aicc))) return false
    best = { model, candidate }
    return true
  }
  const [P, Q] = [Math.min(1, limit.P), Math.min(1, limit.Q)]
  attempt({ p: Math.min(2, limit.p), q: Math.min(2, limit.q), P, Q, constant: mayShift })
  attempt({ p: 0, q: 0, P: 0, Q: 0, constant: mayShift })
  attempt({ p: Math.min(1, limit.p), q: 0, P, Q: 0, constant: mayShift })
  attempt({ p: 0, q: Math.min(1, limit.q), P: 0, Q, constant: mayShift })
  attempt({ p: 0, q: 0, P: 0, Q: 0, constant: false })
  for (let moved = true; moved && tried.size < 94; )
    moved = best !== undefined && neighbours(best.candidate).some(attempt)
  if (!best)
    throw new StatsError(
      'insufficientData',
      `No ARIMA model could be fitted to ${series.length} observations.`,
    )
  const { model } = best
  const constant = best.candidate.constant ? 'estimate' : 'none'
  const final =
    options.lambda === undefined
      ? model
      : fitArima(y, { order: model.order, constant, lambda: options.lambda })
  return { best: final, tried: [...tried.values()].sort((a, b) => a.aicc - b.aicc) }
}

interface Candidate {
  readonly p: number
  readonly q: number
  readonly P: number
  readonly Q: number
  readonly constant: boolean
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

function tryFit(series: Float64Array, order: ArimaOrder, constant: boolean): ArimaModel | undefined {
  try {
    const model = fitArima(series, { order, constant: constant ? 'estimate' : 'none' })
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
