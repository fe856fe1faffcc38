import { normalQuantile } from '../distributions/normal.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import type { CoxModel } from './cox.ts'
import { predictCoxRisk, predictCoxSurvival } from './cox-baseline.ts'
import {
  type CoxData,
  layOut,
  requireSummableTies,
  riskScores,
  sweepEvents,
  tieSteps,
} from './cox-risk-sets.ts'
import { type SurvivalInterval, survivalBounds } from './kaplan-meier.ts'
import { lastIndex } from './survival-data.ts'

export interface CoxSurvivalInterval {
  /** Row-major times×m, as `predictCoxSurvival`. */
  readonly survival: Float64Array
  readonly standardError: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly level: number
}

/**
 * Predicted survival with standard errors and intervals that carry the uncertainty of the baseline and of the coefficients;
 * one row per time, one column per row of `x` (row-major m×p).
 * Range: [0, 1].
 * Cost O(n·p + times × m × p²).
 * Source: Tsiatis (1981), https://doi.org/10.1214/aos/1176345335; Therneau and Grambsch (2000), eq. 10.9 and 10.10
 * Parity: R's survfit.coxph, whose default interval is `log`.
 * @param data what the model was fitted to
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `invalidOption` for an unknown stratum
 * @example
 * const data = { time: [1, 2, 3, 4, 5, 6], event: [1, 1, 0, 1, 1, 1], x: new Float64Array([0, 2, 1, 3, 1, 4]), p: 1 }
 * const model = fitCox(data, { ties: 'efron' })
 * predictCoxSurvivalInterval(model, data, Float64Array.of(1), [3]).standardError // → [0.2312057]
 */
export function predictCoxSurvivalInterval(
  model: CoxModel,
  data: CoxData,
  x: Float64Array,
  times: ArrayLike<number>,
  options: { readonly interval?: SurvivalInterval; readonly level?: number; readonly stratum?: number } = {},
): CoxSurvivalInterval {
  const { interval = 'log', level = 0.95, stratum = model.baseline[0]!.stratum } = options
  requireLevel('level', level)
  const z = normalQuantile(0.5 + level / 2)
  const survival = predictCoxSurvival(model, x, times, stratum)
  const risk = predictCoxRisk(model, x).map(Math.exp)
  const jumps = hazardJumps(model, data, stratum)
  const p = model.coefficients.length
  const standardError = new Float64Array(survival.length)
  const lower = new Float64Array(survival.length)
  const upper = new Float64Array(survival.length)
  const away = new Float64Array(p)
  for (let k = 0; k < times.length; k++) {
    const step = lastIndex(jumps.time, times[k]!) + 1
    for (let i = 0; i < risk.length; i++) {
      for (let j = 0; j < p; j++)
        away[j] = (x[i * p + j]! - model.means[j]!) * jumps.hazard[step]! - jumps.mean[step * p + j]!
      let variance = jumps.variance[step]!
      for (let a = 0; a < p; a++)
        for (let b = 0; b < p; b++) variance += away[a]! * away[b]! * model.covariance[a * p + b]!
      const at = k * risk.length + i
      const error = risk[i]! * Math.sqrt(variance)
      if (!Number.isFinite(error))
        throw new StatsError('outOfDomain', 'The covariates give a risk that is too large for a double.', {
          hint: 'Give the covariates in the unit that the model was fitted in.',
        })
      standardError[at] = survival[at]! * error
      const bounds = survivalBounds(survival[at]!, error, z, interval)
      lower[at] = bounds[0]
      upper[at] = bounds[1]
    }
  }
  return { survival, standardError, lower, upper, level }
}

interface HazardJumps {
  readonly time: readonly number[]
  /** Running sums, a leading 0 first: the hazard, its variance, and the mean covariates of those at risk times the hazard. */
  readonly hazard: Float64Array
  readonly variance: Float64Array
  readonly mean: Float64Array
}

function hazardJumps(model: CoxModel, data: CoxData, label: number): HazardJumps {
  requireSummableTies(model.ties)
  const layout = layOut(data)
  const { p } = layout
  if (p !== model.coefficients.length)
    throw new StatsError(
      'lengthMismatch',
      `The data have ${p} covariates; the model was fitted on ${model.coefficients.length}.`,
    )
  const stratum = layout.strata.find((s) => s.label === label)
  if (!stratum) throw new StatsError('invalidOption', `The data have no stratum ${label}.`)
  const { risk } = riskScores(layout, model.coefficients, data.offset)
  const found: { time: number; hazard: number; variance: number; mean: Float64Array }[] = []
  sweepEvents(data, layout, stratum, risk, 1, (set) => {
    const steps = tieSteps(model.ties, set.rows.length)
    const jump = { time: set.time, hazard: 0, variance: 0, mean: new Float64Array(p) }
    for (let l = 0; l < steps; l++) {
      const c = l / steps
      const s0 = set.s0 - c * set.d0
      const share = set.weight / steps / s0
      jump.hazard += share
      jump.variance += share / s0
      for (let j = 0; j < p; j++) jump.mean[j]! += (share * (set.s1[j]! - c * set.d1[j]!)) / s0
    }
    found.push(jump)
  })
  found.reverse()
  const hazard = new Float64Array(found.length + 1)
  const variance = new Float64Array(found.length + 1)
  const mean = new Float64Array((found.length + 1) * p)
  found.forEach((jump, k) => {
    hazard[k + 1] = hazard[k]! + jump.hazard
    variance[k + 1] = variance[k]! + jump.variance
    for (let j = 0; j < p; j++) mean[(k + 1) * p + j] = mean[k * p + j]! + jump.mean[j]!
  })
  return { time: found.map((jump) => jump.time), hazard, variance, mean }
}
