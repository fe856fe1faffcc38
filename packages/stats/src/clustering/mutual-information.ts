import { logFactorial } from '../special/log-gamma.ts'
import { crossTable } from './validity.ts'

/**
 * Mutual information of two labellings beyond what chance gives, by the arithmetic mean of the entropies (scikit-learn's
 * default): 1 for equal partitions, about 0 for unrelated ones.
 * Both labellings have length n.
 * Cost O(n + rows of the table × columns × largest cluster).
 * Source: Vinh, Epps and Bailey (2010), eq. 24a, https://www.jmlr.org/papers/v11/vinh10a.html
 * Parity: scikit-learn's adjusted_mutual_info_score.
 * @throws StatsError `lengthMismatch`, `emptyData`.
 * @example
 * adjustedMutualInformation([0, 0, 1, 1], [1, 1, 0, 2]) // → 0.5714286
 */
export function adjustedMutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { cells, rows, columns, n } = crossTable(a, b)
  if (rows.size === columns.size && (rows.size === 1 || rows.size === n)) return 1
  const [inA, inB] = [[...rows.values()], [...columns.values()]]
  const entropy = (counts: Iterable<number>): number => {
    let sum = 0
    for (const c of counts) sum -= (c / n) * Math.log(c / n)
    return sum
  }
  const mean = (entropy(inA) + entropy(inB)) / 2
  const shared = entropy(inA) + entropy(inB) - entropy(cells.values())
  const expected = expectedInformation(inA, inB, n)
  const room = mean - expected
  return (shared - expected) / (room === 0 ? Number.MIN_VALUE : room)
}

/** Mutual information on average over all tables with the same margins, hypergeometric cell by cell. */
function expectedInformation(rows: readonly number[], columns: readonly number[], n: number): number {
  let sum = 0
  for (const r of rows)
    for (const c of columns) {
      const margins =
        logFactorial(r) + logFactorial(c) + logFactorial(n - r) + logFactorial(n - c) - logFactorial(n)
      for (let k = Math.max(1, r + c - n); k <= Math.min(r, c); k++) {
        const log =
          margins - logFactorial(k) - logFactorial(r - k) - logFactorial(c - k) - logFactorial(n - r - c + k)
        sum += (k / n) * Math.log((n * k) / (r * c)) * Math.exp(log)
      }
    }
  return sum
}
