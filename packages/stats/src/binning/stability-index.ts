import { StatsError } from '../stats-error.ts'

export type StabilityIndex = {
  /** 0 when the shares agree; customary bounds: below .1 stable, above .25 shifted. */
  readonly index: number
  /** What each bin adds. */
  readonly contributions: readonly number[]
  /** Bins that were empty on one side and so were given the floor. */
  readonly flooredBins: number
}

/**
 * Population stability index between two sets of bins: Σ (a − e)·ln(a / e) over shares. Counts may be weighted.
 * The same sum over the bins of a characteristic is its CSI.
 * Range: [0, Infinity); both have one count per bin.
 * Cost O(bins).
 * Source: Siddiqi (2006), Credit Risk Scorecards, chapter 8, https://doi.org/10.1002/9781119201731; it is Jeffreys'
 * divergence (1946).
 * @param floor share given to a bin that is empty on one side, where the logarithm does not exist; default 1e-4,
 * and `'refuse'` throws instead. A bin empty on both sides adds nothing.
 * @throws StatsError `lengthMismatch`, `outOfDomain`, `emptyData` (no rows on a side), `infeasible` (empty bin refused).
 * @example
 * populationStabilityIndex([100, 200, 700], [150, 200, 650]).index // → 0.02397865
 */
export function populationStabilityIndex(
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
  options: { readonly floor?: number | 'refuse' } = {},
): StabilityIndex {
  const { floor = 1e-4 } = options
  if (expected.length !== actual.length) {
    throw new StatsError(
      'lengthMismatch',
      `There are ${expected.length} expected and ${actual.length} actual bins; equal numbers were expected.`,
    )
  }
  if (floor !== 'refuse' && !(floor > 0 && floor < 1))
    throw new StatsError('invalidOption', `floor is ${floor}; a share between 0 and 1 was expected.`)
  const before = total(expected, 'expected')
  const after = total(actual, 'actual')
  let flooredBins = 0
  const contributions = Array.from(expected, (count, i) => {
    let e = count / before
    let a = actual[i]! / after
    if (e === 0 && a === 0) return 0
    if (e === 0 || a === 0) {
      if (floor === 'refuse') {
        throw new StatsError(
          'infeasible',
          `Bin ${i} is empty on one side, where the stability index is infinite.`,
          { hint: 'Merge the bin with a neighbour or give a floor.' },
        )
      }
      flooredBins++
      e = Math.max(e, floor)
      a = Math.max(a, floor)
    }
    return (a - e) * Math.log(a / e)
  })
  return { index: contributions.reduce((s, c) => s + c, 0), contributions, flooredBins }
}

function total(counts: ArrayLike<number>, side: string): number {
  let sum = 0
  for (let i = 0; i < counts.length; i++) {
    if (!(counts[i]! >= 0) || counts[i] === Number.POSITIVE_INFINITY) {
      throw new StatsError(
        'outOfDomain',
        `The ${side} count of bin ${i} is ${counts[i]}; a finite number of at least 0 was expected.`,
      )
    }
    sum += counts[i]!
  }
  if (!(sum > 0))
    throw new StatsError('emptyData', `The ${side} side has no rows, so it has no shares to compare.`)
  return sum
}
