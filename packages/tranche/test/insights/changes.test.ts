import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { openNotebook } from '../../src/insights/draft.ts'
import { readFrame } from '../../src/insights/frame.ts'
import { sayChanges } from '../../src/insights/sections/changes.ts'
import { sql, unsafeRaw } from '../../src/sql/sql.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { type Institution, makeInstitution } from './institution.ts'

let institution: Institution
beforeAll(async () => {
  institution = await makeInstitution({ customers: 10, effects: true })
})
afterAll(() => institution.warehouse.close())

interface Planted {
  /** Per channel: customers and value of each, then and now; the same people as far as there are enough. */
  readonly old: Readonly<Record<string, readonly [customers: number, value: number]>>
  readonly now: Readonly<Record<string, readonly [customers: number, value: number]>>
}

const before = { asOf: '2026-05-31T16:00:00.000Z', definitions: {} }

/** Two runs in memory: values vary by ±1 around the planted ones, customers keep their number within a channel. */
async function planted({ old, now }: Planted) {
  const warehouse = await openDuckDb({ path: ':memory:', threads: 1 })
  const fill = async (table: string, side: Planted['now'], temporary: boolean) => {
    await warehouse.run(sql`create ${temporary ? sql`temp` : sql``} table ${unsafeRaw(table)}
      (customer_id varchar, channel varchar, value_12m decimal(18,2), tier varchar, activity varchar, age_years double)`)
    for (const [channel, [customers, value]] of Object.entries(side))
      await warehouse.run(sql`insert into ${unsafeRaw(table)}
        select ${channel} || i, ${channel}, ${value} + case when i % 2 = 0 then 1 else -1 end, 'high',
          case when i % 4 = 0 then 'lost' else 'active' end, case when i % 10 = 0 then null else 20 + i % 50 end
        from range(${customers}) as numbers(i)`)
  }
  await fill('customer_value', now, false)
  await fill('previous_customers', old, true)
  await warehouse.run(sql`create table rule_members (segment varchar, customer_id varchar)`)
  await warehouse.run(sql`create temp table previous_rule_members (segment varchar, customer_id varchar)`)
  await warehouse.run(sql`create view segment_membership as
    select 'activity_' || activity as segment, customer_id from customer_value`)
  return warehouse
}

async function said(warehouse: Warehouse, catalogue: Catalogue = institution.catalogue) {
  const frame = await readFrame(warehouse, ['channel', 'value_12m', 'tier', 'activity', 'age_years'])
  const book = openNotebook(frame, warehouse, 10)
  expect(await sayChanges(book, { warehouse, catalogue, before, ledger: [] })).toBe(true)
  for (const { key, query, estimate } of book.findings) {
    const row = await warehouse.row<{ estimate: number | string }>(unsafeRaw(query))
    expect(Number(row.estimate), key).toBeCloseTo(estimate!, 8)
  }
  warehouse.close()
  const find = (key: string) => book.findings.find((finding) => finding.key === key)
  return { find, keys: book.findings.map(({ key }) => key) }
}

describe('what changed since the report before', () => {
  test('is all mix where more customers come by the better channel', async () => {
    const { find } = await said(
      await planted({ old: { a: [600, 10], b: [400, 20] }, now: { a: [600, 10], b: [1400, 20] } }),
    )
    const move = find('changes.value_12m.move')!
    expect(move.estimate).toBeCloseTo(0.3 * 10, 9)
    expect(move.p).toBeLessThan(1e-6)
    const split = find('changes.value_12m.channel.mix')!
    expect(split.estimate).toBeCloseTo(3, 9)
    expect(split.values).toMatchObject({ rate: expect.closeTo(0, 9) })
    expect(find('changes.customers')!.values).toMatchObject({ before: 1000, came: 1000, left: 0 })
  })

  test('is all rate where the customers of each channel are worth more', async () => {
    const { find } = await said(
      await planted({ old: { a: [600, 10], b: [400, 20] }, now: { a: [600, 12], b: [400, 21] } }),
    )
    // Everybody moved by a known amount, so that only who stands for the others is chance.
    expect(find('changes.value_12m.move')!.estimate).toBeCloseTo(1.6, 9)
    expect(find('changes.value_12m.channel.mix')).toBeUndefined()
    expect(find('changes.customers')).toMatchObject({ message: 'changes.same_customers' })
  })

  test('is both where both happen, and the parts add up', async () => {
    const { find } = await said(
      await planted({ old: { a: [600, 10], b: [400, 20] }, now: { a: [200, 12], b: [800, 30] } }),
    )
    const { estimate, values } = find('changes.value_12m.channel.mix')!
    expect(estimate).toBeCloseTo(-0.4 * 11 + 0.4 * 25, 9)
    expect(values!['rate']).toBeCloseTo(0.4 * 2 + 0.6 * 10, 9)
    expect(estimate! + Number(values!['rate'])).toBeCloseTo(Number(values!['move']), 9)
    expect(find('changes.customers')!.values).toMatchObject({ came: 400, left: 400 })
  })

  test('takes amounts of hundreds of millions', async () => {
    const { find } = await said(
      await planted({ old: { a: [600, 4e8], b: [400, 2e8] }, now: { a: [600, 4e8], b: [1400, 2e8] } }),
    )
    expect(find('changes.value_12m.channel.mix')!.estimate).toBeCloseTo(-0.3 * 2e8, 3)
  })

  test('hides a level with too few customers among the others', async () => {
    const warehouse = await planted({
      old: { a: [600, 10], b: [400, 20], rare: [4, 90] },
      now: { a: [500, 10], b: [500, 20], rare: [3, 90] },
    })
    const frame = await readFrame(warehouse, ['channel', 'value_12m', 'tier', 'activity', 'age_years'])
    await sayChanges(openNotebook(frame, warehouse, 10), {
      warehouse,
      catalogue: institution.catalogue,
      before,
      ledger: [],
    })
    const rows = await warehouse.rows<{ level: string; customers_now: number }>(
      sql`select level, customers_now from changes where attribute = 'channel' order by level`,
    )
    warehouse.close()
    expect(rows.map(({ level }) => level)).not.toContain('rare')
    for (const { customers_now: n } of rows) expect(n).toBeGreaterThanOrEqual(10)
  })

  test('tells segments that mean what they meant, and not tiers by rank', async () => {
    const { find, keys } = await said(
      await planted({ old: { a: [600, 10] }, now: { a: [600, 10], b: [1, 10] } }),
    )
    expect(keys.filter((key) => key.startsWith('changes.segment.tier'))).toEqual([])
    const lost = find('changes.segment.activity_lost')!
    expect(lost.values).toMatchObject({ before: 150, now: 151 })
    expect(lost.message).toBe('changes.segment_net')
    expect(lost.low).toBeLessThan(lost.estimate!)
  })

  test('names definitions that are other, new or gone', async () => {
    const warehouse = await planted({ old: { a: [20, 10] }, now: { a: [20, 10] } })
    const frame = await readFrame(warehouse, ['channel', 'value_12m'])
    const book = openNotebook(frame, warehouse, 10)
    const [source] = institution.catalogue.sources
    await sayChanges(book, {
      warehouse,
      catalogue: institution.catalogue,
      before: { ...before, definitions: { [`source:${source!.key}`]: 'other', 'feature:old': 'x' } },
      ledger: [],
    })
    warehouse.close()
    const { values } = book.findings.find(({ key }) => key === 'changes.definitions')!
    expect(values).toMatchObject({ changed: 1, added: 0, removed: 1 })
  })

  test('says nothing without a report before, and where nobody is left', async () => {
    const empty = await planted({ old: { a: [20, 10] }, now: {} })
    const frame = await readFrame(empty, ['channel', 'value_12m'])
    const book = openNotebook(frame, empty, 10)
    const { catalogue } = institution
    expect(await sayChanges(book, { warehouse: empty, catalogue, before, ledger: [] })).toBe(true)
    expect(book.findings.map(({ key }) => key)).toEqual(['changes.customers', 'changes.definitions'])
    expect(await sayChanges(book, null)).toBe(false)
    await empty.run(sql`drop table previous_customers`)
    expect(await sayChanges(book, { warehouse: empty, catalogue, before, ledger: [] })).toBe(false)
    empty.close()
  })
})
