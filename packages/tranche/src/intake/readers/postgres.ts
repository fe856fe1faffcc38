import pg from 'pg'
import Cursor from 'pg-cursor'
import { TrancheError } from '../../errors.ts'
import { ident } from '../../sql/sql.ts'
import { columnNames } from './header.ts'
import type { StagedFile, StageOptions } from './staged-file.ts'
import { createStagingTable, stagingName } from './staging-table.ts'

export interface PostgresTable {
  /** Environment variable that holds the connection's URL, so that no password stands in a file. */
  readonly urlFrom: string
  /** `table` or `schema.table`. */
  readonly table: string
}

const rowsPerFetch = 5000

/** Stages a table of PostgreSQL through a cursor, in the order of its primary key where it has one; all values as text. */
export async function stagePostgres(
  options: StageOptions,
  { urlFrom, table }: PostgresTable,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<StagedFile> {
  const { warehouse, signal, limit, progress } = options
  const url = env[urlFrom]
  if (url === undefined || url === '') throw noUrl(urlFrom)
  const client = await connect(url, urlFrom)
  const name = stagingName('staged')
  try {
    await client.query(
      "set timezone = 'UTC'; set datestyle = 'ISO'; begin transaction isolation level repeatable read read only",
    )
    const path = table.split('.')
    const quoted = path.map((part) => client.escapeIdentifier(part)).join('.')
    const keys = await primaryKey(client, quoted, table)
    const order =
      keys.length === 0 ? '' : ` order by ${keys.map((key) => client.escapeIdentifier(key)).join(', ')}`
    const rows = limit === undefined ? '' : ` limit ${Math.trunc(limit)}`
    const { fields } = await client.query(`select * from ${quoted} limit 0`)
    const cursor = client.query(
      new Cursor(`select * from ${quoted}${order}${rows}`, [], { rowMode: 'array', types: asText }),
    )
    const { names, notes } = columnNames(fields.map((field) => field.name))
    const staging = await createStagingTable(warehouse, name, names)
    let line = 0
    for (let batch = await fetchRows(cursor); batch.length > 0; batch = await fetchRows(cursor)) {
      if (signal?.aborted)
        throw new TrancheError('cancelled', { en: 'Reading was cancelled.', zh: '读取已取消。' })
      for (const row of batch) staging.add(++line, row)
      await staging.flush()
      progress?.({ rows: line, bytes: 0, totalBytes: 0 })
    }
    await cursor.close()
    return {
      relation: ident(name),
      columns: names.map((column) => ({ name: column, kind: 'text' })),
      rejected: null,
      firstLine: 1,
      records: line,
      notes,
      drop: () => staging.drop(),
    }
  } catch (cause) {
    throw cause instanceof TrancheError ? cause : failed(table, urlFrom, cause)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Every value as the server writes it: nothing is rounded or shifted on the way. */
const asText = { getTypeParser: () => (value: string) => value }

type TextRow = readonly (string | null)[]

function fetchRows(cursor: Cursor): Promise<readonly TextRow[]> {
  return new Promise((resolve, reject) => {
    cursor.read(rowsPerFetch, (error, rows) => {
      if (error) reject(error)
      else resolve(rows as readonly TextRow[])
    })
  })
}

async function primaryKey(client: pg.Client, quoted: string, table: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ found: string | null; key: string | null }>(
    'select to_regclass($1)::text as found, a.attname as key from (select 1) one left join pg_index i on i.indrelid = to_regclass($1) and i.indisprimary left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) order by array_position(i.indkey::int[], a.attnum::int)',
    [quoted],
  )
  if (rows[0]?.found == null)
    throw new TrancheError(
      'invalid_source',
      { en: `The database has no table ${table}.`, zh: `数据库中没有表 ${table}。` },
      {
        hint: {
          en: 'Check postgres: table, with its schema: sales.orders.',
          zh: '请检查 postgres 下的 table，必要时写明模式，如 sales.orders。',
        },
      },
    )
  return rows.flatMap(({ key }) => (key === null ? [] : [key]))
}

async function connect(url: string, urlFrom: string): Promise<pg.Client> {
  try {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'tranche',
      connectionTimeoutMillis: 15_000,
    })
    await client.connect()
    return client
  } catch (cause) {
    throw failed(undefined, urlFrom, cause)
  }
}

/** What went wrong, without the address: it may hold a password. */
function failed(table: string | undefined, urlFrom: string, cause: unknown): TrancheError {
  const code = (cause as { code?: string } | undefined)?.code ?? 'unknown'
  const what =
    table === undefined ? { en: 'The database', zh: '数据库' } : { en: `Table ${table}`, zh: `表 ${table}` }
  return new TrancheError(
    'invalid_source',
    { en: `${what.en} can't be read (${code}).`, zh: `${what.zh} 无法读取（${code}）。` },
    {
      hint: {
        en: `Check the address in ${urlFrom}, that the server can be reached, and that its user may read the table.`,
        zh: `请检查 ${urlFrom} 中的地址、服务器是否可达，以及该用户是否有读取权限。`,
      },
      context: { code },
    },
  )
}

function noUrl(urlFrom: string): TrancheError {
  return new TrancheError(
    'invalid_source',
    { en: `The environment variable ${urlFrom} is not set.`, zh: `环境变量 ${urlFrom} 未设置。` },
    {
      hint: {
        en: `Set it to the database's address, such as postgres://user:password@host:5432/name.`,
        zh: '请将其设为数据库地址，如 postgres://user:password@host:5432/name。',
      },
    },
  )
}
