import type { Language, ReportPolicy, Text } from '@tranche/contract'
import { formatCount, formatPercent } from '@tranche/language'
import { flowSentences, flowWords, pageWords } from '@tranche/language/report'
import { drawFlows, type FlowChart, wayOf } from './charts/flows.ts'
import { capital } from './charts/svg.ts'
import { deskWidth } from './document/compose.ts'
import { standalone } from './figure-files.ts'
import { phoneWidth } from './html-figure.ts'
import { baseColours, pageStyle } from './html-style.ts'
import { escapeHtml, textHtml } from './html-text.ts'

/** What is drawn: the cells of a set on two days, named by instants as people read them. */
export interface DrawnFlows {
  readonly label: Text
  readonly cells: readonly { readonly segment: string; readonly label: Text }[]
  readonly isRanked: boolean
  readonly flows: readonly {
    readonly from: string | null
    readonly to: string | null
    readonly customers: number
  }[]
  readonly run: string
  /** The two days. */
  readonly days: readonly [before: string, after: string]
}

interface PageOptions {
  readonly lang: Language
  readonly look: ReportPolicy['look']
}

/** The picture as an SVG that stands by itself. */
export function flowsSvg(drawn: DrawnFlows, { lang, look }: PageOptions): string {
  return `${standalone(drawFlows(chartOf(drawn, lang), deskWidth), baseColours(look))}\n`
}

/** The picture with its sentence and its numbers, as one HTML file that asks for nothing from outside. */
export function flowsPage(drawn: DrawnFlows, { lang, look }: PageOptions): string {
  const chart = chartOf(drawn, lang)
  const title = titleOf(chart)
  const draw = (width: number) => drawFlows(chart, width)
  const heads = (['from', 'to', 'customers', 'share'] as const).map((head) => flowWords[head][lang])
  return `<!doctype html>
<html lang="${lang === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${pageStyle(look)}</style></head>
<body><div class="page"><main><figure><figcaption><p class="title">${textHtml(title, lang)}</p><p class="sub">${textHtml(captionOf(drawn, lang), lang)}</p></figcaption><div role="img" aria-label="${escapeHtml(title)}"><div class="wide">${draw(deskWidth)}</div><div class="narrow">${draw(phoneWidth)}</div></div><p class="source">${escapeHtml(pageWords.source[lang])}${lang === 'zh' ? `（${escapeHtml(drawn.run)}）` : ` (${escapeHtml(drawn.run)})`}</p></figure>
<div class="scroll" role="region" aria-label="${escapeHtml(pageWords.table[lang])}" tabindex="0"><table><thead><tr>${heads.map((head, index) => `<th scope="col"${index < 2 ? ' class="words"' : ''}>${head}</th>`).join('')}</tr></thead><tbody>${rowsOf(chart)}</tbody></table></div></main></div></body></html>
`
}

function chartOf({ cells, flows, isRanked, days }: DrawnFlows, lang: Language): FlowChart {
  const place = (segment: string | null) => {
    const found = cells.findIndex((cell) => cell.segment === segment)
    return found < 0 ? null : found
  }
  return {
    cells: cells.map(({ label }) => capital(label[lang])),
    flows: flows
      .map(({ from, to, customers }) => ({ from: place(from), to: place(to), customers }))
      .sort((a, b) => order(a.from) - order(b.from) || order(a.to) - order(b.to)),
    isRanked,
    headings: days,
    lang,
  }
}

/** Who is in no cell comes last. */
const order = (place: number | null) => place ?? Number.POSITIVE_INFINITY

/** The finding as a sentence. */
function titleOf({ flows, isRanked, lang }: FlowChart): string {
  const sum = (...ways: readonly string[]) =>
    flows.reduce((n, flow) => n + (ways.includes(wayOf(flow, isRanked)) ? flow.customers : 0), 0)
  const count = (n: number) => formatCount(n, lang)
  const [up, down, moved] = [sum('up'), sum('down'), sum('up', 'down', 'changed')]
  const all = moved + sum('kept')
  const values = { all: count(all), moved: count(moved), up: count(up), down: count(down) }
  if (moved === 0) return filled('none', lang, values)
  const said = filled('moved', lang, { ...values, share: formatPercent(moved / all, { lang }) })
  return isRanked ? `${said}${filled('ranked', lang, values)}` : said
}

function filled(
  sentence: keyof typeof flowSentences,
  lang: Language,
  values: Readonly<Record<string, string>>,
): string {
  return flowSentences[sentence][lang].replace(/\{(\w+)\}/g, (_, name: string) => values[name]!)
}

function captionOf({ label, flows, days: [before, after] }: DrawnFlows, lang: Language): string {
  const sum = (counts: (flow: DrawnFlows['flows'][number]) => boolean) =>
    flows.reduce((n, flow) => n + (counts(flow) ? flow.customers : 0), 0)
  const [came, left] = [sum(({ from }) => from === null), sum(({ to }) => to === null)]
  const said = (sentence: 'came' | 'left', n: number) =>
    n === 0 ? [] : [filled(sentence, lang, { n: formatCount(n, lang) })]
  const set = lang === 'zh' ? label.zh : capital(label.en)
  const besides = [...said('came', came), ...said('left', left)]
  const head = filled('between', lang, { set, before, after })
  return besides.length === 0
    ? head
    : `${head}${flowSentences.besides[lang]}${besides.join(flowSentences.and[lang])}`
}

function rowsOf({ cells, flows, lang }: FlowChart): string {
  const none = pageWords.noCell[lang]
  const name = (place: number | null) => (place === null ? none : cells[place]!)
  const before = (place: number | null) =>
    flows.reduce((n, flow) => n + (flow.from === place ? flow.customers : 0), 0)
  return flows
    .map(
      ({ from, to, customers }) =>
        `<tr><th scope="row">${textHtml(name(from), lang)}</th><td class="words">${textHtml(name(to), lang)}</td><td>${formatCount(customers, lang)}</td><td>${from === null ? '–' : formatPercent(customers / before(from), { lang })}</td></tr>`,
    )
    .join('')
}
