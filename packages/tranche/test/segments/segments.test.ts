import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { openPublishedRun } from '../../src/pipeline/published-run.ts'
import { explainSegment, listSegments, previewSegment } from '../../src/pipeline/published-segments.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { tranche } from '../pipeline/command-line.ts'
import { makeLittleBank } from '../pipeline/small-bank.ts'

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
- {key: age_years, label: {en: Age, zh: 年龄}, from: customer_versions, measure: {age: birth_date}, unit: years}
- {key: gender, label: {en: Gender, zh: 性别}, from: customer_versions, measure: {attribute: gender}, unit: none}
`
const rules = [...segments.matchAll(/rule: '?(.*?)'?$/gm)].map((found) => found[1]!)

let dir: string
const catalogue = () => loadWorkspace(dir)
const cli = (...args: string[]) => tranche(['-C', dir, ...args])

beforeAll(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'tranche-segments-')), 'bank')
  await makeLittleBank(dir, 300)
  await mkdir(join(dir, 'segments'))
  await mkdir(join(dir, 'features'))
  await writeFile(join(dir, 'features', 'ours.yaml'), features)
  await writeFile(join(dir, 'segments', 'ours.yaml'), segments)
  const run = await cli('run')
  expect(run.code, run.stderr).toBe(0)
}, 300_000)
afterAll(() => rm(join(dir, '..'), { recursive: true, force: true }))

describe('A segment by rule', () => {
  it('has one number, in the list, the preview, the members, and one by one', async () => {
    const listed = await listSegments(await catalogue())
    const ours = listed.filter(({ logicHash }) => logicHash !== null)
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

  it('reconciles', async () => {
    const reconciled = await cli('--json', 'reconcile')
    expect(reconciled.code).toBe(0)
    const numbers = JSON.parse(reconciled.stdout) as { key: string; agrees: boolean }[]
    expect(numbers.filter(({ key }) => key.includes('grown_up'))).toHaveLength(2)
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
    const refused = await cli('segment', 'preview', rule)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(hint)
    expect(refused.stderr).toMatch(/line 1, column \d+/)
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

it('A member lost on the way is caught', async () => {
  const { run } = await openPublishedRun(await catalogue()).then(({ warehouse, run: found }) => {
    warehouse.close()
    return { run: found }
  })
  const warehouse = await openDuckDb({ path: run.database })
  await warehouse.run(
    sql`delete from ${ident('rule_members')} where customer_id = (select min(customer_id) from rule_members where segment = 'grown_up')`,
  )
  warehouse.close()
  const reconciled = await cli('--json', 'reconcile')
  expect(reconciled.code).toBe(1)
  const numbers = JSON.parse(reconciled.stdout) as { key: string; agrees: boolean }[]
  expect(numbers.filter(({ agrees }) => !agrees).map(({ key }) => key)).toContain(
    'segment_membership.grown_up.customers',
  )
})
