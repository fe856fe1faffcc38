/** Days are counted from 1970-01-01 in the institution's own zone; the zone has no daylight saving. */
export const timeZone = 'Asia/Shanghai'
export const utcOffsetSeconds = 8 * 3600
export const secondsPerDay = 86_400

/** The first day that is not in the files any more: everything is known as of its start. */
export const endDay = dayNumber(2025, 7, 1)

const firstDay = dayNumber(1940, 1, 1)
const lastDay = dayNumber(2060, 1, 1)
/** First days of the months from 1940 on. */
const monthStarts = Int32Array.from({ length: 1441 }, (_, month) => dayNumber(1940, month + 1, 1))
const texts: (string | undefined)[] = new Array(lastDay - firstDay)

export interface Period {
  readonly startDay: number
  readonly endDay: number
  /** Last days of the months in the period, ascending. */
  readonly monthEnds: readonly number[]
}

export function periodOf(months: number): Period {
  const end = new Date(endDay * 86_400_000)
  const first = (back: number): number => dayNumber(end.getUTCFullYear(), end.getUTCMonth() + 1 - back, 1)
  return {
    startDay: first(months),
    endDay,
    monthEnds: Array.from({ length: months }, (_, index) => first(months - 1 - index) - 1),
  }
}

export function dayNumber(year: number, month: number, day: number): number {
  return Math.floor(Date.UTC(year, month - 1, day) / 86_400_000)
}

/** YYYY-MM-DD */
export function dayText(day: number): string {
  const index = day - firstDay
  const known = texts[index]
  if (known !== undefined) return known
  const text = new Date(day * 86_400_000).toISOString().slice(0, 10)
  texts[index] = text
  return text
}

/** The same day of the month, so many months later; the last one where the month is shorter. */
export function addMonths(day: number, months: number): number {
  let month = Math.floor((day - firstDay) / 30.45)
  while (monthStarts[month]! > day) month--
  while (monthStarts[month + 1]! <= day) month++
  const start = monthStarts[month + months]!
  return Math.min(start + day - monthStarts[month]!, monthStarts[month + months + 1]! - 1)
}

/** Who was born on the day given back or before it has had that many birthdays on `day`. */
export function yearsBefore(day: number, years: number): number {
  return addMonths(day, -12 * years)
}

/** Two-digit hour, minute and second. */
export function clockText(second: number): string {
  const hours = Math.floor(second / 3600)
  const minutes = Math.floor(second / 60) % 60
  return `${twoDigits[hours]}:${twoDigits[minutes]}:${twoDigits[second % 60]}`
}

const twoDigits = Array.from({ length: 60 }, (_, index) => String(index).padStart(2, '0'))
