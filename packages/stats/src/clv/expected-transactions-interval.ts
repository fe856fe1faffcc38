import { normalQuantile } from '../distributions/normal.ts'
import { quadraticForm } from '../linalg/products.ts'
import { requireLevel, StatsError } from '../stats-error.ts'
import { type BgNbdModel, bgNbdConditionalPmf } from './bg-nbd.ts'
import type { PurchaseHistory } from './purchase-history.ts'
import {
  expectedTransactions,
  type PurchaseModel,
  parameterVector,
  withParameters,
} from './purchase-models.ts'

export interface IntervalColumns {
  readonly expected: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly level: number
}

/**
 * Expected purchases of each row in (T, T + horizon] with an interval for that expectation: it carries the uncertainty of
 * the fitted parameters only (delta method on the logarithm), not the spread of one customer's purchases.
 * Derivatives are central differences, so it costs nine predictions.
 * Cost nine predictions.
 * Source: Casella and Berger (2002), theorem 5.5.28 (delta method), https://doi.org/10.1201/9781003456285
 * @throws StatsError `lengthMismatch`, `emptyData`, `notFinite`, `outOfDomain`, `unsupported` for a model without a
 * covariance
 * @example
 * const data = { frequency: [0, 1, 1, 1, 2, 2, 3, 5, 8, 0], recency: [0, 2, 10, 30, 8, 34, 36, 20, 37, 0],
 *   T: [39, 39, 39, 36, 38, 39, 38, 39, 39, 30], weights: [100, 30, 15, 15, 10, 12, 8, 6, 3, 40] }
 * expectedTransactionsInterval(fitBgNbd(data), 52, data).expected[9] // → 0.2947747
 */
export function expectedTransactionsInterval(
  model: PurchaseModel,
  horizon: number,
  data: PurchaseHistory,
  level = 0.95,
): IntervalColumns {
  requireLevel('level', level)
  if (!model.covariance)
    throw new StatsError(
      'unsupported',
      'The model has no parameter covariance, so its predictions have no interval.',
      {
        hint: 'Fit the model to data; where a parameter ran to its bound, add customers or a small penalty.',
      },
    )
  const covariance = Float64Array.from(model.covariance)
  const at = parameterVector(model)
  const expected = expectedTransactions(model, horizon, data)
  const slopes = at.map((value, i) => value * 1e-4 * (i >= 0 ? 1 : 0))
  const columns = Array.from({ length: at.length }, (_, i) => {
    const moved = (sign: number): Float64Array => {
      const point = at.slice()
      point[i]! += sign * slopes[i]!
      return expectedTransactions(withParameters(model, point), horizon, data)
    }
    const up = moved(1)
    const down = moved(-1)
    return up.map((v, row) => (v - down[row]!) / (2 * slopes[i]!))
  })
  const z = normalQuantile(0.5 + level / 2)
  const lower = new Float64Array(expected.length)
  const upper = new Float64Array(expected.length)
  const gradient = new Float64Array(at.length)
  for (let row = 0; row < expected.length; row++) {
    const mean = expected[row]!
    if (!(mean > 0)) continue
    for (let i = 0; i < at.length; i++) gradient[i] = columns[i]![row]! / mean
    const spread = z * Math.sqrt(Math.max(0, quadraticForm(covariance, gradient)))
    lower[row] = mean * Math.exp(-spread)
    upper[row] = mean * Math.exp(spread)
  }
  return { expected, lower, upper, level }
}

/**
 * The range that holds a customer's own purchase count in (T, T + horizon] with at least the given probability, from the
 * conditional count distribution at the fitted parameters: it carries the customer's unknown rate and dropout and pure
 * chance, not the parameters' uncertainty. Bounds are whole numbers; equal tails.
 * Cost O(rows × upper bound).
 * Source: Fader, Hardie and Lee (2005), eq. 8, https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `notFinite`, `outOfDomain`, and those of the data's check
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * bgNbdCountInterval(model, 39, { frequency: [2], recency: [30.43], T: [38.86] }).upper // → [5]
 */
export function bgNbdCountInterval(
  model: BgNbdModel,
  horizon: number,
  data: PurchaseHistory,
  level = 0.95,
): { readonly lower: Float64Array; readonly upper: Float64Array; readonly level: number } {
  requireLevel('level', level)
  const n = data.frequency.length
  const lower = new Float64Array(n).fill(-1)
  const upper = new Float64Array(n).fill(-1)
  const reached = new Float64Array(n)
  const tail = (1 - level) / 2
  for (let count = 0, open = n; open > 0; count++) {
    if (count > 100_000)
      throw new StatsError(
        'notConverged',
        'The count distribution has not reached its upper quantile by 100,000 purchases.',
        { hint: 'Shorten the horizon.' },
      )
    const rows = Array.from({ length: n }, (_, i) => i).filter((i) => upper[i]! < 0)
    const pick = (column: ArrayLike<number>): Float64Array => Float64Array.from(rows, (i) => column[i]!)
    const chance = bgNbdConditionalPmf(model, count, horizon, {
      frequency: pick(data.frequency),
      recency: pick(data.recency),
      T: pick(data.T),
    })
    rows.forEach((row, k) => {
      reached[row]! += chance[k]!
      if (lower[row]! < 0 && reached[row]! >= tail) lower[row] = count
      if (reached[row]! >= 1 - tail - 1e-12) {
        upper[row] = count
        open--
      }
    })
  }
  return { lower, upper, level }
}
