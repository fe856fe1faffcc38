import type { Text, Unit } from '@tranche/contract'
import { formatMoney, plural } from '@tranche/language'
import type { Cell } from '../engine/warehouse.ts'

/** A value in its unit, amounts in whole units of their currency. */
export function inUnit(value: Cell, unit: Unit, currency: string): Text {
  if (value === null) return { en: '—', zh: '—' }
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  switch (unit) {
    case 'money': {
      // Stored amounts are texts of decimals, computed ones doubles.
      const amount = plainDecimal(text)
      if (amount === undefined) return { en: text, zh: text }
      const words = (lang: 'en' | 'zh') => formatMoney({ amount, currency }, { lang })
      return { en: words('en'), zh: words('zh') }
    }
    case 'days':
      return { en: `${text} ${plural(Number(value), 'day', 'days')}`, zh: `${text} 天` }
    case 'months':
      return { en: `${text} ${plural(Number(value), 'month', 'months')}`, zh: `${text} 个月` }
    case 'years':
      return { en: `${text} ${plural(Number(value), 'year', 'years')}`, zh: `${text} 年` }
    default:
      return { en: text, zh: text }
  }
}

/** Without an exponent, which decimals don't have; undefined for what is no amount. */
function plainDecimal(text: string): string | undefined {
  const decimal = /e/i.test(text) ? Number(text).toFixed(4) : text
  return /^-?\d+(\.\d+)?$/.test(decimal) ? decimal : undefined
}
