import { requireFiniteColumn, StatsError } from '../stats-error.ts'
import type { DesignColumn, SeasonDesign } from './trend-season-design.ts'
import type { RegressorOptions, SeasonMode } from './trend-season-options.ts'

/** A regressor as it was scaled: (value − mean) / sd enters the curve. */
export interface FittedRegressor {
  readonly name: string
  readonly mean: number
  readonly sd: number
  readonly priorScale: number
  readonly mode: SeasonMode
}

/** Values of each regressor by name, one a day. */
export type RegressorValues = Readonly<Record<string, ArrayLike<number>>>

/** Means and deviations (n − 1) of the regressors; switches of 0 and 1 and constants stay as they are unless told otherwise. */
export function scaleRegressors(
  regressors: readonly RegressorOptions[],
  rows: number,
  mode: SeasonMode,
): readonly FittedRegressor[] {
  return regressors.map(({ name, values, ...own }) => {
    if (values.length !== rows)
      throw new StatsError(
        'lengthMismatch',
        `Regressor ${name} has ${values.length} values for ${rows} days.`,
      )
    requireFiniteColumn(name, values)
    const distinct = new Set(Array.from(values))
    const switches = distinct.size === 2 && distinct.has(0) && distinct.has(1)
    const scaled = distinct.size > 1 && (own.standardise ?? !switches)
    let mean = 0
    for (let i = 0; i < rows; i++) mean += values[i]! / rows
    let squares = 0
    for (let i = 0; i < rows; i++) squares += (values[i]! - mean) ** 2
    const sd = Math.sqrt(squares / (rows - 1))
    const kept = scaled && sd > 0 && sd < Infinity
    return {
      name,
      mean: kept ? mean : 0,
      sd: kept ? sd : 1,
      priorScale: own.priorScale ?? 10,
      mode: own.mode ?? mode,
    }
  })
}

/** The design with a column for each regressor at its end. */
export function withRegressors(
  { columns, x }: SeasonDesign,
  days: number,
  regressors: readonly FittedRegressor[],
  values: RegressorValues,
): SeasonDesign {
  if (regressors.length === 0) return { columns, x }
  const added = regressors.map(({ name, mean, sd }) => {
    const own = values[name]
    if (own?.length !== days)
      throw new StatsError(
        'lengthMismatch',
        `Regressor ${name} has ${own?.length ?? 0} values for ${days} days; one a day was expected.`,
        { hint: 'A forecast needs the regressors of the days ahead.' },
      )
    requireFiniteColumn(name, own)
    return Float64Array.from(own, (v) => (v - mean) / sd)
  })
  const before = columns.length
  const width = before + added.length
  return {
    columns: [
      ...columns,
      ...regressors.map(
        ({ name, priorScale, mode }): DesignColumn => ({ component: name, priorScale, mode }),
      ),
    ],
    x: Float64Array.from({ length: days * width }, (_, at) => {
      const [i, j] = [Math.floor(at / width), at % width]
      return j < before ? x[i * before + j]! : added[j - before]![i]!
    }),
  }
}
