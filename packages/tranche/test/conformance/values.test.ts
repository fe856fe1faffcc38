import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { byDialect, ident, join, renderInline, sql, tableNamed, typed, unsafeRaw } from '../../src/sql/sql.ts'
import { withEngine } from './engine.ts'

const hostile = [
  `'; drop schema public cascade; --`,
  `"; drop table t; --`,
  `\\'; select 1; --`,
  `''`,
  `'' or ''=''`,
  `?`,
  `$1`,
  `:name`,
  `%s';--`,
  `a"b'c`,
  `/* */ -- \n`,
  `' using 'x`,
  `名称'；--`,
  `😀‮\u0001`,
  `U&'\\0041'`,
  `\t\r\n`,
]

describe('A value', () => {
  it('arrives as it was sent, bound or as a literal, whatever is in it', () =>
    withEngine(async (warehouse) => {
      const made = fc.sample(fc.string({ unit: 'binary', maxLength: 12 }), 60)
      const values = [...hostile, ...made].filter((value) => !value.includes('\0') && value.isWellFormed())
      const bound = await warehouse.row(
        sql`select ${join(values.map((value, index) => sql`${value} as ${ident(`v${index}`)}`))}`,
      )
      expect(Object.values(bound)).toEqual(values)
      const pasted = values.map(
        (value, index) =>
          `${renderInline(sql`${value}`, warehouse.dialect)} as ${warehouse.dialect.quote(`v${index}`)}`,
      )
      expect(Object.values(await warehouse.row(sql`select ${unsafeRaw(pasted.join(', '))}`))).toEqual(values)
    }))

  it('is read from a long column as it stands there, short or long, rare or often repeated', () =>
    withEngine(async (warehouse) => {
      const texts = ['', 'a', '上海', 'exactly 12 b', 'thirteen bytes', '广西壮族自治区桂林市', ...hostile]
      const values = Array.from({ length: 9000 }, (_, row) =>
        row % 7 === 0 ? null : row % 5 === 0 ? `only ${row}` : texts[(row * 31) % texts.length]!,
      )
      const numbers = Int32Array.from(values.keys())
      await warehouse.createFrom('read_texts', [
        { name: 'n', type: 'integer', values: numbers },
        { name: 'v', type: 'varchar', values },
      ])
      const { byName } = await warehouse.columns(sql`select v, n from ${tableNamed('read_texts')} order by n`)
      expect(byName['v']?.values).toEqual(values)
      expect(byName['n']?.values).toEqual(Float64Array.from(numbers))
      for await (const { rowCount } of warehouse.batches(sql`select n from ${tableNamed('read_texts')}`)) {
        expect(rowCount).toBeGreaterThan(0)
        break
      }
      const { n } = await warehouse.row(sql`select count(*) as n from ${tableNamed('read_texts')}`)
      expect(n).toBe(9000)
    }))

  it('of many rows comes in the order of all columns, and none of no rows', () =>
    withEngine(async (warehouse) => {
      await warehouse.createFrom('unsorted', [
        { name: 'n', type: 'integer', values: Int32Array.from({ length: 5000 }, (_, row) => (row * 7) % 50) },
        {
          name: 't',
          type: 'varchar',
          values: Array.from({ length: 5000 }, (_, row) => (row % 9 === 0 ? null : `值 ${row % 11}`)),
        },
        { name: 'x', type: 'double', values: Float64Array.from({ length: 5000 }, (_, row) => row / 3) },
      ])
      const table = tableNamed('unsorted')
      const sorted = await warehouse.sortedColumns(sql`select n, t, x from ${table}`)
      const expected = await warehouse.columns(sql`select n, t, x from ${table} order by n, t nulls last, x`)
      expect(sorted).toEqual(expected)
      const grouped = await warehouse.sortedColumns(
        sql`select n, cast(count(*) as integer) as rows from ${table} group by n`,
      )
      expect(grouped.byName['n']?.values).toEqual(Float64Array.from({ length: 50 }, (_, n) => n))
      expect(grouped.byName['rows']?.values).toEqual(new Float64Array(50).fill(100))
      const none = await warehouse.sortedColumns(sql`select n, t from ${table} where n > 50`)
      expect(none).toMatchObject({ rowCount: 0, names: ['n', 't'] })
    }))

  it('of every type keeps what it is', () =>
    withEngine(async (warehouse) => {
      const row = await warehouse.row(sql`select
        ${typed('double', 0.1)} as tenth, ${typed('double', 5e-324)} as smallest, ${typed('double', -1.7976931348623157e308)} as largest,
        ${typed('bigint', 9_007_199_254_740_993n)} as big, ${typed('bigint', -9_223_372_036_854_775_808n)} as least,
        ${typed('decimal', '12345678901234567890.1234')} as amount, ${typed('boolean', false)} as no,
        ${typed('date', '0001-01-01')} as first_day, ${typed('date', '9999-12-31')} as last_day,
        ${typed('timestamp', '2024-02-29 23:59:59.000001')} as moment, ${typed('varchar', null)} as nothing,
        cast('NaN' as double) as odd`)
      expect(row).toEqual({
        tenth: 0.1,
        smallest: 5e-324,
        largest: -1.7976931348623157e308,
        big: '9007199254740993',
        least: '-9223372036854775808',
        amount: '12345678901234567890.1234',
        no: false,
        first_day: '0001-01-01',
        last_day: '9999-12-31',
        moment: '2024-02-29T23:59:59.000001Z',
        nothing: null,
        odd: null,
      })
    }))

  it('in a column is a double, a day, an instant in ms, or a text', () =>
    withEngine(async (warehouse) => {
      const columns = await warehouse.columns(sql`
        select * from (values
          (1, ${typed('double', 1.5)}, ${typed('decimal', '2.25')}, ${typed('date', '1970-01-03')}, ${typed('timestamp', '1970-01-01 00:00:01.0005')}, true, '甲'),
          (2, null, null, null, null, null, null)
        ) as t (line, x, amount, day, moment, flag, name) order by line`)
      expect(columns.rowCount).toBe(2)
      const numbers = Object.fromEntries(
        Object.entries(columns.byName).flatMap(([name, column]) =>
          column.type === 'number' ? [[name, [...column.values, ...column.valid]]] : [],
        ),
      )
      expect(numbers).toEqual({
        line: [1, 2, 1, 1],
        x: [1.5, 0, 1, 0],
        amount: [2.25, 0, 1, 0],
        day: [2, 0, 1, 0],
        moment: [1000.5, 0, 1, 0],
        flag: [1, 0, 1, 0],
      })
      expect(columns.byName['name']).toEqual({ type: 'string', values: ['甲', null] })
    }))
})

describe('A table', () => {
  it('is made from columns, appended to, and written as Parquet', () =>
    withEngine(async (warehouse) => {
      const columns = [
        { name: 'id', type: 'varchar', values: ['客1', `o'2`, null] },
        { name: 'x', type: 'double', values: Float64Array.of(1.5, 2, 3), valid: Uint8Array.of(1, 0, 1) },
        { name: 'n', type: 'bigint', values: [9_007_199_254_740_993n, null, -1] },
        { name: 'f', type: 'boolean', values: [true, null, false] },
      ] as const
      await warehouse.createFrom('made', columns)
      await warehouse.append('made', columns)
      const expected = [
        { id: null, x: 3, n: -1, f: false },
        { id: null, x: 3, n: -1, f: false },
        { id: `o'2`, x: null, n: null, f: null },
        { id: `o'2`, x: null, n: null, f: null },
        { id: '客1', x: 1.5, n: '9007199254740993', f: true },
        { id: '客1', x: 1.5, n: '9007199254740993', f: true },
      ]
      const order = sql`order by ${byDialect(() => sql`coalesce(id, ${''})`)}`
      expect(await warehouse.rows(sql`select * from made ${order}`)).toEqual(expected)

      const folder = await mkdtemp(joinPath(tmpdir(), 'tranche-parquet-'))
      const local = await openDuckDb({ path: ':memory:' })
      try {
        const file = joinPath(folder, 'made.parquet')
        await warehouse.writeParquet(
          sql`select *, ${typed('date', '2024-02-29')} as day, ${typed('decimal', '12.5')} as amount,
            ${typed('timestamp', '2024-02-29 23:59:59.000001')} as moment from made`,
          file,
        )
        const rows = await local.rows(sql`select * from read_parquet(${file}) ${order}`)
        const more = { day: '2024-02-29', amount: '12.5000', moment: '2024-02-29T23:59:59.000001Z' }
        expect(rows).toEqual(expected.map((row) => ({ ...row, ...more })))
      } finally {
        local.close()
        await rm(folder, { recursive: true, force: true })
      }
    }))

  it('of which nothing is found still says its columns', () =>
    withEngine(async (warehouse) => {
      await warehouse.createFrom('empty', [{ name: 'x', type: 'double', values: [] }])
      expect(await warehouse.columns(sql`select x from empty`)).toMatchObject({ rowCount: 0, names: ['x'] })
    }))
})

describe('A query', () => {
  it('that is wrong says so without quoting values', () =>
    withEngine(async (warehouse) => {
      const error = await warehouse.rows(sql`select cast(${'secret-value'} as double) as x`).then(
        () => null,
        (caught: Error) => caught,
      )
      expect(error).toMatchObject({ code: 'query_failed' })
      expect(`${error?.message}`).not.toContain('secret-value')
    }))

  it('that is interrupted ends at once, and the next one runs', () =>
    withEngine(async (warehouse) => {
      const long = byDialect(({ name }) =>
        name === 'duckdb'
          ? sql`select sum(a.range * b.range) as x from range(1000000) a, range(1000000) b`
          : sql`select sum(a.orderkey * b.orderkey) as x from tpch.sf1.lineitem a, tpch.sf1.lineitem b`,
      )
      let ended = false
      const running = warehouse
        .rows(sql`${long}`)
        .then(
          () => null,
          (caught: Error) => caught,
        )
        .finally(() => {
          ended = true
        })
      // An engine that has not begun has nothing to stop.
      while (!ended) {
        warehouse.interrupt()
        await pause(10)
      }
      expect(await running).toMatchObject({ code: 'cancelled' })
      expect(await warehouse.rows(sql`select 1 as one`)).toEqual([{ one: 1 }])
    }))
})
