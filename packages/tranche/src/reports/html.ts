import type { Finding, Manifest } from '@tranche/contract'
import { formatCount, formatInstant, roundShown } from '@tranche/language'
import type { Catalogue } from '../workspace/catalogue.ts'
import type { FigureData } from './charts/figure-data.ts'
import { assumptionOf, sentenceOf } from './findings-text.ts'
import type { ReportWords } from './format-value.ts'
import { figureHtml } from './html-figure.ts'
import { pageStyle } from './html-style.ts'
import { escapeHtml, sentenceHtml } from './html-text.ts'
import { changeOf, mayPrint, metricValueText } from './metric-rows.ts'
import { methodWords, pageWords } from './page-words.ts'
import type { HeadlineMetric, ReportData } from './report-data.ts'
import type { ReportModel, ReportSection } from './report-model.ts'
import { sectionWords } from './words.ts'

export interface PageOptions {
  readonly data: ReportData
  readonly model: ReportModel
  readonly words: ReportWords
  readonly catalogue: Pick<Catalogue, 'metrics' | 'workspace'>
  readonly manifest: Pick<Manifest, 'asOf' | 'snapshot' | 'version'>
}

/** The report as one HTML file that asks for nothing from outside. */
export function htmlReport(options: PageOptions): string {
  const { data, model, words, catalogue } = options
  const { lang } = words.labels
  const name = catalogue.workspace.name[lang]
  const title = lang === 'zh' ? `${name}${pageWords.title.zh}` : `${pageWords.title.en}: ${name}`
  const numbers = { next: 1 }
  const sections = model.sections.map((section) => sectionHtml(section, options, numbers)).join('')
  return `<!doctype html>
<html lang="${lang === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${pageStyle}</style></head>
<body><div class="page"><header><p class="meta">${escapeHtml(metaLine(options))}</p><h1>${escapeHtml(title)}</h1></header>
<main>${summaryHtml(model, words)}${metricsHtml(data.metrics, options)}${contentsHtml(model, words)}
${sections}${unprovenHtml(model, words)}${limitsHtml(model, words)}${methodHtml(words)}${allHtml(data.findings, words)}</main>
<footer>Tranche ${escapeHtml(options.manifest.version)} · ${escapeHtml(metaLine(options))}</footer></div></body></html>
`
}

export function metaLine({ data, words, catalogue, manifest }: PageOptions): string {
  const { lang } = words.labels
  const at = formatInstant(manifest.asOf, { lang, timeZone: catalogue.workspace.timeZone })
  const count = formatCount(data.customers, lang)
  const snapshot = manifest.snapshot.slice(0, 12)
  return lang === 'zh'
    ? `${pageWords.asOf.zh}${at}（${catalogue.workspace.timeZone}） · ${count}${pageWords.population.zh} · ${pageWords.currency.zh}${catalogue.workspace.currency} · ${pageWords.snapshot.zh} ${snapshot}`
    : `${pageWords.asOf.en} ${at} (${catalogue.workspace.timeZone}) · ${count} ${pageWords.population.en} · ${pageWords.currency.en} ${catalogue.workspace.currency} · ${pageWords.snapshot.en} ${snapshot}`
}

function summaryHtml({ summary }: ReportModel, words: ReportWords): string {
  const { lang } = words.labels
  const items = summary
    .map(
      (finding) =>
        `<li><span data-sentence="${escapeHtml(finding.key)}">${sentenceHtml(sentenceOf(finding, words), finding)}</span> <a href="#${finding.section}">${escapeHtml(sectionWords[finding.section]![lang])}</a></li>`,
    )
    .join('')
  return `<section class="summary"><h2>${escapeHtml(pageWords.summary[lang])}</h2>${summary.length === 0 ? `<p>${escapeHtml(pageWords.nothing[lang])}</p>` : `<ol class="lead">${items}</ol>`}</section>`
}

function metricsHtml(metrics: readonly HeadlineMetric[], { words, catalogue }: PageOptions): string {
  const { lang } = words.labels
  const shown = metrics.filter((metric) => mayPrint(metric, catalogue.workspace.disclosure.minimumCell))
  if (shown.length === 0) return ''
  const change = (metric: HeadlineMetric, field: 'previousPeriod' | 'previousYear') => {
    const found = changeOf(metric, metric[field], words, catalogue)
    return found
      ? `<td class="${found.judgement}"><data value="${roundShown(metric[field]!)}" data-metric="${escapeHtml(metric.key)}" data-field="${field}">${escapeHtml(found.text)}</data></td>`
      : '<td class="muted">–</td>'
  }
  const hasChange = shown.some(
    ({ previousPeriod, previousYear }) => previousPeriod !== null || previousYear !== null,
  )
  const rows = shown
    .map(
      (metric) =>
        `<tr><td>${escapeHtml(metric.label[lang])}</td><td><data value="${roundShown(metric.value!)}" data-metric="${escapeHtml(metric.key)}" data-field="value">${escapeHtml(metricValueText(metric, words))}</data></td>${hasChange ? change(metric, 'previousPeriod') + change(metric, 'previousYear') : ''}<td class="muted"><data value="${metric.n}" data-metric="${escapeHtml(metric.key)}" data-field="n">${formatCount(metric.n, lang)}</data></td></tr>`,
    )
    .join('')
  const heads = [
    pageWords.metric,
    pageWords.value,
    ...(hasChange ? [pageWords.previousPeriod, pageWords.previousYear] : []),
    pageWords.customersColumn,
  ]
  return `<section id="headline"><h2>${escapeHtml(pageWords.headline[lang])}</h2><div class="scroll headline" tabindex="0"><table><thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head[lang])}</th>`).join('')}</tr></thead><tbody>${rows}</tbody></table></div></section>`
}

function contentsHtml({ sections }: ReportModel, { labels: { lang } }: ReportWords): string {
  return `<nav aria-label="${escapeHtml(pageWords.contents[lang])}"><ul>${sections.map(({ section }) => `<li><a href="#${section}">${escapeHtml(sectionWords[section]![lang])}</a></li>`).join('')}</ul></nav>`
}

function sectionHtml(
  { section, figures, findings }: ReportSection,
  { data, words }: PageOptions,
  numbers: { next: number },
): string {
  const others = new Map(data.findings.map((finding) => [finding.key, finding]))
  const exported = new Set<string>()
  const draw = ({ figure, finding }: (typeof figures)[number]): string => {
    const figureData: FigureData = {
      figure,
      finding,
      others,
      words,
      points: data.points.get(figure.figure) ?? [],
    }
    const notes = notesHtml(finding, words, exported)
    const html = figureHtml(figureData, numbers.next, notes)
    if (html === '') return findingHtml(finding, words, notes)
    numbers.next++
    return html
  }
  const [first, ...rest] = figures
  const lead = first ? draw(first) : ''
  const told = findings
    .map((finding) => findingHtml(finding, words, notesHtml(finding, words, exported)))
    .join('')
  const drawn = `${lead}${told === '' ? '' : `<div class="findings">${told}</div>`}${rest.map(draw).join('')}`
  return `<section id="${section}"><h2>${escapeHtml(sectionWords[section]![words.labels.lang])}</h2>${drawn}</section>`
}

function findingHtml(finding: Finding, words: ReportWords, notes: string): string {
  return `<div class="finding"><p data-sentence="${escapeHtml(finding.key)}">${sentenceHtml(sentenceOf(finding, words), finding)}</p>${notes}</div>`
}

/** What stands under a finding: its assumption, the command for its members (once a section), how it was reached. */
function notesHtml(finding: Finding, words: ReportWords, exported: Set<string>): string {
  const assumption = assumptionOf(finding, words)
  return `${assumption ? `<p class="assumed">${escapeHtml(assumption)}</p>` : ''}${
    finding.members && isFirst(exported, finding.members) ? membersHtml(finding, finding.members, words) : ''
  }${howHtml(finding, words)}`
}

function membersHtml(
  { key, members_n: n }: Finding,
  command: string,
  { labels: { lang } }: ReportWords,
): string {
  const number = `<data value="${n}" data-finding="${escapeHtml(key)}" data-field="members_n" data-style="count">${formatCount(n!, lang)}</data>`
  return `<p class="members">${escapeHtml(pageWords.members[lang]).replace('{n}', number)}<code>${escapeHtml(command)}</code></p>`
}

/** Commands that differ only in the name of the file export the same customers. */
export function isFirst(exported: Set<string>, command: string): boolean {
  const rule = command.replace(/ --out .*$/, '')
  if (exported.has(rule)) return false
  exported.add(rule)
  return true
}

function howHtml(finding: Finding, { labels: { lang } }: ReportWords): string {
  const number = (value: number, field: string) =>
    `<data value="${roundShown(value)}" data-finding="${escapeHtml(finding.key)}" data-field="${field}" data-style="raw">${roundShown(Number(value.toPrecision(4)))}</data>`
  const rows: [string, string][] = [
    [
      'n',
      `<data value="${finding.n}" data-finding="${escapeHtml(finding.key)}" data-field="n" data-style="count">${formatCount(finding.n, lang)}</data>`,
    ],
    [pageWords.missing[lang], number(finding.missing_share, 'missing_share')],
  ]
  if (finding.p !== null) rows.push([pageWords.p[lang], number(finding.p, 'p')])
  if (finding.p_adjusted !== null)
    rows.push([pageWords.pAdjusted[lang], number(finding.p_adjusted, 'p_adjusted')])
  if (finding.effect_size !== null)
    rows.push([pageWords.effect[lang], number(finding.effect_size, 'effect_size')])
  rows.push([pageWords.logic[lang], `<code>${finding.logic_hash.slice(0, 12)}</code>`])
  return `<details class="how"><summary>${escapeHtml(pageWords.how[lang])}</summary><dl>${rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${value}</dd>`).join('')}</dl><pre lang="en">${escapeHtml(finding.query)}</pre></details>`
}

function unprovenHtml({ unproven, unprovenMore }: ReportModel, words: ReportWords): string {
  if (unproven.length === 0) return ''
  const { lang } = words.labels
  const items = unproven
    .map(
      (finding) =>
        `<li data-sentence="${escapeHtml(finding.key)}">${sentenceHtml(sentenceOf(finding, words), finding)}</li>`,
    )
    .join('')
  const colon = lang === 'zh' ? '：' : ': '
  const end = lang === 'zh' ? '。' : '.'
  const more =
    unprovenMore > 0
      ? `<p class="meta">${escapeHtml(`${pageWords.unprovenMore[lang]}${colon}${unprovenMore}${end}`)}</p>`
      : ''
  return `<section id="unproven"><h2>${escapeHtml(pageWords.unproven[lang])}</h2><p>${escapeHtml(pageWords.unprovenLead[lang])}</p><ul class="unproven">${items}</ul>${more}</section>`
}

function limitsHtml({ limits }: ReportModel, words: ReportWords): string {
  if (limits.length === 0) return ''
  const items = limits
    .map(
      (finding) =>
        `<li data-sentence="${escapeHtml(finding.key)}">${sentenceHtml(sentenceOf(finding, words), finding)}</li>`,
    )
    .join('')
  return `<section id="limits"><h2>${escapeHtml(sectionWords['limits']![words.labels.lang])}</h2><ul class="unproven">${items}</ul></section>`
}

function methodHtml({ labels: { lang } }: ReportWords): string {
  return `<section id="method"><h2>${escapeHtml(pageWords.method[lang])}</h2>${methodWords.map((text) => `<p>${escapeHtml(text[lang])}</p>`).join('')}</section>`
}

function allHtml(findings: readonly Finding[], { labels: { lang } }: ReportWords): string {
  const number = (finding: Finding, field: 'estimate' | 'low' | 'high' | 'p_adjusted' | 'n') => {
    const value = finding[field]
    return value === null
      ? '–'
      : `<data value="${roundShown(value)}" data-finding="${escapeHtml(finding.key)}" data-field="${field}" data-style="raw">${roundShown(Number(value.toPrecision(4)))}</data>`
  }
  const rows = findings
    .map(
      (finding) =>
        `<tr${finding.significant === false ? ' class="muted"' : ''}><td><code>${escapeHtml(finding.key)}</code></td><td>${number(finding, 'estimate')}</td><td>${number(finding, 'low')}</td><td>${number(finding, 'high')}</td><td>${number(finding, 'n')}</td><td>${number(finding, 'p_adjusted')}</td></tr>`,
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
  return `<section id="all"><details><summary>${escapeHtml(pageWords.all[lang])}</summary><div class="scroll" tabindex="0"><table><thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head[lang])}</th>`).join('')}</tr></thead><tbody>${rows}</tbody></table></div></details></section>`
}
