import { multiply } from '../linalg/products.ts'
import {
  type CoxData,
  type CoxLayout,
  type CoxStratum,
  type CoxTies,
  requireSummableTies,
  riskScores,
  sweepEvents,
  tieSteps,
} from './cox-risk-sets.ts'
import { lastIndex } from './survival-data.ts'

/** The sandwich (D'D with D the dfbetas), summed over clusters. Source: Lin and Wei (1989), https://doi.org/10.1080/01621459.1989.10478874 */
export function robustCovariance(
  data: CoxData,
  layout: CoxLayout,
  ties: CoxTies,
  beta: Float64Array,
  naive: Float64Array,
  cluster: ArrayLike<number> | undefined,
): Float64Array {
  const { n, p } = layout
  const scores = scoreResiduals(data, layout, ties, beta)
  const index = new Map<number, number>()
  const of = (i: number): number => {
    const key = cluster ? cluster[i]! : i
    const known = index.get(key)
    if (known !== undefined) return known
    index.set(key, index.size)
    return index.size - 1
  }
  const codes = Int32Array.from({ length: n }, (_, i) => of(i))
  const summed = new Float64Array(index.size * p)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < p; j++)
      summed[codes[i]! * p + j]! += (data.weights ? data.weights[i]! : 1) * scores[i * p + j]!
  const dfbeta = multiply(summed, naive, index.size, p, p)
  const covariance = new Float64Array(p * p)
  for (let g = 0; g < index.size; g++)
    for (let a = 0; a < p; a++)
      for (let b = 0; b < p; b++) covariance[a * p + b]! += dfbeta[g * p + a]! * dfbeta[g * p + b]!
  return covariance
}

interface EventJump {
  readonly time: number
  readonly rows: readonly number[]
  /** Hazard for those at risk, and the smaller one of rows with the event among ties. */
  hazard: number
  own: number
  readonly mean: Float64Array
  readonly ownMean: Float64Array
  readonly centre: Float64Array
}

/** Score residuals, row-major n×p, from running totals over event times. Source: Therneau and Grambsch (2000), section 4.6; Efron's ties as in their appendix. */
export function scoreResiduals(
  data: CoxData,
  layout: CoxLayout,
  ties: CoxTies,
  beta: Float64Array,
): Float64Array {
  requireSummableTies(ties)
  const { n, p, centred } = layout
  const { risk } = riskScores(layout, beta, data.offset)
  const scores = new Float64Array(n * p)
  for (const stratum of layout.strata) {
    const jumps = eventJumps(data, layout, stratum, ties, risk)
    const times = jumps.map((jump) => jump.time)
    const hazards = new Float64Array(jumps.length + 1)
    const means = new Float64Array((jumps.length + 1) * p)
    jumps.forEach((jump, k) => {
      hazards[k + 1] = hazards[k]! + jump.hazard
      for (let j = 0; j < p; j++) means[(k + 1) * p + j] = means[k * p + j]! + jump.mean[j]!
    })
    for (const row of stratum.byTime) {
      const to = lastIndex(times, data.time[row]!) + 1
      const from = data.entry ? lastIndex(times, data.entry[row]!) + 1 : 0
      const hazard = hazards[to]! - hazards[from]!
      for (let j = 0; j < p; j++)
        scores[row * p + j]! -=
          risk[row]! * (centred[row * p + j]! * hazard - means[to * p + j]! + means[from * p + j]!)
    }
    for (const jump of jumps)
      for (const row of jump.rows)
        for (let j = 0; j < p; j++) {
          const value = centred[row * p + j]!
          const spared = value * (jump.hazard - jump.own) - jump.mean[j]! + jump.ownMean[j]!
          scores[row * p + j]! += value - jump.centre[j]! + risk[row]! * spared
        }
  }
  return scores
}

function eventJumps(
  data: CoxData,
  layout: CoxLayout,
  stratum: CoxStratum,
  ties: CoxTies,
  risk: Float64Array,
): EventJump[] {
  const p = layout.p
  const jumps: EventJump[] = []
  sweepEvents(data, layout, stratum, risk, 1, (set) => {
    const steps = tieSteps(ties, set.rows.length)
    const jump: EventJump = {
      time: set.time,
      rows: set.rows,
      hazard: 0,
      own: 0,
      mean: new Float64Array(p),
      ownMean: new Float64Array(p),
      centre: new Float64Array(p),
    }
    for (let l = 0; l < steps; l++) {
      const c = l / steps
      const s0 = set.s0 - c * set.d0
      const share = set.weight / steps / s0
      const kept = ties === 'efron' ? 1 - c : 1
      jump.hazard += share
      jump.own += share * kept
      for (let j = 0; j < p; j++) {
        const mean = (set.s1[j]! - c * set.d1[j]!) / s0
        jump.mean[j]! += share * mean
        jump.ownMean[j]! += share * kept * mean
        jump.centre[j]! += mean / steps
      }
    }
    jumps.push(jump)
  })
  return jumps.reverse()
}
