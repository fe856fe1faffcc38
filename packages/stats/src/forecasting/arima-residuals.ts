import { cholesky } from '../linalg/cholesky.ts'
import { multiply, transpose } from '../linalg/products.ts'
import { StatsError } from '../stats-error.ts'
import type { ArimaModel } from './arima.ts'
import { coefficientNames, expandCoefficients, integrateAutoregression } from './arima-order.ts'
import { armaAutocovariance } from './arma-likelihood.ts'

/**
 * Residuals of the whole series under a prior of variance `kappa`·σ² for the values before it, instead of zeros for the
 * observations that differencing used up: what R's `arima` calls residuals (kappa = 10⁶).
 * One per observation, on the transformed scale.
 * Cost O(n·m²) for m states.
 * Source: Harvey (1989), section 3.3.4, https://doi.org/10.1017/CBO9781107049994; Durbin and Koopman (2012), section
 * 5.1.
 * @throws StatsError `notPositiveDefinite`
 * @example
 * const order = { p: 1, d: 0, q: 0, seasonal: { P: 0, D: 0, Q: 0, period: 1 } }
 * const model = fitArima([1, -1, 2, 0, -2, 1, 0.5, -0.5, 1, -1], { order })
 * arimaDiffuseResiduals(model).length // → 10
 */
export function arimaDiffuseResiduals(model: ArimaModel, kappa = 1e6): Float64Array {
  const { order } = model
  const residuals = Float64Array.from(model.residuals)
  const used = order.d + order.seasonal.D * order.seasonal.period
  if (used === 0) return residuals
  const { phi, theta } = expandCoefficients(
    order,
    coefficientNames(order, false).map((name) => model.coefficients[name]!),
  )
  const unitRoots = integrateAutoregression(order, new Float64Array(0))
  const gamma = armaAutocovariance(phi, theta, used)
  // y = A·(values before) + C·w with w stationary; both matrices from running the differences forward.
  const before = new Float64Array(used * used)
  const shocks = new Float64Array(used * used)
  for (let t = 0; t < used; t++) {
    shocks[t * used + t]! += 1
    for (let j = 1; j <= used; j++) {
      const weight = unitRoots[j - 1]!
      if (t - j < 0) before[t * used + (j - t - 1)]! += weight
      else
        for (let k = 0; k < used; k++) {
          before[t * used + k]! += weight * before[(t - j) * used + k]!
          shocks[t * used + k]! += weight * shocks[(t - j) * used + k]!
        }
    }
  }
  const toeplitz = Float64Array.from(
    { length: used * used },
    (_, k) => gamma[Math.abs(Math.floor(k / used) - (k % used))]!,
  )
  const prior = multiply(before, transpose(before, used, used), used, used, used)
  const stationary = multiply(
    multiply(shocks, toeplitz, used, used, used),
    transpose(shocks, used, used),
    used,
    used,
    used,
  )
  const factor = cholesky(
    prior.map((v, k) => kappa * v + stationary[k]!),
    used,
  )
  if (!factor)
    throw new StatsError(
      'notPositiveDefinite',
      'The diffuse prior leaves a singular covariance for the first observations.',
    )
  for (let t = 0; t < used; t++) {
    let sum = model.series[t]! - (model.regression?.[t] ?? 0)
    for (let k = 0; k < t; k++) sum -= factor[t * used + k]! * residuals[k]!
    residuals[t] = sum / factor[t * used + t]!
  }
  return residuals
}
