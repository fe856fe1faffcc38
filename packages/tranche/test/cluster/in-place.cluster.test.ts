import { randomUUID } from 'node:crypto'
import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRun } from '../../src/engine/published.ts'
import { openTrino, type TrinoWarehouse } from '../../src/engine/trino.ts'
import type { Cell, Warehouse } from '../../src/engine/warehouse.ts'
import { explainPublished } from '../../src/pipeline/explain.ts'
import { type Plan, planRun } from '../../src/pipeline/plan.ts'
import { reconcilePublished } from '../../src/pipeline/reconcile.ts'
import { type RunOutcome, runPipeline } from '../../src/pipeline/run.ts'
import { simulateWorkspace } from '../../src/pipeline/simulate/simulate-workspace.ts'
import { ident, sql, tableNamed } from '../../src/sql/sql.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { clusterOptions } from '../conformance/engine.ts'
import { changeSource, onCluster, onFile, tableFromFile, withoutOthers } from './bank-tables.ts'

const id = randomUUID().replaceAll('-', '')
/** The bank's own schema, and the one that is Tranche's. */
const [own, schema] = [`bank_${id}`, `tranche_${id}`]
const connection = clusterOptions(own)
const costs = `costs_${id}`
let room: string
let bank: TrinoWarehouse
let here: RunOutcome
let there: RunOutcome
let plan: Plan
let catalogue: Catalogue
let cluster: TrinoWarehouse
let changedAt = ''

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-in-place-test-'))
  const [embedded, remote] = [join(room, 'here'), join(room, 'there')]
  await simulateWorkspace({ dir: embedded, customers: 600, seed: 5 })
  for (const file of await readdir(join(embedded, 'sources')))
    await changeSource(embedded, file.replace('.yaml', ''), withoutOthers)
  const settings = await readFile(join(embedded, 'tranche.yaml'), 'utf8')
  await writeFile(join(embedded, 'tranche.yaml'), settings.replace(/\nidentity:\n(?: .*\n?)+/, '\n'))
  bank = openTrino(connection)
  for (const name of [own, schema]) await bank.run(sql`create schema ${ident(connection.catalog, name)}`)
  await createTables(embedded)
  await cp(embedded, remote, { recursive: true })
  for (const name of ['customers', 'transactions', 'accounts', 'ledger'])
    await changeSource(remote, name, onCluster(`lake.${own}.${name}`))
  await changeSource(remote, 'costs', onCluster(`state.public.${costs}`))
  await appendFile(join(remote, 'tranche.yaml'), clusterSettings())
  here = await runPipeline(await loadWorkspace(embedded))
  catalogue = await loadWorkspace(remote)
  plan = await planRun(catalogue)
  let changing: Promise<void> | undefined
  there = await runPipeline(catalogue, {
    progress: ({ step, status }) => {
      if (step === 'standard' && status === 'started') changing = changeTables()
    },
  })
  await changing
  cluster = openTrino({ ...connection, schema, tablePrefix: there.manifest.cluster!.tablePrefix })
}, 1_800_000)

/** Each row once: which of two counts is told of files alone. */
async function createTables(dir: string): Promise<void> {
  const firstOf = (key: string) =>
    sql`select * from (select distinct on (${ident(key)}) * from raw order by all)`
  const tables = [
    ['customers', 'data/customers.csv', '客户编号'],
    ['transactions', 'data/transactions/part-0001.parquet', 'txn_id'],
    ['accounts', 'data/accounts.csv', 'acct_no'],
    ['ledger', 'data/ledger/part-0001.parquet', 'entry_id'],
  ] as const
  for (const [name, path, key] of tables) {
    await tableFromFile(bank, connection.shared!, name, join(dir, path), firstOf(key))
    await changeSource(dir, name, onFile(path.replace(/[^/]+$/, `${name}.parquet`)))
  }
  await tableFromFile(bank, connection.shared!, costs, join(dir, 'data/costs.csv'))
  await changeSource(dir, 'costs', onFile(`data/${costs}.parquet`))
  await bank.run(sql`create table ${ident('state', 'public', costs)} as select * from ${ident(costs)}`)
}

/** What the bank does to its tables while a run reads them. */
async function changeTables(): Promise<void> {
  const writer = openTrino(connection)
  await writer.run(sql`delete from ${ident('transactions')} where mod(txn_id, 2) = 0`)
  await writer.run(sql`alter table ${ident('customers')} drop column ${ident('职业')}`)
  changedAt = new Date().toISOString()
  writer.close()
}

function clusterSettings(): string {
  return `
warehouse:
  engine: trino
  url: ${connection.url}
  catalog: ${connection.catalog}
  schema: ${schema}
  user: analyst
  shared: {folder: ${connection.shared!.folder}, location: '${connection.shared!.location}'}
`
}

afterAll(async () => {
  cluster?.close()
  for (const name of [own, schema])
    await bank?.run(sql`drop schema if exists ${ident(connection.catalog, name)} cascade`)
  await bank?.run(sql`drop table if exists ${ident('state', 'public', costs)}`)
  bank?.close()
  await rm(room, { recursive: true, force: true })
}, 120_000)

describe('Tables of the cluster as sources in place', () => {
  it('give every published table that the same rows give from files, though the bank changes them meanwhile', async () => {
    const features = there.manifest.steps.find(({ key }) => key === 'features')!
    expect(changedAt < features.startedAt).toBe(true)
    const [expected, found] = [await openRun(here.folder), await openRun(there.folder)]
    // Runs are named by what they are made of, which includes where.
    const namedThere = (value: Cell) => (value === here.run ? there.run : value)
    try {
      const compared: string[] = []
      for (const table of await tablesOf(expected)) {
        // What they say of where rows came from differs.
        if (['profiles', 'quality'].includes(table)) continue
        const all = sql`select * from ${ident(table)} order by all`
        const [ours, theirs] = [await expected.rows(all), await found.rows(all)]
        const differing = ours.filter((row, index) =>
          Object.entries(row).some(
            ([name, value]) => !isSame(namedThere(value), theirs[index]?.[name] ?? null),
          ),
        )
        expect([table, theirs.length, differing]).toEqual([table, ours.length, []])
        compared.push(table)
      }
      expect(compared).toEqual(
        expect.arrayContaining(['features', 'metrics', 'customer_value', 'findings', 'segment_stays']),
      )
      const { n } = await found.row<{ n: number }>(sql`select count(*) as n from features`)
      expect(n).toBeGreaterThan(600)
    } finally {
      expected.close()
      found.close()
    }
  })

  it('give the same reports but for the names of the run and of its data', async () => {
    for (const name of ['report.en.md', 'report.zh.md', 'report.en.html']) {
      const texts = await Promise.all(
        [here, there].map(async ({ folder, run, manifest }) =>
          (await readFile(join(folder.path, name), 'utf8'))
            .replaceAll(run, 'RUN')
            .replaceAll(manifest.snapshot.slice(0, 12), 'DATA'),
        ),
      )
      expect(texts[1]).toBe(texts[0])
      expect(texts[0]!.length).toBeGreaterThan(10_000)
    }
  })

  it('are read as of the snapshots that the manifest names, by views that keep to them', async () => {
    const { inputs, cluster: record } = there.manifest
    const snapshots = new Map(inputs.map(({ source, snapshot }) => [source, snapshot]))
    expect(snapshots.get('transactions')).toMatch(/^\d+$/)
    expect(snapshots.get('costs')).toBeUndefined()
    expect(there.manifest.steps.map(({ key }) => key)).toContain('unchanged')
    const kept = there.manifest.rows.find(({ source }) => source === 'transactions')!.kept
    const { n } = await cluster.row<{ n: number }>(
      sql`select count(*) as n from ${tableNamed('standard', 'transactions')}`,
    )
    expect(n).toBe(kept)
    const { left } = await bank.row<{ left: number }>(
      sql`select count(*) as "left" from ${ident('transactions')}`,
    )
    expect(left).toBeLessThan(kept)
    const views = await bank.rows<{ name: string }>(sql`
      select table_name as name from lake.information_schema.tables
      where table_schema = ${schema} and table_type = 'VIEW'`)
    expect(views.map(({ name }) => name)).toContain(`${record!.tablePrefix}standard_transactions`)
  })

  it('are not copied: what is handed over are the rows that lie on this machine', async () => {
    const rows = there.manifest.rows.filter(({ source }) => !isThere(source))
    const { rows: handed } = there.manifest.steps.find(({ key }) => key === 'standard')!
    expect(handed).toBe(rows.reduce((sum, { kept }) => sum + kept, 0))
    const found = await bank.rows<{ name: string }>(sql`
      select table_name as name from lake.information_schema.tables where table_schema = ${schema}`)
    expect(found.filter(({ name }) => /rows_|brought_|customer_numbers/.test(name))).toEqual([])
  })

  it('are planned with ten mapped rows each, no more of which has come here than these', async () => {
    for (const { source, table, rows } of plan.samples.filter((sample) => isThere(sample.source))) {
      expect([source, rows.length]).toEqual([source, 10])
      expect(rows.every((row) => row['source'] === source && row['_line'] === 0)).toBe(true)
      expect(plan.lines.some(({ en }) => en.startsWith(`${source} → ${table}:`))).toBe(true)
    }
    expect(plan.samples.filter((sample) => isThere(sample.source)).length).toBe(5)
    const intake = there.manifest.cluster!.queries.filter(({ step }) => step === 'intake')
    // Statistics have a row for each column, of which five tables have some sixty; customers alone are six hundred.
    expect(intake.reduce((sum, { returned }) => sum + returned, 0)).toBeLessThan(100)
  })

  it('explain a customer from the rows where they lie', async () => {
    const { id: customer } = await cluster.row<{ id: string }>(
      sql`select customer_id as id from ${tableNamed('features')} where purchases_365d > 3 order by customer_id limit 1`,
    )
    const asked = { feature: 'purchases_365d' }
    const [ours, theirs] = [
      await explainPublished(await loadWorkspace(join(room, 'here')), customer, asked),
      await explainPublished(catalogue, customer, asked),
    ]
    expect(theirs.document.features[0]!.value).toBe(ours.document.features[0]!.value)
    expect(ours.document.features[0]!.value).toBeGreaterThan(3)
  })

  it('reconcile, what rests on rows elsewhere by asking where they are', async () => {
    const lines = await reconcilePublished(catalogue)
    expect(lines.filter(({ agrees }) => !agrees)).toEqual([])
    const all = await reconcilePublished(await loadWorkspace(join(room, 'here')))
    expect(lines.map(({ key, published }) => [key, published])).toEqual(
      all.map(({ key, published }) => [key, published]),
    )
    expect(lines.length).toBeGreaterThan(300)
  })
})

const isThere = (source: string) =>
  ['customers', 'transactions', 'accounts', 'ledger', 'costs'].includes(source)

const isSame = (a: Cell, b: Cell): boolean =>
  typeof a === 'number' && typeof b === 'number'
    ? Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
    : JSON.stringify(a) === JSON.stringify(b)

async function tablesOf(warehouse: Warehouse): Promise<readonly string[]> {
  const found = await warehouse.rows<{ name: string }>(
    sql`select table_name as name from information_schema.tables
      where table_catalog = 'run' and table_schema = 'main' order by 1`,
  )
  return found.map(({ name }) => name)
}
