import { describe, expect, it } from 'vitest'
import { keySql, tightSql } from '../../src/intake/mapping/keys.ts'
import { wallClockOf } from '../../src/intake/mapping/local-time.ts'
import { dateFromText, instantFromText } from '../../src/intake/readers/date-formats.ts'
import { numberFromText } from '../../src/intake/readers/number-formats.ts'
import { boolFromText } from '../../src/intake/readers/value-formats.ts'
import { byDialect, ident, join, type Sql, sql, typed } from '../../src/sql/sql.ts'
import { withEngine } from './engine.ts'

/** What a mapping makes of a text is the same on this machine and where the cluster's tables lie. */
async function readAll(texts: readonly string[], read: (text: Sql) => Sql): Promise<readonly unknown[]> {
  return await withEngine(async (warehouse) => {
    const values = texts.map((text, index) => sql`${read(sql`${text}`)} as ${ident(`v${index}`)}`)
    return Object.values(await warehouse.row(sql`select ${join(values)}`))
  })
}

describe('A text of a source', () => {
  it('is a number where it is written like one, exact to its last digit', async () => {
    const texts = ['12.5', '-3', '+7', ' 1,234.50 ', '0.00005', '12a', '', '1,23', '99999999999999.99995']
    const money = (text: Sql) => numberFromText(text, { as: 'money' })
    expect(await readAll(texts, (text) => sql`cast(${money(text)} as varchar)`)).toEqual([
      ...['12.5000', '-3.0000', '7.0000', '1234.5000', '0.0001', null, null],
      ...[null, null],
    ])
    expect(
      await readAll(
        ['1.234,5', '12', '-0,25'],
        (text) => sql`cast(${numberFromText(text, { decimal: ',', as: 'money' })} as varchar)`,
      ),
    ).toEqual(['1234.5000', '12.0000', '-0.2500'])
  })

  it('is a day in the ways that days are usually written, and in those that a mapping names', async () => {
    expect(
      await readAll(
        ['2024-02-29', '2024-2-9', '20240229', '2024/02/29 08:00', '2023-02-29', '29.2'],
        (text) => dateFromText(text, []),
      ),
    ).toEqual(['2024-02-29', '2024-02-09', '2024-02-29', '2024-02-29', null, null])
    expect(await readAll(['31/01/2024', '1.2.2024'], (text) => dateFromText(text, ['dd/mm/yyyy']))).toEqual([
      '2024-01-31',
      '2024-02-01',
    ])
    expect(await readAll(['202402', '2024'], (text) => dateFromText(text, ['yyyymm', 'yyyy']))).toEqual([
      '2024-02-01',
      '2024-01-01',
    ])
  })

  it('is a time by the clock of its zone, by a zone of its own, or since 1970', async () => {
    const { toUtc } = wallClockOf('America/New_York')
    const read = (formats: readonly string[]) => (text: Sql) => instantFromText(text, { formats, toUtc })
    const texts = ['2024-07-01 08:00:00.5', '2024-01-01T08:00', '2024-03-10 02:30:00', '2024-11-03 01:30:00']
    expect(await readAll([...texts, '20240701', '2024-07-01 08:00:00+08:00', 'soon'], read([]))).toEqual([
      ...['2024-07-01T12:00:00.500Z', '2024-01-01T13:00:00.000Z', '2024-03-10T07:30:00.000Z'],
      ...['2024-11-03T06:30:00.000Z', '2024-07-01T04:00:00.000Z', '2024-07-01T00:00:00.000Z', null],
    ])
    expect(await readAll(['1704067200', '20240101000000'], read(['epoch_s', 'yyyymmddhhmmss']))).toEqual([
      '2024-01-01T00:00:00.000Z',
      '2024-01-01T05:00:00.000Z',
    ])
  })

  it('is a key or a word without what surrounds it', async () => {
    const texts = ['C1', ' C1\t', 'Ｃ１', 'C\u200b1', '　', ' 中 文 ']
    expect(await readAll(texts, (text) => keySql(text))).toEqual(['C1', 'C1', 'C1', 'C1', null, '中 文'])
    expect(await readAll(texts.slice(4), (text) => tightSql(text))).toEqual([null, '中 文'])
    expect(await readAll(['007', '0'], (text) => keySql(text, { stripZeros: true }))).toEqual(['7', '0'])
    expect(await readAll(['是', 'N', '2'], boolFromText)).toEqual([true, false, null])
  })

  it('of a double becomes money by the decimals that people see', async () => {
    const values = [2.00005, 1.005, -0.00005, 1e15]
    const found = await withEngine((warehouse) =>
      warehouse.row(
        sql`select ${join(
          values.map(
            (value, index) =>
              sql`cast(${byDialect((dialect) => dialect.toDecimal(sql`${typed('double', value)}`, 18, 4))} as varchar) as ${ident(`v${index}`)}`,
          ),
        )}`,
      ),
    )
    expect(Object.values(found)).toEqual(['2.0001', '1.0050', '-0.0001', null])
  })
})
