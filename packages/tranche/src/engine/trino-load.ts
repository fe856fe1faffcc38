import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { TrancheError } from '../errors.ts'
import { quoteText } from '../sql/quote.ts'
import { join, type Sql, sql, unsafeRaw } from '../sql/sql.ts'
import type { Warehouse } from './warehouse.ts'

/** A folder that this program and the cluster both reach: its path here, and its location there. */
export interface SharedFolder {
  readonly folder: string
  readonly location: string
}

/** Without a shared folder more rows than these are refused: a cluster takes about a thousand inserted rows a second. */
const mostInsertedRows = 5_000
const rowsPerInsert = 500

/** A Parquet file in the shared folder that no table has taken yet. */
export interface Incoming {
  readonly path: string
  readonly location: string
}

/** Writes a file into a place of its own in the shared folder. */
export async function writeIncoming(
  { folder, location }: SharedFolder,
  table: string,
  write: (file: string) => Promise<void>,
): Promise<Incoming> {
  const name = `${table}-${randomUUID()}`
  const path = joinPath(folder, 'incoming', name)
  await mkdir(path, { recursive: true })
  try {
    await write(joinPath(path, 'rows.parquet'))
    return { path, location: `${location}/incoming/${name}` }
  } catch (error) {
    await rm(path, { recursive: true, force: true })
    throw error
  }
}

/** The table takes a Parquet file as its own: nothing passes through the coordinator. */
export async function takeIncoming(
  cluster: Warehouse,
  table: string,
  { path, location }: Incoming,
): Promise<void> {
  try {
    await cluster.run(
      sql`alter table ${cluster.dialect.table([table])} execute add_files(
        location => ${unsafeRaw(quoteText(location))}, format => 'PARQUET')`,
    )
  } catch (error) {
    await rm(path, { recursive: true, force: true })
    throw error
  }
}

/** Writes a file, and lets the table take it. */
export async function addFile(
  cluster: Warehouse,
  shared: SharedFolder,
  table: string,
  write: (file: string) => Promise<void>,
): Promise<void> {
  await takeIncoming(cluster, table, await writeIncoming(shared, table, write))
}

/** Inserts rows whose cells are texts of SQL, some hundreds at a time. */
export async function insertTuples(
  cluster: Warehouse,
  table: string,
  count: number,
  tuple: (row: number) => readonly Sql[],
): Promise<void> {
  requireFewRows(table, count)
  for (let start = 0; start < count; start += rowsPerInsert) {
    const rows = Array.from(
      { length: Math.min(rowsPerInsert, count - start) },
      (_, offset) => sql`(${join(tuple(start + offset))})`,
    )
    await cluster.run(sql`insert into ${cluster.dialect.table([table])} values ${join(rows)}`)
  }
}

/** @throws TrancheError unsupported for more rows than are inserted one by one */
export function requireFewRows(table: string, rows: number): void {
  if (rows <= mostInsertedRows) return
  throw new TrancheError(
    'unsupported',
    {
      en: `${rows} rows for ${table} are too many to insert one by one.`,
      zh: `表 ${table} 的 ${rows} 行数据过多，无法逐行写入。`,
    },
    {
      hint: {
        en: 'Name a folder that the cluster reaches too (warehouse.shared in tranche.yaml).',
        zh: '请指定集群也能访问的文件夹（tranche.yaml 中的 warehouse.shared）。',
      },
    },
  )
}
