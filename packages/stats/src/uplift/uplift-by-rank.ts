import { normalQuantile } from '../distributions/normal.ts'
import { newcombeInterval } from '../inference/proportion-intervals.ts'
import type { Interval } from '../inference/sample.ts'
import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import type { UpliftData } from './uplift-curves.ts'

/** `overall`: the best rows of both arms together. `byGroup`: the best rows of each arm. */
export type UpliftStrategy = 'overall' | 'byGroup'

export type UpliftBin = {
  readonly treated: number
  readonly control: number
  readonly responseTreated: number
  readonly responseControl: number
  readonly uplift: number
  /** √(p(1 − p)/n) of each rate and of their difference; of numbers other than 0/1, by their variances. */
  readonly sdTreated: number
  readonly sdControl: number
  readonly sdUplift: number
  readonly interval: Interval
}

/**
 * Uplift by bins of predicted uplift, highest first, of nearly equal size. Ties in reverse input order, as scikit-uplift.
 * Columns have length n; one row a bin.
 * Cost O(n log n).
 * Parity: scikit-uplift `uplift_by_percentile`, https://www.uplift-modeling.com/en/latest/api/metrics/index.html
 * @throws StatsError `invalidOption`, `insufficientData` if a bin lacks an arm, `lengthMismatch`, `notFinite`, `outOfDomain`.
 * @example
 * const data = { y: [1, 1, 0, 1, 0, 0, 1, 0], uplift: [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1], treatment: [1, 1, 0, 0, 1, 1, 0, 0] }
 * upliftByPercentile(data, { bins: 2 }).map((bin) => bin.uplift) // → [0.5, -0.5]
 */
export function upliftByPercentile(
  data: UpliftData,
  options: { readonly bins?: number; readonly strategy?: UpliftStrategy } = {},
): readonly UpliftBin[] {
  const { bins = 10, strategy = 'overall' } = options
  const order = ranking(data)
  if (!(Number.isInteger(bins) && bins >= 1 && bins < order.length))
    throw new StatsError(
      'invalidOption',
      `bins is ${bins}; a whole number from 1 to ${order.length - 1} was expected.`,
    )
  if (strategy === 'overall')
    return splitEvenly(order, bins).map((rows) =>
      binOf(
        data,
        rows.filter((r) => data.treatment[r] === 1),
        rows.filter((r) => data.treatment[r] === 0),
      ),
    )
  const treated = splitEvenly(
    order.filter((r) => data.treatment[r] === 1),
    bins,
  )
  const control = splitEvenly(
    order.filter((r) => data.treatment[r] === 0),
    bins,
  )
  return treated.map((rows, b) => binOf(data, rows, control[b]!))
}

/**
 * Mean of the bins' uplifts, weighted by their treated rows.
 * In the outcome's unit.
 * Cost O(n log n).
 * Source: scikit-uplift, https://www.uplift-modeling.com/en/latest/api/metrics/index.html
 * @throws StatsError `invalidOption`, `insufficientData` if a bin lacks an arm, `lengthMismatch`, `notFinite`,
 * `outOfDomain`
 * @example
 * const data = { y: [1, 1, 0, 1, 0, 0, 1, 0], uplift: [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1], treatment: [1, 1, 0, 0, 1, 1, 0, 0] }
 * weightedAverageUplift(data, { bins: 2 }) // → 0
 */
export function weightedAverageUplift(
  data: UpliftData,
  options: { readonly bins?: number; readonly strategy?: UpliftStrategy } = {},
): number {
  const bins = upliftByPercentile(data, options)
  return bins.reduce((s, b) => s + b.treated * b.uplift, 0) / bins.reduce((s, b) => s + b.treated, 0)
}

/**
 * Uplift among the best rows: a share in (0, 1) or a whole number of them (of each arm, by group).
 * Cost O(n log n).
 * Parity: scikit-uplift `uplift_at_k`, https://www.uplift-modeling.com/en/latest/api/metrics/index.html
 * @throws StatsError as `upliftByPercentile`, `outOfDomain` for a k that is neither.
 * @example
 * const data = { y: [1, 1, 0, 1, 0, 0, 1, 0], uplift: [0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1], treatment: [1, 1, 0, 0, 1, 1, 0, 0] }
 * upliftAtK(data, { share: 0.5 }, 'overall').uplift // → 0.5
 */
export function upliftAtK(
  data: UpliftData,
  k: { readonly share: number } | { readonly rows: number },
  strategy: UpliftStrategy,
): UpliftBin {
  const order = ranking(data)
  const take = (rows: readonly number[]): readonly number[] => {
    const count = 'share' in k ? Math.trunc(rows.length * requireShare(k.share)) : k.rows
    if (!(Number.isInteger(count) && count >= 1 && count <= rows.length))
      throw new StatsError('outOfDomain', `The best ${count} of ${rows.length} rows were asked for.`)
    return rows.slice(0, count)
  }
  const arm = (rows: readonly number[], t: 0 | 1): readonly number[] =>
    rows.filter((r) => data.treatment[r] === t)
  if (strategy === 'byGroup') return binOf(data, take(arm(order, 1)), take(arm(order, 0)))
  const best = take(order)
  return binOf(data, arm(best, 1), arm(best, 0))
}

function requireShare(share: number): number {
  if (share > 0 && share < 1) return share
  throw new StatsError(
    'outOfDomain',
    `The share is ${share}; a number strictly between 0 and 1 was expected.`,
  )
}

/** Rows by predicted uplift, highest first, ties in reverse input order. */
export function ranking({ y, uplift, treatment }: UpliftData): readonly number[] {
  const n = requireSameLength({ y, uplift, treatment })
  requireFiniteColumn('y', y)
  requireFiniteColumn('uplift', uplift)
  for (let i = 0; i < n; i++)
    if (treatment[i] !== 0 && treatment[i] !== 1)
      throw new StatsError(
        'outOfDomain',
        `The treatment of row ${i} is ${treatment[i]}; 0 or 1 was expected.`,
      )
  return Array.from({ length: n }, (_, i) => i).sort((a, b) => uplift[b]! - uplift[a]! || b - a)
}

/** The first bins take what is left over, as NumPy's array_split. */
function splitEvenly(rows: readonly number[], bins: number): readonly (readonly number[])[] {
  const small = Math.floor(rows.length / bins)
  const larger = rows.length % bins
  return Array.from({ length: bins }, (_, b) => {
    const start = b * small + Math.min(b, larger)
    return rows.slice(start, start + small + (b < larger ? 1 : 0))
  })
}

function binOf({ y }: UpliftData, treated: readonly number[], control: readonly number[]): UpliftBin {
  if (treated.length === 0 || control.length === 0) {
    throw new StatsError(
      'insufficientData',
      `A part of the ranking has ${treated.length} treated and ${control.length} control rows; both were expected.`,
      { hint: 'Ask for fewer bins or more rows.' },
    )
  }
  const t = describe(y, treated)
  const c = describe(y, control)
  const sdUplift = Math.hypot(t.sd, c.sd)
  const reach = normalQuantile(0.975) * sdUplift
  const uplift = t.mean - c.mean
  const interval =
    t.binary && c.binary
      ? newcombeInterval({ successes: t.sum, n: treated.length }, { successes: c.sum, n: control.length })
      : { low: uplift - reach, high: uplift + reach, level: 0.95 }
  return {
    treated: treated.length,
    control: control.length,
    responseTreated: t.mean,
    responseControl: c.mean,
    uplift,
    sdTreated: t.sd,
    sdControl: c.sd,
    sdUplift,
    interval,
  }
}

function describe(
  y: ArrayLike<number>,
  rows: readonly number[],
): { mean: number; sum: number; sd: number; binary: boolean } {
  const sum = rows.reduce((s, r) => s + y[r]!, 0)
  const mean = sum / rows.length
  const squares = rows.reduce((s, r) => s + (y[r]! - mean) ** 2, 0)
  return {
    mean,
    sum,
    sd: Math.sqrt(squares) / rows.length,
    binary: rows.every((r) => y[r] === 0 || y[r] === 1),
  }
}
