import { requireFinite, requireSameLength, StatsError } from '../stats-error.ts'
import { ranking, type UpliftStrategy, upliftByPercentile } from './uplift-by-rank.ts'
import type { UpliftCurve, UpliftData } from './uplift-curves.ts'

export type CampaignTerms = {
  /** Worth of a response. */
  readonly benefit: number
  /** Cost of each response among the treated, as of a voucher that is taken up. */
  readonly incentiveCost: number
  /** Cost of each row that is contacted. */
  readonly contactCost: number
  readonly fixedCost?: number
}

/**
 * Profit of a campaign by how many rows it contacts, highest predicted uplift first (equal ones in the order given), per
 * row of all; outcomes are 0 or 1, and an arm still missing counts as without response.
 * `rows` and `values` have length n; `values` in the terms' money.
 * Cost O(n log n).
 * Source: Devriendt, Berrevoets & Verbeke (2021), Information Sciences 548, https://doi.org/10.1016/j.ins.2019.12.075
 * Parity: scikit-uplift `max_prof_uplift`.
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`.
 * @example
 * const data = { y: [1, 0, 0, 1], uplift: [0.9, 0.8, 0.7, 0.6], treatment: [1, 0, 1, 0] }
 * campaignProfit(data, { benefit: 10, incentiveCost: 1, contactCost: 0.5 }).values // → [2.125, 4.25, 3, -1]
 */
export function campaignProfit(data: UpliftData, terms: CampaignTerms): UpliftCurve {
  const { benefit, incentiveCost, contactCost, fixedCost = 0 } = terms
  for (const [name, value] of Object.entries({ benefit, incentiveCost, contactCost, fixedCost }))
    requireFinite(name, value)
  const { y, uplift, treatment } = data
  const order = Array.from(ranking(data)).sort((a, b) => uplift[b]! - uplift[a]! || a - b)
  const n = order.length
  let [treated, yTreated, yControl] = [0, 0, 0]
  const values = Float64Array.from(order, (row, i) => {
    if (y[row] !== 0 && y[row] !== 1)
      throw new StatsError('outOfDomain', `The outcome of row ${row} is ${y[row]}; 0 or 1 was expected.`)
    if (treatment[row] === 1) {
      treated++
      yTreated += y[row]!
    } else yControl += y[row]!
    const [rows, control] = [i + 1, i + 1 - treated]
    const rate = treated > 0 ? yTreated / treated : 0
    const gain = rate - (control > 0 ? yControl / control : 0)
    return (rows * (gain * benefit - rate * incentiveCost - contactCost) - fixedCost) / n
  })
  return { rows: Float64Array.from({ length: n }, (_, i) => i + 1), values }
}

/**
 * Share of treated rows in a window that slides down the ranking: flat where the model does not know who was treated.
 * n − window + 1 shares; ties in reverse input order, as scikit-uplift.
 * Cost O(n log n).
 * Source: scikit-uplift `treatment_balance_curve`, https://www.uplift-modeling.com/en/latest/api/metrics/index.html
 * @throws StatsError `lengthMismatch`, `notFinite`, `outOfDomain`, `invalidOption` for a window that is no row or more
 * than all.
 * @example
 * treatmentBalance({ uplift: [0.9, 0.8, 0.7, 0.6], treatment: [1, 0, 1, 1] }, 2) // → [0.5, 0.5, 1]
 */
export function treatmentBalance(data: Omit<UpliftData, 'y'>, window: number): Float64Array {
  const n = requireSameLength({ uplift: data.uplift, treatment: data.treatment })
  if (!(Number.isInteger(window) && window >= 1 && window <= n))
    throw new StatsError('invalidOption', `window is ${window}; a whole number from 1 to ${n} was expected.`)
  const order = ranking({ ...data, y: new Float64Array(n) })
  const shares = new Float64Array(n - window + 1)
  let treated = 0
  order.forEach((row, i) => {
    treated += data.treatment[row]!
    if (i >= window) treated -= data.treatment[order[i - window]!]!
    if (i >= window - 1) shares[i - window + 1] = treated / window
  })
  return shares
}

/**
 * Mean squared difference of the bins' uplifts between the rows a model learned from and others: large where it overfits.
 * In the outcome's unit, squared.
 * Cost O(n log n).
 * Source: Michel, Schnakenburg & von Martens (2019), Targeting Uplift, section 4.2, https://doi.org/10.1007/978-3-030-22625-1
 * Parity: scikit-uplift `average_squared_deviation`.
 * @throws StatsError as `upliftByPercentile`.
 * @example
 * const learned = { y: [1, 0, 0, 1], uplift: [0.9, 0.8, 0.7, 0.6], treatment: [1, 0, 1, 0] }
 * const others = { y: [1, 0, 1, 1], uplift: [0.9, 0.8, 0.7, 0.6], treatment: [1, 0, 1, 0] }
 * upliftDeviation(learned, others, { bins: 2 }) // → 0.5
 */
export function upliftDeviation(
  learned: UpliftData,
  others: UpliftData,
  options: { readonly bins?: number; readonly strategy?: UpliftStrategy } = {},
): number {
  const [a, b] = [learned, others].map((data) => upliftByPercentile(data, options))
  return a!.reduce((sum, bin, i) => sum + (bin.uplift - b![i]!.uplift) ** 2, 0) / a!.length
}
