import { mkdir } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import type { Source } from '@tranche/contract'
import type { TrinoWarehouse } from '../../engine/trino.ts'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import { stageFile } from '../readers/stage-file.ts'
import type { StagedFile } from '../readers/staged-file.ts'
import { lookAtTable, rowsOf, tableError } from './place.ts'
import { readableNames } from './tables-there.ts'

/** Copies a table of the cluster to this machine, through the coordinator, and stages it like a file. */
export async function stageTable(
  cluster: TrinoWarehouse,
  source: Definition<Source>,
  {
    warehouse,
    folder,
    sealed,
  }: { readonly warehouse: Warehouse; readonly folder: string; readonly sealed: readonly string[] },
): Promise<StagedFile> {
  const there = await lookAtTable(cluster, source)
  const names = readableNames(there)
  const columns = there.columns.filter(({ name }) => names.includes(name))
  const values = columns.map(({ name, type }) =>
    type.endsWith('with time zone') ? sql`at_timezone(${ident(name)}, 'UTC') as ${ident(name)}` : ident(name),
  )
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = joinPath(folder, `${source.key}.parquet`)
  try {
    await cluster.writeParquet(sql`select ${join(values)} from ${rowsOf(there)}`, file)
  } catch (error) {
    throw tableError(error, source)
  }
  return await stageFile({ format: { type: 'parquet' }, file, warehouse, sealed })
}
