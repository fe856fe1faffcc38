import { chiSquareQuantile } from '../distributions/chi-square.ts'
import { requireSameLength, StatsError } from '../stats-error.ts'
import { type FineBin, fineCategoryBins, fineNumberBins, joinBins } from './fine-bins.ts'
import {
  type BinCounts,
  SCORECARDPY_WOE,
  type WoeConvention,
  type WoeTable,
  woeTable,
} from './weight-of-evidence.ts'

export type MergeBinningOptions = {
  /**
   * `tree` adds the break that raises the information value most, until it gains less than `stopLimit` of it;
   * `chiMerge` joins neighbours that do not differ at level `stopLimit`.
   */
  readonly method: 'tree' | 'chiMerge'
  /** Share of a fine bin. Default .02. */
  readonly fineShare?: number
  /** Least share of a bin. Default .05. */
  readonly minimumShare?: number
  /** Default .1. */
  readonly stopLimit?: number
  /** Default 8. */
  readonly maximumBins?: number
  readonly convention?: WoeConvention
  /** Order of the levels of an ordered category; only neighbours in it are joined. Otherwise levels are ordered by event rate. */
  readonly levels?: readonly string[]
}

export type MergeBinningModel = {
  readonly kind: 'mergeBinning'
  readonly version: 1
  readonly variable: 'number' | 'category'
  /** For numbers: bins are [a, b). */
  readonly splits: readonly number[]
  /** For categories. */
  readonly groups: readonly (readonly string[])[]
  readonly table: WoeTable
  readonly convention: WoeConvention
}

/**
 * Bins a variable as scorecardpy's `woebin`: fine bins first, then tree-like splitting or chi-merging.
 * Cost O(n log n + fine bins³).
 * Source: Kerber (1992), "ChiMerge: discretization of numeric attributes", AAAI, https://cdn.aaai.org/AAAI/1992/AAAI92-019.pdf
 * Parity: scorecardpy.
 * @param values numbers or words, none missing. @param y 0 or 1, 1 being bad.
 * @throws StatsError `lengthMismatch`, `oneClass`, `outOfDomain`, `notFinite`, `emptyData`.
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
 * const model = fitMergeBinning(values, Float64Array.of(0, 0, 0, 1, 0, 1, 1, 1, 0, 1), { method: 'tree', fineShare: 0.1 })
 * model.splits // → [5, 9]
 */
export function fitMergeBinning(
  values: Float64Array | readonly string[],
  y: Float64Array,
  options: MergeBinningOptions,
): MergeBinningModel {
  const n = requireSameLength({ values, y })
  if (n === 0) throw new StatsError('emptyData', 'There are no rows to bin.')
  const { fineShare = 0.02, convention = SCORECARDPY_WOE } = options
  const numeric = values instanceof Float64Array
  if (numeric && values.some((v) => !Number.isFinite(v)))
    throw new StatsError('notFinite', 'A value is missing; give missing values a bin of their own first.')
  const fine = numeric
    ? fineNumberBins(values, y, fineShare)
    : fineCategoryBins(values as readonly string[], y, options.levels)
  const bins =
    options.method === 'tree' ? splitByInformation(fine, n, options) : mergeByChiSquare(fine, n, options)
  return Object.freeze({
    kind: 'mergeBinning',
    version: 1,
    variable: numeric ? 'number' : 'category',
    splits: Object.freeze(numeric ? bins.slice(1).map((b) => b.from) : []),
    groups: Object.freeze(numeric ? [] : bins.map((b) => Object.freeze([...b.levels]))),
    table: Object.freeze(woeTable(bins, convention)),
    convention,
  } as const)
}

/**
 * Row of the table of each value; −1 for a level never seen.
 * Cost O(n log bins).
 * Source: Kerber (1992), https://cdn.aaai.org/AAAI/1992/AAAI92-019.pdf
 * @throws nothing
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
 * const model = fitMergeBinning(values, Float64Array.of(0, 0, 0, 1, 0, 1, 1, 1, 0, 1), { method: 'tree', fineShare: 0.1 })
 * mergeBinOf(model, [1, 10]) // → [0, 2]
 */
export function mergeBinOf(
  model: MergeBinningModel,
  values: ArrayLike<number> | readonly string[],
): Int32Array {
  if (model.variable === 'category') {
    const binOf = new Map(model.groups.flatMap((levels, b) => levels.map((level) => [level, b] as const)))
    return Int32Array.from(values as readonly string[], (v) => binOf.get(v) ?? -1)
  }
  return Int32Array.from(values as ArrayLike<number>, (v) => model.splits.filter((s) => v >= s).length)
}

/**
 * Weight of evidence of each value.
 * One value per row.
 * Cost O(n log bins).
 * Source: Kerber (1992), https://cdn.aaai.org/AAAI/1992/AAAI92-019.pdf
 * @throws StatsError `outOfDomain` for a level never seen.
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
 * const model = fitMergeBinning(values, Float64Array.of(0, 0, 0, 1, 0, 1, 1, 1, 0, 1), { method: 'tree', fineShare: 0.1 })
 * predictMergeBinning(model, [1, 10]) // → [-1.098612, 0]
 */
export function predictMergeBinning(
  model: MergeBinningModel,
  values: ArrayLike<number> | readonly string[],
): Float64Array {
  return Float64Array.from(mergeBinOf(model, values), (bin, i) => {
    if (bin < 0)
      throw new StatsError('outOfDomain', `The level of row ${i} was not there when the bins were made.`)
    return model.table.rows[bin]!.woe
  })
}

function splitByInformation(
  fine: readonly FineBin[],
  n: number,
  options: MergeBinningOptions,
): readonly FineBin[] {
  const { minimumShare = 0.05, stopLimit = 0.1, maximumBins = 8, convention = SCORECARDPY_WOE } = options
  let starts = [0]
  let before = 1e-10
  let gain = 1
  const merged = (from: readonly number[]): FineBin[] =>
    from.map((start, b) => fine.slice(start, from[b + 1] ?? fine.length).reduce(joinBins))
  while (gain >= stopLimit && starts.length + 1 <= Math.min(maximumBins, fine.length)) {
    let best: { starts: number[]; iv: number } | undefined
    for (let at = 1; at < fine.length; at++) {
      if (starts.includes(at)) continue
      const next = [...starts, at].sort((a, b) => a - b)
      const bins = merged(next)
      if (bins.some((b) => (b.event + b.nonEvent) / n < minimumShare)) continue
      const { iv } = woeTable(bins, convention)
      if (!best || iv > best.iv) best = { starts: next, iv }
    }
    if (!best) break
    starts = best.starts
    gain = best.iv / before - 1
    before = best.iv
  }
  return merged(starts)
}

function mergeByChiSquare(
  fine: readonly FineBin[],
  n: number,
  options: MergeBinningOptions,
): readonly FineBin[] {
  const { minimumShare = 0.05, stopLimit = 0.1, maximumBins = 8 } = options
  const limit = chiSquareQuantile(1 - stopLimit, 1)
  const bins = [...fine]
  const size = (i: number): number => bins[i]!.event + bins[i]!.nonEvent
  while (bins.length > 1) {
    const chi = bins.map((bin, i) => (i === 0 ? Number.POSITIVE_INFINITY : neighbourChi(bins[i - 1]!, bin)))
    const least = Math.min(...chi)
    const small = Math.min(...bins.map((_, i) => size(i))) / n < minimumShare
    if (least >= limit && !small && bins.length <= maximumBins) break
    if (least < limit || !small) {
      // The least distinct bin joins the one before it; of equals the smaller.
      const at = chi.map((_, i) => i).sort((a, b) => chi[a]! - chi[b]! || size(a) - size(b) || a - b)[0]!
      bins.splice(at - 1, 2, joinBins(bins[at - 1]!, bins[at]!))
      continue
    }
    const at = bins.map((_, i) => i).sort((a, b) => size(a) - size(b) || a - b)[0]!
    const withNext = at === 0 || chi[at]! > (chi[at + 1] ?? Number.POSITIVE_INFINITY)
    const first = withNext ? at : at - 1
    bins.splice(first, 2, joinBins(bins[first]!, bins[first + 1]!))
  }
  return bins
}

function neighbourChi(a: BinCounts, b: BinCounts): number {
  const n = a.event + a.nonEvent + b.event + b.nonEvent
  const [rowA, rowB] = [a.event + a.nonEvent, b.event + b.nonEvent]
  const [events, nonEvents] = [a.event + b.event, a.nonEvent + b.nonEvent]
  const cross = a.event * b.nonEvent - a.nonEvent * b.event
  return (n * cross * cross) / (rowA * rowB * events * nonEvents)
}
