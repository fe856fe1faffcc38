import { StatsError } from '../stats-error.ts'

/** Calendar periods of a purchase log. Weeks run from Monday to Sunday. */
export type PeriodUnit = 'day' | 'week' | 'month' | 'quarter' | 'year'

/**
 * The whole number of the period that holds a day (days since 1970-01-01); neighbours differ by one.
 * Cost O(1).
 * Source: Hinnant (2013), "chrono-compatible date algorithms", https://howardhinnant.github.io/date_algorithms.html
 * @throws StatsError `outOfDomain`
 * @example
 * periodOrdinal(31, 'month') - periodOrdinal(30, 'month') // → 1
 */
export function periodOrdinal(day: number, unit: PeriodUnit): number {
  requireDay(day)
  if (unit === 'day') return day
  // 1970-01-01 was a Thursday, so the Monday of its week is day −3.
  if (unit === 'week') return Math.floor((day + 3) / 7)
  const { year, month } = civilDate(day)
  if (unit === 'month') return year * 12 + month - 1
  return unit === 'quarter' ? year * 4 + Math.floor((month - 1) / 3) : year
}

/**
 * Year, month (1 to 12) and day of the month of a day number, proleptic Gregorian.
 * Cost O(1).
 * Source: Hinnant (2013), "chrono-compatible date algorithms", https://howardhinnant.github.io/date_algorithms.html
 * @throws StatsError `outOfDomain` unless `day` is a whole number
 * @example
 * civilDate(20000) // → { year: 2024, month: 10, dayOfMonth: 4 }
 */
export function civilDate(day: number): {
  readonly year: number
  readonly month: number
  readonly dayOfMonth: number
} {
  requireDay(day)
  const shifted = day + 719468
  const era = Math.floor(shifted / 146097)
  const ofEra = shifted - era * 146097
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    dayOfMonth: ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  }
}

function requireDay(day: number): void {
  if (!Number.isInteger(day))
    throw new StatsError(
      'outOfDomain',
      `The day is ${day}; a whole number of days since 1970-01-01 was expected.`,
    )
}
