import { expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { layer } from '../../src/intake/mapping/layers.ts'
import { wallClockOf } from '../../src/intake/mapping/local-time.ts'
import type { RawRows } from '../../src/intake/mapping/raw-columns.ts'
import {
  dateTexts,
  instantTexts,
  numberTexts,
  type TextReading,
} from '../../src/intake/mapping/text-reading.ts'
import { findWays } from '../../src/intake/mapping/usual-texts.ts'
import { defaultInstantFormats, instantFromText } from '../../src/intake/readers/date-formats.ts'
import { ident, type Sql, sql } from '../../src/sql/sql.ts'

const clock = (zone: string) => wallClockOf(zone)
const instants = (text: Sql, zone: string) =>
  instantTexts(text, [], clock(zone), (written) =>
    instantFromText(written, {
      formats: defaultInstantFormats,
      toUtc: (local) => clock(zone).toUtc(local),
    }),
  )

const usual = {
  days: ['2024-03-05', '2023-12-31', '1999-01-01', null],
  times: ['2024-03-10 01:59:59', '2024-03-10T02:30', '2024-11-03 01:30:00.25', '1931-07-04 12:00:00'],
  zoned: ['2024-03-10T01:59:59Z', '2024-03-10 02:30:00+08:00', '2024-11-03 01:30:00.25-0500'],
  numbers: ['12.50', '-3', '+0.1', '100000000000000000000', null],
}
const odd = [
  '2024年3月5日',
  '2024/3/5',
  '2024-13-45',
  '2024-02-30 25:61:00',
  '20240305',
  '1850-06-01',
  '9999-12-31',
  '0202-01-01',
  '1,234.50',
  '3万',
  '(5)',
  '12%',
  'n/a',
  '-',
]

const readings: readonly (readonly [string, (text: Sql) => TextReading, readonly (string | null)[]])[] = [
  ['days', (text) => dateTexts(text, []), usual.days],
  ['days behind which a time stands', (text) => dateTexts(text, []), usual.times],
  ['times in Shanghai', (text) => instants(text, 'Asia/Shanghai'), usual.times],
  ['times in New York', (text) => instants(text, 'America/New_York'), usual.times],
  ['times with a zone', (text) => instants(text, 'America/New_York'), usual.zoned],
  ['doubles', (text) => numberTexts(text, { as: 'double' }), usual.numbers],
  ['decimals', (text) => numberTexts(text, {}), usual.numbers],
]

it.each(readings)(
  'reads %s as any other way does, all in order or some written otherwise',
  async (_, of, texts) => {
    const warehouse = await openDuckDb({ path: ':memory:' })
    try {
      for (const others of [[], odd, [...odd, ...odd]]) {
        const values = [...texts, ...texts, ...others]
        await warehouse.createFrom('staged', [
          { name: '_line', type: 'bigint', values: values.map((_text, index) => index + 1) },
          { name: 'x', type: 'varchar', values },
        ])
        const rows: RawRows = {
          from: sql`staged s`,
          line: sql`s._line`,
          part: sql`0`,
          columns: new Map([['x', { name: 'x', sql: ident('s', 'x'), kind: 'text', engineType: 'VARCHAR' }]]),
        }
        const read = async (ways: Parameters<typeof layer>[2]) => {
          const layered = layer(rows, [], ways)
          const value = layered.read(of(layered.columns.get('x')!.clean!))
          const found = await warehouse.rows(
            sql`select cast(${value} as varchar) as value from ${layered.finish().from} order by s._line`,
          )
          return { asked: layered.asked(), values: found.map((row) => row['value']) }
        }
        const plain = await read(undefined)
        const { ways, tables } = await findWays(warehouse, plain.asked, values.length, 'texts')
        expect(ways.size).toBe(1)
        expect(tables.length).toBe(others.length === 0 ? 0 : 1)
        const quick = await read(ways)
        expect(quick.values).toEqual(plain.values)
        expect(quick.values.some((value) => value !== null)).toBe(true)
      }
    } finally {
      warehouse.close()
    }
  },
)
