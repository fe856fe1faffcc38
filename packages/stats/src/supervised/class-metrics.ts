import { requireSameLength, StatsError } from '../stats-error.ts'

export type ClassReport = {
  /** Rows are true classes, columns predicted ones. */
  readonly confusion: readonly (readonly number[])[]
  readonly accuracy: number
  /** Per class; 0 where a class was never predicted or never true (as scikit-learn, with a warning there). */
  readonly precision: readonly number[]
  readonly recall: readonly number[]
  readonly f1: readonly number[]
  readonly f1Macro: number
  /** Weighted by true rows. */
  readonly f1Weighted: number
  /** Mean recall of the classes that occur. */
  readonly balancedAccuracy: number
  /** The same, 0 at chance and 1 at best. */
  readonly balancedAccuracyAdjusted: number
  /** Cohen's κ: agreement beyond chance. */
  readonly kappa: number
  /** Matthews' correlation, for any number of classes; 0 where it is 0/0. */
  readonly matthews: number
}

/**
 * Everything usual about predicted classes 0…k−1, each row counted as often as its weight says.
 * `y` and `predicted` have length n; shares lie in [0, 1], κ and Matthews' correlation in [−1, 1].
 * Cost O(n + k²).
 * Source: Cohen (1960), https://doi.org/10.1177/001316446002000104; Gorodkin (2004), Comput. Biol. Chem. 28, for
 * Matthews' correlation of k classes.
 * @throws StatsError `lengthMismatch`, `emptyData`, `outOfDomain`.
 * @example
 * classReport([0, 1, 1, 2], [0, 1, 2, 2]).kappa // → 0.6363636
 */
export function classReport(
  y: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: ArrayLike<number>,
): ClassReport {
  const rows = requireSameLength({ y, predicted, weights })
  if (rows === 0) throw new StatsError('emptyData', 'There are no rows to judge.')
  for (const column of [y, predicted]) requireClasses(column)
  const k =
    1 +
    Array.from(y)
      .concat(Array.from(predicted))
      .reduce((a, b) => Math.max(a, b), 0)
  const confusion = Array.from({ length: k }, () => Array<number>(k).fill(0))
  let n = 0
  for (let i = 0; i < rows; i++) {
    const weight = weights ? weights[i]! : 1
    if (!(weight >= 0 && weight < Infinity))
      throw new StatsError(
        'outOfDomain',
        `The weight of row ${i} is ${weight}; a number of at least 0 was expected.`,
      )
    confusion[y[i]!]![predicted[i]!]! += weight
    n += weight
  }
  if (!(n > 0)) throw new StatsError('emptyData', 'All weights are 0; there is nothing to judge.')
  const truth = confusion.map((row) => row.reduce((a, b) => a + b, 0))
  const guess = confusion.map((_, c) => confusion.reduce((a, row) => a + row[c]!, 0))
  const hits = confusion.map((row, c) => row[c]!)
  const share = (a: number, b: number): number => (b > 0 ? a / b : 0)
  const precision = hits.map((h, c) => share(h, guess[c]!))
  const recall = hits.map((h, c) => share(h, truth[c]!))
  const f1 = hits.map((h, c) => share(2 * h, truth[c]! + guess[c]!))
  const right = hits.reduce((a, b) => a + b, 0)
  const chance = truth.reduce((s, t, c) => s + t * guess[c]!, 0)
  const present = truth.filter((t) => t > 0).length
  const balancedAccuracy = recall.reduce((a, b) => a + b, 0) / present
  const spread = Math.sqrt(
    (n * n - guess.reduce((s, g) => s + g * g, 0)) * (n * n - truth.reduce((s, t) => s + t * t, 0)),
  )
  return {
    confusion,
    accuracy: right / n,
    precision,
    recall,
    f1,
    f1Macro: f1.reduce((a, b) => a + b, 0) / k,
    f1Weighted: f1.reduce((s, v, c) => s + v * truth[c]!, 0) / n,
    balancedAccuracy,
    balancedAccuracyAdjusted: present > 1 ? (balancedAccuracy - 1 / present) / (1 - 1 / present) : 1,
    kappa: n * n === chance ? 1 : (n * right - chance) / (n * n - chance),
    matthews: share(n * right - chance, spread),
  }
}

function requireClasses(column: ArrayLike<number>): void {
  for (let i = 0; i < column.length; i++) {
    const c = column[i]!
    if (!(Number.isInteger(c) && c >= 0 && c < 10_000))
      throw new StatsError(
        'outOfDomain',
        `A class of row ${i} is ${c}; whole numbers from 0 to 9,999 were expected.`,
      )
  }
}
