import type { Warehouse } from '../engine/warehouse.ts'
import type { Dialect } from '../sql/dialect.ts'
import { sql } from '../sql/sql.ts'

/** Lets an engine that keeps rows in their order write rows in whatever order they are ready, which halves the time of large tables. */
export async function withoutOrder<T>(warehouse: Warehouse, work: () => Promise<T>): Promise<T> {
  if (warehouse.dialect.name !== 'duckdb') return await work()
  await warehouse.run(sql`set preserve_insertion_order = false`)
  try {
    return await work()
  } finally {
    await warehouse.run(sql`set preserve_insertion_order = true`)
  }
}

/**
 * As many customers as are best grouped at once by more than themselves. An engine on one machine, whose rows lie in the
 * order of customers, holds a few far better than all; one of many machines parts them anyway.
 */
export function customersAtOnce({ dialect }: Warehouse): number {
  return dialect.name === 'duckdb' ? 25_000 : Number.MAX_SAFE_INTEGER
}

/**
 * How many customers, in the order of their numbers, share files of their own among the rows of a computation, so that a
 * statement over a run of customers reads no others'; null where that is no question of files. An engine of many machines
 * reads all files of a table that says nothing of their content.
 */
export function customersPerRange({ name }: Dialect, customers: number): number | null {
  if (name === 'duckdb') return null
  const width = Math.max(fewestPerRange, Math.ceil(customers / mostRanges))
  return width < customers ? width : null
}

const fewestPerRange = 50_000
/** A writer of Trino's Iceberg connector holds at most a hundred partitions, unless its administrator says otherwise. */
const mostRanges = 90
