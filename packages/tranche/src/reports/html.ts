import type { Finding } from '@tranche/contract'
import { roundShown } from '@tranche/language'
import { methodWords, pageWords, sectionWords } from '@tranche/language/report'
import type {
  DocumentSection,
  HeadlineRow,
  PageOptions,
  ReportDocument,
  Statement,
} from './document/report-document.ts'
import { isFigure } from './document/report-document.ts'
import { figureHtml } from './html-figure.ts'
import { allHtml, notesHtml } from './html-notes.ts'
import { personasHtml } from './html-personas.ts'
import { markedSentence, markHtml, sentenceAttribute, statementHtml } from './html-statement.ts'
import { pageStyle } from './html-style.ts'
import { escapeHtml, textHtml } from './html-text.ts'
import type { Change } from './metric-rows.ts'

/** The report as one HTML file that asks for nothing from outside. */
export function htmlReport(document: ReportDocument): string {
  const { options } = document
  const { data, words, manifest, policy, logo } = options
  const { lang } = words.labels
  const title = escapeHtml(document.title)
  const mark = logo ? `<img class="logo" src="${logo}" alt="">` : ''
  return `<!doctype html>
<html lang="${lang === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="tranche-report" content="run=${escapeHtml(manifest.run ?? '')} lang=${lang} audience=${policy.audience}"><title>${title}</title><style>${pageStyle(policy.look)}</style></head>
<body class="for-${policy.audience}"><a class="skip" href="#main">${escapeHtml(pageWords.skip[lang])}</a><div class="page"><header>${mark}<p class="meta">${textHtml(document.meta, lang)}</p><h1>${textHtml(document.title, lang)}</h1></header>
<main id="main"><div class="first-page">${summaryHtml(document)}${headlineHtml(document)}</div>${contentsHtml(document)}
${document.sections.map((section) => sectionHtml(section, document)).join('\n')}${personasHtml(document)}${unprovenHtml(document)}${methodHtml(document)}${definitionsHtml(document)}${limitsHtml(document)}${signOffsHtml(document)}${notesHtml(document)}${allHtml(data.findings, options)}</main>
<footer>Tranche ${escapeHtml(manifest.version)} · ${textHtml(document.meta, lang)}</footer></div></body></html>
`
}

function summaryHtml(document: ReportDocument): string {
  const { summary, sections, options } = document
  const { lang } = options.words.labels
  const items = summary
    .map(
      (statement) =>
        `<li><p ${sentenceAttribute(statement)}>${markedSentence(statement, lang)}</p> <a href="#${statement.finding.section}">${escapeHtml(sections.find(({ section }) => section === statement.finding.section)?.title ?? statement.finding.section)}</a></li>`,
    )
    .join('')
  return `<section class="summary"><h2>${escapeHtml(pageWords.summary[lang])}</h2>${summary.length === 0 ? `<p>${escapeHtml(document.emptySummary)}</p>` : `<ol class="lead">${items}</ol>`}</section>`
}

function headlineHtml({ headline, options }: ReportDocument): string {
  if (headline === undefined) return ''
  const { lang } = options.words.labels
  const { caption, hasChange, rows } = headline
  const heads = [
    pageWords.metric,
    pageWords.value,
    ...(hasChange ? [pageWords.previousPeriod, pageWords.previousYear] : []),
    pageWords.customersColumn,
  ]
  const name = lang === 'zh' ? `${pageWords.tableName.zh}1　` : `${pageWords.tableName.en} 1. `
  return `<section id="headline"><h2>${escapeHtml(pageWords.headline[lang])}</h2><div class="scroll headline" role="region" aria-label="${escapeHtml(pageWords.headline[lang])}" tabindex="0"><table data-block="table=headline"><caption>${escapeHtml(`${name}${caption}`)}</caption><thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head[lang])}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => headlineRow(row, hasChange, options)).join('')}</tbody></table></div></section>`
}

function headlineRow(row: HeadlineRow, hasChange: boolean, { words }: PageOptions): string {
  const { lang } = words.labels
  const { metric } = row
  const number = (value: number, field: string, text: string) =>
    `<data value="${roundShown(value)}" data-metric="${escapeHtml(metric.key)}" data-field="${field}">${escapeHtml(text)}</data>`
  const change = (field: 'previousPeriod' | 'previousYear', found: Change | null) =>
    found
      ? `<td class="${found.judgement}">${number(metric[field]!, field, found.text)}</td>`
      : '<td class="muted">–</td>'
  const changes = hasChange
    ? change('previousPeriod', row.previousPeriod) + change('previousYear', row.previousYear)
    : ''
  return `<tr><th scope="row">${textHtml(metric.label[lang], lang)}${markHtml(row.note, lang)}</th><td>${number(metric.value!, 'value', row.value)}</td>${changes}<td class="muted">${number(metric.n, 'n', countText(metric.n, lang))}</td></tr>`
}

function countText(n: number, lang: 'en' | 'zh'): string {
  return new Intl.NumberFormat(lang === 'zh' ? 'zh-CN' : 'en-US').format(n)
}

function contentsHtml({ sections, personas, options }: ReportDocument): string {
  const { lang } = options.words.labels
  const links = [
    ...sections.map(({ section, title }) => [section, title] as const),
    ...(personas.length > 0 ? [['personas', pageWords.personas[lang]] as const] : []),
    ['method', pageWords.method[lang]] as const,
  ]
  return `<nav aria-label="${escapeHtml(pageWords.contents[lang])}"><ul>${links.map(([id, title]) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`).join('')}</ul></nav>`
}

function sectionHtml({ section, title, items }: DocumentSection, { options }: ReportDocument): string {
  const { lang } = options.words.labels
  let html = ''
  let open = false
  for (const item of items) {
    if (isFigure(item)) {
      html += `${open ? '</div>' : ''}${figureHtml(item)}`
      open = false
    } else {
      html += `${open ? '' : `<div class="findings${section === 'recommendations' ? ' one' : ''}">`}${findingHtml(item, lang)}`
      open = true
    }
  }
  return `<section id="${section}"><h2>${escapeHtml(title)}</h2>${html}${open ? '</div>' : ''}</section>`
}

function findingHtml(statement: Statement, lang: 'en' | 'zh'): string {
  const { title, notes } = statementHtml(statement, lang)
  return `<div class="finding${weightOf(statement.finding)}">${title}${notes}</div>`
}

/** A recommendation stands out from what led to it and from what it assumes. */
function weightOf({ message }: Finding): string {
  if (/^recommendations\.(?:made|allowed_version|stopped)/.test(message)) return ' main'
  return message === 'recommendations.assumed' ? ' aside' : ''
}

function listed(statements: readonly Statement[], lang: 'en' | 'zh'): string {
  return `<ul class="unproven">${statements.map((statement) => `<li ${sentenceAttribute(statement)}>${markedSentence(statement, lang)}</li>`).join('')}</ul>`
}

function unprovenHtml({ unproven, unprovenMore, options }: ReportDocument): string {
  if (unproven.length === 0) return ''
  const { lang } = options.words.labels
  const more =
    unprovenMore > 0
      ? `<p class="meta">${escapeHtml(pageWords.unprovenMore[lang].replace('{n}', countText(unprovenMore, lang)))}</p>`
      : ''
  return `<section id="unproven"><h2>${escapeHtml(pageWords.unproven[lang])}</h2><p>${escapeHtml(pageWords.unprovenLead[lang])}</p>${listed(unproven, lang)}${more}</section>`
}

function limitsHtml({ limits, options }: ReportDocument): string {
  if (limits.length === 0) return ''
  const { lang } = options.words.labels
  return `<section id="limits"><h2>${escapeHtml(sectionWords['limits']![lang])}</h2>${listed(limits, lang)}</section>`
}

function methodHtml({ options }: ReportDocument): string {
  const { lang } = options.words.labels
  return `<section id="method"><h2>${escapeHtml(pageWords.method[lang])}</h2>${methodWords.map((text) => `<p>${escapeHtml(text[lang])}</p>`).join('')}</section>`
}

function definitionsHtml({ definitions, headline, options }: ReportDocument): string {
  if (definitions.length === 0) return ''
  const { lang } = options.words.labels
  const number = headline === undefined ? 1 : 2
  const name =
    lang === 'zh' ? `${pageWords.tableName.zh}${number}　` : `${pageWords.tableName.en} ${number}. `
  const heads = [pageWords.definition, pageWords.key, pageWords.place, pageWords.hash]
  const rows = definitions.map(
    ({ label, key, place, hash }) =>
      `<tr><th scope="row">${textHtml(label, lang)}</th><td class="words"><code>${escapeHtml(key)}</code></td><td class="words"><code>${escapeHtml(place)}</code></td><td class="words"><code>${escapeHtml(hash)}</code></td></tr>`,
  )
  return `<section id="definitions"><h2>${escapeHtml(pageWords.definitions[lang])}</h2><div class="scroll" role="region" aria-label="${escapeHtml(pageWords.definitions[lang])}" tabindex="0"><table data-block="table=definitions"><caption>${escapeHtml(`${name}${pageWords.definitionsCaption[lang]}`)}</caption><thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head[lang])}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`
}

function signOffsHtml({ signOffs, options }: ReportDocument): string {
  const { lang } = options.words.labels
  const heads = [pageWords.role, pageWords.name, pageWords.signature, pageWords.date]
  const rows = signOffs.map(
    ({ role, name }) =>
      `<tr><th scope="row">${textHtml(role, lang)}</th><td class="words">${textHtml(name, lang)}</td><td></td><td></td></tr>`,
  )
  return `<section id="sign-offs"><h2>${escapeHtml(pageWords.signOffs[lang])}</h2><div class="scroll" role="region" aria-label="${escapeHtml(pageWords.signOffs[lang])}" tabindex="0"><table class="sign-offs"><thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head[lang])}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`
}
