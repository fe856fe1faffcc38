import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import { expectedByTime, type PurchaseModel } from './purchase-models.ts'

export interface TrackingTable {
  /** Ends of the intervals, in the model's unit of time since the first customer's first purchase. */
  readonly times: Float64Array
  readonly actualCumulative: Float64Array
  readonly expectedCumulative: Float64Array
  readonly actualIncremental: Float64Array
  readonly expectedIncremental: Float64Array
}

/**
 * Repeat purchases of the whole cohort as they came and as the model expects them, by interval.
 * `firstTimes` are the customers' first purchases, `repeatTimes` all repeat purchases, both in the model's unit of time;
 * intervals are half-open, so a purchase at an interval's end counts in the next.
 * Cost customers × intervals predictions, merged by equal ages.
 * Source: Fader, Hardie and Lee (2005), section 5 (tracking plots), https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `notFinite`, `emptyData`, `invalidOption`
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * trackRepeatPurchases(model, [0, 3, 5], [8, 12, 25], [10, 20, 30]).actualCumulative // → [1, 2, 3]
 */
export function trackRepeatPurchases(
  model: PurchaseModel,
  firstTimes: ArrayLike<number>,
  repeatTimes: ArrayLike<number>,
  intervalEnds: ArrayLike<number>,
): TrackingTable {
  if (firstTimes.length === 0 || intervalEnds.length === 0)
    throw new StatsError('emptyData', 'Tracking needs at least one customer and one interval.')
  const births = new Map<number, number>()
  for (let i = 0; i < firstTimes.length; i++)
    births.set(firstTimes[i]!, (births.get(firstTimes[i]!) ?? 0) + 1)
  const repeats = Float64Array.from(repeatTimes).sort()
  const n = intervalEnds.length
  const actualCumulative = new Float64Array(n)
  const expectedCumulative = new Float64Array(n)
  let seen = 0
  for (let k = 0; k < n; k++) {
    const end = intervalEnds[k]!
    if (k > 0 && !(end > intervalEnds[k - 1]!))
      throw new StatsError(
        'invalidOption',
        `Interval ${k} ends at ${end}, not after the one before it; ascending ends were expected.`,
      )
    while (seen < repeats.length && repeats[seen]! < end) seen++
    actualCumulative[k] = seen
    const open = [...births].filter(([birth]) => birth < end)
    const expected = expectedByTime(
      model,
      open.map(([birth]) => end - birth),
    )
    for (let i = 0; i < open.length; i++) expectedCumulative[k]! += expected[i]! * open[i]![1]
  }
  return {
    times: Float64Array.from(intervalEnds),
    actualCumulative,
    expectedCumulative,
    actualIncremental: differences(actualCumulative),
    expectedIncremental: differences(expectedCumulative),
  }
}

export interface FrequencyBinRow {
  /** Lowest and highest calibration frequency in the bin; the last bin is open. */
  readonly from: number
  readonly to: number
  readonly customers: number
  readonly actual: number
  readonly expected: number
}

/**
 * Mean holdout purchases, actual and expected, by calibration frequency; frequencies from `lastBin` on share one bin.
 * Empty bins are left out.
 * The three columns have the same length.
 * Cost O(rows).
 * Source: Fader, Hardie and Lee (2005), figure 6, https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `lengthMismatch`, `invalidOption`, `outOfDomain`, `notFinite`
 * @example
 * compareByFrequency([0, 0, 1, 3], [0, 1, 1, 2], [0.2, 0.3, 0.9, 2.4], 2).map((bin) => bin.expected) // → [0.25, 0.9, 2.4]
 */
export function compareByFrequency(
  frequency: ArrayLike<number>,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  lastBin: number,
): readonly FrequencyBinRow[] {
  if (actual.length !== frequency.length || expected.length !== frequency.length)
    throw new StatsError(
      'lengthMismatch',
      `frequency, actual and expected have ${frequency.length}, ${actual.length} and ${expected.length} values; equal lengths were expected.`,
    )
  if (!(Number.isInteger(lastBin) && lastBin >= 0 && lastBin <= 1e6))
    throw new StatsError('invalidOption', `lastBin is ${lastBin}; a whole number from 0 to 10⁶ was expected.`)
  for (let i = 0; i < frequency.length; i++)
    if (!(Number.isInteger(frequency[i]!) && frequency[i]! >= 0))
      throw new StatsError(
        'outOfDomain',
        `frequency is ${frequency[i]} in row ${i}; a whole number ≥ 0 was expected.`,
        { context: { index: i } },
      )
  requireFiniteColumn('actual', actual)
  requireFiniteColumn('expected', expected)
  const customers = new Float64Array(lastBin + 1)
  const actualSum = new Float64Array(lastBin + 1)
  const expectedSum = new Float64Array(lastBin + 1)
  for (let i = 0; i < frequency.length; i++) {
    const bin = Math.min(lastBin, frequency[i]!)
    customers[bin]!++
    actualSum[bin]! += actual[i]!
    expectedSum[bin]! += expected[i]!
  }
  const rows: FrequencyBinRow[] = []
  for (let bin = 0; bin <= lastBin; bin++) {
    const n = customers[bin]!
    if (n > 0)
      rows.push({
        from: bin,
        to: bin === lastBin ? Infinity : bin,
        customers: n,
        actual: actualSum[bin]! / n,
        expected: expectedSum[bin]! / n,
      })
  }
  return rows
}

function differences(values: Float64Array): Float64Array {
  return values.map((v, i) => v - (i === 0 ? 0 : values[i - 1]!))
}
