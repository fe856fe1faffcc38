import { join as joinPath } from 'node:path'
import type { Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { join, type Sql, sql } from '../../sql/sql.ts'
import { type FaultCount, type IntakeState, intakePaths } from '../intake-state.ts'

/** A row that was kept out of a standard table, and why. */
export interface QuarantinedRow {
  readonly source: string
  readonly table: string
  readonly file: string
  readonly line: number
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
  /** Rows of tables of the cluster, which are stepped over where they lie; none of them is among the others. */
  readonly steppedOver: readonly {
    readonly source: string
    readonly table: string
    readonly file: string
    readonly rows: number
    readonly columns: readonly FaultCount[]
  }[]
}

export interface ListQuarantineOptions {
  readonly warehouse: Warehouse
  /** `.tranche` */
  readonly folder: string
  readonly state: Pick<IntakeState, 'files' | 'resolution'>
  readonly source?: string
  readonly limit?: number
}

/** Lists rejected rows of a run in the order of source, table, file and line; their number is that of row_counts. */
export async function listQuarantine({
  warehouse,
  folder,
  state,
  source,
  limit = 1000,
}: ListQuarantineOptions): Promise<QuarantineList> {
  const rows = quarantinedRows(folder, state, source)
  const steppedOver = steppedOverIn(state, source)
  if (rows === null) return { total: 0, byReason: [], rows: [], steppedOver }
  const byReason = await warehouse.rows<QuarantineList['byReason'][number] & Record<string, string | number>>(
    sql`select source, table_name as "table", "column", reason, count(*) as rows from ${rows} group by all order by rows desc, source, "table", "column", reason`,
  )
  const found = await warehouse.rows<{
    source: string
    table: string
    file: string
    line: number
    column: string | null
    reason: string
    en: string
    zh: string
    original: string | null
  }>(
    sql`select source, table_name as "table", file, line, "column", reason, detail_en as en, detail_zh as zh, original from ${rows} order by source, "table", file, line, part limit ${limit}`,
  )
  return {
    total: byReason.reduce((sum, group) => sum + group.rows, 0),
    byReason: byReason.map((group) => ({ ...group, column: group.column ?? '' })),
    rows: found.map(({ en, zh, column, ...row }) => ({ ...row, column: column ?? '', detail: { en, zh } })),
    steppedOver,
  }
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
