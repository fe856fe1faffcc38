import { rename, rm } from 'node:fs/promises'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { RowCheck } from '../quality/row-expectations.ts'
import type { CodedColumns } from './coded-texts.ts'
import type { CompiledColumn } from './compile-column.ts'
import type { CompiledTable } from './compile-table.ts'
import { type Faults, judgedRows, rejectedRows } from './judge.ts'
import type { RawRows } from './raw-columns.ts'

export interface MapTableOptions {
  readonly warehouse: Warehouse
  readonly compiled: CompiledTable
  /** The rows before anything is made of them. */
  readonly raw: RawRows
  /** The mapping over the lines of a relation of `line` only. */
  readonly compileOver: (lines: Sql) => CompiledTable
  readonly refusing: readonly RowCheck[]
  readonly counting: readonly RowCheck[]
  /** Where mapped rows and rejected ones go. */
  readonly standardFile: string
  readonly quarantineFile: string
  /** Where lines go that are stepped over in place. */
  readonly linesFile: string
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
  /** Columns that may be read as they stand where the file lies. */
  readonly direct: readonly string[]
  /** Text columns of a source's file in place that have no white space around any text. */
  readonly tight: readonly string[]
  /** Texts of columns with codes in a file in place. */
  readonly coded: CodedColumns
  /** Rows of a file in place that are written all the same, because some value is not in order. */
  readonly patched: number
  /** Whether lines of a file in place are stepped over: rejected ones and those that are written. */
  readonly stepsOver: boolean
  /** The case in which all customer numbers of a file in place are. */
  readonly folded: 'upper' | 'lower' | null
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

/** Maps by writing the rows that are kept, and those that are not, each to a file of its own. */
export async function writeTable(options: MapTableOptions): Promise<MappedTable> {
  const { warehouse, standardFile } = options
  const judged = `${standardFile}.judged`
  const inMemory = options.records <= mostInMemory
  const query = sql`select *, ${options.fileId} as _file from ${judgedRows({ ...options, withFaults: inMemory })}`
  try {
    if (inMemory) await warehouse.run(sql`create or replace temp table ${ident(judgedTable)} as ${query}`)
    else await warehouse.writeParquet(query, judged)
    const rows = inMemory ? ident(judgedTable) : sql`read_parquet(${judged})`
    const found = await warehouse.row<Found>(
      sql`select ${join([...counts(options), ...(inMemory ? [faultsSeen] : [])])} from ${rows}`,
    )
    const bad = Number(found['rejected'])
    if (!inMemory && bad + Number(found['filtered']) === 0) await rename(judged, standardFile)
    else
      await warehouse.writeParquet(
        sql`select *${inMemory ? sql` exclude (_faults)` : sql``} from ${rows} where not _rejected and not _filtered`,
        standardFile,
      )
    const rejected =
      bad === 0
        ? []
        : [
            quarantineRows(
              options,
              options.compileOver(sql`select _line as line from ${rows} where _rejected`),
              faultsOf(found),
            ),
          ]
    await writeQuarantine(options, [...rejected, ...unreadableRows(options)])
    return { ...outcome(options, found, await countUnreadable(options)), ...written }
  } finally {
    if (inMemory) await warehouse.run(sql`drop table if exists ${ident(judgedTable)}`)
    else await rm(judged, { force: true })
  }
}

const judgedTable = 'intake_judged_rows'
/** Rows that are compressed and read once only; more of them wait on disk for their verdict. */
const mostInMemory = 500_000

/** What is counted of judged rows; `outcome` reads it. */
export function counts({ compiled, counting, refusing }: MapTableOptions): readonly Sql[] {
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

/** All faults of rejected rows together, beside `counts`. */
export const faultsSeen = sql`cast(bit_or(_faults) as varchar) as faults`

/** The faults that were seen; null where they were not told apart. */
export function faultsOf(found: Found): Faults | null {
  const faults = BigInt(found['faults'] ?? 0)
  return faults === 0n ? null : faults
}

/** A row per rejected row, with the file and table it was meant for. */
export function quarantineRows(
  { source, file, refusing }: MapTableOptions,
  compiled: CompiledTable,
  faults: Faults | null,
): Sql {
  const head = sql`${source} as source, ${compiled.table.name} as table_name, ${file} as file`
  return sql`select ${head}, line, part, ${shown} from ${rejectedRows({ compiled, refusing }, faults)}`
}

/** Writes what is kept out, in the order of its lines; nothing where there is nothing. */
export async function writeQuarantine(
  { warehouse, quarantineFile }: MapTableOptions,
  parts: readonly Sql[],
): Promise<void> {
  if (parts.length === 0) return
  await warehouse.writeParquet(
    sql`select * from (${join(parts, ' union all ')}) order by line, part`,
    quarantineFile,
  )
}

const shown = sql`"column", reason, detail_en, detail_zh, left(original, 1000) as original`

/** Lines the reader could not read, as rows of the quarantine. */
function unreadableRows({ unreadable, source, file, compiled }: MapTableOptions): readonly Sql[] {
  if (unreadable === null) return []
  const head = sql`${source} as source, ${compiled.table.name} as table_name, ${file} as file`
  return [sql`select ${head}, line, 0 as part, ${shown} from ${ident(unreadable)}`]
}

async function countUnreadable({ warehouse, unreadable }: MapTableOptions): Promise<number> {
  if (unreadable === null) return 0
  return (await warehouse.row<{ n: number }>(sql`select count(*) as n from ${ident(unreadable)}`)).n
}

const written = {
  place: 'written',
  direct: [],
  tight: [],
  coded: {},
  patched: 0,
  stepsOver: false,
  folded: null,
} as const

export type Found = Readonly<Record<string, number | string | null>>

export function outcome(
  { counting, refusing }: Pick<MapTableOptions, 'counting' | 'refusing'>,
  found: Found,
  unreadable: number,
): Omit<MappedTable, keyof typeof written> {
  const read = Number(found['read'])
  const rejected = Number(found['rejected'])
  const filtered = Number(found['filtered'])
  const kept = read - rejected - filtered
  return {
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
