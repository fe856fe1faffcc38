import type { Sql } from './sql.ts'
import { byDialect, typed } from './sql.ts'

const msPerDay = 86_400_000
const scanStepMs = 7 * msPerDay

/** An offset from UTC and the instant from which it holds. */
export interface OffsetStep {
  readonly fromMs: number
  readonly offsetSeconds: number
}

/** Offsets from UTC that a zone has over a range, in order; the first holds from the beginning. */
export interface ZoneOffsets {
  readonly timeZone: string
  readonly steps: readonly OffsetStep[]
}

/** By zone and range: a process asks for few. */
const knownOffsets = new Map<string, ZoneOffsets>()

/** Instants of an IANA zone, summer time and historic offsets included. Throws RangeError for an unknown zone. */
export class Zone {
  readonly timeZone: string
  readonly #format: Intl.DateTimeFormat

  constructor(timeZone: string) {
    this.timeZone = timeZone
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** Seconds east of UTC at an instant (ms since 1970). */
  offsetSeconds(ms: number): number {
    // As `1/31/2025, 08:00:00`; in parts it costs three times as much.
    const [month, day, year, hour, minute, second] = this.#format.format(ms).match(/\d+/g)!.map(Number)
    const local = Date.UTC(year!, month! - 1, day, hour, minute, second)
    return Math.round((local - Math.floor(ms / 1000) * 1000) / 1000)
  }

  /** The calendar day (YYYY-MM-DD) of an instant. */
  dateOf(ms: number): string {
    return new Date(ms + this.offsetSeconds(ms) * 1000).toISOString().slice(0, 10)
  }

  /** First instant (ms) of a calendar day, also where clocks skip midnight. */
  startOfDay(date: string): number {
    const middle = Date.parse(`${date}T00:00:00Z`)
    if (Number.isNaN(middle)) throw new RangeError(`Not a calendar day: ${date}`)
    let before = middle - 15 * 3_600_000
    let after = middle + 15 * 3_600_000
    while (after - before > 1) {
      const ms = Math.floor((before + after) / 2)
      if (this.dateOf(ms) >= date) after = ms
      else before = ms
    }
    return after
  }

  /** All offsets between two instants (ms); looked for once, since a century takes a tenth of a second. */
  offsetsBetween(fromMs: number, toMs: number): ZoneOffsets {
    const key = `${this.timeZone} ${fromMs} ${toMs}`
    const known = knownOffsets.get(key) ?? this.#findOffsets(fromMs, toMs)
    knownOffsets.set(key, known)
    return known
  }

  #findOffsets(fromMs: number, toMs: number): ZoneOffsets {
    const steps = [{ fromMs, offsetSeconds: this.offsetSeconds(fromMs) }]
    for (let at = fromMs; at < toMs; at += scanStepMs) {
      const next = Math.min(at + scanStepMs, toMs)
      const known = steps.at(-1)!.offsetSeconds
      const found = this.offsetSeconds(next)
      if (found !== known) steps.push({ fromMs: this.#changeBetween(at, next, known), offsetSeconds: found })
    }
    return { timeZone: this.timeZone, steps }
  }

  #changeBetween(before: number, after: number, offset: number): number {
    while (after - before > 1) {
      const ms = Math.floor((before + after) / 2)
      if (this.offsetSeconds(ms) === offset) before = ms
      else after = ms
    }
    return after
  }
}

/** Wall-clock timestamp of a UTC timestamp, by constants instead of a zone look-up per row. */
export function localTimestamp(instant: Sql, { steps }: ZoneOffsets): Sql {
  const [first] = steps
  if (first === undefined) throw new RangeError('A zone has at least one offset.')
  if (steps.length > 1) return byDialect((dialect) => dialect.localTimestamp(instant, steps))
  if (first.offsetSeconds === 0) return instant
  return byDialect((dialect) => dialect.addSeconds(instant, first.offsetSeconds))
}

/** Business day (DATE) of a UTC timestamp. */
export function localDate(instant: Sql, offsets: ZoneOffsets): Sql {
  return byDialect((dialect) => dialect.toDate(localTimestamp(instant, offsets)))
}

/** A bound TIMESTAMP of ms since 1970. */
export function timestampOf(ms: number) {
  return typed('timestamp', new Date(ms).toISOString().replace('T', ' ').replace('Z', ''))
}
