import type { DuckDbWarehouse } from '../engine/duckdb.ts'
import { constantValue } from '../intake/readers/constant-text.ts'
import { sql, typed } from '../sql/sql.ts'

/** Work on one thread of the embedded engine: sums of doubles, which are else added in any order, are the same each time. */
export async function onOneThread<T>(warehouse: DuckDbWarehouse, work: () => Promise<T>): Promise<T> {
  const setThreads = async (threads: number) =>
    await warehouse.run(sql`set threads = ${constantValue(typed('bigint', threads))}`)
  await setThreads(1)
  try {
    return await work()
  } finally {
    await setThreads(warehouse.settings.threads)
  }
}
