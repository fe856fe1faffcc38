import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { type Language, publishedTables } from '@tranche/contract'
import { checkExpression, nearest, parseExpression, type ScopeColumn, type Type } from '@tranche/language'
import iconv from 'iconv-lite'
import type { Cell, Row, Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { expressionToSql } from '../../sql/expression-sql.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { requireFolder } from '../require-folder.ts'
import { columnLabels, type ExportColumn } from './columns.ts'
import { writeWorkbook } from './workbook.ts'

export type ExportFormat = 'csv' | 'jsonl' | 'parquet' | 'xlsx'
export type ExportEncoding = 'utf-8' | 'utf-8-bom' | 'gb18030'

/** Rows that one spreadsheet takes. */
export const largestSheet = 200_000

export interface ExportOptions {
  readonly table: string
  readonly file: string
  readonly format: ExportFormat
  readonly encoding?: ExportEncoding
  readonly language: Language
  /** Rule over the table's columns; rows for which it is true are exported. */
  readonly where?: string
  /** Columns to export, in this order; all where absent. */
  readonly columns?: readonly string[]
  /** Write several spreadsheets instead of refusing more rows than one takes. */
  readonly split?: boolean
  /** Told how many rows there are before the first is written; what it throws stops the export. */
  readonly beforeRows?: (rows: number) => Promise<void>
}

export interface ExportOutcome {
  readonly table: string
  readonly rows: number
  readonly files: readonly string[]
}

/**
 * Writes a published table to a file, ordered by its first columns. CSV and JSON Lines carry the columns' own names;
 * a spreadsheet carries their labels in the language asked for.
 * @throws TrancheError not_found, invalid_input, refused (too many rows for a spreadsheet)
 */
export async function exportTable(
  warehouse: Warehouse,
  catalogue: Catalogue,
  options: ExportOptions,
): Promise<ExportOutcome> {
  await requireFolder(options.file)
  const columns = await columnsOf(warehouse, catalogue, options)
  const query = statement(options, columns, await allColumns(warehouse, options.table))
  const { rows } = await warehouse.row<{ rows: number }>(sql`select count(*) as rows from (${query})`)
  const isTooLarge = options.format === 'xlsx' && rows > largestSheet && options.split !== true
  if (isTooLarge) throw tooManyRows(options, rows)
  await options.beforeRows?.(rows)
  const done = (files: readonly string[]) => ({ table: options.table, rows, files })
  switch (options.format) {
    case 'parquet':
      await warehouse.writeParquet(query, options.file)
      return done([options.file])
    case 'xlsx':
      return done(await writeWorkbook(warehouse, query, columns, options, rows))
    case 'csv':
      await writeText(
        warehouse,
        query,
        columns,
        options,
        csvLine,
        `${columns.map(({ name }) => csvCell(name)).join(',')}\r\n`,
      )
      return done([options.file])
    case 'jsonl':
      await writeText(warehouse, query, columns, options, jsonLine, '')
      return done([options.file])
  }
}

function tooManyRows({ table, file }: ExportOptions, rows: number): TrancheError {
  const csv = `tranche export ${table} --format csv --out ${file.replace(/\.xlsx$/, '')}.csv`
  const parquet = `tranche export ${table} --format parquet --out ${file.replace(/\.xlsx$/, '')}.parquet`
  return new TrancheError(
    'refused',
    {
      en: `${table} has ${rows} rows; a spreadsheet takes ${largestSheet}.`,
      zh: `${table} 有 ${rows} 行，单个电子表格最多 ${largestSheet} 行。`,
    },
    {
      hint: {
        en: `Use \`${csv}\` or \`${parquet}\`, or --split for several spreadsheets.`,
        zh: `请使用 \`${csv}\` 或 \`${parquet}\`，或加 --split 分成多个文件。`,
      },
    },
  )
}

async function allColumns(
  warehouse: Warehouse,
  table: string,
): Promise<readonly { readonly name: string; readonly type: string }[]> {
  const known = publishedTables.map(({ name }) => name)
  const unknown = () => {
    const near = nearest(table, known)
    return new TrancheError(
      'not_found',
      {
        en: `There is no published table ${JSON.stringify(table)}.`,
        zh: `没有已发布的表 ${JSON.stringify(table)}。`,
      },
      {
        hint:
          near === undefined
            ? { en: `There are: ${known.join(', ')}.`, zh: `可用的表：${known.join('、')}。` }
            : { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` },
      },
    )
  }
  if (!known.includes(table)) throw unknown()
  const found = await warehouse
    .rows<{ column_name: string; column_type: string }>(sql`describe ${ident(table)}`)
    .catch(() => [])
  if (found.length === 0) throw unknown()
  return found.map(({ column_name, column_type }) => ({ name: column_name, type: column_type }))
}

async function columnsOf(
  warehouse: Warehouse,
  catalogue: Catalogue,
  options: ExportOptions,
): Promise<readonly ExportColumn[]> {
  const all = columnLabels(options.table, await allColumns(warehouse, options.table), catalogue)
  if (options.columns === undefined) return all
  return options.columns.map((name) => {
    const column = all.find((candidate) => candidate.name === name)
    if (column !== undefined) return column
    const near = nearest(
      name,
      all.map((candidate) => candidate.name),
    )
    throw new TrancheError(
      'invalid_input',
      {
        en: `${options.table} has no column ${JSON.stringify(name)}.`,
        zh: `${options.table} 没有列 ${JSON.stringify(name)}。`,
      },
      near === undefined ? {} : { hint: { en: `Did you mean ${near}?`, zh: `是否想写 ${near}？` } },
    )
  })
}

function statement(
  options: ExportOptions,
  columns: readonly ExportColumn[],
  all: readonly { name: string; type: string }[],
): Sql {
  const picked = join(columns.map(({ name }) => ident(name)))
  const where = options.where === undefined ? sql`true` : ruleOver(options.where, all)
  return sql`select ${picked} from ${ident(options.table)} where ${where} order by ${join(all.slice(0, 3).map(({ name }) => ident(name)))}`
}

function languageType(engineType: string): Type | undefined {
  if (/^(DOUBLE|FLOAT|BIGINT|HUGEINT|INTEGER|SMALLINT|TINYINT|UBIGINT|DECIMAL)/.test(engineType))
    return 'number'
  if (/^TIMESTAMP/.test(engineType)) return 'instant'
  return { VARCHAR: 'string', BOOLEAN: 'bool', DATE: 'date' }[engineType] as Type | undefined
}

/** SQL of a rule over a table's columns. @throws TrancheError invalid_input with the column of the mistake */
export function ruleOver(
  text: string,
  all: readonly { readonly name: string; readonly type: string }[],
): Sql {
  const columns = new Map<string, ScopeColumn>()
  for (const { name, type } of all) {
    const known = languageType(type)
    if (known !== undefined) columns.set(name, { type: known })
  }
  const refuse = (
    problems: readonly {
      message: { en: string; zh: string }
      hint?: { en: string; zh: string }
      column: number
    }[],
  ) => {
    const [first] = problems
    const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)
    return new TrancheError(
      'invalid_input',
      {
        en: `--where: ${first?.message.en} (column ${first?.column} of ${shown})`,
        zh: `--where：${first?.message.zh}（位于 ${shown} 第 ${first?.column} 列）`,
      },
      first?.hint === undefined ? {} : { hint: first.hint },
    )
  }
  const parsed = parseExpression(text)
  if (!parsed.ok) throw refuse(parsed.problems)
  const checked = checkExpression(parsed.expr, { columns }, { kind: 'rule', expect: ['bool'] })
  if (!checked.ok) throw refuse(checked.problems)
  const types = new Map(all.map(({ name, type }) => [name, type]))
  return expressionToSql(checked.expr, {
    column: (name) => ident(name),
    storage: (name) => {
      const type = types.get(name) ?? ''
      const decimals = /^DECIMAL\(\d+,(\d+)\)/.exec(type)
      if (decimals) return { decimals: Number(decimals[1]) }
      return /INT/.test(type) ? 'integer' : 'double'
    },
  })
}

type Line = (row: Row, columns: readonly ExportColumn[]) => string

async function writeText(
  warehouse: Warehouse,
  query: Sql,
  columns: readonly ExportColumn[],
  options: ExportOptions,
  line: Line,
  head: string,
): Promise<void> {
  const partial = `${options.file}.part`
  const encoding = options.encoding ?? 'utf-8'
  const encode = (text: string) =>
    encoding === 'gb18030' ? iconv.encode(text, 'gb18030') : Buffer.from(text, 'utf8')
  const stream = createWriteStream(partial, { mode: 0o640 })
  try {
    const write = async (bytes: Uint8Array) => {
      if (!stream.write(bytes)) await once(stream, 'drain')
    }
    if (encoding === 'utf-8-bom') await write(Buffer.from('\ufeff', 'utf8'))
    await write(encode(head))
    for await (const rows of pages(warehouse, query))
      await write(encode(rows.map((row) => line(row, columns)).join('')))
    stream.end()
    await finished(stream)
    await rename(partial, options.file)
  } catch (error) {
    stream.destroy()
    await rm(partial, { force: true })
    throw error
  }
}

const rowsPerPage = 50_000

/** Exact rows, a page at a time, from one materialised result. */
export async function* pages(warehouse: Warehouse, query: Sql): AsyncIterable<readonly Row[]> {
  await warehouse.run(
    sql`create or replace temp table export_rows as select row_number() over () as export_row, * from (${query})`,
  )
  try {
    for (let from = 1; ; from += rowsPerPage) {
      const rows = await warehouse.rows(
        sql`select * exclude (export_row) from export_rows where export_row between ${from} and ${from + rowsPerPage - 1} order by export_row`,
      )
      if (rows.length > 0) yield rows
      if (rows.length < rowsPerPage) return
    }
  } finally {
    await warehouse.run(sql`drop table if exists export_rows`)
  }
}

const csvLine: Line = (row, columns) =>
  `${columns.map(({ name, type }) => csvCell(row[name] ?? null, type === 'VARCHAR')).join(',')}\r\n`
const jsonLine: Line = (row) => `${JSON.stringify(row)}\n`

/** A cell for CSV. Text that a spreadsheet would take for a formula is led by an apostrophe. */
function csvCell(value: Cell, isText = true): string {
  if (value === null) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const safe = isText && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
