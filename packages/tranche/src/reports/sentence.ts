import type { Finding } from '@tranche/contract'
import { formatDate, joinWords, plural } from '@tranche/language'
import { conditionWords } from './condition-words.ts'
import { formatEnds, formatValue, type ReportWords } from './format-value.ts'

/** A piece of a sentence: words, or a number with the field of the finding that it shows. */
export type Part =
  | { readonly kind: 'words'; readonly text: string }
  | {
      readonly kind: 'number'
      readonly text: string
      readonly field: string
      readonly value: number
      readonly style: string
    }

const placeholder = /\{(\w+)(?:\|([^{}]+))?\}/g

/**
 * Fills a message with a finding. Placeholders are `{field|style}`: a field of the finding or of its values, and how
 * to write it (see `formatValue`; besides `words` that the finding brings in both languages, `level`, `measure`, `total`, `attribute`, `attributes`, `text`,
 * `sign:positive:negative`, `plural:one:many`, and `{interval|style}` for both ends in brackets; `|cap` begins a sentence).
 * Throws RangeError for a field that the finding doesn't have: better no sentence than one without its number.
 */
export function fillMessage(template: string, finding: Finding, words: ReportWords): readonly Part[] {
  const parts: Part[] = []
  let at = 0
  for (const match of template.matchAll(placeholder)) {
    if (match.index > at) parts.push({ kind: 'words', text: template.slice(at, match.index) })
    parts.push(...fillOne(match[1]!, match[2] ?? 'by_unit', finding, words))
    at = match.index + match[0].length
  }
  if (at < template.length) parts.push({ kind: 'words', text: template.slice(at) })
  return parts
}

export function plainText(parts: readonly Part[]): string {
  return parts.map(({ text }) => text).join('')
}

/** Value of a field of a finding, whichever part holds it. */
export function fieldOf(finding: Finding, field: string): string | number | null | undefined {
  const own = (finding as unknown as Record<string, unknown>)[field]
  if (typeof own === 'number' || typeof own === 'string') return own
  return finding.values[field]
}

function fillOne(field: string, spec: string, finding: Finding, words: ReportWords): readonly Part[] {
  const [style = 'by_unit', ...flags] = spec.split('|')
  if (field === 'interval') return intervalParts(style, finding, words)
  if (style === 'words') return [{ kind: 'words', text: wordsOf(field, finding, words) }]
  const value = fieldOf(finding, field)
  if (value === null || value === undefined)
    throw new RangeError(
      `The message ${finding.message} needs ${field}, which the finding ${finding.key} lacks.`,
    )
  const text = wordsFor(style, value, finding, words)
  if (text !== undefined) return [{ kind: 'words', text: flags.includes('cap') ? capital(text) : text }]
  if (typeof value !== 'number')
    throw new RangeError(
      `${field} of the finding ${finding.key} is no number and can't be written as ${style}.`,
    )
  return [{ kind: 'number', text: formatValue(value, style, finding.unit, words), field, value, style }]
}

/** Words that a finding brings along in both languages. */
function wordsOf(field: string, finding: Finding, { labels }: ReportWords): string {
  const text = finding.values[`${field}_${labels.lang}`]
  if (typeof text === 'string') return text
  throw new RangeError(`The message ${finding.message} needs the words ${field}, which ${finding.key} lacks.`)
}

function wordsFor(
  style: string,
  value: string | number,
  finding: Finding,
  { labels }: ReportWords,
): string | undefined {
  if (style.startsWith('sign:')) {
    const [, positive = '', negative = ''] = style.split(':')
    return Number(value) >= 0 ? positive : negative
  }
  if (style.startsWith('plural:')) {
    const [, one = '', many = ''] = style.split(':')
    return plural(Number(value), one, many)
  }
  switch (style) {
    case 'text':
      return String(value)
    case 'level':
      return quotedLevel(labels.level(String(finding.values['attribute'] ?? ''), String(value)), labels)
    case 'product':
      return labels.level('first_product', String(value))
    case 'day':
      return formatDate(String(value), labels.lang)
    case 'conditions':
      return conditionWords(String(value), labels)
    case 'measure':
      return labels.measure(String(value))
    case 'total':
      return labels.total(String(value))
    case 'attribute':
      return labels.attribute(String(value))
    case 'attributes':
      return joinWords(
        String(value)
          .split(' ')
          .map((name) => labels.attribute(name)),
        labels.lang,
      )
    default:
      return undefined
  }
}

/** In Chinese a bare 是, 否 or 6 would run into the words around it. */
function quotedLevel(level: string, { lang }: ReportWords['labels']): string {
  return lang === 'zh' && /^([是否]|[−-]?\d+(\.\d+)?)$/.test(level) ? `“${level}”` : level
}

function intervalParts(style: string, finding: Finding, words: ReportWords): readonly Part[] {
  const { low, high, unit } = finding
  if (low === null || high === null) return []
  const { lang } = words.labels
  const ends = formatEnds(low, high, style, unit, words)
  const [open, close] = lang === 'zh' ? ['（95%区间：', '）'] : [' (95% interval ', ')']
  return [
    { kind: 'words', text: open },
    { kind: 'number', text: ends, field: 'interval', value: low, style },
    { kind: 'words', text: close },
  ]
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
