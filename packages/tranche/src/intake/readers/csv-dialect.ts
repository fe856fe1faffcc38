import type { SourceFormat, Text } from '@tranche/contract'
import { TrancheError } from '../../errors.ts'
import { type CsvShape, createScanner, spaces } from './csv-scanner.ts'
import { columnNames, looksLikeHeader, numberedNames } from './header.ts'

export interface CsvDialect extends CsvShape {
  readonly width: number
  readonly names: readonly string[]
  /** The first line that holds data, from 1. */
  readonly firstLine: number
  readonly notes: readonly Text[]
}

type CsvFormat = Extract<SourceFormat, { type: 'csv' }>

interface SampleRecord {
  readonly line: number
  readonly cells: readonly string[]
}

const candidates = ['\t', ';', '|', ',', '\x01', '^', spaces]
const delimiterNames: Readonly<Record<string, Text>> = {
  '\t': { en: 'tab', zh: '制表符' },
  ';': { en: 'semicolon', zh: '分号' },
  '|': { en: 'vertical bar', zh: '竖线' },
  ',': { en: 'comma', zh: '逗号' },
  [spaces]: { en: 'runs of spaces', zh: '连续空格' },
}
const sampleRecords = 500

/** Recognises from a file's first quarter megabyte what its definition leaves open. */
export function recogniseDialect(head: string, whole: boolean, format: CsvFormat, file: string): CsvDialect {
  const newline = !head.includes('\n') && head.includes('\r') ? '\r' : '\n'
  const sample = whole ? head : head.slice(0, head.lastIndexOf(newline) + 1) || head
  const quote = format.quote === undefined ? '"' : format.quote === '' ? null : format.quote
  const delimiter = format.delimiter ? declaredDelimiter(format.delimiter, file) : undefined
  const found = delimiter
    ? { delimiter, records: sampleOf(sample, { delimiter, quote, newline, width: null }) }
    : bestDelimiter(sample, quote, newline)
  const skipped = format.skipRows ?? 0
  const records = found.records.filter((record) => record.line > skipped)
  const width = format.columns && format.header === false ? format.columns.length : modalWidth(records)
  const titles = format.skipRows === undefined ? titleLines(records, width) : 0
  const body = records.slice(titles)
  const [first, ...rest] = body
  const header =
    first !== undefined &&
    (format.header ??
      looksLikeHeader(
        first.cells,
        rest.map((row) => row.cells),
      ))
  const named = namesOf(format, header ? first.cells : undefined, width, rest)
  const notes = [
    ...dialectNotes(format, found.delimiter, header, format.columns !== undefined),
    ...(titles > 0 ? [titleNote(titles)] : []),
    ...named.notes,
  ]
  return {
    delimiter: found.delimiter,
    quote,
    newline,
    width: named.names.length,
    names: named.names,
    firstLine: header ? first.line + linesOf(first) : titles > 0 ? first!.line : skipped + 1,
    notes,
  }
}

function declaredDelimiter(written: string, file: string): string {
  const delimiter = written === '\\t' ? '\t' : written
  if (delimiter === spaces || [...delimiter].length === 1) return delimiter
  throw new TrancheError(
    'invalid_definition',
    { en: `The delimiter of ${file} has several characters.`, zh: `${file} 的分隔符不止一个字符。` },
    { hint: { en: 'Expected one character, \\t, or "spaces".', zh: '应为一个字符、\\t 或 "spaces"。' } },
  )
}

function sampleOf(sample: string, shape: CsvShape): readonly SampleRecord[] {
  const records: SampleRecord[] = []
  const scanner = createScanner(shape, {
    row: (line, cells) => {
      if (records.length < sampleRecords) records.push({ line, cells: [...cells] })
    },
    reject: () => undefined,
  })
  scanner.push(sample)
  scanner.end()
  return records
}

function bestDelimiter(
  sample: string,
  quote: string | null,
  newline: '\n' | '\r',
): { delimiter: string; records: readonly SampleRecord[] } {
  let best: { delimiter: string; records: readonly SampleRecord[]; score: number } | undefined
  for (const delimiter of candidates) {
    const records = sampleOf(sample, { delimiter, quote, newline, width: null })
    const width = modalWidth(records)
    if (width < 2) continue
    const agreeing = records.filter((record) => record.cells.length === width).length / records.length
    const firstAgrees = records[0]?.cells.length === width ? 0.3 : 0
    const score = agreeing + firstAgrees + Math.min(width, 20) / 1000 - (delimiter === spaces ? 0.35 : 0)
    if (agreeing >= (delimiter === spaces ? 0.9 : 0.5) && (!best || score > best.score))
      best = { delimiter, records, score }
  }
  return (
    best ?? { delimiter: ',', records: sampleOf(sample, { delimiter: ',', quote, newline, width: null }) }
  )
}

/** Lines that a record takes up: its cells may hold line ends. */
function linesOf({ cells }: SampleRecord): number {
  return cells.join('').split('\n').length
}

function modalWidth(records: readonly SampleRecord[]): number {
  const counts = new Map<number, number>()
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1)
  let width = 1
  let most = 0
  for (const [candidate, count] of counts)
    if (count > most || (count === most && candidate > width)) {
      width = candidate
      most = count
    }
  return width
}

/** Lines of a title above the table: short ones, before the first line that is as wide as the table. */
function titleLines(records: readonly SampleRecord[], width: number): number {
  const start = records.findIndex((record) => record.cells.length === width)
  if (start <= 0 || start > 20 || width < 3) return 0
  const short = records
    .slice(0, start)
    .every((record) => record.cells.filter((cell) => cell.trim() !== '').length <= width / 2)
  return short ? start : 0
}

function namesOf(
  format: CsvFormat,
  header: readonly string[] | undefined,
  width: number,
  rest: readonly SampleRecord[],
): { names: readonly string[]; notes: readonly Text[] } {
  if (format.columns) return columnNames(format.columns)
  if (!header) return { names: numberedNames(width), notes: [] }
  const wider = rest.filter((record) => record.cells.length === header.length + 1)
  if (rest.length === 0 || wider.length < rest.length * 0.9) return columnNames(trimTrailing(header, width))
  const lastEmpty = wider.every((record) => record.cells.at(-1)?.trim() === '')
  if (lastEmpty) return columnNames(header)
  const named = columnNames(['row_name', ...header])
  const note = {
    en: 'Rows have one cell more than the header: the first one is taken for the name of the row.',
    zh: '数据行比表头多一格：首格视为行名。',
  }
  return { names: named.names, notes: [...named.notes, note] }
}

/** A header's empty cells at the end, where the rows don't reach so far. */
function trimTrailing(header: readonly string[], width: number): readonly string[] {
  let length = header.length
  while (length > width && header[length - 1]?.trim() === '') length--
  return header.slice(0, length)
}

function dialectNotes(
  format: CsvFormat,
  delimiter: string,
  header: boolean,
  named: boolean,
): readonly Text[] {
  const notes: Text[] = []
  const name = delimiterNames[delimiter] ?? { en: JSON.stringify(delimiter), zh: JSON.stringify(delimiter) }
  if (!format.delimiter)
    notes.push({ en: `Cells are separated by ${name.en}, as recognised.`, zh: `分隔符识别为${name.zh}。` })
  if (format.header === undefined)
    notes.push(
      header
        ? { en: 'The first line was taken for the names of the columns.', zh: '首行视为列名。' }
        : {
            en: `No line looks like names of columns${named ? '' : ': they are called column_1, column_2 …'}.`,
            zh: `未发现列名行${named ? '' : '，各列命名为 column_1、column_2 ……'}。`,
          },
    )
  return notes
}

function titleNote(count: number): Text {
  return {
    en: `${count} line${count === 1 ? '' : 's'} above the table ${count === 1 ? 'was' : 'were'} skipped as a title.`,
    zh: `表格上方的 ${count} 行作为标题跳过。`,
  }
}
