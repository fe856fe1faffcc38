import type { Warehouse } from '../engine/warehouse.ts'
import { knownBefore } from '../sql/known-before.ts'
import { ident, sql } from '../sql/sql.ts'
import { timestampOf, Zone } from '../sql/time-zone.ts'

export const acquisitionCosts = 'acquisition_costs'
/** Customers are called kept once they are older than this: nobody is lost sooner. */
export const keptAfterDays = 90

/**
 * Leaves the published table `acquisition_costs`: one row per channel or creative and month in which both spending and
 * whether customers stayed are known. Costs of a treatment are those of a campaign to customers, not of winning them.
 * Reads `customer_value`, which must have the attributes, tenure_days, activity and value_12m.
 */
export async function createAcquisitionCosts(
  warehouse: Warehouse,
  attributes: readonly ('channel' | 'creative')[],
  { asOf, timeZone }: { readonly asOf: string; readonly timeZone: string },
): Promise<void> {
  const at = timestampOf(Date.parse(asOf))
  // A tenure is counted to the last whole day before the as-of.
  const lastDay = sql`(cast(${new Zone(timeZone).dateOf(Date.parse(asOf))} as date) - 1)`
  await warehouse.run(sql`
    create or replace table ${ident(acquisitionCosts)} (attribute varchar, level varchar, month date, spend decimal(38,4),
      customers bigint, kept bigint, value_12m decimal(38,2), recent boolean)`)
  for (const attribute of attributes)
    await warehouse.run(sql`
      insert into ${ident(acquisitionCosts)}
      with spent as ( -- one row per level and month
        select ${ident(attribute)} as level, cast(date_trunc('month', on_date) as date) as month, sum(amount) as spend
        from standard.costs
        where ${ident(attribute)} is not null and treatment is null and ${knownBefore(at)}
        group by 1, 2
      ), come as ( -- one row per level and month
        select ${ident(attribute)} as level,
          cast(date_trunc('month', ${lastDay} - cast(tenure_days as integer)) as date) as month,
          count(*) as customers, count(*) filter (where activity = 'active') as kept, sum(value_12m) as value_12m
        from customer_value where ${ident(attribute)} is not null and tenure_days is not null group by 1, 2
      )
      select ${attribute}, spent.level, spent.month, spend, coalesce(customers, 0), coalesce(kept, 0), coalesce(value_12m, 0),
        spent.month >= ${lastDay} - cast(365 as integer)
      from spent left join come on come.level = spent.level and come.month = spent.month
      where spent.month < date_trunc('month', ${lastDay} - cast(${keptAfterDays} as integer)) order by 2, 3`)
}
