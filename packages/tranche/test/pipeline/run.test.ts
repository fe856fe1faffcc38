import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tranche } from './command-line.ts'
import { copyOf, fingerprints, makeLittleBank, type RunDocument, runJson } from './small-bank.ts'

let room: string
let bank: string
let first: RunDocument

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-run-'))
  bank = join(room, 'bank')
  await makeLittleBank(bank, 300)
  first = await runJson(bank)
}, 300_000)
afterAll(() => rm(room, { recursive: true, force: true }))

describe('a run', () => {
  test('accounts for every row, and says nothing changed the second time', async () => {
    expect(first.manifest.status).toBe('published')
    expect(first.manifest.rows.length).toBeGreaterThan(4)
    for (const { read, kept, quarantined, filtered, duplicates } of first.manifest.rows)
      expect(kept + quarantined + filtered + duplicates).toBe(read)
    expect(await runJson(bank)).toMatchObject({ run: first.run, unchanged: true })
  })

  test('gives the same bytes whatever the threads and the zone of the machine, and without the planted truth', async () => {
    const dir = await copyOf(bank, join(room, 'one-thread'))
    await rm(join(dir, 'truth.json'))
    await appendFile(join(dir, 'tranche.yaml'), '\nwarehouse: {engine: duckdb, threads: 1}\n')
    const env = { TZ: 'Asia/Kolkata' }
    const run = await tranche(['-C', dir, '--json', 'run'], { env })
    expect(run.code).toBe(0)
    const one = await fingerprints(dir, JSON.parse(run.stdout) as RunDocument, env)
    expect(one).toEqual(await fingerprints(bank, first, { TZ: 'America/Los_Angeles' }))
  }, 300_000)

  test('knows its files again after a copy gave them another time', async () => {
    const dir = join(room, 'restored')
    await cp(bank, dir, { recursive: true })
    expect(await runJson(dir)).toMatchObject({ run: first.run, unchanged: true })
  }, 300_000)
})
