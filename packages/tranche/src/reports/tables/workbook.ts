import type { Language } from '@tranche/contract'
import { publishedTables } from '@tranche/contract'
import writeExcelFile from 'write-excel-file/node'
import { getCellAddress } from 'write-excel-file/utility'
import { writeAtomically } from '../../engine/atomic-file.ts'
import type { Cell, Warehouse } from '../../engine/warehouse.ts'
import type { Sql } from '../../sql/sql.ts'
import { headerCell, numberFormats, type SheetCell, sheetTitle } from './cells.ts'
import type { ExportColumn } from './columns.ts'
import { type ExportOptions, largestSheet, pages } from './export-table.ts'
import { insertElement, onEverySheet, type SheetFeature } from './sheet-features.ts'
import { pinZipTimes } from './zip-time.ts'

/** Writes spreadsheets with a frozen, labelled header, a filter on every column, and number formats. Gives their paths. */
export async function writeWorkbook(
  warehouse: Warehouse,
  query: Sql,
  columns: readonly ExportColumn[],
  options: ExportOptions,
  rowCount: number,
): Promise<readonly string[]> {
  const parts = Math.max(1, Math.ceil(rowCount / largestSheet))
  const files: string[] = []
  let rows: SheetCell[][] = []
  for await (const page of pages(warehouse, query)) {
    for (const row of page) {
      rows.push(columns.map((column) => cellOf(row[column.name] ?? null, column)))
      if (rows.length === largestSheet) {
        files.push(await writeOne(rows, columns, options, partName(options.file, files.length, parts)))
        rows = []
      }
    }
  }
  if (rows.length > 0 || files.length === 0)
    files.push(await writeOne(rows, columns, options, partName(options.file, files.length, parts)))
  return files
}

async function writeOne(
  rows: readonly SheetCell[][],
  columns: readonly ExportColumn[],
  { table, language }: ExportOptions,
  file: string,
): Promise<string> {
  const header = columns.map(({ label }) => headerCell(label[language]))
  const content = await writeExcelFile(
    [header, ...rows],
    {
      sheet: sheetName(table, language),
      stickyRowsCount: 1,
      columns: columns.map(({ label }) => ({
        width: Math.min(28, Math.max(11, label[language].length + 4)),
      })),
    },
    { features: [filterOn(columns.length, rows.length + 1)] },
  ).toBuffer()
  await writeAtomically(file, pinZipTimes(content))
  return file
}

function filterOn(columnCount: number, rowCount: number): SheetFeature {
  const range = `${getCellAddress(0, 0)}:${getCellAddress(Math.max(1, rowCount - 1), Math.max(0, columnCount - 1))}`
  return onEverySheet((xml) => insertElement(xml, `<autoFilter ref="${range}"/>`))
}

function cellOf(value: Cell, { type, unit }: ExportColumn): SheetCell {
  if (value === null) return null
  const format = numberFormats[unit]
  const formatted = format === undefined ? {} : { format }
  if (typeof value === 'boolean') return { value, type: Boolean }
  if (typeof value === 'number') return { value, type: Number, ...formatted }
  const text = typeof value === 'object' ? JSON.stringify(value) : value
  if (type.startsWith('DECIMAL')) return { value: Number(text), type: Number, ...formatted }
  if (type === 'DATE') return { value: new Date(`${text}T00:00:00Z`), type: Date, format: 'yyyy-mm-dd' }
  if (type.startsWith('TIMESTAMP')) return { value: new Date(text), type: Date, format: 'yyyy-mm-dd hh:mm' }
  return { value: text.slice(0, 32_767), type: String }
}

function partName(file: string, index: number, parts: number): string {
  return parts === 1 ? file : file.replace(/(\.xlsx)?$/, `-${index + 1}-of-${parts}.xlsx`)
}

function sheetName(table: string, language: Language): string {
  const label = publishedTables.find(({ name }) => name === table)?.label[language] ?? table
  return sheetTitle(label)
}
