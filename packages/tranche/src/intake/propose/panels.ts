import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, sql } from '../../sql/sql.ts'
import type { TransactionColumns } from './choose-transaction.ts'
import type { Subject } from './draft.ts'
import { type ColumnProfile, profiled } from './profile.ts'

/** A row for each customer on each of a few days: how they stood then, not what they did. */
export interface Panel {
  readonly key: ColumnProfile
  readonly time: ColumnProfile
}

const mostDays = 120
const fewestCustomers = 10
/** Customers come and go, so that not everyone stands there on every day. */
const filledCells = 0.5

/** Whether what looks like dealings, with an amount that no name tells, is such a panel. */
export async function panelOf(
  warehouse: Warehouse,
  { profile }: Subject,
  { customer: key, time, amount }: TransactionColumns,
): Promise<Panel | undefined> {
  if (!('byName' in amount) || amount.byName || time.date?.hasTime !== false) return undefined
  if (time.distinct < 2 || time.distinct > mostDays || key.distinct < fewestCustomers) return undefined
  if (profile.rows < key.distinct * time.distinct * filledCells) return undefined
  const { pairs } = await warehouse.row<{ pairs: number }>(
    sql`select count(*) as pairs from (select distinct ${profiled(key.index)}, ${profiled(time.index)} from ${ident(profile.table)})`,
  )
  return pairs === profile.rows ? { key, time } : undefined
}
