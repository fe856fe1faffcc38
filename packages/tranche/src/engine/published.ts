import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { TrancheError } from '../errors.ts'
import { ident, type Sql, sql, typed, unsafeRaw } from '../sql/sql.ts'
import { writeAtomically } from './atomic-file.ts'
import { type DuckDbOptions, type DuckDbWarehouse, openDuckDb } from './duckdb.ts'
import { type Folder, type RunFolder, runFolderOf } from './folder.ts'
import type { Warehouse } from './warehouse.ts'

const pointerSchema = z.object({ run: z.string().regex(/^[\w-]+$/) })

/** The run whose tables are in force, or null before the first. */
export async function readPointer(folder: Folder): Promise<RunFolder | null> {
  let text: string
  try {
    text = await readFile(folder.pointer, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const outcome = pointerSchema.safeParse(parseJson(text))
  if (!outcome.success)
    throw new TrancheError(
      'damaged',
      { en: `${folder.pointer} is not readable.`, zh: `${folder.pointer} 无法读取。` },
      { hint: { en: 'Delete it and run `tranche run`.', zh: '请删除该文件并执行 `tranche run`。' } },
    )
  return runFolderOf(folder, outcome.data.run)
}

/** Puts a finished run in force: one atomic rename, so that a reader sees the old one or the new one. */
export async function publish(folder: Folder, run: string): Promise<void> {
  await writeAtomically(folder.pointer, `${JSON.stringify({ run })}\n`)
}

/**
 * Opens a run's tables for reading, beside any number of other readers and a run that writes the next.
 * Tables of the run are found by their bare names; what a reader creates stays in memory.
 */
export async function openRun(
  run: RunFolder,
  options: Omit<DuckDbOptions, 'path' | 'readOnly'> = {},
): Promise<DuckDbWarehouse> {
  const warehouse = await openDuckDb({ ...options, path: ':memory:' })
  try {
    const file = unsafeRaw(warehouse.dialect.literal(typed('varchar', run.database)))
    await warehouse.run(sql`attach ${file} as run (read_only)`)
    const tables = await warehouse.rows<{ schema: string; name: string }>(
      sql`select table_schema as schema, table_name as name from information_schema.tables
        where table_catalog = 'run' and table_schema in ('main', 'run_state') order by 1, 2`,
    )
    await warehouse.run(sql`create schema run_state`)
    for (const { schema, name } of tables)
      await warehouse.run(
        sql`create view ${ident(schema, name)} as select * from ${ident('run', schema, name)}`,
      )
    return warehouse
  } catch (error) {
    warehouse.close()
    throw error
  }
}

/** A table itself of a run that `openRun` opened: its rows have places, which those of a view have not. */
export function publishedTable(name: string): Sql {
  return ident('run', 'main', name)
}

/** Attaches another run's tables read-only under a name for as long as the work takes. */
export async function beside(
  warehouse: Warehouse,
  run: RunFolder,
  name: string,
  work: (schema: string) => Promise<void>,
): Promise<void> {
  const file = unsafeRaw(warehouse.dialect.literal(typed('varchar', run.database)))
  await warehouse.run(sql`attach ${file} as ${ident(name)} (read_only)`)
  try {
    await work(name)
  } finally {
    await warehouse.run(sql`detach ${ident(name)}`)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
