import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { command } from '../robustness/in-process.ts'

let room: string
beforeEach(async () => {
  room = await mkdtemp(join(tmpdir(), 'tranche-alone-'))
})
afterEach(() => rm(room, { recursive: true, force: true }))

const day = (n: number): string => new Date(Date.UTC(2023, 0, 1 + n)).toISOString().slice(0, 10)

async function started(name: string, text: string): Promise<(...args: string[]) => Promise<string>> {
  const file = join(room, `${name}.csv`)
  await writeFile(file, text)
  const dir = join(room, name)
  const run = async (...args: string[]) => {
    const said = await command(['-C', dir, ...args])
    expect(said.code, said.stderr).toBe(0)
    return said.stdout
  }
  const said = await command(['init', dir, '--from', file, '--yes'])
  expect(said.code, said.stderr).toBe(0)
  return run
}

it('Who had bought nothing by a past day was no customer then, as reconcile finds too', async () => {
  const rows = Array.from({ length: 120 }, (_, i) => `C${i % 40},${day(i * 3)},${10 + (i % 7)}.50`)
  const run = await started('sales', `customer_id,order_date,amount\n${rows.join('\n')}\n`)
  for (const [asOf, customers] of [
    ['2023-02-01', 11],
    ['2024-02-01', 40],
  ] as const) {
    await run('run', '--as-of', asOf)
    const found = JSON.parse(await run('reconcile', '--json')) as {
      readonly key: string
      readonly published: unknown
      readonly agrees: boolean
    }[]
    expect(found.filter(({ agrees }) => !agrees)).toEqual([])
    expect(found.find(({ key }) => key === 'features.customers')?.published).toBe(String(customers))
  }
}, 120_000)

it('Lines of an order of which only the first says what it came to, and times with a zone behind a space', async () => {
  const rows = Array.from({ length: 90 }, (_, i) => {
    const [order, email] = [`#${1001 + i}`, `u${i % 30}@mail.com`]
    const at = `${day(i * 2)} 23:30:00 -0400`
    const first = `${order},${email},paid,USD,${20 + (i % 9)}.50,${at},Mug`
    return i % 3 === 0 ? `${first}\n${order},${email},,,,${at},Shirt` : first
  })
  const run = await started(
    'orders',
    `Name,Email,Financial Status,Currency,Total,Created at,Lineitem name\n${rows.join('\n')}\n`,
  )
  const said = await run('run')
  expect(said).toContain('120 read, 90 kept, 0 quarantined, 30 filtered, 0 duplicates')
  // In New York the last order was on the day before.
  expect(said).toContain(`As of ${day(180)}T00:00:00.000Z`)
  await run('reconcile')
}, 120_000)
