import type { Language, Unit } from '@tranche/contract'
import { roundShown } from './decimal.ts'
import { formatDays, formatMonths, formatYears } from './duration.ts'
import { formatMoney } from './money.ts'
import { formatCount, formatNumber, formatPercent } from './number.ts'

export interface UnitWords {
  readonly lang: Language
  readonly unit: Unit
  /** ISO 4217; needed for money. */
  readonly currency?: string
  readonly digits?: number
}

/** A value in the unit of its definition. Throws RangeError for money without a currency. */
export function formatUnit(value: number, { lang, unit, currency, digits }: UnitWords): string {
  const places = digits === undefined ? {} : { digits }
  switch (unit) {
    case 'money':
      if (currency === undefined) throw new RangeError('Money needs a currency.')
      return formatMoney({ amount: value, currency }, { lang, ...places })
    case 'count':
      return Number.isInteger(roundShown(value))
        ? formatCount(value, lang)
        : formatNumber(value, { lang, ...places })
    case 'share':
    case 'rate':
      return formatPercent(value, { lang, ...places })
    case 'days':
      return formatDays(value, lang)
    case 'months':
      return formatMonths(value, lang)
    case 'years':
      return formatYears(value, lang)
    case 'score':
      return formatNumber(value, { lang, compact: false, ...places })
    case 'number':
    case 'none':
      return formatNumber(value, { lang, ...places })
  }
}
