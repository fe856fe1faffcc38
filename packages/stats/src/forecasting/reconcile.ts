import { invertSymmetric } from '../linalg/cholesky.ts'
import { multiply, transpose } from '../linalg/products.ts'
import { StatsError } from '../stats-error.ts'
import { requireHierarchy, sumUp } from './hierarchy.ts'

/**
 * How forecasts of a hierarchy are brought to add up: `bottomUp` keeps the lowest level; `ols` weighs all alike;
 * `structural` by the number of series below; `variance` by the variance of each series' one-step errors (MinT, diagonal);
 * `covariance` by the whole of their covariance, row-major, as `errorCovariance` estimates it (MinT, sample or shrunk).
 */
export type ReconcileMethod =
  | { readonly kind: 'bottomUp' | 'ols' | 'structural' }
  | { readonly kind: 'variance'; readonly variances: ArrayLike<number> }
  | { readonly kind: 'covariance'; readonly covariance: Float64Array }

/**
 * Coherent forecasts ỹ = S(SᵀW⁻¹S)⁻¹SᵀW⁻¹ŷ of all series at one horizon.
 * One value per series, in the forecasts' unit.
 * Cost O(series × bottom² + bottom³).
 * Source: Wickramasuriya, Athanasopoulos and Hyndman (2019), eq. 9, https://doi.org/10.1080/01621459.2018.1448825
 * @param summing row-major series×bottom matrix of 0 and 1 (or shares); its last `bottom` rows are the lowest level
 * @param base forecasts of all series, in the rows' order
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain` for a variance ≤ 0, `notPositiveDefinite`
 * @example
 * reconcileForecasts(Float64Array.of(1, 1, 1, 0, 0, 1), 2, [100, 60, 50], { kind: 'ols' }) // → [103.3333, 56.66667, 46.66667]
 */
export function reconcileForecasts(
  summing: Float64Array,
  bottom: number,
  base: ArrayLike<number>,
  method: ReconcileMethod,
): Float64Array {
  const series = requireHierarchy(summing, bottom, base)
  const lowest =
    method.kind === 'bottomUp'
      ? Float64Array.from({ length: bottom }, (_, j) => base[series - bottom + j]!)
      : method.kind === 'covariance'
        ? whitened(summing, bottom, base, method.covariance)
        : weighted(summing, bottom, base, precisions(summing, bottom, series, method))
  return sumUp(summing, lowest, series)
}

function precisions(
  summing: Float64Array,
  bottom: number,
  series: number,
  method: Exclude<ReconcileMethod, { kind: 'covariance' }>,
): Float64Array {
  if (method.kind === 'variance') {
    if (method.variances.length !== series)
      throw new StatsError(
        'lengthMismatch',
        `variances has ${method.variances.length} values; one per series (${series}) was expected.`,
      )
    return Float64Array.from(method.variances, (v, i) => {
      if (!(v > 0 && v < Infinity))
        throw new StatsError(
          'outOfDomain',
          `variances has ${v} for series ${i}; a finite number greater than zero was expected.`,
          { hint: 'A series that was always forecast exactly needs no reconciliation.' },
        )
      return 1 / v
    })
  }
  return Float64Array.from({ length: series }, (_, i) => {
    if (method.kind === 'ols') return 1
    let below = 0
    for (let j = 0; j < bottom; j++) below += Math.abs(summing[i * bottom + j]!)
    return 1 / below
  })
}

function weighted(
  summing: Float64Array,
  bottom: number,
  base: ArrayLike<number>,
  precision: Float64Array,
): Float64Array {
  const gram = new Float64Array(bottom * bottom)
  const right = new Float64Array(bottom)
  for (let i = 0; i < precision.length; i++)
    for (let a = 0; a < bottom; a++) {
      const value = precision[i]! * summing[i * bottom + a]!
      if (value === 0) continue
      right[a]! += value * base[i]!
      for (let b = 0; b < bottom; b++) gram[a * bottom + b]! += value * summing[i * bottom + b]!
    }
  const inverse = invertSymmetric(gram, bottom)
  return right.map((_, a) => {
    let sum = 0
    for (let b = 0; b < bottom; b++) sum += inverse[a * bottom + b]! * right[b]!
    return sum
  })
}

/** With W⁻¹ in full. */
function whitened(
  summing: Float64Array,
  bottom: number,
  base: ArrayLike<number>,
  covariance: Float64Array,
): Float64Array {
  const series = base.length
  if (covariance.length !== series * series)
    throw new StatsError(
      'lengthMismatch',
      `covariance has ${covariance.length} values; ${series} series × ${series} were expected.`,
    )
  const turned = multiply(
    transpose(summing, series, bottom),
    invertSymmetric(covariance, series),
    bottom,
    series,
    series,
  )
  const gram = multiply(turned, summing, bottom, series, bottom)
  const right = multiply(turned, Float64Array.from(base), bottom, series, 1)
  return multiply(invertSymmetric(gram, bottom), right, bottom, bottom, 1)
}
