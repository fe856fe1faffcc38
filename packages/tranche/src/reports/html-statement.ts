import type { Language } from '@tranche/contract'
import { formatCount } from '@tranche/language'
import { pageWords } from '@tranche/language/report'
import type { Statement } from './document/report-document.ts'
import { escapeHtml, sentenceHtml, textHtml } from './html-text.ts'

/** A sentence with the mark that opens its numbers, and what stands under it. */
export function statementHtml(
  statement: Statement,
  lang: Language,
  role?: 'title',
): { readonly title: string; readonly notes: string } {
  const { assumption } = statement
  return {
    title: `<p${role ? ` class="${role}"` : ''} ${sentenceAttribute(statement)}>${markedSentence(statement, lang)}</p>`,
    notes: `${assumption ? `<p class="assumed">${escapeHtml(assumption)}</p>` : ''}${membersHtml(statement, lang)}`,
  }
}

export function sentenceAttribute({ finding }: Statement): string {
  return `data-sentence="${escapeHtml(finding.key)}"`
}

export function markedSentence({ finding, parts, note }: Statement, lang: Language): string {
  const last = parts.at(-1)
  if (last?.kind !== 'words') return `${sentenceHtml(parts, finding, lang)}${markHtml(note, lang)}`
  // The mark never stands alone at the beginning of a line.
  const at = Math.max(last.text.lastIndexOf(' ') + 1, last.text.length - longestEnd[lang])
  const before = [...parts.slice(0, -1), { ...last, text: last.text.slice(0, at) }]
  const end = `<span class="end">${textHtml(last.text.slice(at), lang)}${markHtml(note, lang)}</span>`
  return `${sentenceHtml(before, finding, lang)}${end}`
}

/** Characters that are kept together with the mark, where no space comes before. */
const longestEnd = { en: 12, zh: 4 } as const

/** The mark of a sentence: a button that opens its note, and in print the note's number. */
export function markHtml(note: number, lang: Language): string {
  return `<button type="button" class="mark" popovertarget="note-${note}" aria-label="${escapeHtml(pageWords.openNote[lang].replace('{n}', String(note)))}">${note}</button>`
}

function membersHtml({ finding, members }: Statement, lang: Language): string {
  if (members === undefined) return ''
  const number = `<data value="${members.n}" data-finding="${escapeHtml(finding.key)}" data-field="members_n" data-style="count">${formatCount(members.n, lang)}</data>`
  return `<p class="members">${escapeHtml(pageWords.members[lang]).replace('{n}', number)}<code>${textHtml(members.command, lang)}</code></p>`
}
