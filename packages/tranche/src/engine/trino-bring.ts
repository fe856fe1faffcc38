import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { TrancheError } from '../errors.ts'
import { ident, join, type Sql, sql, tableNamed } from '../sql/sql.ts'
import { sideBySide } from './side-by-side.ts'
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
  const [rows] = await bringTables([[table, order]], options)
  return rows!
}

/** Brings several tables, each with its order: one is read here while the cluster writes the next. @returns rows of each */
export async function bringTables(
  tables: readonly (readonly [table: string, order: Sql])[],
  options: BringOptions,
): Promise<readonly number[]> {
  return await sideBySide(
    tables,
    async ([table]) => await written(table, options),
    async ({ files, remove }, [table, order]) => {
      try {
        await options.local.run(sql`create or replace table ${ident(table)} as
          select * from read_parquet([${join(files.map((file) => sql`${file}`))}])
          order by ${order}`)
      } finally {
        await remove()
      }
      const { n } = await options.local.row<{ n: number }>(sql`select count(*) as n from ${ident(table)}`)
      return n
    },
  )
}

/** Parquet files of rows on this machine. */
export interface Written {
  readonly files: readonly string[]
  readonly remove: () => Promise<void>
}

async function written(table: string, options: BringOptions): Promise<Written> {
  const { cluster, shared } = options
  const rows = sql`select * from ${tableNamed(table)}`
  const through = shared === undefined ? null : await writtenThere(cluster, rows, shared)
  // A table without rows has no files that would tell its columns.
  return through ?? (await throughCoordinator(rows, options))
}

async function throughCoordinator(rows: Sql, { cluster, scratch }: BringOptions): Promise<Written> {
  await mkdir(scratch, { recursive: true })
  const folder = await mkdtemp(joinPath(scratch, 'brought-'))
  const remove = async () => await rm(folder, { recursive: true, force: true })
  try {
    const file = joinPath(folder, 'rows.parquet')
    await cluster.writeParquet(rows, file)
    return { files: [file], remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/**
 * Has a cluster write the rows of a statement into the folder shared with it, since the catalog may keep its own tables where
 * this machine can't read. Null where there are none.
 */
export async function writtenThere(
  cluster: Pick<Warehouse, 'run' | 'rows'>,
  rows: Sql,
  { folder, location }: SharedFolder,
): Promise<Written | null> {
  const name = `brought-${randomUUID()}`
  // One that a lost connection leaves behind goes with its run.
  const copy = name.replaceAll('-', '_')
  const place = `${location}/${name}/`
  const remove = async () => {
    await cluster.run(sql`drop table if exists ${tableNamed(copy)}`)
    await rm(joinPath(folder, name), { recursive: true, force: true })
  }
  try {
    await cluster.run(
      sql`create table ${tableNamed(copy)} with (format = 'PARQUET', location = ${place}) as ${rows}`,
    )
    const found = await cluster.rows<{ path: string }>(
      sql`select file_path as path from ${tableNamed(`${copy}$files`)} order by 1`,
    )
    if (found.length > 0)
      return {
        files: found.map(({ path }) => {
          if (!path.startsWith(place)) throw elsewhere(path, place)
          return joinPath(folder, name, path.slice(place.length))
        }),
        remove,
      }
  } catch (error) {
    await remove()
    throw error
  }
  await remove()
  return null
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
