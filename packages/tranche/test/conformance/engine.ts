import { randomUUID } from 'node:crypto'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import { openTrino, type TrinoOptions } from '../../src/engine/trino.ts'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { ident, sql } from '../../src/sql/sql.ts'

/** What `npm run cluster -- up` prints: set by `make test-cluster`, and the same files run on the cluster. */
const cluster = process.env['TRANCHE_TEST_CLUSTER']
const found = cluster === undefined ? null : (JSON.parse(cluster) as { trino: string; shared: string })

/** The engine under test: `duckdb`, or `trino` where a cluster is given. */
export const engineName = found === null ? 'duckdb' : 'trino'

export function clusterOptions(schema: string): TrinoOptions {
  if (found === null) throw new Error('No cluster is given.')
  return {
    url: found.trino,
    catalog: 'lake',
    schema,
    user: 'conformance',
    clientTags: ['test'],
    shared: { folder: found.shared, location: 'local://' },
  }
}

/** An empty place in the engine under test; closing it drops what was made. */
export async function openEngine(
  options: Pick<TrinoOptions, 'tablePrefix'> = {},
): Promise<{ warehouse: Warehouse; close: () => Promise<void> }> {
  if (found === null) {
    const warehouse = await openDuckDb({ path: ':memory:', threads: 1 })
    return { warehouse, close: async () => warehouse.close() }
  }
  const schema = `test_${randomUUID().replaceAll('-', '')}`
  const warehouse = openTrino({ ...clusterOptions(schema), ...options })
  await warehouse.run(sql`create schema ${ident('lake', schema)}`)
  return {
    warehouse,
    close: async () => {
      await warehouse.run(sql`drop schema ${ident('lake', schema)} cascade`)
      warehouse.close()
    },
  }
}

/** Runs the work in an empty place of the engine under test. */
export async function withEngine<T>(work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const { warehouse, close } = await openEngine()
  try {
    return await work(warehouse)
  } finally {
    await close()
  }
}
