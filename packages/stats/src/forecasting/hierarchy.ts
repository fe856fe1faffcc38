import { requireFiniteColumn, StatsError } from '../stats-error.ts'

/** Number of series of a hierarchy, after a look at its row-major series×bottom matrix and its forecasts. */
export function requireHierarchy(
  summing: ArrayLike<number>,
  bottom: number,
  base: ArrayLike<number>,
): number {
  const series = base.length
  if (summing.length !== series * bottom)
    throw new StatsError(
      'lengthMismatch',
      `The summing matrix has ${summing.length} values; ${series} series × ${bottom} at the bottom were expected.`,
    )
  requireFiniteColumn('summing', summing)
  requireFiniteColumn('base', base)
  return series
}

/** Forecasts of all series from those of the lowest level. */
export function sumUp(summing: ArrayLike<number>, lowest: ArrayLike<number>, series: number): Float64Array {
  const bottom = lowest.length
  const coherent = new Float64Array(series)
  for (let i = 0; i < series; i++)
    for (let j = 0; j < bottom; j++) coherent[i]! += summing[i * bottom + j]! * lowest[j]!
  return coherent
}
