import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import {
  asksEnds,
  type ColumnProfile,
  type ProfiledColumn,
  profileAggregates,
  readProfile,
} from '../quality/profile.ts'
import type { StagedFile } from '../readers/staged-file.ts'
import type { RawRows } from './raw-columns.ts'

/** What is to be found out of each column; of one that names a person no value. */
export function profiledColumns(
  rows: RawRows,
  staged: StagedFile,
  counted: ReadonlySet<string>,
): readonly ProfiledColumn[] {
  return staged.columns.map(({ name, kind }) => {
    const column = rows.columns.get(name)
    const sealed = column?.identifier !== undefined
    const looked = { kind, sealed, counted: !sealed && counted.has(name) }
    return {
      ...looked,
      name,
      ends: asksEnds(looked, staged.records),
      ref: column?.identifier?.text ?? ident('s', name),
    }
  })
}

/** Profiles the rows in a scan of their own. */
export async function profileOf(
  warehouse: Warehouse,
  rows: RawRows,
  columns: readonly ProfiledColumn[],
  records: number,
): Promise<readonly ColumnProfile[]> {
  const aggregates = [sql`count(*) as n`, ...profileAggregates(columns, { records, line: rows.line })]
  const found = await warehouse.row(sql`select ${join(aggregates)} from ${rows.from}`)
  return readProfile(columns, Number(found['n']), found)
}
