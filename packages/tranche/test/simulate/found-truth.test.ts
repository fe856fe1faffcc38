import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { simulate } from '../../src/pipeline/simulate/simulate.ts'
import { openFiles } from './clean-tables.ts'
import { type Estimate, estimateAll } from './estimates.ts'
import { type InstitutionRun, runInstitution } from './institution-run.ts'

const institution = { customers: 3000, seed: 4, transactionsPerCustomer: 20 }

describe('a run over a simulated institution', () => {
  let root = ''
  let made: InstitutionRun
  let simple: ReadonlyMap<string, Estimate>
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'tranche-found-'))
    made = await runInstitution(join(root, 'dirty'), institution)
    // The same institution without dirt, estimated on its files by other means.
    await simulate({ dir: join(root, 'clean'), ...institution, dirt: 0 })
    const files = await openFiles(join(root, 'clean'))
    simple = await estimateAll(files)
    files.close()
  }, 600_000)
  afterAll(() => rm(root, { recursive: true, force: true }))

  it('sets aside exactly the dirt that was planted', () => {
    expect(made.rows).toEqual(made.truth.sources)
    expect(made.truth.sources.reduce((sum, { quarantined }) => sum + quarantined, 0)).toBeGreaterThan(500)
  })

  it('finds every planted number of which there are tables: all but the mindset groups', () => {
    const found = new Set(made.comparisons.map(({ key }) => key))
    const left = made.truth.effects.map(({ key }) => key).filter((key) => !found.has(key))
    expect(left.filter((key) => !key.startsWith('mindset.'))).toEqual([])
  })

  it('finds in dirty files through its own tables what simple estimators find in clean ones', () => {
    const apart = made.comparisons.flatMap(({ key, found, low, high, exact }) => {
      const other = simple.get(key)!.value
      // The product's 30 days end with a business day, theirs at the hour: a day's newcomers count or don't.
      const reach = exact === true ? 1e-6 * found : (high - low) / 20
      return Math.abs(found - other) <= reach ? [] : [{ key, found, other, low, high }]
    })
    expect(apart).toEqual([])
  })

  it('gives intervals as wide as the standard errors of simple estimators say', () => {
    const apart = made.comparisons.flatMap(({ key, low, high, exact }) => {
      if (exact === true) return []
      const ratio = (high - low) / (2 * 1.96 * simple.get(key)!.standardError)
      return ratio > 0.85 && ratio < 1.3 ? [] : [{ key, ratio }]
    })
    expect(apart).toEqual([])
  })
})
