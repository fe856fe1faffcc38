import { normalQuantile } from '../distributions/normal.ts'
import { StatsError } from '../stats-error.ts'
import { chooseTrend, type WantedTrend } from './auto-trend.ts'
import { type BinObjective, divergence } from './divergence.ts'
import { type BinTrend, type Curvature, searchBins } from './optimal-search.ts'
import type { BinCounts } from './weight-of-evidence.ts'

/** Constraints and objective of the exact merging of prebins. Shares are of all rows, missing ones included. */
export type MergeOptions = {
  /** `auto` (default) guesses among ascending, descending, peak and valley, `autoAscendingDescending` among the first two. */
  readonly trend?: WantedTrend
  /** Which bins a concave or convex trend holds for. Default `neighbours`; optbinning's is `everyTriple`. */
  readonly curvature?: Curvature
  readonly minimumBins?: number
  readonly maximumBins?: number
  readonly minimumShare?: number
  readonly maximumShare?: number
  readonly minimumEvents?: number
  readonly maximumEvents?: number
  readonly minimumNonEvents?: number
  readonly maximumNonEvents?: number
  /** Neighbours whose event rates do not differ at this level (pooled z-test) may not both stand. */
  readonly maximumPValue?: number
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
  const z = options.maximumPValue === undefined ? 0 : normalQuantile(1 - options.maximumPValue / 2)
  const apart = (i: number, j: number, k: number): boolean => {
    const [p, q] = [mean(i, j), mean(j + 1, k)]
    if (Math.abs(p - q) < (options.minimumRateDifference ?? 0)) return false
    if (z === 0) return true
    const pooled = mean(i, k)
    const sd = Math.sqrt(pooled * (1 - pooled) * (1 / size(i, j) + 1 / size(j + 1, k)))
    return Math.abs(p - q) >= z * sd
  }
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
    allowed: (i, j) => fits(event(i, j), nonEvent(i, j)) && !fixed.some((at) => i <= at && at < j),
    mayFollow: apart,
    minimumBins: options.minimumBins ?? 1,
    maximumBins: options.maximumBins ?? n,
  })
  return { splits: ends.slice(0, -1).map((end) => splits[end]!), trend, ends }
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
