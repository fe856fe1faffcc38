import { byEngine } from '../../sql/by-engine.ts'
import { byDialect, join, type Sql, sql, typed } from '../../sql/sql.ts'
import { timestampOf, Zone } from '../../sql/time-zone.ts'

/** A zone whose wall clock tells times that are written without one. */
export interface WallClock {
  readonly zone: Zone
  /**
   * UTC timestamp of a wall-clock timestamp, by constants instead of a zone look-up per row. A time that clocks
   * skip is taken as if they had not been put forward yet; one that comes twice is its second occurrence.
   * Exact from 1900 to 2100.
   */
  toUtc(local: Sql): Sql
}

/** Instants (ms) between which all times lie: fewer changes of the clocks to ask about. */
export interface Between {
  readonly fromMs: number
  readonly toMs: number
}

/** Throws RangeError for an unknown zone. */
export function wallClockOf(timeZone: string, between: Between = always): WallClock {
  const zone = new Zone(timeZone)
  let ranges: readonly Range[] | undefined
  return {
    zone,
    toUtc: (local) => {
      ranges ??= rangesOf(zone, between)
      if (ranges.length === 1) return choose(local, ranges)
      const all = ranges
      return byEngine({
        duckdb: () => (local.pieces.length <= fewPieces ? choose(local, all) : byZone(local, timeZone)),
        trino: () => looked(local, all),
      })
    },
  }
}

/**
 * Milliseconds of an instant written in a definition: ISO with Z or an offset, or a day, which means its start in the
 * zone (`end`: the start of the next). Null for anything else.
 */
export function instantConstant(text: string, zone: Zone, end = false): number | null {
  const [day] = /^\d{4}-\d{2}-\d{2}$/.exec(text) ?? []
  if (day !== undefined) {
    const ms = Date.parse(`${day}T00:00:00Z`)
    if (Number.isNaN(ms)) return null
    return zone.startOfDay(end ? new Date(ms + 86_400_000).toISOString().slice(0, 10) : day)
  }
  const exact = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[-+]\d{2}:\d{2})$/.test(text)
  const ms = exact ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}

/** Milliseconds of an instant as the engine writes it, `2024-01-31 08:00:00` in UTC; null for none or for a day. */
export function instantMs(text: string | null): number | null {
  if (text === null || text.length <= 10) return null
  const ms = Date.parse(`${text.replace(' ', 'T')}Z`)
  return Number.isNaN(ms) ? null : ms
}

interface Range {
  /** Wall-clock ms from which the offset holds. */
  readonly fromLocalMs: number
  readonly offsetSeconds: number
}

const fewPieces = 3
const always: Between = { fromMs: Date.UTC(1900, 0, 1), toMs: Date.UTC(2100, 0, 1) }

function rangesOf(zone: Zone, { fromMs: first, toMs: last }: Between): readonly Range[] {
  const { steps } = zone.offsetsBetween(first, last)
  return steps.map(({ fromMs, offsetSeconds }) => ({
    fromLocalMs: fromMs + offsetSeconds * 1000,
    offsetSeconds,
  }))
}

/** A tree of comparisons: a chain would ask every row about every change of the clocks since 1900. */
function choose(local: Sql, ranges: readonly Range[]): Sql {
  const [first] = ranges
  if (first === undefined) throw new RangeError('A zone has at least one offset.')
  if (ranges.length === 1) return shifted(local, first.offsetSeconds)
  const middle = Math.ceil(ranges.length / 2)
  const at = timestampOf(ranges[middle]!.fromLocalMs)
  return sql`case when ${local} < ${at} then ${choose(local, ranges.slice(0, middle))} else ${choose(local, ranges.slice(middle))} end`
}

/** Microseconds are taken off as a number: an interval costs the engine twice as much. */
function shifted(local: Sql, offsetSeconds: number): Sql {
  if (offsetSeconds === 0) return local
  return byEngine({
    duckdb: () => sql`make_timestamp(epoch_us(${local}) - ${typed('bigint', offsetSeconds * 1_000_000)})`,
    trino: () => byDialect((dialect) => dialect.addSeconds(local, -offsetSeconds)),
  })
}

/** The tree names the time at every fork; for a long expression the engine's own, slower way is shorter. */
function byZone(local: Sql, timeZone: string): Sql {
  return sql`((${local} at time zone ${timeZone}) at time zone 'UTC')`
}

/** The offset found by bisection, so that a long expression is written twice only. */
function looked(local: Sql, ranges: readonly Range[]): Sql {
  const later = ranges.slice(1).map(({ fromLocalMs }) => sql`${typed('double', fromLocalMs / 1000)}`)
  const offsets = ranges.map(({ offsetSeconds }) => sql`${-offsetSeconds}`)
  const place = sql`cast(width_bucket(to_unixtime(${local}), array[${join(later)}]) as integer)`
  return sql`date_add('second', element_at(array[${join(offsets)}], ${place} + 1), ${local})`
}
