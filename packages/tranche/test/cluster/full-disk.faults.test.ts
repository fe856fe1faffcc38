import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTrino } from '../../src/engine/trino.ts'
import { type RunOutcome, runPipeline } from '../../src/pipeline/run.ts'
import { withState } from '../../src/pipeline/state.ts'
import { ident, sql, tableNamed } from '../../src/sql/sql.ts'
import { readCurrentRun } from '../../src/store/current-run.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { clusterOptions } from '../conformance/engine.ts'
import { makeLittleBank } from '../pipeline/small-bank.ts'

const id = randomUUID().replaceAll('-', '')
const schema = `bank_${id}`
const connection = clusterOptions(schema)
const shared = join(connection.shared!.folder, `small_${id}`)
const mount = (...args: readonly string[]) => spawnSync('mount', args).status === 0
/** Only who may mount can give the shared folder a disk of its own that is soon full. */
const mayMount = (() => {
  spawnSync('mkdir', ['-p', shared])
  return mount('-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', shared)
})()
let room: string
let dir: string
let first: RunOutcome

beforeAll(async () => {
  if (!mayMount) return
  room = await mkdtemp(join(tmpdir(), 'tranche-full-disk-test-'))
  dir = join(room, 'bank')
  await makeLittleBank(dir, 300)
  await mkdir(join(dir, 'features'))
  await writeFile(
    join(dir, 'features', 'ours.yaml'),
    '- {key: spend_90d, label: {en: Spend, zh: 消费}, from: transactions, measure: {sum: amount}, window: {last: 90}, unit: money}\n',
  )
  const { url, catalog } = connection
  await appendFile(
    join(dir, 'tranche.yaml'),
    `\nwarehouse: {engine: trino, url: '${url}', catalog: ${catalog}, schema: ${schema}, user: analyst, shared: {folder: ${shared}, location: 'local:///small_${id}'}}\n`,
  )
  const admin = openTrino(connection)
  await admin.run(sql`create schema ${ident(catalog, schema)}`)
  admin.close()
  first = await runPipeline(await loadWorkspace(dir))
}, 600_000)

afterAll(async () => {
  const admin = openTrino(connection)
  await admin.run(sql`drop schema if exists ${ident(connection.catalog, schema)} cascade`)
  admin.close()
  if (mayMount) {
    spawnSync('umount', [shared])
    await rm(room, { recursive: true, force: true })
  }
  await rm(shared, { recursive: true, force: true })
}, 120_000)

it.skipIf(!mayMount)(
  'A disk that is full as tables are handed over, and one that fills up before any come back, cost that run alone',
  async () => {
    const before = await standing()
    expect(before.current).toMatchObject({ run: first.run })
    await changeWords()
    await fill()
    await expect(runPipeline(await loadWorkspace(dir))).rejects.toMatchObject({ code: 'disk_full' })
    expect(await standing()).toEqual(before)
    await makeRoom()
    let filling: Promise<void> | undefined
    const run = runPipeline(await loadWorkspace(dir), {
      progress: ({ step, status }) => {
        if (step === 'bring' && status === 'started') filling = fill()
      },
    })
    // Here the cluster writes, and says what became of it under the query's id.
    await expect(run).rejects.toMatchObject({ code: 'query_failed', context: { query: expect.any(String) } })
    await filling
    expect(await standing()).toEqual(before)
    await makeRoom()
    const { manifest } = await runPipeline(await loadWorkspace(dir))
    expect(manifest).toMatchObject({ status: 'published' })
    expect(manifest.attempts.length).toBe(3)
    expect((await standing()).value).toEqual(before.value)
  },
)

const ballast = join(shared, 'ballast')

/** Leaves room for less than a block. */
async function fill(): Promise<void> {
  const { bavail, bsize } = await statfs(shared)
  await writeFile(ballast, Buffer.alloc(bavail * bsize))
  expect((await statfs(shared)).bavail).toBe(0)
}

const makeRoom = () => rm(ballast)

/** Gives the next run something to do. */
async function changeWords(): Promise<void> {
  const file = join(dir, 'tranche.yaml')
  await writeFile(file, (await readFile(file, 'utf8')).replace(/en: [^,}\n]*/, 'en: Another bank'))
}

/** What is in force, and a table of it on the cluster. */
async function standing() {
  const current = await withState(await loadWorkspace(dir), {}, readCurrentRun)
  const { tablePrefix } = first.manifest.cluster!
  const there = openTrino({ ...connection, tablePrefix })
  try {
    const value = await there.row(
      sql`select count(*) as customers, sum(m) as amount from ${tableNamed('customer_value')}`,
    )
    return { current, value }
  } finally {
    there.close()
  }
}
