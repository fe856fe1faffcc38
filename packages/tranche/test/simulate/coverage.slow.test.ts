import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { simulate } from '../../src/pipeline/simulate/simulate.ts'
import { openFiles } from './clean-tables.ts'
import { estimateAll } from './estimates.ts'

const institutions = 20
const customers = 40_000

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tranche-coverage-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

it('has planted values that 95% intervals of simple estimators cover as often as they should', async () => {
  const covered = new Map<string, number>()
  for (let seed = 1; seed <= institutions; seed++) {
    const dir = join(root, 'institution')
    const { truth } = await simulate({ dir, customers, seed, dirt: 0, transactionsPerCustomer: 20 })
    const files = await openFiles(dir)
    const estimates = await estimateAll(files)
    files.close()
    for (const { key, value } of truth.effects) {
      const found = estimates.get(key)
      if (found === undefined) continue
      const inside = Math.abs(found.value - value) <= 1.96 * found.standardError
      covered.set(key, (covered.get(key) ?? 0) + (inside ? 1 : 0))
    }
  }
  const share = [...covered.values()].reduce((sum, count) => sum + count, 0) / (covered.size * institutions)
  expect(share).toBeGreaterThan(0.92)
  expect(share).toBeLessThan(0.98)
  expect([...covered].filter(([, count]) => count < 15)).toEqual([])
}, 1_800_000)
