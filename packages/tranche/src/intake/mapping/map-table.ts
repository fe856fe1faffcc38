import { rename, rm } from 'node:fs/promises'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { ColumnProfile, ProfiledColumn } from '../quality/profile.ts'
import { profileAggregates, readProfile } from '../quality/profile.ts'
import type { RowCheck } from '../quality/row-expectations.ts'
import type { CompiledColumn } from './compile-column.ts'
import { type CompiledTable, readDirectly } from './compile-table.ts'
import { judgedRows, rejectedRows } from './judge.ts'

export interface MapTableOptions {
  readonly warehouse: Warehouse
  readonly compiled: CompiledTable
  readonly refusing: readonly RowCheck[]
  readonly counting: readonly RowCheck[]
  /** Where mapped rows and rejected ones go. */
  readonly standardFile: string
  readonly quarantineFile: string
  readonly source: string
  readonly file: string
  readonly fileId: string
  readonly records: number
  /** Table of lines the reader could not read, or null. */
  readonly unreadable: string | null
}

export interface CheckCount {
  readonly index: number
  readonly kind: string
  readonly n: number
  readonly failed: number
}

export interface MappedTable {
  /** Rows are where they were, read through the mapping; or written to the standard file. */
  readonly place: 'in_place' | 'written'
  /** Columns that may be read as they stand, because every value is in order already. */
  readonly direct: readonly string[]
  readonly read: number
  readonly kept: number
  readonly quarantined: number
  readonly filtered: number
  readonly checks: readonly CheckCount[]
  /** Ends of the time column of kept rows, as text in UTC. */
  readonly oldest: string | null
  readonly newest: string | null
  readonly knownLate: number
}

/** Above this share of rejected rows it is cheaper to write the good ones than to step over the bad. */
const mostStepsOver = 0.1

/** Maps by writing the rows that are kept, and those that are not, each to a file of its own. */
export async function writeTable(options: MapTableOptions): Promise<MappedTable> {
  const { warehouse, standardFile } = options
  const judged = `${standardFile}.judged`
  try {
    await warehouse.writeParquet(
      sql`select *, ${options.fileId} as _file from ${judgedRows(options)}`,
      judged,
    )
    const rows = sql`read_parquet(${judged})`
    const found = await warehouse.row<Record<string, number | string | null>>(
      sql`select ${join(counts(options))} from ${rows}`,
    )
    const bad = Number(found['rejected'])
    if (bad + Number(found['filtered']) === 0) await rename(judged, standardFile)
    else
      await warehouse.writeParquet(
        sql`select * from ${rows} where not _rejected and not _filtered`,
        standardFile,
      )
    const unreadable = await writeQuarantine(
      options,
      bad === 0 ? null : sql`select _line from ${rows} where _rejected`,
    )
    return outcome(options, 'written', found, unreadable, [])
  } finally {
    await rm(judged, { force: true })
  }
}

export interface InPlaceTable {
  readonly mapped: MappedTable
  readonly profile: readonly ColumnProfile[]
}

/**
 * Looks once at every row where it lies: casts, required values, expectations, profile. Null where so many are
 * rejected that the good ones had better be written.
 */
export async function readTableInPlace(
  options: MapTableOptions,
  profiled: readonly ProfiledColumn[],
): Promise<InPlaceTable | null> {
  const { warehouse } = options
  const direct = await columnsInOrder(warehouse, options.compiled)
  const compiled = readDirectly(options.compiled, direct)
  const looking = { ...options, compiled }
  const carry = profiled.map(({ name, ref }) => ({ name: `~s:${name}`, value: ref }))
  const aggregates = [
    ...counts(looking),
    ...profileAggregates(
      profiled.map((column) => ({ ...column, ref: ident(`~s:${column.name}`) })),
      options.records,
    ),
    sql`list(_line) filter (where _rejected) as bad_lines`,
  ]
  await warehouse.run(
    sql`create or replace temp table ${ident(scan)} as select ${join(aggregates)} from ${judgedRows({ ...looking, carry })}`,
  )
  try {
    const found = await warehouse.row<Record<string, number | string | null>>(
      sql`select * exclude (bad_lines) from ${ident(scan)}`,
    )
    const rows = Number(found['read'])
    const bad = Number(found['rejected'])
    if (bad > rows * mostStepsOver) return null
    await writeQuarantine(options, bad === 0 ? null : sql`select unnest(bad_lines) from ${ident(scan)}`)
    return {
      mapped: outcome(options, 'in_place', found, 0, [...direct]),
      profile: await readProfile(warehouse, compiled.rows.from, profiled, rows, found),
    }
  } finally {
    await warehouse.run(sql`drop table if exists ${ident(scan)}`)
  }
}

/**
 * Text columns every value of which is in order. Each is asked by itself: a filter on one column runs over the
 * dictionary of a Parquet file instead of its rows.
 */
async function columnsInOrder(warehouse: Warehouse, compiled: CompiledTable): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const { name, direct } of compiled.columns) {
    if (direct === null) continue
    const { n } = await warehouse.row<{ n: number }>(
      sql`select count(*) as n from ${compiled.rows.from} where not ${direct.plain}`,
    )
    if (n === 0) found.add(name)
  }
  return found
}

const scan = 'intake_scan'

function counts({ compiled, counting, refusing }: MapTableOptions): readonly Sql[] {
  const kept = sql`(not _rejected and not _filtered)`
  const time = compiled.columns.find(({ name }) => name === compiled.table.time)
  const timeOf = (end: 'min' | 'max') =>
    time === undefined
      ? sql`null`
      : sql`cast(${end === 'min' ? sql`min` : sql`max`}(${ident(time.name)}) filter (where ${kept}) as varchar)`
  const late = (column: CompiledColumn) =>
    sql`count_if(${kept} and known_at > cast(${ident(column.name)} as timestamp) + interval 1 day)`
  return [
    sql`count(*) as read`,
    sql`count_if(_rejected) as rejected`,
    sql`count_if(_filtered) as filtered`,
    sql`${timeOf('min')} as oldest`,
    sql`${timeOf('max')} as newest`,
    sql`${time === undefined || !isMapped(compiled, 'known_at') ? sql`0` : late(time)} as known_late`,
    ...counting.map(({ fails }, index) => sql`count_if(${kept} and ${fails}) as ${ident(`check${index}`)}`),
    ...refusing.map(
      ({ fails }, index) => sql`count_if(_rejected and ${fails}) as ${ident(`refuse${index}`)}`,
    ),
  ]
}

function isMapped(compiled: CompiledTable, name: string): boolean {
  return compiled.columns.some((column) => column.name === name)
}

/** Writes rejected and unreadable rows, if there are any; gives how many were unreadable. */
async function writeQuarantine(options: MapTableOptions, lines: Sql | null): Promise<number> {
  const { warehouse, compiled, unreadable, source, file } = options
  const head = sql`${source} as source, ${compiled.table.name} as table_name, ${file} as file`
  const shown = sql`"column", reason, detail_en, detail_zh, left(original, 1000) as original`
  const parts = [
    ...(lines === null
      ? []
      : [sql`select ${head}, line, part, ${shown} from ${rejectedRows({ ...options, lines })}`]),
    ...(unreadable === null
      ? []
      : [sql`select ${head}, line, 0 as part, ${shown} from ${ident(unreadable)}`]),
  ]
  if (parts.length === 0) return 0
  await warehouse.writeParquet(
    sql`select * from (${join(parts, ' union all ')}) order by line, part`,
    options.quarantineFile,
  )
  if (unreadable === null) return 0
  return (await warehouse.row<{ n: number }>(sql`select count(*) as n from ${ident(unreadable)}`)).n
}

function outcome(
  { counting, refusing }: MapTableOptions,
  place: MappedTable['place'],
  found: Readonly<Record<string, number | string | null>>,
  unreadable: number,
  direct: readonly string[],
): MappedTable {
  const read = Number(found['read'])
  const rejected = Number(found['rejected'])
  const filtered = Number(found['filtered'])
  const kept = read - rejected - filtered
  return {
    place,
    direct,
    read: read + unreadable,
    kept,
    quarantined: rejected + unreadable,
    filtered,
    checks: [
      ...counting.map(({ index, kind }, at) => ({
        index,
        kind,
        n: kept,
        failed: Number(found[`check${at}`]),
      })),
      ...refusing.map(({ index, kind }, at) => ({
        index,
        kind,
        n: kept + rejected,
        failed: Number(found[`refuse${at}`]),
      })),
    ],
    oldest: textOf(found['oldest']),
    newest: textOf(found['newest']),
    knownLate: Number(found['known_late']),
  }
}

function textOf(value: number | string | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}
