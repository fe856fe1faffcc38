import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cell, Warehouse } from '../../src/engine/warehouse.ts'
import type { Dialect } from '../../src/sql/dialect.ts'
import { byDialect, ident, join, type Sql, sql, typed, whole } from '../../src/sql/sql.ts'
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

  it('days moved by days and months', async () => {
    const moved = (value: string | null, n: number, unit: 'day' | 'month') =>
      by((dialect) => dialect.addTo(day(value), whole(n), unit))
    expect(
      await ask([
        moved('2024-02-28', 2, 'day'),
        moved('2024-01-31', 1, 'month'),
        moved('2023-01-31', 1, 'month'),
        moved('2024-03-31', -1, 'month'),
        moved(null, 1, 'day'),
      ]),
    ).toEqual(['2024-03-01', '2024-02-29', '2023-02-28', '2024-02-29', null])
  })

  it('moments and days some days later', async () => {
    const later = (moment: Sql, other: Sql) =>
      by((dialect) => sql`(${other} <= ${dialect.daysAfter(moment, whole(7))})`)
    const at = (text: string) => sql`cast(${text} as timestamp)`
    expect(
      await ask([
        later(at('2024-02-25 09:00:00'), at('2024-03-03 09:00:00')),
        later(at('2024-02-25 09:00:00'), at('2024-03-03 09:00:01')),
        later(day('2024-02-25'), day('2024-03-03')),
        later(day('2024-02-25'), day('2024-03-04')),
        later(day(null), day('2024-03-04')),
      ]),
    ).toEqual([true, false, true, false, null])
  })

  it('microseconds of moments before and after 1970', async () => {
    const micros = (moment: string | null) =>
      by((dialect) => sql`cast(${dialect.microsOf(sql`cast(${text(moment)} as timestamp(6))`)} as varchar)`)
    expect(
      await ask([
        micros('1969-12-31 23:59:59.999999'),
        micros('2024-02-25 09:00:00.000001'),
        micros('9999-12-31 23:59:59.987654'),
        micros(null),
      ]),
    ).toEqual(['-1', '1708851600000001', '253402300799987654', null])
  })

  it('seconds of moments before and after 1970', async () => {
    const seconds = (moment: string | null) =>
      by((dialect) => sql`cast(${dialect.secondsOf(sql`cast(${text(moment)} as timestamp(6))`)} as varchar)`)
    expect(
      await ask([
        seconds('1969-12-31 23:59:59'),
        seconds('1830-01-01 00:00:00'),
        seconds('2024-02-25 09:00:00'),
        seconds(null),
      ]),
    ).toEqual(['-1', '-4417977600', '1708851600', null])
  })

  it('bits of whole numbers', async () => {
    const has = (number: number | null, bit: number) =>
      by((dialect) =>
        dialect.hasBit(
          sql`cast(${typed('bigint', number)} as ${dialect.wholeType('short')})`,
          sql`cast(${bit} as ${dialect.wholeType('short')})`,
        ),
      )
    expect(await ask([has(5, 4), has(5, 2), has(32_767, 16_384), has(0, 1), has(null, 1)])).toEqual([
      true,
      false,
      true,
      false,
      null,
    ])
  })

  it('a value before all others', async () => {
    const before = (
      type: 'date' | 'instant' | 'money' | 'number' | 'integer' | 'bool' | 'string',
      than: Sql,
    ) => by((dialect) => sql`(${dialect.lowest(type)} < ${than})`)
    expect(
      await ask([
        before('date', day('0001-01-01')),
        before('instant', instant('0001-01-01 00:00:00')),
        before('money', sql`cast(-99999999999998.9999 as decimal(18, 4))`),
        before('number', double(-1.7e308)),
        before('integer', sql`cast(-9223372036854775806 as bigint)`),
        before('bool', truth(true)),
        before('string', text(' ')),
      ]),
    ).toEqual([true, true, true, true, true, true, true])
  })

  it('doubles as decimals', async () => {
    const cast = (value: number | null, scale: number) =>
      by((dialect) => sql`cast(${dialect.toDecimal(double(value), 38, scale)} as varchar)`)
    const random = fc.sample(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { numRuns: 60, seed: 3 })
    const ties = [
      0.420941875, 0.288894375, 0.000000015, 0.000000025, 0.421865235, -0.085460875, 1234567.5, 2.5, -3.5,
    ]
    const found = await ask([...ties, ...random, null].map((value) => cast(value, 8)))
    expect(found.slice(0, 4)).toEqual(['0.42094188', '0.28889437', '0.00000001', '0.00000003'])
    expect(found.at(-1)).toBeNull()
    const expected = [...ties, ...random].map((value) => {
      const scaled = value * 1e8
      const whole = BigInt(Math.sign(scaled) * Math.round(Math.abs(scaled)))
      const digits = (whole < 0n ? -whole : whole).toString().padStart(9, '0')
      return `${whole < 0n ? '-' : ''}${digits.slice(0, -8)}.${digits.slice(-8)}`
    })
    expect(found.slice(0, -1)).toEqual(expected)
    expect(await ask([cast(1e40, 8), cast(123456789.5, 0 + 1)])).toEqual([null, '123456789.5'])
  })

  it('numbers in texts', async () => {
    const read = (value: string | null) => by((dialect) => dialect.readDouble(text(value)))
    const texts = ['12', ' -7.5 ', '1e3', '.5', '+2', '', 'abc', '12,5', '0x1p3', '1d', null]
    const values = [12, -7.5, 1000, 0.5, 2, null, null, null, null, null, null]
    expect(await ask(texts.map(read))).toEqual(values)
  })
})

/** One row for each of the values, and what aggregates make of them. */
async function aggregates(values: Sql, built: readonly Sql[]): Promise<Cell[]> {
  const named = built.map((value, index) => sql`${value} as ${ident(`v${index}`)}`)
  const row = await warehouse.row(sql`select ${join(named)} from (values ${values}) as given (k, v, d)`)
  return built.map((_, index) => row[`v${index}`]!)
}

describe('An aggregate on which engines differ means the same in each', () => {
  const given = (rows: readonly (readonly [number, number | null, number | null])[]) =>
    join(
      rows.map(
        ([k, v, d]) =>
          sql`(cast(${k} as bigint), cast(${typed('double', v)} as double), cast(${typed('bigint', d)} as bigint))`,
      ),
    )

  it('the value of the least and greatest key, passing over unknown values', async () => {
    const rows = given([
      [3, null, null],
      [2, 20, null],
      [1, 10, null],
      [0, null, null],
    ])
    const extreme = (kind: 'first' | 'last', value: Sql) =>
      by((dialect) => dialect.extreme(kind, value, sql`row(k, v)`))
    expect(
      await aggregates(rows, [
        extreme('last', sql`v`),
        extreme('first', sql`v`),
        extreme('last', sql`case when k < 2 then v end`),
        extreme('last', sql`case when k > 7 then v end`),
      ]),
    ).toEqual([20, 10, 10, null])
  })

  it('median and sample standard deviation', async () => {
    const both = [by((dialect) => dialect.median(sql`v`)), by((dialect) => dialect.deviation(sql`v`))]
    const of = (...values: readonly (number | null)[]) =>
      aggregates(given(values.map((value, index) => [index, value, null])), both)
    expect(await of(7, null, 1, 4)).toEqual([4, 3])
    expect(await of(1, 2, 3, 10)).toEqual([2.5, Math.sqrt(50 / 3)])
    expect(await of(5)).toEqual([5, null])
    expect(await of(5, 5, 5)).toEqual([5, 0])
    expect(await of(null, null)).toEqual([null, null])
  })

  it('quantiles that are one of the values, or between two', async () => {
    const of = async (values: readonly (number | null)[], share: number) =>
      await aggregates(given(values.map((value, index) => [index, value, null])), [
        by((dialect) => dialect.quantileOf(sql`v`, share)),
        by((dialect) => dialect.quantileBetween(sql`v`, share)),
      ])
    const values = [7, 1, null, 30, 2, 11, 4, 19, 8]
    const known = [1, 2, 4, 7, 8, 11, 19, 30]
    for (let n = 1; n <= known.length; n++)
      for (const share of [0.25, 0.5, 0.75]) {
        const some = known.slice(0, n)
        const place = (n - 1) * share
        const [low, high] = [some[Math.floor(place)]!, some[Math.ceil(place)]!]
        const between = low + (high - low) * (place - Math.floor(place))
        const expected = [some[Math.max(1, Math.ceil(n * share)) - 1]!, between]
        expect(
          await of(
            values.filter((value) => value === null || some.includes(value)),
            share,
          ),
        ).toEqual(expected)
      }
    expect(await of([null], 0.5)).toEqual([null, null])
  })

  it('bits on in any of the numbers', async () => {
    const bits = (condition: Sql) =>
      by((dialect) => dialect.allBits(sql`case when ${condition} then ${dialect.bitAt(sql`(k - 1)`)} end`))
    const rows = given([
      [1, null, null],
      [3, null, null],
      [3, null, null],
      [60, null, null],
    ])
    expect(await aggregates(rows, [bits(sql`k < 10`), bits(sql`k > 10`), bits(sql`k > 99`)])).toEqual([
      5,
      (2n ** 59n).toString(),
      null,
    ])
  })

  it('sets of days and of months', async () => {
    const all = (value: Sql) => value
    const questions = (size: number, start: number, length: number) =>
      by(({ daySets }) => {
        const sliced = daySets.sliced(daySets.collect(sql`cast(d as integer)`, size, all), {
          size,
          start,
          length,
        })
        return sql`${daySets.count(sql`s`)} as a, ${daySets.squaredGaps(sql`s`)} as b, ${daySets.firstGap(sql`s`)} as c
          from (select ${sliced} as s from days) as made`
      })
    const days = async (values: readonly (number | null)[], start: number, length: number) =>
      await warehouse.row(
        sql`with days (d) as (values ${join(values.map((value) => sql`(${typed('bigint', value)})`))}) select ${questions(40, start, length)}`,
      )
    expect(await days([3, 10, 3, null, 12, 39], 0, 40)).toEqual({ a: 4, b: 49 + 4 + 27 * 27, c: 7 })
    expect(await days([3, 10, 3, null, 12, 39], 4, 10)).toEqual({ a: 2, b: 4, c: 2 })
    expect(await days([3, 10], 0, 5)).toEqual({ a: 1, b: null, c: null })
    expect(await days([3, 10], 20, 10)).toEqual({ a: null, b: null, c: null })
    expect(await days([null], 0, 40)).toEqual({ a: null, b: null, c: null })
    const months = async (values: readonly (number | null)[], size: number) =>
      await warehouse.row(
        sql`with months (d) as (values ${join(values.map((value) => sql`(${typed('bigint', value)})`))})
          select ${by(
            ({
              monthSets,
            }) => sql`${monthSets.longestRun(sql`s`)} as longest, ${monthSets.lastRun(sql`s`)} as current
            from (select ${monthSets.collect(sql`d`, size, all)} as s from months) as made`,
          )}`,
      )
    for (const size of [60, 100]) {
      expect(await months([0, 1, 5, 6, 7, 5, -3, 140, null], size)).toEqual({ longest: 3, current: 2 })
      expect(await months([1, 2, 3, 9], size)).toEqual({ longest: 3, current: 3 })
      expect(await months([4], size)).toEqual({ longest: 1, current: 0 })
      expect(await months([null, 200], size)).toEqual({ longest: null, current: null })
    }
  })
})
