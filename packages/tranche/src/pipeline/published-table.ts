import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '@tranche/contract'
import { openDuckDb } from '../engine/duckdb.ts'
import { folderOf } from '../engine/folder.ts'
import { openCluster } from '../engine/open-cluster.ts'
import type { TrinoWarehouse } from '../engine/trino.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { ident, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import {
  clusterTables,
  isOnThisMachine,
  noLongerNamed,
  requireOnThisMachine,
  requireSegments,
} from './cluster-refusal.ts'
import { openPublishedRun } from './published-run.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Finds a published table in an engine on this machine for as long as the work takes: in that of the run, or brought from
 * the cluster on which the run was computed.
 * @param only which rows are brought from a cluster, where not all are needed
 * @throws TrancheError not_found before the first run; unsupported for a table that a run on a cluster doesn't have
 */
export async function withPublishedTable<T>(
  catalogue: Catalogue,
  table: string,
  env: Environment,
  work: (warehouse: Warehouse) => Promise<T>,
  only: Sql = sql`true`,
): Promise<T> {
  const { warehouse, manifest } = await openPublishedRun(catalogue, 'record')
  try {
    if (manifest.cluster === undefined || isOnThisMachine(manifest)) return await work(warehouse)
    if (!clusterTables.includes(table)) requireOnThisMachine(manifest)
    return await withBrought(catalogue, manifest, manifest.cluster, table, env, work, only)
  } finally {
    warehouse.close()
  }
}

/** The tables of the published run, where they are. */
export interface PublishedTables {
  readonly warehouse: Warehouse
  readonly manifest: Manifest
}

/**
 * Finds the tables of the published run for as long as the work takes: in the engine on this machine, or on the cluster on
 * which it was computed. The work says its tables by `tableNamed` and what engines say differently through the dialect.
 * @throws TrancheError not_found before the first run; unsupported where tranche.yaml no longer names the cluster
 */
export async function withPublishedTables<T>(
  catalogue: Catalogue,
  env: Environment,
  work: (published: PublishedTables) => Promise<T>,
): Promise<T> {
  const published = await openPublishedTables(catalogue, env)
  try {
    return await work(published)
  } finally {
    published.warehouse.close()
  }
}

/** The same for as long as one likes; close its warehouse when done. */
export async function openPublishedTables(catalogue: Catalogue, env: Environment): Promise<PublishedTables> {
  const { warehouse, manifest } = await openPublishedRun(catalogue, 'record')
  if (manifest.cluster === undefined || isOnThisMachine(manifest)) return { warehouse, manifest }
  warehouse.close()
  requireSegments(manifest)
  return { warehouse: await openRunOnCluster(catalogue, manifest, manifest.cluster, env, 'read'), manifest }
}

/** The tables of a run on the cluster where it was computed. @throws TrancheError unsupported where it is no longer named */
export async function openRunOnCluster(
  { dir, workspace }: Catalogue,
  { run }: Manifest,
  record: NonNullable<Manifest['cluster']>,
  env: Environment,
  tag: string,
): Promise<TrinoWarehouse> {
  const { warehouse: settings } = workspace
  const same =
    settings.engine === 'trino' &&
    settings.url === record.url &&
    settings.catalog === record.catalog &&
    settings.schema === record.schema
  if (!same) throw noLongerNamed(record)
  return await openCluster({ settings, dir, env, tablePrefix: record.tablePrefix, part: run, tags: [tag] })
}

async function withBrought<T>(
  catalogue: Catalogue,
  manifest: Manifest,
  record: NonNullable<Manifest['cluster']>,
  table: string,
  env: Environment,
  work: (warehouse: Warehouse) => Promise<T>,
  only: Sql,
): Promise<T> {
  const cluster = await openRunOnCluster(catalogue, manifest, record, env, 'export')
  const folder = await mkdtemp(join(folderOf(catalogue.dir).root, 'brought-'))
  const local = await openDuckDb({ path: join(folder, 'table.duckdb') })
  try {
    const file = join(folder, 'table.parquet')
    await cluster.writeParquet(sql`select * from ${tableNamed(table)} where ${only}`, file)
    await local.run(sql`create table ${ident(table)} as select * from read_parquet(${file})`)
    return await work(local)
  } finally {
    local.close()
    cluster.close()
    await rm(folder, { recursive: true, force: true })
  }
}
