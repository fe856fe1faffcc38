import { describe, expect, test } from 'vitest'
import { csv, mappingOf, proposeContents, sourceOf } from './proposals.ts'

const day = (n: number): string => new Date(Date.UTC(2023, 0, 1 + n)).toISOString().slice(0, 10)
const rows = (n: number, row: (i: number) => (string | number | null)[]) =>
  Array.from({ length: n }, (_, i) => row(i))
/** A whole number below a bound that looks drawn, and is the same in every run. */
const drawn = (i: number, below: number): number => (Math.imul(i + 1, 2_654_435_761) >>> 8) % below

describe('what was sold and ordered', () => {
  const orders = csv([
    ['order_id', 'customer_id', 'order_status', 'purchased_at', 'items'],
    ...rows(600, (i) => [
      `o${1000 + i}`,
      `c${drawn(i, 90)}`,
      'delivered',
      `${day(drawn(i, 500))} 10:00:00`,
      1 + (i % 3),
    ]),
  ])
  const lines = csv([
    ['order_id', 'line', 'product_id', 'shipping_limit', 'price', 'freight_value', 'quantity', 'seller_id'],
    ...rows(1500, (i) => [
      `o${1000 + drawn(i, 600)}`,
      1 + (i % 3),
      `p${drawn(i, 40)}`,
      day(drawn(i, 500) + 5),
      `${10 + drawn(i, 80)}.50`,
      `${drawn(i, 9)}.10`,
      1 + drawn(i, 3),
      `s${drawn(i, 30)}`,
    ]),
  ])

  test('lines of orders find the day and the customer in the orders, and freight is no price', async () => {
    const proposal = await proposeContents({ 'orders.csv': orders, 'order_items.csv': lines })
    const { columns } = sourceOf(proposal, 'order_items').tables[0]!
    expect(columns['customer_id']?.lookup).toEqual({
      source: 'orders',
      key: 'order_id',
      match: 'order_id',
      take: 'customer_id',
    })
    expect(columns['occurred_at']?.lookup).toMatchObject({ source: 'orders', take: 'purchased_at' })
    expect(columns['amount']?.expr).toBe('quantity * price')
    expect(sourceOf(proposal, 'orders').tables).toEqual([])
  })

  test('orders with amounts of their own are not counted once more by their lines', async () => {
    const withAmounts = csv([
      ['order_id', 'customer_id', 'ordered_at', 'order_total'],
      ...rows(600, (i) => [
        `o${1000 + i}`,
        `c${drawn(i, 90)}`,
        day(drawn(i, 500)),
        `${20 + drawn(i, 300)}.00`,
      ]),
    ])
    const proposal = await proposeContents({ 'orders.csv': withAmounts, 'order_items.csv': lines })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      customer_id: 'customer_id',
      amount: 'order_total',
    })
    expect(sourceOf(proposal, 'order_items').tables).toEqual([])
  })

  test('where nothing numbers the customers, their name tells them apart, under a pseudonym', async () => {
    const names = rows(60, (i) => [
      `${['Ann', 'Bo', 'Cy', 'Di', 'Ed', 'Flo'][i % 6]} ${['Hart', 'Ives', 'Jay', 'King', 'Low', 'May', 'Nye', 'Orr', 'Poe', 'Quin'][Math.floor(i / 6)]}`,
    ])
    const proposal = await proposeContents({
      'superstore.csv': csv([
        ['Order Date', 'Customer Name', 'Sales Rep', 'City', 'Category', 'Sales', 'Quantity', 'Profit'],
        ...rows(900, (i) => [
          day(drawn(i, 700)),
          names[drawn(i, 60)]![0]!,
          `Rep ${drawn(i, 12)}`,
          ['Berlin', 'Paris', 'Rome'][i % 3]!,
          ['Paper', 'Chairs'][i % 2]!,
          `${5 + drawn(i, 400)}.20`,
          1 + drawn(i, 5),
          `${drawn(i, 90)}.10`,
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      customer_id: 'Customer Name',
      occurred_at: 'Order Date',
      amount: 'Sales',
    })
    expect(sourceOf(proposal, 'superstore').identifiers?.['Customer Name']).toMatchObject({
      use: 'pseudonym',
    })
  })

  test('a list of customers with their totals is no list of purchases, nor spend by customer a budget', async () => {
    const proposal = await proposeContents({
      'customers.csv': csv([
        ['customer_id', 'first_purchase_date', 'total_purchases', 'total_spent', 'segment'],
        ...rows(90, (i) => [`c${i}`, day(i), 3 + (i % 4), `${100 + i}.50`, ['A', 'B'][i % 2]!]),
      ]),
      'spend.csv': csv([
        ['sl_no', 'customer_id', 'date', 'amount', 'status'],
        ...rows(700, (i) => [
          i + 1,
          `c${drawn(i, 90)}`,
          day(drawn(i, 600)),
          `${1 + drawn(i, 500)}.25`,
          ['Completed', 'Completed', 'Completed', 'Cancelled'][i % 4]!,
        ]),
      ]),
      'repayment.csv': csv([
        ['sl_no', 'customer_id', 'date', 'amount'],
        ...rows(400, (i) => [i + 1, `c${drawn(i, 90)}`, day(drawn(i, 600)), `${50 + drawn(i, 100)}.00`]),
      ]),
    })
    expect(sourceOf(proposal, 'customers').tables.map(({ table }) => table)).toEqual(['customer_versions'])
    const [spend] = sourceOf(proposal, 'spend').tables
    expect(spend?.table).toBe('transactions')
    expect(spend?.where).toBe('!known(status) || !(status in ["Cancelled"])')
    expect(sourceOf(proposal, 'repayment').tables[0]?.columns['kind']?.value).toBe('repayment')
  })

  test('what each customer holds since when is an account, whatever stands on it', async () => {
    const proposal = await proposeContents({
      'customers.csv': csv([
        ['customer_id', 'age', 'income'],
        ...rows(200, (i) => [i, 20 + (i % 50), 30_000 + i * 11]),
      ]),
      'products.csv': csv([
        ['customer_id', 'product_type', 'start_date', 'balance', 'status'],
        ...rows(420, (i) => [
          drawn(i, 200),
          ['Checking', 'Savings', 'Mortgage', 'Personal Loan'][i % 4]!,
          day(drawn(i, 900)),
          `${drawn(i, 9000)}.40`,
          ['Active', 'Closed'][i % 2]!,
        ]),
      ]),
    })
    const [held] = sourceOf(proposal, 'products').tables
    expect(held?.table).toBe('accounts')
    expect(held?.columns).toMatchObject({
      customer_id: { from: 'customer_id' },
      opened_at: { from: 'start_date' },
      product_kind: { from: 'product_type' },
    })
  })

  test('whom an order is shipped to is a person: kept out by name, told apart by phone', async () => {
    const proposal = await proposeContents({
      'po.csv': csv([
        [
          'PO Date',
          'Ship To Name',
          'Ship To Address',
          'Ship To Address 2',
          'Ship To Phone',
          'Stock',
          'Wholesale Price',
          'Quantity',
        ],
        ...rows(300, (i) => [
          day(drawn(i, 300)),
          `Ann ${['Hart', 'Ives', 'Jay'][i % 3]}`,
          `${i} Main Street`,
          i % 9 === 0 ? 'Apt 2' : null,
          `617-532-${1000 + drawn(i, 200)}`,
          20 + drawn(i, 90),
          `${10 + drawn(i, 50)}.40`,
          1 + (i % 2),
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({ customer_id: 'Ship To Phone' })
    expect(sourceOf(proposal, 'po').identifiers).toMatchObject({
      'Ship To Name': { kind: 'name', use: 'drop' },
      'Ship To Address': { kind: 'address', use: 'drop' },
      'Ship To Address 2': { kind: 'address', use: 'drop' },
      'Ship To Phone': { kind: 'phone', use: 'pseudonym' },
    })
  })

  test('claims beside policies are what was paid on them', async () => {
    const proposal = await proposeContents({
      '保单.csv': csv([
        ['保单号', '险种', '生效日期', '终止日期', '年缴保费', '保单状态'],
        ...rows(300, (i) => [
          `P${1000 + i}`,
          ['车险', '寿险'][i % 2]!,
          day(drawn(i, 300)),
          day(400 + drawn(i, 300)),
          500 + i,
          ['有效', '失效', '退保'][i % 3]!,
        ]),
      ]),
      '理赔.csv': csv([
        ['赔案号', '保单号', '报案日期', '赔付金额', '结案状态'],
        ...rows(80, (i) => [
          `C${i}`,
          `P${1000 + drawn(i, 300)}`,
          day(drawn(i, 600)),
          `${100 + drawn(i, 900)}.50`,
          ['已结案', '拒赔'][i % 2]!,
        ]),
      ]),
    })
    const claims = proposal.sources
      .flatMap(({ value }) => value.tables)
      .find(({ table }) => table === 'transactions')
    expect(claims?.columns).toMatchObject({
      occurred_at: { from: '报案日期' },
      amount: { from: '赔付金额' },
      kind: { value: 'claim' },
    })
    expect(claims?.where).toContain('拒赔')
  })
})
