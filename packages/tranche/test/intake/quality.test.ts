import { expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { addQualityRows, type QualityRow, writeQualityTable } from '../../src/intake/quality/quality-row.ts'
import { sql } from '../../src/sql/sql.ts'
import { createInstitution, from } from './institution.ts'

const orders = (expectations: readonly object[], over: object = {}) => ({
  key: 'orders',
  files: 'orders.csv',
  tables: [
    {
      table: 'transactions',
      columns: from({
        transaction_id: 'id',
        customer_id: 'who',
        occurred_at: 'day',
        amount: 'sum',
        category: 'cat',
      }),
      expectations,
      ...over,
    },
  ],
})
const file =
  'id,who,day,sum,cat\n1,C1,2024-01-01,5,food\n2,C1,2024-01-02,-5,\n3,C2,2024-01-03,50,fuel\n4,C9,2024-01-04,500,food\n'

it('counts rows that break an expectation, and passes below the threshold', async () => {
  const place = await createInstitution()
  await place.sources(
    orders([
      { column: 'category', not_null: true },
      { column: 'category', not_null: true, threshold: 0.25 },
      { column: 'category', accepted: ['food', 'fuel'] },
      { column: 'amount', range: { min: 0, max: 100 } },
      { column: 'customer_id', pattern: 'C[12]' },
      { expression: 'amount < 100 || category != "food"' },
      { column: 'transaction_id', unique: true },
      { column: 'customer_id', unique: true },
      { column: 'customer_id', foreign_key: { table: 'customer_versions', column: 'customer_id' } },
      { column: 'occurred_at', range: { min: '2024-01-02' } },
    ]),
    {
      key: 'people',
      files: 'people.csv',
      tables: [{ table: 'customer_versions', columns: from({ customer_id: 'id', city: 'city' }) }],
    },
  )
  await place.write('people.csv', 'id,city\nC1,北京\nC2,上海\n')
  await place.write('orders.csv', file)
  const taken = await place.take()
  const checks = taken.quality.filter(({ severity }) => severity === 'warning')
  expect(checks.map(({ column, kind, status, n, failed }) => [column, kind, status, n, failed])).toEqual([
    ['category', 'not_null', 'warn', 4, 1],
    ['category', 'not_null', 'pass', 4, 1],
    ['category', 'accepted', 'pass', 4, 0],
    ['amount', 'range', 'warn', 4, 2],
    ['customer_id', 'pattern', 'warn', 4, 1],
    ['', 'expression', 'warn', 4, 1],
    ['transaction_id', 'unique', 'pass', 4, 0],
    ['customer_id', 'unique', 'warn', 4, 1],
    ['customer_id', 'foreign_key', 'warn', 4, 1],
    ['occurred_at', 'range', 'warn', 4, 1],
  ])
  expect(checks[3]?.message).toEqual({
    en: 'amount lies in 0 … 100: 2 of 4 rows (50%) are otherwise, at most 0% allowed.',
    zh: '金额（amount）应在 0 … 100 之内：4 行中有 2 行（50%）不符合，最多允许 0%。',
  })
  expect(
    await taken.rows(`select check_key, status, observed, failed from quality where kind = 'pattern'`),
  ).toEqual([
    { check_key: 'orders.transactions.0.customer_id.pattern.4', status: 'warn', observed: 0.25, failed: 1 },
  ])
})

it('sets aside rows where the expectation says so, also those that refer to nobody', async () => {
  const place = await createInstitution()
  await place.sources(
    orders([
      { column: 'amount', range: { min: 0 }, quarantine: true, threshold: 1 },
      {
        column: 'customer_id',
        foreign_key: { table: 'customer_versions', column: 'customer_id' },
        quarantine: true,
        threshold: 1,
      },
    ]),
    {
      key: 'people',
      files: 'people.csv',
      tables: [{ table: 'customer_versions', columns: from({ customer_id: 'id', city: 'city' }) }],
    },
  )
  await place.write('people.csv', 'id,city\nC1,北京\nC2,上海\n')
  await place.write('orders.csv', file)
  const taken = await place.take()
  expect(taken.result.rows).toMatchObject([
    { source: 'orders', read: 4, kept: 2, quarantined: 2 },
    { source: 'people', read: 2, kept: 2 },
  ])
  expect(await taken.rows('select transaction_id as id from standard.transactions order by 1')).toEqual([
    { id: '1' },
    { id: '3' },
  ])
  expect(await taken.rows('select customer_id from standard.customer_versions order by 1')).toEqual([
    { customer_id: 'C1' },
    { customer_id: 'C2' },
  ])
  expect(taken.quality.slice(0, 2)).toMatchObject([
    { kind: 'range', status: 'pass', n: 4, failed: 1 },
    { kind: 'foreign_key', status: 'pass', n: 3, failed: 1 },
  ])
})

it('stops at an expectation of severity error, with the quality table written', async () => {
  const place = await createInstitution()
  await place.sources(orders([{ column: 'amount', range: { min: 0 }, severity: 'error' }]))
  await place.write('orders.csv', file)
  await expect(place.take()).rejects.toMatchObject({
    code: 'refused',
    message:
      'Quality gate: orders transactions: amount lies in 0 …: 1 of 4 rows (25%) is otherwise, at most 0% allowed. The last published results stay.',
  })
  expect(await place.lastRows(`select status, failed from quality where kind = 'range'`)).toEqual([
    { status: 'fail', failed: 1 },
  ])
})

it('compares with the last run: number of rows, distribution; and asks for fresh data', async () => {
  const place = await createInstitution()
  await place.sources(
    orders([
      { row_count_change: { maxShare: 0.5 } },
      { column: 'amount', distribution: { maxPsi: 0.2 } },
      { column: 'category', distribution: { maxPsi: 0.2 } },
      { freshness: { maxAgeDays: 30 } },
    ]),
  )
  const rows = (n: number, amount: (index: number) => number, cat: (index: number) => string) =>
    `id,who,day,sum,cat\n${Array.from({ length: n }, (_, index) => `${index},C1,2024-06-15,${amount(index)},${cat(index)}`).join('\n')}\n`
  await place.write(
    'orders.csv',
    rows(
      40,
      (index) => index,
      (index) => (index % 2 === 0 ? 'a' : 'b'),
    ),
  )
  const first = await place.take()
  expect(first.quality.slice(0, 4).map(({ status, observed }) => [status, observed])).toEqual([
    ['pass', null],
    ['pass', null],
    ['pass', null],
    ['pass', 16],
  ])
  await place.write(
    'orders.csv',
    rows(
      80,
      (index) => index / 2 + 30,
      () => 'b',
    ),
  )
  const second = await place.take(first.state)
  expect(second.quality.slice(0, 3).map(({ status }) => status)).toEqual(['warn', 'warn', 'warn'])
  expect(second.quality[0]?.observed).toBe(1)
  await place.write(
    'orders.csv',
    rows(
      84,
      (index) => index / 2 + 30,
      () => 'b',
    ),
  )
  const third = await place.take(second.state)
  expect(third.quality.slice(0, 3).map(({ status }) => status)).toEqual(['pass', 'pass', 'pass'])
})

it('profiles every column, showing ends of texts only where values are few', async () => {
  const place = await createInstitution()
  await place.sources({
    ...orders([]),
    identifiers: { who: { kind: 'phone', use: 'pseudonym' } },
  })
  await place.write('orders.csv', file)
  const taken = await place.take()
  expect(await taken.rows("from profiles where \"column\" in ('sum', 'cat', 'who')")).toEqual([
    {
      source: 'orders',
      column: 'who',
      type: 'text',
      rows: 4,
      missing: 0,
      distinct_approx: null,
      min: null,
      max: null,
    },
    {
      source: 'orders',
      column: 'sum',
      type: 'text',
      rows: 4,
      missing: 0,
      distinct_approx: 4,
      min: '-5',
      max: '500',
    },
    {
      source: 'orders',
      column: 'cat',
      type: 'text',
      rows: 4,
      missing: 1,
      distinct_approx: 2,
      min: 'food',
      max: 'fuel',
    },
  ])
})

it('says from when rows count as known', async () => {
  const place = await createInstitution()
  await place.sources(orders([]), {
    key: 'people',
    files: 'people.csv',
    tables: [{ table: 'customer_versions', columns: from({ customer_id: 'id', city: 'city' }) }],
  })
  await place.write('people.csv', 'id,city\nC1,北京\n')
  await place.write('orders.csv', file)
  const taken = await place.take()
  expect(taken.quality.filter(({ kind }) => kind === 'known_at').map(({ message }) => message.en)).toEqual([
    'Assumed: each row was known at its occurred_at, since known_at is not mapped.',
    'Assumed: rows without a date are valid and known from the beginning.',
  ])
})

it('checks expectations of the source’s own columns as their use asks, mapped or not', async () => {
  const place = await createInstitution()
  await place.sources({
    ...orders([]),
    identifiers: { who: { kind: 'phone', use: 'pseudonym' } },
    expectations: [
      { column: 'sum', range: { min: 0 } },
      { column: 'day', range: { max: '2024-01-03' } },
      { column: 'who', not_null: true },
      { expression: 'row["cat"] != "fuel" || sum > 100' },
      { freshness: { maxAgeDays: 365 } },
    ],
  })
  await place.write('orders.csv', file)
  const taken = await place.take()
  const checks = taken.quality.filter(({ severity }) => severity === 'warning')
  expect(
    checks.map(({ table, column, kind, status, n, failed }) => [table, column, kind, status, n, failed]),
  ).toEqual([
    ['', 'sum', 'range', 'warn', 4, 1],
    ['', 'day', 'range', 'warn', 4, 1],
    ['', 'who', 'not_null', 'pass', 4, 0],
    ['', '', 'expression', 'warn', 4, 1],
    ['transactions', '', 'freshness', 'pass', null, null],
  ])
})

it('names the place of an expectation that can’t be checked', async () => {
  const place = await createInstitution()
  await place.write('orders.csv', file)
  for (const [expectation, message] of [
    [{ column: 'nothing', not_null: true }, 'There is no column nothing'],
    [{ column: 'amount', range: { min: 'x' } }, `"x" can't be compared`],
    [{ column: 'amount' }, 'An expectation says nothing'],
    [{ column: 'category', pattern: '(' }, 'is no regular expression'],
    [{ expression: 'amount +' }, 'column'],
    [{ column: 'amount', foreign_key: { table: 'nowhere', column: 'x' } }, 'there is no nowhere.x'],
  ] as const) {
    await place.sources(orders([expectation]))
    await expect(place.take(), JSON.stringify(expectation)).rejects.toMatchObject({
      code: 'invalid_definition',
      message: expect.stringContaining(message),
      place: { file: 'sources/all.yaml' },
    })
  }
})

it('has each line once, also where the step that adds it was cut off and ran again', async () => {
  const line = (key: string, failed: number): QualityRow => ({
    ...{ key, failed, source: 'orders', table: 'transactions', column: 'amount', kind: 'range' },
    ...{ severity: 'warning', status: 'warn', observed: null, threshold: null, n: 4 },
    message: { en: 'Out of range.', zh: '超出范围。' },
  })
  const warehouse = await openDuckDb({ path: ':memory:' })
  await writeQualityTable(warehouse, [line('a', 1)])
  for (const failed of [2, 3]) await addQualityRows(warehouse, [line('b', failed)])
  expect(await warehouse.rows(sql`select check_key as key, failed from quality order by key`)).toEqual([
    { key: 'a', failed: 1 },
    { key: 'b', failed: 3 },
  ])
  warehouse.close()
})
