import { populationStabilityIndex } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { list, sql } from '../../sql/sql.ts'
import type { SegmentSetDefinition } from '../../workspace/catalogue.ts'
import { cellsOf } from '../../workspace/segment-cells.ts'
import type { Ailment } from './health.ts'

/** From here on a population has shifted; Siddiqi (2006), chapter 8, https://doi.org/10.1002/9781119201731. */
const shiftedFrom = 0.25

/** Sets whose cells hold other shares of the customers than in the run before, under the same definition, by the PSI. */
export async function drifts(
  warehouse: Warehouse,
  sets: readonly SegmentSetDefinition[],
): Promise<readonly Ailment[]> {
  const found: Ailment[] = []
  for (const { key: set, value } of sets) {
    const cells = cellsOf(value).map(({ key }) => key)
    const rows = await warehouse.rows<{ before: number; now: number }>(sql`
      with stays as (
        select stays.* from segment_stays as stays join segment_summary as summary on summary.segment = stays.segment
        where stays.segment in (${list(cells)}) and stays.definition is not distinct from summary.logic_hash
      ), moments as ( -- one row per as-of of a run at which anybody came or went
        select entered as as_of from segment_stays union select "left" from segment_stays where "left" is not null
      ), before as ( -- one row
        select max(as_of) as as_of from moments where as_of < (select max(as_of) from moments)
      )
      select count(*) filter (where entered <= as_of and ("left" is null or "left" > as_of)) as before,
        count(*) filter (where "left" is null) as now
      from stays, before group by segment order by segment`)
    const [before, now] = [rows.map((row) => row.before), rows.map((row) => row.now)]
    if (before.every((n) => n === 0) || now.every((n) => n === 0)) continue
    const { index } = populationStabilityIndex(before, now)
    if (index >= shiftedFrom) found.push({ kind: 'drifting', set, psi: index })
  }
  return found
}
