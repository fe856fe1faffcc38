import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Workspace } from '@tranche/contract'
import { folderOf } from '../engine/folder.ts'
import { migrate } from './migrate.ts'
import type { StateDatabase } from './state-database.ts'

export interface StateOptions {
  /** The workspace's folder. */
  readonly dir: string
  readonly settings: Workspace['state']
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: () => Date
}

/** The embedded state's file. */
export function stateFileOf(dir: string): string {
  return join(folderOf(dir).root, 'state.sqlite')
}

/**
 * Opens the state at this program's version: what is not there is created, what is older is brought forward.
 * @throws TrancheError unsupported where it is newer than the program; unavailable, busy, damaged
 */
export async function openState(options: StateOptions): Promise<StateDatabase> {
  const state = await openUnmigrated(options)
  try {
    await migrate(state, options.clock)
    return state
  } catch (error) {
    await state.close()
    throw error
  }
}

/** Opens the state as it is, to change it. */
export async function openUnmigrated(options: StateOptions): Promise<StateDatabase> {
  return await connectState(options, { readOnly: false })
}

/** Like openState, for those who only read: null where nothing was ever written. */
export async function openExistingState(options: StateOptions): Promise<StateDatabase | null> {
  return isAbsent(options) ? null : await openState(options)
}

/** Opens the state as it is, to look at it; null where there is none. */
export async function openStateAsIs(options: StateOptions): Promise<StateDatabase | null> {
  return isAbsent(options) ? null : await connectState(options, { readOnly: true })
}

function isAbsent({ dir, settings }: StateOptions): boolean {
  return settings.engine === 'sqlite' && !existsSync(stateFileOf(dir))
}

/** The driver of the other database is not loaded: it would cost a command more than its statement. */
async function connectState(
  { dir, settings, env }: StateOptions,
  options: { readonly readOnly: boolean },
): Promise<StateDatabase> {
  if (settings.engine === 'sqlite') {
    const { openSqlite } = await import('./sqlite.ts')
    if (!options.readOnly) await mkdir(folderOf(dir).root, { recursive: true, mode: 0o750 })
    return await openSqlite(stateFileOf(dir), options)
  }
  const { openPostgres } = await import('./postgres.ts')
  const { engine: _engine, ca, ...server } = settings
  return await openPostgres({
    ...server,
    ...(ca === undefined ? {} : { ca: resolve(dir, ca) }),
    password: env['TRANCHE_STATE_PASSWORD'] ?? env['PGPASSWORD'],
  })
}
