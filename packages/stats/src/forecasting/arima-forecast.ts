import type { Rows } from '../clustering/rows.ts'
import { normalQuantile } from '../distributions/normal.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { type ArimaModel, regressionOf } from './arima.ts'
import { coefficientNames, expandCoefficients, integrateAutoregression, isStationary } from './arima-order.ts'
import { filterArma, psiWeights } from './arma-likelihood.ts'
import { inverseBoxCox } from './box-cox.ts'
import { difference, type Forecast, requireSteps } from './series.ts'

/**
 * Forecasts of the series with normal prediction intervals; with a Box–Cox λ all three are transformed back, so the
 * centre is a median. They carry future errors, not the uncertainty of parameters.
 * Three columns of length `horizon`, in the data's unit.
 * Cost O(n + horizon²).
 * Source: Brockwell and Davis (1991), section 9.5, https://doi.org/10.1007/978-1-4419-0320-4
 * @param regressors rows of the regressors at the steps ahead, where the model has any
 * @throws StatsError `invalidOption`, `outOfDomain` for a level, `lengthMismatch`, `notFinite` and `emptyData` for regressors
 * @example
 * const order = { p: 1, d: 0, q: 0, seasonal: { P: 0, D: 0, Q: 0, period: 1 } }
 * const model = fitArima([3, 4, 6, 5, 7, 6, 4, 5, 3, 4, 5, 6], { order, constant: 'estimate' })
 * forecastArima(model, 2).mean // → [5.127919, 4.897358]
 */
export function forecastArima(model: ArimaModel, horizon: number, level = 0.95, regressors?: Rows): Forecast {
  requireSteps(horizon)
  requireLevel('level', level)
  const { order } = model
  const { d, seasonal } = order
  const coefficients = coefficientNames(order, false).map((name) => model.coefficients[name]!)
  const { phi, theta } = expandCoefficients(order, coefficients)
  const constant = model.coefficients['constant'] ?? 0
  const series = Float64Array.from(model.series, (v, t) => v - (model.regression?.[t] ?? 0))
  const later = futureRegression(model, horizon, regressors)
  // Forecast the differenced series, then add the differences up again, the last one taken first.
  const stages: { readonly values: Float64Array; readonly lag: number }[] = []
  let values = series
  for (const [lag, times] of [
    [seasonal.period, seasonal.D],
    [1, d],
  ] as const)
    for (let k = 0; k < times; k++) {
      stages.push({ values, lag })
      values = Float64Array.from(difference(values, lag))
    }
  let ahead = armaAhead(
    model,
    values.map((v) => v - constant),
    phi,
    theta,
    horizon,
  ).map((v) => v + constant)
  for (const { values: before, lag } of stages.reverse()) {
    const n = before.length
    const sums = new Float64Array(horizon)
    for (let h = 0; h < horizon; h++) sums[h] = ahead[h]! + (h < lag ? before[n + h - lag]! : sums[h - lag]!)
    ahead = sums
  }
  ahead = ahead.map((v, h) => v + later[h]!)
  const psi = psiWeights(integrateAutoregression(order, phi), theta, horizon)
  const z = normalQuantile(0.5 + level / 2)
  let variance = 0
  const spread = psi.map((weight) => {
    variance += weight * weight * model.sigma2
    return z * Math.sqrt(variance)
  })
  const lower = ahead.map((v, h) => v - spread[h]!)
  const upper = ahead.map((v, h) => v + spread[h]!)
  if (model.lambda === null) return { mean: ahead, lower, upper, level }
  return {
    mean: inverseBoxCox(ahead, model.lambda),
    lower: inverseBoxCox(lower, model.lambda),
    upper: inverseBoxCox(upper, model.lambda),
    level,
  }
}

/** Forecasts of the ARMA part; where it is not stationary and invertible, from the last conditional errors. */
function armaAhead(
  model: ArimaModel,
  values: Float64Array,
  phi: Float64Array,
  theta: Float64Array,
  horizon: number,
): Float64Array {
  const n = values.length
  if (isStationary(phi) && isStationary(theta.map((v) => -v)))
    return filterArma(values, phi, theta, horizon).prediction.slice(n)
  const errors = model.residuals.slice(model.residuals.length - n)
  const all = Float64Array.from([...values, ...new Float64Array(horizon)])
  for (let t = n; t < all.length; t++) {
    for (let j = 1; j <= Math.min(phi.length, t); j++) all[t]! += phi[j - 1]! * all[t - j]!
    for (let j = 1; j <= Math.min(theta.length, t); j++) all[t]! += theta[j - 1]! * (errors[t - j] ?? 0)
  }
  return all.slice(n)
}

function futureRegression(model: ArimaModel, horizon: number, regressors: Rows | undefined): Float64Array {
  if (!model.regression) {
    if (regressors)
      throw new StatsError('invalidOption', 'The model has no regressors, but future ones were given.')
    return new Float64Array(horizon)
  }
  const names = Object.keys(model.coefficients).filter((name) => /^x\d+$/.test(name))
  if (regressors?.n !== horizon || regressors.p !== names.length)
    throw new StatsError(
      'lengthMismatch',
      `Future regressors are ${regressors?.n ?? 0} rows of ${regressors?.p ?? 0}; ${horizon} of ${names.length} were expected.`,
    )
  return Float64Array.from(
    regressionOf(
      regressors,
      names.map((name) => model.coefficients[name]!),
    ),
  )
}
