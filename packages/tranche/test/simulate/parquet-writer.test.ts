import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ByteWriter } from '../../src/pipeline/simulate/byte-writer.ts'
import { rowsPerGroup } from '../../src/pipeline/simulate/parquet-pages.ts'
import { type ParquetColumn, writeParquet } from '../../src/pipeline/simulate/parquet-writer.ts'
import { encodeWord } from '../../src/pipeline/simulate/vocabulary.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tranche-parquet-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function readBack(columns: readonly ParquetColumn[], rows: number, query: string) {
  const file = join(root, 'file.parquet')
  await writeParquet(file, columns, rows)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
  const reader = await connection.runAndReadAll(query.replaceAll('$file', `read_parquet('${file}')`))
  const found = reader.getRowsJson()
  connection.closeSync()
  instance.closeSync()
  return found
}

function text(name: string, words: readonly string[], values: readonly (string | null)[]): ParquetColumn {
  const out = new ByteWriter()
  for (const word of words) out.sized((target) => target.bytes(encodeWord(word, 'utf-8')))
  const dictionary = { plain: out.take(), count: words.length }
  return {
    name,
    type: 'text',
    fill: (places, from) => {
      for (let row = 0; row < places.length; row++) {
        const word = values[from + row]!
        places[row] = word === null ? -1 : words.indexOf(word)
      }
      return dictionary
    },
  }
}

function numbers(
  name: string,
  type: Exclude<ParquetColumn['type'], 'text'>,
  values: readonly (number | null)[],
): ParquetColumn {
  return {
    name,
    type,
    fill: (target, from) => {
      for (let row = 0; row < target.length; row++) target[row] = values[from + row] ?? Number.NaN
    },
  }
}

describe('a written Parquet file', () => {
  it('gives every type and every missing value back to the engine', async () => {
    const columns = [
      text('word', ['餐饮', 'a', 'b'], ['餐饮', null, 'b', 'a']),
      text('only', ['CNY'], ['CNY', 'CNY', 'CNY', 'CNY']),
      text('nothing', [], [null, null, null, null]),
      numbers('amount', 'decimal', [-1234, 0, null, 999_999_999_999]),
      numbers('at', 'moment', [1_751_299_200_000_000, 0, -1_000_000, null]),
      numbers('on_day', 'date', [20_269, null, -1, 0]),
      numbers('small', 'integer', [-5, 2_147_483_647, -2_147_483_648, null]),
      numbers('large', 'long', [-1, 20_000_000_000_001, null, -(2 ** 40)]),
    ]
    expect(
      await readBack(columns, 4, `select * replace ("at" at time zone 'UTC' as "at") from $file`),
    ).toEqual([
      ['餐饮', 'CNY', null, '-12.34', '2025-06-30 16:00:00', '2025-06-30', -5, '-1'],
      [null, 'CNY', null, '0.00', '1970-01-01 00:00:00', null, 2_147_483_647, '20000000000001'],
      ['b', 'CNY', null, null, '1969-12-31 23:59:59', '1969-12-31', -2_147_483_648, null],
      ['a', 'CNY', null, '9999999999.99', null, '1970-01-01', null, '-1099511627776'],
    ])
    expect(await readBack(columns, 4, 'select column_type from (describe select * from $file)')).toEqual(
      [
        'VARCHAR',
        'VARCHAR',
        'VARCHAR',
        'DECIMAL(18,2)',
        'TIMESTAMP WITH TIME ZONE',
        'DATE',
        'INTEGER',
        'BIGINT',
      ].map((type) => [type]),
    )
  })

  it('holds rows of several groups, which filters on numbers may skip by their least and greatest', async () => {
    const rows = 2 * rowsPerGroup + 17
    const words = Array.from({ length: 300 }, (_, index) => `word ${index}`)
    const values = Array.from({ length: rows }, (_, row) => row * 1000)
    const columns = [
      text(
        'word',
        words,
        values.map((_, row) => (row % 7 === 0 ? null : words[row % 300]!)),
      ),
      numbers('large', 'long', values),
    ]
    const found = await readBack(
      columns,
      rows,
      `select count(*), count(word), sum(large), count(*) filter (where word = 'word ' || ((large // 1000) % 300)),
        (select count(*) from $file where large >= ${1000 * (rows - 3)})
       from $file`,
    )
    const missing = Math.ceil(rows / 7)
    expect(found).toEqual([
      [
        String(rows),
        String(rows - missing),
        String((1000 * rows * (rows - 1)) / 2),
        String(rows - missing),
        '3',
      ],
    ])
  })

  it('holds no rows where there are none', async () => {
    expect(await readBack([numbers('n', 'integer', [])], 0, 'select count(*) from $file')).toEqual([['0']])
  })
})
