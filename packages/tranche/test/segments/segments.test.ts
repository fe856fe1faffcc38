import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatMoney, queryToRule, type RuleQueryGroup } from '@tranche/language'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { TrancheError } from '../../src/errors.ts'
import { compareSegments } from '../../src/pipeline/compare-segments.ts'
import { explainSegment } from '../../src/pipeline/explain-segment.ts'
import { openPreviews, previewSegment } from '../../src/pipeline/preview-segment.ts'
import { openPublishedRun } from '../../src/pipeline/published-run.ts'
import { listSegments } from '../../src/pipeline/published-segments.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { makeLittleBank } from '../pipeline/small-bank.ts'
import { command } from '../robustness/in-process.ts'
import { describeSets, sets } from './describe-sets.ts'
import { describeThen } from './describe-then.ts'

const segments = `
- key: quiet_but_worth_it
  label: {en: Worth much and going quiet, zh: 高价值渐沉默}
  rule: tier == "high" && activity != "active"
- key: grown_up
  label: {en: Grown up, zh: 成年以上}
  rule: age_years >= 35 || in_segment("quiet_but_worth_it")
- key: neither
  label: {en: Neither, zh: 两者皆非}
  rule: '!in_segment("grown_up") && !in_segment("tier_low") && (known(gender) ? gender == "female" : known(age_years))'
- key: nobody
  label: {en: Nobody, zh: 空}
  rule: f > 100000
`
const features = `
- {key: spend_90d, label: {en: Spend, zh: 消费}, from: transactions, measure: {sum: amount}, window: {last: 90}, unit: money}
- {key: purchases_90d, label: {en: Purchases, zh: 次数}, from: transactions, measure: {count: rows}, window: {last: 90}, unit: count, empty: 0}
- {key: last_kind, label: {en: Kind, zh: 类型}, from: transactions, measure: {last: kind, by: [occurred_at]}, unit: none}
- {key: age_years, label: {en: Age, zh: 年龄}, from: customer_versions, measure: {age: birth_date}, unit: years}
- {key: gender, label: {en: Gender, zh: 性别}, from: customer_versions, measure: {attribute: gender}, unit: none}
`
const ruled = [...segments.matchAll(/key: (.*)$/gm)].map((found) => found[1]!)
const rules = [...segments.matchAll(/rule: '?(.*?)'?$/gm)].map((found) => found[1]!)

let dir: string
const bank = { dir: '' }
const catalogue = () => loadWorkspace(dir)
const cli = (...args: string[]) => command(['-C', dir, ...args])

beforeAll(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'tranche-segments-')), 'bank')
  await makeLittleBank(dir, 400)
  await mkdir(join(dir, 'segments'))
  await mkdir(join(dir, 'features'))
  await writeFile(join(dir, 'features', 'ours.yaml'), features)
  await writeFile(join(dir, 'segments', 'ours.yaml'), segments)
  await writeFile(join(dir, 'segments', 'sets.yaml'), sets)
  bank.dir = dir
  const run = await cli('run')
  expect(run.code, run.stderr).toBe(0)
}, 300_000)
afterAll(() => rm(join(dir, '..'), { recursive: true, force: true }))

describe('A segment by rule', () => {
  it('has one number, in the list, the preview, the members, and one by one', async () => {
    const listed = await listSegments(await catalogue())
    const ours = listed.filter(({ key }) => ruled.includes(key))
    expect(ours.map(({ key }) => key)).toEqual(['grown_up', 'neither', 'nobody', 'quiet_but_worth_it'])
    expect(ours.filter(({ customers }) => customers > 0)).toHaveLength(3)
    const { warehouse } = await openPublishedRun(await catalogue())
    try {
      const everyone = await warehouse.rows<{ customer_id: string }>(
        sql`select customer_id from features order by 1`,
      )
      for (const { key, rule, customers, unknown, value12m } of ours) {
        expect(rules).toContain(rule)
        const preview = await previewSegment(await catalogue(), rule)
        expect(preview).toMatchObject({ count: customers, unknown, value12m, population: everyone.length })
        expect(preview.funnel.at(-1)!.count).toBe(customers)
        const members = await warehouse.rows<{ customer_id: string }>(
          sql`select customer_id from segment_membership where segment = ${key} order by 1`,
        )
        expect(members).toHaveLength(customers)
        for (const { customer_id } of everyone.slice(0, 4)) {
          const { document } = await explainSegment(await catalogue(), customer_id, key)
          expect(document.verdict === 'in').toBe(members.some((member) => member.customer_id === customer_id))
        }
      }
    } finally {
      warehouse.close()
    }
  })

  it('says what is missing of whom it is not known, and what would turn its verdict round', async () => {
    const { warehouse } = await openPublishedRun(await catalogue())
    try {
      const [silent] = await warehouse.rows<{ customer_id: string; activity: string }>(
        sql`select customer_id, activity from customer_value where tier = 'high' and activity <> 'active' order by 1`,
      )
      const { document } = await explainSegment(await catalogue(), silent!.customer_id, 'quiet_but_worth_it')
      expect(document.verdict).toBe('in')
      expect(document.clauses.map(({ holds }) => holds)).toEqual([true, true])
      expect(document.changes).toContainEqual({
        name: 'activity',
        from: silent!.activity,
        to: 'active',
        verdict: 'out',
      })
      const { young } = await warehouse.row<{ young: number }>(
        sql`select count(*) as young from features where age_years is null`,
      )
      const preview = await previewSegment(await catalogue(), 'age_years >= 35')
      expect(preview.unknown).toBe(young)
    } finally {
      warehouse.close()
    }
  })

  it('not saved yet is previewed with what sets its members apart, as the comparison of a saved one tells it', async () => {
    const previews = await openPreviews(await catalogue())
    try {
      const rule = 'age_years >= 35 || in_segment("quiet_but_worth_it")'
      const grown = await previews.preview(rule)
      expect(grown.sample).toEqual({ customers: grown.population, everybody: true })
      expect(grown.differences.first).toBe(grown.count)
      expect(grown.differences.second).toBe(grown.population - grown.count)
      const saved = await compareSegments(await catalogue(), 'grown_up', null)
      const told = grown.differences.columns.map(({ name }) => name)
      const asked = ['activity', 'age_years', 'tier']
      expect(told.toSorted()).toEqual(
        saved.columns
          .map(({ name }) => name)
          .filter((name) => !asked.includes(name))
          .sort(),
      )
      expect(told).toContain('value_12m')
      for (const column of grown.differences.columns) {
        const known = saved.columns.find(({ name }) => name === column.name)
        expect(column.effectSize).toBeCloseTo(known!.effectSize, 9)
        expect(column.p).toBeCloseTo(known!.p, 9)
      }
      expect(await previews.preview(rule)).toEqual(grown)
    } finally {
      previews.close()
    }
    for (const [lang, words] of [
      ['en', 'what sets members apart (members / others, size of the difference):'],
      ['zh', '成员与其余客户的主要差异（成员 / 其余，差异大小）：'],
    ] as const)
      expect((await cli('--lang', lang, 'segment', 'preview', 'tier == "high"')).stdout).toContain(words)
  })

  it('is explained as of a day whose run is kept, and refused with the days that are', async () => {
    const { warehouse, manifest } = await openPublishedRun(await catalogue())
    const [anybody] = await warehouse.rows<{ customer_id: string }>(
      sql`select customer_id from segment_membership where segment = 'grown_up' order by 1`,
    )
    warehouse.close()
    const then = await explainSegment(await catalogue(), anybody!.customer_id, 'grown_up', {
      at: manifest.asOf,
    })
    expect(then.document.verdict).toBe('in')
    const refused = await cli('explain', anybody!.customer_id, '--segment', 'grown_up', '--at', '2001-01-01')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(manifest.asOf)
  })

  it('reconciles', async () => {
    const reconciled = await cli('--json', 'reconcile')
    expect(reconciled.code, reconciled.stderr).toBe(0)
    const numbers = JSON.parse(reconciled.stdout) as { key: string; published: string; agrees: boolean }[]
    expect(numbers.filter(({ key }) => key.includes('grown_up'))).toHaveLength(2)
    const allSets = (await catalogue()).segmentSets.map(({ key }) => key)
    for (const set of allSets)
      expect(
        numbers.filter(({ key }) => key.startsWith(`segment_membership.${set}_`)).length,
        set,
      ).toBeGreaterThan(1)
    const alike = numbers.filter(({ key }) => key.startsWith('segment_membership.like_lost_'))
    expect(alike.map(({ key }) => key.split('_').at(-1))).toEqual([
      'seed.customers',
      '1.customers',
      '2.customers',
      'other.customers',
    ])
    expect(alike.every(({ published }) => Number(published) > 0)).toBe(true)
  })

  it('is shown with its rule as a visual builder holds it', async () => {
    const shown = JSON.parse((await cli('--json', 'segment', 'show', 'quiet_but_worth_it')).stdout) as {
      rule: string
      query: RuleQueryGroup
    }
    expect(shown.query.rules.length).toBeGreaterThan(1)
    expect(queryToRule(shown.query, { columns: new Map() })).toBe(shown.rule)
  })

  it('is written as members, and refused under an unknown key', async () => {
    const file = join(dir, 'members.csv')
    const written = await cli('--json', 'segment', 'members', 'grown_up', '--out', file)
    const { rows } = JSON.parse(written.stdout) as { rows: number }
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(rows + 1)
    const refused = await cli('segment', 'members', 'grown_ups')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('Did you mean grown_up?')
  })
})

describe('A rule that is wrong', () => {
  it.each([
    ['teir == "high"', 'Did you mean tier?'],
    ['tier == "hihg"', 'high'],
    ['age_years > "35"', 'column 11'],
    ['in_segment("grownup")', 'grown_up'],
    ['1 < age < 3', 'column'],
  ])('is refused with its place and the nearest known name: %s', async (rule, hint) => {
    const error = await previewSegment(await catalogue(), rule).catch((caught: TrancheError) => caught)
    if (!(error instanceof TrancheError)) throw new TypeError('The rule was accepted.')
    expect(error.code).toBe('invalid_input')
    expect(`${error.text.en} ${error.hint?.en}`).toContain(hint)
    expect(error.text.en).toMatch(/line 1, column \d+/)
  })

  it('or goes round in a circle, or takes a name that is taken, is found before anything runs', async () => {
    const file = join(dir, 'segments', 'wrong.yaml')
    const label = 'label: {en: x, zh: x}'
    await writeFile(
      file,
      `- {key: egg, ${label}, rule: 'in_segment("hen")'}\n- {key: hen, ${label}, rule: 'in_segment("egg")'}\n`,
    )
    const circle = await cli('validate')
    expect(circle.code).toBe(2)
    expect(circle.stdout + circle.stderr).toContain('segment:egg → segment:hen → segment:egg')
    await writeFile(file, `- {key: tier_high, ${label}, rule: 'f > 1'}\n`)
    const taken = await cli('run')
    expect(taken.code).toBe(2)
    expect(taken.stderr).toContain('tier_high')
    await rm(file)
  })

  it('names a feature that no run has computed yet', async () => {
    const file = join(dir, 'features', 'later.yaml')
    await writeFile(
      file,
      '- {key: later_count, label: {en: x, zh: x}, from: transactions, measure: {count: rows}, window: {last: 7}}\n',
    )
    const refused = await cli('segment', 'preview', 'later_count > 1')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('tranche run')
    await rm(file)
  })
})

describeSets(bank)
describeThen(bank)

describe('tranche segment advise', () => {
  it('ranks what customers were before by what became of them, and refuses what is no goal', async () => {
    const run = await command(['-C', dir, '--json', 'segment', 'advise', '--goal', 'spend_90d'])
    expect(run.code, run.stderr).toBe(0)
    const advice = JSON.parse(run.stdout)
    expect(Date.parse(advice.to) - Date.parse(advice.from)).toBeCloseTo(90 * 86_400_000, -7)
    const priorities = advice.dimensions.map(({ priority }: { priority: number }) => priority)
    expect(priorities).toEqual([...priorities].sort((a: number, b: number) => b - a))
    expect(advice.dimensions.slice(0, 8).map(({ name }: { name: string }) => name)).toContain('purchases_90d')
    const [best] = advice.dimensions as { name: string }[]
    const others = JSON.parse(
      (await cli('--json', 'segment', 'advise', '--goal', 'spend_90d', '--without', best!.name)).stdout,
    )
    expect(others.dimensions.map(({ name }: { name: string }) => name)).not.toContain(best!.name)
    expect(others.dimensions).toHaveLength(advice.dimensions.length - 1)
    const misspelt = await cli('segment', 'discover', '--goal', 'spend_90d', '--without', 'purchases_9d')
    expect(misspelt.code).toBe(2)
    expect(misspelt.stderr).toContain('Did you mean purchases_90d?')
    expect((await command(['-C', dir, 'segment', 'advise', '--goal', 'spend_9d'])).code).toBe(2)
    expect((await command(['-C', dir, 'segment', 'advise', '--goal', 'last_kind'])).code).toBe(2)
    expect(
      (await command(['-C', dir, 'segment', 'advise', '--goal', 'spend_90d', '--weights', 'luck=1'])).code,
    ).toBe(2)
  })
})

it('Groups that a goal tells apart are rules that hold every customer once, and are saved as segments', async () => {
  const found = await cli(
    '--json',
    'segment',
    'discover',
    '--goal',
    'spend_90d',
    '--save',
    'segments/found.yaml',
  )
  expect(found.code, found.stderr).toBe(0)
  const { groups } = JSON.parse(found.stdout) as { groups: { rule: string; mean: number; shown: boolean }[] }
  expect(groups.length).toBeGreaterThan(1)
  const means = groups.map(({ mean }) => mean)
  expect(means).toEqual([...means].sort((a, b) => b - a))
  const previews = await Promise.all(groups.map(async ({ rule }) => previewSegment(await catalogue(), rule)))
  expect(previews.reduce((sum, { count }) => sum + count, 0)).toBe(previews[0]!.population)
  const saved = (await catalogue()).segments.filter(({ key }) => key.startsWith('spend_90d_group'))
  expect(saved).toHaveLength(groups.filter(({ shown }) => shown).length)
  await rm(join(dir, 'segments', 'found.yaml'))
})

it('Flows speak of the cells of a set alone, between runs named by their business day', async () => {
  const flow = async (...args: string[]) => await cli('--json', 'segment', 'flows', 'worth', ...args)
  const { flows, to } = JSON.parse((await flow()).stdout) as {
    flows: { from: string; to: string; customers: number }[]
    to: string
  }
  const cells = ['worth_least', 'worth_less', 'worth_more', 'worth_most']
  expect(flows.map(({ from }) => from)).toEqual(cells)
  expect(flows.map((one) => one.to)).toEqual(cells)
  const day = new Intl.DateTimeFormat('sv', { timeZone: (await catalogue()).workspace.timeZone }).format(
    new Date(to),
  )
  expect(JSON.parse((await flow('--to', day)).stdout).to).toBe(to)
  // Between runs customers stand where the one before put them.
  expect(JSON.parse((await flow('--from', day, '--to', '2999-12-31')).stdout)).toMatchObject({ from: to, to })
  expect((await flow('--to', '1999-01-01')).code).toBe(2)
  for (const name of ['flows.html', 'flows.svg']) {
    expect((await flow('--out', join(dir, name))).code).toBe(0)
    expect(await readFile(join(dir, name), 'utf8')).toContain('<svg ')
    await rm(join(dir, name))
  }
  expect((await flow('--out', join(dir, 'flows.png'))).code).toBe(2)
  expect((await cli('segment', 'flows', 'wort')).code).toBe(2)
})

it('The least change of a whole number is whole, and amounts stand in their currency', async () => {
  const file = join(dir, 'segments', 'halves.yaml')
  await writeFile(
    file,
    '- {key: halves, label: {en: Halves, zh: 半数}, rule: f > 2.5 || value_12m >= 1000000.5}\n',
  )
  try {
    const { warehouse } = await openPublishedRun(await catalogue())
    const [some] = await warehouse
      .rows<{ customer_id: string; m: string }>(
        sql`select customer_id, cast(cast(value_12m as decimal(18, 2)) as varchar) as m from customer_value
          where f = 1 and value_12m > 1 order by 1 limit 1`,
      )
      .finally(() => warehouse.close())
    const { document, lines } = await explainSegment(await catalogue(), some!.customer_id, 'halves')
    expect(document.changes[0]).toMatchObject({ name: 'f', from: 1, to: 3, verdict: 'in' })
    const { currency } = (await catalogue()).workspace
    const words = (lang: 'en' | 'zh') => formatMoney({ amount: some!.m, currency }, { lang })
    const text = (lang: 'en' | 'zh') => lines.map((line) => line[lang]).join('\n')
    expect(text('en')).toContain(`(value_12m = ${words('en')})`)
    expect(text('zh')).toContain(`（value_12m = ${words('zh')}）`)
  } finally {
    await rm(file)
  }
})

it('A history names the run that each day was seen by', async () => {
  const { manifest, warehouse } = await openPublishedRun(await catalogue())
  warehouse.close()
  const history = JSON.parse((await cli('--json', 'segment', 'history', 'grown_up')).stdout)
  expect(history.at(-1)).toMatchObject({ asOf: manifest.asOf, run: manifest.run })
  expect((await cli('segment', 'history', 'grown_up')).stdout).toContain(`(run ${manifest.run})`)
})

it('A cell is not compared by the set that it is a cell of', async () => {
  const { columns, leftOut } = await compareSegments(await catalogue(), 'worth_most', null)
  expect(columns.map(({ name }) => name)).toContain('value_12m')
  expect([...columns.map(({ name }) => name), ...leftOut]).not.toContain('worth')
})

it('The plan says who would enter and leave before a changed rule is taken', async () => {
  const file = join(dir, 'segments', 'ours.yaml')
  await writeFile(
    file,
    segments.replace('age_years >= 35', 'age_years >= 45').replace('key: nobody', 'key: no_one'),
  )
  const planned = await cli('--json', 'plan')
  await writeFile(file, segments)
  expect(planned.code, planned.stderr).toBe(0)
  const plan = JSON.parse(planned.stdout) as { segments: { changed: Record<string, unknown>[] } }
  const { before, after } = plan.segments.changed.find(({ segment }) => segment === 'grown_up') as Record<
    string,
    number
  >
  const { count } = await previewSegment(
    await catalogue(),
    'age_years >= 45 || in_segment("quiet_but_worth_it")',
  )
  const published = (await listSegments(await catalogue())).find(({ key }) => key === 'grown_up')!
  expect([before, after]).toEqual([published.customers, count])
  expect(plan.segments.changed).toContainEqual(
    expect.objectContaining({ segment: 'grown_up', isNew: false, enter: 0, leave: before! - after! }),
  )
  expect(plan.segments.changed).toContainEqual(
    expect.objectContaining({ segment: 'no_one', isNew: true, before: 0, after: 0 }),
  )
}, 120_000)

it('A member lost on the way, or put into the wrong cell, is caught', async () => {
  const { run } = await openPublishedRun(await catalogue()).then(({ warehouse, run: found }) => {
    warehouse.close()
    return { run: found }
  })
  const warehouse = await openDuckDb({ path: run.database })
  await warehouse.run(
    sql`delete from ${ident('rule_members')} where customer_id = (select min(customer_id) from rule_members where segment = 'grown_up')`,
  )
  await warehouse.run(
    sql`update customer_sets set like_lost = 'other' where customer_id = (select min(customer_id) from customer_sets where like_lost = '1')`,
  )
  await warehouse.run(
    sql`update customer_sets set kinds = case kinds when '1' then '2' else '1' end where customer_id = (select min(customer_id) from customer_sets)`,
  )
  warehouse.close()
  const reconciled = await cli('--json', 'reconcile')
  expect(reconciled.code).toBe(1)
  const numbers = JSON.parse(reconciled.stdout) as { key: string; agrees: boolean }[]
  const wrong = numbers.filter(({ agrees }) => !agrees).map(({ key }) => key)
  expect(wrong).toContain('segment_membership.grown_up.customers')
  expect(wrong).toContain('segment_membership.kinds_1.customers')
  expect(wrong).toContain('segment_membership.like_lost_1.customers')
})

it('A run that has expired is still named by the stays that it saw begin', async () => {
  const first = await openPublishedRun(await catalogue())
  const { member, run } = await first.warehouse
    .row<{ member: string; run: string }>(
      sql`select min(customer_id) as member, any_value(entered_run) as run from segment_stays
        where segment = 'grown_up' and "left" is null`,
    )
    .finally(() => first.warehouse.close())
  const nextDay = new Date(Date.parse(first.manifest.asOf) + 86_400_000).toISOString()
  const next = await cli('run', '--as-of', nextDay)
  expect(next.code, next.stderr).toBe(0)
  const runs = join(first.run.path, '..')
  const expired = (await readdir(runs)).filter((name) => !name.startsWith(nextDay.slice(0, 10)))
  expect(expired).toContain(run)
  for (const name of expired) await rm(join(runs, name), { recursive: true })
  const history = JSON.parse((await cli('--json', 'segment', 'history', 'grown_up')).stdout)
  expect(history.map(({ asOf }: { asOf: string }) => asOf)).toEqual([first.manifest.asOf, nextDay])
  expect(expired).toContain(history[0].run)
  expect(expired).not.toContain(history[1].run)
  const { document, lines } = await explainSegment(await catalogue(), member, 'grown_up')
  expect(document).toMatchObject({ since: first.manifest.asOf, sinceRun: run })
  expect(lines[0]!.en).toContain(`(run ${run})`)
  expect(lines[0]!.zh).toContain(`（运行 ${run}）`)
}, 120_000)
