import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkWorkspace, loadWorkspace } from '../../src/workspace/load.ts'
import { parseYaml } from '../../src/workspace/yaml-file.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tranche-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries({
    'tranche.yaml': 'name: {en: Test, zh: 测试}\n',
    ...files,
  })) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), content)
  }
}
const feature = (key: string, rest: string) => `- key: ${key}\n  label: {en: ${key}, zh: ${key}}\n  ${rest}\n`
const problemsOf = async () =>
  (await checkWorkspace(dir)).problems.map(({ place, text }) => [
    `${place.file}:${place.line}:${place.column}`,
    text.en,
  ])

describe('a workspace', () => {
  test('without tranche.yaml is not one, and the message says how to start', async () => {
    await expect(loadWorkspace(dir)).rejects.toMatchObject({
      code: 'not_found',
      hint: { en: expect.stringContaining('tranche init') },
    })
  })

  test('takes its defaults', async () => {
    await write({})
    const { workspace } = await loadWorkspace(dir)
    expect(workspace).toMatchObject({
      timeZone: 'UTC',
      currency: 'CNY',
      tiers: { by: 'rank', shares: [0.2, 0.6, 0.2] },
    })
  })

  test('a key the schema does not know is refused where it stands', async () => {
    await write({ 'tranche.yaml': 'name: {en: Test, zh: 测试}\ntimezone: UTC\n' })
    expect((await problemsOf())[0]![0]).toBe('tranche.yaml:2:1')
  })

  test('an unknown zone is refused by name', async () => {
    await write({ 'tranche.yaml': 'name: {en: Test, zh: 测试}\ntimeZone: Asia/Shangai\n' })
    expect(await problemsOf()).toEqual([['tranche.yaml:2:1', expect.stringContaining('"Asia/Shangai"')]])
  })

  test('a cluster needs an address, a schema and a user, and no open line', async () => {
    const head = 'name: {en: Test, zh: 测试}\nwarehouse:\n  engine: trino\n'
    const place = '  catalog: lake\n  schema: tranche\n  user: analyst\n'
    await write({ 'tranche.yaml': `${head}  url: trino.bank:8443\n  catalog: lake\n` })
    const told = (await problemsOf()).map(([, text]) => text)
    for (const path of ['warehouse.url', 'warehouse.schema', 'warehouse.user'])
      expect(told).toContainEqual(expect.stringContaining(path))
    await write({ 'tranche.yaml': `${head}  url: http://trino.bank:8080\n${place}` })
    expect(await problemsOf()).toEqual([['tranche.yaml:4:3', expect.stringContaining('https')]])
    await write({ 'tranche.yaml': `${head}  url: http://trino.bank:8080\n${place}  password: secret\n` })
    expect((await problemsOf())[0]![1]).toContain('password')
    for (const url of ['https://trino.bank:8443', 'http://127.0.0.1:8080', 'http://[::1]:8080']) {
      await write({ 'tranche.yaml': `${head}  url: '${url}'\n${place}` })
      expect(await problemsOf(), url).toEqual([])
    }
    expect((await loadWorkspace(dir)).workspace.warehouse).toMatchObject({ engine: 'trino', clientTags: [] })
  })

  test('all problems are listed, each with its line', async () => {
    await write({
      'features/a.yaml':
        feature('one', 'expression: two +') +
        feature('two', 'ratio: {numerator: one}') +
        feature('one', 'expression: "1"'),
    })
    const places = (await problemsOf()).map(([place]) => place)
    expect(places).toEqual(
      expect.arrayContaining(['features/a.yaml:3:3', 'features/a.yaml:6:3', 'features/a.yaml:7:3']),
    )
  })

  test('a need that does not exist names the nearest that does', async () => {
    await write({
      'features/a.yaml': feature('spend_90d', 'expression: "1"') + feature('b', 'expression: spend_9od * 2'),
    })
    const { problems } = await checkWorkspace(dir)
    expect(problems[0]?.hint?.en).toBe('Did you mean spend_90d?')
  })

  test('a circle is refused with its path', async () => {
    await write({
      'features/a.yaml':
        feature('a', 'expression: b + 1') + feature('b', 'expression: c') + feature('c', 'expression: a'),
    })
    expect((await problemsOf())[0]![1]).toContain('feature:a → feature:b → feature:c → feature:a')
  })

  test('words change the text hash only, logic changes the hash of all that need it', async () => {
    const files = (label: string, number: string) => ({
      'features/a.yaml': `- key: a\n  label: {en: ${label}, zh: 甲}\n  expression: "${number}"\n${feature('b', 'expression: a * 2')}`,
    })
    const hashes = async () =>
      Object.fromEntries(
        (await loadWorkspace(dir)).features.map(({ key, logicHash, textHash }) => [
          key,
          { logicHash, textHash },
        ]),
      )
    await write(files('first', '1'))
    const before = await hashes()
    await write(files('second', '1'))
    const relabelled = await hashes()
    expect(relabelled['a']!.logicHash).toBe(before['a']!.logicHash)
    expect(relabelled['a']!.textHash).not.toBe(before['a']!.textHash)
    await write(files('second', '2'))
    const changed = await hashes()
    expect(changed['a']!.logicHash).not.toBe(before['a']!.logicHash)
    expect(changed['b']!.logicHash).not.toBe(before['b']!.logicHash)
  })
})

test('what is only assumed of settings changes no definition', async () => {
  const settings = 'name: {en: Bank, zh: 银行}\ntimeZone: UTC\n'
  const hash = async (assumed: string) => {
    await write({
      'tranche.yaml': `${settings}${assumed}`,
      'segments/a.yaml': '- {key: a, label: {en: a, zh: a}, rule: f > 1}\n',
    })
    const { segments, settingsHash } = await loadWorkspace(dir)
    return [segments[0]!.logicHash, settingsHash]
  }
  expect(await hash('assumed: [timeZone]\n')).toEqual(await hash(''))
})

describe('counts in short form', () => {
  const events = `key: app
files: app.jsonl
tables:
  - table: events
    columns: {customer_id: {from: id}, occurred_at: {from: at}, name: {from: what}}
`
  const segment = (key: string, rule: string, counts: string) =>
    `- key: ${key}\n  label: {en: ${key}, zh: ${key}}\n  rule: ${rule}\n  counts: {${counts}}\n`

  test('become features, each once', async () => {
    const logins = `logins_30d: {where: 'name == "login"', last: 30}`
    await write({
      'sources/app.yaml': events,
      'segments/a.yaml': segment('often', 'logins_30d >= 5', logins),
      'segments/b.yaml': segment('never', 'logins_30d == 0', `${logins}, all_2m: {last: 2, unit: month}`),
    })
    const { features, segments } = await loadWorkspace(dir)
    expect(features.map(({ key }) => key).sort()).toEqual(['all_2m', 'logins_30d'])
    expect(features.find(({ key }) => key === 'logins_30d')!.value).toMatchObject({
      from: 'events',
      where: 'name == "login"',
      measure: { count: 'rows' },
      window: { last: 30, unit: 'day' },
      empty: 0,
    })
    expect(segments.map(({ needs }) => needs)).toEqual([['feature:logins_30d'], ['feature:logins_30d']])
  })

  test('of what followed what become features too, shared by those that say the same', async () => {
    const gone = `{first: 'name == "apply"', followed_by: 'name == "abandon"', within: 7, last: 30}`
    const open = `{first: 'name == "apply"', not_followed_by: 'name == "submit"', within: 3, last: 2, unit: month}`
    const form = (key: string, rule: string, sequences: string) =>
      segment(key, rule, '').replace('counts: {}', `sequences: {${sequences}}`)
    await write({
      'sources/app.yaml': events,
      'segments/a.yaml': form('left_it', 'gone >= 1', `gone: ${gone}`),
      'segments/b.yaml': form('left_it_open', 'gone == 0 && open > 0', `gone: ${gone}, open: ${open}`),
    })
    const { features, segments } = await loadWorkspace(dir)
    const [first, second] = ['gone', 'open'].map((name) => features.find(({ key }) => key === name)!.value)
    expect(features).toHaveLength(2)
    expect(first).toMatchObject({
      from: 'events',
      where: 'name == "apply"',
      measure: { followed_by: 'name == "abandon"', within: 7 },
      window: { last: 30, unit: 'day' },
      empty: 0,
    })
    expect(second).toMatchObject({
      measure: { not_followed_by: 'name == "submit"', within: 3 },
      window: { last: 2, unit: 'month' },
    })
    expect(segments.map(({ needs }) => needs)).toEqual([['feature:gone'], ['feature:gone', 'feature:open']])
  })

  test('of sequences that say both or neither, or name what is not there, are refused with their place', async () => {
    const form = (key: string, sequence: string) =>
      segment(key, `${key}_n > 0`, '').replace(
        'counts: {}',
        `sequences:\n    ${key}_n: {${sequence}, within: 7, last: 30}`,
      )
    await write({
      'sources/app.yaml': events,
      'segments/a.yaml': form(
        'both',
        `first: 'name == "a"', followed_by: 'name == "b"', not_followed_by: 'name == "c"'`,
      ),
      'segments/b.yaml': form('neither', `first: 'name == "a"'`),
    })
    const problems = await problemsOf()
    expect(problems.map(([place]) => place)).toEqual(['segments/a.yaml:5:5', 'segments/b.yaml:5:5'])
    expect(problems.map(([, text]) => text)).toEqual(
      problems.map(() => expect.stringContaining('exactly one of followed_by, not_followed_by')),
    )
  })

  test('of what followed in another table are features of both, each once, and each fault stands where it was written', async () => {
    const used = `used_30d: {of: applications, in: events, followed_by: 'name == "open"', within: 7, last: 30}`
    const form = (key: string, sequences: string) =>
      segment(key, 'used_30d >= 1', '').replace('counts: {}', `sequences: {${sequences}}`)
    await write({
      'sources/app.yaml': events,
      'segments/a.yaml': form('a', used),
      'segments/b.yaml': form(
        'b',
        `${used}, again: {first: 'true', in: events, followed_by: 'true', within: 1, last: 9}`,
      ),
    })
    const { features } = await loadWorkspace(dir)
    expect(features.map(({ key }) => key).sort()).toEqual(['again', 'used_30d'])
    const [again, feature] = [...features].sort((a, b) => (a.key < b.key ? -1 : 1))
    expect(feature!.value).toMatchObject({
      from: 'applications',
      measure: { followed_by: 'name == "open"', in: 'events', within: 7 },
    })
    expect(feature!.value).not.toHaveProperty('where')
    expect(feature!.needs).toEqual(['table:applications', 'table:events'])
    expect(again!.value.measure).not.toHaveProperty('in')
    await write({
      'segments/a.yaml': form('a', used.replace('in: events', 'in: evens')),
      'segments/b.yaml': form('b', used.replace('used_30d', 'other').replace('== "open"', '== ')),
    })
    const problems = await problemsOf()
    const columnOf = (text: string, part: string) => form('a', text).split('\n')[3]!.indexOf(part) + 1
    expect(problems).toContainEqual([
      `segments/a.yaml:4:${columnOf(used.replace('in: events', 'in: evens'), 'in: evens')}`,
      'feature used_30d needs the table "evens", which is not defined.',
    ])
    expect(problems).toContainEqual([
      `segments/b.yaml:4:${columnOf(used.replace('used_30d', 'other'), 'followed_by')}`,
      expect.stringMatching(/^followed_by: /),
    ])
  })

  test('that say otherwise under the same key, or of no table, are refused with their place', async () => {
    await write({
      'sources/app.yaml': events,
      'segments/a.yaml': segment('often', 'logins >= 5', 'logins: {last: 30}'),
      'segments/b.yaml': segment('rarely', 'logins < 2', 'logins: {last: 60}'),
      'segments/c.yaml': segment('nowhere', 'steps < 2', 'steps: {of: event, last: 60}'),
    })
    const problems = await problemsOf()
    expect(problems).toContainEqual([
      'segments/b.yaml:4:12',
      'logins counts something else at segments/a.yaml:4.',
    ])
    expect(problems.map(([place]) => place)).toContainEqual(expect.stringMatching(/^segments\/c.yaml:4/))
  })
})

describe('YAML of strangers', () => {
  test.each([
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    ],
    ['brackets without end', '['.repeat(100_000)],
    ['deep dashes', '- '.repeat(5000)],
    ['a key twice', 'a: 1\na: 2\n'],
    ['a tab for indentation', 'a:\n\tb: 1\n'],
  ])('%s is refused with a place', (_, text) => {
    expect(() => parseYaml(text, 'x.yaml')).toThrow(
      expect.objectContaining({
        code: 'invalid_definition',
        place: expect.objectContaining({ file: 'x.yaml' }),
      }),
    )
  })
})
