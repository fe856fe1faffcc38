import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, sql } from '../sql/sql.ts'

/**
 * Publishes the segments that every workspace has, tiers by value and activity by rhythm, as `tier_high`, `activity_lost`
 * and so on: who belongs to each (derived, never stored apart) and what each holds.
 */
export async function publishStandingSegments(warehouse: Warehouse): Promise<number> {
  const kinds = [sql`tier`, sql`activity`]
  await warehouse.run(sql`
    create or replace view segment_membership as
    ${join(
      kinds.map(
        (kind, index) =>
          sql`select ${prefixOf(index)} || ${kind} as segment, customer_id, as_of from customer_value where ${kind} is not null`,
      ),
      ' union all ',
    )}`)
  await warehouse.run(sql`
    create or replace table segment_summary as
    with members as ( -- one row per segment and customer
      ${join(
        kinds.map(
          (kind, index) =>
            sql`select ${prefixOf(index)} || ${kind} as segment, value_12m, m from customer_value where ${kind} is not null`,
        ),
        ' union all ',
      )}
    ), everyone as (select count(*) as customers from customer_value)
    select segment, count(*) as customers, count(*) / cast(max(everyone.customers) as double) as share,
      cast(sum(value_12m) as decimal(38,2)) as value_12m, cast(sum(m) as decimal(38,2)) as amount
    from members, everyone group by segment order by segment`)
  await warehouse.run(sql`
    create or replace view scores as
    ${join(
      (['p_alive', 'expected_transactions_12m', 'value_12m'] as const).map((output) => scoreOf(output)),
      ' union all ',
    )}`)
  const { customers } = await warehouse.row<{ customers: number }>(
    sql`select count(*) as customers from customer_value`,
  )
  return customers
}

/** Constants of a view can't be bound, so they are literals of the program. */
const prefixOf = (index: number) => [sql`'tier_'`, sql`'activity_'`][index]!

const scoreOf = (output: 'p_alive' | 'expected_transactions_12m' | 'value_12m') =>
  sql`select customer_id, 'value' as model, ${{ p_alive: sql`'p_alive'`, expected_transactions_12m: sql`'expected_transactions_12m'`, value_12m: sql`'value_12m'` }[output]} as output,
    cast(${ident(output)} as double) as value from customer_value where ${ident(output)} is not null`
