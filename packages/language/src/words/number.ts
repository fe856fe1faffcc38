import type { Language } from '@tranche/contract'
import { roundShown, shownDecimal } from './decimal.ts'
import { numberFormat } from './intl.ts'
import { scaleOf } from './scale.ts'

export interface NumberWords {
  readonly lang: Language
  /** Places after the point; by size when absent. */
  readonly digits?: number
  /** Large numbers by 万 and 亿, million and billion; on unless switched off. */
  readonly compact?: boolean
  /** Writes + before what is above zero. */
  readonly signed?: boolean
}

/** `1,234`, `12.3 million`; `1,234`, `1,234.5万`, `3.2亿`. */
export function formatNumber(value: number, { lang, digits, compact = true, signed }: NumberWords): string {
  const scale = compact ? scaleOf(value, lang, digits) : undefined
  const places = digits ?? (scale ? 1 : placesOf(value))
  const text = format(lang, {
    minimumFractionDigits: digits ?? 0,
    maximumFractionDigits: places,
    signed,
  }).format(shownDecimal(value, scale ? -scale.power : 0))
  if (!scale) return text
  return lang === 'zh' ? `${text}${scale.word}` : `${text} ${scale.word}`
}

/** All digits of a whole number: `20,134`. */
export function formatCount(value: number, lang: Language): string {
  return formatNumber(value, { lang, digits: 0, compact: false })
}

export interface ShareWords {
  readonly lang: Language
  /** Places after the point; 1 unless said. */
  readonly digits?: number
  readonly signed?: boolean
}

/** `0.123` is `12.3%`. */
export function formatPercent(share: number, { lang, digits = 1, signed }: ShareWords): string {
  const text = format(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits, signed })
  return `${text.format(shownDecimal(share, 2))}%`
}

/** A difference of two shares: `2.1 percentage points`, `2.1个百分点`. */
export function formatPoints(difference: number, { lang, digits = 1, signed }: ShareWords): string {
  const text = format(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits, signed })
  const number = text.format(shownDecimal(difference, 2))
  if (lang === 'zh') return `${number}个百分点`
  return `${number} percentage ${Number(number) === 1 ? 'point' : 'points'}`
}

/** A share in people: `about 9 in 100`, `每100人中约9人`. The share is between 0 and 1. */
export function formatOdds(share: number, lang: Language): string {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`A share lies between 0 and 1, not at ${share}.`)
  const base = share === 0 || share >= 0.01 ? 100 : share >= 0.001 ? 1_000 : 10_000
  const people = Math.round(roundShown(share * base))
  const of = formatCount(base, lang)
  const exact = roundShown(share * base) === people
  if (people === 0 && !exact) return lang === 'zh' ? `每${of}人中不到1人` : `fewer than 1 in ${of}`
  if (people === base && !exact) return lang === 'zh' ? '几乎所有人' : 'almost all'
  if (lang === 'zh') return `每${of}人中${exact ? '有' : '约'}${people}人`
  return `${exact ? '' : 'about '}${people} in ${of}`
}

/** Places after the point that keep about three significant digits. */
function placesOf(value: number): number {
  const size = Math.abs(roundShown(value))
  if (size === 0 || size >= 100 || Number.isInteger(size)) return 0
  if (size >= 10) return 1
  if (size >= 1) return 2
  return Math.min(12, 2 - Math.floor(Math.log10(size)))
}

function format(
  lang: Language,
  options: Intl.NumberFormatOptions & { signed?: boolean | undefined },
): Intl.NumberFormat {
  const { signed, ...rest } = options
  return numberFormat(lang === 'zh' ? 'zh-CN' : 'en-US', {
    roundingMode: 'halfExpand',
    signDisplay: signed ? 'exceptZero' : 'negative',
    ...rest,
  })
}
