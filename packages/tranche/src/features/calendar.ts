import type { Window } from '@tranche/contract'
import { dateParts, formatIsoDate, parseDate } from '@tranche/language'
import { TrancheError } from '../errors.ts'
import { join, type Sql, sql, unsafeRaw } from '../sql/sql.ts'
import { localTimestamp, timestampOf, Zone } from '../sql/time-zone.ts'

/** An instant as of which features are computed, and the business day on which it falls. */
export interface AsOfPoint {
  /** Place among the points of a computation, from 1, in order of time. */
  readonly index: number
  readonly instant: string
  readonly ms: number
  /** The first day that is not over at the instant, YYYY-MM-DD. */
  readonly day: string
  /** The first day that has not begun: `day` where the instant is its very start, else the day after. */
  readonly nextDay: string
}

/** Business days from (inclusive) to (exclusive); null is open. An open end reaches up to the as-of itself. */
export interface DayRange {
  readonly from: string | null
  readonly to: string | null
}

export interface Calendar {
  readonly timeZone: string
  readonly points: readonly AsOfPoint[]
  /** DATE of an instant in the business zone. */
  readonly businessDay: (instant: Sql) => Sql
}

/** Earlier instants take the offset that the zone had then. */
const oldestMs = 0

/**
 * The as-of points in order of time, each once, and the days of the business zone up to the last of them.
 * @throws TrancheError invalid_input for an instant that is none, or an empty list
 */
export function createCalendar(timeZone: string, asOfs: readonly string[]): Calendar {
  const zone = new Zone(timeZone)
  const instants = [...new Set(asOfs.map(parseInstant))].sort((a, b) => a - b)
  const last = instants.at(-1)
  if (last === undefined)
    throw new TrancheError('invalid_input', {
      en: 'No as-of instant is given; at least one is needed.',
      zh: '未给出截至时刻，至少需要一个。',
    })
  const points = instants.map((ms, index) => {
    const day = zone.dateOf(ms)
    const nextDay = zone.startOfDay(day) === ms ? day : shift(day, 1, 'day')
    return { index: index + 1, instant: new Date(ms).toISOString(), ms, day, nextDay }
  })
  const { steps } = zone.offsetsBetween(oldestMs, Math.max(last, oldestMs + 1))
  return { timeZone, points, businessDay: (instant) => dayOf(instant, steps) }
}

/** Days that a window covers as of a point; without a window everything up to it. */
export function rangeOf(window: Window | undefined, point: AsOfPoint): DayRange {
  if (window === undefined) return { from: null, to: null }
  const { last, unit, before = 0 } = window
  return {
    from: shift(point.day, -(before + last), unit),
    to: before === 0 ? null : shift(point.day, -before, unit),
  }
}

/** The same time of day, days or months before an instant, in the business zone. */
export function earlierInstant(timeZone: string, instant: string, by: number, unit: 'day' | 'month'): string {
  const zone = new Zone(timeZone)
  const ms = parseInstant(instant)
  const day = zone.dateOf(ms)
  const start = zone.startOfDay(shift(day, -by, unit))
  return new Date(start + (ms - zone.startOfDay(day))).toISOString()
}

/** A calendar day moved by days or months; a day that a month lacks becomes its last. */
export function shift(day: string, by: number, unit: 'day' | 'month'): string {
  const days = dayNumber(day)
  if (unit === 'day') return formatIsoDate(days + by)
  const { year, month, day: dayOfMonth } = dateParts(days)
  const months = year * 12 + (month - 1) + by
  const first = dayNumber(isoOf(Math.floor(months / 12), (months % 12) + 1, 1))
  const next = dayNumber(isoOf(Math.floor((months + 1) / 12), ((months + 1) % 12) + 1, 1))
  return formatIsoDate(first + Math.min(dayOfMonth, next - first) - 1)
}

/** Days since 1970-01-01. */
export function dayNumber(day: string): number {
  const days = parseDate(day)
  if (days === undefined) throw new RangeError(`Not a calendar day: ${day}`)
  return days
}

export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from)
}

/** A DATE as a constant: engines plan better for a day they know than for a parameter. */
export const dateLiteral = (day: string): Sql => unsafeRaw(`date '${formatIsoDate(dayNumber(day))}'`)

function isoOf(year: number, month: number, day: number): string {
  const pad = (value: number, width: number) => String(value).padStart(width, '0')
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
}

function parseInstant(text: string): number {
  const ms = Date.parse(text)
  if (!Number.isNaN(ms)) return ms
  throw new TrancheError('invalid_input', {
    en: `As-of ${JSON.stringify(text)} is no instant; expected one like 2026-01-31T00:00:00Z.`,
    zh: `截至时刻 ${JSON.stringify(text)} 无效，应类似 2026-01-31T00:00:00Z。`,
  })
}

/** Newest offset first, because most rows are young and a case stops at the first that holds. */
function dayOf(
  instant: Sql,
  steps: readonly { readonly fromMs: number; readonly offsetSeconds: number }[],
): Sql {
  const local = (offsetSeconds: number) =>
    sql`cast(${localTimestamp(instant, { timeZone: '', steps: [{ fromMs: 0, offsetSeconds }] })} as date)`
  const [first, ...later] = steps
  if (later.length === 0) return local(first!.offsetSeconds)
  const cases = [...later]
    .reverse()
    .map(
      ({ fromMs, offsetSeconds }) =>
        sql`when ${instant} >= ${timestampOf(fromMs)} then ${local(offsetSeconds)}`,
    )
  return sql`case ${join(cases, ' ')} else ${local(first!.offsetSeconds)} end`
}
