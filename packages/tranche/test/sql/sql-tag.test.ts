import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { duckdbDialect } from '../../src/sql/duckdb-dialect.ts'
import { ident, join, list, render, renderInline, sql, typed } from '../../src/sql/sql.ts'

const hostile = [
  "'",
  "''",
  '"',
  '\\',
  '\n',
  ';',
  '--',
  '/*',
  '*/',
  "'; drop table t; --",
  '$1',
  '?',
  '{}',
  '中文',
  '😀',
  '\u202e',
  ' ',
  "\\'; select 1",
  'a\tb',
  '\r\n',
  '%',
  '_',
  '`',
  "' or '1'='1",
]

describe('the sql tag', () => {
  test('values become bound parameters, never text', () => {
    const { text, parameters } = render(
      sql`select ${"x'; drop table t"} as a where ${1} = ${2.5}`,
      duckdbDialect,
    )
    expect(text).toBe('select cast($1 as varchar) as a where cast($2 as bigint) = cast($3 as double)')
    expect(parameters.map(({ value }) => value)).toEqual(["x'; drop table t", 1, 2.5])
  })

  test('fragments are spliced with their own parameters in order', () => {
    const { text, parameters } = render(
      sql`select ${ident('a"b')} from t where x in (${list(['p', 'q'])}) and y = ${true}`,
      duckdbDialect,
    )
    expect(text).toBe(
      'select "a""b" from t where x in (cast($1 as varchar), cast($2 as varchar)) and y = cast($3 as boolean)',
    )
    expect(parameters).toHaveLength(3)
  })

  test.each([
    ['undefined', () => sql`${undefined as unknown as string}`],
    ['null', () => sql`${null as unknown as string}`],
    ['NaN', () => sql`${Number.NaN}`],
    ['Infinity', () => sql`${Number.POSITIVE_INFINITY}`],
    ['an object', () => sql`${{} as unknown as string}`],
    ['an empty list', () => list([])],
    ['nothing to join', () => join([])],
    ['an empty identifier', () => ident('')],
    ['an identifier with NUL', () => ident('a\0b')],
  ])('%s is refused', (_, build) => {
    expect(build).toThrow(TypeError)
  })

  test('hostile texts come back as they went in, bound and as literals, and as names', async () => {
    const warehouse = await openDuckDb({ path: ':memory:' })
    for (const text of hostile) {
      expect(await warehouse.row(sql`select ${text} as v`)).toEqual({ v: text })
      const literal = renderInline(sql`${text}`, duckdbDialect)
      expect(await warehouse.row({ kind: 'sql', pieces: [`select ${literal} as v`] })).toEqual({ v: text })
      await warehouse.run(sql`create or replace table ${ident(text)} (${ident(text)} bigint)`)
      await warehouse.run(sql`insert into ${ident(text)} select 1`)
      expect(await warehouse.rows(sql`select ${ident(text)} as v from ${ident(text)}`)).toEqual([{ v: 1 }])
    }
    warehouse.close()
  })

  test('any text survives as a literal', async () => {
    const warehouse = await openDuckDb({ path: ':memory:' })
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && text.isWellFormed()),
        async (text) => {
          const literal = renderInline(sql`${text}`, duckdbDialect)
          expect(await warehouse.row({ kind: 'sql', pieces: [`select ${literal} as v`] })).toEqual({
            v: text,
          })
        },
      ),
      { numRuns: 200 },
    )
    warehouse.close()
  })

  test('typed values keep their type, missing ones too', async () => {
    const warehouse = await openDuckDb({ path: ':memory:' })
    expect(
      await warehouse.row(sql`select ${typed('timestamp', '2024-02-29 01:02:03')} as t, ${typed('decimal', '12.3400')} as d,
        ${typed('date', '2024-02-29')} as day, ${typed('double', null)} as nothing`),
    ).toEqual({ t: '2024-02-29T01:02:03.000Z', d: '12.3400', day: '2024-02-29', nothing: null })
    warehouse.close()
  })
})
