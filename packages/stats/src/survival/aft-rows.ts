import { StatsError } from '../stats-error.ts'
import type { AftData } from './aft.ts'
import { type AftDistribution, isOfLogTime } from './aft-distributions.ts'
import { checkSurvival } from './survival-data.ts'

/**
 * Rows on the line's scale: (ln) times, centred and brought to unit size where it is the time itself that is linear.
 * −Infinity stands for no start, Infinity for no upper end.
 */
export interface AftRows {
  readonly n: number
  readonly events: number
  readonly time: Float64Array
  readonly event: ArrayLike<number>
  readonly upper: Float64Array
  readonly entry: Float64Array
  readonly weight: Float64Array
  readonly centre: number
  readonly size: number
  /** What a log-likelihood on the time's scale has beside that on the line's. */
  readonly constant: number
  /** Mean of the line's times, an interval by its middle. */
  readonly mean: number
}

/** @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `insufficientData` without an event */
export function layOutAft(data: AftData, distribution: AftDistribution): AftRows {
  const ofLog = isOfLogTime(distribution)
  const n = checkAft(data, ofLog)
  const isInterval = (i: number): boolean => data.event[i] === 0 && (data.upper?.[i] ?? Infinity) < Infinity
  let events = 0
  for (let i = 0; i < n; i++) if (data.event[i] === 1 || isInterval(i)) events++
  if (events === 0)
    throw new StatsError(
      'insufficientData',
      'No row has an event, so no lifetime distribution can be fitted.',
    )
  const middle = (i: number): number => {
    const [from, to] = [data.time[i]!, data.upper?.[i] ?? Infinity]
    if (!isInterval(i)) return ofLog ? Math.log(from) : from
    const within = from === -Infinity ? to : (from + to) / 2
    return ofLog ? Math.log(within) : within
  }
  let mean = 0
  for (let i = 0; i < n; i++) mean += middle(i) / n
  let squares = 0
  for (let i = 0; i < n; i++) squares += (middle(i) - mean) ** 2 / n
  const centre = ofLog ? 0 : mean
  const size = ofLog ? 1 : Math.sqrt(squares) || 1
  const line = (time: number): number => (ofLog ? Math.log(time) : (time - centre) / size)
  const weight = Float64Array.from({ length: n }, (_, i) => data.weights?.[i] ?? 1)
  let constant = 0
  for (let i = 0; i < n; i++)
    if (data.event[i] === 1) constant -= weight[i]! * Math.log(ofLog ? data.time[i]! : size)
  return {
    n,
    events,
    time: Float64Array.from({ length: n }, (_, i) => line(data.time[i]!)),
    event: data.event,
    upper: Float64Array.from({ length: n }, (_, i) => (isInterval(i) ? line(data.upper![i]!) : Infinity)),
    entry: Float64Array.from({ length: n }, (_, i) => {
      const start = data.entry?.[i]
      return start === undefined || (ofLog && !(start > 0)) ? -Infinity : line(start)
    }),
    weight,
    centre,
    size,
    constant,
    mean: (mean - centre) / size,
  }
}

function checkAft(data: AftData, ofLog: boolean): number {
  // An open lower end is a time for this model only.
  const n = checkSurvival(
    ofLog
      ? data
      : { ...data, time: Float64Array.from(data.time, (t) => (t === -Infinity ? -Number.MAX_VALUE : t)) },
  )
  if (data.upper && data.upper.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `upper has ${data.upper.length} values and time has ${n}; equal lengths were expected.`,
    )
  for (let i = 0; i < n; i++) {
    const time = data.time[i]!
    const upper = data.upper?.[i] ?? Infinity
    if (data.event[i] === 0 && upper < Infinity) {
      if (time < upper && (!ofLog || time >= 0)) continue
      throw new StatsError(
        'outOfDomain',
        `Row ${i} has its event between ${time} and ${upper}; ${ofLog ? '0 ≤ time < upper' : 'time < upper'} was expected.`,
        { context: { index: i } },
      )
    }
    if (ofLog ? !(time > 0) : time === -Infinity)
      throw new StatsError(
        'outOfDomain',
        `time is ${time} in row ${i}; ${ofLog ? 'a linear logarithm needs times greater than zero' : 'an open lower end needs an upper one'}.`,
        { context: { index: i } },
      )
  }
  return n
}
