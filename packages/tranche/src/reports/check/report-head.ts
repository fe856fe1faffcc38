import type { Audience, Language } from '@tranche/contract'
import { unescapeHtml } from '../html-text.ts'

/** What a report says of itself. */
export interface ReportHead {
  readonly format: 'html' | 'md'
  readonly lang: Language
  readonly run: string
  readonly audience: Audience
  /** Folder of its figures, as its links name it. */
  readonly figures: string
}

const patterns = {
  html: /<meta name="tranche-report" content="([^"]*)">/,
  md: /^<!-- tranche-report (.*) -->$/m,
} as const

/** Reads of which run, in which language and for whom a report is; undefined for what is no report of Tranche's. */
export function readHead(text: string): ReportHead | undefined {
  for (const format of ['html', 'md'] as const) {
    const content = patterns[format].exec(text)?.[1]
    if (content === undefined) continue
    const fields = Object.fromEntries(
      unescapeHtml(content)
        .split(' ')
        .map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
    )
    const { lang, run = '', audience, figures = '' } = fields
    if (lang !== 'en' && lang !== 'zh') return undefined
    if (!audiences.includes(audience as Audience)) return undefined
    return { format, lang, run, audience: audience as Audience, figures: decodeURI(figures) }
  }
  return undefined
}

const audiences: readonly Audience[] = ['leadership', 'marketing', 'risk', 'compliance']
