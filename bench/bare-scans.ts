import { openDuckDb } from '../packages/tranche/src/engine/duckdb.ts'
import { sql } from '../packages/tranche/src/sql/sql.ts'

/** What both sides of every comparison get. */
export const threads = 2
export const memoryMb = 2560

/** What the scans and a run of Tranche must agree on. */
export interface Totals {
  readonly customers: number
  readonly transactions: number
  readonly purchaseDays: number
  readonly amount: number
}

/**
 * What no analysis of customers can do without, straight in the engine from the file: RFM by customer, the summary of
 * distinct days, quintiles. A whole run is measured in multiples of it.
 */
export async function bareScans(file: string, spillTo: string): Promise<{ seconds: number; totals: Totals }> {
  const warehouse = await openDuckDb({ path: ':memory:', threads, memoryMb, spillTo })
  try {
    const transactions = sql`read_parquet(${file})`
    const begin = performance.now()
    await warehouse.run(sql`create temp table rfm as
      select customer_id, max(occurred_at) as r, count(*) as f, sum(amount) as m from ${transactions} group by customer_id`)
    await warehouse.run(sql`create temp table days as
      select customer_id, count(*) as days, min(day) as first_day, max(day) as last_day
      from (select distinct customer_id, cast(occurred_at as date) as day from ${transactions}) group by customer_id`)
    await warehouse.run(sql`create temp table quintiles as
      select customer_id, ntile(5) over (order by r desc, customer_id) as r,
        ntile(5) over (order by f, customer_id) as f, ntile(5) over (order by m, customer_id) as m from rfm`)
    const seconds = (performance.now() - begin) / 1000
    const totals = await warehouse.row<{ [name in keyof Totals]: number }>(
      sql`select count(*) as customers, cast(sum(f) as bigint) as transactions, sum(m) as amount,
        (select cast(sum(days) as bigint) from days) as "purchaseDays" from rfm`,
    )
    return { seconds, totals }
  } finally {
    warehouse.close()
  }
}
