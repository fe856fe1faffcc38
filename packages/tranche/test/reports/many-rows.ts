import { type DuckDbWarehouse, openDuckDb } from '../../src/engine/duckdb.ts'
import { sql } from '../../src/sql/sql.ts'

/** A published table of so many customers, who have nothing but a number. */
export async function manyCustomers(rows: number): Promise<DuckDbWarehouse> {
  const warehouse = await openDuckDb({ path: ':memory:', threads: 2 })
  await warehouse.run(
    sql`create table customer_value as select 'C' || lpad(cast(i as varchar), 6, '0') as customer_id from range(${rows}) as numbers(i)`,
  )
  return warehouse
}
