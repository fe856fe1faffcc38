import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import type { CoxModel } from './cox.ts'
import {
  type CoxData,
  type CoxLayout,
  type CoxTies,
  riskScores,
  sweepEvents,
  tieSteps,
} from './cox-risk-sets.ts'
import { lastIndex } from './survival-data.ts'

/** What predictions need of a Cox model, penalised or not. */
export type CoxPrediction = Pick<CoxModel, 'coefficients' | 'means' | 'indicators' | 'baseline'>

export interface CoxBaseline {
  readonly stratum: number
  /** Event times, ascending. */
  readonly time: readonly number[]
  /** Cumulative hazard at the covariates' means. */
  readonly cumulativeHazard: readonly number[]
}

/** Baseline cumulative hazards with the likelihood's own rule for ties. Source: Breslow (1972); Therneau and Grambsch (2000), section 10.2. */
export function coxBaseline(
  data: CoxData,
  layout: CoxLayout,
  ties: CoxTies,
  beta: ArrayLike<number>,
): CoxBaseline[] {
  const { risk } = riskScores(layout, beta, data.offset)
  return layout.strata.map((stratum) => {
    const times: number[] = []
    const steps: number[] = []
    sweepEvents(data, layout, stratum, risk, 0, (set) => {
      const count = tieSteps(ties, set.rows.length)
      let jump = 0
      for (let l = 0; l < count; l++) jump += set.weight / count / (set.s0 - (l / count) * set.d0)
      times.push(set.time)
      steps.push(jump)
    })
    times.reverse()
    steps.reverse()
    let total = 0
    return { stratum: stratum.label, time: times, cumulativeHazard: steps.map((step) => (total += step)) }
  })
}

/**
 * Baseline cumulative hazard at given times and reference covariates: `atMeans` (lifelines), `atZero` (R's
 * `centered = FALSE`), or `atMeansOfMeasures`, where covariates of only −1, 0 and 1 stay at 0 (R's `centered = TRUE`).
 * One value ≥ 0 per time.
 * Cost O(times + m·p).
 * Source: Breslow (1974), https://doi.org/10.2307/2529620
 * @throws StatsError `invalidOption` for an unknown stratum
 * @example
 * const data = { time: [1, 2, 3, 4, 5], event: [1, 1, 0, 1, 1], x: Float64Array.of(1, 0, 1, 0, 0), p: 1 }
 * coxCumulativeHazard(fitCox(data, { ties: 'efron' }), [3], 'atZero') // → [0.3333333]
 */
export function coxCumulativeHazard(
  model: CoxPrediction,
  times: ArrayLike<number>,
  at: 'atMeans' | 'atZero' | 'atMeansOfMeasures',
  stratum = model.baseline[0]!.stratum,
): Float64Array {
  const baseline = model.baseline.find((b) => b.stratum === stratum)
  if (!baseline) throw new StatsError('invalidOption', `The model has no stratum ${stratum}.`)
  let shift = 0
  for (let j = 0; j < model.coefficients.length; j++)
    if (at === 'atZero' || (at === 'atMeansOfMeasures' && model.indicators[j]))
      shift -= model.coefficients[j]! * model.means[j]!
  const factor = Math.exp(shift)
  return Float64Array.from(times, (time) => {
    const k = lastIndex(baseline.time, time)
    return k < 0 ? 0 : factor * baseline.cumulativeHazard[k]!
  })
}

/**
 * Predicted survival: one row per time, one column per row of `x` (row-major m×p), as a row-major times×m matrix.
 * Range: [0, 1].
 * Cost O(times × m + m·p).
 * Source: Breslow (1974), https://doi.org/10.2307/2529620
 * @throws StatsError `lengthMismatch`, `notFinite`, `invalidOption`
 * @example
 * const data = { time: [1, 2, 3, 4, 5], event: [1, 1, 0, 1, 1], x: Float64Array.of(1, 0, 1, 0, 0), p: 1 }
 * predictCoxSurvival(fitCox(data, { ties: 'efron' }), Float64Array.of(0, 1), [3]) // → [0.7165313, 0.4930687]
 */
export function predictCoxSurvival(
  model: CoxPrediction,
  x: Float64Array,
  times: ArrayLike<number>,
  stratum = model.baseline[0]!.stratum,
): Float64Array {
  const risk = predictCoxRisk(model, x).map(Math.exp)
  const hazard = coxCumulativeHazard(model, times, 'atMeans', stratum)
  const survival = new Float64Array(times.length * risk.length)
  for (let k = 0; k < times.length; k++)
    for (let i = 0; i < risk.length; i++) survival[k * risk.length + i] = Math.exp(-hazard[k]! * risk[i]!)
  return survival
}

/**
 * Log risk of each row of `x` relative to the covariates' means.
 * Cost O(times + m·p).
 * Source: Cox (1972), https://www.jstor.org/stable/2985181
 * @throws StatsError `lengthMismatch`, `notFinite`
 * @example
 * const data = { time: [1, 2, 3, 4, 5], event: [1, 1, 0, 1, 1], x: Float64Array.of(1, 0, 1, 0, 0), p: 1 }
 * predictCoxRisk(fitCox(data, { ties: 'efron' }), Float64Array.of(0, 1)) // → [-0.3008155, 0.4512232]
 */
export function predictCoxRisk(model: CoxPrediction, x: Float64Array): Float64Array {
  const p = model.coefficients.length
  if (x.length % p !== 0)
    throw new StatsError(
      'lengthMismatch',
      `x has ${x.length} values, which is not a whole number of rows of ${p} covariates.`,
    )
  requireFiniteColumn('x', x)
  const eta = new Float64Array(x.length / p)
  for (let i = 0; i < eta.length; i++)
    for (let j = 0; j < p; j++) eta[i]! += (x[i * p + j]! - model.means[j]!) * model.coefficients[j]!
  return eta
}
