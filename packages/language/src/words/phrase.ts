import type { Language } from '@tranche/contract'
import { formatCount } from './number.ts'

/** `a, b and c`; `a、b和c`. */
export function joinWords(items: readonly string[], lang: Language): string {
  const last = items.at(-1)
  if (last === undefined) return ''
  if (items.length === 1) return last
  const before = items.slice(0, -1)
  return lang === 'zh' ? `${before.join('、')}和${last}` : `${before.join(', ')} and ${last}`
}

/** `3 customers`, `1 customer`. English only: Chinese nouns don't change with number. */
export function plural(count: number, one: string, many: string): string {
  return Math.abs(count) === 1 ? one : many
}

/** `1 row`, `1,234 rows`. English only, as `plural`. */
export function counted(count: number, one: string, many: string): string {
  return `${formatCount(count, 'en')} ${plural(count, one, many)}`
}

/**
 * An interval in words: `1.2 to 3.4`, `1.2至3.4`; an end at infinity is open: `at least 1.2`, `不低于1.2`.
 * `each` writes one end, for instance `(value) => formatPercent(value, {lang})`.
 */
export function formatInterval(
  low: number,
  high: number,
  lang: Language,
  each: (value: number) => string,
): string {
  const openLow = low === Number.NEGATIVE_INFINITY
  const openHigh = high === Number.POSITIVE_INFINITY
  if (openLow && openHigh) return lang === 'zh' ? '任意值' : 'any value'
  if (openHigh) return lang === 'zh' ? `不低于${each(low)}` : `at least ${each(low)}`
  if (openLow) return lang === 'zh' ? `不高于${each(high)}` : `at most ${each(high)}`
  return `${each(low)}${lang === 'zh' ? '至' : ' to '}${each(high)}`
}
