import type { SourceFormat, Text } from '@tranche/contract'
import { counted, plural } from '@tranche/language'
import { columnNames, isValueLike, looksLikeHeader, numberedNames } from './header.ts'
import type { Merge } from './workbook.ts'

export type SheetCell = string | number | boolean | Date | null

export interface SheetTable {
  readonly names: readonly string[]
  readonly rows: readonly { readonly line: number; readonly cells: readonly (string | null)[] }[]
  /** Row of the first record, from 1. */
  readonly firstLine: number
  readonly notes: readonly Text[]
}

type XlsxFormat = Extract<SourceFormat, { type: 'xlsx' }>

const searched = 30
const widestMerge = 500
const totals =
  /^\s*(合\s*计|小\s*计|总\s*计|总\s*和|累\s*计|本页合计|本月合计|total|totals|sub-?total|grand total|sum)\s*[:：]?\s*$/i
const remark =
  /^(注|备注|说明|制表|填表|审核|数据来源|来源|打印|note|notes|source|prepared by|printed)\s*[:：]?/i

/** Finds the table in a sheet as people lay them out: titles above, one or two header lines, merged cells, totals. */
export function layOut(
  cells: readonly (readonly SheetCell[])[],
  merges: readonly Merge[],
  format: XlsxFormat,
): SheetTable {
  const notes: Text[] = []
  const texts = cells.map((row) => row.map(cellText))
  const filled = fillMerges(texts, merges)
  const width = filled.reduce((widest, row) => Math.max(widest, lastFilled(row) + 1), 0)
  const header = findHeader(filled, merges, width, format)
  if (
    header.first > 0 &&
    header.lines > 0 &&
    filled.slice(0, header.first).some((row) => countFilled(row) > 0)
  )
    notes.push({
      en: `${header.first} row${header.first === 1 ? '' : 's'} above the header ${header.first === 1 ? 'was' : 'were'} skipped as a title.`,
      zh: `表头上方的 ${header.first} 行作为标题跳过。`,
    })
  if (header.lines > 1)
    notes.push({
      en: `The header has ${header.lines} lines, which were joined.`,
      zh: `表头共 ${header.lines} 行，已合并。`,
    })
  if (header.lines === 0)
    notes.push({
      en: 'No row looks like names of columns: they are called column_1, column_2 ….',
      zh: '未发现列名行，各列命名为 column_1、column_2 ……。',
    })
  const titled = header.lines === 0 ? numberedNames(width) : joinHeader(filled, header, width)
  const used = usedColumns(titled, filled.slice(header.first + header.lines), width, header.lines > 0)
  const named = format.columns
    ? columnNames(format.columns)
    : columnNames(used.map((index) => titled[index] ?? ''))
  notes.push(...named.notes)
  const body = bodyRows(filled, header.first + header.lines, used, notes)
  notes.push(...lostDigits(cells, used, named.names, header.first + header.lines))
  return { names: named.names, rows: body, firstLine: header.first + header.lines + 1, notes }
}

interface Header {
  /** Rows above it. */
  readonly first: number
  readonly lines: number
}

function findHeader(
  rows: readonly (readonly (string | null)[])[],
  merges: readonly Merge[],
  width: number,
  format: XlsxFormat,
): Header {
  if (format.headerRow !== undefined) {
    const lines = format.headerRows ?? 1
    return { first: Math.max(0, format.headerRow - lines), lines }
  }
  const needed = Math.max(Math.min(2, width), width * 0.6)
  for (let first = 0; first < Math.min(searched, rows.length); first++) {
    const row = rows[first]!
    if (countFilled(row) < needed || isBanner(row)) continue
    const lines = format.headerRows ?? (isTwoLines(rows, merges, first) ? 2 : 1)
    const rest = rows
      .slice(first + lines, first + lines + 100)
      .map((cells) => cells.map((cell) => cell ?? ''))
    const named = looksLikeHeader(
      row.map((cell) => cell ?? ''),
      rest,
    )
    return { first, lines: named ? lines : 0 }
  }
  return { first: 0, lines: 0 }
}

/** A title merged over the whole width stands in every cell of its row. */
function isBanner(row: readonly (string | null)[]): boolean {
  const texts = row.filter((cell): cell is string => cell !== null)
  return texts.length > 2 && new Set(texts).size === 1
}

/** The row groups columns (by merged cells) and the next one names them. */
function isTwoLines(
  rows: readonly (readonly (string | null)[])[],
  merges: readonly Merge[],
  first: number,
): boolean {
  const next = rows[first + 1]
  if (next === undefined || next.some((cell) => cell !== null && isValueLike(cell))) return false
  const grouped = merges.some(
    ({ top, bottom, left, right }) => top === first && bottom === first && right > left,
  )
  const tall = merges.some(({ top, bottom }) => top === first && bottom === first + 1)
  return (grouped || tall) && countFilled(next) >= 2
}

function joinHeader(
  rows: readonly (readonly (string | null)[])[],
  { first, lines }: Header,
  width: number,
): readonly string[] {
  return Array.from({ length: width }, (_, index) => {
    const parts = rows
      .slice(first, first + lines)
      .map((row) => (row[index] ?? '').replace(/\s+/g, ' ').trim())
      .filter((part) => part !== '')
    return [...new Set(parts)].join(' ')
  })
}

function usedColumns(
  names: readonly string[],
  body: readonly (readonly (string | null)[])[],
  width: number,
  hasHeader: boolean,
): readonly number[] {
  const held = new Set<number>()
  for (const row of body) for (const [index, cell] of row.entries()) if (cell !== null) held.add(index)
  return Array.from({ length: width }, (_, index) => index).filter(
    (index) => held.has(index) || (hasHeader && names[index] !== ''),
  )
}

function bodyRows(
  rows: readonly (readonly (string | null)[])[],
  start: number,
  used: readonly number[],
  notes: Text[],
): SheetTable['rows'] {
  const kept: { line: number; cells: readonly (string | null)[] }[] = []
  let left = 0
  let remarks = 0
  for (let index = start; index < rows.length; index++) {
    const row = rows[index]!
    const cells = used.map((column) => row[column] ?? null)
    const filled = countFilled(cells)
    if (filled === 0) continue
    if (cells.slice(0, 4).some((cell) => cell !== null && totals.test(cell))) left++
    else if (used.length >= 3 && filled <= 2 && cells.some((cell) => cell !== null && remark.test(cell)))
      remarks++
    else kept.push({ line: index + 1, cells })
  }
  if (left > 0)
    notes.push({
      en: `${left} row${left === 1 ? '' : 's'} of totals ${left === 1 ? 'was' : 'were'} left out.`,
      zh: `${left} 行合计或小计未读入。`,
    })
  if (remarks > 0)
    notes.push({
      en: `${remarks} row${remarks === 1 ? '' : 's'} of remarks ${remarks === 1 ? 'was' : 'were'} left out.`,
      zh: `${remarks} 行备注说明未读入。`,
    })
  return kept
}

function fillMerges(
  rows: readonly (readonly (string | null)[])[],
  merges: readonly Merge[],
): (string | null)[][] {
  const filled = rows.map((row) => [...row])
  for (const { top, left, bottom, right } of merges) {
    const value = filled[top]?.[left] ?? null
    if (value === null) continue
    for (let row = top; row <= Math.min(bottom, filled.length - 1); row++)
      for (let column = left; column <= Math.min(right, left + widestMerge); column++)
        filled[row]![column] = value
  }
  return filled
}

/** Cells that merged areas would fill together: far more than the sheet has, where they overlap by the thousand. */
export function mergedCells(cells: readonly (readonly SheetCell[])[], merges: readonly Merge[]): number {
  return merges.reduce((sum, { top, left, bottom, right }) => {
    const rows = Math.max(0, Math.min(bottom, cells.length - 1) - top + 1)
    return sum + rows * Math.max(0, Math.min(right - left, widestMerge) + 1)
  }, 0)
}

/** Spreadsheets keep fifteen digits: longer numbers have lost the rest for good, and nobody can tell them apart. */
function lostDigits(
  cells: readonly (readonly SheetCell[])[],
  used: readonly number[],
  names: readonly string[],
  start: number,
): readonly Text[] {
  const hit = used.flatMap((column, index) => {
    let count = 0
    for (const row of cells.slice(start)) {
      const cell = row[column]
      if (typeof cell === 'number' && Number.isInteger(cell) && Math.abs(cell) >= 1e15) count++
      else if (typeof cell === 'string' && /^\d\.\d+E\+?\d{2}$/i.test(cell.trim())) count++
    }
    return count === 0 ? [] : [{ name: names[index] ?? '', count }]
  })
  return hit.map(({ name, count }) => ({
    en: `Column ${JSON.stringify(name)}: ${counted(count, 'long number was', 'long numbers were')} stored in scientific notation and ${plural(count, 'has lost its', 'have lost their')} last digits. Export it as text.`,
    zh: `列 ${JSON.stringify(name)}：${count} 个长数字以科学计数法存储，末尾数位已丢失，请以文本格式重新导出。`,
  }))
}

/** A cell as text: numbers with all their digits, dates as YYYY-MM-DD with the time where there is one. */
export function cellText(cell: SheetCell | undefined): string | null {
  if (cell === null || cell === undefined) return null
  if (cell instanceof Date) {
    if (Number.isNaN(cell.getTime())) return null
    const iso = cell.toISOString()
    return iso.slice(11, 19) === '00:00:00' ? iso.slice(0, 10) : iso.slice(0, 19).replace('T', ' ')
  }
  if (typeof cell === 'number') return numberText(cell)
  const text = String(cell)
  return text.trim() === '' ? null : text
}

function numberText(value: number): string | null {
  if (!Number.isFinite(value)) return null
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return BigInt(value).toString()
  const short = String(value)
  return short.includes('e') ? value.toFixed(20).replace(/0+$/, '').replace(/[.]$/, '') : short
}

function countFilled(row: readonly (string | null)[]): number {
  return row.reduce((count, cell) => (cell === null ? count : count + 1), 0)
}

function lastFilled(row: readonly (string | null)[]): number {
  return row.findLastIndex((cell) => cell !== null)
}
