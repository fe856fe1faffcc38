import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StandardTableName, standardTables } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { proposeWorkspace, writeProposal } from '../../src/intake/propose/propose.ts'
import { packFolder, readPack } from '../../src/intake/propose/starter-catalogue.ts'
import { templateSources } from '../../src/intake/propose/templates.ts'
import { validateWorkspace } from '../../src/pipeline/validate.ts'
import { command } from '../robustness/in-process.ts'

const people = 40

/** Rows of a standard table for everybody, as its own columns ask for them. */
function rowsOf(table: StandardTableName, kinds: readonly string[]): string {
  const { columns } = standardTables.find(({ name }) => name === table)!
  const count = table === 'customer_versions' ? people : table === 'products' ? 3 : people * 6
  const lines = Array.from({ length: count }, (_, i) =>
    columns.map(({ name, type }) => {
      if (name === 'customer_id') return `C${i % people}`
      if (name === 'account_id') return table === 'accounts' ? `A${i}` : `A${i % people}`
      if (name === 'product_id') return `P${i % 3}`
      if (name === 'kind') return table === 'products' ? 'wealth' : kinds[i % kinds.length]!
      if (name === 'product_kind') return 'loan'
      if (name === 'gender') return i % 2 === 0 ? 'male' : 'female'
      if (name === 'decision') return i % 3 === 0 ? 'declined' : 'approved'
      if (name === 'arm') return 'treatment'
      if (['closed_at', 'valid_from', 'valid_to', 'currency'].includes(name)) return ''
      if (type === 'id') return `${name}-${i}`
      if (type === 'date' || type === 'instant')
        return new Date(Date.UTC(2025, 0, 1 + ((i * 7) % 360))).toISOString().slice(0, 10)
      if (type === 'money') return String(100 + i)
      if (type === 'integer' || type === 'number') return String(1 + (i % 12))
      if (type === 'string') return 'x'
      return ''
    }),
  )
  return [columns.map(({ name }) => name), ...lines].map((line) => line.join(',')).join('\n')
}

/** Each template is written, runs on rows of its own and explains a customer. */
export function describeTemplates(names: readonly string[]): void {
  let room: string
  beforeAll(async () => {
    room = await mkdtemp(join(tmpdir(), 'tranche-templates-'))
  })
  afterAll(() => rm(room, { recursive: true, force: true }))

  describe.each(names)('the template %s', (name) => {
    test('is written, is sound, runs on rows of its own and explains a customer in its own words', async () => {
      const dir = join(room, name)
      const warehouse = await openDuckDb({ path: ':memory:', threads: 1 })
      try {
        await writeProposal(
          dir,
          await proposeWorkspace({ files: [], target: dir, template: name, warehouse }),
        )
      } finally {
        warehouse.close()
      }
      const own = await readPack(packFolder(name))
      const validation = await validateWorkspace(dir)
      expect(validation.problems).toEqual([])
      for (const { kind, file, key } of own)
        expect(await readFile(join(dir, `${kind}s`, file), 'utf8')).toContain(`key: ${key}\n`)
      const { sources, purchases } = templateSources(name)
      const kind = /"(\w+)"/.exec(purchases)![1]!
      await mkdir(join(dir, 'data'), { recursive: true })
      for (const { table, file } of sources)
        await writeFile(
          join(dir, file),
          rowsOf(table, table === 'ledger' ? ['interest', 'premium', 'claim', 'fee', 'interchange'] : [kind]),
        )
      const run = await command(['-C', dir, 'run'])
      expect(run.code, run.stderr).toBe(0)
      const exported = join(room, `${name}.jsonl`)
      await command(['-C', dir, 'export', 'metrics', '--format', 'jsonl', '--out', exported])
      const metrics = (await readFile(exported, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { key: string; value: number | null })
      const valued = new Set(metrics.filter(({ value }) => value !== null).map(({ key }) => key))
      for (const { key } of own.filter((definition) => definition.kind === 'metric'))
        expect([...valued], key).toContain(key)
      for (const lang of ['en', 'zh'] as const) {
        const { stdout, code } = await command(['-C', dir, '--lang', lang, 'explain', 'C1'])
        expect(code).toBe(0)
        for (const { key, value } of own.filter((definition) => definition.kind === 'feature'))
          expect(stdout, key).toContain(value.label[lang])
      }
    }, 300_000)
  })
}
