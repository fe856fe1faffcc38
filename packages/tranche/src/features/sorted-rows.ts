import type { Scratch, Warehouse } from '../engine/warehouse.ts'
import { ident, type Sql, sql } from '../sql/sql.ts'
import { inChunk } from './stage.ts'

export interface SortedRowsOptions {
  readonly warehouse: Warehouse
  readonly scratch: Scratch
  /** Of the scratch database. */
  readonly table: string
  /** Query with the customer as the whole number `c`. */
  readonly rows: Sql
  /** As many as there are, or more. */
  readonly most: number
  readonly customers: number
}

/** Whether so many rows fill enough of the memory that to pack them costs less than to keep them as they are. */
export function isWorthPacking(rows: number, { rowsAtOnce }: Scratch): boolean {
  return rows >= rowsAtOnce / 20
}

/**
 * Creates a table of rows in the order of customers. Of more rows than the engine sorts in memory it is written twice: as they
 * come, then sorted run of customers by run; sorting them all would write and read them several times, uncompressed.
 */
export async function createSortedRows(options: SortedRowsOptions): Promise<void> {
  const { warehouse, scratch, table, rows, most, customers } = options
  const sorted = ident(scratch.database, table)
  const runs = Math.min(Math.max(1, customers), Math.ceil(most / scratch.rowsAtOnce))
  if (runs < 2) {
    await warehouse.run(sql`create or replace table ${sorted} as ${rows} order by c`)
    return
  }
  const unsorted = ident(scratch.database, `${table}_unsorted`)
  await warehouse.run(sql`create or replace table ${unsorted} as ${rows}`)
  const perRun = Math.ceil(customers / runs)
  for (let start = 0; start < customers; start += perRun) {
    const run = sql`select * from ${unsorted} where ${inChunk({ from: start, to: start + perRun })} order by c`
    await warehouse.run(
      start === 0 ? sql`create or replace table ${sorted} as ${run}` : sql`insert into ${sorted} ${run}`,
    )
  }
  await warehouse.run(sql`drop table ${unsorted}`)
}
