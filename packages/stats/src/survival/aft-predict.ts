import { normalQuantile } from '../distributions/normal.ts'
import { logGamma } from '../special/log-gamma.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import type { AftModel } from './aft.ts'
import { hazard, logSurvival } from './aft-distributions.ts'

/**
 * Survival of each row of `x` (row-major m×p; one row without covariates) at each time, row-major times×m.
 * Cost O(times × m × p).
 * Source: Kalbfleisch and Prentice (2002), section 2.2, https://doi.org/10.1002/9781118032985
 * @throws StatsError `lengthMismatch`
 * @example
 * const model = fitAft({ time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }, 'exponential')
 * predictAftSurvival(model, [5]) // → [0.5245779]
 */
export function predictAftSurvival(
  model: AftModel,
  times: ArrayLike<number>,
  x?: Float64Array,
): Float64Array {
  return predictAftCumulativeHazard(model, times, x).map((h) => Math.exp(-h))
}

/**
 * Cumulative hazard, −ln of survival, in the same shape.
 * Cost O(times × m × p).
 * Source: Kalbfleisch and Prentice (2002), section 2.2, https://doi.org/10.1002/9781118032985
 * @throws StatsError `lengthMismatch`
 * @example
 * const model = fitAft({ time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }, 'exponential')
 * predictAftCumulativeHazard(model, [5]) // → [0.6451613]
 */
export function predictAftCumulativeHazard(
  model: AftModel,
  times: ArrayLike<number>,
  x?: Float64Array,
): Float64Array {
  return each(model, times, x, (w) => -logSurvival(model.distribution, w))
}

/**
 * Hazard, events per unit of time among those still there, in the same shape.
 * Cost O(times × m × p).
 * Source: Kalbfleisch and Prentice (2002), section 2.2, https://doi.org/10.1002/9781118032985
 * @throws StatsError `lengthMismatch`, `outOfDomain` for a time ≤ 0
 * @example
 * const model = fitAft({ time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }, 'exponential')
 * predictAftHazard(model, [5]) // → [0.1290323]
 */
export function predictAftHazard(model: AftModel, times: ArrayLike<number>, x?: Float64Array): Float64Array {
  for (let k = 0; k < times.length; k++)
    if (!(times[k]! > 0 && times[k]! < Infinity))
      throw new StatsError(
        'outOfDomain',
        `times[${k}] is ${times[k]}; a finite time greater than zero was expected.`,
      )
  return each(model, times, x, (w, time) => hazard(model.distribution, w) / (model.scale * time))
}

/**
 * β₀ + xβ of each row: the logarithm of the time scale (for the log-normal and log-logistic, of the median).
 * Cost O(n·p).
 * Source: Kalbfleisch and Prentice (2002), section 2.2, https://doi.org/10.1002/9781118032985
 * @throws StatsError `lengthMismatch`
 * @example
 * const model = fitAft({ time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }, 'exponential')
 * predictAftLocation(model) // → [2.047693]
 */
export function predictAftLocation(model: AftModel, x?: Float64Array): Float64Array {
  const p = model.coefficients.length - 1
  const rows = p === 0 ? 1 : (x?.length ?? 0) / p
  if (!Number.isInteger(rows) || rows === 0)
    throw new StatsError(
      'lengthMismatch',
      `x has ${x?.length ?? 0} values, which is not a whole number of rows of ${p} covariates.`,
    )
  const location = new Float64Array(rows).fill(model.coefficients[0]!)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < p; j++) location[i]! += model.coefficients[j + 1]! * x![i * p + j]!
  return location
}

/**
 * The time by which a share p of subjects like each row has had the event: 0.5 for the median.
 * Cost O(m·p).
 * Source: Kalbfleisch and Prentice (2002), section 2.2, https://doi.org/10.1002/9781118032985
 * @throws StatsError `lengthMismatch`, `outOfDomain`
 * @example
 * const model = fitAft({ time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }, 'exponential')
 * predictAftQuantile(model) // → [5.371891]
 */
export function predictAftQuantile(model: AftModel, p = 0.5, x?: Float64Array): Float64Array {
  requireLevel('p', p)
  const error =
    model.distribution === 'logNormal'
      ? normalQuantile(p)
      : model.distribution === 'logLogistic'
        ? Math.log(p / (1 - p))
        : Math.log(-Math.log1p(-p))
  return predictAftLocation(model, x).map((location) => Math.exp(location + model.scale * error))
}

/**
 * Mean time to the event of each row: λΓ(1 + σ), e^(μ + σ²/2), or αΓ(1 + σ)Γ(1 − σ), which is Infinity at σ ≥ 1.
 * Cost O(m·p).
 * Source: Kalbfleisch and Prentice (2002), section 2.2, https://doi.org/10.1002/9781118032985
 * @throws StatsError `lengthMismatch`
 * @example
 * const model = fitAft({ time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }, 'exponential')
 * predictAftMean(model) // → [7.75]
 */
export function predictAftMean(model: AftModel, x?: Float64Array): Float64Array {
  const s = model.scale
  const factor =
    model.distribution === 'logNormal'
      ? Math.exp((s * s) / 2)
      : model.distribution === 'logLogistic'
        ? s < 1
          ? Math.exp(logGamma(1 + s) + logGamma(1 - s))
          : Infinity
        : Math.exp(logGamma(1 + s))
  return predictAftLocation(model, x).map((location) => Math.exp(location) * factor)
}

function each(
  model: AftModel,
  times: ArrayLike<number>,
  x: Float64Array | undefined,
  value: (w: number, time: number) => number,
): Float64Array {
  const location = predictAftLocation(model, x)
  const values = new Float64Array(times.length * location.length)
  for (let k = 0; k < times.length; k++)
    if (times[k]! > 0)
      for (let i = 0; i < location.length; i++)
        values[k * location.length + i] = value((Math.log(times[k]!) - location[i]!) / model.scale, times[k]!)
  return values
}
