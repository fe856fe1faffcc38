import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { strategyNames } from '../../src/pipeline/strategies.ts'
import { command } from '../robustness/in-process.ts'

let root: string
let dir: string
const cli = (...args: string[]) => command(['-C', dir, ...args])

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tranche-packs-'))
  dir = join(root, 'bank')
  expect((await command(['simulate', dir, '--customers', '1800', '--months', '12'])).code).toBe(0)
  const run = await cli('run')
  expect(run.code, run.stderr).toBe(0)
}, 300_000)
afterAll(() => rm(root, { recursive: true, force: true }))

it('Each of the five strategies is added as far as the data goes, is sound, and runs', async () => {
  const wanted = new Set<string>()
  for (const name of strategyNames) {
    const said = await cli('--json', 'pack', 'add', name)
    expect(said.code, said.stderr).toBe(0)
    const { segments, about } = JSON.parse(said.stdout) as {
      segments: string[]
      about: { cautions: { en: string; zh: string }[] }
    }
    expect(segments.length).toBeGreaterThan(1)
    for (const { en, zh } of about.cautions) expect([en, zh].every((text) => text.length > 5)).toBe(true)
    for (const key of segments) wanted.add(key)
    const again = await cli('pack', 'add', name)
    expect(again.code).toBe(2)
  }
  expect([...wanted]).toEqual(expect.arrayContaining(['lateness', 'newcomers', 'ages', 'worth', 'mindset']))
  expect((await cli('validate')).code).toBe(0)
  const run = await cli('run')
  expect(run.code, run.stderr).toBe(0)
  const listed = JSON.parse((await cli('--json', 'segment', 'list')).stdout) as {
    key: string
    customers: number
  }[]
  for (const key of wanted)
    expect(
      listed.some((segment) => segment.key === key || segment.key.startsWith(`${key}_`)),
      key,
    ).toBe(true)
  for (const set of ['lateness', 'ages', 'worth', 'ways'])
    expect(
      listed
        .filter(({ key }) => key.startsWith(`${set}_`))
        .reduce((sum, { customers }) => sum + customers, 0),
    ).toBeGreaterThan(100)
}, 300_000)

it('What there is is told in both languages', async () => {
  expect((await cli('pack', 'list')).stdout).toContain('(added)')
  expect((await cli('--lang', 'zh', 'pack', 'list')).stdout).toContain('已添加')
  const file = await readFile(join(dir, 'segments', 'value.yaml'), 'utf8')
  expect(file).toContain('tier == "high" && !default_ever')
})
