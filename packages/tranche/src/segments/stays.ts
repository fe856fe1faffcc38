import type { Warehouse } from '../engine/warehouse.ts'
import { ident, type Sql, sql } from '../sql/sql.ts'

/**
 * Leaves the table `segment_stays`: who was in which segment from when to when, as seen at the as-ofs of runs, with the runs that
 * saw them enter and leave. It goes on from the run before, whose stays lie in the temporary table `previous_segment_stays` where
 * there is one: who is still in stays in, who is no longer left at this as-of. A segment that is defined otherwise than before
 * begins anew.
 */
export async function publishStays(warehouse: Warehouse, run: string): Promise<void> {
  const { before } = await warehouse.row<{ before: number }>(
    sql`select count(*) as before from duckdb_tables() where temporary and table_name = 'previous_segment_stays'`,
  )
  const members = sql`now_in as ( -- one row per segment and member
      select segment_membership.segment, customer_id, logic_hash as definition
      from segment_membership join segment_summary on segment_summary.segment = segment_membership.segment
    ), instant as ( -- one row
      select max(as_of) as as_of, cast(${run} as varchar) as run from customer_value
    )`
  const begun = sql`as_of as entered, cast(null as timestamp) as "left"`
  const begunRuns = sql`run as entered_run, cast(null as varchar) as left_run`
  if (before === 0) {
    await warehouse.run(sql`
      create or replace table segment_stays as
      with ${members}
      select segment, customer_id, ${begun}, definition, ${begunRuns} from now_in, instant`)
    return
  }
  await warehouse.run(sql`
    create or replace table segment_stays as
    with ${members}, stays_before as (${await staysOf(warehouse, 'previous_segment_stays')}), open_before as ( -- stays that had not ended
      select segment, customer_id, entered, definition, entered_run from stays_before where "left" is null
    )
    select segment, customer_id, entered, "left", definition, entered_run, left_run from stays_before where "left" is not null
    union all
    select o.segment, o.customer_id, o.entered, case when n.customer_id is null then as_of end as "left", o.definition,
      o.entered_run, case when n.customer_id is null then run end as left_run
    from open_before as o left join now_in as n
      on n.segment = o.segment and n.customer_id = o.customer_id and n.definition is not distinct from o.definition, instant
    union all
    select n.segment, n.customer_id, ${begun}, n.definition, ${begunRuns}
    from now_in as n left join open_before as o
      on o.segment = n.segment and o.customer_id = n.customer_id and o.definition is not distinct from n.definition, instant
    where o.customer_id is null`)
}

/** All stays of a run; the runs that saw who enter and leave are NULL where an older version did not note them. */
export async function staysOf(warehouse: Warehouse, table = 'segment_stays'): Promise<Sql> {
  const { names } = await warehouse.columns(sql`select * from ${ident(table)} where false`)
  const noted = (name: string) =>
    names.includes(name) ? ident(name) : sql`cast(null as varchar) as ${ident(name)}`
  return sql`select segment, customer_id, entered, "left", definition, ${noted('entered_run')}, ${noted('left_run')}
    from ${ident(table)}`
}
