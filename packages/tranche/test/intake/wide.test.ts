import { expect, it } from 'vitest'
import { createInstitution } from './institution.ts'

/** A survey's file: hundreds of columns of figures, of yes and no, and of words. */
const width = 240
const names = Array.from({ length: width }, (_, index) => `q${index}`)
const kinds = ['number', 'bool', 'string'] as const
const people = 3000

it('takes in a table of hundreds of columns within little memory', async () => {
  const place = await createInstitution({ warehouse: { engine: 'duckdb', threads: 2, memoryMb: 512 } })
  const cell = (person: number, column: number) =>
    [
      String((person + column) % 5),
      (person + column) % 2 === 0 ? '是' : '否',
      `答案${(person * column) % 4}`,
    ][column % 3]
  const rows = Array.from({ length: people }, (_, person) =>
    [`C${person}`, ...names.map((_, column) => cell(person, column))].join(','),
  )
  await place.write('survey.csv', `id,${names.join(',')}\n${rows.join('\n')}\n`)
  const extras = names.map((name, column) => [
    name,
    { from: name, type: kinds[column % 3], label: { en: name, zh: name } },
  ])
  await place.sources({
    key: 'survey',
    files: 'survey.csv',
    tables: [
      {
        table: 'customer_versions',
        columns: { customer_id: { from: 'id' } },
        extras: Object.fromEntries(extras),
      },
    ],
  })
  const { result, rows: ask } = await place.take()
  expect(result.rows).toMatchObject([{ read: people, kept: people, quarantined: 0 }])
  expect(
    await ask(
      'select sum(q0) as q0, count_if(q1) as q1, min(q2) as q2, max(q239) as last from standard.customer_versions',
    ),
  ).toEqual([{ q0: 6000, q1: 1500, q2: '答案0', last: '答案3' }])
})
