import type { RowCounts, StandardTableName } from '@tranche/contract'
import { counted } from '@tranche/language'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { ident, sql } from '../../sql/sql.ts'
import type { IntakeState, TakenFile } from '../intake-state.ts'
import { sourceColumn } from '../mapping/table-rows.ts'

/** Rows of sources that are only looked up count under this name. */
export const lookupTable = 'lookup'

/** Rows read, kept, quarantined, filtered and duplicate, per source and table, in the order of the sources. */
export function rowCounts(state: Pick<IntakeState, 'files' | 'resolution'>): readonly RowCounts[] {
  const counts = new Map<string, RowCounts>()
  const add = (source: string, table: string, more: Partial<RowCounts>) => {
    const id = `${source}\x1f${table}`
    const known = counts.get(id) ?? {
      source,
      table,
      read: 0,
      kept: 0,
      quarantined: 0,
      filtered: 0,
      duplicates: 0,
    }
    counts.set(id, {
      ...known,
      read: known.read + (more.read ?? 0),
      kept: known.kept + (more.kept ?? 0),
      quarantined: known.quarantined + (more.quarantined ?? 0),
      filtered: known.filtered + (more.filtered ?? 0),
      duplicates: known.duplicates + (more.duplicates ?? 0),
    })
  }
  for (const file of state.files) {
    if (file.tables.length === 0) add(file.source, lookupTable, lookedUp(file))
    for (const { table, read, kept, quarantined, filtered, repeats } of file.tables)
      add(file.source, table, {
        read,
        quarantined,
        filtered,
        ...(file.copyOf === null ? { kept, duplicates: repeats?.duplicates ?? 0 } : { duplicates: kept }),
      })
  }
  for (const { table, file: id, duplicates, quarantined } of state.resolution.dropped) {
    const source = state.files.find((file) => file.id === id)!.source
    add(source, table, { duplicates, quarantined, kept: -duplicates - quarantined })
  }
  return [...counts.values()]
}

/**
 * Counts the rows of the standard tables and refuses where a row was lost or made: read must be kept + quarantined +
 * filtered + duplicates, and kept must be what stands in the table.
 * @throws TrancheError damaged
 */
export async function assertRowCounts(warehouse: Warehouse, counts: readonly RowCounts[]): Promise<void> {
  for (const { source, table, read, kept, quarantined, filtered, duplicates } of counts) {
    const found = await warehouse.row<{ n: number }>(
      sql`select count(*) as n from ${ident('standard', table)} where ${rowsOf(table as StandardTableName, source)}`,
    )
    if (found.n === kept && read === kept + quarantined + filtered + duplicates) continue
    throw new TrancheError(
      'damaged',
      {
        en: `Rows of ${source} in ${table} don't add up: ${read} read, ${found.n} in the table, ${kept} kept, ${quarantined} quarantined, ${filtered} filtered, ${counted(duplicates, 'duplicate', 'duplicates')}.`,
        zh: `来源 ${source} 在 ${table} 中的行数不符：读入 ${read}，表中 ${found.n}，保留 ${kept}，隔离 ${quarantined}，过滤 ${filtered}，重复 ${duplicates}。`,
      },
      {
        hint: {
          en: 'Delete .tranche/standard and run again; if it stays so, report it.',
          zh: '请删除 .tranche/standard 后重新运行；如仍如此，请反馈。',
        },
      },
    )
  }
}

function rowsOf(table: StandardTableName, source: string) {
  // The table of keys has its own meaning of `source`; its rows are told by their file.
  if (sourceColumn(table) !== 'source') return sql`_file <> ''`
  return sql`source = ${source}`
}

function lookedUp({ records, unreadable }: TakenFile): Partial<RowCounts> {
  return { read: records, kept: records - unreadable, quarantined: unreadable }
}

/** The published table `row_counts`, without sources that are only looked up. */
export async function readRowCounts(warehouse: Warehouse): Promise<readonly RowCounts[]> {
  const rows = await warehouse.rows<RowCounts & Record<string, string | number>>(
    sql`select source, table_name as "table", read, kept, quarantined, filtered, duplicates from row_counts where table_name <> ${lookupTable} order by rowid`,
  )
  return rows.map(({ source, table, read, kept, quarantined, filtered, duplicates }) => ({
    ...{ source, table, read, kept, quarantined, filtered, duplicates },
  }))
}

/** Writes the published table `row_counts`. */
export async function writeRowCounts(warehouse: Warehouse, counts: readonly RowCounts[]): Promise<void> {
  await warehouse.createFrom('row_counts', [
    { name: 'source', type: 'varchar', values: counts.map(({ source }) => source) },
    { name: 'table_name', type: 'varchar', values: counts.map(({ table }) => table) },
    { name: 'read', type: 'bigint', values: counts.map(({ read }) => read) },
    { name: 'kept', type: 'bigint', values: counts.map(({ kept }) => kept) },
    { name: 'quarantined', type: 'bigint', values: counts.map(({ quarantined }) => quarantined) },
    { name: 'filtered', type: 'bigint', values: counts.map(({ filtered }) => filtered) },
    { name: 'duplicates', type: 'bigint', values: counts.map(({ duplicates }) => duplicates) },
  ])
}
