import type { Warehouse } from '../engine/warehouse.ts'
import { sql } from '../sql/sql.ts'

/**
 * Leaves the table `segment_stays`: who was in which segment from when to when, as seen at the as-ofs of runs. It goes on from
 * the run before, whose stays lie in the temporary table `previous_segment_stays` where there is one: who is still in stays in,
 * who is no longer left at this as-of. A segment that is defined otherwise than before begins anew.
 */
export async function publishStays(warehouse: Warehouse): Promise<void> {
  const { before } = await warehouse.row<{ before: number }>(
    sql`select count(*) as before from duckdb_tables() where temporary and table_name = 'previous_segment_stays'`,
  )
  const members = sql`now_in as ( -- one row per segment and member
      select segment_membership.segment, customer_id, logic_hash as definition
      from segment_membership join segment_summary on segment_summary.segment = segment_membership.segment
    ), instant as ( -- one row
      select max(as_of) as as_of from customer_value
    )`
  if (before === 0) {
    await warehouse.run(sql`
      create or replace table segment_stays as
      with ${members}
      select segment, customer_id, as_of as entered, cast(null as timestamp) as "left", definition from now_in, instant`)
    return
  }
  await warehouse.run(sql`
    create or replace table segment_stays as
    with ${members}, open_before as ( -- stays that had not ended
      select segment, customer_id, entered, definition from previous_segment_stays where "left" is null
    )
    select segment, customer_id, entered, "left", definition from previous_segment_stays where "left" is not null
    union all
    select o.segment, o.customer_id, o.entered, case when n.customer_id is null then as_of end as "left", o.definition
    from open_before as o left join now_in as n
      on n.segment = o.segment and n.customer_id = o.customer_id and n.definition is not distinct from o.definition, instant
    union all
    select n.segment, n.customer_id, as_of as entered, cast(null as timestamp) as "left", n.definition
    from now_in as n left join open_before as o
      on o.segment = n.segment and o.customer_id = n.customer_id and o.definition is not distinct from n.definition, instant
    where o.customer_id is null`)
}
