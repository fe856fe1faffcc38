import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { TrancheError } from '../errors.ts'
import type { Spelling } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { ident, type RenderedSql, renderPlain, type Sql, type SqlType, sql } from '../sql/sql.ts'
import type { StateDatabase, Statements, Turn } from './state-database.ts'

export interface PostgresOptions {
  /** Name or address; a folder for a socket. */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly schema: string
  readonly tls: 'verify' | 'none'
  /** File of the authority that signed the server's certificate. */
  readonly ca?: string | undefined
}

/** Connections of one process: statements are short. */
const mostConnections = 4
const connectMs = 15_000

/** Opens the state on a server. @throws TrancheError unavailable */
export async function openPostgres(options: PostgresOptions): Promise<StateDatabase> {
  const config = await configOf(options)
  const state = new PostgresState(config, options)
  try {
    await state.rows(sql`select 1`)
    return state
  } catch (error) {
    await state.close()
    throw error
  }
}

async function configOf(options: PostgresOptions): Promise<pg.PoolConfig> {
  const { host, port, database, user, password, tls, ca } = options
  const ssl =
    tls === 'none' || host.startsWith('/')
      ? false
      : { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca: await readFile(ca, 'utf8') }) }
  return {
    host,
    port,
    database,
    ssl,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined || password === '' ? {} : { password }),
    max: mostConnections,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    application_name: 'tranche',
    types: { getTypeParser },
  }
}

/** Counts and sequence numbers are whole numbers below 2^53: the driver would give them as texts. */
const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (type, format) =>
  type === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(type, format)

class PostgresState implements StateDatabase {
  readonly engine = 'postgres'
  readonly place: string
  readonly schema: string
  readonly #config: pg.PoolConfig
  readonly #pool: pg.Pool

  constructor(config: pg.PoolConfig, { host, port, database, schema }: PostgresOptions) {
    this.#config = config
    this.#pool = new pg.Pool(config)
    // An idle connection that the server closes is dropped from the pool; the next statement opens another.
    this.#pool.on('error', () => undefined)
    this.schema = schema
    this.place = `${host}:${port}/${database}, ${schema}`
  }

  table = (name: string): Sql => ident(this.schema, name)

  async rows<T>(statement: Sql): Promise<readonly T[]> {
    return (await this.#query(this.#pool, statement)).rows as T[]
  }

  async run(statement: Sql): Promise<number> {
    return (await this.#query(this.#pool, statement)).rowCount ?? 0
  }

  async has(table: string): Promise<boolean> {
    const [found] = await this.rows<{ there: boolean }>(
      sql`select exists (select 1 from pg_catalog.pg_tables where schemaname = ${this.schema} and tablename = ${table}) as there`,
    )
    return found?.there === true
  }

  async transaction<T>(work: (within: Statements) => Promise<T>, turn?: Turn): Promise<T> {
    return await this.#connected(async (client) => {
      await this.#query(client, sql`begin`)
      try {
        if (turn !== undefined)
          await this.#query(client, sql`select pg_advisory_xact_lock(${this.#lockOf(turn)})`)
        const result = await work(this.#within(client))
        await this.#query(client, sql`commit`)
        return result
      } catch (error) {
        await this.#query(client, sql`rollback`).catch(() => undefined)
        throw error
      }
    })
  }

  /** The lock lives as long as its connection: a machine that dies lets go of it. */
  async lockRuns() {
    const client = new pg.Client(this.#config)
    client.on('error', () => undefined)
    try {
      await client.connect()
    } catch (cause) {
      throw describePostgresError(cause, this.place)
    }
    const { rows } = await this.#query(
      client,
      sql`select pg_try_advisory_lock(${this.#lockOf('run')}) as taken`,
    )
    if ((rows[0] as { taken: boolean }).taken) return { release: () => client.end() }
    await client.end()
    throw new TrancheError(
      'busy',
      {
        en: 'Another machine is running this workspace.',
        zh: '另一台机器正在运行此工作区。',
      },
      { hint: { en: 'Wait for it to end, or stop it.', zh: '请等待其结束或先停止它。' } },
    )
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  #within(client: pg.PoolClient): Statements {
    return {
      engine: this.engine,
      table: this.table,
      rows: async <R>(statement: Sql) => (await this.#query(client, statement)).rows as R[],
      run: async (statement) => (await this.#query(client, statement)).rowCount ?? 0,
    }
  }

  #lockOf(turn: Turn | 'run'): Sql {
    return sql`hashtextextended(${`tranche ${this.schema} ${turn}`}, 0)`
  }

  async #connected<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    let client: pg.PoolClient
    try {
      client = await this.#pool.connect()
    } catch (cause) {
      throw describePostgresError(cause, this.place)
    }
    let broken = false
    const onError = () => {
      broken = true
    }
    client.on('error', onError)
    try {
      return await work(client)
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  async #query(on: pg.Pool | pg.PoolClient | pg.Client, statement: Sql): Promise<pg.QueryResult> {
    const { text, parameters } = renderPlain(statement, spelling)
    try {
      return await on.query(text, parameters.map(bound))
    } catch (cause) {
      throw describePostgresError(cause, this.place)
    }
  }
}

const types: Record<SqlType, string> = {
  varchar: 'text',
  double: 'double precision',
  bigint: 'bigint',
  decimal: 'numeric(38, 4)',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
}

const spelling: Spelling = {
  quote: quoteIdentifier,
  placeholder: ({ type }, position) => `cast($${position} as ${types[type]})`,
}

const bound = ({ value }: RenderedSql['parameters'][number]): string | boolean | null =>
  typeof value === 'boolean' || value === null ? value : String(value)

/** What the server says of us, by the first letters of its code: who we are, what we may do, whether it is there. */
const ours = /^(E[A-Z]+$|EAI_|ERR_SSL|08|28|3D|42501|53|57P|ERR_TLS|CERT_|DEPTH_|SELF_|UNABLE_)/

/** In the product's words; the server's own may quote a value, so they stay in `cause`. */
function describePostgresError(cause: unknown, place: string): unknown {
  if (cause instanceof TrancheError) return cause
  const { code = '', message = '' } = cause as { readonly code?: string; readonly message?: string }
  const lost = code === '' && /terminated|timeout|SSL|closed/i.test(message)
  if (!ours.test(code) && !lost)
    return new TrancheError(
      'query_failed',
      { en: 'A query failed in the state.', zh: '状态库执行查询失败。' },
      { cause, context: { code } },
    )
  const why = code === '' ? message : code
  return new TrancheError(
    'unavailable',
    { en: `The state can't be reached (${place}): ${why}.`, zh: `无法连接状态库（${place}）：${why}。` },
    {
      cause,
      context: { code },
      hint: {
        en: 'Check state: in tranche.yaml, TRANCHE_STATE_PASSWORD, that the server runs, and that its user may use the schema.',
        zh: '请检查 tranche.yaml 中的 state、环境变量 TRANCHE_STATE_PASSWORD、服务器是否运行，以及该用户是否有权使用此模式。',
      },
    },
  )
}
