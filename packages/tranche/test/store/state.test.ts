import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { TrancheError } from '../../src/errors.ts'
import { sql } from '../../src/sql/sql.ts'
import { appendAudit, appendAuditWithin, verifyAudit } from '../../src/store/audit.ts'
import { backUpSqlite, restoreSqlite } from '../../src/store/backup.ts'
import { type ConsentRow, consentPages, recordConsent } from '../../src/store/consents.ts'
import { publishCurrentRun, readCurrentRun } from '../../src/store/current-run.ts'
import { migrate, newestVersion, versionOf } from '../../src/store/migrate.ts'
import { migrations } from '../../src/store/migrations.ts'
import { openExistingState, openState, openStateAsIs, stateFileOf } from '../../src/store/open-state.ts'
import type { StateDatabase } from '../../src/store/state-database.ts'
import { after, noon, onBoth, onSqlite } from './states.ts'

const later = { version: newestVersion + 1, name: 'a later one', statements: () => [sql`select 1`] }
const errorOf = async (work: Promise<unknown>) =>
  (await work.catch((error: unknown) => error)) as TrancheError

onBoth('migrations', (states) => {
  test('bring a new state to the newest version, once, and tell who did', async () => {
    const options = await states.fresh()
    const state = await states.open(options)
    expect(await versionOf(state)).toBe(newestVersion)
    const again = await states.open(options)
    expect(await migrate(again, () => noon)).toEqual({ from: newestVersion, to: newestVersion })
    const rows = await again.rows(
      sql`select version, applied_at from ${again.table('schema_version')} order by version`,
    )
    expect(rows).toEqual(
      migrations.map(({ version }) => ({ version, applied_at: '2026-03-01T12:00:00.000Z' })),
    )
  })

  test('go forward one after the other, keeping what is there', async () => {
    const state = await states.open()
    await appendAudit(state, { who: 'ann', what: 'export', subject: 'features', detail: {} }, noon)
    const wider = {
      ...later,
      statements: () => [sql`alter table ${state.table('jobs')} add column note text`],
    }
    expect(await migrate(state, () => after(1), [...migrations, wider])).toEqual({
      from: newestVersion,
      to: newestVersion + 1,
    })
    expect(await state.rows(sql`select note from ${state.table('jobs')}`)).toEqual([])
    expect(await verifyAudit(state)).toMatchObject({ status: 'whole', lines: 1 })
  })

  test('leave nothing behind when one of them fails', async () => {
    const state = await states.open()
    const half = {
      ...later,
      statements: () => [
        sql`create table ${state.table('current_run')} (x integer)`,
        sql`select 1 from nowhere`,
      ],
    }
    expect(await errorOf(migrate(state, () => noon, [...migrations, half]))).toBeInstanceOf(TrancheError)
    expect(await versionOf(state)).toBe(newestVersion)
    expect(await readCurrentRun(state)).toBeNull()
  })

  test('refuse a state that a newer program wrote, and change nothing in it', async () => {
    const options = await states.fresh()
    await migrate(await states.open(options), () => noon, [...migrations, later])
    const error = await errorOf(openState(options))
    expect(error.code).toBe('unsupported')
    expect(error.text.en).toContain(
      `version ${newestVersion + 1}; this program knows versions up to ${newestVersion}`,
    )
    expect(error.text.zh).toContain(`版本为 ${newestVersion + 1}`)
    const asIs = await openStateAsIs(options)
    expect(await versionOf(asIs!)).toBe(newestVersion + 1)
    await asIs!.close()
  })

  test('are done once when several programs start at the same time', async () => {
    const options = await states.fresh()
    const opened = await Promise.all(Array.from({ length: 6 }, () => states.open(options)))
    const [first] = opened
    const rows = await first!.rows(sql`select version from ${first!.table('schema_version')}`)
    expect(rows).toHaveLength(migrations.length)
  })
})

onBoth('the state', (states) => {
  test('takes and gives every kind of text as it is', async () => {
    const state = await states.open()
    const subjects = [`'; drop table audit; --`, '"', '\\', '中文\n\t😀', `$1 ? :a @b`, '%s {}', '']
    for (const subject of subjects)
      await appendAudit(state, { who: subject, what: 'look', subject, detail: { subject } }, noon)
    const rows = await state.rows<{ subject: string; detail: string }>(
      sql`select subject, detail from ${state.table('audit')} order by seq`,
    )
    expect(rows.map(({ subject }) => subject)).toEqual(subjects)
    expect(rows.map(({ detail }) => JSON.parse(detail).subject)).toEqual(subjects)
    expect(await verifyAudit(state)).toMatchObject({ status: 'whole', lines: subjects.length })
  })

  test('undoes a transaction whose work fails, and goes on', async () => {
    const state = await states.open()
    const failing = state.transaction(async (within) => {
      await within.run(
        sql`insert into ${within.table('current_run')} (only_row, run, revision, published_at) values (1, 'r', 1, '')`,
      )
      throw new Error('no further')
    })
    await expect(failing).rejects.toThrow('no further')
    expect(await readCurrentRun(state)).toBeNull()
    expect(await publishCurrentRun(state, 'r', null, noon)).toBe(true)
  })

  test('puts a run in force only over the one that its publisher saw', async () => {
    const state = await states.open()
    expect(await publishCurrentRun(state, 'monday', null, noon)).toBe(true)
    expect(await publishCurrentRun(state, 'rival', null, noon)).toBe(false)
    const monday = await readCurrentRun(state)
    expect(monday).toEqual({ run: 'monday', revision: 1, publishedAt: noon.toISOString() })
    expect(await publishCurrentRun(state, 'tuesday', monday, after(1))).toBe(true)
    expect(await publishCurrentRun(state, 'late', monday, after(2))).toBe(false)
    expect(await publishCurrentRun(state, 'monday', await readCurrentRun(state), after(3))).toBe(true)
    expect(await publishCurrentRun(state, 'late', monday, after(4))).toBe(false)
    expect(await readCurrentRun(state)).toMatchObject({ run: 'monday', revision: 3 })
  })

  test('one of many publishers at the same moment wins', async () => {
    const options = await states.fresh()
    const rivals = await Promise.all(Array.from({ length: 5 }, () => states.open(options)))
    const won = await Promise.all(
      rivals.map((rival, index) => publishCurrentRun(rival, `run-${index}`, null, noon)),
    )
    expect(won.filter(Boolean)).toHaveLength(1)
    expect((await readCurrentRun(rivals[0]!))?.run).toBe(`run-${won.indexOf(true)}`)
  })
})

onBoth('the audit chain', (states) => {
  const entry = { who: 'ann', what: 'explain', subject: 'p1_00', detail: { features: 3 } }
  const fill = async (state: StateDatabase, lines: number) => {
    const heads: string[] = []
    for (let line = 0; line < lines; line++) heads.push(await appendAudit(state, entry, after(line)))
    return heads
  }
  const tamper = async (state: StateDatabase, change: (state: StateDatabase) => Promise<unknown>) => {
    if (state.engine === 'sqlite')
      for (const name of ['update', 'delete'] as const)
        await state.run(
          name === 'update'
            ? sql`drop trigger audit_keeps_from_update`
            : sql`drop trigger audit_keeps_from_delete`,
        )
    else await state.run(sql`drop trigger audit_keeps on ${state.table('audit')}`)
    await change(state)
  }

  test('is whole, and has the head that the last line gave', async () => {
    const state = await states.open()
    expect(await verifyAudit(state)).toEqual({ status: 'whole', lines: 0, head: '0'.repeat(64) })
    const heads = await fill(state, 4)
    expect(await verifyAudit(state)).toEqual({ status: 'whole', lines: 4, head: heads[3] })
    expect(await verifyAudit(state, heads[1])).toMatchObject({ status: 'whole' })
  })

  test('is read whole beyond the rows of one page', async () => {
    const state = await states.open()
    let head = ''
    await state.transaction(async (within) => {
      for (let line = 0; line < 1001; line++) head = await appendAuditWithin(within, entry, after(line))
    }, 'audit')
    expect(await verifyAudit(state)).toEqual({ status: 'whole', lines: 1001, head })
  })

  test('keeps every line of writers that write at the same time', async () => {
    const options = await states.fresh()
    const writers = await Promise.all(Array.from({ length: 4 }, () => states.open(options)))
    await Promise.all(writers.map((writer) => fill(writer, 8)))
    expect(await verifyAudit(writers[0]!)).toMatchObject({ status: 'whole', lines: 32 })
  })

  test('is not changed or shortened through the database', async () => {
    const state = await states.open()
    await fill(state, 2)
    const audit = state.table('audit')
    for (const statement of [sql`update ${audit} set who = 'bob'`, sql`delete from ${audit}`])
      expect((await errorOf(state.run(statement))).code).toBe('query_failed')
    expect(await verifyAudit(state)).toMatchObject({ status: 'whole', lines: 2 })
  })

  const cases = [
    ['another name in a line', sql`set who = 'bob' where seq = 3`, 3, 'changed'],
    ['another time', sql`set at = '2026-03-01T13:00:00.000Z' where seq = 1`, 1, 'changed'],
    ['another detail', sql`set detail = '{}' where seq = 5`, 5, 'changed'],
  ] as const
  test.each(cases)('shows %s', async (_, change, seq, fault) => {
    const state = await states.open()
    await fill(state, 5)
    await tamper(state, () => state.run(sql`update ${state.table('audit')} ${change}`))
    expect(await verifyAudit(state)).toEqual({ status: 'broken', seq, fault })
  })

  test('shows a line taken out, and one cut off its end by a head noted before', async () => {
    const state = await states.open()
    const heads = await fill(state, 5)
    await tamper(state, () => state.run(sql`delete from ${state.table('audit')} where seq = 5`))
    expect(await verifyAudit(state)).toMatchObject({ status: 'whole', lines: 4 })
    expect(await verifyAudit(state, heads[4])).toMatchObject({ status: 'not_found', lines: 4 })
    await state.run(sql`delete from ${state.table('audit')} where seq = 2`)
    expect(await verifyAudit(state)).toEqual({ status: 'broken', seq: 2, fault: 'missing' })
  })
})

onBoth('consents', (states) => {
  const consent = {
    customerId: 'C1',
    purpose: 'marketing',
    granted: true,
    noticeVersion: 'v3',
    decidedAt: noon,
    evidence: null,
  }
  const all = async (state: StateDatabase) => {
    const rows: ConsentRow[] = []
    for await (const page of consentPages(state)) rows.push(...page)
    return rows
  }

  test('are added, and the same one again changes nothing', async () => {
    const state = await states.open()
    expect(await recordConsent(state, consent, after(5))).toBe(true)
    expect(await recordConsent(state, consent, after(9))).toBe(false)
    expect(await recordConsent(state, { ...consent, granted: false, decidedAt: after(2) }, after(9))).toBe(
      true,
    )
    const error = await errorOf(recordConsent(state, { ...consent, granted: false }, after(9)))
    expect(error.code).toBe('refused')
    expect((await all(state)).map(({ granted, recorded_at }) => [granted, recorded_at])).toEqual([
      [1, after(5).toISOString()],
      [0, after(9).toISOString()],
    ])
  })

  test('come in the order of their bytes, page after page', async () => {
    const state = await states.open()
    const customers = Array.from({ length: 5003 }, (_, index) => `c${String(index).padStart(5, '0')}`)
    const odd = ['Z', 'a', 'B', 'ä', '客', '_', '10', '9']
    await state.transaction(async (within) => {
      for (const customerId of [...customers, ...odd])
        await recordConsent(within, { ...consent, customerId }, noon)
    })
    const found = (await all(state)).map(({ customer_id }) => customer_id)
    const bytes = (text: string) => Buffer.from(text)
    expect(found).toEqual([...customers, ...odd].sort((a, b) => Buffer.compare(bytes(a), bytes(b))))
  })

  test('are not changed through the database', async () => {
    const state = await states.open()
    await recordConsent(state, consent, noon)
    expect((await errorOf(state.run(sql`update ${state.table('consents')} set granted = 0`))).code).toBe(
      'query_failed',
    )
  })
})

onSqlite('the file of a state', (states) => {
  test('is not made by reading, and is its owner’s alone', async () => {
    const options = await states.fresh()
    expect(await openExistingState(options)).toBeNull()
    expect(await openStateAsIs(options)).toBeNull()
    const state = await states.open(options)
    await appendAudit(state, { who: 'ann', what: 'look', subject: '', detail: {} }, noon)
    for (const end of ['', '-wal', '-shm'])
      expect(((await stat(`${stateFileOf(options.dir)}${end}`)).mode & 0o777).toString(8)).toBe('600')
  })

  test('that is no database is said to be damaged, and one that is no backup is not restored', async () => {
    const options = await states.fresh()
    await mkdir(dirname(stateFileOf(options.dir)), { recursive: true })
    await writeFile(
      stateFileOf(options.dir),
      'a text file, long enough to be taken for something else '.repeat(20),
    )
    expect((await errorOf(openState(options))).code).toBe('damaged')
    const sound = await states.fresh()
    await appendAudit(await states.open(sound), { who: 'ann', what: 'look', subject: '', detail: {} }, noon)
    const restored = restoreSqlite(stateFileOf(options.dir), stateFileOf(sound.dir))
    expect((await errorOf(restored)).code).toBe('damaged')
    expect(await verifyAudit(await states.open(sound))).toMatchObject({ lines: 1 })
  })

  test('is copied whole while others write, and put back while others read', async () => {
    const options = await states.fresh()
    const writer = await states.open(options)
    const entry = { who: 'ann', what: 'look', subject: '', detail: {} }
    for (let line = 0; line < 20; line++) await appendAudit(writer, entry, noon)
    const file = join(options.dir, 'copy')
    let isDone = false
    const copying = backUpSqlite(stateFileOf(options.dir), file).finally(() => {
      isDone = true
    })
    while (!isDone) {
      await appendAudit(writer, entry, noon)
      await setImmediate()
    }
    await copying
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await restoreSqlite(file, stateFileOf(options.dir))
    const verdict = await verifyAudit(writer)
    expect(verdict.status).toBe('whole')
    const reader = await states.open(options)
    expect(await verifyAudit(reader)).toEqual(verdict)
    await appendAudit(reader, entry, noon)
    expect(await verifyAudit(writer)).toMatchObject({ status: 'whole' })
  })
})
