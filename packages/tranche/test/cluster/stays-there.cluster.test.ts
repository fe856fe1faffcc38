import { randomUUID } from 'node:crypto'
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTrino } from '../../src/engine/trino.ts'
import { openWorkspace } from '../../src/pipeline/open-workspace.ts'
import { planRun } from '../../src/pipeline/plan.ts'
import { previewSegment, type SegmentPreview } from '../../src/pipeline/preview-segment.ts'
import { openPublishedRun } from '../../src/pipeline/published-run.ts'
import { listSegments, showSegment } from '../../src/pipeline/published-segments.ts'
import { type RunOutcome, runPipeline } from '../../src/pipeline/run.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { clusterOptions } from '../conformance/engine.ts'
import { makeLittleBank } from '../pipeline/small-bank.ts'
import { command } from '../robustness/in-process.ts'

const schema = `bank_${randomUUID().replaceAll('-', '')}`
const connection = clusterOptions(schema)
const features = `
- {key: spend_90d, label: {en: Spend, zh: 消费}, from: transactions, measure: {sum: amount}, window: {last: 90}, unit: money}
- {key: age_years, label: {en: Age, zh: 年龄}, from: customer_versions, measure: {age: birth_date}, unit: years}
`
const segments = `
- {key: grown, label: {en: Grown, zh: 成长}, rule: 'age_years >= 35 && f > 3'}
- {key: either, label: {en: Either, zh: 两者之一}, rule: 'in_segment("grown") || in_segment("activity_lost")'}
- key: used
  label: {en: Bought soon after opening, zh: 开户后很快消费}
  rule: bought_soon >= 1
  sequences: {bought_soon: {of: accounts, in: transactions, first: known(opened_at), followed_by: amount > 0, within: 200, last: 3650}}
- {key: nobody, label: {en: Nobody, zh: 空}, rule: 'f > 100000'}
- key: worth
  label: {en: Worth, zh: 价值}
  bands: {of: value_12m, quantiles: 2, names: [{key: less, label: {en: Less, zh: 较低}}, {key: more, label: {en: More, zh: 较高}}]}
- {key: placed, label: {en: Placed, zh: 已分}, rule: 'in_segment("worth_more") && f > 1'}
`
const resting = ['placed', 'worth_less', 'worth_more']
let room: string
let here: Catalogue
let there: Catalogue
let outcome: RunOutcome

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-cluster-test-'))
  const [embedded, remote] = [join(room, 'here'), join(room, 'there')]
  await makeLittleBank(embedded, 300)
  for (const [folder, text] of [
    ['features', features],
    ['segments', segments],
  ] as const) {
    await mkdir(join(embedded, folder), { recursive: true })
    await writeFile(join(embedded, folder, 'ours.yaml'), text)
  }
  await cp(embedded, remote, { recursive: true })
  const { url, catalog, shared } = connection
  await appendFile(
    join(remote, 'tranche.yaml'),
    `\nwarehouse: {engine: trino, url: '${url}', catalog: ${catalog}, schema: ${schema}, user: analyst, bring: {customers: 299}, shared: {folder: ${shared!.folder}, location: '${shared!.location}'}}\n`,
  )
  const admin = openTrino(connection)
  await admin.run(sql`create schema ${ident(catalog, schema)}`)
  admin.close()
  here = await loadWorkspace(embedded)
  await runPipeline(here)
  there = await loadWorkspace(remote)
  outcome = await runPipeline(there)
}, 1_800_000)

afterAll(async () => {
  const admin = openTrino(connection)
  await admin.run(sql`drop schema if exists ${ident(connection.catalog, schema)} cascade`)
  admin.close()
  await rm(room, { recursive: true, force: true })
}, 120_000)

/** Sets are not made there: a preview there tells one difference fewer, and judges each among one fewer. */
function withoutSets({ differences, ...preview }: SegmentPreview) {
  const columns = differences.columns
    .filter(({ name }) => name !== 'worth')
    .map(({ pAdjusted: _among, ...column }) => column)
  return { ...preview, differences: { ...differences, columns } }
}

describe('A run of more customers than may be brought', () => {
  it('stays on the cluster, with its features, values and segments by rule', () => {
    const { cluster, steps } = outcome.manifest
    expect(cluster!.brought).toBe(false)
    expect(steps.map(({ key }) => key)).toEqual([
      ...['intake', 'standard', 'features', 'metrics', 'value', 'bring', 'segments'],
    ])
    expect(steps.find(({ key }) => key === 'bring')!.rows).toBe(0)
  })

  it('has the same segments by rule as one machine, and says which it does not make', async () => {
    const listed = await listSegments(there)
    const expected = await listSegments(here)
    // How old the inputs of segments are is not kept by a run that stays there: a gap, which this says until it is closed.
    const ages = { oldestInput: null, oldestInputDays: null, youngestInputDays: null }
    expect(listed).toEqual(
      expected.filter(({ key }) => !resting.includes(key)).map((segment) => ({ ...segment, ...ages })),
    )
    expect(listed.map(({ key }) => key)).toEqual(expect.arrayContaining(['either', 'grown', 'nobody']))
    await expect(showSegment(there, 'placed')).rejects.toMatchObject({ code: 'refused' })
    const rule = 'age_years >= 35 && in_segment("grown") && value_12m > 50'
    const [ours, theirs] = [await previewSegment(here, rule), await previewSegment(there, rule)]
    expect(ours.differences.columns.map(({ name }) => name)).toContain('worth')
    expect(withoutSets(theirs)).toEqual({ ...withoutSets(ours), ...ages })
  })

  it('gives members and tables away, asking the cluster', async () => {
    const files = [join(room, 'ours.csv'), join(room, 'theirs.csv')]
    for (const [index, { dir }] of [here, there].entries()) {
      const asked = ['-C', dir, 'segment', 'members', 'grown', '--out', files[index]!]
      expect(await command(asked)).toMatchObject({ code: 0 })
    }
    const [ours, theirs] = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    expect(theirs).toBe(ours)
    const remote = await openWorkspace(there.dir)
    const options = { format: 'csv' as const, language: 'en' as const, file: files[1]! }
    await remote.export({ ...options, table: 'features' })
    expect((await readFile(files[1]!, 'utf8')).trim().split('\n').length).toBe(301)
    await expect(remote.export({ ...options, table: 'findings' })).rejects.toMatchObject({
      code: 'unsupported',
    })
  })

  it('plans what a changed rule would do', async () => {
    const plans = []
    for (const { dir } of [here, there]) {
      await writeFile(join(dir, 'segments', 'ours.yaml'), segments.replace('f > 3', 'f > 4'))
      plans.push((await planRun(await loadWorkspace(dir))).segments!.changed)
      await writeFile(join(dir, 'segments', 'ours.yaml'), segments)
    }
    expect(plans[1]!.map(({ segment }) => segment)).toEqual(['grown', 'either'])
    expect(plans[1]).toEqual(plans[0])
  })

  it('refuses what was not computed, with what to do', async () => {
    await expect(openPublishedRun(there)).rejects.toMatchObject({ code: 'unsupported' })
    const { code, stderr } = await command(['-C', there.dir, 'report'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('warehouse.bring.customers')])
  })

  it('says of a run from before there were segments on a cluster that it has none, and plans without', async () => {
    const file = outcome.folder.manifest
    const text = await readFile(file, 'utf8')
    const old = JSON.parse(text) as { steps: { key: string }[] }
    old.steps = old.steps.filter(({ key }) => key !== 'segments' && key !== 'bring')
    await writeFile(file, JSON.stringify(old))
    try {
      await expect(listSegments(there)).rejects.toMatchObject({ code: 'refused' })
      expect((await planRun(there)).segments).toBeNull()
      const { code, stderr } = await command(['-C', there.dir, 'segment', 'list'])
      expect([code, stderr]).toEqual([1, expect.stringContaining('tranche run --force')])
    } finally {
      await writeFile(file, text)
    }
  })
})
