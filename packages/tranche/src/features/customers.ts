import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, sql } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import type { Calendar } from './calendar.ts'
import { customersTable } from './row-store.ts'
import type { TableRows } from './table-rows.ts'

/**
 * Numbers the customers of a computation, in the order of customer_id, and says from which point on each is one:
 * once a version is known and the onboarding, where it has a date, lies before the point.
 */
export async function createCustomers(
  warehouse: Warehouse,
  versions: TableRows,
  calendar: Calendar,
  customer?: string,
): Promise<{ readonly n: number; readonly first: string | null }> {
  const { points } = calendar
  const since = points.map((point) => {
    const onboarded = sql`(onboarded_at is null or onboarded_at < ${timestampOf(point.ms)})`
    return sql`when seen <= ${point.index} and ${onboarded} then ${point.index}`
  })
  const seen = points.map((point) => sql`when ${versions.visibleAt(point)} then ${point.index}`)
  await warehouse.run(sql`create or replace temp table ${ident(customersTable)} as
    select cast(row_number() over (order by customer_id) - 1 as integer) as c, customer_id, since, onboarded
    from (
      select customer_id, cast(case ${join(since, ' ')} end as utinyint) as since,
        ${calendar.businessDay(sql`onboarded_at`)} as onboarded
      from (
        select customer_id, min(case ${join(seen, ' ')} end) as seen, min(onboarded_at) as onboarded_at
        from standard.customer_versions ${customer === undefined ? sql`` : sql`where customer_id = ${customer}`} group by customer_id
      ) as versions
    ) as customers
    where since is not null`)
  return await warehouse.row<{ n: number; first: string | null }>(
    sql`select count(*) as n, min(onboarded) as first from ${ident(customersTable)}`,
  )
}
