/** Days since 1970-01-01 of a calendar date written `YYYY-MM-DD` (years 0001 to 9999), or undefined if there is no such day. */
export function parseDate(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (year < 1 || month < 1 || month > 12 || day < 1) return undefined
  const days = daysOf(year, month, day)
  return dateParts(days).month === month ? days : undefined
}

export interface DateParts {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Year, month (1 to 12) and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar. */
export function dateParts(days: number): DateParts {
  const date = new Date(days * msPerDay)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** `YYYY-MM-DD` of a day counted from 1970-01-01. */
export function formatIsoDate(days: number): string {
  const { year, month, day } = dateParts(days)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** First day of the month that a day falls in; days count from 1970-01-01. */
export function monthStart(days: number): number {
  return days - dateParts(days).day + 1
}

/** Gives the calendar day (counted from 1970-01-01) on which an instant (microseconds since 1970, UTC) falls. */
export type BusinessDay = (instantMicros: bigint) => number

/**
 * The days of an IANA time zone, summer time and historic offsets included.
 * Instants outside the range of JavaScript dates give NaN. Throws RangeError for an unknown zone.
 */
export function businessDaysOf(timeZone: string): BusinessDay {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  })
  const localDay = (ms: number): number => {
    if (Math.abs(ms) > maxDateMs) return Number.NaN
    const parts: Record<string, string> = {}
    for (const { type, value } of format.formatToParts(ms)) parts[type] = value
    const year = Number(parts['year'])
    return daysOf(
      /^b/i.test(parts['era'] ?? '') ? 1 - year : year,
      Number(parts['month']),
      Number(parts['day']),
    )
  }
  const daysOfHours = new Map<number, number>()
  const dayOfHour = (hour: number): number => {
    let day = daysOfHours.get(hour)
    if (day === undefined) {
      day = localDay(hour * msPerHour)
      if (daysOfHours.size > 200_000) daysOfHours.clear()
      daysOfHours.set(hour, day)
    }
    return day
  }
  return (instantMicros) => {
    const ms = Number(floorDivide(instantMicros, 1000n))
    const hour = Math.floor(ms / msPerHour)
    const day = dayOfHour(hour)
    // Within an hour at most one midnight passes, so equal days at both ends settle the hour.
    return day === dayOfHour(hour + 1) ? day : localDay(ms)
  }
}

const msPerDay = 86_400_000
const msPerHour = 3_600_000
const maxDateMs = 8.64e15

function daysOf(year: number, month: number, day: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getTime() / msPerDay
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}
