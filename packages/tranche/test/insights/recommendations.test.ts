import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Finding, Recommendation } from '@tranche/contract'
import { sampleSizeOfMeans, sampleSizeOfProportions } from '@tranche/stats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { checkRule } from '../../src/insights/recommend/checked-rule.ts'
import {
  publishRecommendations,
  readRecommendations,
} from '../../src/insights/recommend/publish-recommendations.ts'
import { recommend } from '../../src/insights/recommend/recommend.ts'
import { validateWorkspace } from '../../src/pipeline/validate.ts'
import { segmentRules } from '../../src/segments/check-segments.ts'
import { sql } from '../../src/sql/sql.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'

const asOf = '2026-06-30T16:00:00.000Z'
const source = `key: customers
files: data/*.csv
tables:
  - table: customer_versions
    columns:
      customer_id: {from: id}
      gender: {from: sex}
      city: {from: city}
    extras:
      used: {from: used, type: number, label: {en: Limit used, zh: 额度使用率}}
`
const features = `- key: gender
  label: {en: Gender, zh: 性别}
  from: customer_versions
  measure: {attribute: gender}
- key: city
  label: {en: City, zh: 城市}
  from: customer_versions
  measure: {attribute: city}
- key: used
  label: {en: Limit used, zh: 额度使用率}
  from: customer_versions
  measure: {attribute: used}
`

interface RuleParts {
  readonly purpose?: string
  readonly group?: string
  readonly finding?: string
  readonly when?: string
  readonly effect?: string
  readonly more?: string
  readonly experiment?: string
  readonly measures?: string
}

const rule = ({
  purpose = 'credit_limit',
  group = 'gender == "female" && used > 0.5',
  finding = '{key: some.finding, values: {a: string}}',
  when = 'n > 10',
  effect = '{metric: {en: revenue, zh: 收入}, value: reach * each}',
  more = '',
  measures = '',
  experiment = 'kind: rate, baseline: "0.1", difference: "0.05"',
}: RuleParts = {}) => `- key: raise
  label: {en: Raise limits, zh: 提额}
  owner: risk
  purpose: ${purpose}
  finding: ${finding}
  when: ${when}
  action: {en: Raise them., zh: 提高额度。}
  group: ${group}
  measures: {mean_used: {mean: used}, spread: {sd: used}, total_used: {sum: used}${measures}}
  assumptions: {each: {label: {en: revenue each, zh: 客均收入}, value: 100, unit: money}}
  effect: ${effect}
  cost: reach * 10
  dueDays: 30
  experiment:
    outcome: {en: share who use more, zh: 使用率提高的比例}
    arms: [{en: as it is, zh: 维持原状}, {en: higher, zh: 提高}]
    days: 90
    guardrails: [{en: losses, zh: 损失}]
    ${experiment.split(', ').join('\n    ')}
${more}`

let room: string
let warehouse: Warehouse
let count = 0
beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-advice-'))
  warehouse = await openDuckDb({ path: ':memory:', threads: 1 })
  // 100 customers: every second a woman, every fourth in the south; use rises from 0.00 to 0.99, the last ten unknown.
  await warehouse.run(sql`create table features as select 'C' || lpad(i::varchar, 3, '0') as customer_id,
    case when i % 2 = 0 then 'female' else 'male' end as gender, case when i % 4 = 0 then 'south' else 'north' end as city,
    case when i < 90 then i / 100.0 end as used from range(100) as numbers(i)`)
  await warehouse.run(sql`create table customer_value as select customer_id, 10.00::decimal(18,2) as value_12m,
    'high' as tier, 'active' as activity from features`)
})
afterAll(async () => {
  warehouse.close()
  await rm(room, { recursive: true, force: true })
})

async function workspaceOf(text: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const dir = join(room, `w${count++}`)
  const all = {
    'tranche.yaml': 'name: {en: Bank, zh: 银行}\ntimeZone: Asia/Shanghai\n',
    'sources/customers.yaml': source,
    'features/features.yaml': features,
    'recommendations/ours.yaml': text,
    ...files,
  }
  for (const [name, content] of Object.entries(all)) {
    await mkdir(join(dir, name, '..'), { recursive: true })
    await writeFile(join(dir, name), content)
  }
  return dir
}

const finding = (changes: Partial<Finding> = {}): Finding => ({
  key: 'some.finding',
  section: 'tiers',
  message: 'some.message',
  subject: 'customers',
  metric: 'revenue',
  unit: 'money',
  estimate: 500,
  low: 400,
  high: 600,
  n: 100,
  missing_share: 0,
  p: 0.001,
  p_adjusted: 0.002,
  significant: true,
  effect_size: 0.4,
  needed_n: null,
  values: { a: 'south' },
  assumption: null,
  period_start: null,
  period_end: null,
  as_of: asOf,
  logic_hash: '',
  query: '',
  members: null,
  members_n: null,
  rank: 50,
  ...changes,
})

async function called(
  parts: RuleParts = {},
  findings: readonly Finding[] = [finding()],
  files: Readonly<Record<string, string>> = {},
  groups: ReadonlyMap<string, string> = new Map(),
): Promise<readonly Recommendation[]> {
  const catalogue = await loadWorkspace(await workspaceOf(rule(parts), files))
  return await recommend({ warehouse, catalogue, context: { asOf }, findings, groups, minimum: 5 })
}

describe('a recommendation', () => {
  test('counts its group, works out its numbers and designs its experiment', async () => {
    const [made, ...more] = await called({ purpose: 'marketing' })
    expect(more).toEqual([])
    // Even numbers from 52 to 88; of 45 women with a known use, 19 use more than half; five women are unknown.
    expect(made).toMatchObject({
      key: 'raise',
      verdict: 'made',
      group: 'gender == "female" && used > 0.5',
      reach: 19,
      unknown: 5,
      effect: 1900,
      effect_low: null,
      cost: 190,
      due_on: '2026-07-31',
      findings: ['some.finding'],
      stopped_attributes: [],
    })
    const perArm = Math.ceil(sampleSizeOfProportions(0.8, { baseline: 0.1, treated: 0.15 }))
    expect(made!.experiment).toMatchObject({ perArm, total: 2 * perArm, baseline: 0.1, difference: 0.05 })
    expect(made!.experiment!.detectable).toBeGreaterThan(0.05)
  })

  test('takes sums, means and spreads from the group itself', async () => {
    const [made] = await called({
      purpose: 'marketing',
      effect: '{metric: {en: use, zh: 使用}, unit: number, value: total_used, low: mean_used, high: spread}',
      experiment: 'kind: mean, baseline: mean_used, difference: effect / reach / 2, sd: spread',
    })
    const used = Array.from({ length: 19 }, (_, i) => (52 + 2 * i) / 100)
    const mean = used.reduce((sum, one) => sum + one, 0) / 19
    const sd = Math.sqrt(used.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 18)
    expect(made!.effect).toBeCloseTo(mean * 19, 9)
    expect([made!.effect_low, made!.effect_high]).toEqual([sd, mean].map((one) => expect.closeTo(one, 9)))
    expect(made!.experiment!.perArm).toBe(Math.ceil(sampleSizeOfMeans(0.8, { delta: mean / 2, sd })))
    expect(made!.experiment!.detectable === null).toBe(made!.experiment!.total <= 19)
  })

  test('takes the spread of amounts of hundreds of millions', async () => {
    await warehouse.run(sql`update customer_value set value_12m = 300000000 where customer_id < 'C050'`)
    const [made] = await called({
      purpose: 'marketing',
      group: 'known(value_12m)',
      effect: '{metric: {en: spread, zh: 离散}, value: value_spread}',
      measures: ', value_spread: {sd: value_12m}',
    })
    await warehouse.run(sql`update customer_value set value_12m = 10`)
    // Half have 300,000,000 and half 10.
    expect(made!.effect).toBeCloseTo((299_999_990 / 2) * Math.sqrt(100 / 99), 0)
  })

  test('is filled with the figures of the finding and with the group that it speaks of', async () => {
    const [made] = await called({ purpose: 'marketing', group: 'city == {a} && used < 0.4' })
    expect(made).toMatchObject({ group: 'city == "south" && used < 0.4', reach: 10 })
    const groups = new Map([['some.finding', 'gender == "male" || city == "south"']])
    const [whole] = await called(
      { purpose: 'marketing', group: '"{group} && used < 0.4"' },
      [finding()],
      {},
      groups,
    )
    expect(whole).toMatchObject({ group: '(gender == "male" || city == "south") && used < 0.4', reach: 30 })
    expect(await called({ purpose: 'marketing', group: '"{group}"' })).toEqual([])
  })

  test('is not made for what failed its test, for what was not tested and may be nothing, nor where its rule says no', async () => {
    const marketing = { purpose: 'marketing' }
    expect(await called(marketing, [finding({ significant: false })])).toEqual([])
    expect(await called(marketing, [finding({ significant: null, low: -1 })])).toEqual([])
    expect(await called(marketing, [finding({ significant: null, low: null, high: null })])).toEqual([])
    expect(await called(marketing, [finding({ significant: null })])).toHaveLength(1)
    expect(await called(marketing, [finding({ n: 10 })])).toEqual([])
    expect(await called(marketing, [finding({ key: 'another' })])).toEqual([])
    expect(await called(marketing, [finding({ values: { a: 7 } })])).toEqual([])
  })

  test('is not made without its numbers', async () => {
    const marketing = { purpose: 'marketing' }
    const metric = 'metric: {en: x, zh: 某}'
    expect(await called({ ...marketing, effect: `{${metric}, value: estimate}` })).toHaveLength(1)
    expect(
      await called({ ...marketing, effect: `{${metric}, value: estimate}` }, [finding({ estimate: null })]),
    ).toEqual([])
    expect(await called({ ...marketing, effect: `{${metric}, value: reach / (n - 100)}` })).toEqual([])
    expect(
      await called({ ...marketing, experiment: 'kind: rate, baseline: "0.1", difference: "0"' }),
    ).toEqual([])
    expect(
      await called({ ...marketing, experiment: 'kind: rate, baseline: "0.9", difference: "0.2"' }),
    ).toEqual([])
    expect(await called({ ...marketing, group: 'used > 2' })).toEqual([])
  })

  test('is made once for the most important findings, as often as the rule allows', async () => {
    const findings = ['one', 'two', 'three'].map((name, at) =>
      finding({ key: `some.${name}`, rank: 50 - at }),
    )
    const pattern = { purpose: 'marketing', finding: '{key: some.*, values: {a: string}}' }
    expect((await called(pattern, findings)).map(({ findings: [basis] }) => basis)).toEqual(['some.one'])
    const two = await called({ ...pattern, more: '  most: 2\n' }, findings)
    expect(two.map(({ key }) => key)).toEqual(['raise.some.one', 'raise.some.two'])
  })

  test('comes back from the published table as it was', async () => {
    const made = [...(await called()), ...(await called({ group: 'gender == "female"' }))]
    expect(made.map(({ verdict }) => verdict)).toEqual(['allowed_version', 'stopped'])
    await publishRecommendations(warehouse, made)
    const back = await readRecommendations(warehouse)
    expect(back.toSorted((a, b) => (a.verdict < b.verdict ? -1 : 1))).toEqual(made)
    await publishRecommendations(warehouse, [])
    expect(await readRecommendations(warehouse)).toEqual([])
  })
})

describe('the attribute policy', () => {
  test('stops gender in a credit limit, and gives the version that is allowed, counted anew', async () => {
    const [made] = await called()
    // Women and men who use more than half: 51 to 89.
    expect(made).toMatchObject({
      verdict: 'allowed_version',
      asked_group: 'gender == "female" && used > 0.5',
      asked_reach: 19,
      group: 'used > 0.5',
      reach: 39,
      effect: 3900,
      cost: 390,
      stopped_attributes: ['gender'],
      stopped_paths: ['gender'],
    })
  })

  test('does not carry the finding’s numbers over to another group', async () => {
    const effect = '{metric: {en: x, zh: 某}, value: estimate}'
    const [made] = await called({ effect })
    expect(made).toMatchObject({
      verdict: 'stopped',
      group: null,
      effect: null,
      experiment: null,
      asked_reach: 19,
    })
  })

  test('finds no version where nothing is left, or where the attribute stands in an "or"', async () => {
    expect(await called({ group: 'gender == "female"' })).toMatchObject([
      { verdict: 'stopped', asked_reach: 50 },
    ])
    const either = await called({ group: 'gender == "female" || used > 0.5' })
    expect(either).toMatchObject([{ verdict: 'stopped', group: null }])
  })

  test('follows segments that the group asks about', async () => {
    const segments = '- key: women\n  label: {en: Women, zh: 女性}\n  rule: gender == "female"\n'
    const [made] = await called({ group: 'in_segment("women") && used > 0.5' }, [finding()], {
      'segments/s.yaml': segments,
    })
    expect(made).toMatchObject({
      verdict: 'allowed_version',
      group: 'used > 0.5',
      stopped_paths: ['in_segment("women") → gender'],
    })
  })

  test('lets pass what the workspace allows', async () => {
    const [made] = await called({}, [finding()], {
      'policies/attributes.yaml': 'gender: {sensitivity: protected, allow: [credit_limit]}\n',
    })
    expect(made).toMatchObject({ verdict: 'made', reach: 19 })
  })
})

describe('rules of recommendations', () => {
  const faults = async (text: string) =>
    (await validateWorkspace(await workspaceOf(text))).problems
      .filter(({ severity }) => severity === 'error')
      .map(
        ({ place, text: { en }, hint }) =>
          `${place.file}:${place.line}:${place.column} ${en} ${hint?.en ?? ''}`,
      )

  test('are refused with file, line, column and the nearest name', async () => {
    expect(await faults(rule({ group: 'usd > 0.5' }))).toEqual([
      expect.stringMatching(/^recommendations\/ours\.yaml:8:3 group: .*usd.*Did you mean used\?/),
    ])
    expect(await faults(rule({ when: 'estimte > 1' }))).toEqual([
      expect.stringMatching(/^recommendations\/ours\.yaml:6:3 when: .*Did you mean estimate\?/),
    ])
    expect(await faults(rule({ effect: '{metric: {en: x, zh: 某}, value: reech * 2}' }))).toEqual([
      expect.stringMatching(/^recommendations\/ours\.yaml:11:\d+ effect\.value: .*Did you mean reach\?/),
    ])
    expect(await faults(rule({ experiment: 'kind: mean, baseline: "0.1", difference: "0.05"' }))).toEqual([
      expect.stringContaining('kind: mean needs sd'),
    ])
    expect(await faults(rule({ purpose: 'credit' }))).toEqual([expect.stringContaining('one of insight')])
  })

  test('are warned of what the policy will stop, with the way to it', async () => {
    const { problems } = await validateWorkspace(await workspaceOf(rule()))
    expect(problems.map(({ severity, place, text: { en } }) => [severity, place.line, en])).toEqual([
      [
        'warning',
        4,
        'raise: the policy stops gender (by gender) for credit_limit; the report gives the version without it.',
      ],
    ])
    const none = await validateWorkspace(await workspaceOf(rule({ group: 'gender == "female"' })))
    expect(none.problems[0]!.text.en).toContain('no version is allowed')
    expect(none.problems[0]!.text.zh).toContain('没有允许的版本')
  })

  test('may name figures of the finding and not each other’s', async () => {
    expect(await faults(rule({ group: 'city == {a}' }))).toEqual([])
    expect((await faults(rule({ group: 'city == {b}' }))).length).toBe(1)
    expect((await faults(rule({ group: 'used > {a}' }))).length).toBe(1)
  })

  test('of the starter set are sound in a workspace that has what they name', async () => {
    const dir = await workspaceOf('', { 'features/features.yaml': '' })
    await rm(join(dir, 'recommendations'), { recursive: true })
    const starter = await loadWorkspace(dir)
    expect(starter.ownRecommendations).toBe(false)
    const all = (await starterFeatures(dir)) as Catalogue
    const { scope } = segmentRules(all)
    expect(all.recommendations.length).toBeGreaterThan(5)
    for (const definition of all.recommendations)
      expect(checkRule(definition, scope).problems, definition.key).toEqual([])
  })

  test('of the starter set that name what a workspace lacks call for nothing and are no fault', async () => {
    const dir = await workspaceOf('')
    await rm(join(dir, 'recommendations'), { recursive: true })
    expect((await validateWorkspace(dir)).problems).toEqual([])
  })
})

async function starterFeatures(dir: string): Promise<Catalogue> {
  const names = {
    gender: 'string',
    channel: 'string',
    creative: 'string',
    utilisation: 'number',
    revenue_365d: 'number',
    default_ever: 'bool',
  }
  const extras = Object.entries(names).map(
    ([key, type]) => `      x_${key}: {from: ${key}, type: ${type}, label: {en: X, zh: 某}}\n`,
  )
  await writeFile(join(dir, 'sources/customers.yaml'), `${source}${extras.join('')}`)
  const own = Object.keys(names).map(
    (key) =>
      `- key: ${key}\n  label: {en: X, zh: 某}\n  from: customer_versions\n  measure: {attribute: x_${key}}\n`,
  )
  await writeFile(join(dir, 'features/features.yaml'), own.join(''))
  return await loadWorkspace(dir)
}
