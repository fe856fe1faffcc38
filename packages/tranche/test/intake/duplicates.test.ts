import { expect, it } from 'vitest'
import { listQuarantine } from '../../src/intake/quarantine/list-quarantine.ts'
import { createInstitution, from } from './institution.ts'

const orders = (over: object = {}) => ({
  key: 'orders',
  files: 'orders/*.csv',
  tables: [
    {
      table: 'transactions',
      columns: from({ transaction_id: 'id', customer_id: 'who', occurred_at: 'day', amount: 'sum' }),
    },
  ],
  ...over,
})

it('counts equal rows as duplicates and sets contradictions aside, keeping what the later line says', async () => {
  const place = await createInstitution()
  await place.sources(orders())
  await place.write(
    'orders/a.csv',
    'id,who,day,sum\n1,C1,2024-01-01,5\n1,C1,2024-01-01,5\n2,C1,2024-01-01,5\n2,C1,2024-01-01,6\n3,C2,2024-01-01,7\n',
  )
  const taken = await place.take()
  expect(taken.result.rows).toEqual([
    { source: 'orders', table: 'transactions', read: 5, kept: 3, quarantined: 1, filtered: 0, duplicates: 1 },
  ])
  expect(
    await taken.rows('select transaction_id as id, amount, _line from standard.transactions order by 1'),
  ).toEqual([
    { id: '1', amount: '5.0000', _line: 2 },
    { id: '2', amount: '6.0000', _line: 5 },
    { id: '3', amount: '7.0000', _line: 6 },
  ])
  const { rows } = await listQuarantine({ ...taken, folder: place.folder })
  expect(rows).toEqual([
    {
      source: 'orders',
      table: 'transactions',
      file: 'orders/a.csv',
      line: 4,
      key: null,
      column: 'transaction_id',
      reason: 'contradiction',
      detail: {
        en: 'Another row with the same key says otherwise and was kept. Kept: orders/a.csv, line 5. Different: amount.',
        zh: '另一行键相同而内容不同，已保留那一行。保留：orders/a.csv 第 5 行。不同的列：amount。',
      },
      original: 'amount=5.0000',
    },
  ])
})

it('keeps the row of a later file, and of what is known later before that', async () => {
  const place = await createInstitution()
  const [table] = orders().tables
  await place.sources(
    orders({ tables: [{ ...table, columns: { ...table!.columns, known_at: { from: 'seen' } } }] }),
  )
  await place.write('orders/a.csv', 'id,who,day,sum,seen\n1,C1,2024-01-01,1,2024-03-01\n2,C1,2024-01-01,1,\n')
  await place.write('orders/b.csv', 'id,who,day,sum,seen\n1,C1,2024-01-01,2,2024-02-01\n2,C1,2024-01-01,2,\n')
  const taken = await place.take()
  expect(
    await taken.rows('select transaction_id as id, amount from standard.transactions order by 1'),
  ).toEqual([
    { id: '1', amount: '1.0000' },
    { id: '2', amount: '2.0000' },
  ])
})

it('counts a copy of a file as duplicates, whatever its name', async () => {
  const place = await createInstitution()
  await place.sources(orders())
  const text = 'id,who,day,sum\n1,C1,2024-01-01,5\n'
  await place.write('orders/a.csv', text)
  await place.write('orders/b.csv', text)
  const taken = await place.take()
  expect(taken.result.rows).toMatchObject([{ read: 2, kept: 1, duplicates: 1 }])
  expect(taken.quality).toContainEqual(expect.objectContaining({ kind: 'copy', status: 'warn' }))
})

it('does not take versions of a customer for duplicates', async () => {
  const place = await createInstitution()
  await place.sources({
    key: 'versions',
    files: 'v.csv',
    tables: [
      {
        table: 'customer_versions',
        columns: from({ customer_id: 'id', valid_from: 'since', city: 'city' }),
      },
    ],
  })
  await place.write('v.csv', 'id,since,city\n1,2023-01-01,北京\n1,2024-01-01,上海\n')
  const taken = await place.take()
  expect(taken.result.rows).toMatchObject([{ read: 2, kept: 2 }])
})

it('lets the source of higher precedence win and takes over what it lacks', async () => {
  const place = await createInstitution()
  const people = (key: string, precedence: number, columns: Record<string, string>) => ({
    key,
    files: `${key}.csv`,
    tables: [{ table: 'customer_versions', precedence, columns: from({ customer_id: 'id', ...columns }) }],
  })
  await place.sources(
    people('core', 10, { city: 'city', education: 'education' }),
    people('survey', 0, { city: 'city', occupation: 'job' }),
  )
  await place.write('core.csv', 'id,city,education\n1,北京,本科\n2,,硕士\n')
  await place.write('survey.csv', 'id,city,job\n1,上海,教师\n2,广州,医生\n3,深圳,律师\n')
  const taken = await place.take()
  expect(
    await taken.rows(
      'select customer_id as id, city, education, occupation, source from standard.customer_versions order by 1',
    ),
  ).toEqual([
    { id: '1', city: '北京', education: '本科', occupation: '教师', source: 'core' },
    { id: '2', city: '广州', education: '硕士', occupation: '医生', source: 'core' },
    { id: '3', city: '深圳', education: null, occupation: '律师', source: 'survey' },
  ])
  expect(taken.result.rows).toMatchObject([
    { source: 'core', read: 2, kept: 2, duplicates: 0 },
    { source: 'survey', read: 3, kept: 1, duplicates: 2 },
  ])
  expect(taken.quality).toContainEqual(
    expect.objectContaining({ kind: 'superseded', source: 'survey', n: 2, failed: 1 }),
  )
})

it('finds a customer under any case and width of its number', async () => {
  const place = await createInstitution()
  await place.sources(orders(), {
    key: 'people',
    files: 'people.csv',
    tables: [{ table: 'customer_versions', columns: from({ customer_id: 'id', city: 'city' }) }],
  })
  const many = Array.from({ length: 30 }, (_, index) => `C${index + 10},北京`).join('\n')
  await place.write('people.csv', `id,city\n${many}\nc1,上海\n`)
  await place.write('orders/a.csv', 'id,who,day,sum\n1,C1,2024-01-01,5\n2,ｃ１,2024-01-01,5\n')
  const taken = await place.take()
  expect(await taken.rows('select distinct customer_id from standard.transactions')).toEqual([
    { customer_id: 'C1' },
  ])
  expect(
    await taken.rows(`select city from standard.customer_versions where customer_id in ('C1', 'c1')`),
  ).toEqual([{ city: '上海' }])
})

const many = (id: string) =>
  `select ${id} as id, 'C' || (n % 1000) as who, timestamp '2024-01-01 10:00:00' as day, n % 7 as sum from range(250000) as t(n)`

it.each([
  ['none', 'n', 0],
  ['one, in a large file of whole numbers', 'case when n = 140000 then 70000 else n end', 1],
  ['those of several files', 'case when n < 3 then n else n + 1000000 end', 3],
])('finds repeated keys among whole numbers: %s', async (_, id, repeated) => {
  const place = await createInstitution()
  await place.sources(orders({ files: 'orders/*.parquet' }))
  await place.parquet('orders/a.parquet', many(id))
  if (repeated === 3) await place.parquet('orders/b.parquet', `${many('n')} where n < 3`)
  const taken = await place.take()
  expect(taken.result.rows[0]?.duplicates).toBe(repeated)
})
