import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { TrancheError } from '../errors.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import type { SharedFolder } from './trino-load.ts'
import type { Warehouse } from './warehouse.ts'

export interface BringOptions {
  readonly cluster: Warehouse
  readonly local: Warehouse
  /** The cluster writes Parquet into it, which is read here; without it rows come through the coordinator. */
  readonly shared: SharedFolder | undefined
  /** A folder on this machine for what comes through the coordinator. */
  readonly scratch: string
}

/**
 * Creates a table here, replacing one of that name, from a run's table on the cluster.
 * @param order in which its rows lie here
 * @returns its rows
 */
export async function bringTable(table: string, order: Sql, options: BringOptions): Promise<number> {
  const { cluster, local, shared } = options
  const { n } = await cluster.row<{ n: number }>(sql`select count(*) as n from ${tableNamed(table)}`)
  const create = async (files: readonly string[]) =>
    await local.run(sql`create or replace table ${ident(table)} as
      select * from read_parquet([${join(files.map((file) => sql`${file}`))}])
      order by ${order}`)
  // A table without rows has no files that would tell its columns.
  if (shared === undefined || n === 0) await throughCoordinator(table, options, create)
  else await throughFolder(table, cluster, shared, create)
  return n
}

type Create = (files: readonly string[]) => Promise<void>

async function throughCoordinator(
  table: string,
  { cluster, scratch }: BringOptions,
  create: Create,
): Promise<void> {
  await mkdir(scratch, { recursive: true })
  const folder = await mkdtemp(joinPath(scratch, 'brought-'))
  try {
    const file = joinPath(folder, 'rows.parquet')
    await cluster.writeParquet(sql`select * from ${tableNamed(table)}`, file)
    await create([file])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** By a copy in the shared folder: the catalog may keep its own tables where this machine can't read. */
async function throughFolder(
  table: string,
  cluster: Warehouse,
  { folder, location }: SharedFolder,
  create: Create,
): Promise<void> {
  const copy = `brought_${table}`
  const name = `brought-${randomUUID()}`
  const place = `${location}/${name}/`
  await cluster.run(sql`drop table if exists ${tableNamed(copy)}`)
  try {
    await cluster.run(sql`create table ${tableNamed(copy)} with (format = 'PARQUET', location = ${place})
      as select * from ${tableNamed(table)}`)
    const written = await cluster.rows<{ path: string }>(
      sql`select file_path as path from ${tableNamed(`${copy}$files`)} order by 1`,
    )
    await create(
      written.map(({ path }) => {
        if (!path.startsWith(place)) throw elsewhere(path, place)
        return joinPath(folder, name, path.slice(place.length))
      }),
    )
  } finally {
    await cluster.run(sql`drop table if exists ${tableNamed(copy)}`)
    await rm(joinPath(folder, name), { recursive: true, force: true })
  }
}

function elsewhere(path: string, place: string): TrancheError {
  return new TrancheError(
    'unsupported',
    {
      en: `The cluster wrote ${path}, not into ${place} as it was asked.`,
      zh: `集群写入了 ${path}，而不是指定的 ${place}。`,
    },
    {
      hint: {
        en: 'Look at warehouse.shared in tranche.yaml: folder and location must be the same place.',
        zh: '请检查 tranche.yaml 的 warehouse.shared：folder 与 location 必须指向同一位置。',
      },
    },
  )
}
