import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import type { RunContext } from '../../src/engine/run-context.ts'
import type { Row } from '../../src/engine/warehouse.ts'
import { type IntakeResult, takeIn } from '../../src/intake/intake.ts'
import type { IntakeState } from '../../src/intake/intake-state.ts'
import { openKeyring } from '../../src/privacy/pseudonym.ts'
import { unsafeRaw } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'

const opened: { readonly close: () => Promise<void> }[] = []

afterEach(async () => {
  for (const item of opened.splice(0)) await item.close()
})

export const now = new Date('2024-07-01T00:00:00Z')

/** A workspace in a folder of its own, gone after the test. */
export interface Institution {
  readonly dir: string
  readonly folder: string
  write(path: string, content: string | Uint8Array): Promise<void>
  /** Writes Parquet from a query. */
  parquet(path: string, query: string): Promise<void>
  sources(...sources: readonly object[]): Promise<void>
  take(previous?: IntakeState | null, secret?: string, workspace?: string): Promise<Taken>
  /** The database of the last take, whether or not it went well. */
  lastRows(query: string): Promise<readonly Row[]>
}

export interface Taken extends Omit<IntakeResult, 'rows'> {
  readonly warehouse: DuckDbWarehouse
  readonly result: IntakeResult
  rows(query: string): Promise<readonly Row[]>
}

export async function createInstitution(settings: object = {}): Promise<Institution> {
  const dir = await mkdtemp(join(tmpdir(), 'intake-'))
  const folder = join(dir, '.tranche')
  opened.push({ close: () => rm(dir, { recursive: true, force: true }) })
  const write = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), content)
  }
  await write(
    'tranche.yaml',
    JSON.stringify({ name: { en: 'Test', zh: '测试' }, timeZone: 'Asia/Shanghai', ...settings }),
  )
  let last: DuckDbWarehouse | undefined
  return {
    dir,
    folder,
    lastRows: (query) => last!.rows(unsafeRaw(query)),
    write,
    parquet: async (path, query) => {
      const warehouse = await openDuckDb({ path: ':memory:' })
      await mkdir(dirname(join(dir, path)), { recursive: true })
      await warehouse.writeParquet(unsafeRaw(query), join(dir, path))
      warehouse.close()
    },
    sources: async (...sources) => {
      await write('sources/all.yaml', JSON.stringify(sources))
    },
    take: async (previous = null, secret, workspace = dir) => {
      const folder = join(workspace, '.tranche')
      const catalogue = await loadWorkspace(workspace)
      const warehouse = await openDuckDb({ path: ':memory:' })
      last = warehouse
      opened.unshift({ close: async () => warehouse.close() })
      const keyring = await openKeyring({ file: join(folder, 'pseudonym.key'), secret })
      const result = await takeIn({ catalogue, warehouse, folder, previous, keyring, context: context() })
      return { ...result, result, warehouse, rows: (query) => warehouse.rows(unsafeRaw(query)) }
    },
  }
}

export function context(): RunContext {
  return {
    asOf: now.toISOString(),
    timeZone: 'Asia/Shanghai',
    seed: 1,
    clock: () => now,
    progress: () => undefined,
    signal: new AbortController().signal,
  }
}

/** A mapping that renames. */
export function from(columns: Readonly<Record<string, string>>): Record<string, { from: string }> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, { from: column }]))
}
