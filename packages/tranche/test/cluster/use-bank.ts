import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openTrino, type TrinoOptions, type TrinoWarehouse } from '../../src/engine/trino.ts'
import { ident, sql } from '../../src/sql/sql.ts'
import { clusterOptions } from '../conformance/engine.ts'

/** What the tests of a file have for themselves: a schema of the cluster, and a folder on this machine. */
export interface Bank {
  readonly schema: string
  readonly connection: ReturnType<typeof clusterOptions>
  /** The bank's own connection, whose names are those of the schema. */
  readonly bank: TrinoWarehouse
  readonly room: string
}

interface BankOptions extends Pick<TrinoOptions, 'sessionProperties'> {
  /** Further catalogues to have the schema in. */
  readonly catalogs?: readonly string[]
}

/** Makes them before the tests of a file and drops them afterwards. Nothing of them is there before the first test begins. */
export function useBank(name: string, { catalogs = [], ...session }: BankOptions = {}): Bank {
  const schema = `${name}_${randomUUID().replaceAll('-', '')}`
  const connection = clusterOptions(schema)
  const all = [connection.catalog, ...catalogs]
  let opened: Pick<Bank, 'bank' | 'room'> | undefined
  const there = () => {
    if (opened === undefined) throw new TypeError('The bank opens before the first test.')
    return opened
  }
  beforeAll(async () => {
    const room = await mkdtemp(join(tmpdir(), `tranche-${name}-`))
    opened = { room, bank: openTrino({ ...connection, ...session }) }
    for (const catalog of all) await opened.bank.run(sql`create schema ${ident(catalog, schema)}`)
  }, 120_000)
  afterAll(async () => {
    if (opened === undefined) return
    const { bank, room } = opened
    for (const catalog of all) await bank.run(sql`drop schema if exists ${ident(catalog, schema)} cascade`)
    bank.close()
    await rm(room, { recursive: true, force: true })
  }, 120_000)
  return {
    schema,
    connection,
    get bank() {
      return there().bank
    },
    get room() {
      return there().room
    },
  }
}
