import type { Row } from '../engine/warehouse.ts'
import { staysOf } from '../segments/stays.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { openPublishedRun } from './published-run.ts'
import { requirePublished, requireSegment } from './published-segments.ts'
import { keptRuns, lastAsOf } from './run-as-of.ts'

/** A segment at the as-of of one run. */
export interface SegmentMoment {
  readonly asOf: string
  /** The run as of then, of several the last that is kept; null where an older version did not note it and none is kept. */
  readonly run: string | null
  readonly customers: number
  readonly entered: number
  readonly left: number
}

/**
 * How a segment grew and shrank, run by run, since it was last defined otherwise.
 * @throws TrancheError not_found for an unknown key, refused where the run has no such segment
 */
export async function segmentHistory(catalogue: Catalogue, key: string): Promise<readonly SegmentMoment[]> {
  requireSegment(catalogue, key)
  const { warehouse } = await openPublishedRun(catalogue, 'results')
  try {
    await requirePublished(warehouse, key)
    const moments = await warehouse.rows<
      Omit<SegmentMoment, 'run'> & { readonly runs: readonly string[] | null } & Row
    >(sql`
      with all_stays as (${await staysOf(warehouse)}), stays as (
        select * from all_stays where segment = ${key} and definition is not distinct from
          (select logic_hash from segment_summary where segment = ${key})
      ), moments as ( -- one row per as-of at which anybody came or went
        select as_of, list(distinct run order by run) filter (where run is not null) as runs from (
          select entered as as_of, entered_run as run from all_stays
          union select "left", left_run from all_stays where "left" is not null
        ) as seen group by as_of
      )
      select moments.as_of as "asOf", moments.runs,
        count(*) filter (where entered <= moments.as_of and ("left" is null or "left" > moments.as_of)) as customers,
        count(*) filter (where entered = moments.as_of) as entered,
        count(*) filter (where "left" = moments.as_of) as "left"
      from moments left join stays on true
      where moments.as_of >= (select min(entered) from stays)
      group by moments.as_of, moments.runs order by moments.as_of`)
    const runs = await keptRuns(catalogue)
    return moments.map(({ asOf, runs: noted, ...counts }) => ({
      asOf,
      run: noted?.length === 1 ? noted[0]! : (lastAsOf(runs, asOf)?.run ?? noted?.at(-1) ?? null),
      ...counts,
    }))
  } finally {
    warehouse.close()
  }
}
