import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { StatsError } from '../stats-error.ts'
import { midRanks } from './ranks.ts'

export type BlockedTest = {
  readonly statistic: number
  readonly degreesOfFreedom: number
  readonly pValue: number
}

/**
 * Friedman's test that k treatments of the same blocks (customers, stores) are alike, with the correction for ties.
 * Cost O(blocks × k log k).
 * Source: Hollander & Wolfe (1973), section 7.1; R's `friedman.test`, https://doi.org/10.1080/01621459.1937.10503522
 * @param blocks one list of k values per block.
 * @throws StatsError `insufficientData`, `lengthMismatch`, `zeroVariance` if all values of every block are equal.
 * @example
 * friedmanTest([[1, 2, 3], [1, 3, 2], [2, 3, 1]]).pValue // → 0.2635971
 */
export function friedmanTest(blocks: readonly ArrayLike<number>[]): BlockedTest {
  const k = requireBlocks(blocks)
  const n = blocks.length
  const sums = new Float64Array(k)
  let ties = 0
  for (const block of blocks) {
    const { ranks, tieSum } = midRanks(block)
    ranks.forEach((rank, j) => {
      sums[j]! += rank
    })
    ties += tieSum
  }
  const spread = n * k * (k + 1) - ties / (k - 1)
  if (!(spread > 0)) throw new StatsError('zeroVariance', 'All treatments are tied in every block.')
  const statistic = (12 * sums.reduce((s, r) => s + (r - (n * (k + 1)) / 2) ** 2, 0)) / spread
  return { statistic, degreesOfFreedom: k - 1, pValue: chiSquareSurvival(statistic, k - 1) }
}

/**
 * Cochran's Q: whether k yes/no answers of the same blocks have one rate; McNemar's test for more than two.
 * Cost O(blocks × k).
 * Source: Cochran (1950), Biometrika 37, https://doi.org/10.1093/biomet/37.3-4.256
 * Parity: statsmodels `cochrans_q`.
 * @param blocks one list of k values 0 or 1 per block.
 * @throws StatsError `insufficientData`, `lengthMismatch`, `outOfDomain`, `zeroVariance` if no block's answers differ.
 * @example
 * cochranQTest([[1, 1, 0], [1, 0, 0], [0, 1, 0]]).statistic // → 2.666667
 */
export function cochranQTest(blocks: readonly ArrayLike<number>[]): BlockedTest {
  const k = requireBlocks(blocks)
  const columns = new Float64Array(k)
  let total = 0
  let squares = 0
  for (const block of blocks) {
    let row = 0
    for (let j = 0; j < k; j++) {
      const value = block[j]!
      if (value !== 0 && value !== 1)
        throw new StatsError('outOfDomain', `An answer is ${value}; 0 or 1 was expected.`)
      row += value
      columns[j]! += value
    }
    total += row
    squares += row * row
  }
  const spread = k * total - squares
  if (!(spread > 0)) throw new StatsError('zeroVariance', 'No block has answers that differ.')
  const statistic = ((k - 1) * (k * columns.reduce((s, c) => s + c * c, 0) - total * total)) / spread
  return { statistic, degreesOfFreedom: k - 1, pValue: chiSquareSurvival(statistic, k - 1) }
}

function requireBlocks(blocks: readonly ArrayLike<number>[]): number {
  const k = blocks[0]?.length ?? 0
  if (blocks.length < 2 || k < 2)
    throw new StatsError(
      'insufficientData',
      `${blocks.length} blocks of ${k} treatments; at least 2 of 2 were expected.`,
    )
  for (const block of blocks)
    if (block.length !== k)
      throw new StatsError('lengthMismatch', `A block has ${block.length} values; ${k} were expected.`)
  return k
}
