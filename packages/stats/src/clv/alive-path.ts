import { StatsError } from '../stats-error.ts'
import { type PurchaseModel, probabilityAlive } from './purchase-models.ts'

/**
 * P(alive) of one customer as it went: at each age, given the repeat purchases up to and with it.
 * Cost O(ages × repeats).
 * Source: Fader, Hardie and Lee (2008), "Computing P(alive) using the BG/NBD model", https://www.brucehardie.com/notes/021/; as lifetimes' `calculate_alive_path`
 * @param repeatTimes ages at repeat purchases, ascending, in the model's unit of time
 * @param ages one probability each
 * @throws StatsError `emptyData`, `notFinite`, `outOfDomain` for times that fall or ages below 0
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * alivePath(model, [10, 20], [5, 20, 40]) // → [1, 0.8120408, 0.5302427]
 */
export function alivePath(
  model: PurchaseModel,
  repeatTimes: ArrayLike<number>,
  ages: ArrayLike<number>,
): Float64Array {
  const times = Array.from(repeatTimes)
  if (times.some((t, k) => !(t > (k === 0 ? 0 : times[k - 1]!))))
    throw new StatsError('outOfDomain', 'Ages at repeat purchases must ascend from above 0.')
  const frequency = Array.from(ages, (age) => times.filter((t) => t <= age).length)
  const recency = frequency.map((x) => (x === 0 ? 0 : times[x - 1]!))
  return probabilityAlive(model, { frequency, recency, T: ages })
}

/**
 * P(alive) for each recency and frequency at one age, row-major (highest recency + 1)×(highest frequency + 1): the table
 * behind a heat map. Cells that could not be observed (repeats at recency 0, or recency without a repeat) are as the
 * formula has them for lifetimes' `conditional_probability_alive_matrix`, except without a repeat, where recency is 0.
 * Cost O(cells).
 * Source: Fader, Hardie and Lee (2005), section 6, https://doi.org/10.1287/mksc.1040.0098
 * @throws StatsError `emptyData`, `notFinite`, `outOfDomain` unless both are whole numbers ≥ 0 and recency does not
 * exceed age
 * @example
 * const model = bgNbdFromParameters({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 })
 * aliveMatrix(model, 39, 1, 1) // → [1, 0.1514436, 1, 0.1870196]
 */
export function aliveMatrix(
  model: PurchaseModel,
  age: number,
  highestRecency: number,
  highestFrequency: number,
): Float64Array {
  const [rows, columns] = [highestRecency + 1, highestFrequency + 1]
  const cells = Array.from({ length: rows * columns }, (_, k) => k)
  return probabilityAlive(model, {
    frequency: cells.map((k) => k % columns),
    recency: cells.map((k) => (k % columns === 0 ? 0 : Math.floor(k / columns))),
    T: cells.map(() => age),
  })
}
