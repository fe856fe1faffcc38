import type { RunContext } from '../engine/run-context.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import { keptPurchaseDays } from '../models/value/purchase-days.ts'
import { type Sql, sql } from '../sql/sql.ts'
import { Zone } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

/** A month after the first purchase up to which retention is followed. */
export const lastOffset = 12
/** Calendar months that a customer's purchases are remembered for: bits of a 64-bit integer. */
const mostMonths = 60

/**
 * In which calendar months (business zone) each customer bought, as bits, and from it the retention triangle.
 * Leaves the temporary table `purchase_months` (customer_id, first_month, months; month 0 is `baseMonth`) and the
 * published table `cohort_retention` (cohort, month_offset, customers, active).
 *
 * @returns whether there are purchases at all.
 */
export async function createPurchaseMonths(
  catalogue: Catalogue,
  warehouse: Warehouse,
  context: Pick<RunContext, 'asOf'>,
): Promise<boolean> {
  const endDay = new Zone(catalogue.workspace.timeZone).dateOf(Date.parse(context.asOf))
  // The month of the as-of is never over at the as-of; its first day ends the last whole one.
  const lastWhole = monthNumber(endDay) - 1
  const base = lastWhole - mostMonths + 1
  const days = await keptPurchaseDays(catalogue, warehouse, context.asOf)
  const [any] = await warehouse.rows(sql`select 1 as found from ${days} limit 1`)
  await createEmpty(warehouse)
  if (any === undefined) return false
  const month = sql`(year(day) * 12 + month(day) - 1)`
  await warehouse.run(sql`
    create or replace temp table purchase_months as
    with months as ( -- one row per customer
      select customer_id, min(${month}) - ${base} as first_month,
        bit_or(case when ${month} between ${base} and ${lastWhole} then cast(1 as bigint) << cast(${month} - ${base} as integer) else 0 end) as months
      from ${days} where bought and customer_id is not null
      group by 1
    )
    select customer_id, cast(first_month as integer) as first_month, months from months
    where first_month between 0 and ${mostMonths - 1}`)
  await warehouse.run(retention(base))
  return true
}

/** Whether a customer of `purchase_months` bought in the given calendar month after the first; NULL where it isn't over. */
export function boughtInMonth(offset: number): Sql {
  return sql`case when first_month + ${offset} < ${mostMonths} then ((months >> cast(first_month + ${offset} as integer)) & 1) = 1 end`
}

function retention(base: number): Sql {
  return sql`
    create or replace table cohort_retention as
    with patterns as ( -- one row per set of months, which many customers share
      select first_month, months, count(*) as customers from purchase_months group by all
    )
    select strftime(make_date(cast((first_month + ${base}) // 12 as integer), cast((first_month + ${base}) % 12 + 1 as integer), 1), '%Y-%m') as cohort,
      cast(month_offset as integer) as month_offset, cast(sum(customers) as bigint) as customers,
      cast(sum(case when ((months >> cast(first_month + month_offset as integer)) & 1) = 1 then customers else 0 end) as bigint) as active
    from patterns, range(0, ${lastOffset + 1}) as offsets(month_offset)
    where first_month + month_offset < ${mostMonths}
    group by all order by all`
}

async function createEmpty(warehouse: Warehouse): Promise<void> {
  await warehouse.run(
    sql`create or replace temp table purchase_months (customer_id varchar, first_month integer, months bigint)`,
  )
  await warehouse.run(
    sql`create or replace table cohort_retention (cohort varchar, month_offset integer, customers bigint, active bigint)`,
  )
}

function monthNumber(day: string): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1
}
