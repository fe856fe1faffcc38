import { StatsError } from '../stats-error.ts'
import { newMoonDay, solarLongitudeDay } from './sun-and-moon.ts'

/** Holidays of mainland China that move with the moon or the sun, and the fixed ones that move trade. */
export const CHINESE_HOLIDAYS = [
  'newYear',
  'springFestival',
  'lantern',
  'qingming',
  'labourDay',
  'dragonBoat',
  'qixi',
  'midAutumn',
  'doubleNinth',
  'nationalDay',
] as const

export type ChineseHoliday = (typeof CHINESE_HOLIDAYS)[number]

/** Month and day in the lunar calendar. */
const LUNAR: Partial<Record<ChineseHoliday, readonly [number, number]>> = {
  springFestival: [1, 1],
  lantern: [1, 15],
  dragonBoat: [5, 5],
  qixi: [7, 7],
  midAutumn: [8, 15],
  doubleNinth: [9, 9],
}

/** Month and day in the Gregorian calendar. */
const FIXED: Partial<Record<ChineseHoliday, readonly [number, number]>> = {
  newYear: [1, 1],
  labourDay: [5, 1],
  nationalDay: [10, 1],
}

/**
 * Day numbers (since 1970-01-01, Beijing's calendar) of a holiday in each year from `fromYear` to `toYear`.
 * The lunar calendar is computed: a month begins on the day of the new moon in Beijing, the eleventh holds the winter
 * solstice, and where thirteen lie between two solstices the first without a principal term is the leap month.
 * Cost O(years), some 30 new moons each.
 * Source: GB/T 33661-2017, "Calculation and promulgation of the Chinese calendar"; Reingold and Dershowitz (2018),
 * chapter 19, https://doi.org/10.1017/9781107415058
 * @throws StatsError `outOfDomain` outside 1900 to 2200, for which the formulas are good to minutes
 * @example
 * chineseHolidayDays('springFestival', 2025, 2025).map((day) => civilDate(day)) // → [{ year: 2025, month: 1, dayOfMonth: 29 }]
 */
export function chineseHolidayDays(holiday: ChineseHoliday, fromYear: number, toYear: number): number[] {
  if (
    !Number.isInteger(fromYear) ||
    !Number.isInteger(toYear) ||
    fromYear < 1900 ||
    toYear > 2200 ||
    fromYear > toYear
  )
    throw new StatsError(
      'outOfDomain',
      `The years ${fromYear} to ${toYear} are not a range of whole years between 1900 and 2200.`,
    )
  return Array.from({ length: toYear - fromYear + 1 }, (_, k) => dayIn(holiday, fromYear + k))
}

function dayIn(holiday: ChineseHoliday, year: number): number {
  const fixed = FIXED[holiday]
  if (fixed) return gregorian(year, fixed[0], fixed[1])
  if (holiday === 'qingming') return solarLongitudeDay(15, gregorian(year, 4, 5))
  const [month, day] = LUNAR[holiday]!
  return firstOfLunarMonth(year, month) + day - 1
}

function gregorian(year: number, month: number, day: number): number {
  return Math.round(Date.UTC(year, month - 1, day) / 86_400_000)
}

/** First day of lunar month 1 … 10 (not its leap repetition) of the year that begins in a Gregorian year. */
function firstOfLunarMonth(year: number, month: number): number {
  const before = eleventhMonth(year - 1)
  const after = eleventhMonth(year)
  const starts = [before]
  while (starts.at(-1)! < after) starts.push(newMoonDay(starts.at(-1)! + 30))
  // Thirteen months between the two eleventh ones: one of them is a leap month.
  const leap =
    starts.length === 14
      ? starts.findIndex((start, k) => k > 0 && !holdsPrincipalTerm(start, starts[k + 1] ?? after))
      : -1
  let number = 11
  for (let k = 0; k < starts.length; k++) {
    if (k > 0 && k !== leap) number = (number % 12) + 1
    if (k > 0 && k !== leap && number === month) return starts[k]!
  }
  throw new StatsError('outOfDomain', `Lunar month ${month} was not found in ${year}.`)
}

/** First day of the lunar month that holds the winter solstice. */
function eleventhMonth(year: number): number {
  const solstice = solarLongitudeDay(270, gregorian(year, 12, 21))
  const start = newMoonDay(solstice)
  if (start > solstice) return newMoonDay(start - 30)
  const next = newMoonDay(start + 30)
  return next <= solstice ? next : start
}

/** Whether the sun reaches a multiple of 30° in [start, end). */
function holdsPrincipalTerm(start: number, end: number): boolean {
  for (let term = 0; term < 12; term++) {
    const day = solarLongitudeDay(30 * term, start + 15)
    if (day >= start && day < end) return true
  }
  return false
}
