import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Source } from '@tranche/contract'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { type Proposal, proposeWorkspace } from '../../src/intake/propose/propose.ts'

/** A proposal for files that are there. */
export async function proposeFor(...files: readonly string[]): Promise<Proposal> {
  const warehouse = await openDuckDb({ path: ':memory:', threads: 2 })
  try {
    return await proposeWorkspace({ files, target: join(tmpdir(), 'bank'), name: 'Bank', warehouse })
  } finally {
    warehouse.close()
  }
}

/** A proposal for files of these contents. */
export async function proposeContents(files: Readonly<Record<string, string | Buffer>>): Promise<Proposal> {
  const dir = await mkdtemp(join(tmpdir(), 'tranche-propose-'))
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content)
    return await proposeFor(...Object.keys(files).map((name) => join(dir, name)))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** How a source maps a table: for each column where its value comes from. */
export function mappingOf(proposal: Proposal, table: string, source?: string): Record<string, unknown> {
  const found = proposal.sources
    .filter(({ key }) => source === undefined || key === source)
    .flatMap(({ value }) => value.tables)
    .find((candidate) => candidate.table === table)
  if (found === undefined) return {}
  return Object.fromEntries(
    Object.entries(found.columns).map(([name, { from, expr, value, lookup }]) => [
      name,
      from ?? expr ?? (value === undefined ? undefined : { value }) ?? lookup,
    ]),
  )
}

export function extrasOf(proposal: Proposal, table = 'customer_versions'): Record<string, string> {
  const found = proposal.sources
    .flatMap(({ value }) => value.tables)
    .find((candidate) => candidate.table === table)
  return Object.fromEntries(Object.entries(found?.extras ?? {}).map(([name, { type }]) => [name, type]))
}

export function sourceOf(proposal: Proposal, key: string): Source {
  return proposal.sources.find((source) => source.key === key)!.value
}

/** Rows as a comma-separated text. */
export function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell))).join(',')).join('\n')
}
