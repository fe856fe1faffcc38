import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pidOf, startNode, untilReady } from '../../../../cluster/nodes.ts'
import { type NodeName, readCluster } from '../../../../cluster/place.ts'
import { restartPostgres } from '../../../../cluster/postgres.ts'
import { findSoftware } from '../../../../cluster/software.ts'
import { openTrino, type TrinoWarehouse } from '../../src/engine/trino.ts'
import { TrancheError } from '../../src/errors.ts'
import { openPublishedRun } from '../../src/pipeline/published-run.ts'
import { listSegments } from '../../src/pipeline/published-segments.ts'
import { runPipeline } from '../../src/pipeline/run.ts'
import { withState } from '../../src/pipeline/state.ts'
import { ident, type Sql, sql, tableNamed } from '../../src/sql/sql.ts'
import { readCurrentRun } from '../../src/store/current-run.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { clusterOptions } from '../conformance/engine.ts'
import { makeLittleBank } from '../pipeline/small-bank.ts'

const features = `
- {key: spend_90d, label: {en: Spend, zh: 消费}, from: transactions, measure: {sum: amount}, window: {last: 90}, unit: money}
- {key: age_years, label: {en: Age, zh: 年龄}, from: customer_versions, measure: {age: birth_date}, unit: years}
`
const schema = `bank_${randomUUID().replaceAll('-', '')}`
const connection = clusterOptions(schema)
const software = findSoftware(() => undefined)
let room: string
let dir: string
let catalogue: Catalogue

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-faults-test-'))
  dir = join(room, 'bank')
  await makeLittleBank(dir, 300)
  await mkdir(join(dir, 'features'))
  await writeFile(join(dir, 'features', 'ours.yaml'), features)
  const { url, catalog, shared } = connection
  await appendFile(
    join(dir, 'tranche.yaml'),
    `\nwarehouse: {engine: trino, url: '${url}', catalog: ${catalog}, schema: ${schema}, user: analyst, shared: {folder: ${shared!.folder}, location: '${shared!.location}'}}\n`,
  )
  const { ports } = readCluster()!
  await appendFile(
    join(dir, 'tranche.yaml'),
    `\nstate: {engine: postgres, host: 127.0.0.1, port: ${ports.postgres}, database: state, user: postgres, schema: ${schema}, tls: none}\n`,
  )
  const admin = openTrino(connection)
  await admin.run(sql`create schema ${ident(catalog, schema)}`)
  admin.close()
  catalogue = await loadWorkspace(dir)
  expect((await runPipeline(catalogue)).manifest.cluster!.brought).toBe(true)
}, 600_000)

afterAll(async () => {
  const admin = openTrino(connection)
  await admin.run(sql`drop schema if exists ${ident(connection.catalog, schema)} cascade`)
  admin.close()
  await rm(room, { recursive: true, force: true })
})

it('A worker killed in the middle of a run fails it and leaves the published one whole; the next goes on', async () => {
  await isLost('worker', 'query_failed')
})

it('So does a coordinator, with whom no query goes on', async () => {
  await isLost('coordinator', 'unreachable')
})

/** Kills a node as features begin, and has it back. */
async function isLost(node: NodeName, code: TrancheError['code']): Promise<void> {
  const before = await standing()
  await changeWords()
  let killed = 0
  const run = runPipeline(
    catalogue,
    atFeatures(() => {
      killed = pidOf(node)!
      process.kill(killed, 'SIGKILL')
    }),
  )
  await expect(run).rejects.toMatchObject({ code })
  expect(killed).toBeGreaterThan(0)
  expect(await withState(catalogue, {}, readCurrentRun)).toEqual(before.current)
  await isBack(node, killed)
  expect(await standing()).toEqual(before)
  await goesOn(before)
}

it('With retry_policy TASK a query outlives the worker that it runs on', async () => {
  const plain = openTrino(connection)
  // Rows of tpch are bound to nodes, so that no other could read those of a lost one.
  await plain.run(sql`create table lines as select orderkey, shipmode, quantity from tpch.sf1.lineitem`)
  await plain.run(sql`create table orders as select orderkey, custkey from tpch.sf1.orders`)
  const heavy = sql`select l.shipmode, count(*) as n, sum(l.quantity) as quantity, count(distinct o.custkey) as customers
    from lines as l join orders as o on l.orderkey = o.orderkey group by 1 order by 1`
  const expected = await plain.rows(heavy)
  expect(expected).toHaveLength(7)
  const patient = openTrino({ ...connection, sessionProperties: { retry_policy: 'TASK', ...smallTasks } })
  const asked = patient.rows(heavy)
  const killed = await killOnceAtWork(patient, plain)
  expect(await asked).toEqual(expected)
  await isBack('worker', killed)
  patient.close()
  plain.close()
})

it('With retry_policy TASK so does a run, which is published as if nothing had been', async () => {
  const before = await standing()
  await changeWords()
  const file = join(dir, 'tranche.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('user: analyst,', 'user: analyst, session: {retry_policy: TASK},'))
  catalogue = await loadWorkspace(dir)
  let killed = 0
  try {
    const { manifest, run } = await runPipeline(
      catalogue,
      atFeatures(() => {
        killed = pidOf('worker')!
        process.kill(killed, 'SIGKILL')
      }),
    )
    expect(killed).toBeGreaterThan(0)
    expect(manifest).toMatchObject({ status: 'published' })
    expect(manifest.attempts).toHaveLength(1)
    expect(run).not.toBe(before.current!.run)
  } finally {
    await writeFile(file, text)
    await isBack('worker', killed)
  }
  const after = await standing()
  expect({ ...after, current: before.current }).toEqual(before)
})

/** So that little data are many tasks, and each node has some. */
const smallTasks = {
  fault_tolerant_execution_arbitrary_distribution_compute_task_target_size_min: '1MB',
  fault_tolerant_execution_arbitrary_distribution_compute_task_target_size_max: '1MB',
  fault_tolerant_execution_hash_distribution_compute_task_target_size: '1MB',
}

/** Kills the worker once it works at the query. @returns its process */
async function killOnceAtWork(asking: TrinoWarehouse, plain: TrinoWarehouse): Promise<number> {
  for (;;) {
    const { n } = await plain.row<{ n: number }>(sql`select count(*) as n from system.runtime.tasks
      where node_id = 'worker' and state = 'RUNNING' and query_id = ${asking.running ?? ''}`)
    if (n > 0) break
  }
  const pid = pidOf('worker')!
  process.kill(pid, 'SIGKILL')
  return pid
}

async function isBack(node: NodeName, killed: number): Promise<void> {
  await untilGone(killed)
  startNode(software, node)
  await untilReady(readCluster()!)
}

it('PostgreSQL restarted in the middle of a run, with state and catalogue in it, costs at most that run', async () => {
  const before = await standing()
  await changeWords()
  let restarted = 0
  const run = runPipeline(
    catalogue,
    atFeatures(() => {
      restartPostgres(software)
      restarted++
    }),
  )
  const [outcome] = await Promise.allSettled([run])
  expect(restarted).toBe(1)
  if (outcome.status === 'fulfilled') {
    expect(outcome.value.manifest.status).toBe('published')
    expect((await standing()).segments).toEqual(before.segments)
    return
  }
  expect(outcome.reason).toBeInstanceOf(TrancheError)
  expect(await standing()).toEqual(before)
  await goesOn(before)
})

it('A statement that meets a dead connection of the catalogue is sent again, and done once', async () => {
  const warehouse = openTrino(connection)
  const sends = async (statement: Sql) => {
    restartPostgres(software)
    const before = warehouse.queries.length
    await warehouse.run(statement)
    return warehouse.queries.length - before
  }
  try {
    await warehouse.run(sql`create table once as select 1 as a`)
    const sent = [
      await sends(sql`select a from once`),
      await sends(sql`insert into once select a + ${1} from once`),
      await sends(sql`create table more as select a from once`),
      await sends(sql`create or replace view seen as select a from more`),
      await sends(sql`drop table if exists once`),
    ]
    for (const times of sent) expect(times).toBeGreaterThan(1)
    expect(await warehouse.rows(sql`select a from seen order by a`)).toEqual([{ a: 1 }, { a: 2 }])
    await expect(sends(sql`create table plain (a bigint)`)).rejects.toMatchObject({
      code: 'query_failed',
      context: { reason: 'GENERIC_INTERNAL_ERROR' },
    })
  } finally {
    warehouse.close()
  }
})

it('A column that a source no longer has refuses the run, and leaves the published one whole', async () => {
  const before = await standing()
  const file = join(dir, 'data', 'accounts.csv')
  const text = await readFile(file, 'utf8')
  const columns = text.slice(0, text.indexOf('\n')).split(',')
  await writeFile(file, text.replace(columns[0]!, 'gone'))
  await expect(runPipeline(catalogue)).rejects.toMatchObject({ code: 'invalid_source' })
  expect(await standing()).toEqual(before)
  await writeFile(file, text)
  await changeWords()
  expect((await runPipeline(catalogue)).manifest.status).toBe('published')
  expect((await standing()).segments).toEqual(before.segments)
})

let words = 0

/** Gives the next run something to do. */
async function changeWords(): Promise<void> {
  const file = join(dir, 'tranche.yaml')
  const text = await readFile(file, 'utf8')
  words++
  await writeFile(file, text.replace(/en: [^,}\n]*/, `en: Bank ${words}`))
  catalogue = await loadWorkspace(dir)
}

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await pause(50)
  }
}

function atFeatures(work: () => void) {
  let done = false
  return {
    progress: ({ step, status }: { readonly step: string; readonly status: string }) => {
      if (step !== 'features' || status !== 'started' || done) return
      done = true
      work()
    },
  }
}

/** What is in force, here and on the cluster. */
async function standing() {
  const current = await withState(catalogue, {}, readCurrentRun)
  const { tablePrefix } = (await openPublishedRun(catalogue, 'record').then(({ warehouse, manifest }) => {
    warehouse.close()
    return manifest.cluster
  }))!
  const there = openTrino({ ...connection, tablePrefix })
  try {
    const value = await there.row(
      sql`select count(*) as customers, sum(m) as amount from ${tableNamed('customer_value')}`,
    )
    return { current, value, segments: await listSegments(catalogue) }
  } finally {
    there.close()
  }
}

/** The next run finishes what the lost one began, and is published. */
async function goesOn(before: Awaited<ReturnType<typeof standing>>): Promise<void> {
  const again = await runPipeline(catalogue)
  expect(again.manifest.status).toBe('published')
  expect(again.manifest.attempts.length).toBe(2)
  expect(again.manifest.steps.find(({ key }) => key === 'standard')).toMatchObject({ attempt: 1 })
  expect(again.run).not.toBe(before.current!.run)
  const after = await standing()
  expect(after.current).toMatchObject({ run: again.run, revision: before.current!.revision + 1 })
  expect({ ...after, current: before.current }).toEqual(before)
}
