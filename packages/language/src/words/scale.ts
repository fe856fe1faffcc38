import type { Language } from '@tranche/contract'
import { roundShown, shownDecimal } from './decimal.ts'
import { numberFormat } from './intl.ts'

/** A power of ten that a language has a word for. */
export interface Scale {
  readonly power: number
  readonly word: string
}

/** The largest scale that the number, as it will be shown, reaches. */
export function scaleOf(value: number, lang: Language, digits = 1): Scale | undefined {
  const size = Math.abs(roundShown(value))
  return scales[lang].find((scale, index) => {
    if (size >= 10 ** scale.power) return true
    // 99,999,999 shown in 万 would be 10,000万.
    const below = scales[lang][index + 1]
    if (!below || size < 10 ** below.power) return false
    const shown = numberFormat('en-US', {
      maximumFractionDigits: digits,
      useGrouping: false,
      roundingMode: 'halfExpand',
    })
    return Number(shown.format(shownDecimal(size, -below.power))) >= 10 ** (scale.power - below.power)
  })
}

const scales: Readonly<Record<Language, readonly Scale[]>> = {
  en: [
    { power: 12, word: 'trillion' },
    { power: 9, word: 'billion' },
    { power: 6, word: 'million' },
  ],
  zh: [
    { power: 12, word: '万亿' },
    { power: 8, word: '亿' },
    { power: 4, word: '万' },
  ],
}
