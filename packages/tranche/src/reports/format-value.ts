import type { Unit } from '@tranche/contract'
import {
  formatCount,
  formatInterval,
  formatMoney,
  formatMonths,
  formatNumber,
  formatPercent,
  formatPoints,
  formatUnit,
  roundShown,
} from '@tranche/language'
import type { Labels } from './labels.ts'

export interface ReportWords {
  readonly labels: Labels
  /** ISO 4217. */
  readonly currency: string
  /** IANA zone in which periods end; UTC where it does not matter. */
  readonly timeZone?: string
  /** By million and 万, or all whole digits; short unless said. */
  readonly amounts?: 'short' | 'full'
  /** How English names the currency; by its sign unless said. */
  readonly currencySign?: 'symbol' | 'code'
}

/** How a number is written; `by_unit` follows the finding's unit, `abs_` and `signed_` say what becomes of its sign. */
export type NumberStyle = string

/** Writes a number in a style of the message catalogue. Throws RangeError for a style that is none. */
export function formatValue(value: number, style: NumberStyle, unit: Unit, words: ReportWords): string {
  const { lang } = words.labels
  if (style.startsWith('abs_')) return formatValue(Math.abs(value), style.slice(4), unit, words)
  if (style.startsWith('signed_')) {
    const text = formatValue(Math.abs(value), style.slice(7), unit, words)
    // What rounds to nothing has no sign.
    if (text === formatValue(0, style.slice(7), unit, words)) return text
    return `${value > 0 ? '+' : '−'}${text}`
  }
  switch (style) {
    case 'by_unit':
      return byUnit(value, unit, words)
    case 'difference':
      return unit === 'share' || unit === 'rate' ? formatPoints(value, { lang }) : byUnit(value, unit, words)
    case 'share':
      return formatPercent(value, { lang })
    case 'points':
      return formatPoints(value, { lang })
    case 'money':
      return moneyText(value, words)
    case 'count':
      return formatCount(value, lang)
    case 'about':
      return formatCount(Number(value.toPrecision(2)), lang)
    case 'ratio':
      return formatNumber(value, { lang, digits: value < 10 ? 2 : 1, compact: false })
    case 'coefficient':
      return formatNumber(value, { lang, digits: 2, compact: false })
    case 'raw':
      return String(roundShown(Number(value.toPrecision(4))))
    case 'months_about':
      return formatMonths(Math.max(1, Math.ceil(value)), lang)
    case 'months':
      return formatMonths(value, lang)
    default:
      throw new RangeError(`There is no way to write a number called "${style}".`)
  }
}

function byUnit(value: number, unit: Unit, words: ReportWords): string {
  if (unit === 'money') return moneyText(value, words)
  return formatUnit(value, { lang: words.labels.lang, unit, currency: words.currency })
}

function moneyText(
  amount: number,
  { labels: { lang }, currency, amounts, currencySign }: ReportWords,
): string {
  return formatMoney(
    { amount, currency },
    { lang, compact: amounts !== 'full', ...(currencySign === 'code' ? { sign: 'code' } : {}) },
  )
}

/** Both ends of an interval in one style: `11.1% to 12.3%`. */
export function formatEnds(
  low: number,
  high: number,
  style: NumberStyle,
  unit: Unit,
  words: ReportWords,
): string {
  const { lang } = words.labels
  if (style.startsWith('abs_')) {
    const inner = style.slice(4)
    if (high < 0) return formatEnds(-high, -low, inner, unit, words)
    // An interval around zero has no absolute form: its signs say that the direction is open.
    return formatEnds(low, high, low < 0 ? `signed_${inner}` : inner, unit, words)
  }
  if (isPoints(style, unit)) return pointEnds(low, high, style, words)
  return formatInterval(low, high, lang, (value) => formatValue(value, style, unit, words))
}

function isPoints(style: NumberStyle, unit: Unit): boolean {
  const inner = style.replace(/^signed_/, '')
  return inner === 'points' || (inner === 'difference' && (unit === 'share' || unit === 'rate'))
}

/** The unit once, after both ends: `10.2 to 13.0 percentage points`. */
function pointEnds(low: number, high: number, style: NumberStyle, { labels: { lang } }: ReportWords): string {
  const bare = (value: number) => {
    const text = formatPercent(Math.abs(value), { lang }).replace('%', '')
    const sign = value < 0 ? '−' : style.startsWith('signed_') && value > 0 ? '+' : ''
    return `${sign}${text}`
  }
  return `${formatInterval(low, high, lang, bare)}${lang === 'zh' ? '个百分点' : ' percentage points'}`
}
