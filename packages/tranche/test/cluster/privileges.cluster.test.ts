import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRun } from '../../src/engine/published.ts'
import { openTrino, type TrinoWarehouse } from '../../src/engine/trino.ts'
import { dropClusterRuns } from '../../src/pipeline/cluster-run.ts'
import { inspectWorkspace } from '../../src/pipeline/doctor.ts'
import { runPipeline } from '../../src/pipeline/run.ts'
import { ident, sql, unsafeRaw } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { clusterOptions } from '../conformance/engine.ts'
import { littleWorkspace } from './little-workspace.ts'

const id = randomUUID().replaceAll('-', '')
/** Names that the rules of the cluster of tests (`cluster/access-rules.ts`) know. */
const [sources, written] = [`sources_${id}`, `written_${id}`]
const connection = clusterOptions(sources)
let room: string
let bank: TrinoWarehouse

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-privileges-test-'))
  bank = openTrino(connection)
  for (const schema of [sources, written])
    await bank.run(sql`create schema ${ident(connection.catalog, schema)}`)
  await table(
    'people',
    "select * from (values (1, date '2024-01-05'), (2, date '2024-03-01')) as t (no, since)",
  )
  await table(
    'paid',
    `select * from (values ('a', 1, timestamp '2024-05-01 10:00:00.000000', 12.50), ('b', 2, timestamp '2024-05-02 09:00:00.000000', 7.00))
    as t (id, payer, paid_at, amount)`,
  )
}, 300_000)

const table = (name: string, query: string) =>
  bank.run(sql`create table ${ident(name)} as ${unsafeRaw(query)}`)

afterAll(async () => {
  for (const schema of [sources, written])
    await bank?.run(sql`drop schema if exists ${ident(connection.catalog, schema)} cascade`)
  bank?.close()
  await rm(room, { recursive: true, force: true })
}, 120_000)

/** A workspace of two tables in place and a file, asked as a user. */
const workspaceOf = (user: string): Promise<string> =>
  littleWorkspace(room, {
    ...{ schema: written, user },
    people: `${connection.catalog}.${sources}.people`,
    paid: `${connection.catalog}.${sources}.paid`,
  })

async function wrongOf(dir: string): Promise<readonly string[]> {
  const { checks } = await inspectWorkspace(dir, {})
  return checks.flatMap(({ key, ok, text }) =>
    ok || key === 'published' || key === 'state' ? [] : [`${key}: ${text.en}`],
  )
}

describe('A user who may read the sources and write in one schema', () => {
  it('needs no more for runs that are published, and their expiry', async () => {
    const dir = await workspaceOf('least')
    expect(await wrongOf(dir)).toEqual([])
    const catalogue = await loadWorkspace(dir)
    const first = await runPipeline(catalogue)
    const { manifest, folder } = await runPipeline(catalogue, { asOf: '2024-06-01' })
    expect(manifest.inputs.filter(({ snapshot }) => snapshot !== undefined)).toHaveLength(2)
    const run = await openRun(folder)
    expect(await run.rows(sql`select customer_id, spend from features order by 1`)).toEqual([
      { customer_id: '1', spend: '12.5000' },
      { customer_id: '2', spend: '7.0000' },
    ])
    run.close()
    const { tablePrefix } = first.manifest.cluster!
    const left = async () =>
      await bank.rows(
        sql`select table_name from information_schema.tables where table_schema = ${written} and starts_with(table_name, ${tablePrefix})`,
      )
    expect((await left()).length).toBeGreaterThan(3)
    await dropClusterRuns(catalogue, [first.run], {})
    expect(await left()).toEqual([])
    const { checks } = await inspectWorkspace(dir, {})
    expect(checks.find(({ key }) => key === 'cluster_source_paid')!.text.en).toMatch(
      /sources_\w+\.paid can be read \(4 columns, with all that is mapped\), as of snapshot \d+$/,
    )
  }, 900_000)

  it('without the tables of snapshots reads rows as they are, and is told so', async () => {
    const dir = await workspaceOf('least_without_snapshots')
    expect(await wrongOf(dir)).toEqual([])
    const { checks } = await inspectWorkspace(dir, {})
    expect(checks.find(({ key }) => key === 'cluster_source_paid')!.text.en).toContain(
      'no snapshot that this user sees',
    )
    const { manifest } = await runPipeline(await loadWorkspace(dir))
    expect(manifest.inputs.filter(({ snapshot }) => snapshot !== undefined)).toEqual([])
    expect(manifest.steps.map(({ key }) => key)).toContain('unchanged')
  }, 900_000)
})

describe('One right less', () => {
  it.each([
    [
      'source',
      `the cluster does not let its user read ${connection.catalog}.${sources}.`,
      ['cluster_source_paid', 'cluster_source_people'],
    ],
    [
      'select',
      `The cluster does not let its user select from table ${connection.catalog}.${written}.`,
      ['cluster_shared'],
    ],
    [
      'insert',
      `The cluster does not let its user insert into table ${connection.catalog}.${written}.`,
      ['cluster_write', 'cluster_shared'],
    ],
    [
      'ownership',
      `The cluster does not let its user create table ${connection.catalog}.${written}.`,
      ['cluster_write', 'cluster_shared'],
    ],
  ])(
    '(%s) refuses the run before anything is published, in words that name what and where',
    async (right, message, checks) => {
      const dir = await workspaceOf(`least_without_${right}`)
      const wrong = await wrongOf(dir)
      expect(wrong.map((line) => line.split(':')[0])).toEqual(checks)
      for (const line of wrong) expect(line).toContain(message)
      const catalogue = await loadWorkspace(dir)
      await expect(runPipeline(catalogue)).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining(message),
      })
    },
    600_000,
  )
})
