import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import type { Cell, Warehouse } from '../../src/engine/warehouse.ts'
import { stageFile } from '../../src/intake/readers/stage-file.ts'
import type { StageOptions } from '../../src/intake/readers/staged-file.ts'
import { ident, sql } from '../../src/sql/sql.ts'

export interface Read {
  readonly names: readonly string[]
  readonly rows: readonly Readonly<Record<string, Cell>>[]
  readonly rejected: readonly Readonly<Record<string, Cell>>[]
  readonly records: number
  readonly notes: readonly string[]
}

/** Runs with a folder and an engine of its own, both gone afterwards. */
export async function withFolder<T>(work: (dir: string, warehouse: Warehouse) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'tranche-readers-'))
  const warehouse = await openDuckDb({ path: ':memory:', threads: 2 })
  try {
    return await work(dir, warehouse)
  } finally {
    warehouse.close()
    await rm(dir, { recursive: true, force: true })
  }
}

/** Stages a file of that content and returns all there is to see. */
export async function readContent(
  content: string | Buffer,
  options: Omit<StageOptions, 'file' | 'warehouse'> & { readonly name?: string } = {},
): Promise<Read> {
  return await withFolder(async (dir, warehouse) => {
    const { name = 'file.csv', ...rest } = options
    const file = join(dir, name)
    await writeFile(file, content)
    return await readStaged(warehouse, { ...rest, file })
  })
}

/** Stages a file that is there. */
export async function readStaged(
  warehouse: Warehouse,
  options: Omit<StageOptions, 'warehouse'>,
): Promise<Read> {
  const staged = await stageFile({ ...options, warehouse })
  try {
    const rows = await warehouse.rows(sql`select * from ${staged.relation} order by _line`)
    const rejected =
      staged.rejected === null
        ? []
        : await warehouse.rows(sql`select * from ${ident(staged.rejected)} order by line`)
    return {
      names: staged.columns.map(({ name }) => name),
      rows,
      rejected,
      records: staged.records,
      notes: staged.notes.map(({ en }) => en),
    }
  } finally {
    await staged.drop()
  }
}
