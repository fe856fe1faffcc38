import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openWorkspace, validateWorkspace } from 'tranche'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const examples = resolve(import.meta.dirname, '../examples')
let room: string
beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-examples-'))
})
afterAll(() => rm(room, { recursive: true, force: true }))

describe('examples', () => {
  test('each one is valid, runs, reconciles and gives a report in both languages', async () => {
    const names = (await readdir(examples, { withFileTypes: true })).filter((entry) => entry.isDirectory())
    expect(names.length).toBeGreaterThan(0)
    for (const { name } of names) {
      const dir = join(room, name)
      await cp(join(examples, name), dir, { recursive: true, filter: (path) => !path.includes('.tranche') })
      expect((await validateWorkspace(dir)).problems).toEqual([])
      const workspace = await openWorkspace(dir)
      const { manifest } = await workspace.run()
      expect(manifest.status).toBe('published')
      expect((await workspace.reconcile()).filter(({ agrees }) => !agrees)).toEqual([])
      for (const lang of ['en', 'zh'] as const)
        expect((await workspace.report({ lang, format: 'md' })).length).toBeGreaterThan(2000)
    }
  })

  test('the tea shop filters its cancelled orders and keeps every other row', async () => {
    const workspace = await openWorkspace(join(room, 'tea-shop'))
    const { manifest, warehouse } = await workspace.published()
    warehouse.close()
    expect(manifest.rows.find(({ table }) => table === 'transactions')).toMatchObject({
      read: 3344,
      quarantined: 0,
      duplicates: 0,
    })
    expect(manifest.rows.find(({ table }) => table === 'transactions')!.filtered).toBeGreaterThan(50)
  })
})
