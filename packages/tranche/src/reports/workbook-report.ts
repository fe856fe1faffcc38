import type { Unit } from '@tranche/contract'
import { pageWords } from '@tranche/language/report'
import writeExcelFile from 'write-excel-file/node'
import { periodOf } from './document/caption.ts'
import { noteContent } from './document/note-facts.ts'
import type {
  DocumentFigure,
  DocumentSection,
  ReportDocument,
  Statement,
} from './document/report-document.ts'
import { isFigure } from './document/report-document.ts'
import { figureTable, type TableCell } from './figure-table.ts'
import { plainText } from './sentence.ts'
import { headerCell, numberFormats, type SheetCell, sheetTitle } from './tables/cells.ts'
import { fitToWidth } from './tables/sheet-features.ts'
import { pinZipTimes } from './tables/zip-time.ts'

interface Sheet {
  readonly title: string
  readonly heads: readonly string[]
  readonly widths: readonly number[]
  readonly rows: readonly SheetCell[][]
}

/** The report as a workbook: messages, metrics, a sheet per section with the data of its charts, findings, definitions. */
export async function workbookReport(document: ReportDocument): Promise<Buffer> {
  const sheets = [
    summarySheet(document),
    ...headlineSheet(document),
    ...document.sections.filter(({ items }) => items.some(isFigure)).map((section) => sectionSheet(section)),
    ...personasSheet(document),
    findingsSheet(document),
    definitionsSheet(document),
  ]
  const content = await writeExcelFile(
    sheets.map(({ title, heads, widths, rows }) => ({
      sheet: sheetTitle(title),
      data: [heads.map(headerCell), ...rows],
      stickyRowsCount: 1,
      columns: widths.map((width) => ({ width })),
    })),
    { features: [fitToWidth] },
  ).toBuffer()
  return pinZipTimes(content)
}

const text = (value: string): SheetCell =>
  value === '' ? null : { value: value.slice(0, 32_767), type: String, alignVertical: 'top' }
/** Text over as many lines as a column of that width needs: a row is given its height, for not every program works it out. */
const wrapped = (value: string, width: number): SheetCell => ({
  value: value.slice(0, 32_767),
  type: String,
  wrap: true,
  alignVertical: 'top',
  height: pointsPerLine * Math.max(1, Math.ceil(charactersOf(value) / (width - 2))),
})
const pointsPerLine = 15.5
/** In the width of a digit: an ideograph is as wide as two. */
const charactersOf = (value: string) =>
  [...value].reduce((sum, character) => sum + (character > '\u2e7f' ? 2.1 : 1.05), 0)
/** How a number of that unit is shown; one without a unit is no longer than needed to be told apart. */
const formatOf = (unit: Unit) => numberFormats[unit] ?? '#,##0.00'
/** Width of the column of sentences. */
const sentences = 90
const number = (value: number | null, format?: string): SheetCell =>
  value === null
    ? null
    : { value, type: Number, alignVertical: 'top', ...(format === undefined ? {} : { format }) }

function summarySheet({ title, meta, summary, emptySummary, options }: ReportDocument): Sheet {
  const { lang } = options.words.labels
  const none = summary.length === 0 ? [[null, wrapped(emptySummary, sentences)]] : []
  return {
    title: pageWords.summary[lang],
    heads: ['', title, pageWords.estimate[lang], pageWords.low[lang], pageWords.high[lang], 'n'],
    widths: [5, sentences, 16, 16, 16, 12],
    rows: [
      ...summary.map(({ finding, parts }, index) => [
        number(index + 1),
        wrapped(plainText(parts), sentences),
        ...numbersOf(finding),
      ]),
      ...none,
      [null, text(meta)],
    ],
  }
}

function numbersOf({ unit, estimate, low, high, n }: Statement['finding']): readonly SheetCell[] {
  const format = formatOf(unit)
  return [number(estimate, format), number(low, format), number(high, format), number(n, '#,##0')]
}

function headlineSheet({ headline, options }: ReportDocument): Sheet[] {
  if (headline === undefined) return []
  const { lang } = options.words.labels
  const rows = headline.rows.map(({ metric, previousPeriod, previousYear }) => {
    const format = formatOf(metric.unit as Unit)
    return [
      text(metric.label[lang]),
      number(metric.value, format),
      text(previousPeriod?.text ?? ''),
      text(previousYear?.text ?? ''),
      number(metric.previousPeriod, format),
      number(metric.previousYear, format),
      number(metric.n, '#,##0'),
    ]
  })
  return [
    {
      title: pageWords.headline[lang],
      heads: [
        pageWords.metric[lang],
        pageWords.value[lang],
        pageWords.previousPeriod[lang],
        pageWords.previousYear[lang],
        pageWords.valueBefore[lang],
        pageWords.valueYearAgo[lang],
        pageWords.customersColumn[lang],
      ],
      widths: [32, 18, 14, 14, 18, 18, 12],
      rows,
    },
  ]
}

/** The marks of all figures of a section, one a row, so that they can be filtered and drawn again. */
function sectionSheet({ title, items }: DocumentSection): Sheet {
  const figures = items.filter(isFigure)
  const { lang } = figures[0]!.data.words.labels
  return {
    title,
    heads: [
      pageWords.figure[lang],
      pageWords.measured[lang],
      pageWords.group[lang],
      pageWords.series[lang],
      pageWords.value[lang],
      pageWords.low[lang],
      pageWords.high[lang],
      pageWords.customersColumn[lang],
    ],
    widths: [9, 48, 26, 26, 16, 16, 16, 12],
    rows: figures.flatMap(figureRows),
  }
}

function figureRows({ data, number: position, caption }: DocumentFigure): SheetCell[][] {
  const { rows, keys } = figureTable(data)
  const format = data.figure.metric === 'lift' ? '0.00' : formatOf(data.figure.unit)
  const value = (row: readonly TableCell[], field: 'y' | 'low' | 'high' | 'n'): SheetCell => {
    const cell = row.find((item) => item.kind === 'number' && item.field === field)
    if (cell?.kind === 'number') return number(cell.value, field === 'n' ? '#,##0' : format)
    return null
  }
  const key = (cell: TableCell | undefined): SheetCell => {
    if (cell === undefined) return null
    if (cell.kind === 'words') return text(cell.text)
    return number(cell.value, data.figure.kind === 'lorenz' ? '0%' : '0')
  }
  return rows.map((row) => {
    const hidden = row.slice(keys).find((cell) => cell.kind === 'words' && cell.text.length > 1)
    return [
      number(position),
      text(caption),
      key(row[0]),
      keys > 1 ? key(row[1]) : null,
      hidden?.kind === 'words' ? text(hidden.text) : value(row, 'y'),
      value(row, 'low'),
      value(row, 'high'),
      value(row, 'n'),
    ]
  })
}

function personasSheet({ personas, options }: ReportDocument): Sheet[] {
  if (personas.length === 0) return []
  const { lang } = options.words.labels
  const heads = [pageWords.group, pageWords.part, pageWords.line].map((head) => head[lang])
  return [
    {
      title: pageWords.personas[lang],
      heads,
      widths: [32, 22, sentences],
      rows: personas.flatMap(({ name, size, parts, members }) => [
        [text(name), null, text(size)],
        ...parts.flatMap(({ title, lines }) =>
          lines.map((line) => [text(name), text(title), wrapped(line, sentences)]),
        ),
        [text(name), text(pageWords.membersCommand[lang]), text(members)],
      ]),
    },
  ]
}

function findingsSheet({ sections, unproven, limits, notes, options }: ReportDocument): Sheet {
  const { words } = options
  const { lang } = words.labels
  const sql = new Map(
    notes.flatMap((note) =>
      note.kind === 'finding' ? [[note.finding.key, noteContent(note, options).sql] as const] : [],
    ),
  )
  const all: (readonly [string, Statement])[] = [
    ...sections.flatMap(({ title, items }) => items.map((item) => [title, item] as const)),
    ...unproven.map((item) => [pageWords.unproven[lang], item] as const),
    ...limits.map((item) => [pageWords.limits[lang], item] as const),
  ]
  return {
    title: pageWords.all[lang],
    heads: [
      pageWords.section[lang],
      pageWords.sentence[lang],
      pageWords.estimate[lang],
      pageWords.low[lang],
      pageWords.high[lang],
      pageWords.customersColumn[lang],
      pageWords.pAdjusted[lang],
      pageWords.period[lang],
      pageWords.logic[lang],
      pageWords.key[lang],
      pageWords.membersCommand[lang],
      'SQL',
    ],
    widths: [18, sentences, 16, 16, 16, 12, 12, 28, 16, 36, 40, 60],
    rows: all.map(([title, { finding, parts, members }]) => [
      text(title),
      wrapped(plainText(parts), sentences),
      ...numbersOf(finding),
      number(finding.p_adjusted, '0.0000'),
      text(periodOf(finding, words)),
      text(finding.logic_hash.slice(0, 12)),
      text(finding.key),
      text(members?.command ?? ''),
      text((sql.get(finding.key) ?? '').replace(/\s+/g, ' ')),
    ]),
  }
}

function definitionsSheet({ definitions, options }: ReportDocument): Sheet {
  const { lang } = options.words.labels
  return {
    title: pageWords.definitions[lang],
    heads: [pageWords.definition, pageWords.key, pageWords.place, pageWords.hash].map((head) => head[lang]),
    widths: [36, 30, 36, 16],
    rows: definitions.map(({ label, key, place, hash }) => [text(label), text(key), text(place), text(hash)]),
  }
}
