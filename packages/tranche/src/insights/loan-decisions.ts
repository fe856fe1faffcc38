import type { Warehouse } from '../engine/warehouse.ts'
import { knownBefore } from '../sql/known-before.ts'
import { sql } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'

/** Leaves the temporary table `customer_decisions` (whether the first loan application was approved); tells if there are any. */
export async function createDecisions(warehouse: Warehouse, asOf: string): Promise<boolean> {
  const at = timestampOf(Date.parse(asOf))
  await warehouse.run(sql`
    create or replace temp table customer_decisions as
    select applications.customer_id, decision = 'approved' as approved
    from standard.applications left join standard.products on products.product_id = applications.product_id
    where coalesce(applications.product_kind, products.kind) = 'loan' and decision in ('approved', 'declined')
      and requested_at < ${at} and ${knownBefore(at, 'applications')} and applications.customer_id is not null
    qualify row_number() over (partition by applications.customer_id order by requested_at, application_id) = 1`)
  const { decisions } = await warehouse.row<{ decisions: number }>(
    sql`select count(*) as decisions from customer_decisions`,
  )
  return decisions > 0
}
