import { chiSquareIndependence } from '../inference/contingency.ts'
import { requireFinite, requireFiniteColumn, requirePositive, StatsError } from '../stats-error.ts'
import type { BinCounts, WoeTable } from './weight-of-evidence.ts'

export type BinningQuality = {
  /** Gini coefficient of the bins as a score: 2·AUC − 1. */
  readonly gini: number
  /** Largest distance between the running shares of events and non-events, in the order of the rows. */
  readonly ks: number
  /** Herfindahl–Hirschman index of the rows' shares, and the same from 0 (all alike) to 1. */
  readonly hhi: number
  readonly hhiNormalised: number
  /** Cramér's V of bins and outcome, special and missing rows apart. */
  readonly cramersV: number
  /** p-value of the chi-square test between each bin and the next. */
  readonly neighbourPValues: readonly number[]
  /** 0…1: neither weak nor suspiciously strong, with bins that differ and are filled alike. */
  readonly score: number
}

/**
 * Judges a table of bins.
 * Cost O(bins²).
 * Source: Navas-Palencia (2020), arXiv:2001.08025, section 4, https://arxiv.org/abs/2001.08025; its constant is the
 * information value at which the first factor peaks.
 * Parity: optbinning `BinningTable.analysis`.
 * @param bins number of rows that are regular bins; those after them are special or missing values.
 * @throws StatsError `outOfDomain`, `notFinite`.
 * @example
 * const table = woeTable([{ event: 10, nonEvent: 90 }, { event: 40, nonEvent: 60 }], OPTBINNING_WOE)
 * binningQuality(table, 2).gini // → 0.4
 */
export function binningQuality(table: WoeTable, bins: number): BinningQuality {
  const { rows } = table
  if (!(Number.isInteger(bins) && bins >= 1 && bins <= rows.length))
    throw new StatsError(
      'outOfDomain',
      `There are ${rows.length} rows, so ${bins} bins cannot be among them.`,
    )
  for (const part of ['count', 'event', 'nonEvent', 'iv'] as const)
    requireFiniteColumn(
      part,
      rows.map((row) => row[part]),
    )
  requireFinite('iv', table.iv)
  requirePositive('event', table.event)
  requirePositive('nonEvent', table.nonEvent)
  const regular = rows.slice(0, bins)
  const total = rows.reduce((s, r) => s + r.count, 0)
  // A row for special values counts even where there are none, as in the published score.
  const places = Math.max(rows.length, bins + 2)
  const hhi = rows.reduce((s, r) => s + (r.count / total) ** 2, 0)
  const hhiNormalised = (hhi - 1 / places) / (1 - 1 / places)
  const neighbourPValues = regular.slice(1).map((row, i) => chiSquare([regular[i]!, row]).pValue)
  const peak = 0.39573882184806863
  const strength = (table.iv / peak) * Math.exp((1 - (table.iv / peak) ** 2) / 2)
  const distinct = neighbourPValues.reduce((s, p) => s * (1 - p), 1)
  return {
    gini: giniOf(rows, table),
    ks: ksOf(rows, table),
    hhi,
    hhiNormalised,
    cramersV:
      bins < 2 ? 0 : Math.sqrt(chiSquare(regular).statistic / regular.reduce((s, r) => s + r.count, 0)),
    neighbourPValues,
    score: strength * distinct * (1 - hhiNormalised),
  }
}

function chiSquare(rows: readonly BinCounts[]): { readonly statistic: number; readonly pValue: number } {
  return chiSquareIndependence(rows.map((r) => [r.nonEvent, r.event]))
}

function giniOf(rows: readonly BinCounts[], { event, nonEvent }: WoeTable): number {
  const filled = rows.filter((r) => r.event + r.nonEvent > 0)
  const safestLast = filled.sort(
    (a, b) => a.nonEvent / (a.event + a.nonEvent) - b.nonEvent / (b.event + b.nonEvent),
  )
  let below = 0
  let discordant = 0
  for (const row of safestLast) {
    discordant += row.event * (row.nonEvent + 2 * below)
    below += row.nonEvent
  }
  return 1 - discordant / (event * nonEvent)
}

function ksOf(rows: readonly BinCounts[], { event, nonEvent }: WoeTable): number {
  let gap = 0
  let largest = 0
  for (const row of rows) {
    gap += row.event / event - row.nonEvent / nonEvent
    largest = Math.max(largest, Math.abs(gap))
  }
  return largest
}
