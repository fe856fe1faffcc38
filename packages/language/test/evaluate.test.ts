import {
  businessDaysOf,
  type ColumnTable,
  countBits,
  evaluateColumns,
  evaluateExpression,
  formatIsoDate,
  hasBit,
  LanguageError,
  parseDate,
  prepareConditions,
  type Row,
  type Value,
} from '@tranche/language'
import { describe, expect, it } from 'vitest'
import { typedFrom } from './arbitrary.ts'

const full: Row = {
  x: 6,
  y: 3,
  amount: 10.5,
  days: 2,
  name: 'Ada',
  level: 'high',
  born: parseDate('2000-02-29')!,
  due: parseDate('2024-03-01')!,
  at: micros('2024-03-01T02:00:00Z'),
  active: true,
  flag: false,
  tags: new Set(['vip']),
}
const zone = { businessDay: businessDaysOf('America/New_York') }

function value(text: string, row: Row = full): Value | undefined {
  return evaluateExpression(typedFrom(text), row, zone)
}

function micros(instant: string): bigint {
  return BigInt(Date.parse(instant)) * 1000n
}

describe('One row', () => {
  it.each<[string, Value | undefined]>([
    ['x + y * 2', 12],
    ['x / y', 2],
    ['x / 0', undefined],
    ['0 / 0', undefined],
    ['1e308 * 10', undefined],
    ['1 / (1e308 * 10)', undefined],
    ['-x', -6],
    ['round(2.5, 0)', 3],
    ['round(-2.5, 0)', -3],
    ['round(1.005, 2)', 1],
    ['round(0.285, 2)', 0.28],
    ['abs(-2)', 2],
    ['name + "-" + level', 'Ada-high'],
    ['name == "ada"', false],
    ['"é" == "e\u0301"', false],
    ['name.startsWith("A")', true],
    ['name.endsWith("")', true],
    ['name.contains("d")', true],
    ['level in ["low", "high"]', true],
    ['"vip" in tags', true],
    ['born == date("2000-02-29")', true],
    ['days_between(born, due)', 8767],
    ['business_day(at) == date("2024-02-29")', true],
    ['business_month(at) == date("2024-02-01")', true],
    ['active ? x : y', 6],
    ['flag ? x : y', 3],
    ['x in [5, 6]', true],
  ])('%s is %o', (text, expected) => {
    expect(value(text)).toEqual(expected)
  })

  const t = true
  const f = false
  const u = undefined
  it.each<[boolean | undefined, boolean | undefined, boolean | undefined, boolean | undefined]>([
    [t, t, t, t],
    [t, f, f, t],
    [t, u, u, t],
    [f, t, f, t],
    [f, f, f, f],
    [f, u, f, u],
    [u, t, u, t],
    [u, f, f, u],
    [u, u, u, u],
  ])('%o and %o: && is %o, || is %o', (active, flag, and, or) => {
    expect(value('active && flag', { active, flag })).toBe(and)
    expect(value('active || flag', { active, flag })).toBe(or)
  })

  it.each<[string, Value | undefined]>([
    ['x > 3', undefined],
    ['!(x > 3)', undefined],
    ['x != 3', undefined],
    ['x in [3]', undefined],
    ['!(x in [3])', undefined],
    ['x + 1', undefined],
    ['name + "a"', undefined],
    ['active ? 1 : 1', undefined],
    ['known(active) ? 1 : 2', 2],
    ['"vip" in tags', undefined],
    ['name.contains("")', undefined],
    ['known(x)', false],
    ['!known(x)', true],
    ['coalesce(x, 7)', 7],
    ['coalesce(x, y)', undefined],
    ['false && x > 3', false],
    ['true || x > 3', true],
    ['days_between(born, due)', undefined],
    ['business_day(at)', undefined],
  ])('with everything missing, %s is %o', (text, expected) => {
    expect(value(text, {})).toBe(expected)
  })

  it('takes what is not finite for missing', () => {
    expect(value('known(x)', { x: Number.NaN })).toBe(false)
    expect(value('x > 3', { x: Number.POSITIVE_INFINITY })).toBeUndefined()
  })

  it('never finds a column in what objects inherit', () => {
    expect(value('known(x)', Object.create({ x: 1 }))).toBe(false)
  })

  it('says which column holds what it should not', () => {
    expect(() => value('x > 3', { x: 'three' })).toThrow(LanguageError)
    expect(() => value('x > 3', { x: 'three' })).toThrow('Column x should hold number, found string')
  })

  it('wants a time zone for business days', () => {
    expect(() => evaluateExpression(typedFrom('business_day(at)'), full)).toThrow('without a time zone')
  })
})

describe('Columns', () => {
  const table: ColumnTable = {
    length: 5000,
    columns: {
      x: {
        type: 'number',
        values: Float64Array.from({ length: 5000 }, (_, i) => i),
        valid: Uint8Array.from({ length: 5000 }, (_, i) => (i % 10 === 0 ? 0 : 1)),
      },
      level: {
        type: 'string',
        codes: Int32Array.from({ length: 5000 }, (_, i) => (i % 5) - 1),
        dictionary: ['high', 'low', '中', 'high'],
      },
    },
  }

  it('give members and known rows as bits, over several chunks', () => {
    const result = evaluateColumns(typedFrom('x >= 2500 && level == "high"'), table)
    if (result.type !== 'bool') throw new Error('expected a condition')
    expect(countBits(result.isTrue)).toBe(1000 - 0)
    expect(hasBit(result.isTrue, 2501)).toBe(true)
    expect(hasBit(result.isTrue, 2502)).toBe(false)
    expect(hasBit(result.known, 2502)).toBe(true)
    expect(hasBit(result.known, 2505)).toBe(false)
    expect(hasBit(result.known, 2500)).toBe(false)
  })

  it('answer many conditions at once as they answer each alone', () => {
    const exprs = ['x > 100', 'x > 100 && level != "low"', 'known(x)'].map((text) => typedFrom(text))
    expect(prepareConditions(exprs)(table)).toEqual(exprs.map((expr) => evaluateColumns(expr, table)))
  })

  it('answer of one table after another as of each alone, however their lengths, texts and memberships differ', () => {
    const scope = {
      columns: new Map([
        ['x', { type: 'number' as const }],
        ['name', { type: 'string' as const }],
      ]),
      segments: ['loyal'],
    }
    const texts = [
      'x > 1 && x <= 3',
      'x < 2 || x == 3',
      'x != 4 && !(x >= 2)',
      'name in ["a", "c"]',
      'in_segment("loyal") || name.startsWith("b")',
    ]
    const exprs = texts.map((text) => typedFrom(text, 'rule', scope))
    const dictionary = ['a', 'b']
    const first: ColumnTable = {
      length: 4,
      columns: {
        x: { type: 'number', values: Float64Array.of(1, 2, 3, 4), valid: Uint8Array.of(1, 1, 1, 0) },
        name: { type: 'string', codes: Int32Array.of(0, 1, -1, 0), dictionary },
      },
      segments: { loyal: { values: Uint8Array.of(1, 0, 0, 0) } },
    }
    const second: ColumnTable = {
      length: 3,
      columns: {
        x: { type: 'number', values: Float64Array.of(4, -0, Number.NaN) },
        name: { type: 'string', codes: Int32Array.of(2, 1, 0), dictionary: [...dictionary, 'c'] },
      },
      segments: { loyal: { values: Uint8Array.of(0, 0, 1), valid: Uint8Array.of(0, 1, 1) } },
    }
    const plain: ColumnTable = {
      ...second,
      columns: { ...second.columns, name: { type: 'string', values: ['c', 'b', null] } },
    }
    const judge = prepareConditions(exprs)
    for (const next of [first, second, second, plain, first])
      expect(judge(next)).toEqual(exprs.map((expr) => evaluateColumns(expr, next)))
  })

  it('compared with many constants answer as each row does, to the last bit and at both ends', () => {
    const numbers = [0, -0, 5e-324, -5e-324, 2.5, 1, 1 + Number.EPSILON, 1 - Number.EPSILON / 2, -1e-300]
    const ends = [Number.MAX_VALUE, -Number.MAX_VALUE, 1e308, -1e308]
    const x = [...numbers, ...ends, Number.NaN, Number.POSITIVE_INFINITY]
    const exprs = [...numbers, ...ends].flatMap((constant) =>
      ['<', '<=', '>', '>=', '==', '!='].map((op) => typedFrom(`x ${op} ${constant}`)),
    )
    const answers = prepareConditions(exprs)({
      length: x.length,
      columns: { x: { type: 'number', values: Float64Array.from(x) } },
    })
    for (const [index, expr] of exprs.entries()) {
      const { isTrue, known } = answers[index]!
      const found = x.map((_, row) => (hasBit(known, row) ? hasBit(isTrue, row) : undefined))
      expect(found).toEqual(x.map((value) => evaluateExpression(expr, { x: value })))
    }
  })

  it('ask memberships of segments', () => {
    const scope = { columns: new Map(), segments: ['loyal'] }
    const result = evaluateColumns(typedFrom('!in_segment("loyal")', 'rule', scope), {
      length: 3,
      columns: {},
      segments: { loyal: { values: Uint8Array.of(1, 0, 1), valid: Uint8Array.of(1, 1, 0) } },
    })
    if (result.type !== 'bool') throw new Error('expected a condition')
    expect([0, 1, 2].map((row) => hasBit(result.isTrue, row))).toEqual([false, true, false])
    expect([0, 1, 2].map((row) => hasBit(result.known, row))).toEqual([true, true, false])
  })

  it('refuse what does not fit', () => {
    expect(() => evaluateColumns(typedFrom('y > 1'), table)).toThrow('There is no column y')
    expect(() =>
      evaluateColumns(typedFrom('name == "a"'), {
        length: 1,
        columns: { name: { type: 'number', values: Float64Array.of(1) } },
      }),
    ).toThrow('holds number')
    expect(() =>
      evaluateColumns(typedFrom('x > 1'), {
        length: 9,
        columns: { x: { type: 'number', values: Float64Array.of(1) } },
      }),
    ).toThrow('has 1 rows, the table 9')
  })

  it('work on no rows at all', () => {
    const result = evaluateColumns(typedFrom('x > 1'), {
      length: 0,
      columns: { x: { type: 'number', values: new Float64Array(0) } },
    })
    expect(result.known.words.length).toBe(0)
  })
})

describe('The calendar', () => {
  it.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['0001-01-01', -719_162],
    ['2000-02-29', 11_016],
    ['9999-12-31', 2_932_896],
  ])('%s is day %i', (text, days) => {
    expect(parseDate(text)).toBe(days)
    expect(formatIsoDate(days)).toBe(text)
  })

  it.each(['1900-02-29', '2023-02-29', '2024-13-01', '2024-00-10', '2024-1-1', '0000-01-01', 'today'])(
    'there is no day %s',
    (text) => {
      expect(parseDate(text)).toBeUndefined()
    },
  )

  it('changes days at local midnight, also on days when clocks change', () => {
    const newYork = businessDaysOf('America/New_York')
    const kathmandu = businessDaysOf('Asia/Kathmandu')
    const day = (of: (instant: bigint) => number, instant: string) => formatIsoDate(of(micros(instant)))
    expect(day(newYork, '2024-03-10T04:59:59Z')).toBe('2024-03-09')
    expect(day(newYork, '2024-03-10T05:00:00Z')).toBe('2024-03-10')
    expect(day(newYork, '2024-03-11T03:59:59Z')).toBe('2024-03-10')
    expect(day(newYork, '2024-03-11T04:00:00Z')).toBe('2024-03-11')
    expect(day(kathmandu, '2024-06-01T18:14:59Z')).toBe('2024-06-01')
    expect(day(kathmandu, '2024-06-01T18:15:00Z')).toBe('2024-06-02')
    expect(newYork(micros('1969-12-31T23:59:59Z') - 1n)).toBe(-1)
  })
})
