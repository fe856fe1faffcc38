import { requireFiniteColumn, StatsError } from '../stats-error.ts'

export type KolmogorovSmirnov = {
  readonly statistic: number
  readonly pValue: number
  readonly method: 'exact' | 'asymptotic'
}

/**
 * Two-sample Kolmogorov–Smirnov test: the largest distance between the two empirical distributions, two-sided.
 * The samples may differ in length; any unit, the same in both.
 * Cost O((n+m) log(n+m)), exact O(n·m).
 * Source: Smirnov (1939); Hodges (1958), https://doi.org/10.1007/BF02589501 for the path count; Feller (1948) for the
 * limit.
 * @param method `exact` counts lattice paths; `auto` (default) does so while n·m < 10,000.
 * With ties the exact p-value is conservative.
 * @throws StatsError `emptyData`, `notFinite`.
 * @example
 * kolmogorovSmirnovTest([1, 2, 3, 4], [3, 4, 5, 6]).statistic // → 0.5
 */
export function kolmogorovSmirnovTest(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  method: 'auto' | 'exact' | 'asymptotic' = 'auto',
): KolmogorovSmirnov {
  const n = first.length
  const m = second.length
  if (n === 0 || m === 0)
    throw new StatsError('emptyData', `The samples have ${n} and ${m} values; at least 1 each was expected.`)
  requireFiniteColumn('first', first)
  requireFiniteColumn('second', second)
  const steps = largestGap(Float64Array.from(first).sort(), Float64Array.from(second).sort())
  const exact = method === 'exact' || (method === 'auto' && n * m < 10_000)
  const statistic = steps / (n * m)
  return {
    statistic,
    pValue: exact ? pathsOutside(steps, n, m) : limitTail(statistic * Math.sqrt((n * m) / (n + m))),
    method: exact ? 'exact' : 'asymptotic',
  }
}

/** The distance times n·m, a whole number. */
function largestGap(a: Float64Array, b: Float64Array): number {
  let i = 0
  let j = 0
  let largest = 0
  while (i < a.length && j < b.length) {
    const x = Math.min(a[i]!, b[j]!)
    while (i < a.length && a[i] === x) i++
    while (j < b.length && b[j] === x) j++
    largest = Math.max(largest, Math.abs(i * b.length - j * a.length))
  }
  return largest
}

/** Share of the orderings whose distance reaches the observed one, as 1 − share of paths inside, in probabilities. */
function pathsOutside(steps: number, n: number, m: number): number {
  const inside = (i: number, j: number): boolean => Math.abs(i * m - j * n) < steps
  // outside[j] is the chance, from cell (i, j) on a uniformly drawn path to here, of having left the band.
  const outside = new Float64Array(m + 1)
  for (let j = 1; j <= m; j++) outside[j] = inside(0, j) ? outside[j - 1]! : 1
  for (let i = 1; i <= n; i++) {
    if (!inside(i, 0)) outside[0] = 1
    for (let j = 1; j <= m; j++) {
      outside[j] = inside(i, j) ? (i * outside[j]! + j * outside[j - 1]!) / (i + j) : 1
    }
  }
  return outside[m]!
}

/** P(K > x) of Kolmogorov's distribution; the form that converges quickly on either side of 1. */
function limitTail(x: number): number {
  if (x <= 0) return 1
  let sum = 0
  if (x < 1) {
    for (let k = 1; k < 100; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * x * x))
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum
  }
  for (let k = 1; k < 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x)
  return Math.min(1, sum)
}
