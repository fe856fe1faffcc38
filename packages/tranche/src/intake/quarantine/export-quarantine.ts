import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Source, SourceFormat } from '@tranche/contract'
import iconv from 'iconv-lite'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { ident, join, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { isInPlace } from '../cluster/place.ts'
import type { IntakeState, TakenFile } from '../intake-state.ts'
import { sourceFiles } from '../mapping/source-files.ts'
import { stageFile } from '../readers/stage-file.ts'
import { type QuarantineThere, quarantinedRows } from './list-quarantine.ts'

export interface ExportQuarantineOptions {
  /** An engine of its own, in memory: files are staged in it. */
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
  /** `.tranche` */
  readonly folder: string
  readonly state: Pick<IntakeState, 'files' | 'resolution'>
  readonly source: string
  readonly out: string
  /** What the run set aside on the cluster; null, or left out, where that is nothing. */
  readonly there?: QuarantineThere | null
}

export interface QuarantineExport {
  readonly out: string
  readonly rows: number
  /** Lines that could not be read and so have no columns; to be mended in the file itself. */
  readonly unreadable: number
  /** Columns left empty because they name a person. */
  readonly emptied: readonly string[]
}

/**
 * Writes a source's rejected rows with the source's own columns, to be mended and put beside its files, or in its table on the
 * cluster: JSON Lines for JSON Lines, else delimited text as the source declares it. What names a person is left empty.
 * @throws TrancheError not_found for an unknown source or one without rejected rows
 */
export async function exportQuarantine(options: ExportQuarantineOptions): Promise<QuarantineExport> {
  const { warehouse, catalogue, folder, state, out } = options
  const definition = catalogue.sources.find(({ key }) => key === options.source)
  if (definition !== undefined && isInPlace(definition.value)) return await exportThere(options, definition)
  const rejected = definition === undefined ? null : quarantinedRows(folder, state, options.source)
  if (definition === undefined || rejected === null) throw nothingRejected(options.source, catalogue)
  await warehouse.run(
    sql`create or replace temp table quarantined_lines as select distinct file, line from ${rejected}`,
  )
  const source = definition.value
  const places = new Map(
    (await sourceFiles(catalogue.dir, definition)).map((file) => [file.path, file.absolute]),
  )
  const files = state.files.filter((file) => file.source === source.key && places.has(file.path))
  const columns = [...new Set(files.flatMap((file) => file.columns.map(({ name }) => name)))]
  let rows = 0
  const lines = async function* (): AsyncGenerator<string> {
    const write = writerOf(source, columns)
    yield write.head
    for (const file of files)
      for await (const cells of rejectedCells(warehouse, source, file, places.get(file.path)!, columns)) {
        rows++
        yield write.row(cells)
      }
  }
  await writeLines(source, lines(), out)
  const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from quarantined_lines`)
  await warehouse.run(sql`drop table quarantined_lines`)
  return {
    out,
    rows,
    unreadable: n - rows,
    emptied: columns.filter((name) => source.identifiers[name] !== undefined),
  }
}

/** Of a table of the cluster the rows in which some value can't be read; those that contradict others are in order themselves. */
async function exportThere(
  { catalogue, out, there }: ExportQuarantineOptions,
  { value: source }: Catalogue['sources'][number],
): Promise<QuarantineExport> {
  const parts = there?.rejected.filter((part) => part.source === source.key) ?? []
  const [first] = parts
  if (there === undefined || there === null || first === undefined)
    throw nothingRejected(source.key, catalogue)
  const { columns } = first
  const readable = columns.filter((name) => source.identifiers[name] === undefined)
  const write = writerOf(source, columns)
  let rows = 0
  const lines = async function* (): AsyncGenerator<string> {
    yield write.head
    const all = join(
      parts.map((part) => part.rows),
      ' union all ',
    )
    for await (const found of there.warehouse.batches(sql`select * from (${all}) order by 1`))
      for (let row = 0; row < found.rowCount; row++) {
        rows++
        yield write.row(
          columns.map((name) => {
            const column = found.byName[`c${readable.indexOf(name)}`]
            return column?.type === 'string' ? (column.values[row] ?? null) : null
          }),
        )
      }
  }
  await writeLines(source, lines(), out)
  return { out, rows, unreadable: 0, emptied: columns.filter((name) => !readable.includes(name)) }
}

async function writeLines(source: Source, lines: AsyncIterable<string>, out: string): Promise<void> {
  const encoding = source.format?.type === 'csv' ? source.format.encoding : 'auto'
  await pipeline(
    Readable.from(lines),
    async function* (texts: AsyncIterable<string>) {
      for await (const text of texts)
        yield encoding === 'auto' ? Buffer.from(text) : iconv.encode(text, encoding)
    },
    createWriteStream(out, { mode: 0o640 }),
  )
}

/** Cells of the rejected rows of one file, in the order of its lines. */
async function* rejectedCells(
  warehouse: Warehouse,
  source: Source,
  file: TakenFile,
  path: string,
  columns: readonly string[],
): AsyncGenerator<readonly (string | null)[]> {
  const staged = await stageFile({ source, file: path, warehouse })
  try {
    const there = new Set(staged.columns.map(({ name }) => name))
    const cells = columns.map((name, index) =>
      there.has(name) && source.identifiers[name] === undefined
        ? sql`cast(${ident(name)} as varchar) as ${ident(`c${index}`)}`
        : sql`cast(null as varchar) as ${ident(`c${index}`)}`,
    )
    const found = await warehouse.columns(
      sql`select ${join(cells)} from ${staged.relation} where _line in (select line from quarantined_lines where file = ${file.path}) order by _line`,
    )
    for (let row = 0; row < found.rowCount; row++)
      yield columns.map((_, index) => {
        const column = found.byName[`c${index}`]
        return column?.type === 'string' ? (column.values[row] ?? null) : null
      })
  } finally {
    await staged.drop()
  }
}

interface Writer {
  readonly head: string
  row(cells: readonly (string | null)[]): string
}

function writerOf({ format }: Source, columns: readonly string[]): Writer {
  if (format?.type === 'jsonl')
    return {
      head: '',
      row: (cells) =>
        `${JSON.stringify(Object.fromEntries(columns.flatMap((name, index) => (cells[index] === null ? [] : [[name, cells[index]]]))))}\n`,
    }
  const delimiter = delimiterOf(format)
  const line = (cells: readonly (string | null)[]) =>
    `${cells.map((cell) => quoted(cell ?? '', delimiter)).join(delimiter)}\n`
  const headed = format?.type !== 'csv' || (format.header !== false && format.columns === undefined)
  return { head: headed ? line(columns) : '', row: line }
}

function delimiterOf(format: SourceFormat | undefined): string {
  if (format?.type !== 'csv' || format.delimiter === undefined) return ','
  return format.delimiter === '\\t' ? '\t' : format.delimiter === 'spaces' ? ' ' : format.delimiter
}

function quoted(cell: string, delimiter: string): string {
  return cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function nothingRejected(source: string, { sources }: Catalogue): TrancheError {
  const known = sources.some(({ key }) => key === source)
  return new TrancheError(
    'not_found',
    known
      ? { en: `No row of ${source} is in the quarantine.`, zh: `来源 ${source} 没有被隔离的行。` }
      : { en: `There is no source ${source}.`, zh: `没有来源 ${source}。` },
    known
      ? {}
      : {
          hint: {
            en: `Sources: ${sources.map(({ key }) => key).join(', ')}.`,
            zh: `现有来源：${sources.map(({ key }) => key).join('、')}。`,
          },
        },
  )
}
