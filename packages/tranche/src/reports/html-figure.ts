import { roundShown } from '@tranche/language'
import { pageWords } from '@tranche/language/report'
import { drawFigure } from './charts/draw-figure.ts'
import type { DocumentFigure } from './document/report-document.ts'
import { figureTable, type TableCell } from './figure-table.ts'
import { statementHtml } from './html-statement.ts'
import { escapeHtml, textHtml } from './html-text.ts'
import { plainText } from './sentence.ts'

/** Width at which figures are drawn for a phone, in pixels. */
export const phoneWidth = 350

/** A numbered figure: the finding as its title, what is measured, the picture twice (desk and phone), its table. */
export function figureHtml(item: DocumentFigure): string {
  const { data, number, caption, parts, picture } = item
  const { lang } = data.words.labels
  const { title, notes } = statementHtml(item, lang, 'title')
  const name = `${pageWords.figure[lang]}${lang === 'zh' ? '' : ' '}${number}`
  const space = lang === 'zh' ? '　' : '. '
  return `<figure id="figure-${number}" data-block="figure=${escapeHtml(data.figure.figure)}"><figcaption>${title}<p class="sub">${textHtml(`${name}${space}${caption}`, lang)}</p></figcaption><div role="img" aria-label="${escapeHtml(plainText(parts))}"><div class="wide">${picture.join('')}</div><div class="narrow">${drawFigure(data, phoneWidth).join('')}</div></div><p class="source">${escapeHtml(pageWords.source[lang])}</p>${notes}${tableHtml(item, name)}</figure>`
}

function tableHtml({ data }: DocumentFigure, name: string): string {
  const { lang } = data.words.labels
  const { columns, rows, keys } = figureTable(data)
  const cell = (item: TableCell): string =>
    item.kind === 'words'
      ? `<td class="words">${textHtml(item.text, lang)}</td>`
      : `<td><data value="${roundShown(item.value)}" data-figure="${escapeHtml(data.figure.figure)}" data-point="${item.position}" data-field="${item.field}">${escapeHtml(item.text)}</data></td>`
  const title = lang === 'zh' ? `${name}${pageWords.table.zh}` : `${pageWords.table.en} of ${name}`
  return `<details class="numbers"><summary>${escapeHtml(pageWords.table[lang])}</summary><div class="scroll" role="region" aria-label="${escapeHtml(title)}" tabindex="0"><table><thead><tr>${columns.map((column, index) => `<th scope="col"${index < keys ? ' class="words"' : ''}>${textHtml(column, lang)}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</tbody></table></div></details>`
}
