import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { standardTables } from '@tranche/contract'
import { expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { createStandardViews } from '../../src/intake/standard-views.ts'
import { sql } from '../../src/sql/sql.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { createInstitution, from } from './institution.ts'

const orders = {
  key: 'orders',
  files: 'orders.parquet',
  tables: [
    {
      table: 'transactions',
      columns: from({ transaction_id: 'id', customer_id: 'who', occurred_at: 'time', amount: 'sum' }),
      extras: { store: { from: 'store', type: 'string', label: { en: 'Store', zh: '门店' } } },
    },
  ],
}
const rows = `select '1' as id, 'C1' as who, timestamp '2024-01-01 08:00:00' as time, 5.5::decimal(9,2) as sum, 'S1' as store`

it('has every standard table with every column in its type, mapped or not', async () => {
  const place = await createInstitution()
  await place.sources(orders)
  await place.parquet('orders.parquet', rows)
  const taken = await place.take()
  const types: Record<string, string> = {
    id: 'VARCHAR',
    string: 'VARCHAR',
    json: 'VARCHAR',
    date: 'DATE',
    instant: 'TIMESTAMP',
    money: 'DECIMAL(18,4)',
    number: 'DOUBLE',
    integer: 'BIGINT',
    bool: 'BOOLEAN',
  }
  for (const table of standardTables) {
    const described = await taken.rows(`describe standard.${table.name}`)
    const expected = [
      ...table.columns.map(({ name, type }) => [name, types[type]]),
      ...(table.name === 'transactions' ? [['store', 'VARCHAR']] : []),
      ['known_at', 'TIMESTAMP'],
      ...(table.name === 'customer_keys' ? [] : [['source', 'VARCHAR']]),
      ['_file', 'VARCHAR'],
      ['_line', 'BIGINT'],
      ...(table.name === 'transactions' ? [['amount_base', 'DECIMAL(18,4)']] : []),
    ]
    expect(
      described.map(({ column_name: name, column_type: type }) => [name, type]),
      table.name,
    ).toEqual(expected)
  }
})

it('gives a reader of a published run the same rows', async () => {
  const place = await createInstitution()
  await place.sources(orders)
  await place.parquet('orders.parquet', rows)
  const taken = await place.take()
  const reader = await openDuckDb({ path: ':memory:' })
  const catalogue = await loadWorkspace(place.dir)
  const state = JSON.parse(JSON.stringify(taken.state)) as typeof taken.state
  await createStandardViews({ warehouse: reader, catalogue, folder: place.folder, state })
  const read = sql`select customer_id, amount, occurred_at, store, _line from standard.transactions`
  expect(await reader.rows(read)).toEqual(await taken.warehouse.rows(read))
  expect(await reader.rows(sql`select customer_id from standard.customer_versions`)).toEqual([
    { customer_id: 'C1' },
  ])
  reader.close()
})

it('refuses to read a file in place that has changed or gone since', async () => {
  const place = await createInstitution()
  await place.sources(orders)
  await place.parquet('orders.parquet', rows)
  const taken = await place.take()
  const reader = await openDuckDb({ path: ':memory:' })
  const catalogue = await loadWorkspace(place.dir)
  const open = () =>
    createStandardViews({ warehouse: reader, catalogue, folder: place.folder, state: taken.state })
  await writeFile(join(place.dir, 'orders.parquet'), 'something else')
  await expect(open()).rejects.toMatchObject({
    code: 'invalid_source',
    message: 'orders.parquet has changed since it was taken in.',
  })
  await rm(join(place.dir, 'orders.parquet'))
  await expect(open()).rejects.toMatchObject({
    message: 'orders.parquet is gone; its rows are read where it lay.',
  })
  reader.close()
})
