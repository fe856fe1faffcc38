import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openRun } from '../../src/engine/published.ts'
import { recordDecision } from '../../src/pipeline/consent.ts'
import { explainPublished } from '../../src/pipeline/explain.ts'
import { inspectCluster } from '../../src/pipeline/inspect-cluster.ts'
import { replayRun } from '../../src/pipeline/replay.ts'
import { type RunOutcome, runPipeline } from '../../src/pipeline/run.ts'
import { sql } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { warehouseSettings } from './both-engines.ts'
import { useBank } from './use-bank.ts'

const place = useBank('consents')
const { schema } = place
const stateSchema = `state_${schema}`
const { ports } = JSON.parse(process.env['TRANCHE_TEST_CLUSTER']!) as { ports: { postgres: number } }

const feature = (key: string, granted: string) =>
  `- {key: ${key}, label: {en: ${key}, zh: ${key}}, from: consents, where: 'purpose == "marketing" && ${granted}', measure: {count: rows}, unit: count, empty: 0}\n`

/** A workspace whose state lies on the server: one customer's decisions in a file, all others' in the state. */
async function workspace(name: string, warehouse: string): Promise<string> {
  const dir = join(place.room, name)
  for (const folder of ['sources', 'features']) await mkdir(join(dir, folder), { recursive: true })
  const files: Readonly<Record<string, string>> = {
    'tranche.yaml': `name: {en: Small, zh: 小}
timeZone: Asia/Shanghai
currency: CNY
asOf: 2024-07-01
state: {engine: postgres, host: 127.0.0.1, port: ${ports.postgres}, database: state, user: postgres, schema: ${stateSchema}, tls: none}
${warehouse}`,
    'people.csv': 'no,since\n1,2024-01-05\n2,2024-01-06\n3,2024-01-07\n4,2024-01-08\n',
    'decisions.csv': 'who,what,yes,at\n1,marketing,true,2024-02-01 00:00:00\n',
    'sources/people.yaml': JSON.stringify({
      key: 'people',
      files: 'people.csv',
      tables: [
        {
          table: 'customer_versions',
          columns: { customer_id: { from: 'no' }, onboarded_at: { from: 'since' } },
        },
      ],
    }),
    'sources/decisions.yaml': JSON.stringify({
      key: 'decisions',
      files: 'decisions.csv',
      tables: [
        {
          table: 'consents',
          columns: {
            customer_id: { from: 'who' },
            purpose: { from: 'what' },
            granted: { from: 'yes' },
            decided_at: { from: 'at', timeZone: 'UTC' },
          },
        },
      ],
    }),
    'features/consents.yaml': feature('granted', 'granted') + feature('withdrawn', '!granted'),
  }
  for (const [path, text] of Object.entries(files)) await writeFile(join(dir, path), text)
  return dir
}

async function decide(dir: string, customerId: string, granted: boolean, at: string): Promise<void> {
  const decision = { customerId, purpose: 'marketing', granted, decidedAt: new Date(at) }
  const clock = () => new Date('2024-06-01T00:00:00Z')
  await recordDecision(
    await loadWorkspace(dir),
    { ...decision, noticeVersion: 'v1', evidence: null },
    { who: 'test', clock },
  )
}

async function featuresOf({ folder }: RunOutcome) {
  const run = await openRun(folder)
  try {
    return await run.rows(sql`select customer_id, granted, withdrawn from features order by customer_id`)
  } finally {
    run.close()
  }
}

beforeAll(async () => {
  const dir = await workspace('first', '')
  await decide(dir, '1', true, '2024-02-01T00:00:00Z')
  await decide(dir, '2', true, '2024-03-01T00:00:00Z')
  await decide(dir, '2', false, '2024-04-01T00:00:00Z')
  await decide(dir, '3', true, '2024-05-01T00:00:00Z')
}, 120_000)

describe("The state's consents, read through the cluster's own catalog", () => {
  const expected = [
    { customer_id: '1', granted: 1, withdrawn: 0 },
    { customer_id: '2', granted: 1, withdrawn: 1 },
    { customer_id: '3', granted: 1, withdrawn: 0 },
    { customer_id: '4', granted: null, withdrawn: null },
  ]

  it('count as those that are copied, on this machine and on the cluster', async () => {
    const here = await runPipeline(await loadWorkspace(join(place.room, 'first')))
    const copied = await runPipeline(
      await loadWorkspace(await workspace('copied', warehouseSettings(schema))),
    )
    expect(await featuresOf(here)).toEqual(expected)
    expect(await featuresOf(copied)).toEqual(expected)
    expect(copied.manifest.consents).toMatchObject({ rows: 4 })
  }, 600_000)

  it('are those recorded before the run began, whoever decides meanwhile, and nothing of them is copied', async () => {
    const dir = await workspace('there', `${warehouseSettings(schema)}  stateCatalog: state\n`)
    const catalogue = await loadWorkspace(dir)
    let deciding: Promise<void> | undefined
    const there = await runPipeline(catalogue, {
      progress: ({ step, status }) => {
        if (step === 'standard' && status === 'started') deciding = decideNow(dir)
      },
    })
    await deciding
    expect(await featuresOf(there)).toEqual(expected)
    expect(there.manifest.consents).toBeUndefined()
    expect(there.manifest.rows.find(({ source }) => source === '_state')).toMatchObject({
      table: 'consents',
      read: 4,
      kept: 4,
    })
    const explained = await explainPublished(catalogue, '2')
    expect(JSON.stringify(explained.document)).toContain('"withdrawn"')
    const again = await replayRun(catalogue, undefined)
    expect(again.tables.filter(({ equal }) => !equal)).toEqual([])
    expect(again.equal).toBe(true)
    const next = await runPipeline(catalogue)
    expect(next.unchanged).toBe(false)
    expect(next.manifest.rows.find(({ source }) => source === '_state')).toMatchObject({ read: 5 })
    // What was decided about a day in the past was not known on it.
    expect(await featuresOf(next)).toEqual(expected)
  }, 600_000)

  it('are looked for by doctor, which says as of what they are read', async () => {
    const checks = await inspectCluster(await loadWorkspace(join(place.room, 'there')), process.env)
    expect(checks.find(({ key }) => key === 'cluster_source__state')).toMatchObject({
      ok: true,
      text: { en: expect.stringContaining('as far as its rows were added before a run began') },
    })
  }, 120_000)
})

/** A decision of today about a day that counts. */
async function decideNow(dir: string): Promise<void> {
  await recordDecision(
    await loadWorkspace(dir),
    {
      ...{ customerId: '4', purpose: 'marketing', granted: true, noticeVersion: null, evidence: null },
      decidedAt: new Date('2024-06-15T00:00:00Z'),
    },
    { who: 'test' },
  )
}
