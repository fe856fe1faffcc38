import type { Language } from '@tranche/contract'
import { roundShown, shownDecimal } from './decimal.ts'

/** `45 days`, `1 day`, `2.5 days`; `45天`. */
export function formatDays(days: number, lang: Language): string {
  return counted(days, lang, 'day', '天')
}

/** `3 months`; `3个月`. */
export function formatMonths(months: number, lang: Language): string {
  return counted(months, lang, 'month', '个月')
}

/** `2 years`; `2年`. */
export function formatYears(years: number, lang: Language): string {
  return counted(years, lang, 'year', '年')
}

/** A time a program took: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`; `0.4秒`, `3分5秒`, `2小时10分`. */
export function formatDuration(seconds: number, lang: Language): string {
  const [h, min, s] = lang === 'zh' ? ['小时', '分', '秒'] : [' h', ' min', ' s']
  const gap = lang === 'zh' ? '' : ' '
  if (seconds < 9.95) return `${numberText(seconds, lang, 1)}${s}`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}${s}`
  if (whole < 3600) return `${Math.floor(whole / 60)}${min}${gap}${whole % 60}${s}`
  const minutes = Math.round(whole / 60)
  return `${numberText(Math.floor(minutes / 60), lang, 0)}${h}${gap}${minutes % 60}${min}`
}

function counted(value: number, lang: Language, en: string, zh: string): string {
  const text = numberText(value, lang, 1)
  if (lang === 'zh') return `${text}${zh}`
  return `${text} ${Math.abs(roundShown(value)) === 1 ? en : `${en}s`}`
}

function numberText(value: number, lang: Language, digits: number): string {
  return new Intl.NumberFormat(lang === 'zh' ? 'zh-CN' : 'en-US', {
    maximumFractionDigits: digits,
    roundingMode: 'halfExpand',
    signDisplay: 'negative',
  }).format(shownDecimal(value))
}
