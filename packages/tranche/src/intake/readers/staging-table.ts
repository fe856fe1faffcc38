import { randomBytes } from 'node:crypto'
import type { Text } from '@tranche/contract'
import { counted } from '@tranche/language'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import { type RejectReason, rejectedColumns } from './staged-file.ts'

/** A temporary table that takes texts row by row: temporary, so that no identifier stays in a run's file. */
export interface StagingTable {
  readonly name: string
  /** Rows taken so far. */
  count(): number
  add(line: number, cells: readonly (string | null)[]): void
  /** True where enough has gathered that `flush` is worth while. */
  full(): boolean
  flush(): Promise<void>
  drop(): Promise<void>
}

const batchRows = 16_384
const batchChars = 8 * 1024 * 1024

/** A name of its own for every staging, so that a file may be staged twice at once. */
export function stagingName(prefix: string): string {
  return `${prefix}_${randomBytes(8).toString('hex')}`
}

/** Creates the table with `_line` and the columns; an empty cell becomes NULL. */
export async function createStagingTable(
  warehouse: Warehouse,
  name: string,
  columns: readonly string[],
  lineColumn = '_line',
): Promise<StagingTable> {
  const definitions = columns.map((column) => sql`${ident(column)} varchar`)
  await warehouse.run(
    sql`create or replace temp table ${ident(name)} (${join([sql`${ident(lineColumn)} bigint`, ...definitions])})`,
  )
  let lines: number[] = []
  let texts: (string | null)[][] = columns.map(() => [])
  let chars = 0
  let total = 0
  return {
    name,
    count: () => total,
    add: (line, cells) => {
      lines.push(line)
      total++
      for (let index = 0; index < texts.length; index++) {
        const cell = cells[index]
        const empty = cell === undefined || cell === null || cell === ''
        texts[index]!.push(empty ? null : cell)
        if (!empty) chars += cell.length
      }
    },
    full: () => lines.length >= batchRows || chars >= batchChars,
    flush: async () => {
      if (lines.length === 0) return
      await warehouse.append(name, [
        { name: lineColumn, type: 'bigint', values: lines },
        ...texts.map((values, index) => ({ name: columns[index]!, type: 'varchar' as const, values })),
      ])
      lines = []
      texts = columns.map(() => [])
      chars = 0
    },
    drop: () => warehouse.run(sql`drop table if exists ${ident(name)}`),
  }
}

export interface RejectedRows {
  readonly table: StagingTable
  add(line: number, reason: RejectReason, original: string, found: number): void
}

/** The table of rows that could not be read. */
export async function createRejectedRows(
  warehouse: Warehouse,
  name: string,
  options: { readonly width: number; readonly sealed: boolean; readonly delimiter: string | RegExp },
): Promise<RejectedRows> {
  const [lineColumn, ...columns] = rejectedColumns
  const table = await createStagingTable(warehouse, name, columns, lineColumn)
  return {
    table,
    add: (line, reason, original, found) => {
      const detail = rejectDetail(reason, options.width, found)
      const shown = options.sealed ? maskLine(original, options.delimiter) : original
      table.add(line, [null, reason, detail.en, detail.zh, shown])
    },
  }
}

/** The reason in words. */
export function rejectDetail(reason: RejectReason, width: number, found: number): Text {
  switch (reason) {
    case 'ragged':
      return {
        en: `The line has ${counted(found, 'cell', 'cells')}, expected ${width}.`,
        zh: `该行有 ${found} 格，应为 ${width} 格。`,
      }
    case 'unterminated_quote':
      return {
        en: 'A quotation mark opens a cell and is not closed before the next record.',
        zh: '引号开启了单元格，但在下一条记录之前没有闭合。',
      }
    case 'stray_quote':
      return {
        en: 'Text follows the closing quotation mark of a cell; a quotation mark inside must be doubled.',
        zh: '单元格的闭合引号之后还有文字；单元格内的引号应成对书写。',
      }
    case 'too_large':
      return { en: 'The line is longer than 16 million characters.', zh: '该行超过 1600 万个字符。' }
    case 'not_json':
      return { en: 'The line is no JSON object.', zh: '该行不是 JSON 对象。' }
    case 'bad_encoding':
      return {
        en: 'The line holds bytes that the encoding of the file does not know.',
        zh: '该行含有文件编码无法识别的字节。',
      }
  }
}

const harmless = /^\s*([-+]?\d{1,7}([.,]\d{1,4})?|\d{4}[-/]\d{1,2}[-/]\d{1,2}.{0,20})?\s*$/

/**
 * A line that could not be split reliably, in a file that names persons: only cells that can name nobody
 * (short numbers, dates) stay readable.
 */
function maskLine(original: string, delimiter: string | RegExp): string {
  const cells = original.split(delimiter)
  const glue = typeof delimiter === 'string' ? delimiter : ' '
  return cells.map((cell) => (harmless.test(cell.replaceAll('"', '')) ? cell : '***')).join(glue)
}
