import { mkdir } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import type { Source } from '@tranche/contract'
import type { TrinoWarehouse } from '../../engine/trino.ts'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import type { Definition } from '../../workspace/catalogue.ts'
import { sha256 } from '../../workspace/hash.ts'
import { stageFile } from '../readers/stage-file.ts'
import type { StagedFile } from '../readers/staged-file.ts'
import { columnsInPlace } from './columns.ts'
import { type ClusterTable, lookAtTable, rowsOf, tableError } from './place.ts'
import { contentOf, sumOf } from './unchanged.ts'

/** What stands for the content of a table that is to be copied: its snapshot, or a hash of its rows. */
export async function contentThere(cluster: TrinoWarehouse, source: Definition<Source>): Promise<string> {
  const there = await lookAtTable(cluster, source)
  if (there.snapshot !== null) return sha256(`${there.name} ${there.snapshot}`)
  try {
    const { sum } = await cluster.row<{ sum: string }>(
      sql`select ${sumOf(namesOf(there))} as "sum" from ${rowsOf(there)}`,
    )
    return contentOf(there, sum)
  } catch (error) {
    throw tableError(error, source)
  }
}

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
  const columns = there.columns.filter(({ name }) => namesOf(there).includes(name))
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

const namesOf = ({ columns }: ClusterTable): readonly string[] => [...columnsInPlace(columns, {}).keys()]
