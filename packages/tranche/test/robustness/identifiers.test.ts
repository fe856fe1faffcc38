import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { publishedTables } from '@tranche/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { simulate } from '../../src/pipeline/simulate/simulate.ts'
import { unsafeRaw } from '../../src/sql/sql.ts'
import { start } from '../pipeline/command-line.ts'
import { command } from './in-process.ts'
import { needles, plantPeople } from './planted-people.ts'
import { inText, searchOutput } from './search-output.ts'
import { workbook } from './zip-archive.ts'

let room: string
let bank: string
let out: string
let said = ''

/** Runs a command and keeps what it said, to be searched. */
async function say(...args: readonly string[]): Promise<number> {
  const { code, stdout, stderr } = await command(['-C', bank, ...args])
  said += `${stdout}\n${stderr}\n`
  return code
}

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-people-'))
  bank = join(room, 'bank')
  out = join(room, 'out')
  await mkdir(out)
  await simulate({ dir: bank, customers: 200, months: 12, seed: 5, dirt: 0.02, effects: 'default' })
  await plantPeople(bank)
})
afterAll(() => rm(room, { recursive: true, force: true }))

const leaksOf = async (folders: readonly string[]) => {
  const { leaks, looked } = await searchOutput(folders, needles)
  return {
    leaks: leaks.map(({ file, part, needle }) => `${needle} in ${file.slice(room.length)} (${part})`),
    looked,
  }
}

test('no name, phone, number or address gets into anything that a crash leaves behind', async () => {
  const child = start(['-C', bank, 'run'])
  child.stdout?.resume()
  await new Promise<void>((done) => {
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      if (/customers|Features/.test(bytes.toString())) child.kill('SIGKILL')
    })
    child.on('close', () => done())
  })
  const { leaks, looked } = await leaksOf([join(bank, '.tranche')])
  expect(leaks).toEqual([])
  expect(looked['files']).toBeGreaterThan(3)
})

test('nor into what a run, its exports and its words hold', async () => {
  expect(await say('run')).toBe(0)
  for (const table of publishedTables)
    for (const format of ['csv', 'jsonl', 'parquet', 'xlsx'])
      await say('export', table.name, '--format', format, '--out', join(out, `${table.name}.${format}`))
  for (const language of ['en', 'zh']) {
    for (const format of ['html', 'md'])
      await say(
        '--lang',
        language,
        'report',
        '--format',
        format,
        '--out',
        join(out, `report.${language}.${format}`),
      )
    await say('--lang', language, 'quarantine', 'list', '--limit', '100000')
  }
  await say('--json', 'quarantine', 'list', '--limit', '100000')
  for (const source of ['customers', 'app_users'])
    expect(await say('quarantine', 'export', source, '--out', join(out, `${source}.csv`))).toBe(0)
  for (const words of [
    ['plan'],
    ['--json', 'plan'],
    ['doctor'],
    ['--json', 'doctor'],
    ['validate'],
    ['reconcile'],
    ['explain', 'C90000000'],
    ['--json', 'explain', 'C90000002'],
    ['explain', '欧阳'],
  ])
    await say(...words)
  const { leaks, looked } = await leaksOf([join(bank, '.tranche'), out])
  expect(leaks).toEqual([])
  expect(inText(said, needles)).toEqual([])
  expect(looked['duckdb']).toBe(1)
  expect(looked['zip']).toBeGreaterThan(5)
  expect(looked['parquet']).toBeGreaterThan(20)
  expect(said).toContain('customers.csv')
}, 300_000)

test('the search finds what is there: in bytes, gzip, a workbook, Parquet and a database', async () => {
  const planted = join(room, 'planted')
  await mkdir(planted)
  const [name = '', phone = '', id = ''] = needles
  await writeFile(join(planted, 'a.log'), Buffer.from(`x${phone}x`, 'utf16le'))
  await writeFile(join(planted, 'b.gz'), gzipSync(`said ${name}`))
  await writeFile(join(planted, 'c.xlsx'), workbook([['who'], [id]]))
  const warehouse = await openDuckDb({ path: join(planted, 'e.duckdb') })
  await warehouse.run(
    unsafeRaw(
      `create schema run_state; create table run_state.artefacts as select '{"a": "${name}"}' as content from range(3000)`,
    ),
  )
  await warehouse.writeParquet(
    unsafeRaw(`select '${phone}' as a from range(3000)`),
    join(planted, 'd.parquet'),
  )
  warehouse.close()
  const { leaks } = await searchOutput([planted], needles)
  const found = new Set(
    leaks.map(({ file, part, needle }) => `${file.slice(planted.length + 1)} ${part} ${needle}`),
  )
  expect(found).toContain(`a.log bytes ${phone}`)
  expect(found).toContain(`b.gz gunzipped ${name}`)
  expect(found).toContain(`c.xlsx xl/worksheets/sheet1.xml ${id}`)
  expect(found).toContain(`d.parquet a ${phone}`)
  expect(found).toContain(`e.duckdb run_state.artefacts.content ${name}`)
})
