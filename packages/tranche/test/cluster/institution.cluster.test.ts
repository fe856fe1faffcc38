import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { simulateWorkspace } from '../../src/pipeline/simulate/simulate-workspace.ts'
import { engineName } from '../conformance/engine.ts'
import {
  dropSchema,
  expectSameOnCluster,
  expectSameReports,
  expectSameTables,
  type OnBoth,
  runOnBoth,
  tablesOnCluster,
} from './both-engines.ts'

if (engineName === 'duckdb')
  console.log('TRANCHE_TEST_CLUSTER names no cluster: the institution on both engines is skipped.')

const customers = 50_000

describe.skipIf(engineName === 'duckdb')(`An institution of ${customers} customers`, () => {
  const schema = `institution_${randomUUID().replaceAll('-', '')}`
  let room: string
  let both: OnBoth

  beforeAll(async () => {
    room = await mkdtemp(join(tmpdir(), 'tranche-cluster-institution-'))
    const dir = join(room, 'bank')
    await simulateWorkspace({ dir, customers, seed: 5 })
    both = await runOnBoth(dir, schema)
  }, 7_200_000)

  afterAll(async () => {
    both?.cluster.close()
    await dropSchema(schema)
    await rm(room, { recursive: true, force: true })
  }, 600_000)

  it.each(tablesOnCluster)(
    'has the same %s on the cluster as on one machine, row by row',
    async (table, key) => {
      const rows = await expectSameOnCluster(both, table, key)
      expect(rows.length).toBeGreaterThan(key === 'customer_id' ? customers : 30)
    },
  )

  it('has the same findings, segments and all other tables', async () => {
    expect(await expectSameTables(both)).toEqual(expect.arrayContaining(['findings', 'segment_stays']))
  })

  it('says the same in both reports, byte for byte', async () => {
    expect(both.there.run).toBe(both.here.run)
    await expectSameReports(both)
  })
})
