import { normalQuantile } from '../distributions/normal.ts'
import { requireFiniteColumn, requireLevel, requireSameLength, StatsError } from '../stats-error.ts'
import { midRanks } from './ranks.ts'
import type { Alternative, Interval } from './sample.ts'
import { tPValue } from './t-tests.ts'

export type Correlation = {
  /** In [−1, 1]. */
  readonly estimate: number
  readonly n: number
  /** Of no correlation, by Student's t with n − 2 degrees of freedom. */
  readonly pValue: number
  /** By Fisher's z; for ranks with Bonett and Wright's variance. Needs 4 rows; absent below. */
  readonly interval?: Interval
}

export type CorrelationOptions = { readonly alternative?: Alternative; readonly level?: number }

/**
 * Pearson's correlation of two columns.
 * Both columns have length n ≥ 3.
 * Cost O(n).
 * Source: Pearson (1896), https://doi.org/10.1098/rsta.1896.0007; Fisher (1921) for the interval.
 * @throws StatsError `lengthMismatch`, `notFinite`, `insufficientData` (under 3 rows), `zeroVariance` (a constant column).
 * @example
 * pearsonCorrelation([1, 2, 3, 4], [2, 1, 4, 3]).estimate // → 0.6
 */
export function pearsonCorrelation(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: CorrelationOptions = {},
): Correlation {
  requireColumns(x, y)
  return withInference(productMoment(x, y), x.length, 1, options)
}

/**
 * Spearman's rank correlation, ties sharing their mean rank; p-value by the t approximation (SciPy's).
 * Both columns have length n ≥ 3.
 * Cost O(n log n).
 * Source: Spearman (1904), https://doi.org/10.2307/1412159; Bonett & Wright (2000), Psychometrika 65, for the
 * interval.
 * @throws StatsError as `pearsonCorrelation`.
 * @example
 * spearmanCorrelation([1, 2, 3, 4], [2, 1, 40, 3]).estimate // → 0.6
 */
export function spearmanCorrelation(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: CorrelationOptions = {},
): Correlation {
  requireColumns(x, y)
  const rho = productMoment(midRanks(x).ranks, midRanks(y).ranks)
  return withInference(rho, x.length, 1 + (rho * rho) / 2, options)
}

/** Scales each column by its largest deviation, so that squares of 1e200 or 1e-200 neither overflow nor vanish. */
function productMoment(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const a = centred(x, 'x')
  const b = centred(y, 'y')
  let xy = 0
  let xx = 0
  let yy = 0
  for (let i = 0; i < a.length; i++) {
    xy += a[i]! * b[i]!
    xx += a[i]! * a[i]!
    yy += b[i]! * b[i]!
  }
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)))
}

function centred(values: ArrayLike<number>, name: string): Float64Array {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += (values[i]! - mean) / (i + 1)
  const deviations = Float64Array.from(values, (v) => v - mean)
  let largest = 0
  for (const d of deviations) largest = Math.max(largest, Math.abs(d))
  if (!(largest > 4 * Number.EPSILON * Math.abs(mean)) || largest === 0) {
    throw new StatsError(
      'zeroVariance',
      `All values of ${name} are equal; a correlation with a constant does not exist.`,
    )
  }
  for (let i = 0; i < deviations.length; i++) deviations[i]! /= largest
  return deviations
}

function withInference(
  r: number,
  n: number,
  varianceFactor: number,
  options: CorrelationOptions,
): Correlation {
  const { alternative = 'twoSided', level = 0.95 } = options
  requireLevel('level', level)
  const df = n - 2
  const statistic = r * Math.sqrt(df / ((1 - r) * (1 + r)))
  const pValue = tPValue(statistic, df, alternative)
  if (n < 4) return { estimate: r, n, pValue }
  const reach =
    (normalQuantile(alternative === 'twoSided' ? (1 + level) / 2 : level) * Math.sqrt(varianceFactor)) /
    Math.sqrt(n - 3)
  const z = Math.atanh(r)
  return {
    estimate: r,
    n,
    pValue,
    interval: {
      low: alternative === 'less' ? -1 : Math.tanh(z - reach),
      high: alternative === 'greater' ? 1 : Math.tanh(z + reach),
      level,
    },
  }
}

function requireColumns(x: ArrayLike<number>, y: ArrayLike<number>): void {
  const n = requireSameLength({ x, y })
  if (n < 3) throw new StatsError('insufficientData', `A correlation needs at least 3 rows, got ${n}.`)
  requireFiniteColumn('x', x)
  requireFiniteColumn('y', y)
}
