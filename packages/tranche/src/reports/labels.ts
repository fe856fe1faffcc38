import type { Language, Text } from '@tranche/contract'
import { standardTables } from '@tranche/contract'
import { formatNumber } from '@tranche/language'
import { attributeWords, levelWords, measureWords, totalWords } from '@tranche/language/report'
import { findProvince, regionGroups } from '../insights/code-lists/china.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

/** What columns and their levels are called in one language. */
export interface Labels {
  readonly lang: Language
  /** In the middle of a sentence. */
  measure(column: string): string
  total(column: string): string
  attribute(column: string): string
  level(attribute: string, level: string): string
}

export type LabelSource = Pick<Catalogue, 'features' | 'metrics' | 'extras' | 'sources'>

export function createLabels(catalogue: LabelSource, lang: Language): Labels {
  const texts = new Map<string, Text>()
  for (const column of standardTables.find(({ name }) => name === 'customer_versions')?.columns ?? [])
    texts.set(column.name, column.label)
  for (const { key, label } of catalogue.extras.customer_versions ?? []) texts.set(key, label)
  for (const { key, value } of catalogue.features) texts.set(key, value.label)
  for (const { key, value } of catalogue.metrics) texts.set(`outcome_${key}`, value.label)
  const amounts = new Set([
    ...(catalogue.extras.customer_versions ?? [])
      .filter(({ unit }) => unit === 'money')
      .map(({ key }) => key),
    'income_annual',
  ])
  const own = lang === 'zh' ? chineseLevels(catalogue) : new Map<string, string>()
  const declared = (column: string): string => {
    const text = texts.get(column)?.[lang] ?? column.replaceAll('_', ' ')
    return lang === 'en' ? lowerFirst(text) : text
  }
  return {
    lang,
    measure: (column) =>
      measureWords[column]?.[lang] ??
      (amounts.has(column) ? meanOf(declared(column), lang) : declared(column)),
    total: (column) => totalWords[column]?.[lang] ?? declared(column),
    attribute: (column) =>
      (column === 'province' ? areaWords(catalogue, lang) : undefined) ??
      attributeWords[column]?.[lang] ??
      declared(column),
    level: (attribute, level) => levelLabel(attribute, level, lang, own),
  }
}

/** What an institution itself calls its areas where they are no provinces: regions, states. */
function areaWords({ sources }: LabelSource, lang: Language): string | undefined {
  const from = sources
    .flatMap(({ value }) => value.tables.filter(({ table }) => table === 'customer_versions'))
    .map(({ columns }) => columns['province']?.from ?? columns['province']?.lookup?.take)
    .find((name) => name !== undefined)
  return areas.find(({ pattern }) => from !== undefined && pattern.test(from))?.words[lang]
}

const areas: readonly { readonly pattern: RegExp; readonly words: Text }[] = [
  { pattern: /region/i, words: { en: 'region', zh: '地区' } },
  { pattern: /state/i, words: { en: 'state', zh: '州' } },
  { pattern: /county/i, words: { en: 'county', zh: '郡县' } },
]

/** Whether one charge or many charges, their mean is one. */
const meanOf = (name: string, lang: Language): string => (lang === 'zh' ? `平均${name}` : `mean of ${name}`)

/** A word that begins like an acronym (ATM, P2P) or is a source's own name (Total_Ct) keeps its capitals. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]*( |,|$)/.test(text) ? `${text[0]!.toLowerCase()}${text.slice(1)}` : text
}

function levelLabel(
  attribute: string,
  level: string,
  lang: Language,
  own: ReadonlyMap<string, string>,
): string {
  const known = levelWords[attribute]?.[level]?.[lang] ?? own.get(`${attribute}=${level}`)
  if (known) return known
  if (level === 'true') return lang === 'zh' ? '是' : 'yes'
  if (level === 'false') return lang === 'zh' ? '否' : 'no'
  const inBand = bandLabel(attribute, level, lang)
  if (inBand) return inBand
  if (attribute === 'province') {
    const province = findProvince(level)
    if (province) return lang === 'zh' ? province.short : province.en
  }
  if (attribute === 'region_group') return regionGroups.find(({ key }) => key === level)?.[lang] ?? level
  if (attribute === 'segment') {
    const at = level.indexOf('=')
    return at < 0 ? level : levelLabel(level.slice(0, at), level.slice(at + 1), lang, own)
  }
  if (/^-\d+(\.\d+)?$/.test(level)) return level.replace('-', '−')
  return isCode.test(level) ? level.replaceAll('_', ' ') : level
}

/** `free_coffee`: what programs write for "free coffee". */
const isCode = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/

/** What Chinese sources call the codes that they are mapped to: 免费咖啡 is mapped to free_coffee. */
function chineseLevels({ sources }: LabelSource): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { value } of sources)
    for (const mapping of value.tables.filter(({ table }) => table === 'customer_versions'))
      for (const [column, { codes = {} }] of Object.entries({ ...mapping.columns, ...mapping.extras }))
        for (const [word, code] of Object.entries(codes)) {
          const key = `${column}=${code}`
          if (/\p{Script=Han}/u.test(word) && !found.has(key)) found.set(key, word)
        }
  return found
}

/** Bands of a number as `byBands` names them: `<25`, `25–35` (the upper end not included), `25~34` (included), `≥35`. */
const band =
  /^(?:<(?<below>-?[\d.]+)|≥(?<from>-?[\d.]+)|(?<low>-?[\d.]+)–(?<high>-?[\d.]+)|(?<first>-?\d+)~(?<last>-?\d+))$/

function bandLabel(attribute: string, level: string, lang: Language): string | undefined {
  const found = band.exec(level)?.groups
  if (attribute === 'age_years' && level === 'other') return lang === 'zh' ? '其他年龄客户' : 'other ages'
  if (!found) return undefined
  const { below, from, low, high, first, last } = found
  const zh = lang === 'zh'
  if (attribute === 'age_years') {
    if (below) return zh ? `${below}岁以下客户` : `customers under ${below}`
    if (from) return zh ? `${from}岁及以上客户` : `customers aged ${from} and over`
    if (first) return zh ? `${first}至${last}岁客户` : `ages ${first} to ${last}`
    return zh ? `${low}至${high}岁客户` : `ages ${low} to ${high}`
  }
  const text = (number: string | undefined) => formatNumber(Number(number), { lang })
  if (below) return zh ? `${text(below)}以下` : `under ${text(below)}`
  if (from) return zh ? `${text(from)}及以上` : `${text(from)} and over`
  const [start, end] = first ? [first, last] : [low, high]
  return zh ? `${text(start)}至${text(end)}` : `${text(start)} to ${text(end)}`
}
