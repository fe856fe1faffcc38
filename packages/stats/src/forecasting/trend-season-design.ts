import { requireFinite, requireFiniteColumn, requirePositive, StatsError } from '../stats-error.ts'
import type { HolidayOptions, SeasonalityOptions, SeasonMode } from './trend-season-options.ts'

/** Columns beside the trend: what they belong to, their prior and how they enter. */
export interface DesignColumn {
  readonly component: string
  readonly priorScale: number
  readonly mode: SeasonMode
}

export interface SeasonDesign {
  readonly columns: readonly DesignColumn[]
  /** Row-major days×columns. */
  readonly x: Float64Array
}

/** Fourier terms sin(2πkt/P), cos(2πkt/P) with t in days since 1970-01-01, then one indicator per holiday and offset. */
export function seasonDesign(
  days: ArrayLike<number>,
  seasonalities: readonly SeasonalityOptions[],
  holidays: readonly HolidayOptions[],
  mode: SeasonMode,
  priorScale: number,
): SeasonDesign {
  const columns: DesignColumn[] = []
  const values: Float64Array[] = []
  const n = days.length
  for (const s of seasonalities) {
    if (!(s.periodDays > 0) || !Number.isInteger(s.order) || s.order < 1)
      throw new StatsError(
        'invalidOption',
        `Seasonality ${s.name} has period ${s.periodDays} and order ${s.order}; a positive period and a whole order ≥ 1 were expected.`,
      )
    const terms = fourierTerms(days, s.periodDays, s.order)
    for (let j = 0; j < 2 * s.order; j++) {
      columns.push({ component: s.name, priorScale: s.priorScale ?? priorScale, mode: s.mode ?? mode })
      values.push(Float64Array.from({ length: n }, (_, i) => terms[i * 2 * s.order + j]!))
    }
  }
  for (const holiday of holidays)
    for (let offset = holiday.from ?? 0; offset <= (holiday.to ?? 0); offset++) {
      const on = new Set(holiday.days.map((day) => Math.floor(day) + offset))
      columns.push({
        component: holiday.name,
        priorScale: holiday.priorScale ?? 10,
        mode: holiday.mode ?? mode,
      })
      values.push(Float64Array.from({ length: n }, (_, i) => (on.has(Math.floor(days[i]!)) ? 1 : 0)))
    }
  const x = new Float64Array(n * columns.length)
  values.forEach((column, j) => {
    for (let i = 0; i < n; i++) x[i * columns.length + j] = column[i]!
  })
  return { columns, x }
}

/**
 * Fourier terms sin(2πkt/P), cos(2πkt/P) for k = 1 … order, row-major days×2·order; t in days since 1970-01-01.
 * Cost O(days·order).
 * Source: Harvey and Shephard (1993); Taylor and Letham (2018), section 3.2, https://doi.org/10.1080/00031305.2017.1380080
 * @throws StatsError `notFinite`, `outOfDomain`, `invalidOption`
 * @example
 * fourierTerms([1], 4, 1).map(Math.round) // → [1, 0]
 */
export function fourierTerms(days: ArrayLike<number>, periodDays: number, order: number): Float64Array {
  requireFiniteColumn('days', days)
  requirePositive('periodDays', periodDays)
  if (!(Number.isInteger(order) && order >= 1 && order <= 1e4))
    throw new StatsError('invalidOption', `order is ${order}; a whole number from 1 to 10⁴ was expected.`)
  const terms = new Float64Array(days.length * 2 * order)
  for (let i = 0; i < days.length; i++)
    for (let k = 1; k <= order; k++) {
      const turns = (k * days[i]!) / periodDays
      // A period too small for the days leaves no angle to speak of.
      requireFinite('days over the period', turns)
      const angle = 2 * Math.PI * turns
      terms[i * 2 * order + 2 * k - 2] = Math.sin(angle)
      terms[i * 2 * order + 2 * k - 1] = Math.cos(angle)
    }
  return terms
}

/**
 * Changepoints in days: `count` at most, evenly by row over the first part of the history (a share of its rows), its
 * first row left out; as Prophet places them.
 * Cost O(count).
 * Source: Taylor and Letham (2018), section 3.1.4, https://doi.org/10.1080/00031305.2017.1380080
 * @param days ascending
 * @throws nothing: too few rows give fewer changepoints
 * @example
 * placeChangepoints([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 2, 0.8) // → [4, 7]
 */
export function placeChangepoints(days: ArrayLike<number>, count: number, range: number): number[] {
  const size = Math.floor(days.length * range)
  const points = Math.min(count, size - 1)
  if (points < 1) return []
  return Array.from({ length: points }, (_, k) => days[roundHalfEven(((k + 1) * (size - 1)) / points)]!)
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}
