import { randomUUID } from 'node:crypto'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { openRun } from '../../src/engine/published.ts'
import { inspectWorkspace } from '../../src/pipeline/doctor.ts'
import { type RunOutcome, runPipeline } from '../../src/pipeline/run.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { littleWorkspace } from './little-workspace.ts'
import { useBank } from './use-bank.ts'

const place = useBank('formats', { catalogs: ['hive', 'delta'] })
const { schema, connection } = place

beforeAll(async () => {
  const people = ident('hive', schema, 'people')
  await place.bank.run(
    sql`create table ${people} (no bigint, since date, branch varchar) with (partitioned_by = array['branch'])`,
  )
  await place.bank.run(
    sql`insert into ${people} values (1, date '2024-01-05', 'a'), (2, date '2024-03-01', 'b')`,
  )
  for (const catalog of ['hive', 'delta'])
    await place.bank.run(sql`create table ${ident(catalog, schema, 'paid')} as select * from (values
      ('a', bigint '1', timestamp '2024-05-01 10:00:00.000', decimal '12.50'), ('b', 2, timestamp '2024-05-02 09:00:00.000', 7),
      ('c', 2, timestamp '2024-05-03 09:00:00.000', 1)) as t (id, payer, paid_at, amount)`)
}, 300_000)

async function workspace(paid: string): Promise<Catalogue> {
  const people = `hive.${schema}.people`
  return await loadWorkspace(await littleWorkspace(place.room, { schema, user: 'analyst', people, paid }))
}

/** A run in the middle of which a payment is added. */
async function runWhileAdding(catalogue: Catalogue, add: () => Promise<void>): Promise<RunOutcome> {
  let adding: Promise<void> | undefined
  const outcome = await runPipeline(catalogue, {
    progress: ({ step, status }) => {
      if (step === 'standard' && status === 'started') adding = add()
      // Awaited when the run is over; until then its failure is not one of nobody's.
      adding?.catch(() => undefined)
    },
  }).finally(() => adding)
  return outcome
}

const payment = sql`select 'd' as id, bigint '1' as payer, timestamp '2024-05-01 10:00:00.000' as paid_at,
  cast(90 as decimal(4, 2)) as amount`

const addToHive = () => place.bank.run(sql`insert into ${ident('hive', schema, 'paid')} ${payment}`)

/**
 * Adds the payment as another writer of the format would: a file of rows, and a version of the log that names it. Trino itself
 * refuses to add rows to a Delta table in a local folder, though delta.enable-non-concurrent-writes is set.
 */
async function addToDelta(): Promise<void> {
  const { path } = await place.bank.row<{ path: string }>(
    sql`select "$path" as path from ${ident('delta', schema, 'paid')} limit 1`,
  )
  const folder = dirname(join(connection.shared!.folder, path.replace('local://', '')))
  const rows = `added-${randomUUID()}.parquet`
  const local = await openDuckDb({ path: ':memory:' })
  await local.writeParquet(
    sql`select id, payer, cast(paid_at as timestamp) as paid_at, amount from (${payment})`,
    join(folder, rows),
  )
  local.close()
  const { size, mtimeMs } = await stat(join(folder, rows))
  const log = join(folder, '_delta_log')
  const version = (await readdir(log)).filter((name) => /^\d{20}\.json$/.test(name)).length
  const modificationTime = Math.floor(mtimeMs)
  const actions = [
    {
      commitInfo: {
        timestamp: modificationTime,
        operation: 'WRITE',
        operationParameters: { mode: 'Append' },
      },
    },
    { add: { path: rows, partitionValues: {}, size, modificationTime, dataChange: true } },
  ]
  await writeFile(
    join(log, `${String(version).padStart(20, '0')}.json`),
    actions.map((action) => `${JSON.stringify(action)}\n`).join(''),
    // Another writer's version would not be written over.
    { flag: 'wx' },
  )
}

async function spendOf({ folder }: RunOutcome) {
  const run = await openRun(folder)
  try {
    return await run.rows(sql`select customer_id, spend from features order by 1`)
  } finally {
    run.close()
  }
}

describe('A table in place', () => {
  it('of Delta is read as of its newest version, whatever is written meanwhile', async () => {
    const catalogue = await workspace(`delta.${schema}.paid`)
    const { checks } = await inspectWorkspace(catalogue.dir, {})
    expect(checks.find(({ key }) => key === 'cluster_source_paid')!.text.en).toMatch(/as of snapshot 0$/)
    const outcome = await runWhileAdding(catalogue, addToDelta)
    expect(await spendOf(outcome)).toEqual([
      { customer_id: '1', spend: '12.5000' },
      { customer_id: '2', spend: '8.0000' },
    ])
    expect(outcome.manifest.inputs.find(({ source }) => source === 'paid')!.snapshot).toBe('0')
    const next = await runPipeline(catalogue)
    expect(next.manifest.inputs.find(({ source }) => source === 'paid')!.snapshot).toBe('1')
    expect(await spendOf(next)).toMatchObject([{ spend: '102.5000' }, { spend: '8.0000' }])
  }, 900_000)

  it('of Hive, with partitions or without, is held to be unchanged, since it keeps no snapshots', async () => {
    const catalogue = await workspace(`hive.${schema}.paid`)
    await expect(runWhileAdding(catalogue, addToHive)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(`hive.${schema}.paid has changed while`),
    })
    const outcome = await runPipeline(catalogue)
    expect(await spendOf(outcome)).toMatchObject([{ spend: '102.5000' }, { spend: '8.0000' }])
    expect(outcome.manifest.inputs.filter(({ snapshot }) => snapshot !== undefined)).toEqual([])
  }, 900_000)
})
