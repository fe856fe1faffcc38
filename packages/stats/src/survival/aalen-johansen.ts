import { normalQuantile } from '../distributions/normal.ts'
import { requireFiniteColumn, requireLevel, StatsError } from '../stats-error.ts'
import { orderBy } from './survival-data.ts'

export interface CompetingRisksData {
  readonly time: ArrayLike<number>
  /** 0 censored, otherwise the number of the cause. */
  readonly cause: ArrayLike<number>
  readonly weights?: ArrayLike<number>
}

export interface CumulativeIncidence {
  readonly kind: 'aalenJohansen'
  readonly version: 1
  readonly cause: number
  /** Times with an event of any cause, ascending. */
  readonly time: Float64Array
  readonly incidence: Float64Array
  readonly standardError: Float64Array
  /** On the log(−log) scale, which keeps them in [0, 1]. */
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly level: number
}

/**
 * Cumulative incidence of one cause while the others compete (Aalen–Johansen); the curves of all causes and survival add
 * up to one. Standard errors by the delta method.
 * Incidences and bounds lie in [0, 1].
 * Cost O(n log n).
 * Source: Aalen and Johansen (1978), https://www.jstor.org/stable/4615704; Marubini and Valsecchi (1995), eq. 10.12.
 * @throws StatsError `emptyData`, `lengthMismatch`, `notFinite`, `insufficientData` when the cause never happens
 * @example
 * const data = { time: [1, 2, 3, 4, 5], cause: [1, 2, 0, 1, 0] }
 * fitAalenJohansen(data, 1).incidence // → [0.2, 0.2, 0.5]
 */
export function fitAalenJohansen(data: CompetingRisksData, cause: number, level = 0.95): CumulativeIncidence {
  requireLevel('level', level)
  const n = data.time.length
  if (n === 0) throw new StatsError('emptyData', 'There are no survival times; at least one was expected.')
  if (data.cause.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `cause has ${data.cause.length} values and time has ${n}; equal lengths were expected.`,
    )
  requireFiniteColumn('time', data.time)
  requireFiniteColumn('cause', data.cause)
  const steps = eventSteps(data, n, cause)
  if (!steps.some((s) => s.own > 0))
    throw new StatsError('insufficientData', `No row has an event of cause ${cause}.`)
  const incidence = new Float64Array(steps.length)
  const standardError = new Float64Array(steps.length)
  const before = new Float64Array(steps.length)
  let survival = 1
  let total = 0
  steps.forEach((s, k) => {
    before[k] = survival
    total += (survival * s.own) / s.atRisk
    survival *= 1 - s.all / s.atRisk
    incidence[k] = total
  })
  for (let k = 0; k < steps.length; k++) standardError[k] = Math.sqrt(varianceAt(steps, incidence, before, k))
  const z = normalQuantile(0.5 + level / 2)
  const bound = (k: number, sign: number): number => {
    const value = incidence[k]!
    if (value <= 0 || value >= 1) return value
    const spread = (sign * z * standardError[k]!) / (value * Math.abs(Math.log(value)))
    return value ** Math.exp(-spread)
  }
  return Object.freeze({
    kind: 'aalenJohansen',
    version: 1,
    cause,
    time: Float64Array.from(steps, (s) => s.time),
    incidence,
    standardError,
    lower: incidence.map((_, k) => bound(k, -1)),
    upper: incidence.map((_, k) => bound(k, 1)),
    level,
  })
}

interface EventStep {
  readonly time: number
  readonly atRisk: number
  readonly all: number
  readonly own: number
}

function eventSteps(data: CompetingRisksData, n: number, cause: number): EventStep[] {
  const order = orderBy(data.time, n)
  const weight = (i: number): number => (data.weights ? data.weights[i]! : 1)
  let atRisk = 0
  for (let i = 0; i < n; i++) atRisk += weight(i)
  const steps: EventStep[] = []
  for (let k = 0; k < n; ) {
    const time = data.time[order[k]!]!
    let [all, own, gone] = [0, 0, 0]
    for (; k < n && data.time[order[k]!]! === time; k++) {
      const row = order[k]!
      gone += weight(row)
      if (data.cause[row] !== 0) all += weight(row)
      if (data.cause[row] === cause) own += weight(row)
    }
    if (all > 0) steps.push({ time, atRisk, all, own })
    atRisk -= gone
  }
  return steps
}

function varianceAt(
  steps: readonly EventStep[],
  incidence: Float64Array,
  before: Float64Array,
  last: number,
): number {
  let variance = 0
  for (let k = 0; k <= last; k++) {
    const { atRisk, all, own } = steps[k]!
    const gap = incidence[last]! - incidence[k]!
    if (atRisk > all) variance += (gap * gap * all) / (atRisk * (atRisk - all))
    variance +=
      (before[k]! ** 2 * own * (atRisk - own)) / atRisk ** 3 - (2 * gap * before[k]! * own) / atRisk ** 2
  }
  return Math.max(0, variance)
}
