import {
  type CheckOptions,
  checkExpression,
  nearest,
  parseExpression,
  type Scope,
  type ScopeColumn,
} from '@tranche/language'
import { describe, expect, it } from 'vitest'

const scope: Scope = {
  columns: new Map<string, ScopeColumn>([
    ['days_since_last', { type: 'number' }],
    ['orders', { type: 'number', nullable: false }],
    ['value_tier', { type: 'string', values: ['high', 'medium', 'low'] }],
    ['city', { type: 'string' }],
    ['tags', { type: 'set', values: ['vip', 'new'] }],
    ['birth_date', { type: 'date' }],
    ['occurred_at', { type: 'instant' }],
    ['active', { type: 'bool' }],
  ]),
  segments: ['loyal_savers'],
}
const row: CheckOptions = { kind: 'row' }
const rule: CheckOptions = { kind: 'rule', expect: ['bool'] }

function check(text: string, options = rule): string[] {
  const parsed = parseExpression(text)
  if (!parsed.ok) throw new Error(`${text} does not parse`)
  const outcome = checkExpression(parsed.expr, scope, options)
  const found = outcome.ok ? outcome.warnings : outcome.problems
  return found.map(({ severity, line, column, code, hint }) =>
    `${severity} ${line}:${column} ${code} ${hint?.en ?? ''}`.trim(),
  )
}

describe('The checker', () => {
  it.each([
    'days_since_last > 90 && value_tier == "high"',
    'value_tier in ["high", "low"] || orders >= 3',
    '"vip" in tags',
    'birth_date < date("1990-01-01")',
    'known(city) ? city.startsWith("上") : active',
    'in_segment("loyal_savers") && !active',
    '(orders > 3) == active',
  ])('accepts %s', (text) => {
    expect(check(text)).toEqual([])
  })

  it.each([
    ['days_since_lst > 90', 'error 1:1 unknown_name Did you mean days_since_last?'],
    ['zzz > 90', 'error 1:1 unknown_name'],
    ['value_tier == "hihg"', 'error 1:15 unknown_value Did you mean "high"?'],
    ['value_tier == "platinum"', 'error 1:15 unknown_value It is one of high, medium, low.'],
    ['value_tier in ["high", "lo"]', 'error 1:24 unknown_value Did you mean "low"?'],
    ['"vpi" in tags', 'error 1:1 unknown_value Did you mean "vip"?'],
    ['in_segment("loyal_saver")', 'error 1:1 unknown_segment Did you mean loyal_savers?'],
    ['city > "a"', 'error 1:6 string_order Compare with == or !=, or list values with in.'],
    ['orders == "3"', 'error 1:8 wrong_type Write numbers without quotes.'],
    ['city == 3', 'error 1:6 wrong_type Write text in quotes.'],
    ['birth_date > "1990-01-01"', 'error 1:12 wrong_type Write a day as date("2026-03-31").'],
    [
      'occurred_at > date("2024-01-01")',
      'error 1:13 wrong_type Write business_day(x) to get the day of a time.',
    ],
    ['active > true', 'error 1:8 wrong_type'],
    ['tags == tags', 'error 1:6 wrong_type'],
    ['orders', 'error 1:1 wrong_type'],
    ['orders && active', 'error 1:1 wrong_type'],
    ['!orders', 'error 1:2 wrong_type'],
    ['-city == 1', 'error 1:2 wrong_type'],
    ['active ? 1 : "a"', 'error 1:1 wrong_type Write numbers without quotes.'],
    ['city + "x" == "y"', 'error 1:1 wrong_type'],
    ['coalesce(orders, 0) > 1', 'error 1:1 unknown_function Make a feature of it and name that here.'],
    ['orders in [days_since_last]', 'error 1:12 bad_literal Write x == a || x == b'],
    ['"a" in city', 'error 1:8 wrong_type'],
    ['known(orders, city)', 'error 1:1 wrong_arguments Write known(x)'],
  ])('refuses %s', (text, expected) => {
    expect(check(text)[0]).toBe(expected)
  })

  it('reports every mistake, not just the first', () => {
    expect(check('ordrs > 1 && citi == "x" && value_tier == "hi"')).toHaveLength(3)
  })

  it('lets row expressions do more, but not ask for segments', () => {
    expect(check('city + "-" + value_tier == "a-b"', row)).toEqual([])
    expect(check('business_day(occurred_at) == date("2024-01-01")', row)).toEqual([])
    expect(check('coalesce(round(orders / 3, 2), 0)', row)).toEqual([])
    expect(check('in_segment("loyal_savers")', row)[0]).toMatch(/unknown_function/)
    expect(check('round(orders, days_since_last)', row)[0]).toMatch(/1:15 wrong_arguments/)
    expect(check('round(orders, -1)', row)[0]).toMatch(/wrong_arguments/)
    expect(check('coalesce(orders, city)', row)[0]).toMatch(/wrong_type/)
    expect(check('abs(city)', row)[0]).toMatch(/wrong_type/)
  })

  it.each([
    ['!known(days_since_last) || days_since_last > 3', 'warning 1:1 missing_included'],
    ['value_tier != "high"', 'warning 1:12 missing_excluded To let them in, add || !known(value_tier).'],
    ['!(city in ["a"])', 'warning 1:1 missing_excluded To let them in, add || !known(city).'],
    ['known(days_since_last) && days_since_last > 3', 'warning 1:1 redundant'],
    ['orders > 5 && orders < 3', 'warning 1:1 constant Did you mean ||?'],
    ['orders >= 5 && orders < 5', 'warning 1:1 constant Did you mean ||?'],
    ['value_tier == "high" && value_tier == "low"', 'warning 1:1 constant Did you mean ||?'],
    ['value_tier != "high" || value_tier != "low"', 'warning 1:1 constant Did you mean &&?'],
    ['orders > 3 || orders <= 5', 'warning 1:1 constant Did you mean &&?'],
    ['1 > 2 || orders > 3', 'warning 1:3 constant'],
    ['orders > 3 || true', 'warning 1:1 constant'],
    ['orders / 0 > 1', 'warning 1:8 constant'],
  ])('points at what may surprise in %s', (text, expected) => {
    expect(check(text)[0]).toBe(expected)
  })

  it.each([
    'orders != 3',
    '!known(city) || city != "a"',
    'orders > 3 && orders < 5',
    'orders < 3 || orders > 5',
    'true',
  ])('has nothing to say about how missing values or constants act in %s', (text) => {
    expect(check(text).filter((line) => !line.includes('missing_included'))).toEqual([])
  })
})

describe('The nearest name', () => {
  it('allows a third of the letters to differ, a swap counting once', () => {
    expect(nearest('amuont', ['amount', 'count'])).toBe('amount')
    expect(nearest('xyz', ['amount', 'count'])).toBeUndefined()
    expect(nearest('客户编', ['客户编号', '城市'])).toBe('客户编号')
  })
})
