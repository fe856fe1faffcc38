import type { Finding } from '@tranche/contract'
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

/** A sentence in which every number names the finding and the field it comes from. */
export function sentenceHtml(parts: readonly Part[], finding: Finding): string {
  return parts
    .map((part) =>
      part.kind === 'words'
        ? escapeHtml(part.text)
        : `<data value="${shownOf(part, finding)}" data-finding="${escapeHtml(finding.key)}" data-field="${part.field}" data-style="${part.style}">${escapeHtml(part.text)}</data>`,
    )
    .join('')
}

function shownOf(part: Extract<Part, { kind: 'number' }>, finding: Finding): string {
  if (part.field === 'interval') return `${roundShown(finding.low!)} ${roundShown(finding.high!)}`
  return String(roundShown(part.value))
}
