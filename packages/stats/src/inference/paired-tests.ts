import { chiSquareSurvival } from '../distributions/chi-square.ts'
import { requireFiniteColumn, requireSameLength, StatsError } from '../stats-error.ts'
import { binomialTest } from './exact-tests.ts'
import { zPValue } from './proportion-tests.ts'
import { midRanks } from './ranks.ts'
import type { Alternative } from './sample.ts'

export type SignedRankTest = {
  /** Sum of the ranks of positive differences (R's V). */
  readonly statistic: number
  readonly pValue: number
  readonly method: 'exact' | 'normal'
  /** Pairs that differ; the others are left out. */
  readonly pairs: number
}

/**
 * Wilcoxon's signed-rank test of paired values: whether first − second lies around 0. Pairs without a difference are
 * left out.
 * Both columns have the same length.
 * Cost O(n log n), exact O(n³).
 * Source: Wilcoxon (1945), https://doi.org/10.2307/3001968; Hollander & Wolfe (1999), section 3.1.
 * @param options.method `exact` needs differences without ties; `auto` (default) follows R: exact below 50 pairs if
 * none is tied or 0. @param options.continuity half a step towards the mean in the normal approximation; default true.
 * @throws StatsError `lengthMismatch`, `notFinite`, `zeroVariance` (no pair differs), `assumptionFailed` (exact with ties).
 * @example
 * signedRankTest([5, 7, 9, 12], [4, 5, 6, 8]).pValue // → 0.125
 */
export function signedRankTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: {
    readonly alternative?: Alternative
    readonly method?: 'auto' | 'exact' | 'normal'
    readonly continuity?: boolean
  } = {},
): SignedRankTest {
  const { alternative = 'twoSided', method = 'auto', continuity = true } = options
  const rows = requireSameLength({ first, second })
  requireFiniteColumn('first', first)
  requireFiniteColumn('second', second)
  const differences = Float64Array.from({ length: rows }, (_, i) => first[i]! - second[i]!).filter(
    (d) => d !== 0,
  )
  const n = differences.length
  if (n === 0) throw new StatsError('zeroVariance', 'No pair differs, so ranks of differences tell nothing.')
  const { ranks, tieSum } = midRanks(differences.map(Math.abs))
  const statistic = ranks.reduce((s, rank, i) => (differences[i]! > 0 ? s + rank : s), 0)
  const exact = method === 'exact' || (method === 'auto' && rows < 50 && tieSum === 0 && n === rows)
  if (exact && tieSum > 0)
    throw new StatsError(
      'assumptionFailed',
      'The exact signed-rank test is defined for differences without ties.',
      {
        hint: "Use method: 'normal', which corrects for ties.",
      },
    )
  if (exact) return { statistic, pValue: exactPValue(statistic, n, alternative), method: 'exact', pairs: n }
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - tieSum / 48
  const z = statistic - (n * (n + 1)) / 4
  const half = continuity ? 0.5 : 0
  const towards = { twoSided: Math.sign(z) * half, greater: half, less: -half }[alternative]
  return {
    statistic,
    pValue: zPValue((z - towards) / Math.sqrt(variance), alternative),
    method: 'normal',
    pairs: n,
  }
}

/** Shares of the 2ⁿ sign patterns with each rank sum, built rank by rank. */
function exactPValue(v: number, n: number, alternative: Alternative): number {
  const shares = new Float64Array((n * (n + 1)) / 2 + 1)
  shares[0] = 1
  for (let rank = 1; rank <= n; rank++)
    for (let k = shares.length - 1; k >= 0; k--)
      shares[k] = (shares[k]! + (k >= rank ? shares[k - rank]! : 0)) / 2
  const upTo = (limit: number): number => shares.subarray(0, limit + 1).reduce((a, b) => a + b, 0)
  const lower = upTo(v)
  const upper = upTo(shares.length - 1 - v)
  if (alternative === 'less') return lower
  if (alternative === 'greater') return upper
  return Math.min(1, 2 * Math.min(lower, upper))
}

/**
 * McNemar's test of two yes/no answers of the same rows, from the two counts of rows that changed: did as many go from
 * no to yes as from yes to no?
 * Cost O(1).
 * Source: McNemar (1947), https://doi.org/10.1007/BF02295996; Edwards (1948) for the continuity correction.
 * @param options.method `chiSquare` (default; with `continuity`, default true, as R), or the `exact` binomial test.
 * @throws StatsError `outOfDomain` for counts that are negative or not whole, `insufficientData` if no row changed.
 * @example
 * mcNemarTest(15, 5).pValue // → 0.04417134
 */
export function mcNemarTest(
  yesToNo: number,
  noToYes: number,
  options: { readonly method?: 'chiSquare' | 'exact'; readonly continuity?: boolean } = {},
): { readonly statistic: number; readonly pValue: number } {
  const { method = 'chiSquare', continuity = true } = options
  if (![yesToNo, noToYes].every((count) => Number.isInteger(count) && count >= 0))
    throw new StatsError(
      'outOfDomain',
      `The counts are ${yesToNo} and ${noToYes}; whole numbers were expected.`,
    )
  const changed = yesToNo + noToYes
  if (changed === 0) throw new StatsError('insufficientData', 'No row changed its answer.')
  if (method === 'exact')
    return {
      statistic: Math.min(yesToNo, noToYes),
      pValue: binomialTest(Math.min(yesToNo, noToYes), changed, 0.5).pValue,
    }
  const gap = Math.max(0, Math.abs(yesToNo - noToYes) - (continuity ? 1 : 0))
  const statistic = gap ** 2 / changed
  return { statistic, pValue: chiSquareSurvival(statistic, 1) }
}
