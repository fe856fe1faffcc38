import { normalQuantile } from '../distributions/normal.ts'
import { logGamma } from '../special/log-gamma.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import type { AftModel } from './aft.ts'
import { errorOf, hazard, isOfLogTime, lineTime, logSurvival } from './aft-distributions.ts'

/**
 * Survival of each row of `x` (row-major m×p; one row without covariates) at each time, row-major times×m. `scaleX` are the
 * covariates of ln scale, where the model has any.
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
  scaleX?: Float64Array,
): Float64Array {
  return predictAftCumulativeHazard(model, times, x, scaleX).map((h) => Math.exp(-h))
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
  scaleX?: Float64Array,
): Float64Array {
  return each(model, times, x, scaleX, (w) => -logSurvival(model.distribution, w))
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
export function predictAftHazard(
  model: AftModel,
  times: ArrayLike<number>,
  x?: Float64Array,
  scaleX?: Float64Array,
): Float64Array {
  const ofLog = isOfLogTime(model.distribution)
  for (let k = 0; k < times.length; k++)
    if (!(Number.isFinite(times[k]!) && (!ofLog || times[k]! > 0)))
      throw new StatsError(
        'outOfDomain',
        `times[${k}] is ${times[k]}; a finite time${ofLog ? ' greater than zero' : ''} was expected.`,
      )
  return each(
    model,
    times,
    x,
    scaleX,
    (w, time, scale) => hazard(model.distribution, w) / (scale * (ofLog ? time : 1)),
  )
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
export function predictAftQuantile(
  model: AftModel,
  p = 0.5,
  x?: Float64Array,
  scaleX?: Float64Array,
): Float64Array {
  requireLevel('p', p)
  const shape = errorOf(model.distribution)
  const error =
    shape === 'normal'
      ? normalQuantile(p)
      : shape === 'logistic'
        ? Math.log(p / (1 - p))
        : Math.log(-Math.log1p(-p))
  const locations = predictAftLocation(model, x)
  const scales = predictAftScale(model, locations.length, scaleX)
  const lines = locations.map((location, i) => location + scales[i]! * error)
  return isOfLogTime(model.distribution) ? lines.map(Math.exp) : lines
}

/**
 * Mean time to the event of each row: λΓ(1 + σ), e^(μ + σ²/2), or αΓ(1 + σ)Γ(1 − σ), which is Infinity at σ ≥ 1; the location
 * itself for `normal` and `logistic`.
 * Cost O(m·p).
 * Source: Kalbfleisch and Prentice (2002), section 2.2, https://doi.org/10.1002/9781118032985
 * @throws StatsError `lengthMismatch`
 * @example
 * const model = fitAft({ time: [2, 3, 5, 8, 13], event: [1, 1, 1, 0, 1] }, 'exponential')
 * predictAftMean(model) // → [7.75]
 */
export function predictAftMean(model: AftModel, x?: Float64Array, scaleX?: Float64Array): Float64Array {
  const locations = predictAftLocation(model, x)
  if (!isOfLogTime(model.distribution)) return locations
  const shape = errorOf(model.distribution)
  const factor = (s: number): number => {
    if (shape === 'normal') return Math.exp((s * s) / 2)
    if (shape === 'extreme') return Math.exp(logGamma(1 + s))
    return s < 1 ? Math.exp(logGamma(1 + s) + logGamma(1 - s)) : Infinity
  }
  const scales = predictAftScale(model, locations.length, scaleX)
  return locations.map((location, i) => Math.exp(location) * factor(scales[i]!))
}

/** σ of each row, from its covariates where the scale has any. */
function predictAftScale(model: AftModel, rows: number, scaleX: Float64Array | undefined): Float64Array {
  const effects = (model.scaleCoefficients ?? []).slice(1)
  const q = effects.length
  if ((scaleX?.length ?? 0) !== rows * q)
    throw new StatsError(
      'lengthMismatch',
      `scaleX has ${scaleX?.length ?? 0} values; ${rows} rows of ${q} covariates were expected.`,
    )
  return Float64Array.from(
    { length: rows },
    (_, i) => model.scale * Math.exp(effects.reduce((sum, g, j) => sum + g * scaleX![i * q + j]!, 0)),
  )
}

function each(
  model: AftModel,
  times: ArrayLike<number>,
  x: Float64Array | undefined,
  scaleX: Float64Array | undefined,
  value: (w: number, time: number, scale: number) => number,
): Float64Array {
  const locations = predictAftLocation(model, x)
  const rows = locations.length
  const scales = predictAftScale(model, rows, scaleX)
  const values = new Float64Array(times.length * rows)
  for (let k = 0; k < times.length; k++)
    if (times[k]! > 0 || !isOfLogTime(model.distribution))
      for (let i = 0; i < rows; i++) {
        const w = (lineTime(model.distribution, times[k]!) - locations[i]!) / scales[i]!
        values[k * rows + i] = value(w, times[k]!, scales[i]!)
      }
  return values
}
