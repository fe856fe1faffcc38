import { formatCount, formatMonth } from '@tranche/language'
import { pageWords } from '@tranche/language/report'
import { type FigureData, formatY } from './charts/figure-data.ts'
import { formatValue } from './format-value.ts'

/** One cell of a figure's table: words, or a number with the mark and field it shows. */
export type TableCell =
  | { readonly kind: 'words'; readonly text: string }
  | {
      readonly kind: 'number'
      readonly text: string
      readonly position: number
      readonly field: 'y' | 'low' | 'high' | 'n' | 'x'
      readonly value: number
    }

export interface FigureTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly TableCell[])[]
  /** How many of the first columns name what the others measure. */
  readonly keys: number
}

/** The numbers behind a figure, as a table. */
export function figureTable(data: FigureData): FigureTable {
  const { figure, points, words } = data
  const { labels } = words
  const { lang } = labels
  const drawn = points.filter(({ series }) => series !== 'cut_x' && series !== 'cut_y')
  const keys = keyColumns(data)
  const hasInterval = figure.kind !== 'density' && drawn.some(({ low }) => low !== null)
  const hasValue = figure.kind !== 'density'
  const hasCount = drawn.some(({ n }) => n !== null)
  const columns = [
    ...keys.names,
    ...(hasValue ? [labels.measure(figure.metric)] : []),
    ...(hasInterval ? [pageWords.low[lang], pageWords.high[lang]] : []),
    ...(hasCount ? [pageWords.customersColumn[lang]] : []),
  ]
  const rows = drawn.map((point) => {
    const cell = (field: 'y' | 'low' | 'high' | 'n'): TableCell => {
      const value = point[field]
      if (value === null)
        return {
          kind: 'words',
          text: point.suppressed && field !== 'low' && field !== 'high' ? pageWords.hidden[lang] : '–',
        }
      const text = field === 'n' ? formatCount(value, lang) : formatY(data, value)
      return { kind: 'number', text, position: point.position, field, value }
    }
    return [
      ...keys.cells(point),
      ...(hasValue ? [cell('y')] : []),
      ...(hasInterval ? [cell('low'), cell('high')] : []),
      ...(hasCount ? [cell('n')] : []),
    ]
  })
  return { columns, rows, keys: keys.names.length }
}

function keyColumns(data: FigureData) {
  const { figure, words } = data
  const { labels } = words
  const { lang } = labels
  const plain = (text: string): TableCell => ({ kind: 'words', text })
  const money = (value: number) => formatValue(value, 'money', 'money', words)
  type Point = FigureData['points'][number]
  const x = (point: Point, text: string): TableCell => ({
    kind: 'number',
    text,
    position: point.position,
    field: 'x',
    value: point.x!,
  })
  switch (figure.kind) {
    case 'curve':
      return {
        names: [labels.attribute(figure.attribute)],
        cells: (point: Point) => [x(point, formatCount(point.x!, lang))],
      }
    case 'triangle':
      return {
        names: [labels.attribute('cohort'), pageWords.month[lang]],
        cells: (point: Point) => [
          plain(formatMonth(point.series, lang)),
          x(point, formatCount(point.x!, lang)),
        ],
      }
    case 'lorenz':
      return {
        names: [labels.attribute(figure.attribute)],
        cells: (point: Point) => [x(point, formatValue(point.x!, 'share', 'share', words))],
      }
    case 'density':
      return {
        names: [labels.attribute(figure.attribute), labels.measure(figure.metric)],
        cells: (point: Point) => [plain(`≈ ${money(10 ** point.x!)}`), plain(`≈ ${money(10 ** point.y!)}`)],
      }
    case 'stack':
    case 'flows':
      return {
        names: [
          labels.attribute('segment'),
          labels.attribute(figure.attribute === 'segment' ? 'first_product' : figure.attribute),
        ],
        cells: (point: Point) => [
          plain(rowName(point.series)),
          plain(labels.level(figure.attribute, point.label ?? '')),
        ],
      }
    case 'bars':
      return {
        names: [labels.attribute('first_product'), labels.measure('next_product')],
        cells: (point: Point) => [plain(point.label ?? ''), plain(point.series)],
      }
    default:
      return {
        names: [labels.attribute(figure.attribute)],
        cells: (point: Point) => [plain(labels.level(figure.attribute, point.label ?? ''))],
      }
  }
  function rowName(row: string): string {
    if (row.includes('=')) return labels.level('segment', row)
    return row === 'customers' ? labels.measure(row) : labels.total(row)
  }
}
