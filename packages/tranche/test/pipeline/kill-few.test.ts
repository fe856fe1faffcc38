import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Random } from '../../src/pipeline/simulate/random.ts'
import { start } from './command-line.ts'
import { expectWhole, killedAfter } from './kill.ts'
import { change, makeLittleBank, pointerOf, runApart, runJson } from './small-bank.ts'

const kills = 5
let room: string
let bank: string
let wholeMs: number

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-kill-'))
  bank = join(room, 'bank')
  await makeLittleBank(bank, 200)
  await runJson(bank)
  // As long as the runs that are killed take: most of what they read was read before.
  await change(bank, 'measured')
  const begin = performance.now()
  await runApart(bank)
  wholeMs = performance.now() - begin
}, 300_000)
afterAll(() => rm(room, { recursive: true, force: true }))

test(`killed at ${kills} random moments, what is published stays whole and the next run goes on from where it was`, async () => {
  const random = new Random().reseed(20_260_101, kills, 0)
  let died = 0
  for (let turn = 0; turn < kills; turn++) {
    await change(bank, `killed ${turn}`)
    const old = await pointerOf(bank)
    if (await killedAfter(bank, wholeMs * random.between(0.15, 0.95))) died++
    await expectWhole(bank, old)
  }
  expect(died).toBeGreaterThan(0)
}, 900_000)

test('killed while it is computed again, a published run stays in force', async () => {
  const old = await pointerOf(bank)
  const child = start(['-C', bank, 'run', '--force'])
  child.stdout?.resume()
  child.stderr?.on('data', (bytes: Buffer) => {
    if (bytes.toString().includes('Features')) child.kill('SIGKILL')
  })
  await new Promise((done) => child.on('close', done))
  expect(await pointerOf(bank)).toBe(old)
  await expectWhole(bank, old)
}, 300_000)

test('stopped with Ctrl-C it leaves with 130, and what was published is untouched', async () => {
  await change(bank, 'stopped')
  const old = await pointerOf(bank)
  const child = start(['-C', bank, 'run'])
  let said = ''
  let asked = false
  child.stdout?.resume()
  child.stderr?.on('data', (bytes: Buffer) => {
    said += bytes.toString()
    if (!asked && said.includes('Features')) {
      asked = true
      child.kill('SIGINT')
    }
  })
  const code = await new Promise((done) => child.on('close', done))
  expect(code).toBe(130)
  expect(said).toContain('The run was stopped')
  expect(await pointerOf(bank)).toBe(old)
  await expectWhole(bank, old)
}, 300_000)
