import {
  counted,
  formatCount,
  formatDate,
  formatDays,
  formatDuration,
  formatInstant,
  formatInterval,
  formatMoney,
  formatMonth,
  formatMonths,
  formatNumber,
  formatOdds,
  formatPercent,
  formatPeriod,
  formatPoints,
  formatUnit,
  joinWords,
  placeholders,
  roundShown,
  say,
  sayBoth,
} from '@tranche/language'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

it.each([
  [0, '0 rows'],
  [1, '1 row'],
  [1234, '1,234 rows'],
])('%s of something takes the noun of its number', (count, words) => {
  expect(counted(count, 'row', 'rows')).toBe(words)
})

describe('A number is written as its reader expects', () => {
  it.each([
    [0, '0', '0'],
    [5, '5', '5'],
    [1234, '1,234', '1,234'],
    [9999.4, '9,999', '9,999'],
    [12345, '12,345', '1.2万'],
    [12_345_000, '12.3 million', '1,234.5万'],
    [320_000_000, '320 million', '3.2亿'],
    [99_999_999, '100 million', '1亿'],
    [95_000_000, '95 million', '9,500万'],
    [999_999_999, '1 billion', '10亿'],
    [3.2e12, '3.2 trillion', '3.2万亿'],
    [-12_345_000, '-12.3 million', '-1,234.5万'],
    [0.5, '0.5', '0.5'],
    [0.012345, '0.0123', '0.0123'],
    [12.345, '12.3', '12.3'],
    [2.675, '2.68', '2.68'],
  ])('%d is %s and %s', (value, en, zh) => {
    expect(formatNumber(value, { lang: 'en' })).toBe(en)
    expect(formatNumber(value, { lang: 'zh' })).toBe(zh)
  })

  it('rounds half away from zero, after dropping the noise of the last bits', () => {
    expect(formatNumber(1.005, { lang: 'en', digits: 2 })).toBe('1.01')
    expect(formatNumber(-1.005, { lang: 'en', digits: 2 })).toBe('-1.01')
    expect(formatNumber(0.1 + 0.2, { lang: 'en', digits: 1 })).toBe('0.3')
    expect(roundShown(0.1 + 0.2)).toBe(0.3)
    expect(formatNumber(2.4999999999999996, { lang: 'en', digits: 0 })).toBe('3')
  })

  it('never shows what two engines compute differently in the last bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), (units) => {
        const value = units / 1000
        for (const lang of ['en', 'zh'] as const)
          expect(formatNumber(value * (1 + 2 ** -52), { lang })).toBe(formatNumber(value, { lang }))
      }),
    )
  })

  it('refuses what is no number', () => {
    expect(() => formatNumber(Number.NaN, { lang: 'en' })).toThrow('Only finite numbers')
  })

  it('keeps all digits of a count', () => {
    expect(formatCount(20_134, 'zh')).toBe('20,134')
  })

  it('never writes minus zero', () => {
    expect(formatNumber(-0.0001, { lang: 'en', digits: 1 })).toBe('0.0')
  })
})

describe('Money, shares and units', () => {
  it.each([
    [{ amount: 1234.5, currency: 'CNY' }, '¥1,235', '1,235元'],
    [{ amount: 88.5, currency: 'CNY' }, '¥88.50', '88.50元'],
    [{ amount: '1234567.85', currency: 'CNY' }, '¥1,234,567.85', '1,234,567.85元'],
    [
      { amount: '12345678901234567.89', currency: 'CNY' },
      '¥12,345,678,901,234,567.89',
      '12,345,678,901,234,567.89元',
    ],
    [{ amount: 12_345_000, currency: 'CNY' }, '¥12.3 million', '1,234.5万元'],
    [{ amount: 320_000_000, currency: 'USD' }, '$320 million', '3.2亿美元'],
    [{ amount: -42, currency: 'USD' }, '-$42.00', '-42.00美元'],
    [{ amount: 500, currency: 'JPY' }, '¥500', '500日元'],
  ])('%o', (money, en, zh) => {
    expect(formatMoney(money, { lang: 'en' })).toBe(en)
    expect(formatMoney(money, { lang: 'zh' })).toBe(zh)
  })

  it('refuses an amount that is no decimal', () => {
    expect(() => formatMoney({ amount: '1e5', currency: 'CNY' }, { lang: 'en' })).toThrow('not a decimal')
  })

  it('writes shares in percent and differences of shares in points', () => {
    expect(formatPercent(0.12345, { lang: 'en' })).toBe('12.3%')
    expect(formatPercent(0.05, { lang: 'zh', signed: true })).toBe('+5.0%')
    expect(formatPoints(0.021, { lang: 'en' })).toBe('2.1 percentage points')
    expect(formatPoints(-0.021, { lang: 'zh' })).toBe('-2.1个百分点')
  })

  it.each([
    [0.09, '9 in 100', '每100人中有9人'],
    [0.0912, 'about 9 in 100', '每100人中约9人'],
    [0.0042, 'about 4 in 1,000', '每1,000人中约4人'],
    [0.00001, 'fewer than 1 in 10,000', '每10,000人中不到1人'],
    [0.999, 'almost all', '几乎所有人'],
    [0, '0 in 100', '每100人中有0人'],
  ])('a share of %d is %s, %s', (share, en, zh) => {
    expect(formatOdds(share, 'en')).toBe(en)
    expect(formatOdds(share, 'zh')).toBe(zh)
  })

  it('writes a value in the unit of its definition', () => {
    expect(formatUnit(0.25, { lang: 'en', unit: 'rate' })).toBe('25.0%')
    expect(formatUnit(45, { lang: 'zh', unit: 'days' })).toBe('45天')
    expect(formatUnit(1, { lang: 'en', unit: 'months' })).toBe('1 month')
    expect(formatUnit(12_345, { lang: 'zh', unit: 'count' })).toBe('12,345')
    expect(formatUnit(12_345, { lang: 'zh', unit: 'money', currency: 'CNY' })).toBe('1.2万元')
    expect(() => formatUnit(1, { lang: 'en', unit: 'money' })).toThrow('currency')
  })
})

describe('Days, times and phrases', () => {
  it('writes dates in both languages', () => {
    expect(formatDate('2026-03-05', 'zh')).toBe('2026年3月5日')
    expect(formatDate('2026-03-05', 'en')).toBe('5 March 2026')
    expect(formatMonth('2026-03', 'zh')).toBe('2026年3月')
    expect(formatPeriod('2026-03-01', '2026-04-05', 'zh')).toBe('2026年3月1日至2026年4月5日')
    expect(() => formatDate('2026-02-30', 'en')).toThrow('not a calendar day')
  })

  it('writes instants in the zone that is named', () => {
    const instant = '2026-03-05T22:30:00Z'
    expect(formatInstant(instant, { lang: 'zh', timeZone: 'Asia/Shanghai' })).toBe('2026年3月6日 06:30')
    expect(formatInstant(instant, { lang: 'en', timeZone: 'America/New_York' })).toBe('5 March 2026, 17:30')
  })

  it('writes durations', () => {
    expect(formatDays(1, 'en')).toBe('1 day')
    expect(formatDays(2.5, 'en')).toBe('2.5 days')
    expect(formatMonths(3, 'zh')).toBe('3个月')
    expect([0.42, 12, 65, 3600, 7805].map((seconds) => formatDuration(seconds, 'en'))).toEqual([
      '0.4 s',
      '12 s',
      '1 min 5 s',
      '1 h 0 min',
      '2 h 10 min',
    ])
    expect(formatDuration(65, 'zh')).toBe('1分5秒')
  })

  it('joins words and ends of intervals', () => {
    expect(joinWords(['a', 'b', 'c'], 'en')).toBe('a, b and c')
    expect(joinWords(['甲', '乙', '丙'], 'zh')).toBe('甲、乙和丙')
    const percent = (value: number) => formatPercent(value, { lang: 'zh' })
    expect(formatInterval(0.1, 0.2, 'zh', percent)).toBe('10.0%至20.0%')
    expect(formatInterval(0.1, Number.POSITIVE_INFINITY, 'zh', percent)).toBe('不低于10.0%')
  })

  it('fills sentences, and refuses one that lacks a figure', () => {
    const text = { en: '{n} customers, {share} of all.', zh: '共{n}位客户，占{share}。' }
    expect(say(text, 'zh', { n: '1,234', share: '5.0%' })).toBe('共1,234位客户，占5.0%。')
    expect(sayBoth(text, () => ({ n: '3', share: '1%' })).en).toBe('3 customers, 1% of all.')
    expect(() => say(text, 'en', { n: '3' })).toThrow('needs a value for share')
    expect(placeholders(text)).toEqual({ en: ['n', 'share'], zh: ['n', 'share'] })
  })
})
