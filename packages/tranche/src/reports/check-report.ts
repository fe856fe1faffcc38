import type { Figure, FigurePoint, Finding, Unit } from '@tranche/contract'
import { formatCount, roundShown } from '@tranche/language'
import type { Catalogue } from '../workspace/catalogue.ts'
import { formatY } from './charts/figure-data.ts'
import { sentenceOf } from './findings-text.ts'
import { formatEnds, formatValue, type ReportWords } from './format-value.ts'
import { changeOf, metricValueText } from './metric-rows.ts'
import type { HeadlineMetric, ReportData } from './report-data.ts'
import { fieldOf, plainText } from './sentence.ts'

/** A number or sentence of a report that its own mark does not bear out. */
export interface Lie {
  /** What the mark names. */
  readonly mark: string
  readonly shown: string
  readonly expected: string
}

export interface CheckedReport {
  /** Numbers and sentences that were read back. */
  readonly checked: number
  readonly lies: readonly Lie[]
}

/**
 * Reads a finished HTML report back: every marked number is held against the finding, mark of a figure or metric that
 * it names (its value and how it is written), and every sentence against the words its finding gives.
 */
export function checkHtmlReport(
  html: string,
  data: ReportData,
  words: ReportWords,
  catalogue: Pick<Catalogue, 'metrics'>,
): CheckedReport {
  const lies: Lie[] = []
  let checked = 0
  const hold = (mark: string, shown: string, expected: string) => {
    checked++
    if (shown !== expected) lies.push({ mark, shown, expected })
  }
  const findings = new Map(data.findings.map((finding) => [finding.key, finding]))
  const figures = new Map(data.figures.map((figure) => [figure.figure, figure]))
  const metrics = new Map(data.metrics.map((metric) => [metric.key, metric]))
  for (const match of html.matchAll(/<data ([^>]*)>([^<]*)<\/data>/g)) {
    const marks = attributesOf(match[1]!)
    const shown = unescapeHtml(match[2]!)
    const truth =
      marks['finding'] !== undefined
        ? truthOfFinding(findings.get(marks['finding']), marks, words)
        : marks['figure'] !== undefined
          ? truthOfPoint(
              figures.get(marks['figure']),
              data.points.get(marks['figure']) ?? [],
              marks,
              data,
              words,
            )
          : truthOfMetric(metrics.get(marks['metric'] ?? ''), marks, words, catalogue)
    const mark = Object.entries(marks)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')
    hold(mark, `${marks['value']} ${shown}`, truth ?? 'no such number')
  }
  for (const match of html.matchAll(/<(p|span|li)[^>]* data-sentence="([^"]*)"[^>]*>([\s\S]*?)<\/\1>/g)) {
    const key = unescapeHtml(match[2]!)
    const finding = findings.get(key)
    const shown = unescapeHtml(match[3]!.replace(/<[^>]*>/g, ''))
    hold(`sentence=${key}`, shown, finding ? plainText(sentenceOf(finding, words)) : 'no such finding')
  }
  return { checked, lies }
}

function truthOfFinding(
  finding: Finding | undefined,
  marks: Readonly<Record<string, string>>,
  words: ReportWords,
): string | undefined {
  if (!finding) return undefined
  const { field = '', style = '' } = marks
  if (field === 'interval') {
    if (finding.low === null || finding.high === null) return undefined
    return `${roundShown(finding.low)} ${roundShown(finding.high)} ${formatEnds(finding.low, finding.high, style, finding.unit, words)}`
  }
  const value = fieldOf(finding, field)
  if (typeof value !== 'number') return undefined
  return `${roundShown(value)} ${formatValue(value, style, finding.unit, words)}`
}

function truthOfPoint(
  figure: Figure | undefined,
  points: readonly FigurePoint[],
  marks: Readonly<Record<string, string>>,
  data: ReportData,
  words: ReportWords,
): string | undefined {
  const point = points.find(({ position }) => String(position) === marks['point'])
  const finding = figure && data.findings.find(({ key }) => key === figure.finding)
  const field = marks['field'] as 'x' | 'y' | 'low' | 'high' | 'n'
  const value = point?.[field]
  if (!figure || !finding || value === null || value === undefined) return undefined
  const count = field === 'n' || (field === 'x' && figure.kind !== 'lorenz')
  const text = count
    ? formatCount(value, words.labels.lang)
    : field === 'x'
      ? formatValue(value, 'share', 'share', words)
      : formatY({ figure, points, finding, others: new Map(), words }, value)
  return `${roundShown(value)} ${text}`
}

function truthOfMetric(
  metric: HeadlineMetric | undefined,
  marks: Readonly<Record<string, string>>,
  words: ReportWords,
  catalogue: Pick<Catalogue, 'metrics'>,
): string | undefined {
  if (!metric) return undefined
  const field = marks['field']
  if (field === 'value')
    return metric.value === null ? undefined : `${roundShown(metric.value)} ${metricValueText(metric, words)}`
  if (field === 'n') return `${metric.n} ${formatValue(metric.n, 'count', metric.unit as Unit, words)}`
  const before =
    field === 'previousPeriod' ? metric.previousPeriod : field === 'previousYear' ? metric.previousYear : null
  const change = changeOf(metric, before, words, catalogue)
  return before === null || change === null ? undefined : `${roundShown(before)} ${change.text}`
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(?:data-)?(\w+)="([^"]*)"/g)].map((match) => [match[1]!, unescapeHtml(match[2]!)]),
  )
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
