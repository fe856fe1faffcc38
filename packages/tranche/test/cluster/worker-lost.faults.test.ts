import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pidOf, startNode, untilReady } from '../../../../cluster/nodes.ts'
import { readCluster } from '../../../../cluster/place.ts'
import { findSoftware } from '../../../../cluster/software.ts'
import { openTrino } from '../../src/engine/trino.ts'
import { listSegments } from '../../src/pipeline/published-segments.ts'
import { runPipeline } from '../../src/pipeline/run.ts'
import { withState } from '../../src/pipeline/state.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import { readCurrentRun } from '../../src/store/current-run.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { clusterOptions } from '../conformance/engine.ts'
import { makeLittleBank } from '../pipeline/small-bank.ts'

const features = `
- {key: spend_90d, label: {en: Spend, zh: 消费}, from: transactions, measure: {sum: amount}, window: {last: 90}, unit: money}
- {key: age_years, label: {en: Age, zh: 年龄}, from: customer_versions, measure: {age: birth_date}, unit: years}
`
const schema = `bank_${randomUUID().replaceAll('-', '')}`
const connection = clusterOptions(schema)
let room: string
let dir: string

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
  const admin = openTrino(connection)
  await admin.run(sql`create schema ${ident(catalog, schema)}`)
  admin.close()
})

afterAll(async () => {
  const admin = openTrino(connection)
  await admin.run(sql`drop schema if exists ${ident(connection.catalog, schema)} cascade`)
  admin.close()
  await rm(room, { recursive: true, force: true })
})

it('A worker killed in the middle of a run fails it and leaves the published one whole; the next goes on', async () => {
  const catalogue = await loadWorkspace(dir)
  const first = await runPipeline(catalogue)
  const published = await listSegments(catalogue)
  let killed = 0
  const progress = ({ step, status }: { readonly step: string; readonly status: string }) => {
    if (step !== 'features' || status !== 'started' || killed > 0) return
    killed = pidOf('worker')!
    process.kill(killed, 'SIGKILL')
  }
  await expect(runPipeline(catalogue, { force: true, progress })).rejects.toMatchObject({
    code: 'query_failed',
  })
  expect(killed).toBeGreaterThan(0)
  expect(await withState(catalogue, {}, readCurrentRun)).toMatchObject({ run: first.run, revision: 1 })
  startNode(
    findSoftware(() => undefined),
    'worker',
  )
  await untilReady(readCluster()!)
  expect(await listSegments(catalogue)).toEqual(published)
  const again = await runPipeline(catalogue, { force: true })
  expect(again.manifest.status).toBe('published')
  expect(again.run).not.toBe(first.run)
  expect(await withState(catalogue, {}, readCurrentRun)).toMatchObject({ run: again.run, revision: 2 })
  expect(await listSegments(catalogue)).toEqual(published)
})
