import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { invertSymmetric } from '../linalg/cholesky.ts'
import { requireFinite, requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import type { ChiSquareTest } from './cox.ts'

export interface GroupedRisksData {
  readonly time: ArrayLike<number>
  /** 0 for censored, otherwise a cause. */
  readonly cause: ArrayLike<number>
  /** Label of each row's group. */
  readonly group: ArrayLike<number>
  /** Groups are compared within strata only; one stratum when absent. */
  readonly strata?: ArrayLike<number>
}

/**
 * Gray's test that groups have the same cumulative incidence of a cause, which a log-rank test of cause-specific hazards does
 * not tell. Weights (1 − F(t−))^ρ, F the incidence of all groups.
 * Cost O(n·log n + times × groups³).
 * Source: Gray (1988), "A class of K-sample tests for comparing the cumulative incidence of a competing risk", Annals of
 * Statistics 16, sections 2 and 3, https://doi.org/10.1214/aos/1176350951
 * Parity: `cmprsk::cuminc`.
 * @param options.rho power of the weights. Default 0.
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `insufficientData` with fewer than two groups or no event
 * of the cause, `notPositiveDefinite` where a group tells nothing
 * @example
 * const data = { time: [1, 2, 3, 4, 5, 6, 7, 8], cause: [1, 0, 1, 2, 1, 2, 0, 1], group: [1, 1, 1, 1, 2, 2, 2, 2] }
 * grayTest(data, 1).degreesOfFreedom // → 1
 */
export function grayTest(
  data: GroupedRisksData,
  cause: number,
  options: { readonly rho?: number } = {},
): ChiSquareTest {
  const { rho = 0 } = options
  requireFinite('rho', rho)
  const { time, cause: causes, group, strata } = data
  const n = requireSameLength({ time, cause: causes, group, strata })
  for (const [name, column] of [
    ['time', time],
    ['cause', causes],
    ['group', group],
  ] as const)
    requireFiniteColumn(name, column)
  const labels = [...new Set(Array.from(group))].sort((a, b) => a - b)
  const k = labels.length
  if (k < 2) throw new StatsError('insufficientData', `There is ${k} group; at least two were expected.`)
  if (!Array.prototype.includes.call(causes, cause))
    throw new StatsError('insufficientData', `No row has an event of cause ${cause}.`)
  const place = new Map(labels.map((label, i) => [label, i]))
  const byStratum = new Map<number, number[]>()
  for (let i = 0; i < n; i++) {
    const stratum = strata ? strata[i]! : 0
    const rows = byStratum.get(stratum)
    if (rows) rows.push(i)
    else byStratum.set(stratum, [i])
  }
  const score = new Float64Array(k - 1)
  const variance = new Float64Array((k - 1) ** 2)
  for (const rows of byStratum.values()) {
    rows.sort((a, b) => time[a]! - time[b]!)
    const events = rows.map((i) => ({
      time: time[i]!,
      kind: causes[i] === 0 ? (0 as const) : causes[i] === cause ? (1 as const) : (2 as const),
      group: place.get(group[i]!)!,
    }))
    addStratum(events, k, rho, score, variance)
  }
  const inverse = invertSymmetric(variance, k - 1)
  let statistic = 0
  for (let i = 0; i < k - 1; i++)
    for (let j = 0; j < k - 1; j++) statistic += score[i]! * inverse[i * (k - 1) + j]! * score[j]!
  return { statistic, degreesOfFreedom: k - 1, pValue: chiSquareSurvival(statistic, k - 1) }
}

interface RiskEvent {
  readonly time: number
  readonly kind: 0 | 1 | 2
  readonly group: number
}

/** Adds a stratum's scores and their covariance for all groups but the last. */
function addStratum(
  events: readonly RiskEvent[],
  k: number,
  rho: number,
  score: Float64Array,
  variance: Float64Array,
): void {
  const atRisk = new Float64Array(k)
  for (const { group } of events) atRisk[group]!++
  // Just before the time: S of any event, F of the cause, per group; F of all groups.
  const free = new Float64Array(k).fill(1)
  const incidence = new Float64Array(k)
  let overall = 0
  // ∫ a dF/(1 − F) so far, and the sums over martingales that its later growth multiplies.
  const drift = new Float64Array(k * k)
  const squares = new Float64Array(k)
  const crosses = new Float64Array((k - 1) * k)
  for (let from = 0, to = 0; from < events.length; from = to) {
    const counts = [new Float64Array(k), new Float64Array(k), new Float64Array(k)] as const
    for (to = from; to < events.length && events[to]!.time === events[from]!.time; to++)
      counts[events[to]!.kind][events[to]!.group]!++
    const own = counts[1].reduce((a, b) => a + b, 0)
    const others = counts[2].reduce((a, b) => a + b, 0)
    if (own + others > 0) {
      const h = atRisk.map((y, g) => (y > 0 ? y / free[g]! : 0))
      const total = h.reduce((a, b) => a + b, 0)
      const remaining = h.reduce((sum, value, g) => sum + value * (1 - incidence[g]!), 0)
      const after = overall + own / total
      const freeAfter = free.map((s, g) =>
        atRisk[g]! > 0 ? (s * (atRisk[g]! - counts[1][g]! - counts[2][g]!)) / atRisk[g]! : s,
      )
      const weight = (1 - overall) ** rho
      const a = (i: number, j: number): number =>
        atRisk[i]! > 0 && atRisk[j]! > 0 ? weight * h[i]! * ((i === j ? 1 : 0) - h[j]! / total) : 0
      for (let i = 0; i < k; i++)
        for (let j = 0; j < k; j++) drift[i * k + j]! += (a(i, j) * own) / (total * (1 - overall))
      for (let i = 0; i < k - 1; i++)
        if (atRisk[i]! > 0)
          score[i]! += weight * (counts[1][i]! - (own * h[i]! * (1 - incidence[i]!)) / remaining)
      // Variance of a martingale's jump, with the hypergeometric correction for ties, and its weight in each score.
      const add = (g: number, jump: number, kept: number, slope: (i: number) => number): void => {
        squares[g]! += kept * kept * jump
        for (let i = 0; i < k - 1; i++) {
          crosses[i * k + g]! += slope(i) * kept * jump
          for (let j = 0; j < k - 1; j++) variance[i * (k - 1) + j]! += slope(i) * slope(j) * jump
        }
      }
      for (let g = 0; g < k; g++) {
        if (own === 0 || atRisk[g]! <= 0) continue
        const kept = freeAfter[g]! > 0 ? 1 - (1 - after) / freeAfter[g]! : 1
        const ties = own > 1 ? 1 - (own - 1) / (total * free[g]! - 1) : 1
        add(
          g,
          (ties * free[g]! * own) / (total * atRisk[g]!),
          kept,
          (i) => a(i, g) - kept * drift[i * k + g]!,
        )
      }
      for (let g = 0; g < k; g++) {
        const count = counts[2][g]!
        if (count === 0 || freeAfter[g]! <= 0) continue
        const kept = -(1 - after) / freeAfter[g]!
        const ties = count > 1 ? 1 - (count - 1) / (atRisk[g]! - 1) : 1
        add(g, (ties * free[g]! ** 2 * count) / atRisk[g]! ** 2, kept, (i) => -kept * drift[i * k + g]!)
      }
      for (let g = 0; g < k; g++) {
        if (atRisk[g]! > 0) incidence[g]! += (free[g]! * counts[1][g]!) / atRisk[g]!
        free[g] = freeAfter[g]!
      }
      overall = after
    }
    for (let at = from; at < to; at++) atRisk[events[at]!.group]!--
  }
  for (let i = 0; i < k - 1; i++)
    for (let j = 0; j < k - 1; j++)
      for (let g = 0; g < k; g++)
        variance[i * (k - 1) + j]! +=
          drift[i * k + g]! * drift[j * k + g]! * squares[g]! +
          drift[i * k + g]! * crosses[j * k + g]! +
          drift[j * k + g]! * crosses[i * k + g]!
}
