import { existsSync } from 'node:fs'
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../src/sql/sql.ts'
import { command } from '../robustness/in-process.ts'
import { goodRows, header, streamOf, text } from '../robustness/spoilt-file.ts'
import { createSmallInstitution, type SmallInstitution } from '../robustness/spoilt-workspace.ts'
import { onBoth, type States } from '../store/states.ts'

const rules = `- key: say_hello
  label: {en: Say hello, zh: 问候客户}
  owner: {en: Growth, zh: 增长团队}
  purpose: marketing
  finding: {key: tiers.medium.value_share}
  action: {en: Write to them., zh: 给他们写信。}
  group: known(spend)
  assumptions: {each: {label: {en: revenue each, zh: 客均收入}, value: 50, unit: money}}
  effect: {metric: {en: revenue, zh: 收入}, value: reach * each}
  cost: reach * 2
  experiment:
    outcome: {en: share who buy, zh: 购买比例}
    kind: rate
    baseline: "0.2"
    difference: "0.2"
    arms: [{en: no letter, zh: 不写信}, {en: letter, zh: 写信}]
    days: 30
    guardrails: [{en: complaints, zh: 投诉}]
`

let model: SmallInstitution
beforeAll(async () => {
  model = await createSmallInstitution()
  await mkdir(join(model.dir, 'recommendations'))
  await writeFile(join(model.dir, 'recommendations', 'ours.yaml'), rules)
  expect(await model.run()).toBeNull()
})
afterAll(() => model.remove())

type Listed = {
  readonly key: string
  readonly status: string
  readonly effect: number
  readonly reach: number
}
type Run = {
  readonly run: string
  readonly unchanged: boolean
  readonly folder: string
  readonly manifest: { readonly previous?: { readonly run: string } }
}

async function bankWith(states: States) {
  const options = await states.fresh()
  const { dir } = options
  await cp(model.dir, dir, { recursive: true })
  await appendFile(join(dir, 'tranche.yaml'), `runs: {keep: 1}\nstate: ${JSON.stringify(options.settings)}\n`)
  const here = (...args: readonly string[]) => command(['-C', dir, ...args])
  return {
    dir,
    here,
    document: async <T>(...args: readonly string[]): Promise<T> => {
      const said = await command(['-C', dir, '--json', ...args])
      expect(said.code, said.stderr).toBe(0)
      return JSON.parse(said.stdout) as T
    },
    audit: async () => {
      const state = await states.open(options)
      return await state.rows<{ what: string; subject: string; detail: string }>(
        sql`select what, subject, detail from ${state.table('audit')} where what like 'recommendation%' order by seq`,
      )
    },
    report: async (run: Run, lang: 'en' | 'zh') => readFile(join(run.folder, `report.${lang}.md`), 'utf8'),
  }
}

onBoth('recommendations of a workspace whose state is', (states) => {
  let bank: Awaited<ReturnType<typeof bankWith>>
  let first: Run
  beforeAll(async () => {
    bank = await bankWith(states)
    first = await bank.document<Run>('run')
  })

  test('are proposed, change no run while nobody decides, and can be exported', async () => {
    const [hello, ...more] = await bank.document<readonly Listed[]>('recommend', 'list')
    expect(more).toEqual([])
    expect(hello).toMatchObject({ key: 'say_hello', status: 'proposed', reach: 40, effect: 2000 })
    expect(await bank.document<Run>('run')).toMatchObject({ run: first.run, unchanged: true })
    const file = join(bank.dir, 'advice.csv')
    expect((await bank.here('export', 'recommendations', '--out', file)).code).toBe(0)
    expect(await readFile(file, 'utf8')).toContain('say_hello')
    expect(await bank.report(first, 'en')).toContain('Say hello: Write to them. It concerns 40 customers.')
    expect(await bank.report(first, 'zh')).toContain('没有可供比较的上次报告')
  })

  test('go through their life in order, each step on record', async () => {
    expect((await bank.here('recommend', 'start', 'say_hello')).code).toBe(1)
    const missing = await bank.here('recommend', 'accept', 'say_helo')
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain('Did you mean say_hello?')
    expect((await bank.here('recommend', 'refuse', 'say_hello')).code).toBe(2)
    for (const step of [
      ['accept', 'say_hello'],
      ['start', 'say_hello', '--experiment', 'EXP-7'],
      [
        'measure',
        'say_hello',
        '--realised',
        '1500',
        '--low',
        '900',
        '--high',
        '2100',
        '--cost',
        '90',
        '--evidence',
        'EXP-7',
      ],
    ])
      expect((await bank.here('recommend', ...step)).code, step.join(' ')).toBe(0)
    expect((await bank.here('recommend', 'measure', 'say_hello', '--realised', '1', '--low', '2')).code).toBe(
      2,
    )
    expect(await bank.document('recommend', 'list')).toMatchObject([
      { key: 'say_hello', status: 'measured', realised: { value: 1500, evidence: 'EXP-7' } },
    ])
    const lines = await bank.audit()
    expect(lines.map(({ what, subject }) => [what, subject])).toEqual([
      ['recommendation_accepted', 'say_hello'],
      ['recommendation_running', 'say_hello'],
      ['recommendation_measured', 'say_hello'],
    ])
    expect(JSON.parse(lines[1]!.detail)).toEqual({ run: first.run, reason: 'EXP-7' })
    const shown = await bank.here('recommend', 'show', 'say_hello')
    expect(shown.stdout).toMatch(/Say hello.*known\(spend\): 40 customers.*EXP-7/s)
  })

  test('are told by the next report: realised against expected', async () => {
    await writeFile(
      join(bank.dir, 'data', 'orders', 'later.csv'),
      text([header, ...goodRows('later', 60, streamOf('later', 0))]),
    )
    const next = await bank.document<Run>('run')
    expect(next.manifest.previous).toMatchObject({ run: first.run })
    // What the run in force compares itself with is kept beside it.
    expect(existsSync(first.folder)).toBe(true)
    const en = await bank.report(next, 'en')
    expect(en).toContain(
      'Say hello: revenue of ¥1,500 was realised (95% interval ¥900.00 to ¥2,100), 75.0% of the ¥2,000 expected, for ¥90.00 against ¥80.00.',
    )
    expect(en).toContain(
      'The last report recommended 1 thing: 0 not decided yet, 0 accepted, 0 running, 1 measured, 0 refused.',
    )
    expect(await bank.report(next, 'zh')).toContain('问候客户：实现收入1,500元')
    expect((await bank.here('reconcile')).code).toBe(0)
    expect((await bank.here('report', '--check')).code).toBe(0)
    expect(await bank.document<Run>('run')).toMatchObject({ run: next.run, unchanged: true })
    const again = await bank.document<Run>('run', '--force')
    expect(again.manifest.previous).toMatchObject({ run: first.run })
    expect(await bank.report(again, 'en')).toBe(en.replaceAll(next.run, again.run))
  })

  test('are told once', async () => {
    expect((await bank.here('recommend', 'accept', 'say_hello')).code).toBe(0)
    const after = await bank.document<Run>('run')
    const en = await bank.report(after, 'en')
    expect(en).not.toContain('was realised')
    expect(existsSync(first.folder)).toBe(false)
    expect(en).toMatch(/Accepted on \d+ \w+ \d{4}\./)
  })

  test('give their group as a segment that the next run counts', async () => {
    expect(await bank.document('recommend', 'save-segment', 'say_hello', '--as', 'hello')).toEqual({
      segment: 'hello',
      file: 'segments/hello.yaml',
    })
    const file = await readFile(join(bank.dir, 'segments', 'hello.yaml'), 'utf8')
    expect(file).toContain('rule: known(spend)')
    expect(file).toContain('- marketing')
    expect((await bank.here('recommend', 'save-segment', 'say_hello', '--as', 'hello')).code).toBe(1)
    expect((await bank.here('recommend', 'save-segment', 'say_hello', '--as', 'No Key')).code).toBe(2)
    expect((await bank.here('validate')).code).toBe(0)
    const next = await bank.document<Run>('run')
    expect(await bank.document('segment', 'show', 'hello')).toMatchObject({ customers: 40 })
    expect(await bank.report(next, 'en')).toMatch(
      /1 definition differs from the last report: 0 changed, 1 added/,
    )
  })

  test('come from rules that can be listed, and the starter set is copied only where there are none', async () => {
    expect(await bank.document('recommend', 'rules')).toMatchObject({
      rules: [{ key: 'say_hello', origin: 'own', made: 1 }],
    })
    expect((await bank.here('recommend', 'rules', '--save')).code).toBe(1)
  })
})
