import { normalQuantile } from '../distributions/normal.ts'
import { requireLevel, StatsError } from '../stats-error.ts'

/** Whole periods until an event or censoring; a subject is at risk in periods 1 … time. */
export interface DiscreteTimes {
  readonly time: ArrayLike<number>
  /** 0 censored at the end of that period, otherwise the number of the cause. */
  readonly cause: ArrayLike<number>
  readonly weights?: ArrayLike<number>
}

export interface PeriodHazards {
  /** Period 1 first. */
  readonly atRisk: Float64Array
  /** Events of each asked-for cause, in their order. */
  readonly events: readonly Float64Array[]
  readonly hazard: readonly Float64Array[]
  /** Wilson bounds of each hazard. */
  readonly lower: readonly Float64Array[]
  readonly upper: readonly Float64Array[]
  /** Periods with at least one subject at risk; hazards beyond are not estimated. */
  readonly observedPeriods: number
}

/**
 * Share of those at risk that have an event of each cause in each period (cause-specific hazards of a life table), such
 * as default and prepayment by month on book.
 * Hazards and bounds lie in [0, 1].
 * Cost O(n + periods × causes).
 * Source: Prentice and Gloeckler (1978), https://doi.org/10.2307/2529588; Wilson (1927).
 * @throws StatsError `emptyData`, `lengthMismatch`, `outOfDomain`
 * @example
 * periodHazards({ time: [1, 2, 2, 3], cause: [1, 0, 1, 0] }, [1]).hazard // → [[0.25, 0.3333333, 0]]
 */
export function periodHazards(data: DiscreteTimes, causes: readonly number[], level = 0.95): PeriodHazards {
  requireLevel('level', level)
  const n = checkTimes(data)
  const last = Array.from(data.time).reduce((a, b) => Math.max(a, b), 0)
  const atRisk = new Float64Array(last)
  const events = causes.map(() => new Float64Array(last))
  for (let i = 0; i < n; i++) {
    const weight = data.weights ? data.weights[i]! : 1
    atRisk[data.time[i]! - 1]! += weight
    const which = causes.indexOf(data.cause[i]!)
    if (data.cause[i] !== 0 && which >= 0) events[which]![data.time[i]! - 1]! += weight
  }
  for (let t = last - 2; t >= 0; t--) atRisk[t]! += atRisk[t + 1]!
  const z = normalQuantile(0.5 + level / 2)
  const bound = (count: number, total: number, sign: number): number => {
    const share = count / total
    const centre = share + (z * z) / (2 * total)
    const spread = z * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total))
    return Math.min(1, Math.max(0, (centre + sign * spread) / (1 + (z * z) / total)))
  }
  return {
    atRisk,
    events,
    hazard: events.map((counts) => counts.map((count, t) => count / atRisk[t]!)),
    lower: events.map((counts) => counts.map((count, t) => bound(count, atRisk[t]!, -1))),
    upper: events.map((counts) => counts.map((count, t) => bound(count, atRisk[t]!, 1))),
    observedPeriods: last,
  }
}

/** Checks the columns and returns the number of subjects. */
export function checkTimes(data: DiscreteTimes): number {
  const n = data.time.length
  if (n === 0) throw new StatsError('emptyData', 'There are no subjects; at least one was expected.')
  if (data.cause.length !== n || (data.weights && data.weights.length !== n))
    throw new StatsError(
      'lengthMismatch',
      `cause has ${data.cause.length} values and time has ${n}; equal lengths were expected.`,
    )
  for (let i = 0; i < n; i++)
    if (!Number.isInteger(data.time[i]!) || data.time[i]! < 1 || data.time[i]! > 1e7)
      throw new StatsError(
        'outOfDomain',
        `time is ${data.time[i]} in row ${i}; a whole number of periods from 1 to 10⁷ was expected.`,
        { context: { index: i } },
      )
  return n
}
