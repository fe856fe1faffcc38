import { requireFiniteColumn } from '../stats-error.ts'
import type { CoxModel } from './cox.ts'
import {
  type CoxData,
  type CoxLayout,
  layOut,
  requireSummableTies,
  riskScores,
  sweepEvents,
  tieSteps,
} from './cox-risk-sets.ts'

/**
 * Martingale residuals: events minus expected events of each row, with the model's rule for ties.
 * One per row, at most 1.
 * Cost one sweep, O(n·p).
 * Source: Therneau, Grambsch and Fleming (1990), https://doi.org/10.1093/biomet/77.1.147; Therneau and Grambsch (2000), eq. 4.1.
 * @throws StatsError `emptyData`, `notFinite`, `outOfDomain`, `lengthMismatch`, and those of `fitCox`' data
 * @example
 * const data = { time: [1, 2, 3, 4, 5], event: [1, 1, 0, 1, 1], x: Float64Array.of(1, 0, 1, 0, 0), p: 1 }
 * coxMartingaleResiduals(fitCox(data, { ties: 'efron' }), data) // → [0.7071068, 0.6666667, -0.7071068, 0.1666667, -0.8333333]
 */
export function coxMartingaleResiduals(model: CoxModel, data: CoxData): Float64Array {
  const layout = layOut(data)
  const { risk } = riskScores(
    { ...layout, centred: recentre(layout, model) },
    model.coefficients,
    data.offset,
  )
  requireRisk(risk)
  const residuals = Float64Array.from({ length: layout.n }, (_, i) => data.event[i]!)
  for (const stratum of layout.strata) {
    const jumps: {
      readonly time: number
      readonly full: number
      readonly own: number
      readonly rows: readonly number[]
    }[] = []
    sweepEvents(data, layout, stratum, risk, 0, (set) => {
      const steps = tieSteps(model.ties, set.rows.length)
      let full = 0
      let own = 0
      for (let l = 0; l < steps; l++) {
        const share = set.weight / steps / (set.s0 - (l / steps) * set.d0)
        full += share
        own += share * (model.ties === 'efron' ? 1 - l / steps : 1)
      }
      jumps.push({ time: set.time, full, own, rows: set.rows })
    })
    jumps.reverse()
    const totals = [0]
    for (const jump of jumps) totals.push(totals.at(-1)! + jump.full)
    const upTo = (time: number): number => {
      let [lo, hi] = [0, jumps.length]
      while (lo < hi) {
        const middle = (lo + hi) >> 1
        if (jumps[middle]!.time <= time) lo = middle + 1
        else hi = middle
      }
      return totals[lo]!
    }
    for (const row of stratum.byTime)
      residuals[row]! -= risk[row]! * (upTo(data.time[row]!) - (data.entry ? upTo(data.entry[row]!) : 0))
    // A row that has the event among ties is at risk for only part of Efron's steps.
    for (const jump of jumps)
      for (const row of jump.rows) residuals[row]! += risk[row]! * (jump.full - jump.own)
  }
  return residuals
}

/**
 * Deviance residuals: martingale residuals made more symmetric.
 * One per row.
 * Cost one sweep, O(n·p).
 * Source: Therneau, Grambsch and Fleming (1990), eq. 10, https://doi.org/10.1093/biomet/77.1.147
 * @throws StatsError `emptyData`, `notFinite`, `outOfDomain`, `lengthMismatch`, and those of `fitCox`' data
 * @example
 * const data = { time: [1, 2, 3, 4, 5], event: [1, 1, 0, 1, 1], x: Float64Array.of(1, 0, 1, 0, 0), p: 1 }
 * coxDevianceResiduals(fitCox(data, { ties: 'efron' }), data) // → [1.020628, 0.9294575, -1.189207, 0.1769457, -0.6740883]
 */
export function coxDevianceResiduals(model: CoxModel, data: CoxData): Float64Array {
  return coxMartingaleResiduals(model, data).map((residual, i) => {
    const event = data.event[i]!
    const expected = event - residual
    const inner = event === 1 && expected > 0 ? Math.log(expected) : 0
    return Math.sign(residual) * Math.sqrt(Math.max(0, -2 * (residual + event * inner)))
  })
}

export interface SchoenfeldResiduals {
  /** Event times, ascending, one per event. */
  readonly time: Float64Array
  readonly row: Int32Array
  /** Row-major events×p: covariates minus their risk-set mean. */
  readonly residuals: Float64Array
}

/**
 * Schoenfeld residuals of each event.
 * Cost one sweep, O(n·p).
 * Source: Schoenfeld (1982), https://doi.org/10.1093/biomet/69.1.239
 * @throws StatsError `emptyData`, `notFinite`, `outOfDomain`, `lengthMismatch`, and those of `fitCox`' data;
 * `unsupported` after exact ties
 * @example
 * const data = { time: [1, 2, 3, 4, 5], event: [1, 1, 0, 1, 1], x: Float64Array.of(1, 0, 1, 0, 0), p: 1 }
 * coxSchoenfeldResiduals(fitCox(data, { ties: 'efron' }), data).residuals // → [0.4142136, -0.4142136, 0, 0]
 */
export function coxSchoenfeldResiduals(model: CoxModel, data: CoxData): SchoenfeldResiduals {
  requireSummableTies(model.ties)
  const layout = layOut(data)
  const p = layout.p
  const { risk } = riskScores(
    { ...layout, centred: recentre(layout, model) },
    model.coefficients,
    data.offset,
  )
  requireRisk(risk)
  const found: { readonly time: number; readonly row: number; readonly values: number[] }[] = []
  for (const stratum of layout.strata)
    sweepEvents(data, layout, stratum, risk, 1, (set) => {
      const steps = tieSteps(model.ties, set.rows.length)
      const mean = new Float64Array(p)
      for (let l = 0; l < steps; l++)
        for (let j = 0; j < p; j++)
          mean[j]! += (set.s1[j]! - (l / steps) * set.d1[j]!) / (set.s0 - (l / steps) * set.d0) / steps
      for (const row of set.rows)
        found.push({
          time: set.time,
          row,
          values: Array.from(mean, (m, j) => layout.centred[row * p + j]! - m),
        })
    })
  found.sort((a, b) => a.time - b.time || a.row - b.row)
  return {
    time: Float64Array.from(found, (f) => f.time),
    row: Int32Array.from(found, (f) => f.row),
    residuals: Float64Array.from(found.flatMap((f) => f.values)),
  }
}

/** Covariates centred at the model's means instead of the data's own, so that hazards are on the model's scale. */
function recentre(layout: CoxLayout, model: CoxModel): Float64Array {
  return layout.centred.map((v, k) => v + layout.means[k % layout.p]! - model.means[k % layout.p]!)
}

/** Covariates far from those of the fit overflow exp(x·β). */
function requireRisk(risk: Float64Array): void {
  requireFiniteColumn('The relative risk', risk)
}
