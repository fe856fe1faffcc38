import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Row, Warehouse } from '../../src/engine/warehouse.ts'
import { computeMetrics } from '../../src/features/compute-metrics.ts'
import { sql } from '../../src/sql/sql.ts'
import { addRows, catalogueOf, openStandard } from './standard-tables.ts'

/** Start of 1 July 2024 in Shanghai. */
const asOf = '2024-06-30T16:00:00.000Z'

let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openStandard()
  await addRows(warehouse, 'customer_versions', [
    { customer_id: 'ann', gender: 'female', status: 'yes', onboarded_at: '2023-01-10 02:00:00' },
    { customer_id: 'bob', gender: 'male', status: 'no', onboarded_at: '2024-04-10 02:00:00' },
    { customer_id: 'cat', gender: 'male', status: 'no', onboarded_at: '2024-06-20 02:00:00' },
    { customer_id: 'dan', gender: 'male' },
  ])
  const row = (id: string, customer_id: string, occurred_at: string, kind: string, amount: number) => ({
    transaction_id: id,
    customer_id,
    occurred_at,
    kind,
    amount,
  })
  await addRows(warehouse, 'transactions', [
    row('t1', 'ann', '2023-05-02 04:00:00', 'purchase', 10),
    row('t2', 'ann', '2023-06-15 04:00:00', 'purchase', 40),
    row('t3', 'ann', '2024-05-15 04:00:00', 'purchase', 100),
    row('t4', 'bob', '2024-05-16 04:00:00', 'purchase', 50),
    row('t5', 'ann', '2024-06-15 04:00:00', 'purchase', 30),
    row('t6', 'ann', '2024-06-16 04:00:00', 'purchase', 60),
    row('t7', 'cat', '2024-06-21 04:00:00', 'investment', 700),
    row('t8', 'bob', '2024-04-20 04:00:00', 'investment', 700),
  ])
})
afterAll(() => warehouse.close())

type Given = Readonly<Record<string, unknown>>
const month = { last: 1, unit: 'month' }
const spend = { from: 'transactions', where: 'kind == "purchase"', measure: { sum: 'amount' }, window: month }
const buyers = { ...spend, measure: { distinct: 'customer_id' } }
const spendTotal = {
  key: 'spend_total',
  from: 'transactions',
  where: 'kind == "purchase"',
  measure: { sum: 'amount' },
  empty: 0,
}

async function metricsOf(
  metrics: readonly Given[],
  features: readonly Given[] = [spendTotal],
): Promise<readonly Row[]> {
  const named = metrics.map((metric, index) => ({ key: `m${index + 1}`, ...metric }))
  await computeMetrics({ warehouse, catalogue: catalogueOf({ features, metrics: named }), asOf })
  return await warehouse.rows(sql`select * from metrics order by key`)
}

describe('metrics', () => {
  it('add up a period, the one before and the same a year before', async () => {
    const [total] = await metricsOf([spend])
    expect(total).toMatchObject({
      value: 90,
      previous_period: 150,
      previous_year: 40,
      period_start: '2024-06-01',
      period_end: '2024-07-01',
      n: 1,
      left_out: null,
      missing_reason_en: null,
    })
  })

  it('average rows, count customers and divide one metric by another', async () => {
    const [mean, people, ratio] = await metricsOf([
      { ...spend, measure: { mean: 'amount' } },
      { ...buyers },
      { ratio: { numerator: 'm4', denominator: 'm2' } },
      spend,
    ])
    expect(mean).toMatchObject({ value: 45, previous_period: 75, numerator: 90, denominator: 2 })
    expect(people).toMatchObject({ value: 1, previous_period: 2, previous_year: 1 })
    expect(ratio).toMatchObject({ value: 90, previous_period: 75, previous_year: 40 })
  })

  it('give the share of a population for which something is known and true', async () => {
    const [share, narrow] = await metricsOf([
      { share: 'spend_total > 100' },
      { share: 'spend_total > 100', population: 'spend_total > 0' },
    ])
    // Cat has a history without a purchase; dan has none and is not counted.
    expect(share).toMatchObject({ numerator: 1, denominator: 3, n: 3 })
    expect(narrow).toMatchObject({ numerator: 1, denominator: 2, value: 0.5 })
  })

  it('leave out cohorts whose window is not over, with their number', async () => {
    const rate = (next: number) => ({
      rate: { from: 'transactions', where: 'kind == "investment"', within: { next, unit: 'day' } },
    })
    const [month30, days5] = await metricsOf([rate(30), rate(5)])
    expect(month30).toMatchObject({ value: 0.5, n: 2, left_out: 1 })
    expect(days5).toMatchObject({ numerator: 1, n: 3, left_out: 0 })
  })

  it('read outcomes from attributes', async () => {
    const [outcome] = await metricsOf([{ outcome: { attribute: 'status', equals: 'yes' } }])
    expect(outcome).toMatchObject({ numerator: 1, denominator: 3, n: 3 })
  })

  it('say why a value is missing', async () => {
    const [complaints, yearly] = await metricsOf([
      { from: 'complaints', measure: { count: 'rows' }, window: month },
      { ...spend, window: { last: 12, unit: 'month' } },
    ])
    expect(complaints).toMatchObject({
      value: null,
      missing_reason_en: 'The table complaints has no rows.',
      missing_reason_zh: '表 complaints 没有数据。',
    })
    expect(yearly).toMatchObject({ value: 240, previous_period: null, previous_year: null })
    expect(yearly?.['missing_reason_zh']).toContain('历史始于 2023-05-02')
  })

  it('leave what each customer adds, which sums to the whole', async () => {
    await metricsOf([spend, { share: 'spend_total > 100' }])
    const rows = await warehouse.rows(
      sql`select customer_id, m1_num, m1_den, m2_num, m2_den from customer_metrics order by customer_id`,
    )
    expect(rows).toEqual([
      { customer_id: 'ann', m1_num: 90, m1_den: 1, m2_num: 1, m2_den: 1 },
      { customer_id: 'bob', m1_num: null, m1_den: 1, m2_num: null, m2_den: 1 },
      { customer_id: 'cat', m1_num: null, m1_den: 1, m2_num: null, m2_den: 1 },
      { customer_id: 'dan', m1_num: null, m1_den: 1, m2_num: null, m2_den: null },
    ])
  })
})
