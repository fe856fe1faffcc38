import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Row, Warehouse } from '../../src/engine/warehouse.ts'
import { computeFeatures } from '../../src/features/compute-features.ts'
import { sql } from '../../src/sql/sql.ts'
import { addRows, type Cells, catalogueOf, openStandard } from './standard-tables.ts'

/** Start of 1 July 2024 in Shanghai. */
const july = '2024-06-30T16:00:00.000Z'
const june = '2024-05-31T16:00:00.000Z'

let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openStandard()
  await addRows(warehouse, 'customer_versions', [
    { customer_id: 'ann', gender: 'female', birth_date: '1990-07-01', onboarded_at: '2024-01-10 02:00:00' },
    {
      customer_id: 'ann',
      gender: 'other',
      valid_from: '2024-06-15 00:00:00',
      known_at: '2024-06-20 00:00:00',
    },
    { customer_id: 'bob', gender: 'male', onboarded_at: '2024-06-10 02:00:00' },
    { customer_id: 'cat', onboarded_at: '2024-07-05 00:00:00' },
    { customer_id: 'dan' },
  ])
  const bought = (
    id: string,
    at: string,
    amount: number,
    category: string | null,
    known_at: string | null = null,
  ) => ({
    transaction_id: id,
    customer_id: 'ann',
    occurred_at: at,
    kind: 'purchase',
    amount,
    category,
    known_at,
  })
  await addRows(warehouse, 'transactions', [
    // 23:30 of 31 March in Shanghai, and half an hour later, already in April.
    bought('t1', '2024-03-31 15:30:00', 100, 'food'),
    bought('t2', '2024-03-31 16:00:00', 50, 'food'),
    bought('t3', '2024-05-10 04:00:00', 30, 'travel'),
    bought('t4', '2024-06-30 15:59:59', 20, null),
    bought('t5', '2024-06-30 16:00:00', 999, 'food'),
    bought('t6', '2024-05-20 04:00:00', 7, 'food', '2024-06-10 00:00:00'),
    {
      transaction_id: 't7',
      customer_id: 'bob',
      occurred_at: '2024-06-12 04:00:00',
      kind: 'investment',
      amount: 500,
    },
  ])
  await addRows(warehouse, 'accounts', [
    {
      account_id: 'a1',
      customer_id: 'ann',
      product_kind: 'card',
      opened_at: '2024-01-10 02:00:00',
      credit_limit: 1000,
    },
    {
      account_id: 'a2',
      customer_id: 'ann',
      product_kind: 'loan',
      opened_at: '2024-02-01 02:00:00',
      closed_at: '2024-06-05 00:00:00',
    },
  ])
  await addRows(warehouse, 'account_balances', [
    { account_id: 'a1', customer_id: 'ann', on_date: '2024-05-31', balance: 400 },
    { account_id: 'a1', customer_id: 'ann', on_date: '2024-06-30', balance: 250 },
    { account_id: 'a2', customer_id: 'ann', on_date: '2024-05-31', balance: 100 },
    { account_id: 'a1', customer_id: 'ann', on_date: '2024-07-01', balance: 1 },
  ])
  await addRows(warehouse, 'repayments', [
    { account_id: 'a1', customer_id: 'ann', due_on: '2024-05-25', paid_on: '2024-06-04', due_amount: 100 },
    { account_id: 'a1', customer_id: 'ann', due_on: '2024-06-25', paid_on: '2024-07-09', due_amount: 100 },
  ])
  await addRows(warehouse, 'survey_answers', [
    { customer_id: 'ann', survey: 's', question: 'q1', value: '4', answered_at: '2024-06-01 00:00:00' },
    { customer_id: 'ann', survey: 's', question: 'q1', value: 'no idea', answered_at: '2024-06-02 00:00:00' },
    { customer_id: 'bob', survey: 's', question: 'q1', value: '5', answered_at: '2023-01-01 00:00:00' },
  ])
})
afterAll(() => warehouse.close())

type Given = Readonly<Record<string, unknown>>

async function valuesOf(
  features: readonly Given[],
  asOfs: readonly string[] = [july],
  from = warehouse,
): Promise<readonly Row[]> {
  const named = features.map((feature, index) => ({ key: `f${index + 1}`, ...feature }))
  await computeFeatures({ warehouse: from, catalogue: catalogueOf({ features: named }), asOfs })
  return await from.rows(sql`select * exclude (as_of) from features order by as_of, customer_id`)
}

const of = (rows: readonly Row[], customer: string) => rows.find((row) => row['customer_id'] === customer)
const spend = { from: 'transactions', where: 'kind == "purchase"', measure: { sum: 'amount' } }
const late = 'days_between(due_on, known(paid_on) && paid_on < as_of ? paid_on : as_of)'

describe('windows', () => {
  it('count days back from the start of the as-of day in the business zone', async () => {
    const rows = await valuesOf([
      { ...spend, window: { last: 1 } },
      { ...spend, window: { last: 91 } },
      { ...spend, window: { last: 92 } },
    ])
    expect(of(rows, 'ann')).toMatchObject({ f1: '20.0000', f2: '107.0000', f3: '207.0000' })
  })

  it('take months by the calendar, and end before the as-of where asked', async () => {
    const rows = await valuesOf([
      { ...spend, window: { last: 3, unit: 'month' } },
      { ...spend, window: { last: 1, unit: 'month', before: 1 } },
    ])
    expect(of(rows, 'ann')).toMatchObject({ f1: '107.0000', f2: '37.0000' })
  })

  it('tell no row in the window from no history at all', async () => {
    const rows = await valuesOf([
      { ...spend, window: { last: 1 }, empty: 0 },
      { ...spend, window: { last: 1 } },
    ])
    expect(of(rows, 'bob')).toMatchObject({ f1: '0.0000', f2: null })
    expect(of(rows, 'dan')).toMatchObject({ f1: null, f2: null })
  })
})

describe('conditions', () => {
  it('that hold for every row, or for none, change nothing of what is counted', async () => {
    const of31 = { window: { last: 31 } }
    const asked = (kind: string) => [
      { from: 'transactions', where: `kind == "${kind}"`, measure: { count: 'rows' }, ...of31, empty: 0 },
      { from: 'transactions', where: `kind == "${kind}"`, measure: { sum: 'amount' }, ...of31 },
      { from: 'transactions', where: `kind == "${kind}"`, measure: { last: 'amount', by: ['occurred_at'] } },
      { from: 'transactions', measure: { share: `kind == "${kind}"` }, ...of31 },
    ]
    const purchasesOnly = await openStandard()
    await addRows(purchasesOnly, 'customer_versions', [{ customer_id: 'eve' }, { customer_id: 'fay' }])
    await addRows(purchasesOnly, 'transactions', [
      {
        transaction_id: 'a',
        customer_id: 'eve',
        occurred_at: '2024-06-29 04:00:00',
        kind: 'purchase',
        amount: 5,
      },
      {
        transaction_id: 'b',
        customer_id: 'eve',
        occurred_at: '2024-06-30 04:00:00',
        kind: 'purchase',
        amount: 3,
      },
      {
        transaction_id: 'c',
        customer_id: 'fay',
        occurred_at: '2024-01-30 04:00:00',
        kind: 'purchase',
        amount: 9,
      },
    ])
    const rows = await valuesOf([...asked('purchase'), ...asked('refund')], [july], purchasesOnly)
    purchasesOnly.close()
    expect(of(rows, 'eve')).toMatchObject({ f1: 2, f2: '8.0000', f3: 3, f4: 1 })
    expect(of(rows, 'eve')).toMatchObject({ f5: 0, f6: null, f7: null, f8: 0 })
    expect(of(rows, 'fay')).toMatchObject({ f1: 0, f2: null, f3: 9, f4: null, f5: 0, f8: null })
  })
})

describe('the last and the first amount', () => {
  const row = (customer_id: string, occurred_at: string, amount: number, line: number) => ({
    ...{ transaction_id: `${customer_id}${line}`, customer_id, occurred_at, amount, kind: 'purchase' },
  })
  const few = [
    row('alike', '2024-06-29 04:00:00', 5, 1),
    row('alike', '2024-06-29 04:00:00', 7.25, 2),
    row('alike', '2024-06-29 04:00:00', -3, 3),
    row('apart', '2024-06-29 04:00:00.000001', 2, 1),
    row('apart', '2024-06-29 04:00:00', 9, 2),
    row('apart', '2024-06-29 04:00:00.000002', 1, 3),
    row('early', '1969-12-31 23:59:59.25', 4, 1),
    row('early', '1969-12-31 23:59:59.75', 3, 2),
  ]
  const byMoment = { by: ['occurred_at'] }
  const asked = [
    { from: 'transactions', measure: { last: 'amount', ...byMoment } },
    { from: 'transactions', measure: { first: 'amount', ...byMoment } },
    { from: 'transactions', where: 'amount < 0', measure: { last: '-amount', ...byMoment } },
  ]
  const found = async (rows: readonly Cells[]) => {
    const standard = await openStandard()
    const customers = [...new Set(rows.map(({ customer_id }) => customer_id!))]
    await addRows(
      standard,
      'customer_versions',
      customers.map((customer_id) => ({ customer_id })),
    )
    await addRows(standard, 'transactions', rows)
    const values = await valuesOf(asked, [july], standard)
    standard.close()
    return values
  }

  const rowsOf = (...customers: readonly string[]) =>
    few.filter(({ customer_id }) => customers.includes(customer_id))

  it.each([
    ['whole seconds', rowsOf('alike')],
    ['parts of seconds', rowsOf('alike', 'apart')],
    ['parts of seconds before 1970', rowsOf('early')],
    // No 63 bits hold these.
    ['parts of seconds over half a century', few],
    [
      'whole seconds, beside a vast amount',
      [...rowsOf('alike'), row('vast', '2024-05-01 00:00:00', 9e13, 1)],
    ],
  ])('are those of moments in %s, ties in order of amounts', async (_, rows) => {
    const values = await found(rows)
    const expected = {
      alike: { f1: 7.25, f2: -3, f3: 3 },
      apart: { f1: 1, f2: 9, f3: null },
      early: { f1: 3, f2: 4, f3: null },
      vast: { f1: 9e13, f2: 9e13, f3: null },
    }
    for (const customer of new Set(rows.map(({ customer_id }) => customer_id)))
      expect(of(values, customer)).toMatchObject(expected[customer as keyof typeof expected])
  })
})

describe('amounts', () => {
  const earned = { from: 'ledger', measure: { sum: 'amount' } }
  const typesOf = () =>
    warehouse.rows(sql`select data_type from duckdb_columns() where table_name = 'features' and column_name like 'f%'
      order by column_name`)

  it('are kept in eighteen digits while they fit, and in more once one does not', async () => {
    const entry = (id: string, amount: string) => ({
      entry_id: id,
      customer_id: 'bob',
      on_date: '2024-06-01',
      kind: 'interest',
      amount,
    })
    await addRows(warehouse, 'ledger', [entry('l1', '90000000000000.0001')])
    expect(of(await valuesOf([earned, spend]), 'bob')).toMatchObject({ f1: '90000000000000.0001' })
    expect(await typesOf()).toEqual([{ data_type: 'DECIMAL(18,4)' }, { data_type: 'DECIMAL(18,4)' }])
    await addRows(warehouse, 'ledger', [entry('l2', '90000000000000')])
    const rows = await valuesOf([earned, spend])
    await warehouse.run(sql`delete from standard.ledger`)
    expect(of(rows, 'bob')).toMatchObject({ f1: '180000000000000.0001' })
    expect(of(rows, 'ann')).toMatchObject({ f2: '207.0000' })
    expect(await typesOf()).toEqual([{ data_type: 'DECIMAL(38,4)' }, { data_type: 'DECIMAL(38,4)' }])
  })
})

describe('the past', () => {
  it('is computed from what was known then', async () => {
    const total = await valuesOf([spend], [june, july])
    expect(total.filter((row) => row['customer_id'] === 'ann').map((row) => row['f1'])).toEqual([
      '180.0000',
      '207.0000',
    ])
  })

  it('holds only those who were customers', async () => {
    const rows = await valuesOf([spend], [june])
    expect(rows.map((row) => row['customer_id'])).toEqual(['ann', 'dan'])
  })

  it('has nobody who is known only from later rows', async () => {
    await addRows(warehouse, 'customer_versions', [{ customer_id: 'eve', source: '_derived' }])
    await addRows(warehouse, 'complaints', [
      { complaint_id: 'c1', customer_id: 'eve', complained_at: '2024-06-10 00:00:00' },
    ])
    const rows = await valuesOf([spend], [june, july])
    await warehouse.run(sql`delete from standard.complaints`)
    await warehouse.run(sql`delete from standard.customer_versions where customer_id = 'eve'`)
    expect(rows.map((row) => row['customer_id'])).toEqual(['ann', 'dan', 'ann', 'bob', 'dan', 'eve'])
  })

  it('gives the same whether dates are asked for alone or together', async () => {
    const features = [spend, { from: 'customer_versions', measure: { attribute: 'gender' } }]
    const together = await valuesOf(features, [june, july])
    expect(together).toEqual([...(await valuesOf(features, [june])), ...(await valuesOf(features, [july]))])
  })

  it('shows accounts as open that closed later, and what was paid later as unpaid', async () => {
    const rows = await valuesOf(
      [
        {
          from: 'accounts',
          where: '!known(closed_at) || business_day(closed_at) >= as_of',
          measure: { count: 'rows' },
        },
        { from: 'repayments', measure: { max: late } },
      ],
      [june, july],
    )
    expect(rows.filter((row) => row['customer_id'] === 'ann')).toEqual([
      { customer_id: 'ann', f1: 2, f2: 7 },
      { customer_id: 'ann', f1: 1, f2: 10 },
    ])
  })
})

describe('measures', () => {
  it('give ages to the last whole day', async () => {
    const rows = await valuesOf([
      { from: 'customer_versions', measure: { age: 'birth_date' } },
      { from: 'transactions', measure: { days_since: 'last' } },
    ])
    expect(of(rows, 'ann')).toMatchObject({ f1: 33, f2: 0 })
    expect(of(rows, 'bob')).toMatchObject({ f1: null, f2: 18 })
  })

  it('take the latest version that was valid and known', async () => {
    const gender = [{ from: 'customer_versions', measure: { attribute: 'gender' } }]
    expect(of(await valuesOf(gender, ['2024-06-17T00:00:00Z']), 'ann')).toMatchObject({ f1: 'female' })
    expect(of(await valuesOf(gender, [july]), 'ann')).toMatchObject({ f1: 'other' })
  })

  it('count days, months in a row and days between purchases', async () => {
    const by = (measure: object) => ({ from: 'transactions', where: 'kind == "purchase"', measure })
    const rows = await valuesOf([
      by({ distinct: 'business_day(occurred_at)' }),
      by({ interpurchase: 'mean_days' }),
      by({ streak: 'current_months' }),
      by({ streak: 'longest_months' }),
    ])
    // 31 March, 1 April, 10 May, 20 May, 30 June.
    expect(of(rows, 'ann')).toMatchObject({ f1: 5, f2: 91 / 4, f3: 4, f4: 4 })
  })

  it('describe categories, the first in the order of the text winning a tie', async () => {
    const by = (measure: object) => ({ from: 'transactions', measure, window: { last: 60 } })
    const rows = await valuesOf([
      by({ top_category: 'category' }),
      by({ top_share: 'category' }),
      by({ entropy: 'category' }),
      by({ distinct: 'category' }),
      { from: 'transactions', measure: { share: 'category == "food"', of: 'amount' } },
    ])
    const row = of(rows, 'ann')
    expect(row).toMatchObject({ f1: 'food', f2: 0.5, f4: 2 })
    expect(row?.['f3']).toBeCloseTo(Math.log(2), 9)
    expect(row?.['f5']).toBeCloseTo(157 / 187, 12)
  })

  it('add up the latest balance of each account', async () => {
    const rows = await valuesOf([
      { from: 'account_balances', measure: { sum_last: 'balance', per: 'account_id', by: ['on_date'] } },
    ])
    expect(of(rows, 'ann')).toMatchObject({ f1: '350.0000' })
  })

  it('read answers as numbers and forget them with age', async () => {
    const rows = await valuesOf([
      {
        from: 'survey_answers',
        where: 'question == "q1"',
        measure: { last: 'value', by: ['answered_at'], as: 'number' },
        window: { last: 365 },
      },
    ])
    expect(of(rows, 'ann')).toMatchObject({ f1: 4 })
    expect(of(rows, 'bob')).toMatchObject({ f1: null })
  })

  it('leave out those whose horizon is not over', async () => {
    const invested = (within: object) => ({
      from: 'transactions',
      where: 'kind == "investment"',
      measure: { happened: { start: 'onboarded_at', within } },
    })
    const rows = await valuesOf([invested({ next: 30 }), invested({ next: 5 }), invested({ next: 2 })])
    expect(of(rows, 'ann')).toMatchObject({ f1: false, f2: false, f3: false })
    expect(of(rows, 'bob')).toMatchObject({ f1: null, f2: true, f3: false })
    expect(of(rows, 'dan')).toMatchObject({ f1: null, f2: null, f3: null })
  })

  it('sum what came within a horizon of becoming a customer', async () => {
    const first = (within: object) => ({ from: 'transactions', measure: { sum: 'amount', within } })
    const rows = await valuesOf([first({ next: 90 }), first({ next: 82 }), first({ next: 5 })])
    expect(of(rows, 'ann')).toMatchObject({ f1: '150.0000', f2: '100.0000', f3: '0.0000' })
    expect(of(rows, 'bob')).toMatchObject({ f1: null, f3: '500.0000' })
    expect(of(rows, 'dan')).toMatchObject({ f1: null, f3: null })
    const windowed = { ...first({ next: 5 }), window: { last: 30 } }
    await expect(valuesOf([windowed])).rejects.toThrow('sum with within takes no window')
  })

  it('are all missing where the table has no row', async () => {
    const rows = await valuesOf([
      { from: 'complaints', measure: { count: 'rows' }, empty: 0 },
      { from: 'complaints', measure: { happened: {} } },
    ])
    expect(of(rows, 'ann')).toMatchObject({ f1: null, f2: null })
  })
})

describe('features of features', () => {
  it('divide, and are missing where the denominator is zero', async () => {
    const rows = await valuesOf([
      { ...spend, key: 'recent', window: { last: 1 }, empty: 0 },
      { ...spend, key: 'older', window: { last: 30, before: 400 }, empty: 0 },
      { key: 'both', ratio: { numerator: 'recent', denominator: 'older' } },
      { key: 'text', expression: 'known(both) ? "some" : "none"' },
    ])
    expect(of(rows, 'ann')).toMatchObject({ recent: '20.0000', older: '0.0000', both: null, text: 'none' })
  })

  it('count what came earlier in the as-of day', async () => {
    const rows = await valuesOf([spend, { ...spend, window: { last: 1 } }], ['2024-06-30T16:00:01.000Z'])
    expect(of(rows, 'ann')).toMatchObject({ f1: '1206.0000', f2: '1019.0000' })
  })
})
