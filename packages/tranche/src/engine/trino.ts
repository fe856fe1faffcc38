import { setTimeout as pause } from 'node:timers/promises'
import { TrancheError } from '../errors.ts'
import type { Dialect } from '../sql/dialect.ts'
import { quoteText } from '../sql/quote.ts'
import { ident, join, render, renderInline, type Sql, sql, typed, unsafeRaw } from '../sql/sql.ts'
import { trinoArgument, trinoDialectOf } from '../sql/trino-dialect.ts'
import { openDuckDb } from './duckdb.ts'
import { gather, onlyRow } from './results.ts'
import { firstWaitMs, maySendAgain, mostSends } from './trino-again.ts'
import { writtenThere } from './trino-bring.ts'
import { cancelled, queryError } from './trino-error.ts'
import { addFile, insertTuples, type SharedFolder } from './trino-load.ts'
import {
  TrinoClient,
  type TrinoColumn,
  type TrinoConnection,
  TrinoFailure,
  type TrinoPage,
  type TrinoStats,
  trinoSource,
} from './trino-protocol.ts'
import { cellOf, columnsOf } from './trino-values.ts'
import type { AppendColumn, Columns, Row, Warehouse } from './warehouse.ts'

export interface TrinoOptions extends TrinoConnection {
  /** What the names of a run's tables begin with, so that runs share a schema; without it names are as given. */
  readonly tablePrefix?: string
  /** Bulk goes in through it, as Parquet. */
  readonly shared?: SharedFolder
  /** Asked before each query, with those sent so far; what it throws is thrown instead of asking. */
  readonly guard?: (queries: readonly TrinoQuery[]) => void
}

export interface TrinoWarehouse extends Warehouse {
  /** Every query sent so far, in order, by the id under which administrators find it. */
  readonly queries: readonly TrinoQuery[]
  /** Resolves once the figures of statements that write are final, or were waited for in vain. */
  settled(): Promise<void>
  /** Id of the query that runs now. */
  readonly running: string | null
  /** Names and types of a result's columns, as the cluster writes them; no row is asked for. */
  shapeOf(relation: Sql): Promise<readonly TrinoColumn[]>
  /** Ends the queries of this user's in this schema that still run under a client tag. @returns their ids */
  endTagged(tag: string): Promise<readonly string[]>
}

export interface TrinoQuery {
  readonly id: string
  /** Rows read there. */
  readonly rows: number
  /** Rows that came here. */
  readonly returned: number
  readonly bytes: number
  readonly seconds: number
  /** Of all its processors together. */
  readonly cpuSeconds: number
}

/** Longest wait for the final figures of a statement that is done. */
const settleMs = 30_000

/** Opens a cluster's schema; nothing is asked of it yet. */
export function openTrino(options: TrinoOptions): TrinoWarehouse {
  return new ClusterWarehouse(options)
}

class ClusterWarehouse implements TrinoWarehouse {
  readonly dialect: Dialect
  readonly queries: TrinoQuery[] = []
  running: string | null = null
  readonly #options: TrinoOptions
  readonly #client: TrinoClient
  readonly #settling = new Set<Promise<void>>()
  #stop = new AbortController()

  constructor(options: TrinoOptions) {
    this.#options = options
    this.dialect = trinoDialectOf(options.tablePrefix)
    this.#client = new TrinoClient(options)
  }

  async run(statement: Sql): Promise<void> {
    for await (const _ of this.#pages(statement, false));
  }

  async rows<T extends Row = Row>(statement: Sql): Promise<readonly T[]> {
    const found: T[] = []
    for await (const { columns, data } of this.#pages(statement))
      for (const row of data)
        found.push(
          Object.fromEntries(columns!.map(({ name, type }, index) => [name, cellOf(row[index], type)])) as T,
        )
    return found
  }

  async row<T extends Row = Row>(statement: Sql): Promise<T> {
    return onlyRow(await this.rows<T>(statement))
  }

  async columns(statement: Sql): Promise<Columns> {
    return await gather(this.batches(statement))
  }

  /** Through the shared folder, as Parquet; page by page only where none is shared, or there are no rows. */
  async sortedColumns(statement: Sql): Promise<Columns> {
    const { shared } = this.#options
    const written = shared === undefined ? null : await writtenThere(this, statement, shared)
    const local = await openDuckDb({ path: ':memory:' })
    try {
      if (written === null) return await local.sortedColumns(await this.#loaded(local, statement))
      const files = written.files.map((file) => sql`${file}`)
      return await local.sortedColumns(sql`select * from read_parquet([${join(files)}])`)
    } finally {
      local.close()
      await written?.remove()
    }
  }

  async *batches(statement: Sql): AsyncIterable<Columns> {
    let known: readonly TrinoColumn[] = []
    let any = false
    for await (const { columns, data } of this.#pages(statement)) {
      known = columns ?? known
      if (data.length === 0) continue
      any = true
      yield columnsOf(data, known)
    }
    if (!any) yield columnsOf([], known)
  }

  async createFrom(table: string, columns: readonly AppendColumn[]): Promise<void> {
    const definitions = columns.map(({ name, type }) => sql`${ident(name)} ${unsafeRaw(type)}`)
    await this.run(sql`create or replace table ${this.dialect.table([table])} (${join(definitions)})`)
    await this.append(table, columns)
  }

  async append(table: string, columns: readonly AppendColumn[]): Promise<void> {
    const total = columns[0]?.values.length ?? 0
    if (columns.some(({ values }) => values.length !== total))
      throw new TypeError('Columns to append differ in length.')
    if (total === 0) return
    const { shared } = this.#options
    if (shared !== undefined) await addFile(this, shared, table, (file) => writeColumns(columns, file))
    else
      await insertTuples(this, table, total, (row) =>
        columns.map((column) => sql`${parameterOf(column, row)}`),
      )
  }

  async writeParquet(statement: Sql, file: string): Promise<void> {
    const local = await openDuckDb({ path: ':memory:' })
    try {
      await local.writeParquet(await this.#loaded(local, statement), file)
    } finally {
      local.close()
    }
  }

  /** Puts a result into an engine on this machine, page by page. @returns its rows there, in the order in which they came */
  async #loaded(local: Warehouse, statement: Sql): Promise<Sql> {
    let typedColumns: Sql | null = null
    for await (const { columns, data } of this.#pages(statement)) {
      if (columns === null) continue
      if (typedColumns === null) {
        typedColumns = join(
          columns.map(({ name, type }) => sql`cast(${ident(name)} as ${localType(type)}) as ${ident(name)}`),
        )
        await local.createFrom('result', textsOf([], columns))
      }
      if (data.length > 0) await local.append('result', textsOf(data, columns))
    }
    if (typedColumns === null) throw new TypeError('A statement without columns has no rows.')
    return sql`select ${typedColumns} from result`
  }

  async shapeOf(relation: Sql): Promise<readonly TrinoColumn[]> {
    let known: readonly TrinoColumn[] = []
    for await (const { columns } of this.#pages(sql`select * from ${relation} limit 0`))
      known = columns ?? known
    return known
  }

  async endTagged(tag: string): Promise<readonly string[]> {
    const { user, catalog, schema } = this.#options
    const ended: string[] = []
    for (const { queryId, session } of await this.#client.queriesRunning()) {
      const isOurs = session.user === user && session.catalog === catalog && session.schema === schema
      if (!isOurs || session.source !== trinoSource || !session.clientTags.includes(tag)) continue
      await this.#client.end(queryId)
      ended.push(queryId)
    }
    return ended
  }

  async settled(): Promise<void> {
    await Promise.all(this.#settling)
  }

  interrupt(): void {
    this.#stop.abort()
    this.#stop = new AbortController()
  }

  close(): void {
    this.#stop.abort()
    this.#client.close()
  }

  /** Pages of a statement, which is sent again where it failed before its work began and its failure is one that passes. */
  async *#pages(statement: Sql, rowsAsked = true): AsyncGenerator<TrinoPage> {
    const text = textOf(statement, this.dialect)
    for (let sent = 1; ; sent++)
      try {
        return yield* this.#sent(text, rowsAsked)
      } catch (error) {
        if (!(error instanceof TrinoFailure)) throw error
        const { text: written } = render(statement, this.dialect)
        if (sent === mostSends || !maySendAgain(error, written)) throw queryError(error, text)
        await this.#wait(firstWaitMs * 2 ** (sent - 1))
      }
  }

  async #wait(ms: number): Promise<void> {
    const { signal } = this.#stop
    await pause(ms, undefined, { signal }).catch(() => {
      throw cancelled()
    })
  }

  async *#sent(text: string, rowsAsked: boolean): AsyncGenerator<TrinoPage> {
    this.#options.guard?.(this.queries)
    let last: TrinoPage | undefined
    let returned = 0
    try {
      for await (const page of this.#client.pages(text, this.#stop.signal, rowsAsked)) {
        last = page
        returned += page.data.length
        this.running = page.queryId
        yield page
      }
    } finally {
      this.running = null
      if (last !== undefined) this.#record(last, returned)
    }
  }

  /** Keeps what a query has cost; one whose last pages nobody asks for tells it meanwhile, while others run. */
  #record({ queryId, stats, next }: TrinoPage, returned: number): void {
    const position = this.queries.push(costOf(queryId, stats, returned)) - 1
    if (next === null || stats.state !== 'FINISHED') return
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(settleMs)])
    const settling = this.#client
      .finalStats(next, signal)
      .then((final) => {
        this.queries[position] = costOf(queryId, final, returned)
      })
      // Its work is done; what is known of its cost stands.
      .catch(() => undefined)
      .finally(() => this.#settling.delete(settling))
    this.#settling.add(settling)
  }
}

function costOf(id: string, stats: TrinoStats, returned: number): TrinoQuery {
  return {
    id,
    rows: stats.processedRows,
    returned,
    bytes: stats.processedBytes,
    seconds: stats.elapsedTimeMillis / 1000,
    cpuSeconds: stats.cpuTimeMillis / 1000,
  }
}

async function writeColumns(columns: readonly AppendColumn[], file: string): Promise<void> {
  const local = await openDuckDb({ path: ':memory:' })
  try {
    await local.createFrom('rows', columns)
    await local.writeParquet(sql`select * from rows`, file)
  } finally {
    local.close()
  }
}

/** Values travel beside the text, as the arguments of a prepared statement; a statement that takes none has them quoted. */
function textOf(statement: Sql, dialect: Dialect): string {
  const { text, parameters } = render(statement, dialect)
  if (parameters.length === 0) return text
  if (!/^\s*(select|with|insert|delete|update|merge|create\s+(or\s+replace\s+)?table)\b/i.test(text))
    return renderInline(statement, dialect)
  return `execute immediate ${quoteText(text)} using ${parameters.map(trinoArgument).join(', ')}`
}

function parameterOf(column: AppendColumn, index: number) {
  const value = column.values[index] ?? null
  if (column.type !== 'double') return typed(column.type === 'integer' ? 'bigint' : column.type, value)
  const missing = value === null || Number.isNaN(value) || column.valid?.[index] === 0
  return typed('double', missing ? null : value)
}

/** The cluster's cells as it writes them; the embedded engine reads each of these types exactly. */
function textsOf(data: TrinoPage['data'], columns: readonly TrinoColumn[]): AppendColumn[] {
  return columns.map(({ name }, index) => ({
    name,
    type: 'varchar',
    values: data.map((row) => (row[index] === null || row[index] === undefined ? null : String(row[index]))),
  }))
}

const sameNameTypes = /^(?:boolean|tinyint|smallint|integer|bigint|double|date|decimal\(\d+,\s*\d+\))$/

function localType(type: string): Sql {
  if (type.startsWith('varchar') || type.startsWith('char')) return sql`varchar`
  if (/^timestamp\(\d+\)$/.test(type)) return sql`timestamp`
  if (/^timestamp\(\d+\) with time zone$/.test(type)) return sql`timestamp with time zone`
  if (type === 'real') return sql`double`
  if (sameNameTypes.test(type)) return unsafeRaw(type)
  throw new TrancheError('unsupported', {
    en: `A column of type ${type} can't be written as Parquet.`,
    zh: `类型为 ${type} 的列无法写成 Parquet。`,
  })
}
