import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cell, Warehouse } from '../../src/engine/warehouse.ts'
import type { Dialect } from '../../src/sql/dialect.ts'
import { byDialect, ident, join, type Sql, sql, typed } from '../../src/sql/sql.ts'
import { openEngine } from './engine.ts'

let warehouse: Warehouse
let close: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, close } = await openEngine())
})
afterAll(() => close())

/** Many small questions in one query. */
async function ask(values: readonly Sql[]): Promise<Cell[]> {
  const named = values.map((value, index) => sql`${value} as ${ident(`v${index}`)}`)
  const row = await warehouse.row(sql`select ${join(named)}`)
  return values.map((_, index) => row[`v${index}`]!)
}

const by = (build: (dialect: Dialect) => Sql) => byDialect(build)
const double = (value: number | null) => sql`${typed('double', value)}`
const text = (value: string | null) => sql`${typed('varchar', value)}`
const day = (value: string | null) => sql`${typed('date', value)}`
const instant = (value: string | null) => sql`${typed('timestamp', value)}`
const truth = (value: boolean | null) => sql`${typed('boolean', value)}`
const array = (...items: readonly string[]) =>
  by(({ name }) =>
    name === 'duckdb'
      ? sql`[${join(items.map((item) => sql`${item}`))}]`
      : sql`array[${join(items.map((item) => sql`${item}`))}]`,
  )

describe('A fragment on which engines differ means the same in each', () => {
  it('divide', async () => {
    const divide = (a: number | null, b: number | null) =>
      by((dialect) => dialect.divide(double(a), double(b)))
    expect(await ask([divide(7, 2), divide(1, 0), divide(0, 0), divide(null, 2), divide(2, null)])).toEqual([
      3.5,
      null,
      null,
      null,
      null,
    ])
    expect(await ask([by((dialect) => dialect.divide(sql`7`, sql`2`))])).toEqual([3.5])
  })

  it('60 bits of a hash, equal to those of Node', async () => {
    const texts = ['', 'a', '客户\u001f0042', '😀', ...fc.sample(fc.string({ unit: 'grapheme' }), 40)].filter(
      (value) => !value.includes('\0'),
    )
    const expected = texts.map((value) =>
      BigInt(`0x${createHash('sha256').update(value).digest('hex').slice(0, 15)}`),
    )
    const found = await ask(texts.map((value) => by((dialect) => dialect.hash60(text(value)))))
    expect(found.map((value) => BigInt(value as string | number))).toEqual(expected)
  })

  it('days', async () => {
    const toDate = (value: Sql) => by((dialect) => dialect.toDate(value))
    const days = (a: string | null, b: string | null) => by((dialect) => dialect.daysBetween(day(a), day(b)))
    expect(
      await ask([
        toDate(instant('2024-02-29 23:59:59.999999')),
        toDate(instant('1969-12-31 00:00:00')),
        toDate(day('2024-03-01')),
        toDate(instant(null)),
        days('2024-02-28', '2024-03-01'),
        days('2024-03-01', '1970-01-01'),
        days(null, '2024-03-01'),
        by((dialect) => dialect.monthStart(day('2024-02-29'))),
        by((dialect) => dialect.monthStart(day('1969-12-31'))),
      ]),
    ).toEqual(['2024-02-29', '1969-12-31', '2024-03-01', null, 2, -19_783, null, '2024-02-01', '1969-12-01'])
  })

  it('instants moved by seconds', async () => {
    const moved = (value: string | null, seconds: number) =>
      by((dialect) => dialect.addSeconds(instant(value), seconds))
    expect(
      await ask([
        moved('2024-03-10 07:00:00', -18_000),
        moved('2024-12-31 23:59:59.5', 28_800),
        moved('1960-01-01 00:00:00.000001', -1),
        moved(null, 60),
      ]),
    ).toEqual(['2024-03-10T02:00:00.000Z', '2025-01-01T07:59:59.500Z', '1959-12-31T23:59:59.000001Z', null])
  })

  it('what is finite', async () => {
    const odd = (name: string) => sql`cast(${name} as double)`
    const values = [double(1.5), odd('NaN'), odd('Infinity'), odd('-Infinity'), double(null), double(5e-324)]
    const expected = [1.5, null, null, null, null, 5e-324]
    expect(await ask(values.map((value) => by((dialect) => dialect.finite(value))))).toEqual(expected)
    expect(await ask(values.map((value) => by((dialect) => dialect.finiteOnce(value))))).toEqual(expected)
  })

  it('a choice that names its condition once', async () => {
    const pick = (condition: boolean | null) =>
      by((dialect) => dialect.pick(truth(condition), text('yes'), text('no')))
    expect(await ask([pick(true), pick(false), pick(null)])).toEqual(['yes', 'no', null])
  })

  it('rounding, half away from zero', async () => {
    const round = (value: number | null, decimals: number) =>
      by((dialect) => dialect.round(double(value), decimals))
    expect(
      await ask([
        round(2.5, 0),
        round(-2.5, 0),
        round(1.25, 1),
        round(-1.25, 1),
        round(1234.5678, 2),
        round(null, 1),
      ]),
    ).toEqual([3, -3, 1.3, -1.3, 1234.57, null])
  })

  it('parts of texts', async () => {
    const match = (kind: 'startsWith' | 'endsWith' | 'contains', a: string | null, b: string | null) =>
      by((dialect) => dialect.match(kind, text(a), text(b)))
    const kinds = ['startsWith', 'endsWith', 'contains'] as const
    const pairs = [
      ['客户价值', '客户', true, false, true],
      ['客户价值', '价值', false, true, true],
      ['a%b', '%', false, false, true],
      ['ab', 'abc', false, false, false],
      ['ab', '', true, true, true],
      ['', '', true, true, true],
      ['😀x', 'x', false, true, true],
      [null, 'x', null, null, null],
      ['x', null, null, null, null],
    ] as const
    for (const [a, b, ...expected] of pairs)
      expect(await ask(kinds.map((kind) => match(kind, a, b))), `${a} ${b}`).toEqual(expected)
  })

  it('elements of sets', async () => {
    const has = (element: string | null) =>
      by((dialect) => dialect.hasElement(array('vip', '老客'), text(element)))
    expect(await ask([has('vip'), has('老客'), has('老'), has(null)])).toEqual([true, true, false, null])
  })
})
