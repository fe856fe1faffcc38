import { log1mExp } from '../special/log-gamma.ts'
import { type AftDistribution, densitySlope, hazard, logDensity, logSurvival } from './aft-distributions.ts'
import type { AftRows } from './aft-rows.ts'

/**
 * Writes a row's score in (location, ln scale), unweighted, and returns its log-likelihood on the line's scale. An event
 * at `time`, an event in (time, upper], or none by `time`; given survival to `entry`.
 */
export function aftRow(
  rows: AftRows,
  i: number,
  location: number,
  logScale: number,
  distribution: AftDistribution,
  score: Float64Array,
): number {
  const scale = Math.exp(logScale)
  const w = (rows.time[i]! - location) / scale
  let value: number
  if (rows.event[i] === 1) {
    value = logDensity(distribution, w) - logScale
    const slope = densitySlope(distribution, w)
    score[0] = -slope / scale
    score[1] = -slope * w - 1
  } else if (rows.upper[i]! < Infinity)
    value = interval(w, (rows.upper[i]! - location) / scale, scale, distribution, score)
  else {
    value = logSurvival(distribution, w)
    const h = hazard(distribution, w)
    score[0] = h / scale
    score[1] = h * w
  }
  if (rows.entry[i]! > -Infinity) {
    const early = (rows.entry[i]! - location) / scale
    value -= logSurvival(distribution, early)
    const h = hazard(distribution, early)
    score[0]! -= h / scale
    score[1]! -= h * early
  }
  return value
}

/** ln(S(a) − S(b)); a is −∞ for an event some time before b. */
function interval(
  a: number,
  b: number,
  scale: number,
  distribution: AftDistribution,
  score: Float64Array,
): number {
  const from = a === -Infinity ? 0 : logSurvival(distribution, a)
  const value = from + log1mExp(logSurvival(distribution, b) - from)
  const atA = a === -Infinity ? 0 : Math.exp(logDensity(distribution, a) - value)
  const atB = Math.exp(logDensity(distribution, b) - value)
  score[0] = (atA - atB) / scale
  score[1] = (a === -Infinity ? 0 : atA * a) - atB * b
  return value
}
