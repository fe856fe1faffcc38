import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { type ReadOptions, readValue } from '../../src/intake/readers/value-formats.ts'
import { sql } from '../../src/sql/sql.ts'

let warehouse: DuckDbWarehouse
beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:', threads: 2 })
})
afterAll(() => warehouse.close())

const read = async (text: string, type: Parameters<typeof readValue>[1], options: ReadOptions = {}) =>
  (await warehouse.row(sql`select ${readValue(sql`${text}`, type, options)} as value`))['value']

describe('an amount', () => {
  it.each([
    ['12', '12.0000'],
    ['￥1,234.50', '1234.5000'],
    ['(1,234)', '-1234.0000'],
    ['1,234-', '-1234.0000'],
    ['-$5', '-5.0000'],
    ['1.23万', '12300.0000'],
    ['¥1.2万元', '12000.0000'],
    ['3亿', '300000000.0000'],
    ['12.5%', '0.1250'],
    ['１２３．５', '123.5000'],
    ['5 CZK', '5.0000'],
    ['1e3', '1000.0000'],
    ['1.00005', '1.0001'],
  ])('reads %s', async (text, value) => {
    expect(await read(text, 'money')).toBe(value)
  })

  it.each(['', 'abc', '12,34', 'nan', 'inf', '0x1f', '1_000', '(5)-', '99999999999999999999'])(
    'is missing in %s',
    async (text) => {
      expect(await read(text, 'money')).toBeNull()
    },
  )

  it('reads a decimal comma where one is declared', async () => {
    expect(await read('1.234,56', 'money', { decimal: ',' })).toBe('1234.5600')
  })

  it('is no whole number when it has a fraction', async () => {
    expect(await read('12.0', 'integer')).toBe(12)
    expect(await read('12.5', 'integer')).toBeNull()
  })
})

describe('a date', () => {
  it.each([
    ['2024-1-5', [], '2024-01-05'],
    ['2024/01/05 10:00', [], '2024-01-05'],
    ['20240105', [], '2024-01-05'],
    ['2024年3月5日', [], '2024-03-05'],
    ['05-Jan-2024', [], '2024-01-05'],
    ['31/12/2024', ['dd/mm/yyyy'], '2024-12-31'],
    ['12/31/2024', ['mm/dd/yyyy'], '2024-12-31'],
    ['930101', ['yymmdd'], '1993-01-01'],
    ['110203', ['yymmdd@1900'], '1911-02-03'],
    ['706213', ['yymmdd+50@1900'], '1970-12-13'],
    ['45356', ['excel'], '2024-03-05'],
    ['Mar-2018', ['mon-yyyy'], '2018-03-01'],
    ['11010519491231002X', ['cn_id'], '1949-12-31'],
    ['05.01.24', ['%d.%m.%y'], '2024-01-05'],
  ])('reads %s', async (text, formats, value) => {
    expect(await read(text, 'date', { formats })).toBe(value)
  })

  it.each(['2024-02-30', '05/01/2024', '20241301', 'infinity', 'yesterday'])(
    'is missing in %s',
    async (text) => {
      expect(await read(text, 'date')).toBeNull()
    },
  )
})

describe('an instant', () => {
  it.each([
    ['2024-01-05T10:00:00+08:00', [], '2024-01-05T02:00:00.000Z'],
    ['2024-01-05 10:00:00.123456', [], '2024-01-05T10:00:00.123456Z'],
    ['2024年3月5日 下午3:04', [], '2024-03-05T15:04:00.000Z'],
    ['2024年3月5日 15时04分05秒', [], '2024-03-05T15:04:05.000Z'],
    ['1/5/2024 12:04:05 AM', ['mm/dd/yyyy'], '2024-01-05T00:04:05.000Z'],
    ['931107 00:00:00', ['yymmdd'], '1993-11-07T00:00:00.000Z'],
    ['45356.75', ['excel'], '2024-03-05T18:00:00.000Z'],
    ['1700000000', ['epoch_s'], '2023-11-14T22:13:20.000Z'],
    ['1700000000123', ['epoch_ms'], '2023-11-14T22:13:20.123Z'],
    ['20240105103000', [], '2024-01-05T10:30:00.000Z'],
  ])('reads %s', async (text, formats, value) => {
    expect(await read(text, 'instant', { formats })).toBe(value)
  })

  it('leaves times with a zone of their own out of the conversion from local time', async () => {
    const toUtc: ReadOptions['toUtc'] = (local) => sql`(${local} - interval 8 hour)`
    expect(await read('2024-01-05 10:00', 'instant', { toUtc })).toBe('2024-01-05T02:00:00.000Z')
    expect(await read('2024-01-05T10:00:00Z', 'instant', { toUtc })).toBe('2024-01-05T10:00:00.000Z')
  })
})

describe('a text', () => {
  it('gives the gender that a number tells', async () => {
    expect(await read('11010519491231002X', 'string', { formats: ['gender_in_cn_id'] })).toBe('female')
    expect(await read('706213', 'string', { formats: ['gender_in_birth_number'] })).toBe('female')
    expect(await read('450204', 'string', { formats: ['gender_in_birth_number'] })).toBe('male')
  })

  it.each([
    ['17850.0', '17850'],
    ['1.785E4', '17850'],
    ['00012', '00012'],
    ['A17', 'A17'],
  ])('gives back a key that a spreadsheet made a number of: %s', async (text, value) => {
    expect(await read(text, 'id', { formats: ['whole_number'] })).toBe(value)
  })

  it.each([
    ['是', true],
    ['N', false],
    ['perhaps', null],
  ])('says yes or no or nothing: %s', async (text, value) => {
    expect(await read(text, 'bool')).toBe(value)
  })
})
