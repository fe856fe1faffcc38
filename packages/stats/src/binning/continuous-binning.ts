import type { SampleSummary } from '../inference/sample.ts'
import { welchTTest } from '../inference/t-tests.ts'
import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import { chooseTrend, type WantedTrend } from './auto-trend.ts'
import type { BinTrend, Curvature } from './bin-path.ts'
import { extremeOf } from './merge-prebins.ts'
import { binNumbers } from './optimal-binning.ts'
import { searchBins } from './optimal-search.ts'
import { digitize, type PrebinMethod, prebinSplits } from './prebins.ts'

export type ContinuousBinRow = {
  readonly count: number
  readonly mean: number
  readonly sd: number
  readonly minimum: number
  readonly maximum: number
}

/** A bin with what its mean tells beside the mean of all rows, missing ones too. */
export type ContinuousBin = ContinuousBinRow & {
  /** Its mean less the mean of all rows: the “weight of evidence” of a continuous outcome. */
  readonly woe: number
  /** |woe| times its share of all rows. */
  readonly iv: number
}

export type ContinuousBinningModel = {
  readonly kind: 'continuousBinning'
  readonly version: 1
  /** Bins are [a, b). */
  readonly splits: readonly number[]
  readonly trend: BinTrend
  /** Bins in order, then missing values (absent where there are none). */
  readonly rows: readonly ContinuousBin[]
  readonly missing?: ContinuousBin
  /**
   * Sum of the bins' |woe|, and of their iv, missing ones too. (optbinning's sum of |woe| also counts the mean of all rows once for
   * each of its rows of special and missing values that is empty.)
   */
  readonly woe: number
  readonly iv: number
  /** Share of the outcome's variance over known rows that lies between bins. */
  readonly explained: number
}

export type ContinuousBinningOptions = {
  readonly trend?: WantedTrend
  readonly curvature?: Curvature
  /** Where a peak or valley turns: wherever it is best (default), or at the prebin of the extreme mean (optbinning's `peak_heuristic`). */
  readonly turn?: 'free' | 'atExtreme'
  /** What is largest: variance between bins (default), or the sum over bins of |bin's mean − mean|, as in optbinning. */
  readonly objective?: 'variance' | 'absoluteDeviation'
  /** Given split points to merge, instead of prebins. */
  readonly splits?: readonly number[]
  /** Splits that must stay. */
  readonly fixedSplits?: readonly number[]
  /** How prebins are made. Default `cart`. */
  readonly prebinning?: PrebinMethod
  readonly maximumPrebins?: number
  readonly minimumPrebinShare?: number
  /** What that share is of: the `known` rows (default), or `all`, missing ones too (optbinning). */
  readonly prebinShareOf?: 'known' | 'all'
  /** Least and greatest share of all rows in a bin. */
  readonly minimumShare?: number
  readonly maximumShare?: number
  readonly minimumBins?: number
  readonly maximumBins?: number
  readonly minimumDifference?: number
  /** Bins whose means do not differ at this level (Welch's t-test) may not both stand. */
  readonly maximumPValue?: number
  /** Which bins are compared. Default `neighbours`. */
  readonly pValuePairs?: 'neighbours' | 'all'
  /** Taken from the objective: γ × (largest − smallest bin, as shares of the known rows). Default 0. */
  readonly gamma?: number
  readonly precision?: 'double' | 'float32'
}

/**
 * Bins a number for a continuous outcome: the objective is largest under the trend and sizes, exactly.
 * Cost O(n log n + prebins³).
 * Source: Fisher (1958), https://doi.org/10.1080/01621459.1958.10501479 for the objective, Navas-Palencia (2020) for
 * the constraints.
 * @throws StatsError `lengthMismatch`, `notFinite`, `insufficientData`, `zeroVariance`, `infeasible`.
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)
 * fitContinuousBinning({ values }, Float64Array.of(1, 1, 2, 1, 9, 8, 9, 9), { maximumBins: 2 }).splits // → [4.5]
 */
export function fitContinuousBinning(
  x: { readonly values: Float64Array; readonly valid?: Uint8Array },
  y: Float64Array,
  options: ContinuousBinningOptions = {},
): ContinuousBinningModel {
  const n = requireSameLength({ x: x.values, valid: x.valid, y })
  requireFiniteColumn('y', y)
  const isKnown = (i: number): boolean => !(x.valid && x.valid[i] === 0) && Number.isFinite(x.values[i]!)
  const rows = Uint32Array.from({ length: n }, (_, i) => i)
  const known = rows.filter(isKnown)
  if (known.length < 2)
    throw new StatsError(
      'insufficientData',
      `Only ${known.length} values are known; at least 2 were expected.`,
    )
  const values = Float64Array.from(known, (i) => x.values[i]!)
  const outcome = Float64Array.from(known, (i) => y[i]!)
  const whole = describe(outcome)
  if (!(whole.sd > 0))
    throw new StatsError('zeroVariance', 'The outcome does not vary, so no bin explains anything.')
  const cut = (): readonly number[] =>
    prebinSplits(values, outcome, {
      method: options.prebinning ?? 'cart',
      maximum: options.maximumPrebins ?? 20,
      minimumShare:
        (options.minimumPrebinShare ?? 0.05) * (options.prebinShareOf === 'all' ? n / known.length : 1),
      precision: options.precision ?? 'double',
      task: 'numbers',
    })
  const start = withoutEmpty(values, options.splits ?? cut())
  const codes = digitize(values, start)
  const sums = [1, 2, 3].map(() => new Float64Array(start.length + 2))
  codes.forEach((bin, i) => {
    const centred = outcome[i]! - whole.mean
    sums[0]![bin + 1]! += 1
    sums[1]![bin + 1]! += centred
    sums[2]![bin + 1]! += centred ** 2
  })
  for (const sum of sums) for (let b = 0; b <= start.length; b++) sum[b + 1]! += sum[b]!
  const part = (moment: number, i: number, j: number): number => sums[moment]![j + 1]! - sums[moment]![i]!
  const count = (i: number, j: number): number => part(0, i, j)
  const mean = (i: number, j: number): number => part(1, i, j) / count(i, j)
  const summary = (i: number, j: number): SampleSummary => ({
    n: count(i, j),
    mean: mean(i, j),
    variance: Math.max(0, part(2, i, j) - count(i, j) * mean(i, j) ** 2) / (count(i, j) - 1),
  })
  const prebins = start.length + 1
  const levels = Array.from({ length: prebins }, (_, b) => mean(b, b))
  const trend = chooseTrend(
    options.trend ?? 'auto',
    levels,
    Array.from({ length: prebins }, (_, b) => count(b, b)),
  )
  const fixed = fixedPlaces(options.fixedSplits ?? [], start)
  const apart = (i: number, j: number, k: number, l: number): boolean =>
    options.maximumPValue === undefined || differ(summary(i, j), summary(k, l), options.maximumPValue)
  const ends = searchBins({
    prebins,
    value: (i, j) =>
      options.objective === 'absoluteDeviation' ? Math.abs(mean(i, j)) : count(i, j) * mean(i, j) ** 2,
    means: [mean],
    trends: [trend],
    allowed: (i, j) =>
      count(i, j) >= Math.ceil((options.minimumShare ?? 0) * n) &&
      count(i, j) <= Math.ceil((options.maximumShare ?? 1) * n) &&
      !fixed.some((at) => i <= at && at < j),
    mayFollow: (i, j, k) =>
      Math.abs(mean(i, j) - mean(j + 1, k)) >= (options.minimumDifference ?? 0) && apart(i, j, j + 1, k),
    ...(options.maximumPValue !== undefined && options.pValuePairs === 'all' ? { mayMeet: apart } : {}),
    ...(options.gamma ? { unevenness: { weight: options.gamma / known.length, size: count } } : {}),
    ...(options.turn === 'atExtreme' ? { turns: [extremeOf(trend, levels)] } : {}),
    ...(options.curvature ? { curvature: options.curvature } : {}),
    minimumBins: options.minimumBins ?? 1,
    maximumBins: options.maximumBins ?? prebins,
  })
  const splits = ends.slice(0, -1).map((end) => start[end]!)
  const finalCodes = digitize(values, splits)
  const table = Array.from({ length: splits.length + 1 }, (_, b) =>
    describe(outcome.filter((_v, i) => finalCodes[i] === b)),
  )
  const between = table.reduce((s, r) => s + r.count * (r.mean - whole.mean) ** 2, 0)
  const unknown = rows.filter((i) => !isKnown(i))
  const centre = describe(y).mean
  const beside = (row: ContinuousBinRow): ContinuousBin => {
    const woe = row.mean - centre
    return Object.freeze({ ...row, woe, iv: (Math.abs(woe) * row.count) / n })
  }
  const bins = table.map(beside)
  const missing = unknown.length > 0 ? beside(describe(Float64Array.from(unknown, (i) => y[i]!))) : undefined
  const every = missing ? [...bins, missing] : bins
  return Object.freeze({
    kind: 'continuousBinning',
    version: 1,
    splits: Object.freeze(splits),
    trend,
    rows: Object.freeze(bins),
    ...(missing ? { missing } : {}),
    woe: every.reduce((sum, bin) => sum + Math.abs(bin.woe), 0),
    iv: every.reduce((sum, bin) => sum + bin.iv, 0),
    explained: between / (whole.sd ** 2 * known.length),
  } as const)
}

/**
 * Mean outcome of each value's bin.
 * One value per row, in the outcome's unit.
 * Cost O(n log bins).
 * Source: Fisher (1958), https://doi.org/10.1080/01621459.1958.10501479
 * @throws StatsError `insufficientData` for a missing value if the model has seen none.
 * @example
 * const values = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8)
 * const model = fitContinuousBinning({ values }, Float64Array.of(1, 1, 2, 1, 9, 8, 9, 9), { maximumBins: 2 })
 * predictContinuousBinning(model, Float64Array.of(2, 7)) // → [1.25, 8.75]
 */
export function predictContinuousBinning(
  model: ContinuousBinningModel,
  values: Float64Array,
  valid?: Uint8Array,
): Float64Array {
  return Float64Array.from(binNumbers({ splits: model.splits, special: [] }, values, valid), (bin) => {
    const row = bin < model.rows.length ? model.rows[bin]! : model.missing
    if (row) return row.mean
    throw new StatsError(
      'insufficientData',
      'A value is missing, and no row with a missing value was there when the bins were made.',
    )
  })
}

/** By Welch's t-test; a bin of one row tells nothing of its spread, so it cannot be shown to differ. */
function differ(a: SampleSummary, b: SampleSummary, level: number): boolean {
  if (a.n < 2 || b.n < 2) return false
  if (!(a.variance > 0 || b.variance > 0)) return a.mean !== b.mean
  return welchTTest(a, b).pValue <= level
}

/** Which prebins the splits that must stay end. */
function fixedPlaces(fixed: readonly number[], splits: readonly number[]): readonly number[] {
  return fixed.map((split) => {
    const at = splits.indexOf(split)
    if (at >= 0) return at
    throw new StatsError('invalidOption', `The split ${split} cannot stay, as no prebin ends there.`)
  })
}

function withoutEmpty(values: Float64Array, splits: readonly number[]): readonly number[] {
  const filled = new Set(digitize(values, splits))
  const kept = splits.filter((_, i) => filled.has(i) && (i < splits.length - 1 || filled.has(i + 1)))
  return kept.length === splits.length ? kept : withoutEmpty(values, kept)
}

function describe(values: Float64Array): ContinuousBinRow {
  let mean = 0
  let minimum = Number.POSITIVE_INFINITY
  let maximum = Number.NEGATIVE_INFINITY
  values.forEach((v, i) => {
    mean += (v - mean) / (i + 1)
    minimum = Math.min(minimum, v)
    maximum = Math.max(maximum, v)
  })
  const squares = values.reduce((s, v) => s + (v - mean) ** 2, 0)
  return Object.freeze({
    count: values.length,
    mean,
    sd: values.length > 0 ? Math.sqrt(squares / values.length) : 0,
    minimum,
    maximum,
  })
}
