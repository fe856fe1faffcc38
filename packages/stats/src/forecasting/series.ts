import { requireFiniteColumn, StatsError } from '../stats-error.ts'

/** Point forecasts with bounds; bounds are empty where the method gives none. */
export interface Forecast {
  readonly mean: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly level: number
}

/** Copies a series after checking that it is finite and long enough. @throws StatsError `insufficientData`, `notFinite` */
export function checkSeries(y: ArrayLike<number>, least: number, method: string): Float64Array {
  if (y.length < least)
    throw new StatsError(
      'insufficientData',
      `${method} needs at least ${least} observations; the series has ${y.length}.`,
      { context: { observations: y.length, needed: least } },
    )
  requireFiniteColumn('y', y)
  return Float64Array.from(y)
}

/** Throws unless the period is a whole number of at least two observations. */
export function requirePeriod(period: number): void {
  if (!Number.isInteger(period) || period < 2)
    throw new StatsError(
      'invalidOption',
      `period is ${period}; a whole number of observations ≥ 2 was expected, such as 12 for months.`,
    )
}

/** Throws unless the horizon is a whole number of at least one step. */
export function requireSteps(horizon: number): void {
  if (!Number.isInteger(horizon) || horizon < 1)
    throw new StatsError('invalidOption', `horizon is ${horizon}; a whole number of steps ≥ 1 was expected.`)
}

/**
 * The series of differences y[t] − y[t − lag], `times` over; each time is `lag` values shorter.
 * Cost O(n × times).
 * Source: Box and Jenkins (1970); Brockwell and Davis (1991), section 1.4, https://doi.org/10.1007/978-1-4419-0320-4
 * @throws StatsError `insufficientData`, `invalidOption`, `notFinite`
 * @example
 * difference([1, 3, 6, 10]) // → [2, 3, 4]
 */
export function difference(y: ArrayLike<number>, lag = 1, times = 1): Float64Array {
  requireFiniteColumn('y', y)
  let values = Float64Array.from(y)
  for (let k = 0; k < times; k++) {
    if (values.length <= lag)
      throw new StatsError(
        'insufficientData',
        `A series of ${values.length} observations has no difference at lag ${lag}.`,
      )
    const before = values
    values = Float64Array.from({ length: before.length - lag }, (_, t) => before[t + lag]! - before[t]!)
  }
  return values
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

/** Variance with divisor n − 1. */
export function varianceOf(values: ArrayLike<number>): number {
  const mean = meanOf(values)
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += (values[i]! - mean) ** 2
  return sum / (values.length - 1)
}
