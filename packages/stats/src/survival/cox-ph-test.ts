import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { solveLinear } from '../linalg/lu.ts'
import { StatsError } from '../stats-error.ts'
import type { CoxModel } from './cox.ts'
import { coxSchoenfeldResiduals } from './cox-residuals.ts'
import { type CoxData, layOut, riskScores, sweepEvents, tieSteps } from './cox-risk-sets.ts'
import { fitKaplanMeier, survivalAt } from './kaplan-meier.ts'
import { lastIndex } from './survival-data.ts'

export interface PhTestOptions {
  /**
   * How time enters the alternative: `rankEvents` its rank among event times (lifelines, R survival 2), `rankAll` among
   * all observed times, censored ones too (R survival 3's "rank"), `eventOrder` its number among the events, ties in row
   * order (lifelines' "rank" where events tie), `km` 1 − Kaplan–Meier just before it (R), `kmAfter` the same at it
   * (lifelines), itself, or its logarithm.
   */
  readonly transform: 'rankEvents' | 'rankAll' | 'eventOrder' | 'km' | 'kmAfter' | 'identity' | 'log'
  /**
   * `score` is the exact score test (R survival 3 and later), `approximate` Grambsch and Therneau's, which takes the
   * covariates' variance as constant over time (R survival 2, lifelines).
   */
  readonly method: 'score' | 'approximate'
}

export interface PhTest {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
}

/**
 * Tests each covariate, and all together, for an effect that changes with time.
 * Cost two sweeps, O(n·p²).
 * Source: Grambsch and Therneau (1994), https://doi.org/10.1093/biomet/81.3.515; Therneau and Grambsch (2000), section 6.2.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `singular`, `outOfDomain` for the logarithm of a
 * time ≤ 0
 * @example
 * const data = { time: [1, 2, 3, 4, 5, 6], event: [1, 1, 0, 1, 1, 1], x: Float64Array.of(1, 0, 1, 0, 0, 1), p: 1 }
 * const model = fitCox(data, { ties: 'efron' })
 * testProportionalHazards(model, data, { transform: 'identity', method: 'score' }).global.pValue // → 0.1668833
 */
export function testProportionalHazards(
  model: CoxModel,
  data: CoxData,
  options: PhTestOptions,
): { readonly each: readonly PhTest[]; readonly global: PhTest } {
  const p = model.coefficients.length
  const { time, residuals } = coxSchoenfeldResiduals(model, data)
  const g = transformTimes(data, time, options.transform)
  const score = new Float64Array(p)
  for (let k = 0; k < time.length; k++) for (let j = 0; j < p; j++) score[j]! += g[k]! * residuals[k * p + j]!
  const variance =
    options.method === 'score' ? scoreVariance(model, data, time, g) : approximateVariance(model, g)
  const each = Array.from(score, (u, j) => toTest((u * u) / variance[j * p + j]!, 1))
  if (options.method === 'approximate') {
    // The scaled residuals' slope has variance V_jj·Σg²/d, so each test uses V·u rather than u.
    const covariance = Float64Array.from(model.naiveCovariance)
    let square = 0
    for (const value of g) square += value * value
    for (let j = 0; j < p; j++) {
      let slope = 0
      for (let i = 0; i < p; i++) slope += covariance[j * p + i]! * score[i]!
      each[j] = toTest((slope * slope * time.length) / (covariance[j * p + j]! * square), 1)
    }
  }
  const solved = solveLinear(variance, p, score)
  let global = 0
  for (let j = 0; j < p; j++) global += score[j]! * solved[j]!
  return { each, global: toTest(global, p) }
}

function transformTimes(data: CoxData, time: Float64Array, kind: PhTestOptions['transform']): Float64Array {
  let g: Float64Array
  if (kind === 'rankEvents') g = averageRanks(time)
  else if (kind === 'eventOrder') g = time.map((_, k) => k + 1)
  else if (kind === 'rankAll') {
    const all = Float64Array.from(data.time).sort()
    const ranks = averageRanks(all)
    g = time.map((t) => ranks[lastIndex(all, t)]!)
  } else if (kind === 'km' || kind === 'kmAfter') {
    const curve = fitKaplanMeier(data, { interval: 'log' })
    const shift = kind === 'km' ? 1e-12 : 0
    g = time.map((t) => 1 - survivalAt(curve, [t - Math.abs(t) * shift])[0]!)
  } else if (kind === 'log') {
    if (time.some((t) => t <= 0))
      throw new StatsError('outOfDomain', 'The log transform needs event times greater than zero.')
    g = time.map(Math.log)
  } else g = time.slice()
  let mean = 0
  for (const value of g) mean += value / g.length
  return g.map((value) => value - mean)
}

function averageRanks(sorted: Float64Array): Float64Array {
  const ranks = new Float64Array(sorted.length)
  for (let k = 0; k < sorted.length; ) {
    let end = k
    while (end < sorted.length && sorted[end] === sorted[k]) end++
    ranks.fill((k + 1 + end) / 2, k, end)
    k = end
  }
  return ranks
}

/** I_γγ − I_γβ·I_ββ⁻¹·I_βγ of the model extended by g(t)·x, at γ = 0. */
function scoreVariance(model: CoxModel, data: CoxData, time: Float64Array, g: Float64Array): Float64Array {
  const layout = layOut(data)
  const p = layout.p
  const { risk } = riskScores(layout, model.coefficients, data.offset)
  const gOf = new Map<number, number>()
  for (let k = 0; k < time.length; k++) gOf.set(time[k]!, g[k]!)
  const [plain, once, twice] = [new Float64Array(p * p), new Float64Array(p * p), new Float64Array(p * p)]
  for (const stratum of layout.strata)
    sweepEvents(data, layout, stratum, risk, 2, (set) => {
      const steps = tieSteps(model.ties, set.rows.length)
      const weight = gOf.get(set.time)!
      for (let l = 0; l < steps; l++) {
        const c = l / steps
        const s0 = set.s0 - c * set.d0
        for (let a = 0; a < p; a++)
          for (let b = 0; b <= a; b++) {
            const meanA = (set.s1[a]! - c * set.d1[a]!) / s0
            const meanB = (set.s1[b]! - c * set.d1[b]!) / s0
            const v =
              (set.weight / steps) * ((set.s2[a * p + b]! - c * set.d2[a * p + b]!) / s0 - meanA * meanB)
            for (const at of a === b ? [a * p + b] : [a * p + b, b * p + a]) {
              plain[at]! += v
              once[at]! += weight * v
              twice[at]! += weight * weight * v
            }
          }
      }
    })
  const solved = solveLinear(plain, p, once, p)
  const variance = twice
  for (let a = 0; a < p; a++)
    for (let b = 0; b < p; b++) {
      let sum = 0
      for (let k = 0; k < p; k++) sum += once[k * p + a]! * solved[k * p + b]!
      variance[a * p + b]! -= sum
    }
  return variance
}

/** V⁻¹·Σg²/d: the variance of Σ g·residual when the risk sets' covariance does not change with time. */
function approximateVariance(model: CoxModel, g: Float64Array): Float64Array {
  const p = model.coefficients.length
  const identity = new Float64Array(p * p)
  for (let j = 0; j < p; j++) identity[j * p + j] = 1
  let square = 0
  for (const value of g) square += value * value
  return solveLinear(Float64Array.from(model.naiveCovariance), p, identity, p).map(
    (v) => (v * square) / g.length,
  )
}

function toTest(statistic: number, degreesOfFreedom: number): PhTest {
  return { statistic, degreesOfFreedom, pValue: chiSquareSurvival(Math.max(0, statistic), degreesOfFreedom) }
}
