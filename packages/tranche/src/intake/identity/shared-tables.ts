import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, type Sql, sql } from '../../sql/sql.ts'

const database = 'intake_shared'

/** The name of a table in memory that all connections of the engine see, as temporary tables are seen by their own only. */
export function sharedTable(name: string): Sql {
  return ident(database, name)
}

/** Does work for which there are shared tables, all of which are gone when it ends. */
export async function withSharedTables<T>(warehouse: Warehouse, work: () => Promise<T>): Promise<T> {
  await warehouse.run(sql`attach ':memory:' as ${ident(database)}`)
  try {
    return await work()
  } finally {
    await warehouse.run(sql`detach ${ident(database)}`)
  }
}
