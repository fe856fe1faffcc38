import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { sql } from '../../src/sql/sql.ts'
import { command } from '../robustness/in-process.ts'
import { pointerOf } from './small-bank.ts'

let room: string
let shop: string
let first: string

/** Orders of 200 customers over two years, from one that is the same on every run. */
function orders(from: number, to: number): string {
  const lines = ['order_no,customer_no,ordered_at,amount,channel']
  for (let order = from; order < to; order++) {
    const day = new Date(Date.UTC(2023, 0, 1) + ((order * 7_919) % 700) * 86_400_000)
      .toISOString()
      .slice(0, 10)
    lines.push(
      `O${order},C${(order * 37 + (order % 11)) % 200},${day},${5 + ((order * 31) % 97)}.50,${order % 3 === 0 ? 'web' : 'shop'}`,
    )
  }
  return `${lines.join('\n')}\n`
}

async function inShop(dir: string, ...args: readonly string[]) {
  return await command(['-C', dir, ...args])
}

async function copyOfShop(name: string): Promise<string> {
  const dir = join(room, name)
  await cp(shop, dir, { recursive: true })
  return dir
}

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-replay-'))
  shop = join(room, 'shop')
  await mkdir(join(room, 'files'))
  await writeFile(join(room, 'files', 'orders-1.csv'), orders(0, 3_000))
  expect((await command(['init', shop, '--from', join(room, 'files', 'orders-1.csv'), '--yes'])).code).toBe(0)
  // The workspace gets files of its own, so that each test may change its copy.
  await mkdir(join(shop, 'orders'))
  await cp(join(room, 'files', 'orders-1.csv'), join(shop, 'orders', 'orders-1.csv'))
  const [source] = (await readdir(join(shop, 'sources'))).filter((name) => name.endsWith('.yaml'))
  const path = join(shop, 'sources', source!)
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace(/^(\s*(?:- )?files: ).*$/m, '$1orders/*.csv'))
  expect(await inShop(shop, 'run')).toMatchObject({ code: 0 })
  first = (await pointerOf(shop))!
}, 120_000)
afterAll(() => rm(room, { recursive: true, force: true }))

describe('a run that is computed again', () => {
  test('comes out equal, and leaves nothing behind and nothing changed', async () => {
    const dir = await copyOfShop('equal')
    const runs = join(dir, '.tranche', 'runs')
    const before = await readdir(join(runs, first))
    const { code, stdout, stderr } = await inShop(dir, '--json', 'replay')
    expect(stderr).not.toMatch(/Error/)
    expect(code).toBe(0)
    const replay = JSON.parse(stdout) as {
      run: string
      equal: boolean
      tables: { table: string }[]
      files: object[]
    }
    expect(replay).toMatchObject({ run: first, equal: true })
    expect(replay.tables.map(({ table }) => table)).toEqual(
      expect.arrayContaining([
        'features',
        'metrics',
        'customer_value',
        'findings',
        'segment_summary',
        'quality',
      ]),
    )
    expect(replay.files).toHaveLength(4)
    expect(await pointerOf(dir)).toBe(first)
    expect(await readdir(join(runs, first))).toEqual(before)
    expect(await readdir(runs)).not.toContain('replay')
    expect(await readdir(join(dir, '.tranche'))).not.toContain('replay')
  }, 120_000)

  test('leaves out files that came later, and compares a later run with the one before it as then', async () => {
    const dir = await copyOfShop('later')
    await writeFile(join(dir, 'orders', 'orders-2.csv'), orders(3_000, 3_600))
    expect(await inShop(dir, 'run')).toMatchObject({ code: 0 })
    const second = (await pointerOf(dir))!
    expect(second).not.toBe(first)
    for (const run of [first, second]) {
      const { code, stdout, stderr } = await inShop(dir, 'replay', run)
      expect(code, stderr).toBe(0)
      expect(stdout).toContain(`Run ${run} computed again: all`)
    }
    expect(await pointerOf(dir)).toBe(second)
  }, 180_000)

  test('still comes out equal when older runs have gone, with what was taken in for them alone', async () => {
    const dir = await copyOfShop('expired')
    await appendFile(join(dir, 'tranche.yaml'), '\nruns: {keep: 1}\n')
    const written = () => readdir(join(dir, '.tranche', 'standard', 'transactions'))
    const [then] = await written()
    for (const upTo of [3_100, 3_200]) {
      await writeFile(join(dir, 'orders', 'orders-1.csv'), orders(0, upTo))
      expect(await inShop(dir, 'run')).toMatchObject({ code: 0 })
    }
    expect(await readdir(join(dir, '.tranche', 'runs'))).not.toContain(first)
    expect(await written()).not.toContain(then)
    expect(await written()).toHaveLength(2)
    const { code, stderr } = await inShop(dir, 'replay')
    expect(code, stderr).toBe(0)
  }, 180_000)

  test('is refused where a file or a definition is no longer what it was, naming it', async () => {
    const dir = await copyOfShop('changed')
    await appendFile(join(dir, 'orders', 'orders-1.csv'), 'O9999,C1,2024-01-01,7.50,web\n')
    const written = () => readdir(join(dir, '.tranche', 'standard', 'transactions'))
    const before = await written()
    const file = await inShop(dir, 'replay')
    // It was hashed, and not read.
    expect(await written()).toEqual(before)
    expect(file.code).not.toBe(0)
    expect(file.stderr).toMatch(/orders\/orders-1\.csv is no longer what it was/)

    await rm(join(dir, 'orders', 'orders-1.csv'))
    const gone = await inShop(dir, 'replay')
    expect(gone.code).not.toBe(0)

    const other = await copyOfShop('redefined')
    await writeFile(
      join(other, 'features', 'mine.yaml'),
      'key: spend_mine\nlabel: {en: Mine, zh: 我的}\nfrom: transactions\nmeasure: {sum: amount}\nunit: money\n',
    )
    const defined = await inShop(other, 'replay')
    expect(defined.code).not.toBe(0)
    expect(defined.stderr).toContain('feature:spend_mine')

    const settings = await copyOfShop('settings')
    await appendFile(join(settings, 'tranche.yaml'), '\nrfm: {bins: 4}\n')
    const set = await inShop(settings, 'replay')
    expect(set.code).not.toBe(0)
    expect(set.stderr).toContain('tranche.yaml')
    expect(await pointerOf(settings)).toBe(first)
  }, 120_000)

  test('says which table came out otherwise, and how many of its rows', async () => {
    const dir = await copyOfShop('touched')
    const database = await openDuckDb({ path: join(dir, '.tranche', 'runs', first, 'run.duckdb') })
    await database.run(sql`update customer_value set m = m + 1 where customer_id in ('C1', 'C3')`)
    await database.run(sql`drop table cohort_retention`)
    database.close()
    const { code, stdout, stderr } = await inShop(dir, 'replay')
    expect(code).not.toBe(0)
    expect(stdout).toMatch(/≠ customer_value: 2 of \d+ rows are gone, 2 of \d+ are new/)
    expect(stdout).toContain('≠ cohort_retention: only computed now')
    expect(stdout).toMatch(/= features: \d+ rows/)
    expect(stderr).toContain('came out otherwise')
  }, 120_000)

  test('is not found by another name', async () => {
    const { code, stderr } = await inShop(shop, 'replay', '2001-01-01-000000000000')
    expect(code).not.toBe(0)
    expect(stderr).toContain(first)
  })
})
