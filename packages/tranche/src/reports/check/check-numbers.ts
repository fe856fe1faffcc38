import type { Figure, FigurePoint, Finding, Unit } from '@tranche/contract'
import { formatCount, roundShown } from '@tranche/language'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { formatY } from '../charts/figure-data.ts'
import { sentenceOf } from '../findings-text.ts'
import { formatEnds, formatValue, type ReportWords } from '../format-value.ts'
import { unescapeHtml } from '../html-text.ts'
import { changeOf, metricValueText } from '../metric-rows.ts'
import type { HeadlineMetric, ReportData } from '../report-data.ts'
import { fieldOf, plainText } from '../sentence.ts'

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

type Truth = (text: string) => CheckedReport

/**
 * Reads the numbers of finished HTML reports back: every marked number is held against the finding, point of a figure
 * or metric that it names (its value and how it is written), and every sentence against the words its finding gives.
 */
export function openNumbers(
  data: ReportData,
  words: ReportWords,
  catalogue: Pick<Catalogue, 'metrics'>,
): Truth {
  const findings = new Map(data.findings.map((finding) => [finding.key, finding]))
  const figures = new Map(data.figures.map((figure) => [figure.figure, figure]))
  const points = new Map(
    [...data.points].map(([figure, found]) => [
      figure,
      new Map(found.map((point) => [String(point.position), point])),
    ]),
  )
  const metrics = new Map(data.metrics.map((metric) => [metric.key, metric]))
  const ofNumber = remember((attributes) => {
    const marks = attributesOf(attributes)
    const truth =
      marks['finding'] !== undefined
        ? truthOfFinding(findings.get(marks['finding']), marks, words)
        : marks['figure'] !== undefined
          ? truthOfPoint(figures.get(marks['figure']), points.get(marks['figure']), marks, findings, words)
          : truthOfMetric(metrics.get(marks['metric'] ?? ''), marks, words, catalogue)
    const names = Object.entries(marks).filter(([name]) => name !== 'value')
    return {
      mark: names.map(([name, value]) => `${name}=${value}`).join(' '),
      value: marks['value'] ?? '',
      truth: truth ?? 'no such number',
    }
  })
  const ofSentence = remember((key) => {
    const finding = findings.get(unescapeHtml(key))
    return finding ? plainText(sentenceOf(finding, words)) : 'no such finding'
  })
  return (html) => {
    const lies: Lie[] = []
    let checked = 0
    const hold = (mark: string, shown: string, expected: string) => {
      checked++
      if (shown !== expected) lies.push({ mark, shown, expected })
    }
    for (const match of html.matchAll(/<data ([^>]*)>([^<]*)<\/data>/g)) {
      const { mark, value, truth } = ofNumber(match[1]!)
      hold(mark, `${value} ${unescapeHtml(match[2]!)}`, truth)
    }
    for (const [, , key = '', content = ''] of html.matchAll(sentences)) {
      const shown = content.replace(/<button[\s\S]*?<\/button>/g, '').replace(/<[^>]*>/g, '')
      hold(`sentence=${unescapeHtml(key)}`, unescapeHtml(shown), ofSentence(key))
    }
    return { checked, lies }
  }
}

const sentences = /<(p|span|li)(?: class="[^"]*")? data-sentence="([^"]*)"[^>]*>([\s\S]*?)<\/\1>/g

/** The same for one text. */
export function checkHtmlNumbers(
  html: string,
  data: ReportData,
  words: ReportWords,
  catalogue: Pick<Catalogue, 'metrics'>,
): CheckedReport {
  return openNumbers(data, words, catalogue)(html)
}

function remember<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const made = make(key)
    known.set(key, made)
    return made
  }
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
  points: ReadonlyMap<string, FigurePoint> | undefined,
  marks: Readonly<Record<string, string>>,
  findings: ReadonlyMap<string, Finding>,
  words: ReportWords,
): string | undefined {
  const point = points?.get(marks['point'] ?? '')
  const finding = figure && findings.get(figure.finding)
  const field = marks['field'] as 'x' | 'y' | 'low' | 'high' | 'n'
  const value = point?.[field]
  if (!figure || !finding || value === null || value === undefined) return undefined
  const count = field === 'n' || (field === 'x' && figure.kind !== 'lorenz')
  const text = count
    ? formatCount(value, words.labels.lang)
    : field === 'x'
      ? formatValue(value, 'share', 'share', words)
      : formatY({ figure, points: [], finding, others: new Map(), words }, value)
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
