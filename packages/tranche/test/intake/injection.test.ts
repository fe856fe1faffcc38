import { expect, it } from 'vitest'
import { listQuarantine } from '../../src/intake/quarantine/list-quarantine.ts'
import { createInstitution } from './institution.ts'

const nasty = [
  `'; drop schema standard cascade; --`,
  `"; drop table quality; --`,
  `\\'; select 1; --`,
  `$x`,
  `{{x}}`,
  `%s';--`,
  `a"b'c`,
  `/* */`,
  `名称'；--`,
  `=cmd|'/c calc'!A1`,
]

it('takes hostile names of columns and files, and hostile values, for what they are', async () => {
  const place = await createInstitution()
  const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`
  const columns = nasty.map((name, index) => ({ name, key: `x${index}` }))
  await place.write(
    "it's; drop.csv",
    `${['id', ...nasty].map(quote).join(',')}\n${nasty.map((value) => [value, ...nasty].map(quote).join(',')).join('\n')}\n`,
  )
  await place.sources({
    key: 'hostile',
    files: "it's; drop.csv",
    format: { type: 'csv', header: true },
    tables: [
      {
        table: 'customer_versions',
        columns: {
          customer_id: { from: 'id' },
          gender: { from: nasty[0], codes: { [nasty[0]!]: 'other' } },
          city: { from: nasty[1], missing: [nasty[2]] },
          status: { expr: `row["a\\"b'c"] + "${"'; --"}"` },
        },
        extras: Object.fromEntries(
          columns.map(({ name, key }) => [key, { from: name, type: 'string', label: { en: 'x', zh: 'x' } }]),
        ),
        expectations: [
          { column: 'customer_id', accepted: nasty },
          { column: 'city', pattern: "';.*", quarantine: false },
        ],
      },
    ],
  })
  const taken = await place.take()
  expect(taken.result.rows).toMatchObject([{ read: 10, kept: 10, quarantined: 0 }])
  const rows = await taken.rows('select * from standard.customer_versions order by _line')
  expect(rows.map((row) => row['customer_id'])).toEqual(nasty.map((value) => value.replace('；', ';')))
  expect(rows[0]).toMatchObject({
    gender: 'other',
    status: `a"b'c'; --`,
    ...Object.fromEntries(columns.map(({ name, key }) => [key, name])),
  })
})

it('quarantines hostile values without running or losing them', async () => {
  const place = await createInstitution()
  await place.write(
    'amounts.csv',
    `id,sum\n${nasty.map((value, index) => `${index},"${value.replaceAll('"', '""')}"`).join('\n')}\n`,
  )
  await place.sources({
    key: 'amounts',
    files: 'amounts.csv',
    tables: [
      {
        table: 'products',
        columns: { product_id: { from: 'id' }, fee_rate: { from: 'sum' } },
      },
    ],
  })
  const taken = await place.take()
  const { rows } = await listQuarantine({ ...taken, folder: place.folder })
  expect(rows.map(({ original }) => original)).toEqual(nasty)
  expect(rows.every(({ reason }) => reason === 'not_a_number')).toBe(true)
})
