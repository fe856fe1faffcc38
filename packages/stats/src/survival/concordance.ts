import { StatsError } from '../stats-error.ts'
import { checkSurvival, orderBy, type SurvivalData } from './survival-data.ts'

export interface Concordance {
  readonly index: number
  readonly concordant: number
  readonly discordant: number
  /** Comparable pairs with equal predictions, counted half. */
  readonly tied: number
}

/**
 * Harrell's concordance index. A pair counts when the earlier time is an event (a censored row at that same time is
 * later); two events at one time do not count; equal predictions count half. A pair counts with the product of its weights, and
 * only while both rows are at risk: with delayed entry the later one has to have entered before the event.
 * The index lies in [0, 1]; ½ is chance.
 * Cost O(n log n).
 * Source: Harrell, Lee and Mark (1996), section 5.5, https://doi.org/10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4
 * @param prediction larger means longer survival (`time`) or higher risk (`risk`)
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `insufficientData` without a
 * comparable pair
 * @example
 * concordanceIndex({ time: [2, 4, 6, 8], event: [1, 1, 0, 1] }, [1, 3, 2, 4], 'time').index // → 0.8
 */
export function concordanceIndex(
  data: SurvivalData,
  prediction: ArrayLike<number>,
  larger: 'time' | 'risk',
): Concordance {
  const n = checkSurvival(data)
  if (prediction.length !== n)
    throw new StatsError(
      'lengthMismatch',
      `prediction has ${prediction.length} values and time has ${n}; equal lengths were expected.`,
    )
  const sign = larger === 'time' ? 1 : -1
  const values = [...new Set(Array.from(prediction, (v) => sign * v))].sort((a, b) => a - b)
  const rank = new Map(values.map((v, i) => [v, i]))
  const codes = Int32Array.from({ length: n }, (_, i) => rank.get(sign * prediction[i]!)!)
  // Counts of later rows by prediction, in a binary indexed tree.
  const tree = new Float64Array(values.length + 1)
  const weightOf = (row: number): number => data.weights?.[row] ?? 1
  let later = 0
  const add = (row: number, sign: 1 | -1): void => {
    const weight = sign * weightOf(row)
    later += weight
    for (let i = codes[row]! + 1; i < tree.length; i += i & -i) tree[i]! += weight
  }
  const below = (code: number): number => {
    let sum = 0
    for (let i = code; i > 0; i -= i & -i) sum += tree[i]!
    return sum
  }
  const order = orderBy(data.time, n).reverse()
  const byEntry = data.entry ? orderBy(data.entry, n).reverse() : new Int32Array(0)
  let out = 0
  let [concordant, discordant, tied] = [0, 0, 0]
  for (let k = 0; k < n; ) {
    const time = data.time[order[k]!]!
    let end = k
    while (end < n && data.time[order[end]!]! === time) end++
    for (; out < byEntry.length && data.entry![byEntry[out]!]! >= time; out++) add(byEntry[out]!, -1)
    const here = Array.from(order.subarray(k, end))
    for (const row of here.filter((i) => data.event[i] === 0)) add(row, 1)
    const events = here.filter((i) => data.event[i] === 1)
    for (const row of events) {
      const lower = below(codes[row]!)
      const equal = below(codes[row]! + 1) - lower
      discordant += weightOf(row) * lower
      tied += weightOf(row) * equal
      concordant += weightOf(row) * (later - lower - equal)
    }
    for (const row of events) add(row, 1)
    k = end
  }
  const pairs = concordant + discordant + tied
  if (!(pairs > 0))
    throw new StatsError(
      'insufficientData',
      'No pair of rows can be ordered: there is no event before another time.',
    )
  return { index: (concordant + tied / 2) / pairs, concordant, discordant, tied }
}
