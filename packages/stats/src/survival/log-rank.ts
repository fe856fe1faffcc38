import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { qrFactor } from '../linalg/least-squares.ts'
import { solveLinear } from '../linalg/lu.ts'
import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import { checkSurvival, orderBy, type SurvivalData } from './survival-data.ts'

/**
 * Weights of the event times: `logRank` 1; `flemingHarrington` S(t−)^ρ (1 − S(t−))^γ, where ρ = 1, γ = 0 is Peto and
 * Peto's in R; `gehan` the number at risk; `taroneWare` its root; `peto` the Peto–Prentice survival estimate.
 */
export type LogRankWeights =
  | { readonly kind: 'logRank' | 'gehan' | 'taroneWare' | 'peto' }
  | { readonly kind: 'flemingHarrington'; readonly rho: number; readonly gamma: number }

export interface LogRankOptions {
  readonly weights?: LogRankWeights
  /** Stratum of each row; differences are added up within strata. */
  readonly strata?: ArrayLike<number>
}

export interface LogRankTest {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
  /** Group labels ascending, with (weighted) observed and expected events. */
  readonly groups: readonly number[]
  readonly observed: readonly number[]
  readonly expected: readonly number[]
}

/**
 * Compares survival between groups by the log-rank family with the hypergeometric variance.
 * Cost O(n log n + events × groups²).
 * Source: Mantel (1966); Peto and Peto (1972), https://doi.org/10.2307/2344317; Fleming and Harrington (1991), section 7.3;
 * Klein and Moeschberger (2003), eq. 7.3.3 and 7.3.4.
 * @param group a number per row
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `oneClass` for a single group,
 * `zeroVariance` when no comparison is possible
 * @example
 * logRankTest({ time: [1, 2, 3, 4, 5, 6], event: [1, 1, 1, 1, 0, 1] }, [1, 1, 1, 2, 2, 2]).pValue // → 0.02460235
 */
export function logRankTest(
  data: SurvivalData,
  group: ArrayLike<number>,
  options: LogRankOptions = {},
): LogRankTest {
  const n = checkSurvival(data)
  if (group.length !== n || (options.strata && options.strata.length !== n))
    throw new StatsError(
      'lengthMismatch',
      `group has ${group.length} values and time has ${n}; equal lengths were expected.`,
    )
  requireFiniteColumn('group', group)
  const groups = [...new Set(Array.from(group))].sort((a, b) => a - b)
  if (groups.length < 2)
    throw new StatsError('oneClass', 'All rows belong to one group; at least two were expected.')
  const k = groups.length
  const code = new Map(groups.map((g, i) => [g, i]))
  const observed = new Float64Array(k)
  const expected = new Float64Array(k)
  const score = new Float64Array(k)
  const covariance = new Float64Array(k * k)
  const strata = options.strata ? [...new Set(Array.from(options.strata))] : [0]
  for (const stratum of strata) {
    const rows = Array.from({ length: n }, (_, i) => i).filter(
      (i) => !options.strata || options.strata[i] === stratum,
    )
    addStratum(data, rows, (i) => code.get(group[i]!)!, k, options.weights ?? { kind: 'logRank' }, {
      observed,
      expected,
      score,
      covariance,
    })
  }
  // One group's column is the negative sum of the others', so it is left out.
  const m = k - 1
  const v = new Float64Array(m * m)
  for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) v[i * m + j] = covariance[i * k + j]!
  const usable = qrFactor(v, m, m)
  if (usable.rank < m)
    throw new StatsError(
      'zeroVariance',
      'No event time has two groups at risk in every comparison, so the groups cannot be compared.',
      { hint: 'Leave out groups without events or overlap in time.' },
    )
  const u = score.subarray(0, m)
  const solved = solveLinear(v, m, u)
  let statistic = 0
  for (let i = 0; i < m; i++) statistic += u[i]! * solved[i]!
  return {
    statistic,
    degreesOfFreedom: m,
    pValue: chiSquareSurvival(statistic, m),
    groups,
    observed: [...observed],
    expected: [...expected],
  }
}

interface Sums {
  readonly observed: Float64Array
  readonly expected: Float64Array
  readonly score: Float64Array
  readonly covariance: Float64Array
}

function addStratum(
  data: SurvivalData,
  rows: readonly number[],
  codeOf: (i: number) => number,
  k: number,
  weights: LogRankWeights,
  sums: Sums,
): void {
  const time = Float64Array.from(rows, (i) => data.time[i]!)
  const order = orderBy(time, rows.length)
  const entry = data.entry ? Float64Array.from(rows, (i) => data.entry![i]!) : undefined
  const entries = entry ? orderBy(entry, rows.length) : undefined
  const weightOf = (i: number): number => (data.weights ? data.weights[i]! : 1)
  const atRisk = new Float64Array(k)
  if (!entries) for (const i of rows) atRisk[codeOf(i)]! += weightOf(i)
  let entered = 0
  let survival = 1
  let petoSurvival = 1
  const died = new Float64Array(k)
  for (let at = 0; at < rows.length; ) {
    const now = time[order[at]!]!
    if (entries && entry)
      for (; entered < rows.length && entry[entries[entered]!]! < now; entered++)
        atRisk[codeOf(rows[entries[entered]!]!)]! += weightOf(rows[entries[entered]!]!)
    died.fill(0)
    const first = at
    for (; at < rows.length && time[order[at]!]! === now; at++) {
      const row = rows[order[at]!]!
      if (data.event[row] === 1) died[codeOf(row)]! += weightOf(row)
    }
    const d = died.reduce((a, b) => a + b, 0)
    const risk = atRisk.reduce((a, b) => a + b, 0)
    if (d > 0) {
      petoSurvival *= 1 - d / (risk + 1)
      const w = timeWeight(weights, risk, survival, petoSurvival)
      addTime(sums, died, atRisk, d, risk, w, k)
      survival *= 1 - d / risk
    }
    for (let j = first; j < at; j++) {
      const row = rows[order[j]!]!
      atRisk[codeOf(row)]! -= weightOf(row)
    }
  }
}

function addTime(
  sums: Sums,
  died: Float64Array,
  atRisk: Float64Array,
  d: number,
  risk: number,
  w: number,
  k: number,
): void {
  const scale = risk > 1 ? (w * w * d * (risk - d)) / (risk * risk * (risk - 1)) : 0
  for (let i = 0; i < k; i++) {
    const expected = (d * atRisk[i]!) / risk
    sums.observed[i]! += w * died[i]!
    sums.expected[i]! += w * expected
    sums.score[i]! += w * (died[i]! - expected)
    for (let j = 0; j < k; j++)
      sums.covariance[i * k + j]! += scale * atRisk[i]! * ((i === j ? risk : 0) - atRisk[j]!)
  }
}

function timeWeight(weights: LogRankWeights, risk: number, survival: number, petoSurvival: number): number {
  if (weights.kind === 'gehan') return risk
  if (weights.kind === 'taroneWare') return Math.sqrt(risk)
  if (weights.kind === 'peto') return petoSurvival
  if (weights.kind === 'flemingHarrington') return survival ** weights.rho * (1 - survival) ** weights.gamma
  return 1
}
