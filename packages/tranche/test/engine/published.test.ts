import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeAtomically } from '../../src/engine/atomic-file.ts'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { createFolder, type Folder, runFolderOf } from '../../src/engine/folder.ts'
import { openRun, publish, readPointer } from '../../src/engine/published.ts'
import { takeLock } from '../../src/pipeline/lock.ts'
import { sql } from '../../src/sql/sql.ts'

let dir: string
let folder: Folder
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tranche-'))
  folder = await createFolder(dir)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('publishing', () => {
  test('before the first run there is no pointer', async () => {
    expect(await readPointer(folder)).toBeNull()
  })

  test('a reader finds the tables of the run in force while another run is being written', async () => {
    const old = runFolderOf(folder, 'a')
    for (const run of ['a', 'b']) await mkdir(runFolderOf(folder, run).path)
    const first = await openDuckDb({ path: old.database })
    await first.run(sql`create table features as select 'x' as customer_id`)
    await first.run(sql`create view seen as select * from features`)
    first.close()
    await publish(folder, 'a')
    const writer = await openDuckDb({ path: runFolderOf(folder, 'b').database })
    await writer.run(sql`create table features as select 'y' as customer_id`)
    const reader = await openRun((await readPointer(folder))!)
    expect(await reader.rows(sql`select * from features union all select * from seen`)).toEqual([
      { customer_id: 'x' },
      { customer_id: 'x' },
    ])
    reader.close()
    writer.close()
  })

  test('a damaged pointer is said, not guessed around', async () => {
    await writeFile(folder.pointer, '{"run": "../../etc"}')
    await expect(readPointer(folder)).rejects.toMatchObject({ code: 'damaged' })
  })

  test('an atomic write leaves no partial file behind', async () => {
    await writeAtomically(join(dir, 'x'), 'one')
    await writeAtomically(join(dir, 'x'), 'two')
    expect(await readFile(join(dir, 'x'), 'utf8')).toBe('two')
    expect((await readdir(dir)).sort()).toEqual(['.tranche', 'x'])
  })
})

describe('the lock', () => {
  const clock = () => new Date('2026-01-02T03:04:05Z')

  test('a second run is refused with the pid and start of the first', async () => {
    const lock = await takeLock(folder.lock, clock)
    await expect(takeLock(folder.lock, clock)).rejects.toMatchObject({
      code: 'busy',
      context: { pid: process.pid, startedAt: '2026-01-02T03:04:05.000Z' },
    })
    await lock.release()
    await (await takeLock(folder.lock, clock)).release()
  })

  test('a lock left by a process that is gone is taken over', async () => {
    await writeFile(
      folder.lock,
      JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '2026-01-01T00:00:00Z', processStart: null }),
    )
    await (await takeLock(folder.lock, clock)).release()
  })

  test('a number used again by another process does not hold the lock', async () => {
    await writeFile(
      folder.lock,
      JSON.stringify({ pid: process.pid, startedAt: '2026-01-01T00:00:00Z', processStart: '1' }),
    )
    await (await takeLock(folder.lock, clock)).release()
  })
})
