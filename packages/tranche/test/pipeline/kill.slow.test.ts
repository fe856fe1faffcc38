import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Random } from '../../src/pipeline/simulate/random.ts'
import { expectWhole, killedAfter } from './kill.ts'
import { change, makeBank, pointerOf, runApart } from './small-bank.ts'

const kills = 100
let room: string
let bank: string
let wholeMs: number

beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-kill-'))
  bank = join(room, 'bank')
  await makeBank(bank, 300)
  await runApart(bank)
  // As long as the runs that are killed take: most of what they read was read before.
  await change(bank, 'measured')
  const begin = performance.now()
  await runApart(bank)
  wholeMs = performance.now() - begin
}, 600_000)
afterAll(() => rm(room, { recursive: true, force: true }))

test(`killed at ${kills} random moments, the published result is the old or the new one and the next run finishes`, async () => {
  const random = new Random().reseed(20_260_102, kills, 0)
  let died = 0
  for (let turn = 0; turn < kills; turn++) {
    await change(bank, String(turn))
    const old = await pointerOf(bank)
    if (await killedAfter(bank, wholeMs * random.between(0.1, 1.05))) died++
    await expectWhole(bank, old)
  }
  expect(died).toBeGreaterThan(kills / 2)
}, 3_600_000)
