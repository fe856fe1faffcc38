import type { Finding, Language } from '@tranche/contract'
import { roundShown } from '@tranche/language'
import type { Part } from './sentence.ts'

/** Text as HTML: nothing of it is markup, whatever a source wrote. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

export function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

const han = /[\p{Script=Han}]+(?:[\p{Script=Han}\d（）、·]*[\p{Script=Han}）])?/gu

/** Text as HTML in which Chinese words of an English page say that they are Chinese. */
export function textHtml(text: string, lang: Language): string {
  const escaped = escapeHtml(text)
  return lang === 'zh' ? escaped : escaped.replace(han, '<bdi lang="zh-CN">$&</bdi>')
}

/** A sentence in which every number names the finding and the field it comes from. */
export function sentenceHtml(parts: readonly Part[], finding: Finding, lang: Language): string {
  return parts
    .map((part) =>
      part.kind === 'words'
        ? textHtml(part.text, lang)
        : `<data value="${shownOf(part, finding)}" data-finding="${escapeHtml(finding.key)}" data-field="${part.field}" data-style="${part.style}">${escapeHtml(part.text)}</data>`,
    )
    .join('')
}

function shownOf(part: Extract<Part, { kind: 'number' }>, finding: Finding): string {
  if (part.field === 'interval') return `${roundShown(finding.low!)} ${roundShown(finding.high!)}`
  return String(roundShown(part.value))
}
