import { appendFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../src/sql/sql.ts'
import { migrate, newestVersion } from '../../src/store/migrate.ts'
import { migrations } from '../../src/store/migrations.ts'
import { command, type Said } from '../robustness/in-process.ts'
import { createSmallInstitution, type SmallInstitution } from '../robustness/spoilt-workspace.ts'
import { noon, onBoth, onPostgres, onSqlite, type States } from '../store/states.ts'

interface AuditLine {
  readonly what: string
  readonly subject: string
  readonly who: string
  readonly detail: string
}

const consentFeatures = `- key: decisions
  label: {en: Decisions, zh: 决定}
  from: consents
  measure: {count: rows}
- key: agreed_to
  label: {en: Agreed to, zh: 同意版本}
  from: consents
  where: purpose == "marketing" && granted
  measure: {last: notice_version, by: [decided_at]}
`

/** A small bank with a published run, of which every test takes a copy. */
let model: SmallInstitution
beforeAll(async () => {
  model = await createSmallInstitution()
  await writeFile(join(model.dir, 'features', 'consents.yaml'), consentFeatures)
  expect(await model.run()).toBeNull()
})
afterAll(() => model.remove())

/** A copy of the bank, whose state is of that kind. */
async function bankWith(states: States) {
  const options = await states.fresh()
  const { dir } = options
  await cp(model.dir, dir, { recursive: true })
  await appendFile(join(dir, 'tranche.yaml'), `state: ${JSON.stringify(options.settings)}\n`)
  return {
    dir,
    options,
    here: (...args: readonly string[]) => command(['-C', dir, ...args]),
    document: async <T>(...args: readonly string[]): Promise<T> =>
      JSON.parse((await command(['-C', dir, '--json', ...args])).stdout) as T,
    lines: async () => {
      const state = await states.open(options)
      return await state.rows<AuditLine>(
        sql`select who, what, subject, detail from ${state.table('audit')} order by seq`,
      )
    },
  }
}

type Bank = Awaited<ReturnType<typeof bankWith>>
type Run = { readonly run: string; readonly unchanged: boolean }
type Explained = { readonly features: readonly { readonly key: string; readonly value: unknown }[] }

function expectSaid(said: Said, code: number, words: RegExp): void {
  expect(`${said.stdout}${said.stderr}`).toMatch(words)
  expect(said.code).toBe(code)
}

onBoth('a workspace whose state is', (states) => {
  let bank: Bank
  const out = (name: string) => join(bank.dir, name)
  beforeAll(async () => {
    bank = await bankWith(states)
  })

  test('puts every look on record, and no customer’s number', async () => {
    const looks = [
      ['export', 'features', '--where', 'customer_id == "c17"', '--out', out('one.csv')],
      ['export', 'customer_value', '--format', 'xlsx', '--out', out('value.xlsx')],
      ['explain', 'c17'],
      ['explain', 'c17', '--feature', 'spend'],
      ['explain', 'c18', '--feature', 'spend'],
      ['quarantine', 'list', '--source', 'orders'],
      ['plan'],
    ]
    for (const look of looks) expect((await bank.here(...look)).code, look.join(' ')).toBe(0)
    const lines = await bank.lines()
    expect(lines.map(({ what }) => what)).toEqual([
      'export',
      'export',
      'explain',
      'explain',
      'explain',
      'quarantine_list',
      'plan',
    ])
    expect(lines.map(({ subject }) => subject).filter((_, index) => ![2, 3, 4].includes(index))).toEqual([
      'features',
      'customer_value',
      'orders',
      'sources',
    ])
    const [seventeen, again, eighteen] = lines.slice(2).map(({ subject }) => subject)
    expect(seventeen).toMatch(/^p1_[0-9a-f]{32}$/)
    expect(again).toBe(seventeen)
    expect(eighteen).not.toBe(seventeen)
    expect(JSON.stringify(lines)).not.toMatch(/\bc1[78]\b/)
    expect(JSON.parse(lines[0]!.detail)).toEqual({ format: 'csv', rows: 1, filtered: true, columns: 'all' })
    for (const { who } of lines) expect(who).not.toBe('')
  })

  test('puts nothing on record for a look that was refused, and writes no file without record', async () => {
    const before = (await bank.lines()).length
    expect((await bank.here('explain', 'nobody')).code).toBe(2)
    expect((await bank.here('export', 'nope')).code).toBe(2)
    expect(await bank.lines()).toHaveLength(before)
  })

  test('gives the same run while nobody has decided anything', async () => {
    expect(await bank.document<Run>('run')).toMatchObject({ unchanged: true })
  })

  test('takes decisions into the next run, beside those of files, each once', async () => {
    const first = await bank.document<Run>('run')
    const at = ['--at', '2024-03-02T10:00:00Z']
    const record = (customer: string, ...flags: readonly string[]) =>
      bank.here('consent', 'record', customer, 'marketing', ...flags)
    expectSaid(await record('c1', '--granted', '--notice', 'v1', ...at), 0, /Recorded/)
    expectSaid(await record('c1', '--granted', '--notice', 'v1', ...at), 0, /on record already/)
    expectSaid(await record('c1', '--refused', ...at), 1, /Another decision of 2024-03-02T10:00:00.000Z/)
    expectSaid(await record('c2', '--granted', '--notice', 'v2', ...at), 0, /Recorded/)
    expectSaid(await record('c2'), 2, /--granted or --refused/)
    expectSaid(await record('c2', '--granted', '--at', '2999-01-01'), 2, /future/)
    const second = await bank.document<Run>('run', '--as-of', 'now')
    expect(second.run).not.toBe(first.run)
    const features = async (customer: string) =>
      Object.fromEntries(
        (await bank.document<Explained>('explain', customer)).features.map(({ key, value }) => [key, value]),
      )
    expect(await features('c1')).toMatchObject({ decisions: 1, agreed_to: 'v1' })
    await mkdir(out('forms'))
    const rows = ['customer,at,version', 'c1,2024-03-02 10:00:00,v1', 'c1,2024-03-01 10:00:00,v0']
    await writeFile(out('forms/forms.csv'), `${rows.join('\n')}\n`)
    await writeFile(
      out('sources/forms.yaml'),
      `key: forms\nfiles: forms\ntables:\n  - table: consents\n    columns:\n      customer_id: {from: customer}\n      decided_at: {from: at, timeZone: UTC}\n      notice_version: {from: version}\n      purpose: {value: marketing}\n      granted: {value: true}\n`,
    )
    expectSaid(await bank.here('run', '--as-of', 'now'), 0, /Published/)
    expect(await features('c1')).toMatchObject({ decisions: 2, agreed_to: 'v1' })
    expect(await features('c2')).toMatchObject({ decisions: 1, agreed_to: 'v2' })
    expect((await bank.here('reconcile')).code).toBe(0)
    expect((await bank.lines()).filter(({ what }) => what === 'consent')).toHaveLength(2)
  })

  test('is told of by doctor, with the head of a whole audit chain', async () => {
    const seen = await bank.here('doctor', '--audit')
    expectSaid(seen, 0, new RegExp(`State: version ${newestVersion} of ${newestVersion}`))
    const head = /Audit chain: whole, lines: \d+, head: ([0-9a-f]{64})/.exec(seen.stdout)![1]!
    expectSaid(await bank.here('export', 'features', '--out', out('again.csv')), 0, /rows of features/)
    expectSaid(await bank.here('doctor', '--audit', head), 0, /Audit chain: whole/)
    expectSaid(await bank.here('doctor', '--audit', 'f'.repeat(64)), 1, /head given is not among/)
    expectSaid(await bank.here('--lang', 'zh', 'doctor'), 0, /状态库：版本/)
    expectSaid(await bank.here('doctor', '--migrate'), 0, /nothing to do/)
  })

  test('shows a line that was changed behind its back', async () => {
    const state = await states.open(bank.options)
    const trigger =
      state.engine === 'sqlite' ? sql`audit_keeps_from_update` : sql`audit_keeps on ${state.table('audit')}`
    await state.run(sql`drop trigger ${trigger}`)
    await state.run(sql`update ${state.table('audit')} set who = 'someone else' where seq = 2`)
    expectSaid(await bank.here('doctor', '--audit'), 1, /Audit chain: broken, line 2 was changed/)
    expectSaid(await bank.here('doctor'), 0, /State: version/)
  })

  test('is not used when a newer program wrote it', async () => {
    const newer = { version: newestVersion + 1, name: 'newer', statements: () => [] }
    await migrate(await states.open(bank.options), () => noon, [...migrations, newer])
    const words = new RegExp(
      `version ${newestVersion + 1}; this program knows versions up to ${newestVersion}`,
    )
    for (const args of [
      ['run'],
      ['plan'],
      ['export', 'features', '--out', out('no.csv')],
      ['explain', 'c1'],
      ['doctor', '--migrate'],
    ])
      expectSaid(await bank.here(...args), 2, words)
    await expect(readFile(out('no.csv'))).rejects.toThrow('ENOENT')
    expectSaid(await bank.here('--lang', 'zh', 'run'), 2, /本程序最高支持版本/)
    expectSaid(await bank.here('doctor'), 0, /newer than this program/)
    expectSaid(await bank.here('validate'), 0, /in order/)
  })
})

onBoth('a backup of the state', (states) => {
  test('brings back what was there, and the work goes on', async () => {
    const bank = await bankWith(states)
    const file = join(bank.dir, 'state.backup')
    const look = (name: string) => bank.here('export', 'features', '--out', join(bank.dir, name))
    expect((await bank.here('consent', 'record', 'c1', 'marketing', '--granted')).code).toBe(0)
    expect((await look('a.csv')).code).toBe(0)
    const before = await bank.lines()
    if (states.server === null) expectSaid(await bank.here('state', 'backup', file), 0, /copied/)
    else await dump(states, bank, file)
    expect((await look('b.csv')).code).toBe(0)
    expect((await bank.here('consent', 'record', 'c1', 'marketing', '--refused')).code).toBe(0)
    if (states.server === null) {
      expectSaid(await bank.here('state', 'backup', file), 2, /is there already/)
      expectSaid(await bank.here('state', 'restore', file), 0, /restored/)
      expect((await bank.lines()).at(-1)?.what).toBe('restore')
    } else await restore(states, bank, file)
    expect((await bank.lines()).slice(0, before.length)).toEqual(before)
    expectSaid(await bank.here('doctor', '--audit'), 0, /Audit chain: whole/)
    expect((await look('c.csv')).code).toBe(0)
    expectSaid(await bank.here('run', '--as-of', 'now'), 0, /Published/)
    expect(
      await bank.document<{ rows: number }>(
        'export',
        'features',
        '--where',
        'decisions == 1',
        '--out',
        join(bank.dir, 'd.csv'),
      ),
    ).toMatchObject({ rows: 1 })
  })
})

/** The command that the program names for a state on a server, as it stands there. */
const named = (said: Said, program: string) => {
  const found = new RegExp(`${program} (.*)$`, 'm').exec(said.stderr)
  return found![1]!.split(' ')
}

async function dump(states: States, bank: Bank, file: string): Promise<void> {
  const said = await bank.here('state', 'backup', file)
  expect(said.code).toBe(2)
  states.server!.client('pg_dump', named(said, 'pg_dump'))
}

async function restore(states: States, bank: Bank, file: string): Promise<void> {
  const said = await bank.here('state', 'restore', file)
  expect(said.code).toBe(2)
  states.server!.client('pg_restore', named(said, 'pg_restore'))
}

onPostgres('a second machine', (states) => {
  test('is kept from running while the first does', async () => {
    const bank = await bankWith(states)
    const elsewhere = `${bank.dir}-elsewhere`
    await cp(bank.dir, elsewhere, { recursive: true })
    const other = await states.open(bank.options)
    const lock = await other.lockRuns()
    expectSaid(await command(['-C', elsewhere, 'run']), 1, /Another machine is running/)
    expectSaid(await command(['-C', elsewhere, 'plan']), 1, /Another machine is running/)
    expectSaid(
      await command(['-C', elsewhere, 'export', 'features', '--out', join(elsewhere, 'f.csv')]),
      0,
      /rows of features/,
    )
    await lock.release()
    expect((await command(['-C', elsewhere, 'run'])).code).toBe(0)
    await rm(elsewhere, { recursive: true, force: true })
  })
})

onSqlite('a look', (states) => {
  test('goes on where the state can’t be written, and says that it is not on record', async () => {
    const bank = await bankWith(states)
    await mkdir(join(bank.dir, '.tranche', 'state.sqlite'))
    const args = ['export', 'features', '--out', join(bank.dir, 'f.csv')]
    expectSaid(await bank.here(...args), 0, /not on record/)
    expectSaid(await bank.here('--lang', 'zh', ...args), 0, /未被记录/)
    expectSaid(await bank.here('doctor'), 0, /can't be opened, read or written/)
  })
})
