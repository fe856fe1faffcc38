import { minimizeLbfgs } from '../optimize/lbfgs.ts'
import type { OptimizeStatus } from '../optimize/result.ts'
import { StatsError } from '../stats-error.ts'
import { type ArimaOrder, coefficientCount, fromPartials, toPartials } from './arima-order.ts'

export interface ArimaSearch {
  /** ARMA coefficients, then those of the columns. */
  readonly natural: Float64Array
  readonly status: OptimizeStatus
  readonly iterations: number
  readonly gradientNorm: number
}

/**
 * L-BFGS from zero, from one alternative and from `further` (natural, if inside the region): on the inverse hyperbolic tangents of partial autocorrelations where the search
 * is to keep to stationary and invertible models, else on the coefficients themselves.
 */
export function searchArima(
  objective: (v: Float64Array) => number,
  order: ArimaOrder,
  columns: Float64Array,
  n: number,
  stationary: boolean,
  further?: Float64Array,
): ArimaSearch {
  const count = coefficientCount(order)
  const size = count + columns.length
  const natural = (u: Float64Array): Float64Array => {
    const v = u.slice()
    if (stationary) v.set(fromPartials(order, u))
    return v
  }
  if (size === 0) return { natural: new Float64Array(0), status: 'converged', iterations: 0, gradientNorm: 0 }
  const f = (u: Float64Array): number => objective(natural(u)) / n
  const withGradient = (u: Float64Array, gradient: Float64Array): number => {
    const point = u.slice()
    for (let i = 0; i < size; i++) {
      const h = 1e-5
      point[i] = u[i]! + h
      const up = f(point)
      point[i] = u[i]! - h
      gradient[i] = (up - f(point)) / (2 * h)
      point[i] = u[i]!
    }
    return f(u)
  }
  const starts: Float64Array[] = [
    new Float64Array(size),
    Float64Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 0.3 : -0.3)),
  ]
  for (const start of starts) start.set(columns, count)
  const start = further && stationary ? toPartials(order, further) : further
  if (start) starts.push(start)
  let best: ReturnType<typeof minimizeLbfgs> | undefined
  for (const start of starts) {
    const found = minimizeLbfgs(withGradient, start, {
      gradientTolerance: 1e-6,
      valueTolerance: 1e-12,
      maxIterations: 300,
    })
    if (!best || found.value < best.value - 1e-9) best = found
  }
  if (!best || best.gradientNorm > 0.05)
    throw new StatsError(
      'notConverged',
      `The ARIMA fit stopped after ${best?.iterations ?? 0} iterations with gradient ${best?.gradientNorm ?? 'unknown'}.`,
      { hint: 'Use a smaller order.' },
    )
  const { status, iterations, gradientNorm } = best
  return { natural: natural(best.x), status, iterations, gradientNorm }
}
