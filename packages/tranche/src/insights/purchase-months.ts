import type { RunContext } from '../engine/run-context.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import {
  firstMonthRemembered,
  historiesOf,
  keepHistories,
  monthsRemembered,
  summariseHistories,
} from '../models/value/histories.ts'
import { type Sql, sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

/** A month after the first purchase up to which retention is followed. */
export const lastOffset = 12

/**
 * In which calendar months (business zone) customers bought after their first, from the histories that value has left.
 * Leaves the published table `cohort_retention` (cohort, month_offset, customers, active).
 *
 * @returns one row per customer whose purchases began within the months remembered: customer_id, first_month, months;
 * null where there are no purchases at all.
 */
export async function createPurchaseMonths(
  catalogue: Catalogue,
  warehouse: Warehouse,
  context: Pick<RunContext, 'asOf'>,
): Promise<Sql | null> {
  await keepHistories(catalogue, warehouse, context.asOf, sql`customer_value`)
  const { customers, asOfDay } = await summariseHistories(catalogue, warehouse, context.asOf)
  const months = sql`(
    select customer_id, first_month, months from ${historiesOf(context.asOf)}
    where first_month between 0 and ${monthsRemembered - 1}
  )`
  await warehouse.run(
    sql`create or replace table cohort_retention as ${retention(months, firstMonthRemembered(asOfDay))}`,
  )
  return customers === 0 ? null : months
}

/** Whether a customer bought in the given calendar month after the first; NULL where it isn't over. */
export function boughtInMonth(offset: number): Sql {
  return sql`case when first_month + ${offset} < ${monthsRemembered} then ((months >> cast(first_month + ${offset} as integer)) & 1) = 1 end`
}

function retention(months: Sql, base: number): Sql {
  return sql`
    with patterns as ( -- one row per set of months, which many customers share
      select first_month, months, count(*) as customers from ${months} group by all
    )
    select strftime(make_date(cast((first_month + ${base}) // 12 as integer), cast((first_month + ${base}) % 12 + 1 as integer), 1), '%Y-%m') as cohort,
      cast(month_offset as integer) as month_offset, cast(sum(customers) as bigint) as customers,
      cast(sum(case when ((months >> cast(first_month + month_offset as integer)) & 1) = 1 then customers else 0 end) as bigint) as active
    from patterns, range(0, ${lastOffset + 1}) as offsets(month_offset)
    where first_month + month_offset < ${monthsRemembered}
    group by all order by all`
}
