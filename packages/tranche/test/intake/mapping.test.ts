import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { workbook } from '../readers/workbook-file.ts'
import { createInstitution, from } from './institution.ts'

const orders = {
  key: 'orders',
  files: 'orders.csv',
  tables: [
    {
      table: 'transactions',
      columns: {
        ...from({ transaction_id: 'id', customer_id: 'customer', amount: 'amount', occurred_at: 'time' }),
        kind: { from: 'type', codes: { B: 'purchase', 退: 'refund' } },
      },
    },
  ],
}

it('maps a text file: renames, casts, codes, local times to UTC', async () => {
  const place = await createInstitution()
  await place.sources(orders)
  await place.write(
    'orders.csv',
    'id,customer,amount,time,type\n1, C1 ,12.5,2024-01-01 08:00:00,B\n2,Ｃ２,"1,300",2024-01-02 00:00:00,退\n3,C1,7,2024-01-03,purchase\n',
  )
  const taken = await place.take()
  expect(
    await taken.rows(
      'select transaction_id, customer_id, amount, occurred_at, kind, known_at, source, _line from standard.transactions order by 1',
    ),
  ).toEqual([
    {
      transaction_id: '1',
      customer_id: 'C1',
      amount: '12.5000',
      occurred_at: '2024-01-01T00:00:00.000Z',
      kind: 'purchase',
      known_at: '2024-01-01T00:00:00.000Z',
      source: 'orders',
      _line: 2,
    },
    {
      transaction_id: '2',
      customer_id: 'C2',
      amount: '1300.0000',
      occurred_at: '2024-01-01T16:00:00.000Z',
      kind: 'refund',
      known_at: '2024-01-01T16:00:00.000Z',
      source: 'orders',
      _line: 3,
    },
    {
      transaction_id: '3',
      customer_id: 'C1',
      amount: '7.0000',
      occurred_at: '2024-01-02T16:00:00.000Z',
      kind: 'purchase',
      known_at: '2024-01-02T16:00:00.000Z',
      source: 'orders',
      _line: 4,
    },
  ])
})

it('derives the customers of a file of transactions alone', async () => {
  const place = await createInstitution()
  await place.sources(orders)
  await place.write('orders.csv', 'id,customer,amount,time,type\n1,C1,5,2024-01-01,B\n2,C2,6,2024-01-02,B\n')
  const taken = await place.take()
  expect(
    await taken.rows(
      'select customer_id, gender, valid_from, source from standard.customer_versions order by 1',
    ),
  ).toEqual([
    { customer_id: 'C1', gender: null, valid_from: null, source: '_derived' },
    { customer_id: 'C2', gender: null, valid_from: null, source: '_derived' },
  ])
})

it('numbers rows that have no number by file and line, and keeps equal ones', async () => {
  const place = await createInstitution()
  await place.sources({
    key: 'purchases',
    files: 'p.txt',
    format: { type: 'csv', delimiter: ',', header: false, columns: ['who', 'day', 'sum'] },
    tables: [
      { table: 'transactions', columns: from({ customer_id: 'who', occurred_at: 'day', amount: 'sum' }) },
    ],
  })
  await place.write('p.txt', '7,2024-01-01,5\n7,2024-01-01,5\n')
  const taken = await place.take()
  expect(taken.state.files[0]?.tables[0]).toMatchObject({ kept: 2, numbered: true })
  const rows = await taken.rows('select transaction_id from standard.transactions order by 1')
  expect(rows.map(({ transaction_id: id }) => String(id).replace(/^[0-9a-f]{12}/, 'file'))).toEqual([
    'file:1',
    'file:2',
  ])
})

it('reads a clean Parquet file where it lies, without writing its rows again', async () => {
  const place = await createInstitution()
  await place.sources({ ...orders, files: 'orders.parquet' })
  await place.parquet(
    'orders.parquet',
    `select * from (values ('1', 'C1', 12.5::decimal(10,2), timestamp '2024-01-01 08:00:00', 'B')) t(id, customer, amount, time, type)`,
  )
  const taken = await place.take()
  expect(taken.state.files[0]?.tables[0]).toMatchObject({ place: 'in_place', kept: 1 })
  expect(existsSync(join(place.folder, 'standard/transactions'))).toBe(true)
  expect(readdirSync(join(place.folder, 'standard/transactions'))).toEqual([])
  expect(
    await taken.rows('select customer_id, amount, occurred_at, kind, _line from standard.transactions'),
  ).toEqual([
    {
      customer_id: 'C1',
      amount: '12.5000',
      occurred_at: '2024-01-01T00:00:00.000Z',
      kind: 'purchase',
      _line: 1,
    },
  ])
})

it('steps over the few bad rows of a Parquet file, and normalises its keys while reading', async () => {
  const place = await createInstitution()
  await place.sources({ ...orders, files: 'orders.parquet' })
  await place.parquet(
    'orders.parquet',
    `select cast(i as varchar) as id, case i when 3 then ' Ｃ3 ' else 'C' || i end as customer, case i when 5 then null else 1.5 end as amount, timestamp '2024-01-01' as time, case i when 7 then '??' else 'B' end as type from range(1, 41) t(i)`,
  )
  const taken = await place.take()
  expect(taken.state.files[0]?.tables[0]).toMatchObject({
    place: 'in_place',
    read: 40,
    kept: 38,
    quarantined: 2,
  })
  expect(
    await taken.rows(
      `select count(*)::integer as n, count_if(customer_id = 'C3')::integer as c3, count_if(customer_id in ('C5', 'C7'))::integer as bad from standard.transactions`,
    ),
  ).toEqual([{ n: 38, c3: 1, bad: 0 }])
})

it('writes the good rows of a Parquet file when many are bad', async () => {
  const place = await createInstitution()
  await place.sources({ ...orders, files: 'orders.parquet' })
  await place.parquet(
    'orders.parquet',
    `select cast(i as varchar) as id, 'C1' as customer, if(i % 2 = 0, null, 1.5) as amount, timestamp '2024-01-01' as time, 'B' as type from range(10) t(i)`,
  )
  const taken = await place.take()
  expect(taken.state.files[0]?.tables[0]).toMatchObject({ place: 'written', kept: 5, quarantined: 5 })
})

it('derives, filters, scales, reads decimal commas and missing words', async () => {
  const place = await createInstitution()
  await place.sources({
    key: 'bookings',
    files: 'b.csv',
    tables: [
      {
        table: 'transactions',
        where: 'status != "void"',
        columns: {
          customer_id: { from: 'who', padTo: 4 },
          occurred_at: { from: 'day', format: 'dd/mm/yyyy' },
          amount: { expr: 'price * pieces' },
          kind: { expr: 'pieces < 0 ? "refund" : "purchase"' },
          category: { from: 'cat', missing: ['-', 'n/a'] },
          currency: { value: 'CNY' },
        },
        extras: {
          fee: {
            from: 'fee',
            type: 'money',
            decimal: ',',
            scale: 0.01,
            label: { en: 'Fee', zh: '手续费' },
          },
        },
      },
    ],
  })
  await place.write(
    'b.csv',
    'who;day;price;pieces;cat;fee;status\n7;31/01/2024;2.5;3;-;1.250,50;ok\n0012;01/02/2024;4;-1;food;n/a;ok\n7;01/02/2024;4;1;food;1;void\n'.replace(
      'n/a',
      '',
    ),
  )
  const taken = await place.take()
  expect(
    await taken.rows(
      'select customer_id, amount, kind, category, fee from standard.transactions order by _line',
    ),
  ).toEqual([
    { customer_id: '0007', amount: '7.5000', kind: 'purchase', category: null, fee: '12.5050' },
    { customer_id: '0012', amount: '-4.0000', kind: 'refund', category: 'food', fee: null },
  ])
  expect(taken.state.files[0]?.tables[0]).toMatchObject({ read: 3, kept: 2, filtered: 1 })
})

it('looks up another source, and rejects what it does not know or knows in two ways', async () => {
  const place = await createInstitution()
  await place.sources(
    {
      key: 'holders',
      files: 'holders.csv',
    },
    {
      key: 'payments',
      files: 'payments.csv',
      tables: [
        {
          table: 'transactions',
          columns: {
            ...from({ transaction_id: 'id', occurred_at: 'day', amount: 'amount', account_id: 'account' }),
            customer_id: {
              lookup: {
                source: 'holders',
                key: 'account_no',
                match: 'account',
                take: 'person',
                where: 'role == "OWNER"',
              },
            },
          },
        },
      ],
    },
  )
  await place.write(
    'holders.csv',
    'account_no,person,role\nA1,P1,OWNER\nA1,P2,USER\nA2,P3,OWNER\nA2,P4,OWNER\n',
  )
  await place.write(
    'payments.csv',
    'id,day,amount,account\n1,2024-01-01,1, A1 \n2,2024-01-01,1,A2\n3,2024-01-01,1,A9\n',
  )
  const taken = await place.take()
  expect(await taken.rows('select transaction_id, customer_id from standard.transactions')).toEqual([
    { transaction_id: '1', customer_id: 'P1' },
  ])
  expect(
    await taken.rows(
      `select line, "column", reason, original from read_parquet('${place.folder}/quarantine/*.parquet') order by line`,
    ),
  ).toEqual([
    { line: 3, column: 'customer_id', reason: 'lookup_ambiguous', original: 'A2' },
    { line: 4, column: 'customer_id', reason: 'lookup_missing', original: 'A9' },
  ])
  expect(await taken.rows(`from row_counts where table_name = 'lookup'`)).toEqual([
    { source: 'holders', table_name: 'lookup', read: 4, kept: 4, quarantined: 0, filtered: 0, duplicates: 0 },
  ])
})

it('unfolds months in columns into rows, leaving out empty ones', async () => {
  const place = await createInstitution()
  await place.sources({
    key: 'bills',
    files: 'bills.csv',
    tables: [
      {
        table: 'account_balances',
        unpivot: {
          periods: [
            { period: '2024-01-31', columns: { bill: 'bill_jan' } },
            { period: '2024-02-29', columns: { bill: 'bill_feb' } },
          ],
        },
        columns: {
          account_id: { from: 'id' },
          customer_id: { from: 'id' },
          on_date: { from: 'period' },
          balance: { from: 'bill' },
        },
      },
    ],
  })
  await place.write('bills.csv', 'id,bill_jan,bill_feb\n1,100,200\n2,,300\n3,x,400\n')
  const taken = await place.take()
  expect(
    await taken.rows('select account_id, on_date, balance from standard.account_balances order by 1, 2'),
  ).toEqual([
    { account_id: '1', on_date: '2024-01-31', balance: '100.0000' },
    { account_id: '1', on_date: '2024-02-29', balance: '200.0000' },
    { account_id: '2', on_date: '2024-02-29', balance: '300.0000' },
    { account_id: '3', on_date: '2024-02-29', balance: '400.0000' },
  ])
  expect(taken.state.files[0]?.tables[0]).toMatchObject({ read: 6, kept: 4, filtered: 1, quarantined: 1 })
})

it('names file, column and place of the mapping when a column is not there', async () => {
  const place = await createInstitution()
  await place.sources(orders)
  await place.write('orders.csv', 'id,custommer,amount,time,type\n1,C1,12.5,2024-01-01,B\n')
  await expect(place.take()).rejects.toMatchObject({
    code: 'invalid_source',
    message: expect.stringContaining('orders.csv has no column "customer"'),
    hint: { en: 'Did you mean "custommer"?' },
    place: { file: 'sources/all.yaml' },
  })
})

it('gives amounts in the base currency, and none where the day has no rate', async () => {
  const place = await createInstitution()
  await place.sources(
    {
      ...orders,
      tables: [{ ...orders.tables[0], columns: { ...orders.tables[0]!.columns, currency: { from: 'cur' } } }],
    },
    {
      key: 'rates',
      files: 'rates.csv',
      tables: [{ table: 'fx_rates', columns: from({ currency: 'cur', on_date: 'day', rate: 'rate' }) }],
    },
  )
  await place.write('rates.csv', 'cur,day,rate\nUSD,2024-01-05,7.1\nUSD,2024-01-08,7.2\n')
  await place.write(
    'orders.csv',
    'id,customer,amount,time,type,cur\n1,C1,10,2024-01-05,B,usd\n2,C1,10,2024-01-07,B,USD\n3,C1,10,2024-01-08,B,USD\n4,C1,10,2024-01-01,B,USD\n5,C1,10,2024-01-01,B,CNY\n6,C1,10,2024-06-01,B,USD\n',
  )
  const taken = await place.take()
  expect(
    await taken.rows('select transaction_id as id, amount_base from standard.transactions order by 1'),
  ).toEqual([
    { id: '1', amount_base: '71.0000' },
    { id: '2', amount_base: '71.0000' },
    { id: '3', amount_base: '72.0000' },
    { id: '4', amount_base: null },
    { id: '5', amount_base: '10.0000' },
    { id: '6', amount_base: null },
  ])
  expect(taken.quality).toContainEqual(
    expect.objectContaining({ kind: 'missing_rates', column: 'USD', n: 5, failed: 2, status: 'warn' }),
  )
})

it('reads the numbers of an expression with the decimal mark that stands beside it', async () => {
  const place = await createInstitution()
  await place.sources({
    ...orders,
    tables: [
      {
        table: 'transactions',
        columns: {
          ...from({ transaction_id: 'id', customer_id: 'customer', occurred_at: 'time' }),
          amount: { expr: 'coalesce(debit, 0) != 0 ? debit : credit', decimal: ',' },
          kind: { value: 'purchase' },
        },
      },
    ],
  })
  await place.write(
    'orders.csv',
    'id;customer;time;debit;credit\n1;C1;2024-01-01;1.234,50;\n2;C1;2024-01-02;;0,75\n',
  )
  const taken = await place.take()
  expect(await taken.rows('select amount from standard.transactions order by transaction_id')).toEqual([
    { amount: '1234.5000' },
    { amount: '0.7500' },
  ])
})

it('looks up one sheet of a workbook from another, though both stand in one file', async () => {
  const place = await createInstitution()
  await place.sources(
    { key: 'places', files: 'book.xlsx', format: { type: 'xlsx', sheet: 'Places' } },
    {
      key: 'people',
      files: 'book.xlsx',
      format: { type: 'xlsx', sheet: 'People' },
      tables: [
        {
          table: 'customer_versions',
          columns: {
            ...from({ customer_id: 'id' }),
            city: { lookup: { source: 'places', key: 'id', match: 'id', take: 'city' } },
          },
        },
      ],
    },
  )
  await place.write(
    'book.xlsx',
    workbook([
      {
        name: 'Places',
        rows: [
          ['id', 'city'],
          ['C1', 'York'],
          ['C2', 'Leeds'],
        ],
      },
      {
        name: 'People',
        rows: [
          ['id', 'gender'],
          ['C1', 'F'],
          ['C2', 'M'],
        ],
      },
    ]),
  )
  const taken = await place.take()
  expect(await taken.rows('select customer_id, city from standard.customer_versions order by 1')).toEqual([
    { customer_id: 'C1', city: 'York' },
    { customer_id: 'C2', city: 'Leeds' },
  ])
})
