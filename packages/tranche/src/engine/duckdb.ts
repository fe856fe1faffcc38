import { rename } from 'node:fs/promises'
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api'
import { TrancheError } from '../errors.ts'
import { duckdbDialect } from '../sql/duckdb-dialect.ts'
import {
  ident,
  join,
  type RenderedSql,
  render,
  type Sql,
  type SqlParameter,
  sql,
  typed,
  unsafeRaw,
} from '../sql/sql.ts'
import { chunkReader, emptyColumns } from './column-readers.ts'
import { chunksOf } from './duckdb-append.ts'
import { toCell } from './duckdb-values.ts'
import { GatheredColumns } from './gathered-columns.ts'
import { onlyRow } from './results.ts'
import { attachScratch, type ScratchOptions, scratchOf } from './scratch.ts'
import type { AppendColumn, Columns, Row, Scratch, Warehouse } from './warehouse.ts'

export interface DuckDbOptions {
  /** Database file, or `:memory:`. */
  readonly path: string
  readonly readOnly?: boolean
  readonly threads?: number
  readonly memoryMb?: number
  /** Folder to spill to; without one nothing is spilled. */
  readonly spillTo?: string
  /** File for tables of many rows that go with their computation, replaced where there is one; delete it when the warehouse is closed. */
  readonly scratch?: ScratchOptions
}

export interface DuckDbWarehouse extends Warehouse {
  /** Another connection to the same database, with temporary tables of its own, for work side by side; close it first. */
  beside(): Promise<Warehouse>
  readonly settings: { readonly version: string; readonly threads: number; readonly memoryMb: number }
}

/** Opens an embedded warehouse. One instance per file and process: DuckDB does not notice a second one. */
export async function openDuckDb(options: DuckDbOptions): Promise<DuckDbWarehouse> {
  const instance = await createInstance(options)
  const connection = await instance.connect()
  const warehouse = new EmbeddedWarehouse(
    connection,
    instance,
    options.scratch === undefined ? {} : { scratch: scratchOf(options.scratch, options.memoryMb) },
  )
  await warehouse.run(sql`set timezone = 'UTC'`)
  // Finding out how doubles pack best takes as long as computing them, for a fifth of a file that lives for one run.
  await warehouse.run(sql`set disabled_compression_methods = 'alp,alprd'`)
  if (options.scratch !== undefined) await attachScratch(warehouse, options.scratch.file)
  const [found] = await warehouse.rows<{ version: string; threads: number; memory: string }>(
    sql`select version() as version, current_setting('threads') as threads, current_setting('memory_limit') as memory`,
  )
  return Object.assign(warehouse, {
    beside: async () => {
      const other = new EmbeddedWarehouse(await instance.connect(), null)
      await other.run(sql`set timezone = 'UTC'`)
      return other
    },
    settings: {
      version: found?.version ?? '',
      threads: Number(found?.threads),
      memoryMb: options.memoryMb ?? 0,
    },
  })
}

async function createInstance(options: DuckDbOptions): Promise<DuckDBInstance> {
  const config: Record<string, string> = {
    access_mode: options.readOnly ? 'READ_ONLY' : 'AUTOMATIC',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
    default_null_order: 'nulls_last',
    // It makes a join of every list of more than five values, each with memory of its own; ours are short.
    disabled_optimizers: 'in_clause',
  }
  if (options.threads !== undefined) config['threads'] = String(options.threads)
  if (options.memoryMb !== undefined) config['memory_limit'] = `${options.memoryMb}MiB`
  if (options.spillTo !== undefined) config['temp_directory'] = options.spillTo
  try {
    return await DuckDBInstance.create(options.path, config)
  } catch (cause) {
    throw new TrancheError(
      'damaged',
      { en: `Can't open the database ${options.path}.`, zh: `无法打开数据库 ${options.path}。` },
      {
        cause,
        hint: {
          en: 'Another process may be writing it, or the file is damaged; delete the run folder and run again.',
          zh: '可能有其他进程正在写入，或文件已损坏；请删除该次运行的文件夹后重新运行。',
        },
      },
    )
  }
}

interface ResultPart {
  readonly names: readonly string[]
  readonly types: readonly DuckDBType[]
  readonly chunk: DuckDBDataChunk | null
}

class EmbeddedWarehouse implements Warehouse {
  readonly dialect = duckdbDialect
  readonly scratch?: Scratch
  readonly #connection: DuckDBConnection
  /** Closed with the connection; null where another connection's warehouse does that. */
  readonly #instance: DuckDBInstance | null
  /** Results of which rows are still to come. */
  #open = 0

  constructor(
    connection: DuckDBConnection,
    instance: DuckDBInstance | null,
    { scratch }: Pick<Warehouse, 'scratch'> = {},
  ) {
    this.#connection = connection
    this.#instance = instance
    if (scratch !== undefined) this.scratch = scratch
  }

  async run(statement: Sql): Promise<void> {
    await this.#guarded(statement, ({ text, parameters }) =>
      this.#connection.run(text, parameters.map(bound), parameters.map(boundType)),
    )
  }

  async rows<T extends Row = Row>(statement: Sql): Promise<readonly T[]> {
    return await this.#guarded(statement, async ({ text, parameters }) => {
      const reader = await this.#connection.runAndReadAll(
        text,
        parameters.map(bound),
        parameters.map(boundType),
      )
      const names = reader.deduplicatedColumnNames()
      return reader
        .getRows()
        .map((row) => Object.fromEntries(names.map((name, index) => [name, toCell(row[index] ?? null)])) as T)
    })
  }

  async row<T extends Row = Row>(statement: Sql): Promise<T> {
    return onlyRow(await this.rows<T>(statement))
  }

  async columns(statement: Sql): Promise<Columns> {
    let gathered: GatheredColumns | undefined
    for await (const { names, types, chunk } of this.#chunks(statement)) {
      gathered ??= new GatheredColumns(names, types)
      if (chunk !== null) gathered.add(chunk)
    }
    return gathered?.columns() ?? emptyColumns([], [])
  }

  async sortedColumns(statement: Sql): Promise<Columns> {
    return await this.columns(sql`select * from (${statement}) order by all`)
  }

  async *batches(statement: Sql): AsyncIterable<Columns> {
    let read: ((chunk: DuckDBDataChunk) => Columns) | undefined
    for await (const { names, types, chunk } of this.#chunks(statement)) {
      read ??= chunkReader(names, types)
      yield chunk === null ? emptyColumns(names, types) : read(chunk)
    }
  }

  /** The parts of a result as the engine gives them; of an empty one, a single null. */
  async *#chunks(statement: Sql): AsyncIterable<ResultPart> {
    const result = await this.#guarded(statement, ({ text, parameters }) =>
      this.#connection.stream(text, parameters.map(bound), parameters.map(boundType)),
    )
    const names = result.deduplicatedColumnNames()
    const types = result.columnTypes()
    this.#open++
    const fetch = () => {
      const chunk = this.#told(statement, () => result.fetchChunk())
      // Where it fails before it is awaited, that is not a failure of nobody's.
      chunk.catch(() => undefined)
      return chunk
    }
    let any = false
    // The engine works on the next chunk while the reader works on this one.
    let next = fetch()
    try {
      for (;;) {
        const chunk = await next
        if (chunk === null || chunk === undefined || chunk.rowCount === 0) break
        any = true
        next = fetch()
        yield { names, types, chunk }
      }
    } finally {
      await next.catch(() => undefined)
      this.#open--
    }
    if (!any) yield { names, types, chunk: null }
  }

  async createFrom(table: string, columns: readonly AppendColumn[]): Promise<void> {
    const definitions = columns.map((column) => sql`${ident(column.name)} ${unsafeRaw(column.type)}`)
    await this.run(sql`create or replace table ${ident(table)} (${join(definitions)})`)
    await this.append(table, columns)
  }

  async append(table: string, columns: readonly AppendColumn[]): Promise<void> {
    const total = columns[0]?.values.length ?? 0
    if (columns.some((column) => column.values.length !== total))
      throw new TypeError('Columns to append differ in length.')
    this.#refuseWhileOpen()
    const appender = await this.#connection.createAppender(table)
    for (const chunk of chunksOf(columns)) appender.appendDataChunk(chunk)
    appender.closeSync()
  }

  async writeParquet(statement: Sql, file: string): Promise<void> {
    const partial = `${file}.part`
    await this.run(
      sql`copy (${statement}) to ${unsafeRaw(this.dialect.literal(typed('varchar', partial)))} (format parquet, compression zstd)`,
    )
    await rename(partial, file)
  }

  interrupt(): void {
    this.#connection.interrupt()
  }

  close(): void {
    this.#connection.closeSync()
    this.#instance?.closeSync()
  }

  /** The engine ends a result that is being read, without a word, when its connection is asked for something else. */
  #refuseWhileOpen(): void {
    if (this.#open > 0)
      throw new TypeError('A result of this connection is still being read; use one `beside` it.')
  }

  async #guarded<T>(statement: Sql, work: (rendered: RenderedSql) => Promise<T>): Promise<T> {
    this.#refuseWhileOpen()
    return await this.#told(statement, work)
  }

  async #told<T>(statement: Sql, work: (rendered: RenderedSql) => Promise<T>): Promise<T> {
    const rendered = render(statement, this.dialect)
    try {
      return await work(rendered)
    } catch (cause) {
      throw queryError(cause, rendered.text)
    }
  }
}

function queryError(cause: unknown, text: string): TrancheError {
  const message = cause instanceof Error ? cause.message : String(cause)
  if (/INTERRUPT/i.test(message))
    return new TrancheError('cancelled', { en: 'The query was cancelled.', zh: '查询已取消。' }, { cause })
  if (/No space left|disk is full|could not write/i.test(message))
    return new TrancheError('disk_full', { en: 'The disk is full.', zh: '磁盘空间不足。' }, { cause })
  // An engine's message may quote a value that failed to convert, so it stays in `cause`; only its kind is told.
  const kind = message.match(/^[A-Z][A-Za-z ]+ Error/)?.[0] ?? 'Error'
  return new TrancheError(
    'query_failed',
    { en: `A query failed in the engine (${kind}).`, zh: `引擎执行查询失败（${kind}）。` },
    { cause, context: { sql: text } },
  )
}

function bound(parameter: SqlParameter): DuckDBValue {
  const { value } = parameter
  if (value === null) return null
  if (parameter.type === 'varchar' || parameter.type === 'boolean') return value
  if (parameter.type === 'double') return Number(value)
  if (parameter.type === 'bigint') return BigInt(value as number | bigint)
  return String(value)
}

function boundType(parameter: SqlParameter): DuckDBType {
  if (parameter.type === 'boolean') return BOOLEAN
  if (parameter.type === 'double') return DOUBLE
  if (parameter.type === 'bigint') return BIGINT
  return VARCHAR
}
