import type { Language, Text } from '@tranche/contract'
import { formatCount } from '@tranche/language'

/** Beside a count of members: of how many others a missing value leaves it open. */
export function unknownWords(unknown: number, lang: Language): Text {
  if (unknown === 0) return { en: 'it is known of everybody', zh: '全部客户均可判断' }
  const count = formatCount(unknown, lang)
  return { en: `of ${count} more it is not known`, zh: `另有 ${count} 位无法判断` }
}
