import { StatsError } from '../stats-error.ts'

/** Right-censored times, with delayed entry if given. Event: 1 happened, 0 censored. */
export interface SurvivalData {
  readonly time: ArrayLike<number>
  readonly event: ArrayLike<number>
  /** Start of observation (left truncation); a subject is at risk in (entry, time]. 0 when absent. */
  readonly entry?: ArrayLike<number>
  /** Subjects that a row stands for; 1 each when absent. */
  readonly weights?: ArrayLike<number>
}

/** Counts at each distinct time, ascending. */
export interface RiskTable {
  readonly time: Float64Array
  readonly atRisk: Float64Array
  readonly events: Float64Array
  readonly censored: Float64Array
}

/** Checks the columns and returns the number of rows. @throws StatsError `emptyData`, `lengthMismatch`, `outOfDomain`, `notFinite` */
export function checkSurvival(data: SurvivalData): number {
  const n = data.time.length
  if (n === 0) throw new StatsError('emptyData', 'There are no survival times; at least one was expected.')
  for (const [name, column] of [
    ['event', data.event],
    ['entry', data.entry],
    ['weights', data.weights],
  ] as const)
    if (column && column.length !== n)
      throw new StatsError(
        'lengthMismatch',
        `${name} has ${column.length} values and time has ${n}; equal lengths were expected.`,
      )
  for (let i = 0; i < n; i++) {
    const time = data.time[i]!
    const event = data.event[i]!
    if (!Number.isFinite(time))
      throw new StatsError('notFinite', `time is ${time} in row ${i}; a finite number was expected.`, {
        context: { index: i },
      })
    if (event !== 0 && event !== 1)
      throw new StatsError(
        'outOfDomain',
        `event is ${event} in row ${i}; 1 for an event or 0 for censoring was expected.`,
        { context: { index: i } },
      )
    if (data.entry && !(data.entry[i]! < time))
      throw new StatsError(
        'outOfDomain',
        `entry is ${data.entry[i]} in row ${i}, not before time ${time}; entry must come first.`,
        { context: { index: i } },
      )
    if (data.weights && !(data.weights[i]! >= 0 && data.weights[i]! < Infinity))
      throw new StatsError(
        'outOfDomain',
        `weights is ${data.weights[i]} in row ${i}; a finite number ≥ 0 was expected.`,
        { context: { index: i } },
      )
  }
  return n
}

/** Subjects at risk, events and censorings at each distinct time. Cost: two sorts. */
export function riskTable(data: SurvivalData): RiskTable {
  const n = checkSurvival(data)
  const order = orderBy(data.time, n)
  const entries = data.entry ? orderBy(data.entry, n) : undefined
  const weight = (i: number): number => (data.weights ? data.weights[i]! : 1)
  const [time, atRisk, events, censored]: [number[], number[], number[], number[]] = [[], [], [], []]
  let total = 0
  if (!entries) for (let i = 0; i < n; i++) total += weight(i)
  let entered = 0
  for (let k = 0; k < n; ) {
    const at = data.time[order[k]!]!
    if (entries)
      for (; entered < n && data.entry![entries[entered]!]! < at; entered++)
        total += weight(entries[entered]!)
    let died = 0
    let left = 0
    for (; k < n && data.time[order[k]!]! === at; k++) {
      const row = order[k]!
      if (data.event[row] === 1) died += weight(row)
      else left += weight(row)
    }
    if (died + left === 0) continue
    time.push(at)
    atRisk.push(total)
    events.push(died)
    censored.push(left)
    total -= died + left
  }
  return {
    time: Float64Array.from(time),
    atRisk: Float64Array.from(atRisk),
    events: Float64Array.from(events),
    censored: Float64Array.from(censored),
  }
}

/** Row numbers in ascending order of a column; equal values keep their order. */
export function orderBy(column: ArrayLike<number>, n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => i).sort((i, j) => column[i]! - column[j]! || i - j)
}

/** Index of the last time not after `at`, or −1. */
export function lastIndex(time: ArrayLike<number>, at: number): number {
  let lo = -1
  let hi = time.length
  while (hi - lo > 1) {
    const middle = (lo + hi) >> 1
    if (time[middle]! <= at) lo = middle
    else hi = middle
  }
  return lo
}
