import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Finding, reportCheckSchema } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { openRun } from '../../src/engine/published.ts'
import { type DemoOutcome, runDemo } from '../../src/pipeline/demo.ts'
import { runPipeline } from '../../src/pipeline/run.ts'
import { checkHtmlNumbers } from '../../src/reports/check/check-numbers.ts'
import { createLabels } from '../../src/reports/labels.ts'
import { type ReportData, readReportData } from '../../src/reports/report-data.ts'
import { unsafeRaw } from '../../src/sql/sql.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { command } from '../robustness/in-process.ts'

let room: string
let dir: string
let demo: DemoOutcome
let catalogue: Catalogue
let data: ReportData

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-demo-'))
  dir = join(room, 'demo')
  demo = await runDemo({ dir, customers: 1500, seed: 3, run: (found) => runPipeline(found) })
  catalogue = await loadWorkspace(dir)
  const warehouse = await openRun(demo.run.folder)
  data = await readReportData(warehouse)
  warehouse.close()
}, 300_000)
afterAll(() => rm(room, { recursive: true, force: true }))

describe('the report of a demo', () => {
  test.each(['en', 'zh'] as const)('in %s says nothing that its tables do not', async (lang) => {
    const html = await readFile(join(demo.run.folder.path, `report.${lang}.html`), 'utf8')
    const words = { labels: createLabels(catalogue, lang), currency: catalogue.workspace.currency }
    const { checked, lies } = checkHtmlNumbers(html, data, words, catalogue)
    expect(lies).toEqual([])
    expect(checked).toBeGreaterThan(300)
  })

  test('has headline metrics against the period before and the year before', async () => {
    const zh = await readFile(join(demo.run.folder.path, 'report.zh.md'), 'utf8')
    const table = zh.slice(zh.indexOf('## 核心指标'), zh.indexOf('##', zh.indexOf('## 核心指标') + 2))
    expect(table).toContain('| 环比 | 同比 |')
    expect(table.match(/[▲▼]/g)!.length).toBeGreaterThan(10)
  })

  test('shows no cell of fewer than ten people', () => {
    for (const points of data.points.values())
      for (const { n, y, suppressed } of points) {
        if (n !== null && n > 0) expect(n).toBeGreaterThanOrEqual(10)
        if (suppressed) expect([n, y]).toEqual([null, null])
      }
    for (const { members_n, values } of data.findings)
      for (const n of [members_n, values['people'], values['a_n'], values['b_n']])
        if (typeof n === 'number') expect(n).toBeGreaterThanOrEqual(10)
  })

  test('names beside every group the command that exports exactly so many members', async () => {
    const html = await readFile(join(demo.run.folder.path, 'report.en.html'), 'utf8')
    const groups = data.findings.filter(({ members }) => members !== null)
    expect(groups.length).toBeGreaterThan(15)
    const printed = [...html.matchAll(/<p class="members">.*?data-finding="([^"]*)"/g)].map(([, key]) => key)
    expect(printed.length).toBeGreaterThan(8)
    expect(groups.map(({ key }) => key)).toEqual(expect.arrayContaining(printed))
    const rules = Map.groupBy(groups, ({ members }) => members!.replace(/ --out .*/, ''))
    for (const [{ key, members, members_n }, ...same] of [...rules.values()] as [Finding, ...Finding[]][]) {
      for (const other of same) expect([other.key, other.members_n]).toEqual([other.key, members_n])
      const file = join(room, 'members.jsonl')
      const [program, ...args] = shellWords(members!)
      expect(program).toBe('tranche')
      const { code, stderr } = await command(['-C', dir, ...args, '--format', 'jsonl', '--out', file])
      expect([key, stderr, code]).toEqual([key, '', 0])
      const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
      expect([key, lines.length]).toEqual([key, members_n])
    }
  }, 300_000)

  test('names commands that a shell takes as they are printed', async () => {
    const bin = resolve(import.meta.dirname, '../../../../bin')
    const { members, members_n } = data.findings.find(({ members: found }) => found !== null)!
    await promisify(execFile)('sh', ['-c', members!], {
      cwd: dir,
      env: { ...process.env, NODE_OPTIONS: '', PATH: `${bin}:${process.env['PATH']}` },
    })
    const file = join(dir, members!.match(/--out (\S+)$/)![1]!)
    expect((await readFile(file, 'utf8')).trimEnd().split('\r\n')).toHaveLength(members_n! + 1)
  })
})

/** Words of a command as a shell splits it: single quotes keep what is in them. */
function shellWords(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted: string | undefined, escaped: string | undefined) =>
      quoted === undefined ? escaped! : quoted,
    ),
  )
}

interface Line {
  readonly key: string
  readonly recomputed: string | null
  readonly agrees: boolean
}

async function reconcile(): Promise<{ readonly code: number; readonly lines: readonly Line[] }> {
  const { code, stdout } = await command(['-C', dir, '--json', 'reconcile'])
  return { code, lines: JSON.parse(stdout) as Line[] }
}

describe('report --check', () => {
  test('bears out all four reports of the run, in a document of its schema', async () => {
    const { code, stdout } = await command(['-C', dir, '--json', 'report', '--check'])
    const checked = reportCheckSchema.array().parse(JSON.parse(stdout))
    expect(checked.flatMap(({ lies }) => lies)).toEqual([])
    expect(checked.map(({ file }) => basename(file))).toEqual([
      'report.en.html',
      'report.zh.html',
      'report.en.md',
      'report.zh.md',
    ])
    expect(code).toBe(0)
  }, 300_000)

  test.each(['html', 'md'])(
    'leaves with 1 for a %s with one digit altered, and says mark, shown and expected',
    async (format) => {
      const file = join(room, `altered.${format}`)
      expect(
        (await command(['-C', dir, '--lang', 'en', 'report', '--format', format, '--out', file])).code,
      ).toBe(0)
      expect((await command(['-C', dir, 'report', '--check', file])).code).toBe(0)
      const text = await readFile(file, 'utf8')
      const at = text.search(/\d(?=\.\d%)/)
      await writeFile(file, `${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`)
      const { code, stdout, stderr } = await command(['-C', dir, 'report', '--check', file])
      expect(code).toBe(1)
      expect(stdout).toMatch(/: (sentence|finding|figure|table|note)=.*: shown .*; expected /)
      expect(stderr).toContain('not borne out by the tables')
    },
    300_000,
  )

  test('leaves with 2 for what is no report, or of a run that is not kept', async () => {
    const file = join(room, 'other.html')
    await writeFile(file, '<html><body>Revenue is 3.</body></html>')
    expect((await command(['-C', dir, 'report', '--check', file])).code).toBe(2)
    const html = await readFile(join(demo.run.folder.path, 'report.en.html'), 'utf8')
    await writeFile(file, html.replace(/run=[\w-]+/, 'run=2001-01-01-abcdef'))
    const gone = await command(['-C', dir, 'report', '--check', file])
    expect(gone.code).toBe(2)
    expect(gone.stderr).toContain('2001-01-01-abcdef')
    await writeFile(file, html.replace(/run=[\w-]+/, 'run=../../elsewhere'))
    expect((await command(['-C', dir, 'report', '--check', file])).code).toBe(2)
    expect((await command(['-C', dir, 'report', '--check', join(room, 'none.html')])).code).toBe(2)
  }, 300_000)
})

describe('reconcile', () => {
  test('finds that tables, reports and an export agree to the minor unit', async () => {
    const { code, lines } = await reconcile()
    expect(lines.filter(({ agrees }) => !agrees)).toEqual([])
    expect(code).toBe(0)
    expect(lines.length).toBeGreaterThan(100)
    const file = join(room, 'value.jsonl')
    await command(['-C', dir, 'export', 'customer_value', '--format', 'jsonl', '--out', file])
    const rows = (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { m: string | null })
    const minor = rows.reduce((sum, { m }) => sum + BigInt((m ?? '0.00').replace('.', '')), 0n)
    const recomputed = new Map(lines.map((line) => [line.key, line.recomputed]))
    expect(String(rows.length)).toBe(recomputed.get('customer_value.customers'))
    expect(String(minor)).toBe(recomputed.get('customer_value.amount')!.replace('.', ''))
  }, 300_000)

  const corruptions = {
    'customer_value.amount': `update customer_value set m = m + 0.01 where customer_id = (select min(customer_id) from customer_value where m is not null)`,
    'customer_value.customers': `delete from customer_value where customer_id = (select max(customer_id) from customer_value)`,
    'metrics.purchases': `update metrics set value = value + 1 where key = 'purchases'`,
    'metrics.revenue': `update metrics set value = value + 0.01 where key = 'revenue'`,
    'row_counts.accounts.accounts.kept': `update row_counts set kept = kept + 1 where source = 'accounts'`,
    'segment_summary.tier_high.customers': `update segment_summary set customers = customers - 1 where segment = 'tier_high'`,
    'segment_summary.tier_low.value_12m': `update segment_summary set value_12m = value_12m + 0.01 where segment = 'tier_low'`,
    'findings.tiers.high.value_share': `update findings set estimate = estimate * 1.001 where key = 'tiers.high.value_share'`,
    'metrics.conversion_30d.numerator': `update metrics set numerator = numerator + 1 where key = 'conversion_30d'`,
    'metrics.default_rate.denominator': `update metrics set denominator = denominator - 1 where key = 'default_rate'`,
    'metrics.late_rate': `update metrics set value = value * 1.0001 where key = 'late_rate'`,
    'figures.activity.shares.active.n': `update figure_points set n = n + 1 where figure = 'activity.shares' and label = 'active'`,
    'figures.gender.levels.female.n': `update figure_points set n = n - 1 where figure = 'gender.levels' and label = 'female'`,
    'figures.gender.levels.male.value': `update figure_points set y = y * 1.0001 where figure = 'gender.levels' and label = 'male'`,
    'figures.age.conversion_30d.41.n': `update figure_points set n = n + 1 where figure = 'age.conversion_30d' and x = 41`,
    'figures.cohorts.channel.conversion_30d.search.n': `update figure_points set n = n + 1 where figure = 'cohorts.channel.conversion_30d' and label = 'search'`,
    'findings.age.share.35_50.by_hand': `update findings set estimate = estimate + 0.001 where key = 'age.share.35_50'`,
    'cohort_retention.2024-03.active': `update cohort_retention set active = active - 1 where cohort = '2024-03' and month_offset = 3`,
    'cohort_retention.2024-02.customers': `update cohort_retention set customers = customers + 1 where cohort = '2024-02'`,
    'customer_facts.first_product.稳盈12个月': `update customer_facts set first_product = null where customer_id = (select min(customer_id) from customer_facts where first_product = '稳盈12个月')`,
    'row_counts.customers.customer_versions.read': `update row_counts set quarantined = quarantined + 1 where source = 'customers'`,
  }

  test('leaves with 1 and names each number that was altered, in a table or in a report', async () => {
    const warehouse = await openDuckDb({ path: demo.run.folder.database })
    for (const statement of Object.values(corruptions)) await warehouse.run(unsafeRaw(statement))
    warehouse.close()
    const file = join(demo.run.folder.path, 'report.zh.html')
    const html = await readFile(file, 'utf8')
    const mark = /(<data [^>]*data-field="members_n"[^>]*>)(\d)/
    await writeFile(file, html.replace(mark, '$19$2'))
    const { code, lines } = await reconcile()
    expect(code).toBe(1)
    const off = lines.filter(({ agrees }) => !agrees).map(({ key }) => key)
    expect(off).toEqual(expect.arrayContaining([...Object.keys(corruptions), 'report.zh.html.numbers']))
    expect(off).toContainEqual(expect.stringMatching(/^report\.zh\.html: .*field=members_n/))
  }, 300_000)
})
