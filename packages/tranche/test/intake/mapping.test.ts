import { expect, it } from 'vitest'
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
  expect(taken.rows).toBeTypeOf('function')
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
  expect(await taken.rows('select customer_id, source from standard.customer_versions order by 1')).toEqual([
    { customer_id: 'C1', source: '_derived' },
    { customer_id: 'C2', source: '_derived' },
  ])
})
