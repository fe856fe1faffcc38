import type { TrinoWarehouse } from '../../engine/trino.ts'
import type { Row } from '../../engine/warehouse.ts'
import { byDialect, ident, join, type Sql, sql } from '../../sql/sql.ts'
import { timestampOf, type Zone } from '../../sql/time-zone.ts'
import { eventTimes, startTimes } from '../event-times.ts'
import type { FaultCount, TakenTable } from '../intake-state.ts'
import type { CompiledTable } from '../mapping/compile-table.ts'
import { type ColumnFault, columnFaults, judgedInside } from '../mapping/judge.ts'
import type { RawColumn } from '../mapping/raw-columns.ts'
import type { ColumnProfile } from '../quality/profile.ts'
import type { RowCheck } from '../quality/row-expectations.ts'
import { type ClusterTable, rowsOf } from './place.ts'
import { sumOf } from './unchanged.ts'

export interface ScanOptions {
  readonly warehouse: TrinoWarehouse
  readonly compiled: CompiledTable
  readonly refusing: readonly RowCheck[]
  readonly counting: readonly RowCheck[]
  /** Columns of the table that are profiled in the same scan, and summed up where rows have no snapshot. */
  readonly raw: readonly RawColumn[]
  readonly summed: boolean
  readonly now: Date
  readonly zone: Zone
}

export interface Scanned
  extends Pick<
    TakenTable,
    'read' | 'kept' | 'quarantined' | 'filtered' | 'checks' | 'oldest' | 'newest' | 'knownLate' | 'repeats'
  > {
  readonly faults: readonly FaultCount[]
  readonly newestPast: string | null
  /** Rows kept that repeat the key of another. */
  readonly repeated: number
  readonly profile: readonly ColumnProfile[]
  /** Equal for the same rows in any order; null where the table's snapshot says as much. */
  readonly sum: string | null
}

/** All that is to be known of a table under a mapping, in one scan of aggregates: no row leaves the cluster. */
export async function scanTable(options: ScanOptions): Promise<Scanned> {
  const { warehouse, compiled, refusing, counting, raw, summed } = options
  const faults = columnFaults(compiled)
  const carry = raw.map(({ name }) => ({ name: carried(name), value: ident('s', name) }))
  const found = await warehouse.row<Row>(
    sql`select ${join([
      sql`count(*) as "read"`,
      sql`count_if(_rejected) as rejected`,
      sql`count_if(_filtered) as filtered`,
      ...timesOf(options),
      sql`${repeatedOf(compiled)} as repeated`,
      ...faults.flatMap(faultCounts),
      ...counting.map(({ fails }, index) => sql`count_if(${kept} and ${fails}) as ${ident(`check${index}`)}`),
      ...refusing.map(
        ({ fails }, index) => sql`count_if(_rejected and ${fails}) as ${ident(`refuse${index}`)}`,
      ),
      ...rawCounts(raw, summed, carried),
    ])} from ${judgedInside({ compiled, refusing, carry })}`,
  )
  const count = (name: string) => Number(found[name] ?? 0)
  const [read, rejected, filtered] = [count('read'), count('rejected'), count('filtered')]
  const keptRows = read - rejected - filtered
  return {
    read,
    kept: keptRows,
    quarantined: rejected,
    filtered,
    checks: [
      ...counting.map(({ index, kind }, at) => ({ index, kind, n: keptRows, failed: count(`check${at}`) })),
      ...refusing.map(({ index, kind }, at) => ({
        ...{ index, kind, n: keptRows + rejected },
        failed: count(`refuse${at}`),
      })),
    ],
    oldest: timeText(found['oldest']),
    newest: timeText(found['newest']),
    newestPast: timeText(found['newest_past']),
    knownLate: count('known_late'),
    repeated: count('repeated'),
    faults: faults.flatMap(({ column }, index) => {
      const fault = {
        column: column.name,
        missing: count(`f${index}_missing`),
        unreadable: count(`f${index}_unreadable`),
        looks: textOf(found[`f${index}_looks`]),
      }
      return fault.missing + fault.unreadable === 0 ? [] : [fault]
    }),
    ...rawCounted(raw, found, read),
  }
}

/** Rows, profile and sum of a table that is only looked up. */
export async function scanLookedUp(
  { warehouse, raw, summed }: Pick<ScanOptions, 'warehouse' | 'raw' | 'summed'>,
  there: ClusterTable,
): Promise<Pick<Scanned, 'read' | 'profile' | 'sum'>> {
  const counts = [sql`count(*) as "read"`, ...rawCounts(raw, summed, (name) => name)]
  const found = await warehouse.row<Row>(sql`select ${join(counts)} from ${rowsOf(there)}`)
  const read = Number(found['read'])
  return { read, ...rawCounted(raw, found, read) }
}

/** What is counted of the table's own columns. */
function rawCounts(
  raw: readonly RawColumn[],
  summed: boolean,
  named: (name: string) => string,
): readonly Sql[] {
  const names = raw.map(({ name }) => name)
  return [
    ...names.flatMap((name, index) => [
      sql`count(${ident(named(name))}) as ${ident(`p${index}_n`)}`,
      sql`approx_distinct(${ident(named(name))}) as ${ident(`p${index}_d`)}`,
    ]),
    ...(summed ? [sql`${sumOf(names, named)} as rows_sum`] : []),
  ]
}

function rawCounted(raw: readonly RawColumn[], found: Row, read: number): Pick<Scanned, 'profile' | 'sum'> {
  const count = (name: string) => Number(found[name] ?? 0)
  return {
    profile: raw.map(({ name, kind }, index) => ({
      column: name,
      type: kind,
      rows: read,
      missing: read - count(`p${index}_n`),
      distinctApprox: Math.min(count(`p${index}_d`), count(`p${index}_n`)),
      min: null,
      max: null,
    })),
    sum: textOf(found['rows_sum']),
  }
}

const carried = (name: string) => `~s:${name}`
const kept = sql`(not _rejected and not _filtered)`

function timesOf({ compiled, now, zone }: ScanOptions): readonly Sql[] {
  const { table, columns } = compiled
  const time = columns.find(({ name }) => name === table.time)
  const end = (aggregate: Sql) =>
    time === undefined ? sql`null` : textIn(sql`${aggregate}(${ident(time.name)}) filter (where ${kept})`)
  const known = columns.some(({ name }) => name === 'known_at')
  const dayAfter = (name: string) =>
    byDialect((dialect) => dialect.daysAfter(sql`cast(${ident(name)} as timestamp(6))`, sql`1`))
  const dating = eventTimes[table.name as 'events'] ?? startTimes[table.name as 'accounts']
  const dated = columns.find(({ name }) => name === dating)
  const today = sql`cast(${zone.dateOf(now.getTime())} as date)`
  const past =
    dated === undefined
      ? sql`null`
      : textIn(
          sql`max(${ident(dated.name)}) filter (where ${kept} and ${ident(dated.name)} <= ${dated.type === 'date' ? today : sql`${timestampOf(now.getTime())}`})`,
        )
  return [
    sql`${end(sql`min`)} as oldest`,
    sql`${end(sql`max`)} as newest`,
    sql`${past} as newest_past`,
    sql`${time === undefined || !known ? sql`0` : sql`count_if(${kept} and known_at > ${dayAfter(time.name)})`} as known_late`,
  ]
}

const textIn = (value: Sql): Sql => sql`cast(${value} as varchar)`

/** Rows kept beyond the first of their key; a table whose mapping leaves out all of the key has none to tell. */
function repeatedOf({ table, columns }: CompiledTable): Sql {
  const key = table.key.filter((name) => columns.some((column) => column.name === name))
  if (key.length === 0) return sql`0`
  const value = sql`row(${join(key.map((name) => ident(name)))})`
  return sql`count_if(${kept}) - count(distinct ${value}) filter (where ${kept})`
}

const mostShown = 40

function faultCounts({ column, missing, unreadable, text }: ColumnFault, index: number): readonly Sql[] {
  const looks = sql`substr(regexp_replace(regexp_replace(${text}, '\\p{L}', 'a'), '[0-9]', '9'), 1, ${mostShown})`
  return [
    ...(missing === null ? [] : [sql`count_if(_rejected and ${missing}) as ${ident(`f${index}_missing`)}`]),
    ...(unreadable === null
      ? []
      : [sql`count_if(_rejected and ${unreadable}) as ${ident(`f${index}_unreadable`)}`]),
    ...(unreadable === null || column.masked
      ? []
      : [sql`min(${looks}) filter (where _rejected and ${unreadable}) as ${ident(`f${index}_looks`)}`]),
  ]
}

function textOf(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null
}

/** As this machine's engine writes times: no zeros behind the last digit of a second. */
function timeText(value: Row[string] | undefined): string | null {
  const text = textOf(value)
  return text === null || !text.includes('.') ? text : text.replace(/\.?0+$/, '')
}
