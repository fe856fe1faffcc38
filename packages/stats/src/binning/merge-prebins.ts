import { normalQuantile } from '../distributions/normal.ts'
import { StatsError } from '../stats-error.ts'
import { chooseTrend, type WantedTrend } from './auto-trend.ts'
import type { BinTrend, Curvature } from './bin-path.ts'
import { type BinObjective, divergence } from './divergence.ts'
import { searchBins } from './optimal-search.ts'
import type { BinCounts } from './weight-of-evidence.ts'

/** Constraints and objective of the exact merging of prebins. Shares are of all rows, missing ones included. */
export type MergeOptions = {
  /** `auto` (default) guesses among ascending, descending, peak and valley, `autoAscendingDescending` among the first two. */
  readonly trend?: WantedTrend
  /** Which bins a concave or convex trend holds for. Default `neighbours`; optbinning's is `everyTriple`. */
  readonly curvature?: Curvature
  /** Where a peak or valley turns: wherever it is best (default), or at the prebin whose rate is the extreme one (optbinning's `peak_heuristic`). */
  readonly turn?: 'free' | 'atExtreme'
  /**
   * Cuts at which neighbouring prebins go against a rising or falling trend: tried like all others (default), or dropped
   * beforehand, as optbinning does; where bins must be large that may miss the best.
   */
  readonly cutsAgainstTrend?: 'tried' | 'dropped'
  readonly minimumBins?: number
  readonly maximumBins?: number
  readonly minimumShare?: number
  readonly maximumShare?: number
  readonly minimumEvents?: number
  readonly maximumEvents?: number
  readonly minimumNonEvents?: number
  readonly maximumNonEvents?: number
  /** Bins whose event rates do not differ at this level (pooled z-test) may not both stand. */
  readonly maximumPValue?: number
  /** Which bins are compared. Default `neighbours`. */
  readonly pValuePairs?: 'neighbours' | 'all'
  /** Taken from the objective: γ × (largest − smallest bin, as shares of the known rows), against bins that dominate. Default 0. */
  readonly gamma?: number
  /** Least difference of event rates between neighbours. */
  readonly minimumRateDifference?: number
  /** What is maximised. Default `iv`. */
  readonly objective?: BinObjective
  /** Splits that must stay. */
  readonly fixedSplits?: readonly number[]
}

export type Prebins = { readonly splits: readonly number[]; readonly counts: readonly BinCounts[] }

/**
 * Merges prebins by the exact search; also for categories in the order of their event rates.
 * @param rows number of rows that shares refer to. @throws StatsError `infeasible`, `invalidOption` (a fixed split that is no split).
 */
export function mergePrebins(
  { splits, counts }: Prebins,
  rows: number,
  options: MergeOptions,
): { readonly splits: readonly number[]; readonly trend: BinTrend; readonly ends: readonly number[] } {
  const n = counts.length
  const wanted = options.trend ?? 'auto'
  const fixed = (options.fixedSplits ?? []).map((split) => {
    const at = splits.indexOf(split)
    if (at >= 0) return at
    throw new StatsError('invalidOption', `The split ${split} cannot stay, as no prebin ends there.`, {
      hint: 'It may have been dropped because a bin beside it has only one class.',
    })
  })
  const rates = counts.map((c) => c.event / (c.event + c.nonEvent))
  const sizes = counts.map((c) => c.event + c.nonEvent)
  const trend = chooseTrend(wanted, rates, sizes)
  if (n < 2) return { splits, trend, ends: [0] }
  const events = cumulate(counts.map((c) => c.event))
  const nonEvents = cumulate(counts.map((c) => c.nonEvent))
  const event = (i: number, j: number): number => events[j + 1]! - events[i]!
  const nonEvent = (i: number, j: number): number => nonEvents[j + 1]! - nonEvents[i]!
  const size = (i: number, j: number): number => event(i, j) + nonEvent(i, j)
  const mean = (i: number, j: number): number => event(i, j) / size(i, j)
  const fits = sizeRules(rows, options)
  const differ = pooledTest(event, size, options.maximumPValue)
  const dropped: ReadonlySet<number> =
    options.cutsAgainstTrend === 'dropped' && !options.minimumRateDifference
      ? cutsAgainst(trend, mean, n)
      : new Set()
  const ends = searchBins({
    prebins: n,
    value: (i, j) =>
      divergence(
        event(i, j) / event(0, n - 1),
        nonEvent(i, j) / nonEvent(0, n - 1),
        options.objective ?? 'iv',
      ),
    means: [mean],
    trends: [trend],
    ...(options.curvature ? { curvature: options.curvature } : {}),
    ...(options.turn === 'atExtreme' ? { turns: [extremeOf(trend, rates)] } : {}),
    allowed: (i, j) =>
      fits(event(i, j), nonEvent(i, j)) && !dropped.has(j) && !fixed.some((at) => i <= at && at < j),
    mayFollow: (i, j, k) =>
      Math.abs(mean(i, j) - mean(j + 1, k)) >= (options.minimumRateDifference ?? 0) && differ(i, j, j + 1, k),
    ...(options.maximumPValue !== undefined && options.pValuePairs === 'all' ? { mayMeet: differ } : {}),
    ...(options.gamma ? { unevenness: { weight: options.gamma / size(0, n - 1), size } } : {}),
    minimumBins: options.minimumBins ?? 1,
    maximumBins: options.maximumBins ?? n,
  })
  return { splits: ends.slice(0, -1).map((end) => splits[end]!), trend, ends }
}

/** Whether the event rates of bins i … j and k … l differ at a level, by the pooled z-test; all do where none is asked for. */
export function pooledTest(
  event: (i: number, j: number) => number,
  size: (i: number, j: number) => number,
  maximumPValue: number | undefined,
): (i: number, j: number, k: number, l: number) => boolean {
  if (maximumPValue === undefined) return () => true
  const z = normalQuantile(1 - maximumPValue / 2)
  return (i, j, k, l) => {
    const [n, m] = [size(i, j), size(k, l)]
    const pooled = (event(i, j) + event(k, l)) / (n + m)
    const sd = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return Math.abs(event(i, j) / n - event(k, l) / m) >= z * sd
  }
}

/** The prebin of the highest rate for a peak, of the lowest for a valley. */
export function extremeOf(trend: BinTrend, rates: readonly number[]): number {
  return rates.indexOf(trend === 'valley' ? Math.min(...rates) : Math.max(...rates))
}

/** Prebins after which no bin may end, as optbinning decides: a prebin that stands against those after it, and all up to there. */
export function cutsAgainst(
  trend: BinTrend,
  mean: (i: number, j: number) => number,
  prebins: number,
): ReadonlySet<number> {
  const cuts = new Set<number>()
  const sign = trend === 'ascending' ? 1 : trend === 'descending' ? -1 : 0
  for (let i = 0; i + 1 < prebins; i++)
    if (sign * (mean(i, i) - mean(i + 1, i + 1)) > 0)
      for (let end = i + 1; end < prebins; end++)
        if (sign * (mean(i, end) - mean(end, end)) > 0) cuts.add(end - 1)
  return cuts
}

/** Whether a bin of so many events and non-events keeps all limits. */
function sizeRules(rows: number, o: MergeOptions): (event: number, nonEvent: number) => boolean {
  const least = Math.ceil((o.minimumShare ?? 0) * rows)
  const most = Math.ceil((o.maximumShare ?? 1) * rows)
  return (event, nonEvent) =>
    event + nonEvent >= least &&
    event + nonEvent <= most &&
    event >= (o.minimumEvents ?? 1) &&
    event <= (o.maximumEvents ?? event) &&
    nonEvent >= (o.minimumNonEvents ?? 1) &&
    nonEvent <= (o.maximumNonEvents ?? nonEvent)
}

/** Running sums with a leading 0. */
export function cumulate(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1)
  values.forEach((v, i) => {
    sums[i + 1] = sums[i]! + v
  })
  return sums
}
