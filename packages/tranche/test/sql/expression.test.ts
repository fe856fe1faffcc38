import { quote } from '@tranche/language'
import { describe, expect, it } from 'vitest'
import { scope, typedFrom } from '../../../language/test/arbitrary.ts'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { isExact } from '../../src/sql/decimal-sql.ts'
import { duckdbDialect } from '../../src/sql/duckdb-dialect.ts'
import { expressionToSql } from '../../src/sql/expression-sql.ts'
import { ruleToSql } from '../../src/sql/rule-sql.ts'
import { ident, render, renderInline, sql, unsafeRaw } from '../../src/sql/sql.ts'
import { sqlOptions } from '../conformance/expression-harness.ts'

const options = {
  ...sqlOptions,
  businessDay: (instant: ReturnType<typeof sql>) => sql`cast(${instant} as date)`,
}
const inline = (text: string) => renderInline(expressionToSql(typedFrom(text), options), duckdbDialect)

describe('The SQL of an expression', () => {
  it.each([
    ['active && !flag', '("active" and (not "flag"))'],
    ['days > 3', `(cast("days" as double) > cast('3' as double))`],
    ['x > 3', `((case when isfinite("x") then "x" end) > cast('3' as double))`],
    [
      'x / y',
      '(case when isfinite(("x" / (case when isfinite("y") then "y" end))) then ("x" / (case when isfinite("y") then "y" end)) end)',
    ],
    ['name == "O\'Hara"', `("name" = 'O''Hara')`],
    ['level in ["high", "low"]', `("level" in ('high', 'low'))`],
    ['"vip" in tags', `list_contains("tags", 'vip')`],
    ['name.startsWith("a")', `starts_with("name", 'a')`],
    ['row["列 \\"名\\"\\\\"] + "-" + name', `(("列 ""名""\\" || '-') || "name")`],
    ['born >= date("2024-02-29")', `("born" >= cast('2024-02-29' as date))`],
    ['business_month(at)', `cast(date_trunc('month', cast("at" as date)) as date)`],
    ['days_between(born, due)', `cast(("due" - "born") as double)`],
    [
      'known(name) ? 1 : 2',
      `(case when ("name" is not null) then cast('1' as double) else cast('2' as double) end)`,
    ],
    ['active ? born : due', '(case when "active" then "born" when not "active" then "due" end)'],
    ['coalesce(name, "?")', `coalesce("name", '?')`],
    ['round(days, 2)', `round(cast("days" as double), cast(cast('2' as bigint) as integer))`],
  ])('%s', (text, expected) => {
    expect(inline(text)).toBe(expected)
  })

  it('binds every value of a text and writes none', () => {
    const { text, parameters } = render(
      expressionToSql(typedFrom('name == "secret" && x in [41, 42]'), options),
      duckdbDialect,
    )
    expect(text).not.toMatch(/secret|41|42/)
    expect(parameters.map(({ value }) => value)).toEqual(['secret', 41, 42])
  })

  it('asks whoever compiles it how days and segments are found', () => {
    const { businessDay: _, ...noZone } = options
    expect(() => expressionToSql(typedFrom('business_day(at)'), noZone)).toThrow('businessDay')
    const rule = typedFrom('!in_segment("loyal")', 'rule', { ...scope, segments: ['loyal'] })
    expect(() => expressionToSql(rule, options)).toThrow('inSegment')
    const asked = expressionToSql(rule, { ...options, inSegment: (key) => ident('m', key) })
    expect(renderInline(asked, duckdbDialect)).toBe('(not "m"."loyal")')
  })

  it('tells members from those who are unknown', () => {
    const { isMember, isUnknown } = ruleToSql(typedFrom('active'), options)
    expect(renderInline(isMember, duckdbDialect)).toBe('coalesce("active", false)')
    expect(renderInline(isUnknown, duckdbDialect)).toBe('("active" is null)')
    expect(() => ruleToSql(typedFrom('x + 1'), options)).toThrow('A rule is a condition')
  })

  it('stays short however deep divisions are nested', () => {
    const text = `${'(y / '.repeat(20)}x${')'.repeat(20)}`
    expect(inline(text).length).toBeLessThan(5000)
  })
})

describe('Money', () => {
  const exact = (text: string) => isExact(typedFrom(text), (name) => sqlOptions.storage?.(name) ?? 'double')

  it.each([
    ['amount', true],
    ['-amount * 0.01', true],
    ['amount * days - 3', true],
    ['active ? amount : 0', true],
    ['coalesce(amount, 0) + abs(amount)', true],
    ['amount * amount * amount * amount', true],
    ['amount * amount * amount * amount * amount', false],
    ['amount / 3', false],
    ['amount * x', false],
    ['round(amount, 2)', false],
  ])('%s exact: %o', (text, expected) => {
    expect(exact(text)).toBe(expected)
  })

  it('is summed without a double in between', async () => {
    const warehouse = await openDuckDb({ path: ':memory:', threads: 1 })
    const amount = (text: string) => expressionToSql(typedFrom(text), { ...options, numeric: 'decimal' })
    await warehouse.run(sql`create table t as select cast(0.1 as decimal(18,4)) as amount, 7 as days, n % 2 = 0 as active
      from range(1000000) r(n)`)
    const row = await warehouse.row(sql`select
      cast(sum(${amount('amount')}) as varchar) as plain,
      cast(sum(${amount('amount * 0.0375')}) as varchar) as product,
      cast(sum(${amount('active ? amount : -amount * 2')}) as varchar) as chosen,
      cast(sum(${amount('amount * 1e-7')}) as varchar) as tiny,
      cast(max(${amount('amount * days * 1e15')}) as varchar) as large from t`)
    warehouse.close()
    expect(row).toEqual({
      plain: '100000.0000',
      product: '3750.00000000',
      chosen: '-50000.0000',
      tiny: '0.01000000000',
      large: '700000000000000.0000',
    })
  })

  it('refuses what has no exact result, with advice', () => {
    expect(() => expressionToSql(typedFrom('amount / 3'), { ...options, numeric: 'decimal' })).toThrow(
      "amount / 3 can't be computed as an exact amount",
    )
  })
})

describe('Nothing in an expression becomes SQL', () => {
  const hostile = [
    "'",
    "''",
    '"',
    '\\',
    "\\'",
    "'; drop table canary; --",
    "' or '1'='1",
    '/* */',
    '--',
    '$1',
    '?',
    '\n',
    '\r\n',
    '\t',
    '\u2028',
    '%',
    '_',
    "E'\\x27'",
    '$$x$$',
    'ʼ',
    '＇',
    '💥',
    'e\u0301',
    '\u202e',
    '中文’；',
    'x'.repeat(1000),
  ]

  it('whatever its literals and column names hold', async () => {
    const warehouse = await openDuckDb({ path: ':memory:', threads: 1 })
    await warehouse.run(sql`create table canary as select 1 as alive`)
    for (const text of hostile) {
      const column = text
      const hostileScope = {
        columns: new Map([
          [column, { type: 'string' as const }],
          ['tags', { type: 'set' as const }],
        ]),
      }
      const from = sql`(values (1, ${text}, [${text}]), (2, ${`${text}x`}, ['x']), (3, 'other', [])) t(line, ${ident(column)}, tags)`
      const name = `row[${quote(column)}]`
      for (const condition of [
        `${name} == ${quote(text)}`,
        `${name} in [${quote(text)}]`,
        `${quote(text)} in tags`,
        `${name}.startsWith(${quote(text)}) && ${name}.endsWith(${quote(text)}) && ${name} != ${quote(`${text}x`)}`,
        `${name} + ${quote(text)} == ${quote(text + text)}`,
      ]) {
        const where = expressionToSql(typedFrom(condition, 'row', hostileScope), options)
        const statement = sql`select line from ${from} where ${where}`
        expect(await warehouse.rows(statement), condition).toEqual([{ line: 1 }])
        const literal = unsafeRaw(renderInline(statement, duckdbDialect))
        expect(await warehouse.rows(literal), condition).toEqual([{ line: 1 }])
      }
    }
    expect(await warehouse.rows(sql`select alive from canary`)).toEqual([{ alive: 1 }])
    warehouse.close()
  })
})
