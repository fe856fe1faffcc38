import { joinWords } from '@tranche/language'
import type { Labels } from './labels.ts'

/** Attributes whose levels are told without their name: women, South China. */
const sayThemselves = new Set(['gender', 'region_group', 'province', 'country', 'city', 'tier', 'activity'])

/** Conditions of a profile, as `conditionsText` of the insights writes them, in words: `women, South China and age 35 to 49`. */
export function conditionWords(text: string, labels: Labels): string {
  const conditions = JSON.parse(text) as readonly (readonly [attribute: string, level: string])[]
  return joinWords(
    conditions.map(([attribute, level]) => oneCondition(attribute, level, labels)),
    labels.lang,
  )
}

function oneCondition(attribute: string, level: string, labels: Labels): string {
  const zh = labels.lang === 'zh'
  const name = labels.attribute(attribute)
  const words = labels.level(attribute, level)
  if (sayThemselves.has(attribute)) return words
  if (attribute === 'age_years') return ageWords(level, zh)
  if (level === 'true' || level === 'false') return zh ? `${name}为“${words}”` : `${name}: ${words}`
  // A source's own name in Latin letters needs air before a number.
  const gap = zh && !/[a-z0-9]$/i.test(name) ? '' : ' '
  // "pay 0 1 and over" would run together.
  if (isBand.test(level))
    return /\d$/.test(name) ? `${name}${zh ? '：' : ': '}${words}` : `${name}${gap}${words}`
  return zh ? `${name}${gap}为“${words}”` : `${name} “${words}”`
}

const isBand = /^[<≥]?-?[\d.]+(?:[–~]-?[\d.]+)?$/

/** A band of ages as it stands in a list: `aged 35 to 49`, `35至49岁`. */
function ageWords(level: string, zh: boolean): string {
  const [from = '', to = ''] = level.split(/[–~]/)
  const age = level.slice(1)
  if (level.startsWith('<')) return zh ? `${age}岁以下` : `under ${age}`
  if (level.startsWith('≥')) return zh ? `${age}岁及以上` : `aged ${age} and over`
  if (to === '') return zh ? `${from}岁` : `aged ${from}`
  return zh ? `${from}至${to}岁` : `aged ${from} to ${to}`
}
