import { normalQuantile } from '../distributions/normal.ts'
import { requireFiniteColumn, requireLevel, StatsError } from '../stats-error.ts'
import { checkSurvival, type SurvivalData } from './survival-data.ts'

export interface PiecewiseExponentialModel {
  readonly kind: 'piecewiseExponential'
  readonly version: 1
  /** Ends of the pieces but the last, which has none. */
  readonly breakpoints: readonly number[]
  readonly events: readonly number[]
  /** Time at risk, in the times' unit. */
  readonly exposure: readonly number[]
  /** Events per unit of time. */
  readonly hazard: readonly number[]
  /** Of each hazard, and bounds that are symmetric on its logarithm; null where a piece has no event. */
  readonly standardErrors: readonly (number | null)[]
  readonly lower: readonly (number | null)[]
  readonly upper: readonly (number | null)[]
  readonly logLikelihood: number
  readonly level: number
}

/**
 * Hazards that are constant between breakpoints, by maximum likelihood: events over time at risk. (lifelines' parameters
 * are the hazards' reciprocals.)
 * Cost O(n × pieces).
 * Source: Friedman (1982), https://doi.org/10.1214/aos/1176345693
 * Parity: lifelines' `PiecewiseExponentialFitter`.
 * @param breakpoints ascending, greater than 0
 * @param options.holds whether an event at a breakpoint belongs to the piece that ends there (default; R's `survSplit`) or
 * to the one that starts (lifelines)
 * @throws StatsError `emptyData`, `lengthMismatch`, `outOfDomain`, `notFinite`, `insufficientData` for a piece that no one
 * reached
 * @example
 * fitPiecewiseExponential({ time: [1, 2, 3, 5], event: [1, 1, 0, 1] }, [2]).hazard // → [0.2857143, 0.25]
 */
export function fitPiecewiseExponential(
  data: SurvivalData,
  breakpoints: readonly number[],
  options: { readonly holds?: 'end' | 'start'; readonly level?: number } = {},
): PiecewiseExponentialModel {
  const { holds = 'end', level = 0.95 } = options
  requireLevel('level', level)
  requireFiniteColumn('breakpoints', breakpoints)
  const n = checkSurvival(data)
  breakpoints.forEach((at, k) => {
    if (!(at > (breakpoints[k - 1] ?? 0)))
      throw new StatsError(
        'outOfDomain',
        `breakpoints[${k}] is ${at}; more than ${breakpoints[k - 1] ?? 0} was expected.`,
      )
  })
  const pieces = breakpoints.length + 1
  const events = new Array<number>(pieces).fill(0)
  const exposure = new Array<number>(pieces).fill(0)
  for (let i = 0; i < n; i++) {
    const weight = data.weights ? data.weights[i]! : 1
    const start = Math.max(0, data.entry?.[i] ?? 0)
    const time = data.time[i]!
    if (!(time > 0))
      throw new StatsError(
        'outOfDomain',
        `time is ${time} in row ${i}; a time greater than zero was expected.`,
        {
          context: { index: i },
        },
      )
    for (let k = 0; k < pieces; k++) {
      const [from, to] = [breakpoints[k - 1] ?? 0, breakpoints[k] ?? Infinity]
      exposure[k]! += weight * Math.max(0, Math.min(time, to) - Math.max(start, from))
      const inside = holds === 'end' ? time > from && time <= to : time >= from && time < to
      if (data.event[i] === 1 && inside) events[k]! += weight
    }
  }
  const z = normalQuantile(0.5 + level / 2)
  const bound = (k: number, sign: number): number | null =>
    events[k]! > 0 ? (events[k]! / exposure[k]!) * Math.exp((sign * z) / Math.sqrt(events[k]!)) : null
  exposure.forEach((time, k) => {
    if (!(time > 0))
      throw new StatsError('insufficientData', `Nobody was at risk in piece ${k}, so it has no hazard.`, {
        hint: 'Move the breakpoints together.',
      })
  })
  const hazard = events.map((d, k) => d / exposure[k]!)
  return Object.freeze({
    kind: 'piecewiseExponential',
    version: 1,
    breakpoints: [...breakpoints],
    events,
    exposure,
    hazard,
    standardErrors: events.map((d, k) => (d > 0 ? Math.sqrt(d) / exposure[k]! : null)),
    lower: events.map((_, k) => bound(k, -1)),
    upper: events.map((_, k) => bound(k, 1)),
    logLikelihood: events.reduce((sum, d, k) => sum + (d > 0 ? d * Math.log(hazard[k]!) - d : 0), 0),
    level,
  } as const)
}

/**
 * Survival at each time, in [0, 1].
 * Cost O(times × pieces).
 * Source: Friedman (1982), https://doi.org/10.1214/aos/1176345693
 * @throws StatsError `notFinite`
 * @example
 * const model = fitPiecewiseExponential({ time: [1, 2, 3, 5], event: [1, 1, 0, 1] }, [2])
 * predictPiecewiseSurvival(model, [2, 3]) // → [0.5647181, 0.4398029]
 */
export function predictPiecewiseSurvival(
  model: PiecewiseExponentialModel,
  times: ArrayLike<number>,
): Float64Array {
  requireFiniteColumn('times', times)
  return Float64Array.from(times, (time) => {
    let cumulative = 0
    for (let k = 0; k < model.hazard.length; k++) {
      const [from, to] = [model.breakpoints[k - 1] ?? 0, model.breakpoints[k] ?? Infinity]
      cumulative += model.hazard[k]! * Math.max(0, Math.min(time, to) - from)
    }
    return Math.exp(-cumulative)
  })
}
