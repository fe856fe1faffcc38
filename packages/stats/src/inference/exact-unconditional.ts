import { binomialLogPmf } from '../distributions/binomial.ts'
import { logChoose } from '../special/log-gamma.ts'
import { StatsError } from '../stats-error.ts'
import type { Alternative } from './sample.ts'

export type UnconditionalTest = {
  /** Wald's z for Barnard's test, the one-sided Fisher p-value for Boschloo's. */
  readonly statistic: number
  readonly pValue: number
}

type Table = readonly [readonly [number, number], readonly [number, number]]

/**
 * Barnard's exact test of a 2×2 table whose *columns* are the two groups, as SciPy: tables are ordered by the pooled z
 * and the p-value is the largest over the unknown common rate. More powerful than Fisher's test.
 * Cost O(n₁ × n₂ × 200).
 * Source: Barnard (1947), Biometrika 34, https://doi.org/10.1093/biomet/34.1-2.123
 * Parity: scipy.stats.barnard_exact.
 * @throws StatsError `outOfDomain`, `insufficientData` if a column is empty, `infeasible` beyond a million tables.
 * @example
 * barnardExactTest([[7, 12], [8, 3]], 'less').pValue // → 0.03410915
 */
export function barnardExactTest(table: Table, alternative: Alternative = 'twoSided'): UnconditionalTest {
  const { n1, n2 } = columnsOf(table)
  const z = (x1: number, x2: number): number => {
    const [p1, p2] = [x1 / n1, x2 / n2]
    const pooled = (x1 + x2) / (n1 + n2)
    return p1 === p2 ? 0 : (p1 - p2) / Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
  }
  const statistic = z(table[0][0], table[0][1])
  const near = 1e-12 * Math.max(1, Math.abs(statistic))
  const extreme = (x1: number, x2: number): boolean => {
    const other = z(x1, x2)
    if (alternative === 'less') return other <= statistic + near
    if (alternative === 'greater') return other >= statistic - near
    return Math.abs(other) >= Math.abs(statistic) - near
  }
  return { statistic, pValue: largestProbability(n1, n2, extreme) }
}

/**
 * Boschloo's exact test: Barnard's with tables ordered by Fisher's p-value; at least as powerful as Fisher's test.
 * Columns are the groups; `less` says that the first column has the smaller share in the first row.
 * Cost O(n₁ × n₂ × (n₁ + n₂)).
 * Source: Boschloo (1970), https://doi.org/10.1111/j.1467-9574.1970.tb00104.x
 * Parity: scipy.stats.boschloo_exact.
 * @throws StatsError `outOfDomain`, `insufficientData`, `infeasible`.
 * @example
 * boschlooExactTest([[7, 12], [8, 3]], 'less').pValue // → 0.03410915
 */
export function boschlooExactTest(table: Table, alternative: Alternative = 'twoSided'): UnconditionalTest {
  if (alternative === 'twoSided') {
    const [less, greater] = [boschlooExactTest(table, 'less'), boschlooExactTest(table, 'greater')]
    const smaller = less.pValue < greater.pValue ? less : greater
    return { statistic: smaller.statistic, pValue: Math.min(1, 2 * smaller.pValue) }
  }
  const { n1, n2 } = columnsOf(table)
  // P(first count as extreme | total), the one-sided p-value of Fisher's test.
  const fisher = (x1: number, x2: number): number => {
    const total = x1 + x2
    const weigh = (x: number): number =>
      Math.exp(logChoose(n1, x) + logChoose(n2, total - x) - logChoose(n1 + n2, total))
    let tail = 0
    if (alternative === 'less') for (let x = Math.max(0, total - n2); x <= x1; x++) tail += weigh(x)
    else for (let x = x1; x <= Math.min(n1, total); x++) tail += weigh(x)
    return tail
  }
  const statistic = fisher(table[0][0], table[0][1])
  const extreme = (x1: number, x2: number): boolean => fisher(x1, x2) <= statistic * (1 + 1e-9)
  return { statistic, pValue: largestProbability(n1, n2, extreme) }
}

function columnsOf(table: Table): { n1: number; n2: number } {
  const [[a, b], [c, d]] = table
  for (const count of [a, b, c, d])
    if (!Number.isInteger(count) || count < 0)
      throw new StatsError('outOfDomain', `A count is ${count}; whole numbers of at least 0 were expected.`)
  if (a + c === 0 || b + d === 0)
    throw new StatsError(
      'insufficientData',
      'A column of the table is empty, so there is nothing to compare.',
    )
  if ((a + c) * (b + d) > 1e6)
    throw new StatsError(
      'infeasible',
      `There are ${(a + c) * (b + d)} tables to count out; at most a million were expected.`,
      { hint: 'With so many rows a chi-square test is as good.' },
    )
  return { n1: a + c, n2: b + d }
}

/** Largest chance, over the common rate, of the tables picked: a grid, then golden section around its best point. */
function largestProbability(n1: number, n2: number, pick: (x1: number, x2: number) => boolean): number {
  const picked: (readonly [number, number])[] = []
  for (let x1 = 0; x1 <= n1; x1++) for (let x2 = 0; x2 <= n2; x2++) if (pick(x1, x2)) picked.push([x1, x2])
  const chance = (p: number): number => {
    const one = Array.from({ length: n1 + 1 }, (_, x) => Math.exp(binomialLogPmf(x, n1, p)))
    const two = Array.from({ length: n2 + 1 }, (_, x) => Math.exp(binomialLogPmf(x, n2, p)))
    return picked.reduce((sum, [x1, x2]) => sum + one[x1]! * two[x2]!, 0)
  }
  const grid = 128
  let best = 1
  for (let i = 1; i < grid; i++) if (chance(i / grid) > chance(best / grid)) best = i
  let low = Math.max((best - 1) / grid, 1e-12)
  let high = Math.min((best + 1) / grid, 1 - 1e-12)
  const golden = (Math.sqrt(5) - 1) / 2
  for (let i = 0; i < 60; i++) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)]
    if (chance(left) > chance(right)) high = right
    else low = left
  }
  return Math.min(1, chance((low + high) / 2))
}
