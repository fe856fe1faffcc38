import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { folderOf } from '../engine/folder.ts'
import { TrancheError } from '../errors.ts'
import { appendAudit } from '../store/audit.ts'
import { backUpSqlite, restoreSqlite } from '../store/backup.ts'
import { stateFileOf } from '../store/open-state.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { currentUser, type LookOptions } from './look.ts'
import { stateOptionsOf, withState } from './state.ts'

/**
 * Copies the embedded state to a file, whole as of one moment, while others go on writing.
 * @throws TrancheError unsupported for a state on a server, with the command that copies it; not_found, invalid_input
 */
export async function backUpState(catalogue: Catalogue, file: string): Promise<{ readonly file: string }> {
  requireEmbedded(catalogue, 'backup', file)
  const stateFile = stateFileOf(catalogue.dir)
  if (!existsSync(stateFile))
    throw new TrancheError('not_found', {
      en: 'Nothing was ever written to the state of this workspace.',
      zh: '此工作区的状态库尚无内容。',
    })
  await backUpSqlite(stateFile, file)
  return { file }
}

export interface Restored {
  readonly from: string
  /** Copy of the state that was there before; null where there was none. */
  readonly kept: string | null
}

/**
 * Puts a backup in the place of the embedded state, after copying the state that is there beside it, and puts that on
 * record. @throws TrancheError unsupported, not_found; damaged for a file that is no sound backup
 */
export async function restoreState(
  catalogue: Catalogue,
  file: string,
  options: LookOptions = {},
): Promise<Restored> {
  requireEmbedded(catalogue, 'restore', file)
  const now = stateOptionsOf(catalogue, options).clock()
  const stateFile = stateFileOf(catalogue.dir)
  await mkdir(folderOf(catalogue.dir).root, { recursive: true, mode: 0o750 })
  const isThere = existsSync(stateFile)
  const kept = isThere ? `${stateFile}.before-${now.toISOString().replaceAll(/\D/g, '')}` : null
  if (kept !== null) await backUpSqlite(stateFile, kept)
  await restoreSqlite(file, stateFile)
  const who = options.who ?? currentUser()
  await withState(catalogue, options, (state) =>
    appendAudit(state, { who, what: 'restore', subject: 'state', detail: { from: basename(file) } }, now),
  )
  return { from: file, kept }
}

function requireEmbedded(
  { workspace: { state } }: Catalogue,
  what: 'backup' | 'restore',
  file: string,
): void {
  if (state.engine === 'sqlite') return
  const where = `--host=${state.host} --port=${state.port}${state.user === undefined ? '' : ` --username=${state.user}`} --dbname=${state.database}`
  const quoted = /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`
  const command =
    what === 'backup'
      ? `pg_dump ${where} --schema=${state.schema} --format=custom --file=${quoted}`
      : `pg_restore ${where} --clean --if-exists --single-transaction ${quoted}`
  throw new TrancheError(
    'unsupported',
    {
      en: 'This state is on a PostgreSQL server, whose own tools copy and restore it.',
      zh: '此状态库位于 PostgreSQL 服务器，请使用其自带工具备份和恢复。',
    },
    { hint: { en: `Run: ${command}`, zh: `请执行：${command}` } },
  )
}
