import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import { guessTrend } from './auto-trend.ts'
import { binNumbers } from './optimal-binning.ts'
import { type BinTrend, searchBins } from './optimal-search.ts'
import { digitize, prebinSplits } from './prebins.ts'

export type ContinuousBinRow = {
  readonly count: number
  readonly mean: number
  readonly sd: number
  readonly minimum: number
  readonly maximum: number
}

export type ContinuousBinningModel = {
  readonly kind: 'continuousBinning'
  readonly version: 1
  /** Bins are [a, b). */
  readonly splits: readonly number[]
  readonly trend: BinTrend
  /** Bins in order, then missing values (absent where there are none). */
  readonly rows: readonly ContinuousBinRow[]
  readonly missing?: ContinuousBinRow
  /** Share of the outcome's variance over known rows that lies between bins. */
  readonly explained: number
}

/**
 * Bins a number for a continuous outcome: the share of variance between bins is largest under the trend and sizes, exactly.
 * @throws StatsError `lengthMismatch`, `notFinite`, `insufficientData`, `zeroVariance`, `infeasible`.
 * Source: Fisher (1958) for the objective, Navas-Palencia (2020) for the constraints. Cost O(n log n + prebins³).
 */
export function fitContinuousBinning(
  x: { readonly values: Float64Array; readonly valid?: Uint8Array },
  y: Float64Array,
  options: {
    readonly trend?: BinTrend | 'auto'
    readonly maximumPrebins?: number
    readonly minimumPrebinShare?: number
    readonly minimumShare?: number
    readonly maximumBins?: number
    readonly minimumDifference?: number
  } = {},
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
  const start = prebinSplits(values, outcome, {
    method: 'cart',
    maximum: options.maximumPrebins ?? 20,
    minimumShare: options.minimumPrebinShare ?? 0.05,
    precision: 'double',
    task: 'numbers',
  })
  const codes = digitize(values, start)
  const size = new Float64Array(start.length + 2)
  const sum = new Float64Array(start.length + 2)
  codes.forEach((bin, i) => {
    size[bin + 1]!++
    sum[bin + 1]! += outcome[i]! - whole.mean
  })
  for (let b = 0; b <= start.length; b++) {
    size[b + 1]! += size[b]!
    sum[b + 1]! += sum[b]!
  }
  const count = (i: number, j: number): number => size[j + 1]! - size[i]!
  const mean = (i: number, j: number): number => (sum[j + 1]! - sum[i]!) / count(i, j)
  const prebins = start.length + 1
  const wanted = options.trend ?? 'auto'
  const guess = (): BinTrend =>
    guessTrend(
      Array.from({ length: prebins }, (_, b) => mean(b, b)),
      Array.from({ length: prebins }, (_, b) => count(b, b)),
    )
  const trend = wanted !== 'auto' ? wanted : prebins > 1 ? guess() : 'none'
  const ends = searchBins({
    prebins,
    value: (i, j) => count(i, j) * mean(i, j) ** 2,
    mean,
    allowed: (i, j) => count(i, j) >= (options.minimumShare ?? 0) * known.length,
    mayFollow: (i, j, k) => Math.abs(mean(i, j) - mean(j + 1, k)) >= (options.minimumDifference ?? 0),
    trend,
    minimumBins: 1,
    maximumBins: options.maximumBins ?? prebins,
  })
  const splits = ends.slice(0, -1).map((end) => start[end]!)
  const finalCodes = digitize(values, splits)
  const table = Array.from({ length: splits.length + 1 }, (_, b) =>
    describe(outcome.filter((_v, i) => finalCodes[i] === b)),
  )
  const between = table.reduce((s, r) => s + r.count * (r.mean - whole.mean) ** 2, 0)
  const unknown = rows.filter((i) => !isKnown(i))
  return Object.freeze({
    kind: 'continuousBinning',
    version: 1,
    splits: Object.freeze(splits),
    trend,
    rows: Object.freeze(table),
    ...(unknown.length > 0 ? { missing: describe(Float64Array.from(unknown, (i) => y[i]!)) } : {}),
    explained: between / (whole.sd ** 2 * known.length),
  } as const)
}

/** Mean outcome of each value's bin. @throws StatsError `insufficientData` for a missing value if the model has seen none. */
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
