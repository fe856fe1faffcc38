import { StatsError } from '../stats-error.ts'
import { decomposeClassical } from './decompose.ts'
import { meanOf } from './series.ts'
import type { SmoothingShape } from './smoothing-recursion.ts'

/** Level, trend and seasons before the first observation. */
export interface KnownStates {
  readonly level: number
  readonly trend?: number
  readonly season?: readonly number[]
}

/** Level, trend (0 without one) and seasons from the caller. @throws StatsError `invalidOption` */
export function knownStates({ level, trend, season }: KnownStates, shape: SmoothingShape): Float64Array {
  const given = season?.length ?? 0
  const needed = shape.season === 'none' ? 0 : shape.period
  if (given !== needed)
    throw new StatsError('invalidOption', `${given} initial seasons are given; ${needed} were expected.`)
  if ((trend === undefined) !== (shape.trend === 'none'))
    throw new StatsError('invalidOption', 'An initial trend belongs to a model with a trend, and only there.')
  return Float64Array.from([level, trend ?? 0, ...(season ?? [])])
}

/**
 * l₀ = y₁ and b₀ = y₂ − y₁ (or y₂/y₁); with a season, l₀ is the mean of the first season's values, b₀ the mean change
 * from the first period to the second, and the seasons the first period less (or over) l₀.
 * As statsmodels' `legacy-heuristic`.
 */
export function firstStates(y: Float64Array, shape: SmoothingShape): Float64Array {
  const m = shape.period
  const grows = shape.trend === 'multiplicative'
  if (shape.season === 'none') {
    const trend = grows ? y[1]! / y[0]! : y[1]! - y[0]!
    return Float64Array.from([y[0]!, shape.trend === 'none' ? 0 : trend])
  }
  const level = meanOf(y.filter((_, t) => t % m === 0))
  const [first, second] = [meanOf(y.subarray(0, m)), meanOf(y.subarray(m, 2 * m))]
  const trend = grows ? (second / first) ** (1 / m) : (second - first) / m
  const seasons = y.slice(0, m).map((v) => (shape.season === 'additive' ? v - level : v / level))
  return Float64Array.from([level, shape.trend === 'none' ? 0 : trend, ...seasons])
}

/**
 * A line through the first ten values (with a season, of the centred moving average of the first five periods, whose
 * seasonal means are the seasons). As statsmodels' `heuristic`.
 * Source: Hyndman et al. (2008), section 2.6.1. @throws StatsError `insufficientData`
 */
export function lineStates(y: Float64Array, shape: SmoothingShape): Float64Array {
  const m = shape.period
  const least = shape.season === 'none' ? 10 : 10 + 2 * Math.floor(m / 2)
  if (y.length < least)
    throw new StatsError(
      'insufficientData',
      `The heuristic start needs ${least} observations; there are ${y.length}.`,
    )
  let figure: Float64Array = new Float64Array(0)
  let values: readonly number[] = Array.from(y)
  if (shape.season !== 'none') {
    const cycles = Math.max(Math.min(5, Math.floor(y.length / m)), Math.ceil(least / m))
    const start = decomposeClassical(y.slice(0, cycles * m), m, shape.season)
    figure = start.figure
    values = start.trend.filter((v): v is number => v !== null)
  }
  // The least-squares line through the first ten values, at times 1 … 10.
  const ten = values.slice(0, 10)
  const slope = ten.reduce((sum, v, t) => sum + (t - 4.5) * v, 0) / 82.5
  const level = meanOf(ten) - 5.5 * slope
  const trend = shape.trend === 'multiplicative' ? 1 + slope / level : slope
  return Float64Array.from([level, shape.trend === 'none' ? 0 : trend, ...figure])
}
