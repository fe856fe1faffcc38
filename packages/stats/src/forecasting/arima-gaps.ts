import { cholesky, choleskySolve } from '../linalg/cholesky.ts'
import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import { type ArmaFilter, filterArma } from './arma-likelihood.ts'

/** Where a series has no observation, and what one unit at each of those places does to the differenced series. */
export interface SeriesGaps {
  readonly at: readonly number[]
  readonly columns: readonly Float64Array[]
}

export interface GapFilter {
  /** Σ innovation²/ratio with the gaps at their expected values. */
  readonly square: number
  /** Σ ln ratio and ln det of the gaps' information. */
  readonly logRatio: number
  /** Expected values of the gaps given all observations, less what stood there. */
  readonly fill: Float64Array
}

/**
 * The series with straight lines over its gaps, to start from.
 * @throws StatsError `lengthMismatch`, `notFinite`, `insufficientData` without an observation
 */
export function bridgeGaps(y: ArrayLike<number>, valid: ArrayLike<number>): Float64Array {
  if (valid.length !== y.length)
    throw new StatsError(
      'lengthMismatch',
      `valid has ${valid.length} values and y has ${y.length}; equal lengths were expected.`,
    )
  const known = Array.from({ length: y.length }, (_, t) => t).filter((t) => valid[t] !== 0)
  requireFiniteColumn(
    'y',
    known.map((t) => y[t]!),
  )
  if (known.length === 0)
    throw new StatsError('insufficientData', 'Every observation of the series is missing.')
  const bridged = new Float64Array(y.length)
  let next = 0
  for (let t = 0; t < bridged.length; t++) {
    while (next < known.length - 1 && known[next]! < t) next++
    const right = known[next]!
    const left = t > right || next === 0 ? right : known[right === t ? next : next - 1]!
    bridged[t] = left === right ? y[left]! : y[left]! + ((y[right]! - y[left]!) * (t - left)) / (right - left)
  }
  return bridged
}

/**
 * The exact likelihood of what was observed: errors are linear in the gaps, so their expected values are a least squares fit,
 * and integrating them out leaves the determinant of that fit's information. One pass of the filter for each gap and one
 * for the series.
 * Source: Ljung (1989), eq. 2.6 to 2.9, https://doi.org/10.1080/03610928908830127; Brockwell and Davis (1991), section 12.3.
 */
export function filterWithGaps(
  x: Float64Array,
  gaps: SeriesGaps,
  phi: Float64Array,
  theta: Float64Array,
): GapFilter {
  const whole = filterArma(x, phi, theta)
  const errors = scaledErrors(x, whole)
  const count = gaps.at.length
  const columns = gaps.columns.map((column) => scaledErrors(column, filterArma(column, phi, theta)))
  const information = new Float64Array(count * count)
  const along = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    along[i] = -dot(columns[i]!, errors)
    for (let j = 0; j <= i; j++) {
      const value = dot(columns[i]!, columns[j]!)
      information[i * count + j] = value
      information[j * count + i] = value
    }
  }
  const factor = cholesky(information, count)
  if (!factor) return { square: Number.NaN, logRatio: Number.NaN, fill: along }
  const fill = choleskySolve(factor, count, along)
  let logRatio = whole.logRatio
  for (let i = 0; i < count; i++) logRatio += 2 * Math.log(factor[i * count + i]!)
  return { square: whole.square - dot(fill, along), logRatio, fill }
}

function scaledErrors(x: Float64Array, { prediction, ratio }: ArmaFilter): Float64Array {
  return x.map((v, t) => (v - prediction[t]!) / Math.sqrt(ratio[t]!))
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
