import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reconcilePublished } from '../../src/pipeline/reconcile.ts'
import { command } from '../robustness/in-process.ts'
import {
  dropSchema,
  expectSameOnCluster,
  expectSameReports,
  expectSameTables,
  type OnBoth,
  runOnBoth,
  tablesOnCluster,
} from './both-engines.ts'

const data = process.env['TRANCHE_DATA']
if (data === undefined)
  console.log('TRANCHE_DATA names no folder: whole workspaces of real data are skipped.')

const sets = {
  berka_pkdd99: [
    ...['account', 'card', 'client', 'disp', 'district', 'loan', 'order'].map((name) => `${name}.csv`),
    'trans_feup_loan_test_accounts.csv.gz',
  ],
  online_retail_uci: ['online_retail.csv.gz'],
}

describe.skipIf(data === undefined).each(Object.entries(sets))('%s, from its files on', (name, files) => {
  const schema = `${name}_${randomUUID().replaceAll('-', '')}`
  let room: string
  let both: OnBoth

  beforeAll(async () => {
    room = await mkdtemp(join(tmpdir(), 'tranche-cluster-data-'))
    const dir = join(room, name)
    const paths = files.map((file) => join(data!, name, file))
    const said = await command(['init', dir, '--from', ...paths, '--yes'])
    expect(said.code, said.stderr).toBe(0)
    both = await runOnBoth(dir, schema)
  }, 3_600_000)

  afterAll(async () => {
    both?.cluster.close()
    await dropSchema(schema)
    await rm(room, { recursive: true, force: true })
  }, 120_000)

  it.each(tablesOnCluster)(
    'has the same %s on the cluster as on one machine, row by row',
    async (table, key) => {
      const rows = await expectSameOnCluster(both, table, key)
      const names = Object.keys(rows[0]!)
      expect(names.filter((column) => rows.some((row) => row[column] !== null)).length).toBeGreaterThan(5)
    },
  )

  it('has the same findings, segments and all other tables', async () => {
    expect(await expectSameTables(both)).toEqual(
      expect.arrayContaining(['features', 'findings', 'quality', 'segment_membership', 'segment_summary']),
    )
  })

  it('says the same in both reports, byte for byte', async () => {
    expect(both.there.run).toBe(both.here.run)
    await expectSameReports(both)
  })

  it('reconciles, to the same numbers', async () => {
    const lines = await reconcilePublished(both.remote)
    expect(lines.filter(({ agrees }) => !agrees)).toEqual([])
    expect(lines).toEqual(await reconcilePublished(both.embedded))
  })
})
