import type { FigurePoint, Finding, Unit } from '@tranche/contract'
import { formatMoney, formatMonth } from '@tranche/language'
import { pageWords } from '@tranche/language/report'
import { labelOf, shownPoints } from '../charts/figure-data.ts'
import { capital } from '../charts/svg.ts'
import { periodOf } from '../document/caption.ts'
import type { DocumentFigure } from '../document/report-document.ts'
import type { ReportWords } from '../format-value.ts'
import { addDensity } from './density-shapes.ts'
import type { ChartName, ChartOptions, Deck, Slide } from './native.ts'
import { body, inches, type SlideTheme } from './theme.ts'

const mostBars = 14
/** Okabe and Ito, as on the page. */
const categories = ['0072B2', 'E69F00', '009E73', 'CC79A7', '56B4E9', 'D55E00', '9AA3AF']

/** A figure as a native chart or shapes that can be edited, its caption below; false where it has no mark to show. */
export function addFigure(slide: Slide, deck: Deck, theme: SlideTheme, figure: DocumentFigure): boolean {
  const { lang } = figure.data.words.labels
  const name = `${pageWords.figure[lang]}${lang === 'zh' ? '' : ' '}${figure.number}`
  const caption = `${name}${lang === 'zh' ? '　' : '. '}${figure.caption}`
  const chart = chartOf(figure, deck, theme)
  if (chart !== undefined) addChart(slide, theme, chart, caption)
  else if (addDensity(slide, theme, figure.data)) addCaption(slide, theme, caption)
  else return false
  return true
}

/** Two groups side by side, for a message of which no figure speaks; false where it compares no two groups. */
export function addComparison(
  slide: Slide,
  deck: Deck,
  theme: SlideTheme,
  finding: Finding,
  words: ReportWords,
): boolean {
  const { a, b, a_value: first, b_value: second, attribute } = finding.values
  if (typeof first !== 'number' || typeof second !== 'number') return false
  const name = (level: unknown) => capital(words.labels.level(String(attribute ?? ''), String(level)))
  const values = [second, first]
  const chart = barChart([name(b), name(a)], values, capital(words.labels.measure(finding.metric)), {
    deck,
    theme,
    format: formatCode(finding.unit, values, words),
  })
  addChart(
    slide,
    theme,
    chart,
    capital(
      `${words.labels.measure(finding.metric)}${words.labels.lang === 'zh' ? '；' : '; '}${periodOf(finding, words)}`,
    ),
  )
  return true
}

function addChart(slide: Slide, theme: SlideTheme, chart: NativeChart, caption: string): void {
  slide.addChart(chart.kind, chart.series, {
    ...inches(body.left, body.top, body.width, body.height - 0.3),
    ...axes(theme),
    ...chart.options,
    altText: caption,
  })
  addCaption(slide, theme, caption)
}

function addCaption(slide: Slide, theme: SlideTheme, caption: string): void {
  slide.addText(caption, {
    ...inches(body.left, 6.5, body.width, 0.4),
    ...theme.text(10),
    color: theme.second,
    margin: 0,
  })
}

interface NativeChart {
  readonly kind: ChartName
  readonly series: { name: string; labels: string[]; values: number[] }[]
  readonly options: ChartOptions
}

function chartOf({ data }: DocumentFigure, deck: Deck, theme: SlideTheme): NativeChart | undefined {
  const { figure, words } = data
  const points = shownPoints(data)
  const format = formatCode(
    figure.metric === 'lift' ? 'ratio' : figure.unit,
    points.map(({ y }) => y!),
    words,
  )
  const measure = capital(words.labels.measure(figure.metric))
  switch (figure.kind) {
    case 'dots':
    case 'tiles':
    case 'bars':
      return barChart(
        points
          .slice(0, mostBars)
          .map((point) => nameOf(point, figure.kind, data))
          .reverse(),
        points
          .slice(0, mostBars)
          .map(({ y }) => y!)
          .reverse(),
        measure,
        { deck, theme, format },
      )
    case 'curve':
    case 'lorenz':
      return lines(points, deck, theme, measure, words.labels.lang, format, figure.kind === 'lorenz')
    case 'stack':
    case 'flows':
      return stack(data, points, deck)
    case 'triangle':
      return retention(points, deck, words.labels.lang, format)
    case 'density':
      return undefined
  }
}

function nameOf(point: FigurePoint, kind: string, data: DocumentFigure['data']): string {
  return kind === 'bars' ? `${point.label} → ${point.series}` : labelOf(data, point.label ?? '')
}

interface BarOptions {
  readonly deck: Deck
  readonly theme: SlideTheme
  readonly format: string
}

/** Horizontal bars are drawn from below: what comes last stands on top. */
function barChart(
  labels: string[],
  values: number[],
  name: string,
  { deck, theme, format }: BarOptions,
): NativeChart {
  return {
    kind: deck.ChartType.bar,
    series: [{ name, labels, values }],
    options: {
      barDir: 'bar',
      barGapWidthPct: 60,
      chartColors: [theme.accent],
      showValue: true,
      dataLabelFormatCode: format,
      valAxisLabelFormatCode: format,
      dataLabelColor: theme.ink,
      dataLabelFontSize: 11,
      valAxisMinVal: Math.min(0, ...values),
    },
  }
}

function lines(
  points: readonly FigurePoint[],
  deck: Deck,
  theme: SlideTheme,
  name: string,
  lang: 'en' | 'zh',
  format: string,
  lorenz: boolean,
): NativeChart {
  const labels = points.map(({ x }) => (lorenz ? `${Math.round(x! * 100)}%` : String(x)))
  const hasBand = !lorenz && points.every(({ low, high }) => low !== null && high !== null)
  return {
    kind: deck.ChartType.line,
    series: [
      { name, labels, values: points.map(({ y }) => y!) },
      ...(hasBand
        ? [
            { name: pageWords.low[lang], labels, values: points.map(({ low }) => low!) },
            { name: pageWords.high[lang], labels, values: points.map(({ high }) => high!) },
          ]
        : []),
    ],
    options: {
      chartColors: [theme.accent, theme.rest, theme.rest],
      lineDataSymbol: 'none',
      lineSize: 2,
      valAxisLabelFormatCode: lorenz ? '0%' : format,
      showLegend: hasBand,
      legendPos: 't',
      legendFontSize: 11,
      catAxisLabelFrequency: lorenz ? '5' : '10',
    },
  }
}

function stack(data: DocumentFigure['data'], points: readonly FigurePoint[], deck: Deck): NativeChart {
  const { labels } = data.words
  const rows = [...new Set(points.map(({ series }) => series))].reverse()
  const parts = [...new Set(points.map(({ label }) => label ?? ''))]
  const rowName = (row: string) =>
    row.includes('=')
      ? labels.level('segment', row)
      : row === 'customers'
        ? labels.measure(row)
        : labels.total(row)
  const names = rows.map((row) => capital(rowName(row)))
  return {
    kind: deck.ChartType.bar,
    series: parts.map((part) => ({
      name: labelOf(data, part),
      labels: names,
      values: rows.map((row) => points.find(({ series, label }) => series === row && label === part)?.y ?? 0),
    })),
    options: {
      barDir: 'bar',
      barGrouping: 'percentStacked',
      barGapWidthPct: 40,
      chartColors: parts.map((_, index) => categories[Math.min(index, categories.length - 1)]!),
      showLegend: true,
      legendPos: 't',
      legendFontSize: 11,
      valAxisLabelFormatCode: '0%',
      showValue: true,
      dataLabelFormatCode: '0%',
      dataLabelColor: 'FFFFFF',
    },
  }
}

/** Retention of the latest cohorts, a line each; more would be a tangle. */
function retention(
  points: readonly FigurePoint[],
  deck: Deck,
  lang: 'en' | 'zh',
  format: string,
): NativeChart {
  const cohorts = [...new Set(points.map(({ series }) => series))].filter(
    (cohort) => points.filter(({ series }) => series === cohort).length >= 6,
  )
  const shown = cohorts.filter((_, index) => index % Math.max(1, Math.ceil(cohorts.length / 6)) === 0)
  const offsets = [...new Set(points.map(({ x }) => x!))].sort((a, b) => a - b).slice(0, 12)
  const labels = offsets.map(String)
  return {
    kind: deck.ChartType.line,
    series: shown.map((cohort) => ({
      name: formatMonth(cohort, lang),
      labels,
      values: offsets.flatMap((offset) => {
        const found = points.find(({ series, x }) => series === cohort && x === offset)
        return found?.y === null || found === undefined ? [] : [found.y]
      }),
    })),
    options: {
      chartColors: categories,
      lineDataSymbol: 'none',
      lineSize: 2,
      valAxisLabelFormatCode: format,
      showLegend: true,
      legendPos: 'r',
      legendFontSize: 11,
      showCatAxisTitle: true,
      catAxisTitle: pageWords.month[lang],
      catAxisTitleFontSize: 11,
    },
  }
}

function axes(theme: SlideTheme): ChartOptions {
  return {
    catAxisLabelFontSize: 11,
    valAxisLabelFontSize: 11,
    catAxisLabelColor: theme.ink,
    valAxisLabelColor: theme.second,
    catAxisLabelFontFace: theme.font,
    valAxisLabelFontFace: theme.font,
    dataLabelFontFace: theme.font,
    legendFontFace: theme.font,
    valGridLine: { color: theme.line, size: 0.5 },
    catGridLine: { style: 'none' },
    valAxisLineShow: false,
    chartArea: { roundedCorners: false },
  }
}

/** Small amounts and numbers are told apart by their decimals, of large ones they say nothing. */
function formatCode(
  unit: Unit | 'ratio',
  values: readonly number[],
  { labels: { lang }, currency }: ReportWords,
): string {
  if (unit === 'share' || unit === 'rate') return '0.0%'
  if (unit === 'ratio') return '0.00'
  const isSmall = values.every((value) => Math.abs(value) < 1000)
  const digits = unit !== 'count' && isSmall ? '#,##0.00' : '#,##0'
  if (unit !== 'money') return digits
  const [before = '', after = ''] = formatMoney({ amount: 8, currency }, { lang }).split(/8(?:[.]0+)?/)
  const quoted = (text: string) => (text === '' ? '' : `"${text}"`)
  return `${quoted(before)}${digits}${quoted(after)}`
}
