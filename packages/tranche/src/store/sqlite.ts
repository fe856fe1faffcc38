import { chmod, open } from 'node:fs/promises'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { TrancheError } from '../errors.ts'
import type { Spelling } from '../sql/dialect.ts'
import { quoteIdentifier } from '../sql/quote.ts'
import { ident, renderPlain, type Sql, type SqlParameter, sql } from '../sql/sql.ts'
import type { StateDatabase, Statements } from './state-database.ts'

/** How long a statement waits for others to finish their transaction, and how often it asks. */
const waitMs = 5000
const askEveryMs = 5

/**
 * Opens the state in a file of its own, which is created (mode 0600) unless it is only read. Every commit is on the disk
 * before it is confirmed. @throws TrancheError unavailable, busy, damaged
 */
export async function openSqlite(
  file: string,
  options: { readonly readOnly?: boolean } = {},
): Promise<StateDatabase> {
  const readOnly = options.readOnly === true
  return await guarded(file, async () => {
    if (!readOnly) await createPrivately(file)
    const database = new DatabaseSync(file, { readOnly, timeout: 0 })
    try {
      // Journal and shared memory take the file's mode.
      if (!readOnly) await patiently(() => database.exec('pragma journal_mode = wal'))
      database.exec('pragma synchronous = full; pragma trusted_schema = off')
    } catch (error) {
      database.close()
      throw error
    }
    return new SqliteState(file, database)
  })
}

/** An empty file that only its owner reads; one that is there stays as it is. */
export async function createPrivately(file: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600)
    await handle.close()
    await chmod(file, 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Says what went wrong with a file of SQLite in the product's words. */
export async function guarded<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw describeSqliteError(cause, file)
  }
}

/**
 * Asks again while another connection writes. SQLite's own wait would hold up this process, and with it a transaction of
 * its own that the wait is for; and SQLite tells nobody that it is free.
 */
async function patiently<T>(work: () => T): Promise<T> {
  const giveUpAt = performance.now() + waitMs
  for (;;) {
    try {
      return work()
    } catch (error) {
      const { errcode = 0 } = error as { readonly errcode?: number }
      if (![5, 6].includes(errcode & 0xff) || performance.now() > giveUpAt) throw error
    }
    await setTimeout(askEveryMs)
  }
}

class SqliteState implements StateDatabase {
  readonly engine = 'sqlite'
  readonly schema = null
  readonly place: string
  readonly #database: DatabaseSync
  /** One connection does one thing at a time: who comes later waits for whoever came before. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(file: string, database: DatabaseSync) {
    this.place = file
    this.#database = database
  }

  table(name: string): Sql {
    return ident(name)
  }

  async rows<T>(statement: Sql): Promise<readonly T[]> {
    return await this.#afterOthers(() => patiently(() => this.#rows<T>(statement)))
  }

  async run(statement: Sql): Promise<number> {
    return await this.#afterOthers(() => patiently(() => this.#run(statement)))
  }

  async has(table: string): Promise<boolean> {
    const found = await this.rows(sql`select 1 from sqlite_master where type = 'table' and name = ${table}`)
    return found.length > 0
  }

  /** A writer is alone in SQLite, whatever its turn, if it says from the beginning that it will write. */
  async transaction<T>(work: (within: Statements) => Promise<T>): Promise<T> {
    return await this.#afterOthers(async () => {
      await patiently(() => this.#run(sql`begin immediate`))
      try {
        const result = await work({
          engine: this.engine,
          table: this.table,
          rows: async <R>(statement: Sql) => this.#rows<R>(statement),
          run: async (statement) => this.#run(statement),
        })
        this.#run(sql`commit`)
        return result
      } catch (error) {
        if (this.#database.isTransaction) this.#run(sql`rollback`)
        throw error
      }
    })
  }

  /** Whoever has this file has its folder, whose own lock keeps runs apart. */
  async lockRuns() {
    return { release: async () => undefined }
  }

  async close(): Promise<void> {
    await this.#afterOthers(async () => this.#database.close())
  }

  async #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(() => guarded(this.place, work))
    this.#last = mine.catch(() => undefined)
    return await mine
  }

  #rows<T>(statement: Sql): readonly T[] {
    const { text, parameters } = renderPlain(statement, spelling)
    return this.#database.prepare(text).all(...parameters.map(bound)) as T[]
  }

  #run(statement: Sql): number {
    const { text, parameters } = renderPlain(statement, spelling)
    return Number(this.#database.prepare(text).run(...parameters.map(bound)).changes)
  }
}

const spelling: Spelling = { quote: quoteIdentifier, placeholder: () => '?' }

/** Whole numbers go as such: SQLite would take a JavaScript number for a double. */
function bound({ type, value }: SqlParameter): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (type === 'bigint' && value !== null) return BigInt(value)
  return value
}

function describeSqliteError(cause: unknown, file: string): unknown {
  const { errcode, code } = cause as { readonly errcode?: number; readonly code?: string }
  if (cause instanceof TrancheError) return cause
  if (errcode === undefined && !['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes(code ?? '')) return cause
  // The lower byte is the kind of error, the rest its detail.
  switch (errcode === undefined ? unwritable : errcode & 0xff) {
    case 5:
    case 6:
      return new TrancheError(
        'busy',
        { en: `${file} is in use by another process.`, zh: `${file} 正被其他进程使用。` },
        { cause, hint: { en: 'Try again.', zh: '请稍后重试。' } },
      )
    case 8:
    case 10:
    case unwritable:
      return new TrancheError(
        'unavailable',
        { en: `${file} can't be opened, read or written.`, zh: `${file} 无法打开、读取或写入。` },
        {
          cause,
          hint: {
            en: 'Its folder must be writable, and the file belong to you.',
            zh: '所在文件夹须可写，且文件归您所有。',
          },
        },
      )
    case 13:
      return new TrancheError(
        'disk_full',
        { en: `${file} can't be written: the disk is full.`, zh: `${file} 写入失败：磁盘已满。` },
        { cause },
      )
    case 11:
    case 26:
      return new TrancheError(
        'damaged',
        { en: `${file} is no readable database.`, zh: `${file} 不是可读的数据库。` },
        {
          cause,
          hint: {
            en: 'Restore a backup: tranche state restore FILE.',
            zh: '请恢复备份：tranche state restore FILE。',
          },
        },
      )
    default:
      return new TrancheError(
        'query_failed',
        { en: 'A query failed in the state.', zh: '状态库执行查询失败。' },
        { cause },
      )
  }
}

/** SQLITE_CANTOPEN, which the system's own refusals also mean. */
const unwritable = 14
