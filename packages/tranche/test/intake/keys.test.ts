import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { keySql, normaliseKey } from '../../src/intake/mapping/keys.ts'
import { instantConstant, wallClockOf } from '../../src/intake/mapping/local-time.ts'
import { ident, join, sql } from '../../src/sql/sql.ts'
import { timestampOf, Zone } from '../../src/sql/time-zone.ts'

let warehouse: DuckDbWarehouse
beforeAll(async () => {
  warehouse = await openDuckDb({ path: ':memory:' })
})
afterAll(() => warehouse.close())

it('narrows, trims, pads and strips keys', () => {
  expect(normaliseKey('　Ｃ００１２ ')).toBe('C0012')
  expect(normaliseKey('C\u200b1')).toBe('C1')
  expect(normaliseKey('7', { padTo: 4 })).toBe('0007')
  expect(normaliseKey('12345', { padTo: 4 })).toBe('12345')
  expect(normaliseKey('0007', { stripZeros: true })).toBe('7')
  expect(normaliseKey('000', { stripZeros: true })).toBe('0')
  expect(normaliseKey(' \t')).toBeNull()
})

it('spells keys in the engine as in the program', async () => {
  const char = fc.constantFrom(
    '0',
    'a',
    'Z',
    ' ',
    '\t',
    '\n',
    '０',
    'Ａ',
    '～',
    '　',
    '\u00a0',
    '\u200b',
    '\ufeff',
    '客',
    "'",
    '"',
    '-',
  )
  const key = fc.string({ unit: char, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(fc.array(key, { minLength: 1, maxLength: 40 }), async (keys) => {
      for (const options of [{}, { padTo: 5 }, { stripZeros: true }]) {
        const values = join(keys.map((text, index) => sql`(${index}, ${text})`))
        const found = await warehouse.rows(
          sql`select ${keySql(ident('k'), options)} as k from (values ${values}) t(i, k) order by i`,
        )
        expect(found.map(({ k }) => k)).toEqual(keys.map((text) => normaliseKey(text, options)))
      }
    }),
    { numRuns: 30 },
  )
})

it('turns wall-clock times into UTC, over changes of the clocks and long ago', async () => {
  const times = [
    '2024-01-01 08:00:00',
    '1988-07-01 00:00:00',
    '1900-06-01 00:00:00',
    '2024-03-31 02:30:00',
    '2024-10-27 02:30:00',
    '2024-10-27 03:00:00',
  ]
  const utc = async (zone: string) => {
    const clock = wallClockOf(zone)
    const values = join(
      times.map(
        (time, index) =>
          sql`(${index}, timestamp '1970-01-01' + to_seconds(${Date.parse(`${time}Z`) / 1000}))`,
      ),
    )
    const found = await warehouse.rows(
      sql`select ${clock.toUtc(ident('t'))} as u from (values ${values}) x(i, t) order by i`,
    )
    return found.map(({ u }) => String(u).slice(0, 16))
  }
  expect(await utc('Asia/Shanghai')).toEqual([
    '2024-01-01T00:00',
    '1988-06-30T15:00',
    '1900-05-31T15:54',
    '2024-03-30T18:30',
    '2024-10-26T18:30',
    '2024-10-26T19:00',
  ])
  expect((await utc('Europe/Prague')).slice(3)).toEqual([
    '2024-03-31T01:30',
    '2024-10-27T01:30',
    '2024-10-27T02:00',
  ])
})

it('agrees with the zone for every hour of two decades', async () => {
  const zone = new Zone('America/New_York')
  const clock = wallClockOf('America/New_York')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 175_000 }), { minLength: 50, maxLength: 50 }),
      async (hours) => {
        const instants = hours.map((hour) => Date.UTC(2005, 0, 1) + hour * 3_600_000)
        const locals = instants.map((ms) => ms + zone.offsetSeconds(ms) * 1000)
        const values = join(locals.map((ms, index) => sql`(${index}, ${timestampOf(ms)})`))
        const found = await warehouse.rows(
          sql`select epoch_ms(${clock.toUtc(ident('t'))}) as u from (values ${values}) x(i, t) order by i`,
        )
        found.forEach(({ u }, index) => {
          // The first of two equal wall-clock hours reads as the second.
          expect([instants[index], instants[index]! + 3_600_000]).toContain(Number(u))
        })
      },
    ),
    { numRuns: 20 },
  )
})

it('reads times as the engine does where it is asked to look the zone up', async () => {
  const clock = wallClockOf('Europe/Prague')
  const plain = clock.toUtc(ident('t'))
  const looked = clock.toUtc(sql`(${ident('t')} + to_seconds(${0}) + to_seconds(${0}))`)
  const found = await warehouse.row(
    sql`select count(*) as n, count_if(${plain} is distinct from ${looked}) as differ from (select timestamp '1920-01-01' + to_seconds(i * 1800) as t from range(2100000) r(i))`,
  )
  expect(found).toEqual({ n: 2_100_000, differ: 0 })
})

it('reads constants in definitions as instants only where they say their zone, or are days', () => {
  const zone = new Zone('Asia/Shanghai')
  expect(instantConstant('2024-01-01', zone)).toBe(Date.parse('2023-12-31T16:00:00Z'))
  expect(instantConstant('2024-01-01', zone, true)).toBe(Date.parse('2024-01-01T16:00:00Z'))
  expect(instantConstant('2024-01-01T00:00:00+08:00', zone)).toBe(Date.parse('2023-12-31T16:00:00Z'))
  expect(instantConstant('2024-01-01T00:00:00', zone)).toBeNull()
  expect(instantConstant('2024-13-01', zone)).toBeNull()
})
