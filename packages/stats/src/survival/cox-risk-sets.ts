import { StatsError } from '../stats-error.ts'
import { checkSurvival, type SurvivalData } from './survival-data.ts'

export type CoxTies = 'efron' | 'breslow' | 'exact'

export interface CoxData extends SurvivalData {
  /** Row-major n×p covariates, without a constant. */
  readonly x: Float64Array
  readonly p: number
  /** Stratum of each row; each stratum has its own baseline. */
  readonly strata?: ArrayLike<number>
  readonly offset?: ArrayLike<number>
}

/** Rows grouped into strata and ordered for one backward sweep over time. */
export interface CoxLayout {
  readonly n: number
  readonly p: number
  /** Covariates minus their weighted means, row-major. */
  readonly centred: Float64Array
  readonly means: Float64Array
  readonly strata: readonly CoxStratum[]
}

export interface CoxStratum {
  readonly label: number
  /** Rows by time, latest first. */
  readonly byTime: Int32Array
  /** Rows by entry, latest first; empty without delayed entry. */
  readonly byEntry: Int32Array
}

/** What stands at one event time: filled in place and handed to a visitor. */
export interface RiskSet {
  time: number
  /** Rows that have the event here. */
  rows: readonly number[]
  s0: number
  readonly s1: Float64Array
  readonly s2: Float64Array
  /** The same sums over the rows with the event. */
  d0: number
  readonly d1: Float64Array
  readonly d2: Float64Array
  /** Sum of the events' weights. */
  weight: number
}

export function layOut(data: CoxData): CoxLayout {
  const n = checkSurvival(data)
  const p = data.p
  if (data.x.length !== n * p)
    throw new StatsError(
      'lengthMismatch',
      `x has ${data.x.length} values; ${n} rows of ${p} covariates were expected.`,
    )
  const means = new Float64Array(p)
  let total = 0
  for (let i = 0; i < n; i++) {
    const weight = data.weights ? data.weights[i]! : 1
    total += weight
    for (let j = 0; j < p; j++) {
      const value = data.x[i * p + j]!
      if (!Number.isFinite(value))
        throw new StatsError(
          'notFinite',
          `Covariate ${j} is ${value} in row ${i}; a finite number was expected.`,
          { context: { index: i } },
        )
      means[j]! += weight * value
    }
  }
  for (let j = 0; j < p; j++) means[j]! /= total
  const centred = data.x.map((value, k) => value - means[k % p]!)
  const labels = data.strata ? [...new Set(Array.from(data.strata))].sort((a, b) => a - b) : [0]
  const strata = labels.map((label) => {
    const rows = Array.from({ length: n }, (_, i) => i).filter(
      (i) => !data.strata || data.strata[i] === label,
    )
    return {
      label,
      byTime: Int32Array.from(rows).sort((i, j) => data.time[j]! - data.time[i]! || i - j),
      byEntry: data.entry
        ? Int32Array.from(rows).sort((i, j) => data.entry![j]! - data.entry![i]! || i - j)
        : new Int32Array(0),
    }
  })
  return { n, p, centred, means, strata }
}

/** exp(x·β + offset) of each row on centred covariates. */
export function riskScores(
  layout: CoxLayout,
  beta: ArrayLike<number>,
  offset: ArrayLike<number> | undefined,
): { readonly eta: Float64Array; readonly risk: Float64Array } {
  const { n, p, centred } = layout
  const eta = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = offset ? offset[i]! : 0
    for (let j = 0; j < p; j++) sum += centred[i * p + j]! * beta[j]!
    eta[i] = sum
  }
  return { eta, risk: eta.map(Math.exp) }
}

/**
 * Walks the event times of a stratum from the last to the first, adding subjects as their time comes and dropping them
 * again before their entry, so each row is touched twice whatever the number of event times.
 * `order` 0 keeps only sums of weights, 1 adds covariate sums, 2 adds cross-products.
 */
export function sweepEvents(
  data: CoxData,
  layout: CoxLayout,
  stratum: CoxStratum,
  risk: Float64Array,
  order: 0 | 1 | 2,
  visit: (set: RiskSet) => void,
): void {
  const p = layout.p
  const set: RiskSet = {
    time: 0,
    rows: [],
    s0: 0,
    s1: new Float64Array(p),
    s2: new Float64Array(p * p),
    d0: 0,
    d1: new Float64Array(p),
    d2: new Float64Array(p * p),
    weight: 0,
  }
  const { byTime, byEntry } = stratum
  let out = 0
  for (let k = 0; k < byTime.length; ) {
    const time = data.time[byTime[k]!]!
    for (; out < byEntry.length && data.entry![byEntry[out]!]! >= time; out++)
      set.s0 += addRow(layout, data, risk, byEntry[out]!, -1, set.s1, set.s2, order)
    const rows: number[] = []
    set.d0 = 0
    set.d1.fill(0)
    set.d2.fill(0)
    set.weight = 0
    for (; k < byTime.length && data.time[byTime[k]!]! === time; k++) {
      const row = byTime[k]!
      set.s0 += addRow(layout, data, risk, row, 1, set.s1, set.s2, order)
      if (data.event[row] !== 1) continue
      rows.push(row)
      set.d0 += addRow(layout, data, risk, row, 1, set.d1, set.d2, order)
      set.weight += data.weights ? data.weights[row]! : 1
    }
    if (rows.length === 0 || set.weight === 0) continue
    set.time = time
    set.rows = rows
    visit(set)
  }
}

function addRow(
  layout: CoxLayout,
  data: CoxData,
  risk: Float64Array,
  row: number,
  sign: number,
  s1: Float64Array,
  s2: Float64Array,
  order: 0 | 1 | 2,
): number {
  const { p, centred } = layout
  const weight = sign * risk[row]! * (data.weights ? data.weights[row]! : 1)
  if (order === 0) return weight
  const base = row * p
  for (let a = 0; a < p; a++) {
    const share = weight * centred[base + a]!
    s1[a]! += share
    if (order === 2) for (let b = 0; b <= a; b++) s2[a * p + b]! += share * centred[base + b]!
  }
  return weight
}

/** @throws StatsError `invalidOption` unless the rule for ties is one that there is. */
export function requireTies(ties: CoxTies): void {
  if (ties === 'efron' || ties === 'breslow' || ties === 'exact') return
  throw new StatsError(
    'invalidOption',
    `There is no rule for ties "${ties}"; efron, breslow or exact was expected.`,
  )
}

/** @throws StatsError `unsupported` for exact ties, which no sums over those at risk stand for. */
export function requireSummableTies(ties: CoxTies): void {
  requireTies(ties)
  if (ties === 'exact')
    throw new StatsError('unsupported', 'This is not defined for a Cox model with exact ties.', {
      hint: "Fit it with Efron's rule, which comes closest.",
    })
}

/**
 * Number of denominators at an event time: one per event under Efron's rule, one for all under Breslow's. The hazard
 * after a fit with exact ties is Breslow's, as R has it.
 */
export function tieSteps(ties: CoxTies, events: number): number {
  return ties === 'efron' ? events : 1
}
