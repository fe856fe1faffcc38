import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expandFiles } from '../../src/intake/readers/list-files.ts'
import { unsafeRaw } from '../../src/sql/sql.ts'
import { readContent, readStaged, withFolder } from './staging.ts'

describe('JSON Lines', () => {
  it('give the members of a nested object columns of their own, beside its text', async () => {
    const text = [
      '{"order": "a", "customer": {"id": "7", "home": {"city": "上海"}}, "items": [1, 2]}',
      '{"order": "b", "customer": {"id": "8", "home": {"city": "深圳", "since": 2020}}}',
    ].join('\n')
    const { rows } = await readContent(text, { name: 'orders.jsonl' })
    expect(rows.map((row) => [row['order'], row['customer.id'], row['customer.home.city']])).toEqual([
      ['a', '7', '上海'],
      ['b', '8', '深圳'],
    ])
    expect(rows.map((row) => row['customer.home.since'])).toEqual([null, '2020'])
    expect(rows[0]).toMatchObject({ items: '[1,2]' })
  })

  it('leave an object of very many members, a bag of properties, as text', async () => {
    const line = (n: number) => JSON.stringify({ id: n, bag: { [`p${n}`]: n } })
    const text = Array.from({ length: 60 }, (_, n) => line(n)).join('\n')
    const { rows } = await readContent(text, { name: 'events.jsonl' })
    expect(Object.keys(rows[0]!).filter((name) => name.startsWith('bag'))).toEqual(['bag'])
  })

  it('make a column of every name, nested values staying JSON, bad lines set aside', async () => {
    const text =
      '{"id":1,"a/b":"x","more":{"k":[1,2]}}\n{bad\n\n{"id":12345678901234567890,"late":true}\n[1]\n'
    const { rows, rejected, records } = await readContent(text, { name: 'events.jsonl' })
    expect(rows).toEqual([
      { _line: 1, id: '1', 'a/b': 'x', more: '{"k":[1,2]}', 'more.k': '[1,2]', late: null },
      { _line: 4, id: '12345678901234567890', 'a/b': null, more: null, 'more.k': null, late: 'true' },
    ])
    expect(rejected).toMatchObject([
      { line: 2, reason: 'not_json', original: '{bad' },
      { line: 5, reason: 'not_json', original: '[1]' },
    ])
    expect(records).toBe(4)
  })

  it('are recognised without a name that says so', async () => {
    const { names } = await readContent('{"id":"1","x":2}\n{"id":"2","x":3}\n', { name: 'events.txt' })
    expect(names).toEqual(['id', 'x'])
  })
})

describe('Parquet', () => {
  it('is read with its own types and the number of each row', async () => {
    await withFolder(async (dir, warehouse) => {
      const file = join(dir, 'a.parquet')
      const query = "select 7 as id, date '2024-01-01' as day, 1.5::decimal(9,2) as amount, {'k': 1} as more"
      await warehouse.writeParquet(unsafeRaw(query), file)
      const { rows, records } = await readStaged(warehouse, { file })
      expect(rows).toEqual([{ _line: 1, id: 7, day: '2024-01-01', amount: '1.50', more: '{"k":1}' }])
      expect(records).toBe(1)
    })
  })

  it('is refused by name when it is cut off', async () => {
    await expect(readContent('PAR1 and nothing more', { name: 'b.parquet' })).rejects.toThrow(
      /b\.parquet can't be read as Parquet/,
    )
  })
})

describe('rows without a number of their own', () => {
  it('are numbered in the order of the file where a mapping asks for it', async () => {
    const { rows } = await readContent('age,job\n30,cook\n40,smith\n', {
      source: {
        key: 's',
        tables: [
          {
            table: 'customer_versions',
            columns: { customer_id: { from: '_row' } },
            extras: {},
            precedence: 0,
            expectations: [],
          },
        ],
      },
    })
    expect(rows.map((row) => row['_row'])).toEqual(['row 1', 'row 2'])
  })
})

describe('a list of files', () => {
  it('opens folders and patterns, and takes a name that is there as it stands', async () => {
    await withFolder(async (dir) => {
      await mkdir(join(dir, 'more'))
      for (const name of ['b.csv', 'a.csv', 'note.md', 'odd[1].csv', 'more/c.parquet'])
        await writeFile(join(dir, name), 'x')
      const named = async (...patterns: string[]) =>
        (await expandFiles(dir, patterns)).map((file) => file.slice(dir.length + 1))
      expect(await named('*.csv')).toEqual(['a.csv', 'b.csv', 'odd[1].csv'])
      expect(await named('odd[1].csv', 'more')).toEqual(['odd[1].csv', 'more/c.parquet'])
      expect(await named('.')).toEqual(['a.csv', 'b.csv', 'odd[1].csv'])
    })
  })
})
