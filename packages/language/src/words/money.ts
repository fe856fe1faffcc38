import type { Language } from '@tranche/contract'
import { shownDecimal } from './decimal.ts'
import { numberFormat } from './intl.ts'
import { scaleOf } from './scale.ts'

export interface Money {
  /** In whole currency units; exact decimal text where all digits must stay. */
  readonly amount: number | string
  /** ISO 4217. */
  readonly currency: string
}

export interface MoneyWords {
  readonly lang: Language
  /** Places after the point; by size when absent. */
  readonly digits?: number
  /** By 万 and 亿, million and billion; on for numbers, off for exact text. */
  readonly compact?: boolean
  readonly signed?: boolean
  /** How English names the currency: `¥12` or `CNY 12`. Chinese says its name after the amount. */
  readonly sign?: 'symbol' | 'code'
}

/** `¥12.3 million`, `¥1,234.50`; `1,234.5万元`, `1,234.50元`, `3.2亿美元`. */
export function formatMoney({ amount, currency }: Money, words: MoneyWords): string {
  const { lang, digits, signed } = words
  const exact = typeof amount === 'string'
  const compact = words.compact ?? !exact
  const size = Math.abs(Number(amount))
  const scale = compact ? scaleOf(size, lang, digits) : undefined
  const minor = minorDigits(currency)
  const places = digits ?? (scale ? 1 : exact || size < 1000 ? minor : 0)
  const decimal = exact ? exactDecimal(amount, scale?.power ?? 0) : shownDecimal(amount, -(scale?.power ?? 0))
  const number: Intl.NumberFormatOptions = {
    roundingMode: 'halfExpand',
    signDisplay: signed ? 'exceptZero' : 'negative',
    minimumFractionDigits: digits ?? (scale ? 0 : places),
    maximumFractionDigits: places,
  }
  if (lang === 'zh') {
    const text = numberFormat('zh-CN', number).format(decimal)
    return `${text}${scale?.word ?? ''}${currencyName(currency)}`
  }
  const text = numberFormat('en-US', {
    ...number,
    style: 'currency',
    currency,
    currencyDisplay: words.sign === 'code' ? 'code' : 'narrowSymbol',
  }).format(decimal)
  return scale ? `${text} ${scale.word}` : text
}

/** Places after the point of a currency's smallest unit: 2 for CNY, 0 for JPY. */
export function minorDigits(currency: string): number {
  const format = numberFormat('en-US', { style: 'currency', currency })
  return format.resolvedOptions().maximumFractionDigits ?? 2
}

function exactDecimal(text: string, power: number): Intl.StringNumericLiteral {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new RangeError(`"${text}" is not a decimal amount.`)
  return `${text}e${-power}` as Intl.StringNumericLiteral
}

function currencyName(currency: string): string {
  if (currency === 'CNY') return '元'
  return new Intl.DisplayNames('zh-CN', { type: 'currency' }).of(currency) ?? currency
}
