import type { StandardTableName } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { eventTimes, startTimes } from '../intake/event-times.ts'
import type { TakenFile } from '../intake/intake-state.ts'
import { instantMs } from '../intake/mapping/local-time.ts'
import { ident, join, sql } from '../sql/sql.ts'
import { timestampOf, Zone } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

export interface AsOf {
  readonly instant: string
  readonly origin: 'given' | 'newest_event' | 'now'
}

/**
 * The instant as of which everything is computed: as given (a day means its start in the business zone), else the start
 * of the business day after the newest event. Events dated after `now` are mistakes and don't count. Data without any
 * date takes the start of today. Of tables of the cluster among the files what was counted of them counts.
 * @throws TrancheError invalid_input for text that is no day and no instant
 */
export async function resolveAsOf(
  catalogue: Catalogue,
  warehouse: Warehouse,
  now: Date,
  given: string | undefined,
  files: readonly TakenFile[] = [],
): Promise<AsOf> {
  const zone = new Zone(catalogue.workspace.timeZone)
  const wanted = given ?? catalogue.workspace.asOf
  if (wanted === 'now') return { instant: now.toISOString(), origin: 'given' }
  if (wanted !== undefined)
    return { instant: parseInstant(wanted, catalogue.workspace.timeZone), origin: 'given' }
  const newest =
    (await newestOf(catalogue, warehouse, eventTimes, now, files)) ??
    (await newestOf(catalogue, warehouse, startTimes, now, files))
  if (newest === null)
    return { instant: new Date(zone.startOfDay(zone.dateOf(now.getTime()))).toISOString(), origin: 'now' }
  return { instant: new Date(zone.startOfDay(nextDay(newest))).toISOString(), origin: 'newest_event' }
}

/** A day (its start in the zone) or an instant, as ISO in UTC. @throws TrancheError invalid_input */
export function parseInstant(text: string, timeZone: string): string {
  const zone = new Zone(timeZone)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text)) return new Date(zone.startOfDay(text)).toISOString()
  if (
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text) &&
    isDay(text.slice(0, 10)) &&
    !Number.isNaN(Date.parse(text))
  )
    return new Date(text).toISOString()
  throw new TrancheError('invalid_input', {
    en: `${JSON.stringify(text)} is neither a day (2026-01-31) nor an instant (2026-01-31T00:00:00+08:00).`,
    zh: `${JSON.stringify(text)} 既不是日期（2026-01-31），也不是时刻（2026-01-31T00:00:00+08:00）。`,
  })
}

/** 31 February is read as 2 March by the machine; here it is no day. */
function isDay(text: string): boolean {
  const instant = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text)
}

/** The newest business day (YYYY-MM-DD) in the tables, or null. */
async function newestOf(
  catalogue: Catalogue,
  warehouse: Warehouse,
  columns: Partial<Record<StandardTableName, string>>,
  now: Date,
  files: readonly TakenFile[],
): Promise<string | null> {
  const zone = new Zone(catalogue.workspace.timeZone)
  const mapped = Object.entries(columns).filter(([table]) => catalogue.mapped.has(table as StandardTableName))
  if (mapped.length === 0) return null
  const today = zone.dateOf(now.getTime())
  const queries = mapped.map(([table, column]) =>
    column === 'on_date'
      ? sql`select max(on_date) as day, cast(null as timestamp) as instant from ${ident('standard', table)} where on_date <= cast(${today} as date)`
      : sql`select cast(null as date) as day, max(${ident(column)}) as instant from ${ident('standard', table)} where ${ident(column)} <= ${timestampOf(now.getTime())}`,
  )
  const found = await warehouse.rows<{ day: string | null; instant: string | null }>(
    join(queries, ' union all '),
  )
  const days = found.flatMap(({ day, instant }) => [
    ...(day === null ? [] : [day]),
    ...(instant === null ? [] : [zone.dateOf(Date.parse(instant))]),
  ])
  const there = files.flatMap(({ tables }) =>
    tables.flatMap(({ table, newestPast }) =>
      columns[table] === undefined || newestPast == null ? [] : [dayOf(newestPast, zone)],
    ),
  )
  days.push(...there)
  return days.length === 0 ? null : days.reduce((latest, day) => (day > latest ? day : latest))
}

/** The business day of a day or time in UTC as the cluster counted it. */
function dayOf(text: string, zone: Zone): string {
  const ms = instantMs(text)
  return ms === null ? text : zone.dateOf(ms)
}

function nextDay(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)
}
