import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Workspace } from '@tranche/contract'
import { afterAll, beforeAll, describe } from 'vitest'
import { openState, type StateOptions } from '../../src/store/open-state.ts'
import type { StateDatabase } from '../../src/store/state-database.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

/** Where a test's states are made: each is new, empty and its own. */
export interface States {
  readonly engine: 'sqlite' | 'postgres'
  /** Null on SQLite. */
  readonly server: PostgresServer | null
  /** Options of a state that nothing was written to. */
  fresh(): Promise<StateOptions>
  /** A state at the program's version; closed when the tests are done. */
  open(options?: StateOptions): Promise<StateDatabase>
}

export const noon = new Date('2026-03-01T12:00:00.000Z')
export const after = (ms: number) => new Date(noon.getTime() + ms)

const server = await startPostgres()

/** The same tests over both databases; over PostgreSQL only where it is installed. */
export function onBoth(name: string, tests: (states: States) => void): void {
  onSqlite(name, tests)
  onPostgres(name, tests)
}

export function onSqlite(name: string, tests: (states: States) => void): void {
  describe(`${name} on sqlite`, () => tests(statesOf('sqlite')))
}

export function onPostgres(name: string, tests: (states: States, server: PostgresServer) => void): void {
  describe.skipIf(server === null)(`${name} on postgres`, () => tests(statesOf('postgres'), server!))
}

function statesOf(engine: 'sqlite' | 'postgres'): States {
  const opened: StateDatabase[] = []
  let room: string
  beforeAll(async () => {
    room = await mkdtemp(join(tmpdir(), 'tranche-state-'))
  })
  afterAll(async () => {
    for (const state of opened) await state.close()
    await rm(room, { recursive: true, force: true })
  })
  const fresh = async (): Promise<StateOptions> => {
    const name = `w${randomUUID().replaceAll('-', '')}`
    return { dir: join(room, name), settings: settingsOf(engine, name), env: {}, clock: () => noon }
  }
  return {
    engine,
    server: engine === 'postgres' ? server : null,
    fresh,
    open: async (options) => {
      const state = await openState(options ?? (await fresh()))
      opened.push(state)
      return state
    },
  }
}

function settingsOf(engine: 'sqlite' | 'postgres', schema: string): Workspace['state'] {
  if (engine === 'sqlite') return { engine }
  const { socket: host, port, user } = server!
  return { engine, host, port, database: 'postgres', user, schema, tls: 'verify' }
}

afterAll(() => server?.stop())
