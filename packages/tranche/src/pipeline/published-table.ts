import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '@tranche/contract'
import { openDuckDb } from '../engine/duckdb.ts'
import { folderOf } from '../engine/folder.ts'
import { openCluster } from '../engine/open-cluster.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { ident, sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { clusterTables, noLongerNamed, requireOnThisMachine } from './cluster-refusal.ts'
import { openPublishedRun } from './published-run.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Finds a published table in an engine on this machine for as long as the work takes: in that of the run, or brought from
 * the cluster on which the run was computed.
 * @throws TrancheError not_found before the first run; unsupported for a table that a run on a cluster doesn't have
 */
export async function withPublishedTable<T>(
  catalogue: Catalogue,
  table: string,
  env: Environment,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  const { warehouse, manifest } = await openPublishedRun(catalogue, 'rows')
  try {
    if (manifest.cluster === undefined) return await work(warehouse)
    if (!clusterTables.includes(table)) requireOnThisMachine(manifest)
    return await withBrought(catalogue, manifest, manifest.cluster, table, env, work)
  } finally {
    warehouse.close()
  }
}

async function withBrought<T>(
  catalogue: Catalogue,
  { run }: Manifest,
  record: NonNullable<Manifest['cluster']>,
  table: string,
  env: Environment,
  work: (warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  const { dir, workspace } = catalogue
  const { warehouse: settings } = workspace
  const same =
    settings.engine === 'trino' &&
    settings.url === record.url &&
    settings.catalog === record.catalog &&
    settings.schema === record.schema
  if (!same) throw noLongerNamed(record)
  const folder = await mkdtemp(join(folderOf(dir).root, 'brought-'))
  const local = await openDuckDb({ path: join(folder, 'table.duckdb') })
  try {
    const file = join(folder, 'table.parquet')
    const options = { settings, dir, env, tablePrefix: record.tablePrefix, part: run, tags: ['export'] }
    const cluster = await openCluster(options)
    try {
      await cluster.writeParquet(sql`select * from ${tableNamed(table)}`, file)
    } finally {
      cluster.close()
    }
    await local.run(sql`create table ${ident(table)} as select * from read_parquet(${file})`)
    return await work(local)
  } finally {
    local.close()
    await rm(folder, { recursive: true, force: true })
  }
}
