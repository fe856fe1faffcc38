import { createRandom } from '@tranche/stats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { computeFeatures } from '../../src/features/compute-features.ts'
import { renderInline, type Sql, sql } from '../../src/sql/sql.ts'
import { addRows, type Cells, catalogueOf, openStandard } from './standard-tables.ts'

const asOf = '2024-07-01T00:00:00.000Z'
const abandoned = {
  from: 'events',
  where: 'name == "apply"',
  measure: { followed_by: 'name == "abandon"', within: 7 },
  window: { last: 30 },
  empty: 0,
}

async function valuesOf(
  warehouse: Warehouse,
  events: readonly Cells[],
  features: readonly object[],
): Promise<ReadonlyMap<string, readonly (number | null)[]>> {
  await warehouse.run(sql`delete from standard.events`)
  await warehouse.run(sql`delete from standard.customer_versions`)
  const customers = [...new Set(events.map((event) => event['customer_id']!))]
  await addRows(
    warehouse,
    'customer_versions',
    customers.map((customer_id) => ({ customer_id })),
  )
  await addRows(warehouse, 'events', events)
  const named = features.map((feature, index) => ({ key: `f${index}`, ...feature }))
  const catalogue = catalogueOf({ features: named, timeZone: 'UTC' })
  await computeFeatures({ warehouse, catalogue, asOfs: [asOf] })
  const rows = await warehouse.rows(sql`select * from features`)
  return new Map(
    rows.map((row) => [
      String(row['customer_id']),
      named.map(({ key }) => (row[key] === null ? null : Number(row[key]))),
    ]),
  )
}

const event = (customer_id: string, name: string, occurred_at: string, known_at?: string): Cells => ({
  customer_id,
  name,
  occurred_at,
  message_id: `${customer_id}${name}${occurred_at}`,
  ...(known_at === undefined ? {} : { known_at }),
})

const isSql = (given: unknown): given is Sql =>
  typeof given === 'object' && given !== null && 'pieces' in given

let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openStandard()
})
afterAll(() => warehouse.close())

describe('sequences', () => {
  it('count what is followed within its days, to the second, and nothing of the same moment', async () => {
    const values = await valuesOf(
      warehouse,
      [
        event('in_time', 'apply', '2024-06-10 09:00:00'),
        event('in_time', 'abandon', '2024-06-17 09:00:00'),
        event('too_late', 'apply', '2024-06-10 09:00:00'),
        event('too_late', 'abandon', '2024-06-17 09:00:01'),
        event('at_once', 'apply', '2024-06-10 09:00:00'),
        event('at_once', 'abandon', '2024-06-10 09:00:00'),
        event('backwards', 'abandon', '2024-06-10 08:59:59'),
        event('backwards', 'apply', '2024-06-10 09:00:00'),
        event('twice', 'apply', '2024-06-10 09:00:00'),
        event('twice', 'apply', '2024-06-11 09:00:00'),
        event('twice', 'abandon', '2024-06-12 09:00:00'),
        event('before', 'apply', '2024-05-31 23:00:00'),
        event('before', 'abandon', '2024-06-02 09:00:00'),
        event('unknown_yet', 'apply', '2024-06-10 09:00:00'),
        event('unknown_yet', 'abandon', '2024-06-12 09:00:00', '2024-07-02 00:00:00'),
        event('other', 'login', '2024-06-10 09:00:00'),
      ],
      [abandoned],
    )
    expect(Object.fromEntries([...values].map(([customer, [n]]) => [customer, n]))).toEqual({
      in_time: 1,
      too_late: 0,
      at_once: 0,
      backwards: 0,
      twice: 2,
      before: 0,
      unknown_yet: 0,
      other: 0,
    })
  })

  it('of what does not follow wait until the days are over', async () => {
    const open = { ...abandoned, measure: { not_followed_by: 'name == "submit"', within: 7 } }
    const values = await valuesOf(
      warehouse,
      [
        event('never', 'apply', '2024-06-10 09:00:00'),
        event('did', 'apply', '2024-06-10 09:00:00'),
        event('did', 'submit', '2024-06-12 09:00:00'),
        event('may_yet', 'apply', '2024-06-24 00:00:00'),
        event('just_over', 'apply', '2024-06-23 23:59:59'),
      ],
      [open],
    )
    expect(Object.fromEntries([...values].map(([customer, [n]]) => [customer, n]))).toEqual({
      never: 1,
      did: 0,
      may_yet: 0,
      just_over: 1,
    })
  })

  it('agree with pairs counted one by one on random events, however many sequences share the pass', async () => {
    const random = createRandom(5)
    const below = (n: number) => Math.floor(random.uniform() * n)
    const names = ['a', 'b', 'c']
    const start = Date.UTC(2024, 4, 1)
    const events = Array.from({ length: 600 }, (_, index) => {
      // Six hours apart, so that many happen at the same moment.
      const ms = start + below(4 * 61) * 21_600_000
      return { customer: `c${below(12)}`, name: names[below(3)]!, ms, index }
    })
    const pairs = names.flatMap((first) =>
      names.flatMap((then) =>
        [1, 5, 20].map((within) => ({ first, then, within, last: 15 + 15 * below(3) })),
      ),
    )
    const features = pairs.flatMap(({ first, then, within, last }) =>
      (['followed_by', 'not_followed_by'] as const).map((kind) => ({
        ...abandoned,
        where: `name == "${first}"`,
        measure: { [kind]: `name == "${then}"`, within },
        window: { last },
      })),
    )
    const values = await valuesOf(
      warehouse,
      events.map(({ customer, name, ms, index }) => ({
        ...event(customer, name, new Date(ms).toISOString().replace('T', ' ').replace('Z', '')),
        message_id: `m${index}`,
      })),
      features,
    )
    const end = Date.parse(asOf)
    const day = 86_400_000
    let positive = 0
    for (const customer of new Set(events.map((one) => one.customer))) {
      const own = events.filter((one) => one.customer === customer && one.ms < end)
      pairs.forEach(({ first, then, within, last }, place) => {
        let followed = 0
        let left = 0
        for (const one of own) {
          if (one.name !== first || one.ms < end - last * day) continue
          let found = false
          for (const other of own)
            if (other.name === then && other.ms > one.ms && other.ms - one.ms <= within * day) found = true
          if (found) followed++
          else if (one.ms + within * day < end) left++
        }
        positive += followed
        expect(values.get(customer)!.slice(2 * place, 2 * place + 2), `${customer} ${first} ${then}`).toEqual(
          [followed, left],
        )
      })
    }
    expect(positive).toBeGreaterThan(500)
  })

  it('may go on in another table, by the moment where both have hours', async () => {
    const at = (customer_id: string, on: string): Cells => ({
      ...{ customer_id, occurred_at: on, transaction_id: `${customer_id}${on}` },
      ...{ kind: 'purchase', amount: 10 },
    })
    await warehouse.run(sql`delete from standard.transactions`)
    await addRows(warehouse, 'transactions', [
      at('in_time', '2024-06-17 09:00:00'),
      at('too_late', '2024-06-17 09:00:01'),
      at('at_once', '2024-06-10 09:00:00'),
      at('backwards', '2024-06-10 08:59:59'),
      at('twice', '2024-06-12 09:00:00'),
    ])
    const bought = { followed_by: 'kind == "purchase"', in: 'transactions', within: 7 }
    const { followed_by: not_followed_by, ...other } = bought
    const names = ['in_time', 'too_late', 'at_once', 'backwards', 'never', 'twice']
    const values = await valuesOf(
      warehouse,
      [
        ...names.map((name) => event(name, 'apply', '2024-06-10 09:00:00')),
        event('twice', 'apply', '2024-06-12 08:59:59'),
        event('nothing', 'login', '2024-06-10 09:00:00'),
      ],
      [
        { ...abandoned, measure: bought },
        { ...abandoned, measure: { not_followed_by, ...other } },
        { ...abandoned, measure: { ...bought, in: 'complaints', followed_by: 'true' } },
      ],
    )
    expect(Object.fromEntries(values)).toEqual({
      in_time: [1, 0, null],
      too_late: [0, 1, null],
      at_once: [0, 1, null],
      backwards: [0, 1, null],
      never: [0, 1, null],
      twice: [2, 0, null],
      nothing: [0, 0, null],
    })
  })

  it('read each table once, however many there are and whatever goes on where', async () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...abandoned,
      measure:
        index < 20
          ? { followed_by: 'name == "abandon"', within: index + 1 }
          : { followed_by: 'amount > 0', in: 'transactions', within: index + 1 },
    }))
    const asked: string[] = []
    const watched = new Proxy(warehouse, {
      get(target, name) {
        const own = Reflect.get(target, name)
        if (typeof own !== 'function') return own
        return (...given: readonly unknown[]) => {
          if (isSql(given[0])) asked.push(renderInline(given[0], warehouse.dialect))
          return own.apply(target, given)
        }
      },
    })
    await valuesOf(watched, [event('x', 'apply', '2024-06-10 09:00:00')], many)
    const scans = asked.flatMap(
      (text) => /create or replace temp table "feature_rows_(\w+)"/.exec(text)?.[1] ?? [],
    )
    const passes = asked.filter((text) => text.includes('over later'))
    expect(scans.sort()).toEqual(['events', 'transactions'])
    expect(passes).toHaveLength(1)
    const reads = (table: string) => passes[0]!.split(`from "feature_rows_${table}"`).length - 1
    // How many rows a customer has, whether any, those that follow in the table itself, and those that do in the other.
    expect([reads('events'), reads('transactions')]).toEqual([4, 1])
  })
})
