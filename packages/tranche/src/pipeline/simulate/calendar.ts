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
const dayLength = 10
/** All days as YYYY-MM-DD in ASCII, one after another. */
const dayCodes = encodeDays()

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
  const start = (day - firstDay) * dayLength
  return String.fromCharCode(...dayCodes.subarray(start, start + dayLength))
}

/** Writes a day as YYYY-MM-DD in ASCII, or as YYYYMMDD; gives the position after it. */
export function putDay(target: Uint8Array, position: number, day: number, compact = false): number {
  const start = (day - firstDay) * dayLength
  for (let index = 0; index < dayLength; index++) {
    if (compact && (index === 4 || index === 7)) continue
    target[position++] = dayCodes[start + index]!
  }
  return position
}

/** Writes a second of the day as 13:05:00 in ASCII; gives the position after it. */
export function putClock(target: Uint8Array, position: number, second: number): number {
  const minutes = (second / 60) | 0
  const hours = (minutes / 60) | 0
  position = putTwo(target, position, hours)
  target[position++] = 58
  position = putTwo(target, position, minutes - hours * 60)
  target[position++] = 58
  return putTwo(target, position, second - minutes * 60)
}

function putTwo(target: Uint8Array, position: number, value: number): number {
  const tens = (value / 10) | 0
  target[position] = 48 + tens
  target[position + 1] = 48 + value - tens * 10
  return position + 2
}

function encodeDays(): Uint8Array {
  const codes = new Uint8Array((lastDay - firstDay) * dayLength)
  for (let month = 0; month < monthStarts.length - 1; month++) {
    const start = monthStarts[month]!
    const year = 1940 + Math.floor(month / 12)
    for (let day = start; day < monthStarts[month + 1]!; day++) {
      let at = putTwo(codes, (day - firstDay) * dayLength, Math.floor(year / 100))
      at = putTwo(codes, at, year % 100)
      codes[at++] = 45
      at = putTwo(codes, at, (month % 12) + 1)
      codes[at++] = 45
      putTwo(codes, at, day - start + 1)
    }
  }
  return codes
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
  const codes = new Uint8Array(8)
  putClock(codes, 0, second)
  return String.fromCharCode(...codes)
}
