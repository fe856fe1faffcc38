import { StatsError } from '../stats-error.ts'
import { type CoxData, type CoxLayout, type CoxStratum, riskScores } from './cox-risk-sets.ts'

/**
 * Negative log partial likelihood where tied events are truly simultaneous: at each time, the chance that of all sets of
 * as many rows at risk it was this one that failed. The sum over the sets comes from a recursion over the rows, with its
 * gradient and Hessian: O(rows at risk · events · p²) an event time.
 * Source: Cox (1972), section 6; Gail, Lubin and Rubinstein (1981), eq. 4, https://doi.org/10.1093/biomet/68.3.703
 * Parity: R's `coxph(method = "exact")`.
 */
export function exactLikelihood(
  data: CoxData,
  layout: CoxLayout,
  beta: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
): number {
  if (data.weights && Array.from(data.weights).some((w) => w !== 1))
    throw new StatsError('unsupported', 'Exact ties are defined for rows that count once, not for weights.', {
      hint: "Repeat the rows, or take Efron's rule.",
    })
  const { p, centred } = layout
  const { eta } = riskScores(layout, beta, data.offset)
  let value = 0
  gradient.fill(0)
  hessian.fill(0)
  for (const stratum of layout.strata)
    eachEventTime(data, stratum, (atRisk, events) => {
      for (const row of events) {
        value -= eta[row]!
        for (let j = 0; j < p; j++) gradient[j]! -= centred[row * p + j]!
      }
      value += addSubsets(layout, eta, atRisk, events.length, gradient, hessian)
    })
  return Number.isFinite(value) ? value : Infinity
}

function eachEventTime(
  data: CoxData,
  { byTime }: CoxStratum,
  visit: (atRisk: readonly number[], events: readonly number[]) => void,
): void {
  let atRisk: number[] = []
  for (let k = 0; k < byTime.length; ) {
    const time = data.time[byTime[k]!]!
    const events: number[] = []
    for (; k < byTime.length && data.time[byTime[k]!]! === time; k++) {
      atRisk.push(byTime[k]!)
      if (data.event[byTime[k]!] === 1) events.push(byTime[k]!)
    }
    if (data.entry) atRisk = atRisk.filter((row) => data.entry![row]! < time)
    if (events.length > 0) visit(atRisk, events)
  }
}

/** Log of the sum over all sets of `size` rows of the products of their risks; adds its gradient and Hessian. */
function addSubsets(
  { p, centred }: CoxLayout,
  eta: Float64Array,
  atRisk: readonly number[],
  size: number,
  gradient: Float64Array,
  hessian: Float64Array,
): number {
  // Risks are divided by one that brings the sum near 1, or sums of many rows would overflow.
  let top = -Infinity
  for (const row of atRisk) top = Math.max(top, eta[row]!)
  const shift = top + Math.log(atRisk.length / size)
  const sum = new Float64Array(size + 1)
  const first = new Float64Array((size + 1) * p)
  const second = new Float64Array((size + 1) * p * p)
  sum[0] = 1
  atRisk.forEach((row, seen) => {
    const risk = Math.exp(eta[row]! - shift)
    const z = centred.subarray(row * p, row * p + p)
    for (let k = Math.min(size, seen + 1); k >= 1; k--) {
      const [here, before] = [k * p, (k - 1) * p]
      for (let a = 0; a < p; a++) {
        for (let b = 0; b <= a; b++)
          second[(here + a) * p + b]! +=
            risk *
            (second[(before + a) * p + b]! +
              z[a]! * first[before + b]! +
              first[before + a]! * z[b]! +
              z[a]! * z[b]! * sum[k - 1]!)
      }
      for (let a = 0; a < p; a++) first[here + a]! += risk * (first[before + a]! + z[a]! * sum[k - 1]!)
      sum[k]! += risk * sum[k - 1]!
    }
  })
  const total = sum[size]!
  for (let a = 0; a < p; a++) {
    const mean = first[size * p + a]! / total
    gradient[a]! += mean
    for (let b = 0; b <= a; b++) {
      const square = second[(size * p + a) * p + b]! / total - (mean * first[size * p + b]!) / total
      hessian[a * p + b]! += square
      if (b < a) hessian[b * p + a]! += square
    }
  }
  return Math.log(total) + size * shift
}
