import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { StatsError } from '../stats-error.ts'
import { mantelHaenszelTest } from './rate-tests.ts'

/**
 * Breslow and Day's test that the odds ratio is the same in every stratum of 2×2 tables; `tarone` (default) corrects for
 * the common ratio being Mantel and Haenszel's.
 * χ² with strata − 1 degrees of freedom.
 * Cost O(strata).
 * Source: Breslow & Day (1980), section 4.4; Tarone (1985), https://doi.org/10.1093/biomet/72.1.91
 * Parity: statsmodels' `StratifiedTable.test_equal_odds`.
 * @throws StatsError `insufficientData` for fewer than 2 strata or an empty margin, `outOfDomain` for a negative count.
 * @example
 * equalOddsTest([[[10, 5], [4, 9]], [[8, 6], [5, 11]]]).pValue // → 0.7010665
 */
export function equalOddsTest(
  strata: readonly (readonly [readonly [number, number], readonly [number, number]])[],
  options: { readonly tarone?: boolean } = {},
): { readonly statistic: number; readonly degreesOfFreedom: number; readonly pValue: number } {
  const { tarone = true } = options
  if (strata.length < 2)
    throw new StatsError('insufficientData', `At least 2 strata are compared, got ${strata.length}.`)
  for (const [[a, b], [c, d]] of strata) {
    if (![a, b, c, d].every((count) => count >= 0 && count < Infinity))
      throw new StatsError(
        'outOfDomain',
        'A count is negative or not finite; finite numbers ≥ 0 were expected.',
      )
    if (!((a + b) * (c + d) * (a + c) * (b + d) > 0))
      throw new StatsError('insufficientData', 'A row or column of a stratum is all 0.', {
        hint: 'Leave it out.',
      })
  }
  const { oddsRatio } = mantelHaenszelTest(strata, { continuity: false })
  let [statistic, gap, spread] = [0, 0, 0]
  for (const [[a, b], [c, d]] of strata) {
    const expected = expectedCount(a + b, a + c, a + b + c + d, oddsRatio)
    const variance =
      1 / (1 / expected + 1 / (a + b - expected) + 1 / (a + c - expected) + 1 / (b + d - (a + b - expected)))
    statistic += (a - expected) ** 2 / variance
    gap += a - expected
    spread += variance
  }
  if (tarone) statistic -= gap ** 2 / spread
  const degreesOfFreedom = strata.length - 1
  return { statistic, degreesOfFreedom, pValue: chiSquareSurvival(Math.max(0, statistic), degreesOfFreedom) }
}

/** First cell of a table with these margins and odds ratio ψ: e(n − r − c + e) = ψ(r − e)(c − e). */
function expectedCount(row: number, column: number, n: number, ratio: number): number {
  if (Math.abs(ratio - 1) < 1e-9) return (row * column) / n
  const a = ratio - 1
  const b = -(n - row - column + ratio * (row + column))
  const c = ratio * row * column
  // Of the two roots the one between the margins, in the form that does not cancel.
  return (2 * c) / (-b + Math.sqrt(b * b - 4 * a * c))
}
