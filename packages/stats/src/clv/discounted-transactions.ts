import { gaussLegendreNodes } from '../special/gauss-legendre.ts'
import { requirePositive } from '../stats-error.ts'
import type { PurchaseHistory } from './purchase-history.ts'
import { expectedTransactions, type PurchaseModel } from './purchase-models.ts'

/**
 * Discounted expected purchases of each row in (T, T + horizon] at a continuous `rate` per unit of time:
 * ∫ e^{−δτ} dE(τ) = e^{−δh}E(h) + δ∫ e^{−δτ}E(τ) dτ, by Gauss–Legendre quadrature; relative error below 1e-8.
 * With a long horizon it tends to the DERT of each model.
 * Cost 96 predictions.
 * Source: Fader, Hardie and Lee (2005), "RFM and CLV", eq. 1, https://doi.org/10.1509/jmkr.2005.42.4.415
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * discountedTransactions(model, 52, 0.002, { frequency: [2], recency: [30.43], T: [38.86] }) // → [1.485872]
 */
export function discountedTransactions(
  model: PurchaseModel,
  horizon: number,
  rate: number,
  data: PurchaseHistory,
): Float64Array {
  requirePositive('horizon', horizon)
  requirePositive('rate', rate)
  const whole = expectedTransactions(model, horizon, data)
  const last = Math.exp(-rate * horizon)
  const sum = whole.map((v) => v * last)
  // In u = ln(1 + τ) panels, since purchases come early and discounting is slow.
  for (const { x: u, weight } of gaussLegendreNodes(0, Math.log1p(horizon), 6)) {
    const time = Math.expm1(u)
    const factor = weight * rate * Math.exp(u - rate * time)
    if (factor < 1e-300) continue
    const until = expectedTransactions(model, time, data)
    for (let i = 0; i < sum.length; i++) sum[i]! += factor * until[i]!
  }
  return sum
}
