import { sql } from '../sql/sql.ts'
import type { Warehouse } from './warehouse.ts'

/** Whether there is a table or view for people of that name: a run of an older version may lack one. */
export async function hasTable(warehouse: Warehouse, name: string): Promise<boolean> {
  const found = await warehouse.rows(
    sql`select 1 as found from information_schema.tables where table_schema = 'main' and table_name = ${name}`,
  )
  return found.length > 0
}
