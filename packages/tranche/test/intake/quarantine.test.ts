import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { exportQuarantine } from '../../src/intake/quarantine/export-quarantine.ts'
import { listQuarantine } from '../../src/intake/quarantine/list-quarantine.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'
import { createInstitution, from } from './institution.ts'

const customers = {
  key: 'customers',
  files: 'customers/*.csv',
  identifiers: { 手机号: { kind: 'phone', use: 'pseudonym' }, 姓名: { kind: 'name', use: 'drop' } },
  tables: [
    {
      table: 'customer_versions',
      columns: {
        ...from({ customer_id: '编号', birth_date: '出生日期', income_annual: '年收入' }),
        gender: { from: '性别', codes: { 男: 'male', 女: 'female' } },
      },
      extras: {
        phone_key: { from: '手机号', type: 'string', label: { en: 'Phone', zh: '手机' } },
      },
    },
  ],
}

const file = '编号,姓名,手机号,出生日期,年收入,性别\n'

it('says of each rejected row where it stands, which column, why, and what stood there', async () => {
  const place = await createInstitution()
  await place.sources(customers)
  await place.write(
    'customers/a.csv',
    `${file}1,张三,13800000001,1990-02-30,1,男\n,李四,13800000002,1990-01-01,1,女\n3,王五,13800000003,x,很多,人妖\n4,赵六,13800000004,1990-01-01,12万,男\n`,
  )
  const taken = await place.take()
  const { total, rows, byReason } = await listQuarantine({
    warehouse: taken.warehouse,
    folder: place.folder,
    state: taken.state,
  })
  expect(total).toBe(3)
  expect(byReason).toContainEqual({
    source: 'customers',
    table: 'customer_versions',
    column: 'customer_id',
    reason: 'missing',
    rows: 1,
  })
  expect(rows.map(({ line, column, reason, original }) => ({ line, column, reason, original }))).toEqual([
    { line: 2, column: 'birth_date', reason: 'not_a_date', original: '1990-02-30' },
    { line: 3, column: 'customer_id', reason: 'missing', original: null },
    { line: 4, column: 'birth_date', reason: 'not_a_date', original: 'x' },
  ])
  expect(rows[2]).toMatchObject({
    source: 'customers',
    table: 'customer_versions',
    file: 'customers/a.csv',
    detail: {
      en: 'This is not a date in the expected format. Also: gender (unknown_code), income_annual (not_a_number)',
      zh: '不是约定格式的日期。另有：gender (unknown_code)、income_annual (not_a_number)',
    },
  })
  expect(
    await taken.rows('select customer_id, income_annual, gender from standard.customer_versions'),
  ).toEqual([{ customer_id: '4', income_annual: '120000.0000', gender: 'male' }])
})

it('keeps what names a person out of tables, quarantine and profiles', async () => {
  const place = await createInstitution()
  await place.sources({
    ...customers,
    tables: [
      {
        ...customers.tables[0],
        expectations: [{ column: 'phone_key', pattern: 'x', quarantine: true, threshold: 1 }],
      },
    ],
  })
  await place.write('customers/a.csv', `${file}1,张三,13800000001,1990-01-01,1,男\n`)
  const taken = await place.take()
  const { rows } = await listQuarantine({ ...taken, folder: place.folder })
  expect(rows).toMatchObject([{ column: 'phone_key', reason: 'expectation', original: '***' }])
  const everything = JSON.stringify([
    taken.state,
    taken.quality,
    rows,
    await taken.rows('from profiles'),
    await taken.rows('from standard.customer_versions'),
  ])
  expect(everything).not.toMatch(/13800000001|张三/)
})

it('exports rejected rows with the source’s own columns; mended and put back, the counts reconcile', async () => {
  const place = await createInstitution()
  await place.sources(customers)
  await place.write(
    'customers/a.csv',
    `${file}1,张三,13800000001,1990-13-01,1,男\n2,李四,13800000002,1990-01-01,1,女\n`,
  )
  const first = await place.take()
  expect(first.result.rows).toMatchObject([{ read: 2, kept: 1, quarantined: 1 }])
  const scratch = await openDuckDb({ path: ':memory:' })
  const out = join(place.dir, 'rejected.csv')
  const exported = await exportQuarantine({
    warehouse: scratch,
    catalogue: await loadWorkspace(place.dir),
    folder: place.folder,
    state: first.state,
    source: 'customers',
    out,
  })
  scratch.close()
  expect(exported).toMatchObject({ rows: 1, unreadable: 0, emptied: ['姓名', '手机号'] })
  const text = await readFile(out, 'utf8')
  expect(text).toBe('编号,姓名,手机号,出生日期,年收入,性别\n1,,,1990-13-01,1,男\n')

  await place.write('customers/mended.csv', text.replace('1990-13-01', '1990-12-01'))
  const second = await place.take(first.state)
  expect(second.result.rows).toMatchObject([{ read: 3, kept: 2, quarantined: 1 }])
  expect(second.state.files.map(({ status }) => status)).toEqual(['unchanged', 'new'])

  await place.write(
    'customers/a.csv',
    `${file}1,张三,13800000001,1990-12-01,1,男\n2,李四,13800000002,1990-01-01,1,女\n`,
  )
  await rm(join(place.dir, 'customers/mended.csv'))
  const third = await place.take(second.state)
  expect(third.result.rows).toMatchObject([{ read: 2, kept: 2, quarantined: 0 }])
})

it('refuses to map a column that names a person, unless as a pseudonym or a date of birth in it', async () => {
  const place = await createInstitution()
  const source = (columns: object, identifiers: object) => ({
    key: 'people',
    files: 'p.csv',
    identifiers,
    tables: [{ table: 'customer_versions', columns }],
  })
  await place.write('p.csv', 'id,证件号\n1,110101199003070134\n')
  await place.sources(
    source({ customer_id: { from: '证件号' } }, { 证件号: { kind: 'id_number', use: 'drop' } }),
  )
  await expect(place.take()).rejects.toMatchObject({
    code: 'invalid_definition',
    message: '"证件号" names a person, so no standard column may hold it.',
  })
  await place.sources(
    source(
      {
        customer_id: { from: '证件号' },
        birth_date: { from: '证件号', format: 'cn_id' },
        gender: { from: '证件号', format: 'gender_in_cn_id' },
      },
      { 证件号: { kind: 'id_number', use: 'pseudonym' } },
    ),
  )
  const taken = await place.take(null, 'a secret for tests')
  expect(await taken.rows('select customer_id, birth_date, gender from standard.customer_versions')).toEqual([
    {
      customer_id: expect.stringMatching(/^p1_[0-9a-f]{32}$/),
      birth_date: '1990-03-07',
      gender: 'male',
    },
  ])
})
