import type { SourceFormat, Text } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { TrancheError } from '../../errors.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import { type ByteSource, openBytes, readHead } from './byte-stream.ts'
import { type CsvDialect, recogniseDialect } from './csv-dialect.ts'
import { countRegularRecords, type RegularRecords } from './csv-regular.ts'
import { createScanner, spaces } from './csv-scanner.ts'
import { type DecodePlan, decodePlans, EncodingMismatch, readText } from './encoding.ts'
import { createLineTable, type LineTable } from './line-table.ts'
import type { StagedFile, StageOptions } from './staged-file.ts'
import { createRejectedRows, createStagingTable, type StagingTable, stagingName } from './staging-table.ts'

type CsvFormat = Extract<SourceFormat, { type: 'csv' }>

/** Below this a regular file is copied once, since the mapping looks at it several times; above, it is read in place. */
const copyBelowBytes = 256 * 1024 * 1024
const replacement = '\uFFFD'

/** Stages a text table: through the engine's own reader where every line is regular, else line by line. */
export async function stageCsv(options: StageOptions, format: CsvFormat): Promise<StagedFile> {
  const source = await openBytes(options.file)
  const head = await readHead(source)
  if (isBlank(head)) throw emptyFile(options.file)
  const plans = decodePlans(head, format.encoding, options.file)
  for (const plan of plans) {
    const dialect = recognise(head, source, plan, format)
    const strictUtf8 = plan.encoding === 'utf-8' && (!plan.lossy || plan.bomBytes > 0)
    const inPlace =
      strictUtf8 && options.limit === undefined && (plan.bomBytes === 0 || dialect.firstLine > 1)
    const records = inPlace
      ? await countRegularRecords(
          source,
          dialect,
          options.signal,
          progressOf(options, source, () => 0),
        )
      : null
    if (records !== null) return await stageRegular(options, source, dialect, plan, records)
    try {
      return await stageLines(options, source, dialect, plan)
    } catch (error) {
      if (!(error instanceof EncodingMismatch)) throw error
    }
  }
  throw new TypeError('The last plan of decoding is never strict.')
}

/** Nothing at all, or nothing but a byte order mark and white space. */
function isBlank(head: Buffer): boolean {
  return head.length < 1 << 18 && /^(?:\u00ef\u00bb\u00bf)?\s*$/.test(head.toString('latin1'))
}

function recognise(head: Buffer, source: ByteSource, plan: DecodePlan, format: CsvFormat): CsvDialect {
  const text = new TextDecoder(plan.encoding, { ignoreBOM: true }).decode(head.subarray(plan.bomBytes))
  const whole = head.length < 1 << 18
  return recogniseDialect(text, whole, format, source.file)
}

async function stageRegular(
  options: StageOptions,
  source: ByteSource,
  dialect: CsvDialect,
  plan: DecodePlan,
  records: RegularRecords,
): Promise<StagedFile> {
  const { warehouse } = options
  const rejected = await rejectRagged(options, dialect, records)
  const inPlace = await regularRelation(warehouse, source, dialect, records)
  const name = stagingName('staged')
  const copied = source.bytes * (source.gzip ? 8 : 1) <= copyBelowBytes
  const drop = async (): Promise<void> => {
    for (const table of [name, inPlace.shifts, rejected]) {
      if (table !== null) await warehouse.run(sql`drop table if exists ${ident(table)}`)
    }
  }
  try {
    if (copied)
      await warehouse.run(
        sql`create or replace temp table ${ident(name)} as select * from ${inPlace.relation}`,
      )
    const relation = copied ? ident(name) : inPlace.relation
    const { n } = await warehouse.row<{ n: number }>(sql`select count(*) as n from ${relation}`)
    if (n === records.count)
      return {
        relation,
        columns: dialect.names.map((column) => ({ name: column, kind: 'text' })),
        rejected,
        firstLine: dialect.firstLine,
        records: records.count + records.ragged.length,
        notes: [plan.note, ...dialect.notes],
        drop,
      }
  } catch (error) {
    await drop()
    if (!(error instanceof TrancheError) || error.code !== 'query_failed') throw error
  }
  // The engine reads some line otherwise than we do: ours is the reading that is documented.
  await drop()
  return await stageLines(options, source, dialect, plan)
}

async function rejectRagged(
  options: StageOptions,
  dialect: CsvDialect,
  { ragged }: RegularRecords,
): Promise<string | null> {
  if (ragged.length === 0) return null
  const rejected = await createRejectedRows(options.warehouse, stagingName('rejected'), {
    width: dialect.width,
    sealed: (options.sealed?.length ?? 0) > 0,
    delimiter: dialect.delimiter,
  })
  for (const { line, cells, original } of ragged) rejected.add(line, 'ragged', original, cells)
  await rejected.table.flush()
  return rejected.table.name
}

/**
 * The file as the engine reads it. It drops ragged lines without counting them, so a row's line is its number plus
 * the ragged lines before it, which a small table of shifts tells.
 */
async function regularRelation(
  warehouse: Warehouse,
  source: ByteSource,
  dialect: CsvDialect,
  { ragged }: RegularRecords,
): Promise<{ relation: Sql; shifts: string | null }> {
  const inner = dialect.names.map((_, index) => ident(`c${index}`))
  const types = join(inner.map((column) => sql`${column}: 'VARCHAR'`))
  const named = join(dialect.names.map((name, index) => sql`${inner[index]!} as ${ident(name)}`))
  const skip = dialect.firstLine - 1
  const quote = dialect.quote ?? ''
  const read = sql`read_csv(${source.file}, auto_detect = false, header = false, skip = ${skip}, delim = ${dialect.delimiter}, quote = ${quote}, escape = ${quote}, ignore_errors = ${ragged.length > 0}, compression = ${source.gzip ? 'gzip' : 'none'}, columns = {${types}})`
  if (ragged.length === 0)
    return {
      relation: sql`(select row_number() over () + ${skip} as _line, ${named} from ${read})`,
      shifts: null,
    }
  const shifts = stagingName('shifts')
  // From which of the rows that are left on how many lines are missing; lines side by side make one step.
  const steps = new Map<number, number>([[0, 0]])
  for (const [index, { line }] of ragged.entries()) steps.set(line - skip - index, index + 1)
  await warehouse.createFrom(shifts, [
    { name: 'after', type: 'bigint', values: [...steps.keys()] },
    { name: 'shift', type: 'bigint', values: [...steps.values()] },
  ])
  return {
    relation: sql`(select n + ${skip} + shift as _line, ${named} from (select row_number() over () as n, * from ${read}) asof join ${ident(shifts)} on n >= after)`,
    shifts,
  }
}

async function stageLines(
  options: StageOptions,
  source: ByteSource,
  dialect: CsvDialect,
  plan: DecodePlan,
): Promise<StagedFile> {
  const { warehouse, signal, limit } = options
  const lineTable = isSplitByEngine(dialect)
    ? await createLineTable(warehouse, stagingName('staged'), dialect.names, dialect.delimiter)
    : null
  const table: StagingTable =
    lineTable ?? (await createStagingTable(warehouse, stagingName('staged'), dialect.names))
  const rejected = await createRejectedRows(warehouse, stagingName('rejected'), {
    width: dialect.width,
    sealed: (options.sealed?.length ?? 0) > 0,
    delimiter: dialect.delimiter === spaces ? /[ \t]+/ : dialect.delimiter,
  })
  const notes: Text[] = [plan.note, ...dialect.notes]
  const isBroken = (cells: readonly string[]): boolean =>
    plan.lossy && cells.some((cell) => cell.includes(replacement))
  const scanner = createScanner(dialect, {
    ...(lineTable === null ? {} : { plain: (line, text) => takePlain(lineTable, dialect, plan, line, text) }),
    row: (line, cells) => {
      if (line < dialect.firstLine) return
      if (isBroken(cells))
        rejected.add(
          line,
          'bad_encoding',
          cells.join(dialect.delimiter === spaces ? ' ' : dialect.delimiter),
          0,
        )
      else table.add(line, cells)
    },
    reject: (line, reason, original, found) => {
      if (line >= dialect.firstLine) rejected.add(line, reason, original, found)
    },
  })
  const onRead = progressOf(options, source, () => table.count())
  try {
    for await (const text of readText(source, plan, signal, onRead)) {
      // Smaller pieces keep a batch small whatever the size of the file's own.
      for (let at = 0; at < text.length; at += 1 << 20) {
        scanner.push(text.slice(at, at + (1 << 20)))
        if (table.full()) await table.flush()
        if (rejected.table.full()) await rejected.table.flush()
      }
      if (limit !== undefined && table.count() >= limit) break
    }
    if (limit === undefined || table.count() < limit) scanner.end()
    else notes.push(limitNote(table.count()))
    await table.flush()
    await rejected.table.flush()
  } catch (error) {
    await table.drop()
    await rejected.table.drop()
    throw error
  }
  const anyRejected = rejected.table.count() > 0
  if (!anyRejected) await rejected.table.drop()
  return {
    relation: ident(table.name),
    columns: dialect.names.map((column) => ({ name: column, kind: 'text' })),
    firstLine: dialect.firstLine,
    rejected: anyRejected ? rejected.table.name : null,
    records: table.count() + rejected.table.count(),
    notes,
    drop: async () => {
      await table.drop()
      await rejected.table.drop()
    },
  }
}

/** One character between cells, lines that end as the engine splits them, and no line that is empty and a record. */
function isSplitByEngine({ delimiter, newline, width }: CsvDialect): boolean {
  return delimiter.length === 1 && newline === '\n' && width > 1
}

/** Leaves a line of the table's width to the engine; false where it needs to be looked at cell by cell. */
function takePlain(
  table: LineTable,
  dialect: CsvDialect,
  plan: DecodePlan,
  line: number,
  text: string,
): boolean {
  const { delimiter, width, firstLine } = dialect
  if (line < firstLine || (plan.lossy && text.includes(replacement))) return false
  let cells = 1
  for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + 1)) cells++
  // Only a line that begins with white space may be nothing else.
  const first = text.charCodeAt(0)
  if (cells !== width || ((first <= 32 || first > 127) && text.trim() === '')) return false
  table.addLine(line, text)
  return true
}

function progressOf(options: StageOptions, source: ByteSource, rows: () => number): (bytes: number) => void {
  return (bytes) => options.progress?.({ rows: rows(), bytes, totalBytes: source.bytes })
}

function limitNote(rows: number): Text {
  return {
    en: `Only ${rows === 1 ? 'the first row was' : `the first ${rows} rows were`} read.`,
    zh: `仅读取了前 ${rows} 行。`,
  }
}

function emptyFile(file: string): TrancheError {
  return new TrancheError(
    'invalid_source',
    { en: `${file} is empty.`, zh: `${file} 是空文件。` },
    {
      place: { file, line: 1 },
      hint: { en: 'Export it again, or leave it out of the source.', zh: '请重新导出，或从数据源中移除。' },
    },
  )
}
