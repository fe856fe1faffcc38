import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import { zPValue } from './proportion-tests.ts'
import { midRanks } from './ranks.ts'
import type { Alternative } from './sample.ts'

export type MannWhitney = {
  /** U of the first sample (R calls it W): pairs in which the first is greater, ties counting half. */
  readonly statistic: number
  readonly pValue: number
  readonly method: 'exact' | 'normal'
  /** Chance that a random first value exceeds a random second one, ties counting half. */
  readonly probabilityOfSuperiority: number
}

/**
 * Mann–Whitney U test (Wilcoxon rank sum).
 * The samples may differ in length.
 * Cost O(n log n), exact O(n·m·(n+m)).
 * Source: Mann & Whitney (1947), https://doi.org/10.1214/aoms/1177730491; Hollander & Wolfe (1999), section 4.1.
 * @param options.method `exact` enumerates the null distribution and needs values without ties; `normal` is the
 * approximation with tie correction; `auto` (default) follows R: exact below 50 rows a group without ties.
 * @param options.continuity half a step towards the mean in the normal approximation; default true, as R and SciPy.
 * @throws StatsError `emptyData`, `notFinite`, `zeroVariance` (all values equal), `assumptionFailed` (exact with ties).
 * @example
 * mannWhitneyTest([1, 2, 4], [3, 5, 6]).pValue // → 0.2
 */
export function mannWhitneyTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: {
    readonly alternative?: Alternative
    readonly method?: 'auto' | 'exact' | 'normal'
    readonly continuity?: boolean
  } = {},
): MannWhitney {
  const { alternative = 'twoSided', method = 'auto', continuity = true } = options
  const n = first.length
  const m = second.length
  if (n === 0 || m === 0)
    throw new StatsError('emptyData', `The samples have ${n} and ${m} values; at least 1 each was expected.`)
  requireFiniteColumn('first', first)
  requireFiniteColumn('second', second)
  const pooled = new Float64Array(n + m)
  pooled.set(Float64Array.from(first))
  pooled.set(Float64Array.from(second), n)
  const { ranks, tieSum } = midRanks(pooled)
  let rankSum = 0
  for (let i = 0; i < n; i++) rankSum += ranks[i]!
  const statistic = rankSum - (n * (n + 1)) / 2
  const exact = method === 'exact' || (method === 'auto' && n < 50 && m < 50 && tieSum === 0)
  if (exact && tieSum > 0) {
    throw new StatsError(
      'assumptionFailed',
      'The exact Mann–Whitney test is defined for values without ties.',
      { hint: "Use method: 'normal', which corrects for ties." },
    )
  }
  return {
    statistic,
    pValue: exact
      ? exactPValue(statistic, n, m, alternative)
      : normalPValue(statistic, n, m, tieSum, alternative, continuity),
    method: exact ? 'exact' : 'normal',
    probabilityOfSuperiority: statistic / (n * m),
  }
}

function normalPValue(
  u: number,
  n: number,
  m: number,
  tieSum: number,
  alternative: Alternative,
  continuity: boolean,
): number {
  const total = n + m
  const variance = ((n * m) / 12) * (total + 1 - tieSum / (total * (total - 1)))
  if (!(variance > 0))
    throw new StatsError('zeroVariance', 'All values are equal, so ranks cannot tell the samples apart.')
  const z = u - (n * m) / 2
  const half = continuity ? 0.5 : 0
  const correction =
    alternative === 'twoSided' ? Math.sign(z) * half : alternative === 'greater' ? half : -half
  return zPValue((z - correction) / Math.sqrt(variance), alternative)
}

function exactPValue(u: number, n: number, m: number, alternative: Alternative): number {
  const counts = countArrangements(n, m)
  const total = counts.reduce((a, b) => a + b, 0)
  const below = (limit: number): number => {
    let sum = 0
    for (let k = 0; k <= limit && k < counts.length; k++) sum += counts[k]!
    return sum / total
  }
  if (alternative === 'less') return below(u)
  if (alternative === 'greater') return below(n * m - u)
  return Math.min(1, 2 * Math.min(below(u), below(n * m - u)))
}

/** Number of arrangements with each U, as the coefficients of a Gaussian binomial, built factor by factor. */
function countArrangements(n: number, m: number): Float64Array {
  const counts = new Float64Array(n * m + 1)
  counts[0] = 1
  for (let i = 1; i <= n; i++) {
    for (let k = counts.length - 1; k >= m + i; k--) counts[k]! -= counts[k - m - i]!
    for (let k = i; k < counts.length; k++) counts[k]! += counts[k - i]!
  }
  return counts
}
