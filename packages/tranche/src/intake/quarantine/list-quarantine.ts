import { join as joinPath } from 'node:path'
import type { Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { join, type Sql, sql, whole } from '../../sql/sql.ts'
import { type FaultCount, type IntakeState, intakePaths } from '../intake-state.ts'
import { type RowReason, reasonText } from './reasons.ts'

/** A row that was kept out of a standard table, and why. */
export interface QuarantinedRow {
  readonly source: string
  readonly table: string
  /** Of a table of the cluster: `cluster:` and its name. */
  readonly file: string
  /** Null for a table of the cluster, whose rows have none. */
  readonly line: number | null
  /** Of a table of the cluster: the row's key, by which it is found there. */
  readonly key: string | null
  readonly column: string
  readonly reason: string
  readonly detail: Text
  /** What stood in the column, or the whole line where it could not be read; `***` for what names a person. */
  readonly original: string | null
}

export interface QuarantineList {
  /** All rows, whatever the limit. */
  readonly total: number
  readonly byReason: readonly {
    readonly source: string
    readonly table: string
    readonly column: string
    readonly reason: string
    readonly rows: number
  }[]
  readonly rows: readonly QuarantinedRow[]
  /** What was counted of tables of the cluster, whose rows are stepped over where they lie, as they were taken in. */
  readonly steppedOver: readonly {
    readonly source: string
    readonly table: string
    readonly file: string
    readonly rows: number
    readonly columns: readonly FaultCount[]
  }[]
}

/** What a run set aside on the cluster, for the cluster to read. */
export interface QuarantineThere {
  readonly warehouse: Warehouse
  /** Relation source, table_name, file, line, key, column, reason, more, original. */
  readonly rows: Sql
  /** Rejected rows of tables, as these have them: columns c0, c1, … of texts, those of its columns that may be read. */
  readonly rejected: readonly {
    readonly source: string
    readonly columns: readonly string[]
    readonly rows: Sql
  }[]
}

export interface ListQuarantineOptions {
  readonly warehouse: Warehouse
  /** `.tranche` */
  readonly folder: string
  readonly state: Pick<IntakeState, 'files' | 'resolution'>
  readonly source?: string
  readonly limit?: number
  /** Null, or left out, where nothing was set aside there, or only what was counted of it is asked for. */
  readonly there?: QuarantineThere | null
}

/**
 * Lists rejected rows of a run in the order of source, table, file and line, those of files before those of tables of the cluster;
 * their number is that of row_counts.
 */
export async function listQuarantine({
  warehouse,
  folder,
  state,
  source,
  limit = 1000,
  there = null,
}: ListQuarantineOptions): Promise<QuarantineList> {
  const steppedOver = steppedOverIn(state, source)
  const rejected = quarantinedRows(folder, state, source)
  const details = { en: sql`detail_en`, zh: sql`detail_zh`, key: sql`null`, more: sql`''`, last: sql`part` }
  const here = rejected === null ? nothing : await listed(warehouse, rejected, limit, details)
  const detailsThere = { en: sql`null`, zh: sql`null`, key: sql`"key"`, more: sql`more`, last: sql`"key"` }
  const found =
    there === null
      ? nothing
      : await listed(there.warehouse, there.rows, limit - here.rows.length, detailsThere)
  const byReason = [...here.byReason, ...found.byReason]
  return {
    total: byReason.reduce((sum, group) => sum + group.rows, 0),
    byReason: byReason.toSorted((a, b) => b.rows - a.rows),
    rows: [...here.rows, ...found.rows],
    steppedOver,
  }
}

const nothing: Pick<QuarantineList, 'byReason' | 'rows'> = { byReason: [], rows: [] }

async function listed(
  warehouse: Warehouse,
  rows: Sql,
  limit: number,
  columns: Readonly<Record<'en' | 'zh' | 'key' | 'more' | 'last', Sql>>,
): Promise<Pick<QuarantineList, 'byReason' | 'rows'>> {
  const byReason = await warehouse.rows<QuarantineList['byReason'][number] & Record<string, string | number>>(
    sql`select source, table_name as "table", "column", reason, count(*) as "rows" from ${rows} group by 1, 2, 3, 4 order by 5 desc, 1, 2, 3, 4`,
  )
  const found = await warehouse.rows<{
    source: string
    table: string
    file: string
    line: number | null
    key: string | null
    column: string | null
    reason: string
    en: string | null
    zh: string | null
    more: string
    original: string | null
  }>(
    sql`select source, table_name as "table", file, line, ${columns.key} as "key", "column", reason, ${columns.en} as en, ${columns.zh} as zh, ${columns.more} as more, original
      from ${rows} order by source, "table", file, line nulls last, ${columns.last} limit ${whole(Math.max(0, limit))}`,
  )
  return {
    byReason: byReason.map((group) => ({ ...group, column: group.column ?? '' })),
    rows: found.map(({ en, zh, more, column, ...row }) => ({
      ...row,
      column: column ?? '',
      detail: en === null || zh === null ? detailOf(row.reason as RowReason, more) : { en, zh },
    })),
  }
}

function detailOf(reason: RowReason, more: string): Text {
  const { en, zh } = reasonText(reason)
  if (more === '') return { en, zh }
  return reason === 'contradiction'
    ? { en: `${en} Different: ${more}.`, zh: `${zh}不同的列：${more}。` }
    : { en: `${en} Also: ${more}.`, zh: `${zh}另有：${more}。` }
}

function steppedOverIn(
  { files }: ListQuarantineOptions['state'],
  source: string | undefined,
): QuarantineList['steppedOver'] {
  return files
    .filter((file) => file.there !== undefined && (source === undefined || file.source === source))
    .flatMap(({ source: key, path, tables }) =>
      tables
        .filter(({ quarantined }) => quarantined > 0)
        .map(({ table, quarantined, faults = [] }) => ({
          ...{ source: key, table, file: path, rows: quarantined },
          columns: faults,
        })),
    )
}

/**
 * Relation of all rejected rows: source, table_name, file, line, part, column, reason, detail_en, detail_zh, original.
 * Null where none was rejected.
 */
export function quarantinedRows(
  folder: string,
  state: Pick<IntakeState, 'files' | 'resolution'>,
  source?: string,
): Sql | null {
  const columns = sql`line, part, "column", reason, detail_en, detail_zh, original`
  const parts: Sql[] = []
  for (const file of state.files) {
    // Rows of a table of the cluster are stepped over where they lie.
    if ((source !== undefined && file.source !== source) || file.there !== undefined) continue
    const names = [
      ...file.tables.filter(({ quarantined }) => quarantined > 0).map(({ hash }) => hash),
      ...(file.tables.length === 0 && file.unreadable > 0 ? [file.hash] : []),
    ]
    for (const name of names)
      parts.push(
        // A file may have been renamed since its rows were rejected.
        sql`select source, table_name, ${file.path} as file, ${columns} from read_parquet(${joinPath(folder, intakePaths.quarantine(name))})`,
      )
  }
  const { dropped, hash } = state.resolution
  if (dropped.some(({ quarantined }) => quarantined > 0)) {
    const where = source === undefined ? sql`` : sql` where source = ${source}`
    parts.push(
      sql`select source, table_name, file, ${columns} from read_parquet(${joinPath(folder, intakePaths.resolved(hash, 'quarantine'))})${where}`,
    )
  }
  return parts.length === 0 ? null : sql`(${join(parts, ' union all ')})`
}
