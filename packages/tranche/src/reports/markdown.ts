import type { Finding } from '@tranche/contract'
import { formatCount, roundShown } from '@tranche/language'
import type { FigureData } from './charts/figure-data.ts'
import { figureTable } from './figure-table.ts'
import { assumptionOf, sentenceOf } from './findings-text.ts'
import type { ReportWords } from './format-value.ts'
import { isFirst, metaLine, type PageOptions } from './html.ts'
import { subtitle } from './html-figure.ts'
import { changeOf, mayPrint, metricValueText } from './metric-rows.ts'
import { methodWords, pageWords } from './page-words.ts'
import { plainText } from './sentence.ts'
import { sectionWords } from './words.ts'

const mostRows = 60

/** The report as Markdown: the same sentences, each with a footnote that gives its numbers and its statement. */
export function markdownReport(options: PageOptions): string {
  const { data, model, words, catalogue } = options
  const { lang } = words.labels
  const name = catalogue.workspace.name[lang]
  const noted = new Map<string, Finding>()
  const say = (finding: Finding): string => {
    noted.set(finding.key, finding)
    return `${escapeMarkdown(plainText(sentenceOf(finding, words)))}[^${finding.key}]`
  }
  const lines: string[] = [
    `# ${escapeMarkdown(lang === 'zh' ? `${name}${pageWords.title.zh}` : `${pageWords.title.en}: ${name}`)}`,
    escapeMarkdown(metaLine(options)),
    `## ${pageWords.summary[lang]}`,
    model.summary.length === 0
      ? pageWords.nothing[lang]
      : model.summary.map((finding, index) => `${index + 1}. ${say(finding)}`).join('\n'),
    ...metricLines(options),
  ]
  const others = new Map(data.findings.map((finding) => [finding.key, finding]))
  for (const { section, figures, findings } of model.sections) {
    const exported = new Set<string>()
    lines.push(`## ${sectionWords[section]![lang]}`)
    for (const finding of findings) lines.push(...findingLines(finding, say, words, exported))
    for (const { figure, finding } of figures) {
      lines.push(...findingLines(finding, say, words, exported))
      const figureData: FigureData = {
        figure,
        finding,
        others,
        words,
        points: data.points.get(figure.figure) ?? [],
      }
      const { columns, rows } = figureTable(figureData)
      if (rows.length > mostRows) continue
      lines.push(
        escapeMarkdown(subtitle(figure, finding, words)),
        [
          tableRow(columns),
          `|${columns.map((_, index) => (index === 0 ? '---|' : '---:|')).join('')}`,
          ...rows.map((row) => tableRow(row.map(({ text }) => text))),
        ].join('\n'),
      )
    }
  }
  if (model.unproven.length > 0)
    lines.push(
      `## ${pageWords.unproven[lang]}`,
      pageWords.unprovenLead[lang],
      model.unproven.map((finding) => `- ${say(finding)}`).join('\n'),
    )
  if (model.limits.length > 0)
    lines.push(
      `## ${sectionWords['limits']![lang]}`,
      model.limits.map((finding) => `- ${say(finding)}`).join('\n'),
    )
  lines.push(`## ${pageWords.method[lang]}`, ...methodWords.map((text) => text[lang]))
  lines.push([...noted.values()].map((finding) => footnote(finding, words)).join('\n'))
  return `${lines.filter((line) => line !== '').join('\n\n')}\n`
}

function findingLines(
  finding: Finding,
  say: (finding: Finding) => string,
  words: ReportWords,
  exported: Set<string>,
): string[] {
  const { lang } = words.labels
  const assumption = assumptionOf(finding, words)
  return [
    say(finding),
    ...(assumption ? [escapeMarkdown(assumption)] : []),
    ...(finding.members && isFirst(exported, finding.members)
      ? [
          `${pageWords.members[lang].replace('{n}', formatCount(finding.members_n!, lang))}\`${finding.members}\``,
        ]
      : []),
  ]
}

function metricLines({ data, words, catalogue }: PageOptions): string[] {
  const { lang } = words.labels
  const shown = data.metrics.filter((metric) => mayPrint(metric, catalogue.workspace.disclosure.minimumCell))
  if (shown.length === 0) return []
  const change = (metric: (typeof shown)[number], before: number | null) =>
    changeOf(metric, before, words, catalogue)?.text ?? '–'
  const heads = [
    pageWords.metric,
    pageWords.value,
    pageWords.previousPeriod,
    pageWords.previousYear,
    pageWords.customersColumn,
  ]
  return [
    `## ${pageWords.headline[lang]}`,
    [
      tableRow(heads.map((head) => head[lang])),
      '|---|---:|---:|---:|---:|',
      ...shown.map((metric) =>
        tableRow([
          metric.label[lang],
          metricValueText(metric, words),
          change(metric, metric.previousPeriod),
          change(metric, metric.previousYear),
          formatCount(metric.n, lang),
        ]),
      ),
    ].join('\n'),
  ]
}

function footnote(finding: Finding, { labels: { lang } }: ReportWords): string {
  const facts = [
    `${pageWords.key[lang]} \`${finding.key}\``,
    `n ${formatCount(finding.n, lang)}`,
    ...(finding.estimate === null ? [] : [`${pageWords.estimate[lang]} ${roundShown(finding.estimate)}`]),
    ...(finding.low === null || finding.high === null
      ? []
      : [`${pageWords.interval[lang]} ${roundShown(finding.low)}, ${roundShown(finding.high)}`]),
    ...(finding.p_adjusted === null
      ? []
      : [`${pageWords.pAdjusted[lang]} ${roundShown(Number(finding.p_adjusted.toPrecision(3)))}`]),
    `${pageWords.logic[lang]} ${finding.logic_hash.slice(0, 12)}`,
  ]
  const query = finding.query.replace(/\s+/g, ' ')
  const fence = '`'.repeat(1 + Math.max(0, ...[...query.matchAll(/`+/g)].map(([ticks]) => ticks.length)))
  return `[^${finding.key}]: ${facts.join(lang === 'zh' ? '；' : '; ')}${lang === 'zh' ? '；' : '; '}${fence}${query}${fence}`
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => escapeMarkdown(cell)).join(' | ')} |`
}

/** Text in which a source's own words can't become markup or break a table. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`).replace(/\s*\n\s*/g, ' ')
}
