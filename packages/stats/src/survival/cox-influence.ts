import { multiply } from '../linalg/products.ts'
import { StatsError } from '../stats-error.ts'
import type { CoxModel } from './cox.ts'
import { coxSchoenfeldResiduals, type SchoenfeldResiduals } from './cox-residuals.ts'
import { type CoxData, layOut } from './cox-risk-sets.ts'
import { scoreResiduals } from './cox-robust.ts'

/**
 * Score residuals, row-major n×p: what each row adds to the score, unweighted.
 * Cost O(n·p + n log n).
 * Source: Therneau and Grambsch (2000), section 4.6, https://doi.org/10.1007/978-1-4757-3294-8
 * @throws StatsError `emptyData`, `lengthMismatch`, `outOfDomain`, `notFinite`
 * @example
 * const data = { time: [1, 2, 3, 4, 5, 6], event: [1, 1, 0, 1, 1, 1], x: new Float64Array([0, 2, 1, 3, 1, 4]), p: 1 }
 * const model = fitCox(data, { ties: 'efron' })
 * coxScoreResiduals(model, data).slice(0, 2) // → [-0.6765872, 0.2046057]
 */
export function coxScoreResiduals(model: CoxModel, data: CoxData): Float64Array {
  const scores = scoreResiduals(data, layOut(data), model.ties, Float64Array.from(model.coefficients))
  if (!scores.every(Number.isFinite))
    throw new StatsError(
      'outOfDomain',
      'The covariates give risks that are too large or small for a double.',
      {
        hint: 'Give the covariates in the unit that the model was fitted in.',
      },
    )
  return scores
}

/**
 * About how far each row moves each coefficient, row-major n×p: weighted score residuals times the naive covariance;
 * `perStandardError` divides by the coefficients' naive standard errors (R's `dfbetas`).
 * Cost O(n·p² + n log n).
 * Source: Cain and Lange (1984), https://doi.org/10.2307/2531056; Therneau and Grambsch (2000), section 7.1
 * @throws StatsError `emptyData`, `lengthMismatch`, `outOfDomain`, `notFinite`
 * @example
 * const data = { time: [1, 2, 3, 4, 5, 6], event: [1, 1, 0, 1, 1, 1], x: new Float64Array([0, 2, 1, 3, 1, 4]), p: 1 }
 * const model = fitCox(data, { ties: 'efron' })
 * coxDfbeta(model, data).slice(0, 2) // → [-0.1460669, 0.04417187]
 */
export function coxDfbeta(
  model: CoxModel,
  data: CoxData,
  scale: 'coefficient' | 'perStandardError' = 'coefficient',
): Float64Array {
  const p = model.coefficients.length
  const scores = coxScoreResiduals(model, data)
  if (data.weights) for (let k = 0; k < scores.length; k++) scores[k]! *= data.weights[Math.floor(k / p)]!
  const moved = multiply(scores, Float64Array.from(model.naiveCovariance), scores.length / p, p, p)
  if (scale === 'coefficient') return moved
  return moved.map((v, k) => v / Math.sqrt(model.naiveCovariance[(k % p) * (p + 1)]!))
}

/**
 * Schoenfeld residuals scaled by the covariance and the number of events, so that they scatter around the coefficient's
 * change with time; `centre` adds the coefficient itself (R) or not (lifelines).
 * Cost O(n·p²).
 * Source: Grambsch and Therneau (1994), eq. 2, https://doi.org/10.1093/biomet/81.3.515
 * @throws StatsError `emptyData`, `lengthMismatch`, `outOfDomain`, `notFinite`
 * @example
 * const data = { time: [1, 2, 3, 4, 5, 6], event: [1, 1, 0, 1, 1, 1], x: new Float64Array([0, 2, 1, 3, 1, 4]), p: 1 }
 * const model = fitCox(data, { ties: 'efron' })
 * coxScaledSchoenfeld(model, data, 'coefficient').residuals.slice(0, 2) // → [-1.65315, -0.1015058]
 */
export function coxScaledSchoenfeld(
  model: CoxModel,
  data: CoxData,
  centre: 'coefficient' | 'zero',
): SchoenfeldResiduals {
  const p = model.coefficients.length
  const plain = coxSchoenfeldResiduals(model, data)
  const events = plain.row.length
  // A row that stands for several subjects stands for as many events.
  const weightOf = (k: number): number => (data.weights ? data.weights[plain.row[k]!]! : 1)
  const weighted = plain.residuals.map((v, k) => v * weightOf(Math.floor(k / p)))
  const scaled = multiply(weighted, Float64Array.from(model.naiveCovariance), events, p, p)
  return {
    ...plain,
    residuals: scaled.map((v, k) => events * v + (centre === 'coefficient' ? model.coefficients[k % p]! : 0)),
  }
}
