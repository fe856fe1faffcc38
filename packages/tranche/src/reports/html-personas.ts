import { pageWords } from '@tranche/language/report'
import type { ReportDocument } from './document/report-document.ts'
import { escapeHtml, textHtml } from './html-text.ts'

/** The cards of tiers and groups; each is one page in print. */
export function personasHtml({ personas, options }: ReportDocument): string {
  if (personas.length === 0) return ''
  const { lang } = options.words.labels
  const cards = personas.map(({ key, name, size, parts, members }) => {
    const blocks = parts.map(
      ({ title, lines }) =>
        `<div><h4>${escapeHtml(title)}</h4><ul>${lines.map((line) => `<li>${textHtml(line, lang)}</li>`).join('')}</ul></div>`,
    )
    return `<article class="persona" data-block="persona=${escapeHtml(key)}"><h3>${textHtml(name, lang)}</h3><p class="meta">${escapeHtml(size)}</p><div class="persona-parts">${blocks.join('')}</div><p class="members">${escapeHtml(pageWords.exportThem[lang])}<code>${textHtml(members, lang)}</code></p></article>`
  })
  return `<section id="personas"><h2>${escapeHtml(pageWords.personas[lang])}</h2><p>${escapeHtml(pageWords.personasLead[lang])}</p>${cards.join('')}</section>`
}
