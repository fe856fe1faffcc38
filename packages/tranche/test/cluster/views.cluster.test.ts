import { randomUUID } from 'node:crypto'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTrino, type TrinoWarehouse } from '../../src/engine/trino.ts'
import { runPipeline } from '../../src/pipeline/run.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { clusterOptions } from '../conformance/engine.ts'
import { dropSchema } from './both-engines.ts'
import { littleWorkspace } from './little-workspace.ts'

const schema = `views_${randomUUID().replaceAll('-', '')}`
const connection = clusterOptions(schema)
let room: string
let bank: TrinoWarehouse

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-views-test-'))
  bank = openTrino(connection)
  await bank.run(sql`create schema ${ident(connection.catalog, schema)}`)
  await bank.run(
    sql`create table people as select * from (values (1, date '2024-01-05'), (2, date '2024-03-01')) as t (no, since)`,
  )
  await bank.run(sql`create table paid as select * from (values
    ('a', 1, timestamp '2024-05-01 10:00:00.000000', 12.50), ('b', 1, timestamp '2024-05-02 09:00:00.000000', 7.00)) as t (id, payer, paid_at, amount)`)
}, 120_000)

afterAll(async () => {
  bank?.close()
  await dropSchema(schema)
  await rm(room, { recursive: true, force: true })
}, 120_000)

const spends = () => bank.rows(sql`select customer_id, spend from current_features order by 1`)

it('Views follow the run in force where a workspace wants them, also when the run before is gone', async () => {
  const there = (name: string) => `${connection.catalog}.${schema}.${name}`
  const dir = await littleWorkspace(room, {
    ...{ schema, user: 'analyst', people: there('people'), paid: there('paid') },
  })
  await appendFile(join(dir, 'tranche.yaml'), '  views: true\nruns: {keep: 1}\n')
  const catalogue = await loadWorkspace(dir)
  await runPipeline(catalogue, { asOf: '2024-05-02' })
  expect(await spends()).toEqual([
    { customer_id: '1', spend: '12.5000' },
    { customer_id: '2', spend: null },
  ])
  const { manifest } = await runPipeline(catalogue, { asOf: '2024-06-01' })
  expect(await spends()).toEqual([
    { customer_id: '1', spend: '19.5000' },
    { customer_id: '2', spend: null },
  ])
  const views = await bank.rows<{
    name: string
    text: string
  }>(sql`select table_name as name, view_definition as text
    from information_schema.views where table_schema = ${schema} and starts_with(table_name, 'current_') order by 1`)
  expect(views.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['current_customer_value', 'current_features', 'current_segment_summary']),
  )
  for (const { text } of views) expect(text).toContain(manifest.cluster!.tablePrefix)
  await bank.run(sql`drop view current_features`)
  expect((await runPipeline(catalogue, { asOf: '2024-06-01' })).unchanged).toBe(true)
  expect(await spends()).toHaveLength(2)
}, 900_000)
