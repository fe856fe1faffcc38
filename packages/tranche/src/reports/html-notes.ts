import type { Finding } from '@tranche/contract'
import { roundShown } from '@tranche/language'
import { pageWords } from '@tranche/language/report'
import { noteContent } from './document/note-facts.ts'
import type { Note, PageOptions, ReportDocument } from './document/report-document.ts'
import { escapeHtml, textHtml } from './html-text.ts'

/** The notes: opened one by one on a screen, printed as an appendix. */
export function notesHtml({ notes, options }: ReportDocument): string {
  if (notes.length === 0) return ''
  const { lang } = options.words.labels
  return `<section id="notes" class="notes"><h2>${escapeHtml(pageWords.notes[lang])}</h2><p>${escapeHtml(pageWords.notesLead[lang])}</p>${notes.map((note) => noteHtml(note, options)).join('')}</section>`
}

function noteHtml(note: Note, options: PageOptions): string {
  const { lang } = options.words.labels
  const { key, facts, sql } = noteContent(note, options)
  const owner = note.kind === 'finding' ? 'finding' : 'metric'
  const rows = facts.map(({ label, text, mark }) => {
    const style = mark && note.kind === 'finding' ? ` data-style="${mark.style}"` : ''
    const value = mark
      ? `<data value="${mark.value}" data-${owner}="${escapeHtml(key)}" data-field="${mark.field}"${style}>${escapeHtml(text)}</data>`
      : textHtml(text, lang)
    return `<dt>${escapeHtml(label)}</dt><dd>${value}</dd>`
  })
  const id = `note-${note.number}`
  const name = pageWords.note[lang].replace('{n}', String(note.number))
  return `<div id="${id}" popover class="note" role="dialog" aria-labelledby="${id}-name" data-block="note=${owner}:${escapeHtml(key)}"><p class="note-name" id="${id}-name">${escapeHtml(name)}</p><dl>${rows.join('')}</dl><pre lang="en" translate="no">${textHtml(sql, 'en')}</pre><button type="button" class="close" popovertarget="${id}" popovertargetaction="hide">${escapeHtml(pageWords.close[lang])}</button></div>`
}

/** All findings with their numbers, also those that the page passes over. */
export function allHtml(findings: readonly Finding[], { words }: PageOptions): string {
  const { lang } = words.labels
  const number = (finding: Finding, field: 'estimate' | 'low' | 'high' | 'p_adjusted' | 'n') => {
    const value = finding[field]
    return value === null
      ? '–'
      : `<data value="${roundShown(value)}" data-finding="${escapeHtml(finding.key)}" data-field="${field}" data-style="raw">${roundShown(Number(value.toPrecision(4)))}</data>`
  }
  const rows = findings
    .map(
      (finding) =>
        `<tr${finding.significant === false ? ' class="muted"' : ''}><td><code>${textHtml(finding.key, lang)}</code></td><td>${number(finding, 'estimate')}</td><td>${number(finding, 'low')}</td><td>${number(finding, 'high')}</td><td>${number(finding, 'n')}</td><td>${number(finding, 'p_adjusted')}</td></tr>`,
    )
    .join('')
  const heads = [
    pageWords.key,
    pageWords.estimate,
    pageWords.low,
    pageWords.high,
    pageWords.customersColumn,
    pageWords.pAdjusted,
  ]
  return `<section id="all"><h2>${escapeHtml(pageWords.all[lang])}</h2><details><summary>${escapeHtml(pageWords.showAll[lang])}</summary><div class="scroll" role="region" aria-label="${escapeHtml(pageWords.all[lang])}" tabindex="0"><table data-block="table=findings"><thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head[lang])}</th>`).join('')}</tr></thead><tbody>${rows}</tbody></table></div></details></section>`
}
