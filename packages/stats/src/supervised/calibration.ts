import { requireFiniteColumn, requireProbability, requireSameLength, StatsError } from '../stats-error.ts'
import { fitGlm, type GlmModel } from './glm.ts'
import { orderOf } from './order-of.ts'

export type IsotonicModel = {
  readonly kind: 'isotonic'
  readonly version: 1
  readonly increasing: boolean
  /** Ascending. */
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/**
 * Isotonic regression by pooling adjacent violators: the monotone step function nearest to y in weighted squares.
 * Rows that share an x are averaged first.
 * x, y and weights have length n.
 * Cost O(n log n).
 * Source: Barlow & Brunk (1972), "The isotonic regression problem and its dual", https://doi.org/10.1080/01621459.1972.10481216
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`.
 * @example
 * fitIsotonic([1, 2, 3, 4], [1, 3, 2, 4]).y // → [1, 2.5, 2.5, 4]
 */
export function fitIsotonic(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: { readonly weights?: ArrayLike<number>; readonly increasing?: boolean } = {},
): IsotonicModel {
  const { weights, increasing = true } = options
  const n = requireSameLength({ x, y, weights })
  if (n === 0) throw new StatsError('emptyData', 'There are no rows to fit.')
  requireFiniteColumn('x', x)
  requireFiniteColumn('y', y)
  const values = Float64Array.from(x)
  const blocks: { x: number[]; sum: number; weight: number }[] = []
  const points: { x: number; sum: number; weight: number }[] = []
  for (const row of orderOf(
    values,
    Uint32Array.from({ length: n }, (_, i) => i),
  )) {
    const w = weights ? weights[row]! : 1
    if (!(w >= 0))
      throw new StatsError(
        'outOfDomain',
        `The weight of row ${row} is ${w}; a number of at least 0 was expected.`,
      )
    if (w === 0) continue
    const signed = increasing ? y[row]! : -y[row]!
    const last = points[points.length - 1]
    if (last && last.x === values[row]) {
      last.sum += w * signed
      last.weight += w
    } else points.push({ x: values[row]!, sum: w * signed, weight: w })
  }
  for (const point of points) {
    blocks.push({ x: [point.x], sum: point.sum, weight: point.weight })
    while (blocks.length > 1) {
      const top = blocks[blocks.length - 1]!
      const below = blocks[blocks.length - 2]!
      if (below.sum / below.weight < top.sum / top.weight) break
      blocks.pop()
      below.x.push(...top.x)
      below.sum += top.sum
      below.weight += top.weight
    }
  }
  const sign = increasing ? 1 : -1
  return Object.freeze({
    kind: 'isotonic',
    version: 1,
    increasing,
    x: Object.freeze(blocks.flatMap((b) => b.x)),
    y: Object.freeze(blocks.flatMap((b) => b.x.map(() => (sign * b.sum) / b.weight))),
  } as const)
}

/**
 * Values of an isotonic fit: linear between its points, constant outside.
 * One value per x, within the fitted y's.
 * Cost O(n log points).
 * Source: Barlow & Brunk (1972), https://doi.org/10.1080/01621459.1972.10481216
 * @throws StatsError `notFinite`.
 * @example
 * predictIsotonic(fitIsotonic([1, 2, 3, 4], [1, 3, 2, 4]), [0, 2.5]) // → [1, 2.5]
 */
export function predictIsotonic(model: IsotonicModel, x: ArrayLike<number>): Float64Array {
  requireFiniteColumn('x', x)
  const last = model.x.length - 1
  return Float64Array.from(x, (value) => {
    if (value <= model.x[0]!) return model.y[0]!
    if (value >= model.x[last]!) return model.y[last]!
    let low = 0
    let high = last
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (model.x[middle]! <= value) low = middle
      else high = middle
    }
    const t = (value - model.x[low]!) / (model.x[high]! - model.x[low]!)
    return model.y[low]! + t * (model.y[high]! - model.y[low]!)
  })
}

/**
 * Platt scaling: a logistic regression of the outcome on the score, with Platt's targets (n₊+1)/(n₊+2) and 1/(n₋+2)
 * so that separated scores stay finite.
 * `score` and `y` (0 or 1) have length n.
 * Cost O(n) an iteration.
 * Source: Platt (1999); Lin, Lin & Weng (2007), Machine Learning 68, https://doi.org/10.1007/s10994-007-5018-6
 * @throws StatsError as `fitGlm`.
 * @example
 * const model = fitPlatt([-2, -1, 0, 1, 2, 0.5], [0, 0, 1, 0, 1, 1])
 * model.coefficients // → [0.5769395]
 */
export function fitPlatt(score: ArrayLike<number>, y: ArrayLike<number>): GlmModel {
  const n = requireSameLength({ score, y })
  const positives = Array.from(y).filter((v) => v === 1).length
  const high = (positives + 1) / (positives + 2)
  const low = 1 / (n - positives + 2)
  const targets = Float64Array.from(y, (v) => (v === 1 ? high : low))
  return fitGlm(
    { x: { data: Float64Array.from(score), n, p: 1 }, y: targets, columns: ['score'] },
    { family: 'binomial' },
  )
}

export type BetaCalibration = {
  readonly kind: 'betaCalibration'
  readonly version: 1
  readonly a: number
  readonly b: number
  readonly c: number
}

/**
 * Beta calibration: logit = a·ln p − b·ln(1 − p) + c, which can also leave probabilities as they are.
 * `p` in (0, 1) and `y` (0 or 1) have length n.
 * Cost O(n) an iteration.
 * Source: Kull, Silva Filho & Flach (2017), AISTATS, https://proceedings.mlr.press/v54/kull17a.html
 * @throws StatsError as `fitGlm`, `outOfDomain` for probabilities of exactly 0 or 1.
 * @example
 * fitBetaCalibration([0.1, 0.2, 0.6, 0.4, 0.9, 0.7, 0.3, 0.8], [0, 0, 1, 0, 1, 1, 1, 0]).kind // → 'betaCalibration'
 */
export function fitBetaCalibration(p: ArrayLike<number>, y: ArrayLike<number>): BetaCalibration {
  const n = requireSameLength({ p, y })
  const data = new Float64Array(n * 2)
  for (let i = 0; i < n; i++) {
    if (!(p[i]! > 0 && p[i]! < 1))
      throw new StatsError(
        'outOfDomain',
        `The probability of row ${i} is ${p[i]}; beta calibration needs numbers strictly between 0 and 1.`,
      )
    data[2 * i] = Math.log(p[i]!)
    data[2 * i + 1] = -Math.log1p(-p[i]!)
  }
  const outcome = Float64Array.from(y)
  const both = fitGlm({ x: { data, n, p: 2 }, y: outcome }, { family: 'binomial' })
  let [a, b] = both.coefficients as [number, number]
  let c = both.intercept
  // A negative exponent would turn the order of scores around; the authors then drop that term and refit.
  if (a < 0 || b < 0) {
    const kept = a < 0 ? 1 : 0
    const one = fitGlm(
      { x: { data: data.filter((_, at) => at % 2 === kept), n, p: 1 }, y: outcome },
      { family: 'binomial' },
    )
    a = kept === 0 ? one.coefficients[0]! : 0
    b = kept === 1 ? one.coefficients[0]! : 0
    c = one.intercept
  }
  return Object.freeze({ kind: 'betaCalibration', version: 1, a, b, c } as const)
}

/**
 * Calibrated probabilities.
 * Range: (0, 1), one per p.
 * Cost O(n).
 * Source: Kull, Silva Filho & Flach (2017), https://proceedings.mlr.press/v54/kull17a.html
 * @throws StatsError `outOfDomain`.
 * @example
 * predictBetaCalibration({ kind: 'betaCalibration', version: 1, a: 1, b: 1, c: 0 }, [0.2, 0.7]) // → [0.2, 0.7]
 */
export function predictBetaCalibration({ a, b, c }: BetaCalibration, p: ArrayLike<number>): Float64Array {
  return Float64Array.from(p, (value) => {
    requireProbability('p', value)
    const logit = (a > 0 ? a * Math.log(value) : 0) - (b > 0 ? b * Math.log1p(-value) : 0) + c
    return 1 / (1 + Math.exp(-logit))
  })
}
