import { StatsError } from '../stats-error.ts'

/**
 * One row per customer or group: `frequency` repeat purchases at `opportunities` equally spaced chances, the last of
 * them at opportunity `recency` (0 without a repeat). All whole numbers.
 */
export interface BuyingOpportunities {
  readonly frequency: ArrayLike<number>
  readonly recency: ArrayLike<number>
  readonly opportunities: ArrayLike<number>
  readonly weights?: ArrayLike<number>
}

/** Checks the rows and returns how many there are. @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain` with the row's index */
export function checkOpportunities(data: BuyingOpportunities): number {
  const rows = data.frequency.length
  if (
    data.recency.length !== rows ||
    data.opportunities.length !== rows ||
    (data.weights && data.weights.length !== rows)
  )
    throw new StatsError(
      'lengthMismatch',
      `frequency has ${rows} values; recency, opportunities and weights must have as many.`,
    )
  if (rows === 0) throw new StatsError('emptyData', 'There are no rows; at least one customer was expected.')
  for (let i = 0; i < rows; i++) {
    const [x, recency, n, weight] = [
      data.frequency[i]!,
      data.recency[i]!,
      data.opportunities[i]!,
      data.weights?.[i] ?? 1,
    ]
    const whole = Number.isInteger(x) && Number.isInteger(recency) && Number.isInteger(n)
    if (!whole || !(0 <= x && x <= recency && recency <= n) || (x === 0) !== (recency === 0) || n > 1_000_000)
      throw new StatsError(
        'outOfDomain',
        `Row ${i} has frequency ${x}, recency ${recency} and ${n} opportunities; whole numbers with frequency ≤ recency ≤ opportunities were expected, recency 0 only without a repeat, at most 1,000,000 opportunities.`,
        { context: { index: i } },
      )
    if (!(weight >= 0 && weight < Infinity))
      throw new StatsError(
        'outOfDomain',
        `weights is ${weight} in row ${i}; a finite number ≥ 0 was expected.`,
        { context: { index: i } },
      )
  }
  return rows
}
