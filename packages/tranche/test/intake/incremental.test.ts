import { stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sweepIntake } from '../../src/intake/sweep.ts'
import { createInstitution, from } from './institution.ts'

const orders = {
  key: 'orders',
  files: 'orders/*.csv',
  tables: [
    {
      table: 'transactions',
      columns: from({ transaction_id: 'id', customer_id: 'who', occurred_at: 'day', amount: 'sum' }),
    },
  ],
}

it('does not read a file again that lies there as before', async () => {
  const place = await createInstitution()
  await place.sources(orders)
  await place.write('orders/a.csv', 'id,who,day,sum\n1,C1,2024-01-01,5\n')
  const first = await place.take()
  expect(first.state.files[0]?.status).toBe('new')
  // Other bytes under the same size, time and inode: they would show if they were read.
  const path = join(place.dir, 'orders/a.csv')
  const { atimeMs, mtimeMs } = await stat(path)
  await writeFile(path, 'id,who,day,sum\n1,C1,2024-01-01,9\n')
  await utimes(path, atimeMs / 1000, mtimeMs / 1000)
  const found = await stat(path)
  const known = {
    ...first.state,
    files: first.state.files.map((file) => ({ ...file, mtimeMs: found.mtimeMs })),
  }
  const second = await place.take(known)
  expect(second.state.files[0]?.status).toBe('unchanged')
  expect(await second.rows('select amount from standard.transactions')).toEqual([{ amount: '5.0000' }])
  expect(second.changes).toEqual([])
})

it('reads only new and changed files, and says what they added, restated, and what came late', async () => {
  const place = await createInstitution()
  await place.sources(orders)
  await place.write('orders/2024-01.csv', 'id,who,day,sum\n1,C1,2024-01-05,5\n2,C1,2024-01-20,6\n')
  const first = await place.take()
  expect(first.changes).toEqual([
    {
      source: 'orders',
      table: 'transactions',
      newFiles: 1,
      changedFiles: 0,
      added: 2,
      restated: 0,
      late: null,
    },
  ])
  await place.write(
    'orders/2024-02.csv',
    'id,who,day,sum\n2,C1,2024-01-20,7\n3,C2,2024-01-03,8\n4,C2,2024-02-03,9\n',
  )
  const second = await place.take(first.state)
  expect(second.state.files.map(({ path, status }) => [path, status])).toEqual([
    ['orders/2024-01.csv', 'unchanged'],
    ['orders/2024-02.csv', 'new'],
  ])
  expect(second.changes).toEqual([
    { source: 'orders', table: 'transactions', newFiles: 1, changedFiles: 0, added: 3, restated: 1, late: 1 },
  ])
  expect(second.notes[0]?.en).toBe(
    'orders → transactions: 1 new and 0 changed files brought 3 rows, which restate 1 earlier one; 1 came late.',
  )
  await place.write('orders/2024-02.csv', 'id,who,day,sum\n4,C2,2024-02-03,9\n')
  const third = await place.take(second.state)
  expect(third.state.files.map(({ status }) => status)).toEqual(['unchanged', 'changed'])
  expect(third.result.rows).toMatchObject([{ read: 3, kept: 3 }])
})

it('maps a file again when its mapping changed, though not when only its words did', async () => {
  const place = await createInstitution()
  await place.sources(orders)
  await place.write('orders/a.csv', 'id,who,day,sum\n1,C1,2024-01-01,5\n')
  const first = await place.take()
  await place.sources({ ...orders, label: { en: 'Orders', zh: '订单' } })
  const second = await place.take(first.state)
  expect(second.state.files[0]?.status).toBe('unchanged')
  const [table] = orders.tables
  await place.sources({
    ...orders,
    tables: [{ ...table, columns: { ...table!.columns, amount: { from: 'sum', scale: 0.01 } } }],
  })
  const third = await place.take(second.state)
  expect(third.state.files[0]?.status).toBe('changed')
  expect(await third.rows('select amount from standard.transactions')).toEqual([{ amount: '0.0500' }])
})

it('leaves no staged rows behind', async () => {
  const place = await createInstitution()
  await place.sources(orders)
  await place.write('orders/a.csv', 'id,who,day,sum\n1,C1,2024-01-01,5\n')
  await place.take()
  await expect(stat(join(place.folder, 'spill/intake'))).rejects.toMatchObject({ code: 'ENOENT' })
})

it('sweeps away what no kept state needs, and nothing else', async () => {
  const place = await createInstitution()
  await place.sources(orders)
  await place.write('orders/a.csv', 'id,who,day,sum\n1,C1,2024-01-01,5\n1,C1,2024-01-01,6\n2,C1,soon,6\n')
  const first = await place.take()
  await place.write('orders/a.csv', 'id,who,day,sum\n1,C1,2024-01-01,7\n3,C1,,7\n')
  const second = await place.take(first.state)
  await place.write('.tranche/standard/transactions/left.parquet.judged', 'of a crash')
  expect(await sweepIntake(place.folder, [first.state, second.state])).toBe(1)
  expect(await sweepIntake(place.folder, [second.state])).toBeGreaterThan(3)
  const third = await place.take(second.state)
  expect(third.state.files[0]?.status).toBe('unchanged')
  expect(await third.rows('select amount from standard.transactions')).toEqual([{ amount: '7.0000' }])
})
