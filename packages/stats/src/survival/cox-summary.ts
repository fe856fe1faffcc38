import { normalQuantile, normalSurvival } from '../distributions/normal.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import type { CoxModel } from './cox.ts'
import { type CoxPrediction, predictCoxSurvival } from './cox-baseline.ts'

export interface CoxCoefficient {
  readonly coefficient: number
  readonly standardError: number
  readonly z: number
  readonly pValue: number
  readonly lower: number
  readonly upper: number
  /** exp(coefficient), with the same interval. */
  readonly hazardRatio: number
  readonly hazardRatioLower: number
  readonly hazardRatioUpper: number
}

/**
 * Coefficients with Wald tests and intervals, and the partial likelihood's AIC = 2p − 2·logL.
 * Cost O(p).
 * Source: Therneau and Grambsch (2000), section 3.4, https://doi.org/10.1007/978-1-4757-3294-8
 * @throws StatsError `outOfDomain`, `invalidOption`
 * @example
 * const data = { time: [1, 2, 3, 4, 5, 6], event: [1, 1, 0, 1, 1, 1], x: new Float64Array([0, 2, 1, 3, 1, 4]), p: 1 }
 * const model = fitCox(data, { ties: 'efron' })
 * summarizeCox(model).coefficients[0].hazardRatio // → 0.589495
 */
export function summarizeCox(
  model: CoxModel,
  level = 0.95,
): { readonly coefficients: readonly CoxCoefficient[]; readonly aic: number } {
  requireLevel('level', level)
  const quantile = normalQuantile(0.5 + level / 2)
  const coefficients = model.coefficients.map((coefficient, j) => {
    const standardError = model.standardErrors[j]!
    const z = coefficient / standardError
    const [lower, upper] = [coefficient - quantile * standardError, coefficient + quantile * standardError]
    return {
      ...{ coefficient, standardError, z, pValue: 2 * normalSurvival(Math.abs(z)), lower, upper },
      ...{
        hazardRatio: Math.exp(coefficient),
        hazardRatioLower: Math.exp(lower),
        hazardRatioUpper: Math.exp(upper),
      },
    }
  })
  return { coefficients, aic: 2 * coefficients.length - 2 * model.logLikelihood }
}

/**
 * First time at which each row's predicted survival is at or below 1 − p (0.5: the median); Infinity where it stays above.
 * Cost O(m × event times).
 * Source: Therneau and Grambsch (2000), section 10.2, https://doi.org/10.1007/978-1-4757-3294-8
 * @param x row-major m×p
 * @throws StatsError `notFinite`, `outOfDomain`, `lengthMismatch`, `invalidOption` for an unknown stratum
 * @example
 * const data = { time: [1, 2, 3, 4, 5, 6], event: [1, 1, 0, 1, 1, 1], x: new Float64Array([0, 2, 1, 3, 1, 4]), p: 1 }
 * const model = fitCox(data, { ties: 'efron' })
 * predictCoxQuantile(model, new Float64Array([1, 4])) // → [4, 6]
 */
export function predictCoxQuantile(
  model: CoxPrediction,
  x: Float64Array,
  p = 0.5,
  stratum = model.baseline[0]!.stratum,
): Float64Array {
  requireLevel('p', p)
  const times = model.baseline.find((b) => b.stratum === stratum)?.time ?? []
  const survival = predictCoxSurvival(model, x, times, stratum)
  const rows = survival.length / times.length
  return Float64Array.from({ length: rows }, (_, i) => {
    for (let k = 0; k < times.length; k++) if (survival[k * rows + i]! <= 1 - p) return times[k]!
    return Infinity
  })
}

/**
 * Mean survival of each row up to the largest of `times`: the area under the predicted curve, as the `step` function that
 * it is, or by the `trapezoid` rule over the times (lifelines' `predict_expectation`, with 0 and all observed times).
 * Cost O(m × times).
 * Source: Klein and Moeschberger (2003), section 4.5, https://doi.org/10.1007/b97377
 * @param times ascending, from 0 on
 * @throws StatsError `notFinite`, `invalidOption`, `lengthMismatch`
 * @example
 * const data = { time: [1, 2, 3, 4, 5, 6], event: [1, 1, 0, 1, 1, 1], x: new Float64Array([0, 2, 1, 3, 1, 4]), p: 1 }
 * const model = fitCox(data, { ties: 'efron' })
 * predictCoxRestrictedMean(model, new Float64Array([1]), [0, 2, 4, 6], 'step') // → [3.804404]
 */
export function predictCoxRestrictedMean(
  model: CoxPrediction,
  x: Float64Array,
  times: ArrayLike<number>,
  area: 'step' | 'trapezoid',
  stratum = model.baseline[0]!.stratum,
): Float64Array {
  for (let k = 1; k < times.length; k++)
    if (!(times[k]! > times[k - 1]!))
      throw new StatsError('invalidOption', `times fall at ${times[k]}; ascending times were expected.`)
  const survival = predictCoxSurvival(model, x, times, stratum)
  const rows = survival.length / times.length
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0
    for (let k = 1; k < times.length; k++) {
      const before = survival[(k - 1) * rows + i]!
      const height = area === 'step' ? before : (before + survival[k * rows + i]!) / 2
      sum += height * (times[k]! - times[k - 1]!)
    }
    return sum
  })
}
