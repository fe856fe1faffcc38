import { existsSync } from 'node:fs'
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inWorkspace, start } from './command-line.ts'
import { change, copyOf, fingerprints, makeBank, pointerOf, type RunDocument, runJson } from './small-bank.ts'

let room: string
let bank: string
let first: RunDocument

/** A copy with its published run: what it says is said again without computing anything. */
async function publishedCopy(name: string): Promise<string> {
  const dir = join(room, name)
  await cp(bank, dir, { recursive: true })
  return dir
}

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-run-'))
  bank = join(room, 'bank')
  await makeBank(bank, 300)
  first = await runJson(bank)
}, 300_000)
afterAll(() => rm(room, { recursive: true, force: true }))

describe('a run', () => {
  test('accounts for every row, reconciles, and says nothing changed the second time', async () => {
    expect(first.manifest.status).toBe('published')
    expect(first.manifest.rows.length).toBeGreaterThan(10)
    for (const { read, kept, quarantined, filtered, duplicates } of first.manifest.rows)
      expect(kept + quarantined + filtered + duplicates).toBe(read)
    const reconciled = await inWorkspace(bank, '--json', 'reconcile')
    const lines = JSON.parse(reconciled.stdout) as { agrees: boolean }[]
    expect(lines.filter(({ agrees }) => !agrees)).toEqual([])
    expect(lines.length).toBeGreaterThan(50)
    expect(await runJson(bank)).toMatchObject({ run: first.run, unchanged: true })
  })

  test('gives the same bytes whatever the threads and the zone of the machine, and without the planted truth', async () => {
    const dir = await copyOf(bank, join(room, 'one-thread'))
    await rm(join(dir, 'truth.json'))
    await appendFile(join(dir, 'tranche.yaml'), '\nwarehouse: {engine: duckdb, threads: 1}\n')
    const zone = { TZ: 'Asia/Kolkata' }
    const child = start(['-C', dir, '--json', 'run'], { env: zone })
    let document = ''
    child.stdout?.on('data', (bytes: Buffer) => {
      document += bytes.toString()
    })
    child.stderr?.resume()
    await new Promise((done) => child.on('close', done))
    const one = await fingerprints(dir, JSON.parse(document) as RunDocument, zone)
    expect(one).toEqual(await fingerprints(bank, first, { TZ: 'America/Los_Angeles' }))
  })

  test('is refused while another is under way, with its pid, and readers go on reading what is published', async () => {
    const dir = await publishedCopy('locked')
    await change(dir, 'locked')
    const running = start(['-C', dir, 'run'])
    running.stdout?.resume()
    running.stderr?.resume()
    const closed = new Promise<number | null>((done) => running.on('close', done))
    while (!existsSync(join(dir, '.tranche', 'lock'))) await new Promise((later) => setTimeout(later, 5))
    const [second, reader] = await Promise.all([
      inWorkspace(dir, 'run'),
      inWorkspace(dir, 'export', 'metrics', '--out', join(dir, 'metrics.csv')),
    ])
    expect(second.code).toBe(1)
    expect(second.stderr).toContain(`process ${running.pid}`)
    expect(reader.code).toBe(0)
    expect(await closed).toBe(0)
    expect(await pointerOf(dir)).not.toBe(first.run)
  })

  test('that a gate stops leaves with 1, and yesterday stays published', async () => {
    const dir = await publishedCopy('gate')
    const source = join(dir, 'sources', 'products.yaml')
    const text = await readFile(source, 'utf8')
    await writeFile(
      source,
      text.replace(
        /( *)columns:/,
        '$1expectations: [{column: name, accepted: [nothing], severity: error}]\n$1columns:',
      ),
    )
    const { code, stderr } = await inWorkspace(dir, 'run')
    expect(stderr).toContain('products')
    expect(code).toBe(1)
    expect(await pointerOf(dir)).toBe(first.run)
    await writeFile(source, text)
    expect(await runJson(dir)).toMatchObject({ run: first.run, unchanged: true })
  })

  test('knows its files again after a copy or a restore gave them another time', async () => {
    const dir = join(room, 'restored')
    await cp(bank, dir, { recursive: true })
    expect(await runJson(dir)).toMatchObject({ run: first.run, unchanged: true })
    expect((await inWorkspace(dir, 'reconcile')).code).toBe(0)
  })

  test('reproduces a past day', async () => {
    const dir = await publishedCopy('past')
    const past = await runJson(dir, '--as-of', '2025-01-01')
    expect(past.run.startsWith('2024-12-31')).toBe(true)
    expect((await runJson(dir, '--as-of', '2025-01-01')).unchanged).toBe(true)
  })
})
