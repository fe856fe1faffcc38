import { requireSameLength, StatsError } from '../stats-error.ts'
import { chooseTrend, type WantedTrend } from './auto-trend.ts'
import type { BinTrend } from './bin-path.ts'
import { divergence, xLogRatio } from './divergence.ts'
import { cumulate, cutsAgainst, extremeOf, type MergeOptions, pooledTest } from './merge-prebins.ts'
import { binNumbers } from './optimal-binning.ts'
import { searchBins } from './optimal-search.ts'
import { digitize, prebinSplits } from './prebins.ts'
import { OPTBINNING_WOE, woeTable } from './weight-of-evidence.ts'

export type MulticlassBinningModel = {
  readonly kind: 'multiclassBinning'
  readonly version: 1
  readonly classes: number
  /** Bins are [a, b). */
  readonly splits: readonly number[]
  /** Trend of each class's rate. */
  readonly trends: readonly BinTrend[]
  /** Rows of each class: bins in order, then missing values. */
  readonly counts: readonly (readonly number[])[]
  /** Weight of evidence of each class against the others, by bin. */
  readonly woe: readonly (readonly number[])[]
  /** Jensen–Shannon divergence between the classes, all weighted alike. */
  readonly js: number
}

/**
 * Bins a number for a categorical outcome: the sum over classes of the information value of each against the others is
 * largest under the trends and sizes, exactly.
 * Cost O(n log n + classes × prebins³).
 * Source: Navas-Palencia (2020), arXiv:2001.08025, section 3.3, https://arxiv.org/abs/2001.08025
 * Parity: optbinning `MulticlassOptimalBinning`.
 * @param y classes 0…k−1.
 * @param options `trend` for all classes, or `trends` one a class.
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `oneClass`, `insufficientData`, `infeasible`.
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)
 * fitMulticlassBinning({ values }, [0, 0, 1, 1, 1, 2, 2, 2, 0], { splits: [3, 6] }).counts // → [[3, 3, 3], [0, 0, 0]]
 */
export function fitMulticlassBinning(
  x: { readonly values: Float64Array; readonly valid?: Uint8Array },
  y: ArrayLike<number>,
  options: Pick<
    MergeOptions,
    | 'trend'
    | 'turn'
    | 'cutsAgainstTrend'
    | 'minimumBins'
    | 'maximumBins'
    | 'minimumShare'
    | 'maximumShare'
    | 'maximumPValue'
    | 'pValuePairs'
    | 'minimumRateDifference'
  > & {
    readonly trends?: readonly WantedTrend[]
    readonly splits?: readonly number[]
    readonly maximumPrebins?: number
    readonly minimumPrebinShare?: number
    readonly precision?: 'double' | 'float32'
  } = {},
): MulticlassBinningModel {
  const n = requireSameLength({ x: x.values, valid: x.valid, y })
  const classes = countClasses(y, n)
  const rows = Array.from({ length: n }, (_, i) => i)
  const known = rows.filter((i) => !(x.valid && x.valid[i] === 0) && Number.isFinite(x.values[i]!))
  if (known.length === 0)
    throw new StatsError('insufficientData', 'Every value is missing, so there is nothing to bin.')
  const values = Float64Array.from(known, (i) => x.values[i]!)
  const outcome = Float64Array.from(known, (i) => y[i]!)
  const start =
    options.splits ??
    prebinSplits(values, outcome, {
      method: 'cart',
      maximum: options.maximumPrebins ?? 20,
      minimumShare: options.minimumPrebinShare ?? 0.05,
      precision: options.precision ?? 'double',
      task: 'classes',
    })
  const prebins = dropPure(values, outcome, classes, start)
  const { splits, trends } = merge(prebins, classes, n, options)
  const missing = Array.from({ length: classes }, () => 0)
  const isKnown = new Uint8Array(n)
  for (const i of known) isKnown[i] = 1
  for (const i of rows) if (!isKnown[i]) missing[y[i]!]!++
  const counts = [...countBins(values, outcome, classes, splits), missing]
  return Object.freeze({
    kind: 'multiclassBinning',
    version: 1,
    classes,
    splits: Object.freeze(splits),
    trends: Object.freeze(trends),
    counts: Object.freeze(counts.map((row) => Object.freeze(row))),
    woe: Object.freeze(weights(counts, classes)),
    js: jensenShannon(counts, classes),
  } as const)
}

/**
 * Mean over classes of the weight of evidence of each value's bin (optbinning's `mean_woe`), or weighted by the
 * classes' sizes. @param valid 0 where a value is missing.
 * One value per row.
 * Cost O(n log bins).
 * Source: Navas-Palencia (2020), https://arxiv.org/abs/2001.08025
 * @throws nothing
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)
 * const model = fitMulticlassBinning({ values }, [0, 0, 1, 1, 1, 2, 2, 2, 0], { splits: [3, 6] })
 * predictMulticlassBinning(model, Float64Array.of(1, 8)) // → [0, 0]
 */
export function predictMulticlassBinning(
  model: MulticlassBinningModel,
  values: Float64Array,
  options: { readonly valid?: Uint8Array; readonly weighting?: 'classes' | 'rows' } = {},
): Float64Array {
  const sizes = Array.from({ length: model.classes }, (_, c) =>
    options.weighting === 'rows' ? model.counts.reduce((s, row) => s + row[c]!, 0) : 1,
  )
  const total = sizes.reduce((s, w) => s + w, 0)
  const means = model.woe.map((row) => row.reduce((s, w, c) => s + w * sizes[c]!, 0) / total)
  return Float64Array.from(
    binNumbers({ splits: model.splits, special: [] }, values, options.valid),
    (bin) => means[bin]!,
  )
}

type Prebins = { readonly splits: readonly number[]; readonly counts: readonly (readonly number[])[] }

function merge(
  { splits, counts }: Prebins,
  classes: number,
  rows: number,
  options: Parameters<typeof fitMulticlassBinning>[2] & object,
): { readonly splits: readonly number[]; readonly trends: readonly BinTrend[] } {
  const prebins = counts.length
  const sums = Array.from({ length: classes }, (_, c) => cumulate(counts.map((row) => row[c]!)))
  const size = (i: number, j: number): number => sums.reduce((s, sum) => s + sum[j + 1]! - sum[i]!, 0)
  const events = (c: number, i: number, j: number): number => sums[c]![j + 1]! - sums[c]![i]!
  const all = size(0, prebins - 1)
  const rates = sums.map((_, c) => counts.map((row, b) => row[c]! / size(b, b)))
  const trends = rates.map((own, c) =>
    chooseTrend(
      options.trends?.[c] ?? options.trend ?? 'auto',
      own,
      counts.map((_row, b) => size(b, b)),
    ),
  )
  const means = sums.map((_, c) => (i: number, j: number) => events(c, i, j) / size(i, j))
  const tests = sums.map((_, c) => pooledTest((i, j) => events(c, i, j), size, options.maximumPValue))
  const differ = (i: number, j: number, k: number, l: number): boolean =>
    tests.every((test) => test(i, j, k, l))
  const least = Math.ceil((options.minimumShare ?? 0) * rows)
  const most = Math.ceil((options.maximumShare ?? 1) * rows)
  const value = (i: number, j: number): number =>
    sums.reduce((s, _, c) => {
      const total = events(c, 0, prebins - 1)
      const event = events(c, i, j)
      return s + divergence(event / total, (size(i, j) - event) / (all - total), 'iv')
    }, 0)
  const dropped = new Set(
    options.cutsAgainstTrend === 'dropped' && !options.minimumRateDifference
      ? means.flatMap((mean, c) => [...cutsAgainst(trends[c]!, mean, prebins)])
      : [],
  )
  const ends = searchBins({
    prebins,
    value,
    means,
    trends,
    ...(options.turn === 'atExtreme' ? { turns: rates.map((own, c) => extremeOf(trends[c]!, own)) } : {}),
    allowed: (i, j) => size(i, j) >= least && size(i, j) <= most && !dropped.has(j),
    mayFollow: (i, j, k) =>
      means.every((mean) => Math.abs(mean(i, j) - mean(j + 1, k)) >= (options.minimumRateDifference ?? 0)) &&
      differ(i, j, j + 1, k),
    ...(options.maximumPValue !== undefined && options.pValuePairs === 'all' ? { mayMeet: differ } : {}),
    minimumBins: options.minimumBins ?? 1,
    maximumBins: options.maximumBins ?? prebins,
  })
  return { splits: ends.slice(0, -1).map((end) => splits[end]!), trends }
}

/** A prebin without one of the classes, or with one alone, has no weight of evidence: its right split goes. */
function dropPure(
  values: Float64Array,
  y: Float64Array,
  classes: number,
  splits: readonly number[],
): Prebins {
  const counts = countBins(values, y, classes, splits)
  const pure = counts.map((row) => row.some((count) => count === 0))
  if (splits.length === 0 || !pure.some(Boolean)) return { splits, counts }
  const last = splits.length - 1
  const kept = splits.filter((_, i) => (i < last ? !pure[i] : !(pure[last] || pure[last + 1])))
  return dropPure(values, y, classes, kept)
}

function countBins(
  values: Float64Array,
  y: Float64Array,
  classes: number,
  splits: readonly number[],
): number[][] {
  const counts = Array.from({ length: splits.length + 1 }, () => new Array<number>(classes).fill(0))
  digitize(values, splits).forEach((bin, i) => {
    counts[bin]![y[i]!]!++
  })
  return counts
}

/** Weight of evidence of each class against the others, by bin. */
function weights(counts: readonly (readonly number[])[], classes: number): readonly (readonly number[])[] {
  const byClass = Array.from({ length: classes }, (_, c) =>
    woeTable(
      counts.map((row) => ({ event: row[c]!, nonEvent: row.reduce((s, x) => s + x, 0) - row[c]! })),
      OPTBINNING_WOE,
    ),
  )
  return counts.map((_, b) => Object.freeze(byClass.map((table) => table.rows[b]!.woe)))
}

function jensenShannon(counts: readonly (readonly number[])[], classes: number): number {
  const totals = Array.from({ length: classes }, (_, c) => counts.reduce((s, row) => s + row[c]!, 0))
  return counts.reduce((sum, row) => {
    const shares = row.map((count, c) => count / totals[c]!)
    const mean = shares.reduce((s, p) => s + p, 0) / classes
    return sum + shares.reduce((s, p) => s + xLogRatio(p, mean), 0) / classes
  }, 0)
}

function countClasses(y: ArrayLike<number>, n: number): number {
  const seen = new Set<number>()
  for (let i = 0; i < n; i++) {
    const value = y[i]!
    if (!(Number.isInteger(value) && value >= 0))
      throw new StatsError('outOfDomain', `The class of row ${i} is ${value}; 0, 1, … was expected.`)
    seen.add(value)
  }
  if (seen.size < 2)
    throw new StatsError('oneClass', 'All rows have the same class; at least two were expected.')
  for (let c = 0; c < seen.size; c++) {
    if (!seen.has(c))
      throw new StatsError('outOfDomain', `No row has class ${c}, though there are ${seen.size} classes.`)
  }
  return seen.size
}
