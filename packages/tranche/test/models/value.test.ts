import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportPolicySchema, workspaceSchema } from '@tranche/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { computeCustomerValue } from '../../src/models/value/customer-value.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'

interface Purchase {
  readonly customer: string
  readonly at: string
  readonly amount: number
  readonly kind?: string
}

const catalogue = (settings: Record<string, unknown> = {}): Catalogue => ({
  dir: '/nowhere',
  workspace: workspaceSchema.parse({ name: { en: 'Test', zh: '测试' }, ...settings }),
  sources: [],
  features: [],
  metrics: [],
  segments: [],
  segmentSets: [],
  extras: {},
  mapped: new Set(['transactions']),
  recommendations: [],
  ownRecommendations: false,
  attributePolicy: null,
  report: reportPolicySchema.parse({}),
  settingsHash: '',
  warnings: [],
})

async function load(
  warehouse: DuckDbWarehouse,
  purchases: readonly Purchase[],
  asOf: string,
  alsoCustomers: readonly string[] = [],
) {
  await warehouse.run(sql`create schema if not exists standard`)
  await warehouse.createFrom('loaded', [
    { name: 'customer_id', type: 'varchar', values: purchases.map(({ customer }) => customer) },
    { name: 'happened', type: 'varchar', values: purchases.map(({ at }) => at) },
    { name: 'amount', type: 'double', values: purchases.map(({ amount }) => amount) },
    { name: 'kind', type: 'varchar', values: purchases.map(({ kind }) => kind ?? null) },
  ])
  await warehouse.run(sql`create or replace view standard.transactions as
    select customer_id, cast(happened as timestamp) as occurred_at, cast(null as timestamp) as known_at, cast(amount as decimal(18,4)) as amount, kind from loaded`)
  const customers = [...new Set([...purchases.map(({ customer }) => customer), ...alsoCustomers])]
  await warehouse.createFrom('people', [{ name: 'customer_id', type: 'varchar', values: customers }])
  await warehouse.run(
    sql`create or replace table features as select customer_id, cast(${asOf} as timestamp) as as_of from people`,
  )
}

let warehouse: DuckDbWarehouse
beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:', threads: 2 })
})
afterAll(() => warehouse.close())

const rowOf = (customer: string) =>
  warehouse.row(sql`select * from customer_value where customer_id = ${customer}`)

describe('the customer value table', () => {
  test('counts purchase days, not purchases, in the business zone, and nothing known later', async () => {
    await load(
      warehouse,
      [
        { customer: 'a', at: '2026-01-01 15:00', amount: 10 }, // 23:00 on the 1st in Shanghai
        { customer: 'a', at: '2026-01-01 17:00', amount: 20 }, // the 2nd
        { customer: 'a', at: '2026-01-02 01:00', amount: 5 }, // the 2nd
        { customer: 'a', at: '2026-02-01 00:00', amount: 99 }, // after the as-of
        { customer: 'a', at: '2026-01-05 00:00', amount: -7, kind: 'refund' },
      ],
      '2026-01-10 16:00',
      ['nobody'],
    )
    await computeCustomerValue(catalogue({ timeZone: 'Asia/Shanghai' }), warehouse, {
      asOf: '2026-01-10T16:00:00Z',
    })
    expect(await rowOf('a')).toMatchObject({
      f: 2,
      m: '35.00',
      r: 8,
      first_purchase_day: '2026-01-01',
      last_purchase_day: '2026-01-02',
      repeat_customer: true,
    })
    expect(await rowOf('nobody')).toMatchObject({
      r: null,
      f: null,
      m: null,
      value_12m: null,
      tier: null,
      activity: null,
    })
  })

  test('too few repeaters: no lifetime model, the simpler measure by name, and no interval', async () => {
    await load(
      warehouse,
      [
        { customer: 'a', at: '2026-01-01', amount: 10 },
        { customer: 'b', at: '2024-01-01', amount: 50 },
      ],
      '2026-02-01',
    )
    const model = await computeCustomerValue(catalogue(), warehouse, { asOf: '2026-02-01T00:00:00Z' })
    expect(model).toMatchObject({
      method: 'last_year',
      purchases: { bgNbd: null, refusals: [{ code: 'too_few_repeaters' }] },
    })
    expect(await rowOf('a')).toMatchObject({ value_12m: '10.00', value_12m_low: null, p_alive: null })
    expect(await rowOf('b')).toMatchObject({ value_12m: '0.00' })
  })

  test('without purchases nothing is computed and it is said', async () => {
    await load(warehouse, [], '2026-02-01', ['a'])
    const model = await computeCustomerValue(catalogue(), warehouse, { asOf: '2026-02-01T00:00:00Z' })
    expect(model.method).toBe('none')
    expect(model.notes.map(({ en }) => en)).toContain('There are no purchases, so no value is computed.')
  })

  test('own cut points and value shares make the tiers asked for', async () => {
    const purchases = [1, 2, 3, 4, 90].map((amount, index) => ({
      customer: `c${index}`,
      at: '2026-01-01',
      amount,
    }))
    await load(warehouse, purchases, '2026-02-01')
    const tiers = async (settings: Record<string, unknown>) => {
      await computeCustomerValue(catalogue({ tiers: settings }), warehouse, { asOf: '2026-02-01T00:00:00Z' })
      return (
        await warehouse.rows<{ tier: string }>(sql`select tier from customer_value order by customer_id`)
      ).map(({ tier }) => tier)
    }
    expect(await tiers({ by: 'cuts', high: 4, medium: 2 })).toEqual([
      'low',
      'medium',
      'medium',
      'high',
      'high',
    ])
    expect(await tiers({ by: 'value_share', high: 0.8, medium: 0.95 })).toEqual([
      'low',
      'low',
      'medium',
      'medium',
      'high',
    ])
    expect(await tiers({ by: 'rank', shares: [0.2, 0.6, 0.2] })).toEqual([
      'low',
      'medium',
      'medium',
      'medium',
      'high',
    ])
  })

  test('equal customers share a quantile score and differ only by rank in equal bins', async () => {
    const purchases = Array.from({ length: 10 }, (_, index) => ({
      customer: `c${index}`,
      at: '2026-01-01',
      amount: index < 8 ? 5 : 9,
    }))
    await load(warehouse, purchases, '2026-02-01')
    const scores = async (convention: string) => {
      await computeCustomerValue(catalogue({ rfm: { convention } }), warehouse, {
        asOf: '2026-02-01T00:00:00Z',
      })
      return (
        await warehouse.rows<{ s: number }>(sql`select m_score as s from customer_value order by customer_id`)
      ).map(({ s }) => s)
    }
    expect(await scores('rank_first')).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
    expect(await scores('quantile_type7')).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 5, 5])
  })
})

const data = process.env['TRANCHE_DATA']
describe.skipIf(!data)('the CDNOW sample (skipped without TRANCHE_DATA)', () => {
  const load_ = async (threads: number) => {
    const engine = await openDuckDb({ path: ':memory:', threads })
    const lines = readFileSync(join(data!, 'cdnow', 'CDNOW_sample.txt'), 'utf8')
      .trim()
      .split('\n')
    const purchases = lines.map((line) => {
      const [customer, , day, , amount] = line.trim().split(/\s+/) as [string, string, string, string, string]
      return { customer, at: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`, amount: Number(amount) }
    })
    await load(engine, purchases, '1997-10-01')
    const model = await computeCustomerValue(catalogue(), engine, { asOf: '1997-10-01T00:00:00Z' })
    return { engine, model }
  }

  test('gives the published parameters, beats its baselines, and does not depend on threads', async () => {
    const one = await load_(1)
    const two = await load_(2)
    const { bgNbd, gammaGamma } = one.model.purchases
    for (const [name, value] of Object.entries({ r: 0.2426, alpha: 4.4136, a: 0.7929, b: 2.4259 }))
      expect(bgNbd!.parameters[name as 'r'] / value).toBeCloseTo(1, 3)
    for (const [name, value] of Object.entries({ p: 6.25, q: 3.744, v: 15.44 }))
      expect(gammaGamma!.parameters[name as 'p'] / value).toBeCloseTo(1, 2)
    expect(one.model.backTest).toMatchObject({ winner: 'lifetime_model', modelHolds: true })
    const all = sql`select * from customer_value order by ${ident('customer_id')}`
    expect(await two.engine.rows(all)).toEqual(await one.engine.rows(all))
    one.engine.close()
    two.engine.close()
  })
})
