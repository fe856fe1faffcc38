import { invertSymmetric } from '../linalg/cholesky.ts'
import type { CompetingRisksRegressionData } from './fine-gray.ts'

/** Subjects in ascending order of time, and where each distinct time's run of them ends. */
interface Sorted {
  readonly order: Int32Array
  readonly runs: readonly { readonly time: number; readonly from: number; readonly to: number }[]
}

/**
 * Row-major covariance of Fine and Gray's coefficients with the uncertainty of the censoring curve: every subject's
 * influence through the score (η) and through the curve that weighs the others (ψ). Cost O(n·p² + n·log n).
 * Source: Fine and Gray (1999), section 3.2, equations 7 and 8, https://doi.org/10.1080/01621459.1999.10474144
 */
export function fineGrayCovariance(
  data: CompetingRisksRegressionData,
  cause: number,
  beta: ArrayLike<number>,
): Float64Array {
  const { p } = data
  const n = data.time.length
  const sorted = sortByTime(data.time)
  const risk = Float64Array.from({ length: n }, (_, i) => {
    let eta = 0
    for (let j = 0; j < p; j++) eta += data.x[i * p + j]! * beta[j]!
    return Math.exp(eta)
  })
  const uncensored = censoringCurve(data, sorted)
  const sums = weightedSums(data, cause, sorted, risk, uncensored)
  const influence = scoreInfluence(data, cause, sorted, risk, uncensored, sums)
  addCensoringInfluence(data, cause, sorted, risk, uncensored, sums, influence)
  const inverse = invertSymmetric(sums.information, p)
  const steps = new Float64Array(n * p)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < p; j++)
      for (let k = 0; k < p; k++) steps[i * p + j]! += influence[i * p + k]! * inverse[k * p + j]!
  const covariance = new Float64Array(p * p)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < p; j++)
      for (let k = 0; k < p; k++) covariance[j * p + k]! += steps[i * p + j]! * steps[i * p + k]!
  return covariance
}

function sortByTime(time: ArrayLike<number>): Sorted {
  const order = Int32Array.from({ length: time.length }, (_, i) => i).sort((a, b) => time[a]! - time[b]!)
  const runs: { time: number; from: number; to: number }[] = []
  for (let k = 0; k < order.length; k++) {
    const t = time[order[k]!]!
    const last = runs[runs.length - 1]
    if (last && last.time === t) last.to = k + 1
    else runs.push({ time: t, from: k, to: k + 1 })
  }
  return { order, runs }
}

/** Per run the chance to be uncensored just before its time, with all of a time at risk of censoring. */
function censoringCurve({ cause }: CompetingRisksRegressionData, { order, runs }: Sorted): Float64Array {
  const n = order.length
  let survival = 1
  return Float64Array.from(runs, ({ from, to }) => {
    const before = survival
    let censored = 0
    for (let k = from; k < to; k++) if (cause[order[k]!] === 0) censored++
    survival *= 1 - censored / (n - from)
    return before
  })
}

interface WeightedSums {
  readonly information: Float64Array
  /** Per run, up to and including it: ∫dΛ, ∫Z̄dΛ and the same under G(t−); rows of 2 + 2p. */
  readonly cumulative: Float64Array
  /** Per run Z̄ at its events. */
  readonly means: Float64Array
}

/** Risk sets of the subdistribution, backwards for who is still there, forwards for who left by another cause. */
function weightedSums(
  { x, p, cause: causes }: CompetingRisksRegressionData,
  cause: number,
  { order, runs }: Sorted,
  risk: Float64Array,
  uncensored: Float64Array,
): WeightedSums {
  const size = 1 + p + p * p
  const add = (sums: Float64Array, i: number, weight: number): void => {
    const e = weight * risk[i]!
    sums[0]! += e
    for (let j = 0; j < p; j++) {
      sums[1 + j]! += e * x[i * p + j]!
      for (let k = 0; k < p; k++) sums[1 + p + j * p + k]! += e * x[i * p + j]! * x[i * p + k]!
    }
  }
  const present = new Float64Array(size)
  const left = new Float64Array(size)
  for (const i of order) add(present, i, 1)
  const information = new Float64Array(p * p)
  const width = 2 + 2 * p
  const cumulative = new Float64Array(runs.length * width)
  const means = new Float64Array(runs.length * p)
  for (const [r, { from, to }] of runs.entries()) {
    let events = 0
    for (let k = from; k < to; k++) if (causes[order[k]!] === cause) events++
    if (r > 0) cumulative.copyWithin(r * width, (r - 1) * width, r * width)
    if (events > 0) {
      const g = uncensored[r]!
      const sum = (at: number): number => present[at]! + g * left[at]!
      const total = sum(0)
      const jump = events / total
      for (let j = 0; j < p; j++) means[r * p + j] = sum(1 + j) / total
      for (let j = 0; j < p; j++)
        for (let k = 0; k < p; k++)
          information[j * p + k]! +=
            events * (sum(1 + p + j * p + k) / total - means[r * p + j]! * means[r * p + k]!)
      cumulative[r * width]! += jump
      cumulative[r * width + 1 + p]! += g * jump
      for (let j = 0; j < p; j++) {
        cumulative[r * width + 1 + j]! += jump * means[r * p + j]!
        cumulative[r * width + 2 + p + j]! += g * jump * means[r * p + j]!
      }
    }
    for (let k = from; k < to; k++) {
      const i = order[k]!
      add(present, i, -1)
      if (causes[i] !== 0 && causes[i] !== cause) add(left, i, 1 / uncensored[r]!)
    }
  }
  return { information, cumulative, means }
}

/** η: each subject's own part of the score. */
function scoreInfluence(
  { x, p, cause: causes }: CompetingRisksRegressionData,
  cause: number,
  { order, runs }: Sorted,
  risk: Float64Array,
  uncensored: Float64Array,
  { cumulative, means }: WeightedSums,
): Float64Array {
  const influence = new Float64Array(order.length * p)
  const width = 2 + 2 * p
  const last = (runs.length - 1) * width
  for (const [r, { from, to }] of runs.entries())
    for (let k = from; k < to; k++) {
      const i = order[k]!
      const other = causes[i] !== 0 && causes[i] !== cause
      const later = other ? 1 / uncensored[r]! : 0
      const at = r * width
      for (let j = 0; j < p; j++) {
        const z = x[i * p + j]!
        const before = z * cumulative[at]! - cumulative[at + 1 + j]!
        const after =
          z * (cumulative[last + 1 + p]! - cumulative[at + 1 + p]!) -
          (cumulative[last + 2 + p + j]! - cumulative[at + 2 + p + j]!)
        const own = causes[i] === cause ? z - means[r * p + j]! : 0
        influence[i * p + j] = own - risk[i]! * (before + later * after)
      }
    }
  return influence
}

/** ψ: each subject's part through the censoring curve that weighs who left by another cause. */
function addCensoringInfluence(
  { x, p, cause: causes }: CompetingRisksRegressionData,
  cause: number,
  { order, runs }: Sorted,
  risk: Float64Array,
  uncensored: Float64Array,
  { cumulative }: WeightedSums,
  influence: Float64Array,
): void {
  const n = order.length
  const width = 2 + 2 * p
  const last = (runs.length - 1) * width
  // Σ e/G and Σ Z·e/G of who left by another cause so far, and ∫ (q/π) dΛc.
  const left = new Float64Array(1 + p)
  const drift = new Float64Array(p)
  for (const [r, { from, to }] of runs.entries()) {
    let censored = 0
    for (let k = from; k < to; k++) if (causes[order[k]!] === 0) censored++
    const atRisk = n - from
    const before = (at: number): number => (r > 0 ? cumulative[(r - 1) * width + at]! : 0)
    const tail = cumulative[last + 1 + p]! - before(1 + p)
    for (let j = 0; j < p; j++) {
      const tailMean = cumulative[last + 2 + p + j]! - before(2 + p + j)
      const slope = (left[1 + j]! * tail - left[0]! * tailMean) / atRisk
      drift[j]! += (slope * censored) / atRisk
      for (let k = from; k < to; k++) {
        const i = order[k]!
        influence[i * p + j]! += (causes[i] === 0 ? slope : 0) - drift[j]!
      }
    }
    for (let k = from; k < to; k++) {
      const i = order[k]!
      if (causes[i] === 0 || causes[i] === cause) continue
      const e = risk[i]! / uncensored[r]!
      left[0]! += e
      for (let j = 0; j < p; j++) left[1 + j]! += e * x[i * p + j]!
    }
  }
}
