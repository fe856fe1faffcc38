import { requireSameLength, StatsError } from '../stats-error.ts'
import type { BinTrend } from './bin-path.ts'
import type { BinObjective } from './divergence.ts'
import { type MergeOptions, mergePrebins, type Prebins } from './merge-prebins.ts'
import { digitize, type PrebinMethod, prebinSplits } from './prebins.ts'
import {
  type BinCounts,
  OPTBINNING_WOE,
  type WoeConvention,
  type WoeTable,
  woeTable,
} from './weight-of-evidence.ts'

export type OptimalBinningOptions = MergeOptions & {
  /** Given split points to merge, instead of prebins. */
  readonly splits?: readonly number[]
  readonly prebinning?: PrebinMethod
  readonly maximumPrebins?: number
  /** Least share of rows in a prebin of a tree. Default .05. */
  readonly minimumPrebinShare?: number
  /** What that share is of: the `known` rows (default), or `all`, special and missing ones too (optbinning). */
  readonly prebinShareOf?: 'known' | 'all'
  /** Values with a bin of their own, e.g. −1 for "not asked"; values in one list share a bin (optbinning's `special_codes` as a list is one such list). */
  readonly special?: readonly (number | readonly number[])[]
  readonly convention?: WoeConvention
  readonly precision?: 'double' | 'float32'
}

export type BinningModel = {
  readonly kind: 'binning'
  readonly version: 1
  /** Bins are [a, b). */
  readonly splits: readonly number[]
  readonly trend: BinTrend
  readonly special: readonly (number | readonly number[])[]
  readonly convention: WoeConvention
  /** Bins in order, then one row for each special value, then one for missing values. */
  readonly table: WoeTable
  readonly diagnostics: {
    readonly status: 'optimal'
    readonly prebins: number
    readonly rows: number
    readonly missing: number
  }
}

/**
 * Bins a number for a 0/1 outcome so that the information value is largest under the constraints, exactly.
 * Cost O(n log n + prebins³).
 * Source: Navas-Palencia (2020), arXiv:2001.08025, https://arxiv.org/abs/2001.08025
 * Parity: optbinning.
 * @param x values; not finite or `valid` 0 is missing. @param y 0 or 1, 1 being the event.
 * @throws StatsError `oneClass`, `infeasible`, `lengthMismatch`, `outOfDomain`, `insufficientData` (no known value).
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
 * const y = Float64Array.of(0, 0, 0, 1, 0, 1, 1, 1, 0, 1)
 * fitOptimalBinning({ values }, y, { splits: [3.5, 5.5, 8.5] }).table.iv // → 1.663553
 */
export function fitOptimalBinning(
  x: { readonly values: Float64Array; readonly valid?: Uint8Array },
  y: Float64Array,
  options: OptimalBinningOptions = {},
): BinningModel {
  const n = requireSameLength({ x: x.values, valid: x.valid, y })
  const { special = [], convention = OPTBINNING_WOE } = options
  const { values, outcome, specials, missing } = separate(x, y, special)
  if (values.length === 0)
    throw new StatsError('insufficientData', 'Every value is missing or special, so there is nothing to bin.')
  const start = options.splits ? [...options.splits] : cut(values, outcome, n, options)
  const prebins = dropPure(
    { splits: start, counts: countBins(values, outcome, start) },
    options.objective ?? 'iv',
  )
  // Where pure prebins may stand, pure bins still may not.
  const pure = prebins.counts.some((c) => c.event === 0 || c.nonEvent === 0)
  const { splits, trend } = mergePrebins(prebins, n, pure ? { ...options, ...atLeastOne(options) } : options)
  const rows = [...joinBins(prebins, splits), ...specials, missing]
  return Object.freeze({
    kind: 'binning',
    version: 1,
    splits: Object.freeze(splits),
    trend,
    special: Object.freeze([...special]),
    convention,
    table: Object.freeze(woeTable(rows, convention)),
    diagnostics: Object.freeze({
      status: 'optimal',
      prebins: prebins.counts.length,
      rows: n,
      missing: missing.event + missing.nonEvent,
    }),
  } as const)
}

/**
 * Weight of evidence of each value by its bin. @param valid 0 where a value is missing.
 * One value per row.
 * Cost O(n log bins).
 * Source: Navas-Palencia (2020), https://arxiv.org/abs/2001.08025
 * @throws nothing
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
 * const y = Float64Array.of(0, 0, 0, 1, 0, 1, 1, 1, 0, 1)
 * const model = fitOptimalBinning({ values }, y, { splits: [3.5, 5.5, 8.5] })
 * predictBinning(model, Float64Array.of(4, 9)) // → [1.386294, -1.386294]
 */
export function predictBinning(model: BinningModel, values: Float64Array, valid?: Uint8Array): Float64Array {
  const bins = binNumbers(model, values, valid)
  return Float64Array.from(bins, (b) => model.table.rows[b]!.woe)
}

/**
 * Row of the model's table for each value: bins first, then special values, then missing.
 * Cost O(n log bins).
 * Source: Navas-Palencia (2020), https://arxiv.org/abs/2001.08025
 * @throws nothing
 * @example
 * binNumbers({ splits: [3.5, 5.5], special: [-1] }, Float64Array.of(1, 4, 9, -1)) // → [0, 1, 2, 3]
 */
export function binNumbers(
  model: Pick<BinningModel, 'splits' | 'special'>,
  values: Float64Array,
  valid?: Uint8Array,
): Int32Array {
  const bins = digitize(values, model.splits)
  const regular = model.splits.length + 1
  for (let i = 0; i < values.length; i++) {
    const at = specialBin(model.special, values[i]!)
    if ((valid && valid[i] === 0) || !Number.isFinite(values[i]!)) bins[i] = regular + model.special.length
    else if (at >= 0) bins[i] = regular + at
  }
  return bins
}

function cut(
  values: Float64Array,
  y: Float64Array,
  rows: number,
  options: OptimalBinningOptions,
): readonly number[] {
  const widen = options.prebinShareOf === 'all' ? rows / values.length : 1
  return prebinSplits(values, y, {
    method: options.prebinning ?? 'cart',
    maximum: options.maximumPrebins ?? 20,
    minimumShare: widen * (options.minimumPrebinShare ?? 0.05),
    precision: options.precision ?? 'double',
    task: 'classes',
  })
}

/** Known values with their outcomes, and counts of the special and missing ones. */
function separate(
  x: { readonly values: Float64Array; readonly valid?: Uint8Array },
  y: Float64Array,
  special: readonly (number | readonly number[])[],
): {
  readonly values: Float64Array
  readonly outcome: Float64Array
  readonly specials: readonly BinCounts[]
  readonly missing: BinCounts
} {
  // Copies only where rows are left out.
  let [values, outcome] = [x.values, y]
  // Events and non-events of each special value, then of missing ones.
  const apart = Array.from({ length: special.length + 1 }, () => ({ event: 0, nonEvent: 0 }))
  let known = 0
  for (let i = 0; i < y.length; i++) {
    if (y[i] !== 0 && y[i] !== 1)
      throw new StatsError('outOfDomain', `The outcome of row ${i} is ${y[i]}; 0 or 1 was expected.`)
    const value = x.values[i]!
    const isMissing = (x.valid && x.valid[i] === 0) || !Number.isFinite(value)
    const at = isMissing ? special.length : specialBin(special, value)
    if (at < 0) {
      if (known < i) {
        values[known] = value
        outcome[known] = y[i]!
      }
      known++
      continue
    }
    if (known === i) [values, outcome] = [x.values.slice(), y.slice()]
    apart[at]![y[i] === 1 ? 'event' : 'nonEvent']++
  }
  return {
    values: values.subarray(0, known),
    outcome: outcome.subarray(0, known),
    specials: apart.slice(0, -1),
    missing: apart[special.length]!,
  }
}

function atLeastOne({ minimumEvents = 0, minimumNonEvents = 0 }: OptimalBinningOptions) {
  return { minimumEvents: Math.max(1, minimumEvents), minimumNonEvents: Math.max(1, minimumNonEvents) }
}

/** Which special bin a value belongs to, or −1. */
function specialBin(special: readonly (number | readonly number[])[], value: number): number {
  return special.findIndex((codes) => (typeof codes === 'number' ? codes === value : codes.includes(value)))
}

/**
 * A prebin without events or non-events has no weight of evidence: its right split goes, until none is left. Hellinger
 * distance and triangular discrimination are defined for it, so there only empty prebins go.
 */
function dropPure({ splits, counts }: Prebins, objective: BinObjective): Prebins {
  const bare = objective === 'hellinger' || objective === 'triangular'
  const pure = counts.map((c) => (bare ? c.event + c.nonEvent === 0 : c.event === 0 || c.nonEvent === 0))
  if (splits.length === 0 || !pure.some(Boolean)) return { splits, counts }
  const last = splits.length - 1
  const kept = splits.filter((_, i) => (i < last ? !pure[i] : !(pure[last] || pure[last + 1])))
  return dropPure({ splits: kept, counts: joinBins({ splits, counts }, kept) }, objective)
}

/** Counts of the bins that are left where only these of the splits stay. */
function joinBins({ splits, counts }: Prebins, kept: readonly number[]): BinCounts[] {
  const bins = digitize([Number.NEGATIVE_INFINITY, ...splits], kept)
  const joined = Array.from({ length: kept.length + 1 }, () => ({ event: 0, nonEvent: 0 }))
  counts.forEach(({ event, nonEvent }, i) => {
    const bin = joined[bins[i]!]!
    bin.event += event
    bin.nonEvent += nonEvent
  })
  return joined
}

function countBins(values: Float64Array, y: Float64Array, splits: readonly number[]): BinCounts[] {
  const bins = digitize(values, Float64Array.from(splits))
  const rows = new Float64Array(splits.length + 1)
  const events = new Float64Array(splits.length + 1)
  for (let i = 0; i < bins.length; i++) {
    rows[bins[i]!]!++
    if (y[i] === 1) events[bins[i]!]!++
  }
  return Array.from(rows, (n, bin) => ({ event: events[bin]!, nonEvent: n - events[bin]! }))
}

/**
 * The table of given splits, e.g. to judge bins made by hand or on later data.
 * Cost O(n log splits).
 * Source: Navas-Palencia (2020), https://arxiv.org/abs/2001.08025
 * @throws StatsError `lengthMismatch` or as `woeTable`.
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6)
 * splitWoeTable(values, Float64Array.of(0, 0, 1, 0, 1, 1), [3.5], OPTBINNING_WOE).iv // → 0.4620981
 */
export function splitWoeTable(
  values: Float64Array,
  y: Float64Array,
  splits: readonly number[],
  convention: WoeConvention,
): WoeTable {
  requireSameLength({ values, y })
  return woeTable(countBins(values, y, splits), convention)
}
