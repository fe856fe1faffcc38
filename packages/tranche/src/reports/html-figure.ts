import type { Figure, Finding } from '@tranche/contract'
import { formatCount, formatDate, roundShown } from '@tranche/language'
import { provincesAsOf } from '../insights/code-lists/china.ts'
import { drawFigure } from './charts/draw-figure.ts'
import type { FigureData } from './charts/figure-data.ts'
import { figureTable, type TableCell } from './figure-table.ts'
import { sentenceOf } from './findings-text.ts'
import type { ReportWords } from './format-value.ts'
import { escapeHtml, sentenceHtml } from './html-text.ts'
import { pageWords } from './page-words.ts'
import { plainText } from './sentence.ts'

const wide = 760
const narrow = 350

/** A numbered figure: the finding as its title, what is measured, the picture twice (desk and phone), its table. */
export function figureHtml(data: FigureData, number: number, after: string): string {
  const { figure, finding, words } = data
  const { lang } = words.labels
  const parts = sentenceOf(finding, words)
  const pictures = [wide, narrow].map((width) => drawFigure(data, width).join(''))
  if (pictures[0] === '') return ''
  const name = `${pageWords.figure[lang]}${lang === 'zh' ? '' : ' '}${number}`
  return `<figure id="${escapeHtml(`figure-${number}`)}"><figcaption><p class="title" data-sentence="${escapeHtml(finding.key)}">${sentenceHtml(parts, finding)}</p><p class="sub">${escapeHtml(`${name}${lang === 'zh' ? '　' : '. '}${subtitle(figure, finding, words)}`)}</p></figcaption><div role="img" aria-label="${escapeHtml(plainText(parts))}"><div class="wide">${pictures[0]}</div><div class="narrow">${pictures[1]}</div></div><p class="source">${escapeHtml(pageWords.source[lang])}</p>${after}${tableHtml(data)}</figure>`
}

/** What is measured, over what, in which period, on how many customers. */
export function subtitle(figure: Figure, finding: Finding, { labels }: ReportWords): string {
  const { lang } = labels
  const measure = labels.measure(figure.metric)
  const over = labels.attribute(figure.attribute)
  const n = formatCount(figure.n, lang)
  const interval = figure.kind === 'dots' || figure.kind === 'curve' || figure.kind === 'tiles'
  if (lang === 'zh')
    return `${figure.kind === 'density' ? `${measure}与${over}（对数坐标，颜色越深客户越多）` : `${measure}，按${over}`}；n = ${n}${interval ? '；线段或阴影为95%区间' : ''}${period(finding, lang)}${figure.kind === 'tiles' ? `；省份名录截至${formatDate(provincesAsOf, lang)}` : ''}`
  const asOf = figure.kind === 'tiles' ? `; provinces as of ${formatDate(provincesAsOf, lang)}` : ''
  const what =
    figure.kind === 'density'
      ? `${capital(measure)} against ${over}, logarithmic, darker where there are more customers`
      : `${capital(measure)} by ${over}`
  return `${what}; n = ${n}${interval ? '; lines and bands are 95% intervals' : ''}${period(finding, lang)}${asOf}`
}

function period({ period_start, as_of }: Finding, lang: 'en' | 'zh'): string {
  if (period_start === null) return ''
  const days = Math.round((Date.parse(as_of) - Date.parse(period_start)) / 86_400_000)
  return lang === 'zh' ? `；近${days}天` : `; last ${days} days`
}

function tableHtml(data: FigureData): string {
  const { lang } = data.words.labels
  const { columns, rows } = figureTable(data)
  const cell = (item: TableCell): string =>
    item.kind === 'words'
      ? `<td class="words">${escapeHtml(item.text)}</td>`
      : `<td><data value="${roundShown(item.value)}" data-figure="${escapeHtml(data.figure.figure)}" data-point="${item.position}" data-field="${item.field}">${escapeHtml(item.text)}</data></td>`
  return `<details><summary>${escapeHtml(pageWords.table[lang])}</summary><div class="scroll" tabindex="0"><table><thead><tr>${columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</tbody></table></div></details>`
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
