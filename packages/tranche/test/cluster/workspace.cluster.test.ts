import { randomUUID } from 'node:crypto'
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRun } from '../../src/engine/published.ts'
import type { TrinoWarehouse } from '../../src/engine/trino.ts'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { dropClusterRuns, placeTag } from '../../src/pipeline/cluster-run.ts'
import { inspectWorkspace } from '../../src/pipeline/doctor.ts'
import { explainPublished } from '../../src/pipeline/explain.ts'
import { openWorkspace } from '../../src/pipeline/open-workspace.ts'
import { planRun } from '../../src/pipeline/plan.ts'
import { previewSegment } from '../../src/pipeline/preview-segment.ts'
import { listSegments, showSegment } from '../../src/pipeline/published-segments.ts'
import { reconcilePublished } from '../../src/pipeline/reconcile.ts'
import { type RunOutcome, runPipeline } from '../../src/pipeline/run.ts'
import { segmentHistory } from '../../src/pipeline/segment-history.ts'
import { simulateWorkspace } from '../../src/pipeline/simulate/simulate-workspace.ts'
import { withState } from '../../src/pipeline/state.ts'
import { ident, sql, tableNamed } from '../../src/sql/sql.ts'
import { readCurrentRun } from '../../src/store/current-run.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { clusterOptions } from '../conformance/engine.ts'
import { command } from '../robustness/in-process.ts'
import {
  dropSchema,
  expectSameOnCluster,
  expectSameReports,
  expectSameTables,
  type OnBoth,
  runOnBoth,
  tablesOnCluster,
  warehouseSettings,
} from './both-engines.ts'

const schema = `bank_${randomUUID().replaceAll('-', '')}`
const connection = clusterOptions(schema)
let room: string
let both: OnBoth
let there: RunOutcome
let onCluster: Catalogue
let cluster: TrinoWarehouse

const segments = `
- {key: grown, label: {en: Grown, zh: 成长}, rule: 'age_years >= 35 && f > 3'}
- {key: rarely, label: {en: Rarely, zh: 少有}, rule: 'last_purchase_day < date("2025-05-01") || tier == "low"'}
- {key: either, label: {en: Either, zh: 两者之一}, rule: 'in_segment("grown") || in_segment("activity_lost") && !in_segment("rarely")'}
- {key: not_known, label: {en: Not known, zh: 未知}, rule: '!known(value_12m) || value_12m_low > 100.5'}
- {key: nobody, label: {en: Nobody, zh: 空}, rule: 'f > 100000'}
- key: worth
  label: {en: Worth, zh: 价值}
  bands: {of: value_12m, quantiles: 2, names: [{key: less, label: {en: Less, zh: 较低}}, {key: more, label: {en: More, zh: 较高}}]}
- {key: placed, label: {en: Placed, zh: 已分}, rule: 'in_segment("worth_more") && f > 1'}
`

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-cluster-test-'))
  const dir = join(room, 'here')
  await simulateWorkspace({ dir, customers: 1_000, seed: 5 })
  await mkdir(join(dir, 'segments'), { recursive: true })
  await writeFile(join(dir, 'segments', 'ours.yaml'), segments)
  both = await runOnBoth(dir, schema, '\nruns: {keep: 1}\n')
  there = both.there
  onCluster = both.remote
  cluster = both.cluster
}, 1_800_000)

afterAll(async () => {
  cluster?.close()
  await dropSchema(schema)
  await rm(room, { recursive: true, force: true })
}, 120_000)

describe('A workspace on a cluster', () => {
  it.each(tablesOnCluster)('has the same %s as on one machine, row by row', async (table, key) => {
    const rows = await expectSameOnCluster(both, table, key)
    expect(rows.length).toBeGreaterThan(30)
    const filled = Object.keys(rows[0]!).filter((name) => rows.some((row) => row[name] !== null))
    expect(filled.length).toBeGreaterThan(10)
  })

  it('says the same: both reports byte for byte, every finding, every segment with its members and stays', async () => {
    expect(there.run).toBe(both.here.run)
    await expectSameReports(both)
    const tables = await expectSameTables(both)
    expect(tables).toEqual(expect.arrayContaining(['findings', 'segment_stays', 'customer_sets']))
  })

  it('gives the cluster its segments and findings, for those who read them there', async () => {
    const brought = await openRun(there.folder)
    try {
      for (const table of ['segment_membership', 'segment_summary', 'segment_sets', 'segment_stays']) {
        const all = sql`select * from ${tableNamed(table)} order by 1, 2`
        expect(await cluster.rows(all)).toEqual(await brought.rows(all))
      }
      const findings = sql`select key, estimate, n, rank from ${tableNamed('findings')} order by key`
      expect(await cluster.rows(findings)).toEqual(await brought.rows(findings))
    } finally {
      brought.close()
    }
  })

  it('answers every command as one machine does: reconcile, segments, members, history, plan', async () => {
    const catalogue = await loadWorkspace(join(room, 'here'))
    const lines = await reconcilePublished(onCluster)
    expect(lines.filter(({ agrees }) => !agrees)).toEqual([])
    expect(lines).toEqual(await reconcilePublished(catalogue))
    expect(await listSegments(onCluster)).toEqual(await listSegments(catalogue))
    // Runs are named by what they are made of, which includes where.
    const history = async (of: Catalogue) =>
      (await segmentHistory(of, 'worth_more')).map(({ run, ...counts }) => ({
        named: run !== null,
        ...counts,
      }))
    expect(await history(onCluster)).toEqual(await history(catalogue))
    const rule = 'age_years >= 35 && in_segment("rarely") && value_12m > 50'
    expect(await previewSegment(onCluster, rule)).toEqual(await previewSegment(catalogue, rule))
    const placed = await showSegment(onCluster, 'placed')
    expect(placed.customers).toBeGreaterThan(0)
    const file = join(room, 'placed.csv')
    const asked = ['-C', onCluster.dir, 'segment', 'members', 'placed', '--out', file]
    expect(await command(asked)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${placed.customers} members`),
    })
    const changed = segments.replace('f > 3', 'f > 4')
    const plans = []
    for (const dir of [join(room, 'here'), onCluster.dir]) {
      await writeFile(join(dir, 'segments', 'ours.yaml'), changed)
      plans.push((await planRun(await loadWorkspace(dir))).segments!.changed)
      await writeFile(join(dir, 'segments', 'ours.yaml'), segments)
    }
    expect(plans[1]!.map(({ segment }) => segment)).toEqual(['grown', 'either'])
    expect(plans[1]).toEqual(plans[0])
  })

  it('is told from the embedded one in every query, which administrators find', async () => {
    const { cluster: record, engine, steps } = there.manifest
    expect(engine).toMatchObject({ name: 'trino' })
    expect(steps.map(({ key }) => key)).toEqual([
      'intake',
      ...['standard', 'features', 'metrics', 'value', 'bring'],
      ...['segments', 'facts', 'findings', 'reports', 'give'],
    ])
    expect(record).toMatchObject({
      user: 'analyst',
      source: 'tranche',
      clientTags: ['growth', `run=${there.run}`, placeTag(onCluster)],
      ended: [],
    })
    expect(new Set(record!.queries.map(({ step }) => step))).toEqual(
      new Set(['standard', 'features', 'metrics', 'value', 'bring', 'give']),
    )
    const last = record!.queries.at(-1)!
    const found = await cluster.rows(
      sql`select source, "user" from system.runtime.queries where query_id = ${last.id}`,
    )
    expect(found).toEqual([{ source: 'tranche', user: 'analyst' }])
  })

  it('leaves nothing behind that only its computation needed', async () => {
    const { tablePrefix } = there.manifest.cluster!
    const names = await tablesOf(cluster)
    expect(names).toContain(`${tablePrefix}features`)
    expect(names.filter((name) => /_feature_|_value_|_brought_/.test(name))).toEqual([])
    expect(names.every((name) => name.startsWith(tablePrefix))).toBe(true)
    const files = await readdir(join(connection.shared!.folder, there.run), { recursive: true })
    expect(files.filter((name) => name.startsWith('brought-'))).toEqual([])
    expect(files.filter((name) => name.endsWith('.parquet')).length).toBeGreaterThan(10)
  })

  it('is published by one row, and explained from its rows', async () => {
    const current = await withState(onCluster, {}, readCurrentRun)
    expect(current).toMatchObject({ run: there.run, revision: 1 })
    const [customer] = await cluster.rows<{ id: string; n: number }>(
      sql`select customer_id as id, active_days_180d as n from ${tableNamed('features')} order by customer_id limit 1`,
    )
    const { document } = await explainPublished(onCluster, customer!.id, { feature: 'active_days_180d' })
    expect(document.features[0]!.value).toBe(customer!.n)
  })

  it('gives its tables away as those of one machine are', async () => {
    const [ours, theirs] = [join(room, 'ours.csv'), join(room, 'theirs.csv')]
    const embedded = await openWorkspace(join(room, 'here'))
    const remote = await openWorkspace(onCluster.dir)
    const options = { table: 'metrics', format: 'csv' as const, language: 'en' as const }
    await embedded.export({ ...options, file: ours, columns: ['key', 'value', 'n', 'as_of', 'period_start'] })
    await remote.export({ ...options, file: theirs, columns: ['key', 'value', 'n', 'as_of', 'period_start'] })
    expect(await readFile(theirs, 'utf8')).toBe(await readFile(ours, 'utf8'))
    expect(await readdir(join(onCluster.dir, '.tranche'))).not.toContainEqual(
      expect.stringMatching(/^brought/),
    )
  })

  it('is inspected without leaving a trace', async () => {
    const before = await tablesOf(cluster)
    const { checks } = await inspectWorkspace(onCluster.dir, {})
    const ours = checks.filter(({ key }) => key.startsWith('cluster'))
    expect(ours.map(({ key, ok }) => [key, ok])).toEqual([
      ['cluster', true],
      ['cluster_read', true],
      ['cluster_write', true],
      ['cluster_shared', true],
      ['cluster_consents', true],
    ])
    expect(await tablesOf(cluster)).toEqual(before)
    expect(await readdir(connection.shared!.folder)).not.toContainEqual(expect.stringMatching(/^doctor_/))
  })

  it('changes nothing where nothing changed', async () => {
    expect(await runPipeline(onCluster)).toMatchObject({ run: there.run, unchanged: true })
  })

  it('is planned with what each step will read, and not begun beyond its budget', async () => {
    const settings = join(onCluster.dir, 'tranche.yaml')
    const before = await readFile(settings, 'utf8')
    const { queries } = there.manifest.cluster!
    const read = queries.reduce((sum, { rows }) => sum + rows, 0)
    const planWith = async (rows: number) => {
      await writeFile(settings, before.replace('clientTags: [growth]', `budget: {rows: ${rows}}`))
      return await planRun(await loadWorkspace(onCluster.dir), { asOf: '2025-05-01' })
    }
    try {
      const plan = await planWith(read)
      expect(plan.cost!.by).toBe(there.run)
      expect(plan.cost!.steps.map(({ step }) => step)).toEqual([...new Set(queries.map(({ step }) => step))])
      expect(plan.cost!.steps.reduce((sum, { rows }) => sum + rows, 0)).toBe(read)
      expect(plan.lines.some(({ en }) => en.includes('was not begun'))).toBe(false)
      const over = await planWith(read - 1)
      expect(over.lines.some(({ en }) => en.includes('was not begun'))).toBe(true)
      await expect(
        runPipeline(await loadWorkspace(onCluster.dir), { asOf: '2025-05-01' }),
      ).rejects.toMatchObject({ code: 'refused' })
      expect(await withState(onCluster, {}, readCurrentRun)).toMatchObject({ run: there.run })
      const { n } = await cluster.row<{ n: number }>(sql`select count(*) as n from system.runtime.queries
        where query like '%run_2025_05_01%' and query not like '%system.runtime%'`)
      expect(n).toBe(0)
    } finally {
      await writeFile(settings, before)
    }
  })

  it('goes with its tables and files when it is no longer kept, and no other run with it', async () => {
    const { tablePrefix } = there.manifest.cluster!
    const again = `run_${there.run.replaceAll('-', '_')}_again__features`
    await cluster.run(sql`create table ${ident(again)} (customer_id varchar)`)
    await dropClusterRuns(onCluster, [there.run], {})
    const left = await tablesOf(cluster)
    expect(left.filter((name) => name.startsWith(tablePrefix))).toEqual([])
    expect(left).toContain(again)
    expect(await readdir(connection.shared!.folder)).not.toContain(there.run)
  })

  it('says what is missing where the schema is not there', async () => {
    const dir = join(room, 'nowhere')
    await cp(join(room, 'here'), dir, { recursive: true, filter: (path) => !path.includes('.tranche') })
    await appendFile(join(dir, 'tranche.yaml'), warehouseSettings('no_such_schema'))
    const { checks } = await inspectWorkspace(dir, {})
    const writing = checks.find(({ key }) => key === 'cluster_write')
    expect(writing).toMatchObject({ ok: false })
    expect(writing!.text.en).toContain('schema')
    await expect(runPipeline(await loadWorkspace(dir))).rejects.toMatchObject({ code: 'not_found' })
  })
})

async function tablesOf(warehouse: Warehouse): Promise<readonly string[]> {
  const found = await warehouse.rows<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = ${schema} order by 1`,
  )
  return found.map(({ name }) => name)
}
