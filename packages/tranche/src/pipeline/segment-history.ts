import type { Row } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { segmentRules } from '../segments/check-segments.ts'
import { staysOf } from '../segments/stays.ts'
import { list, sql } from '../sql/sql.ts'
import { Zone } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { parseInstant } from './as-of.ts'
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

/** Who went from which cell of a set to which between two as-ofs; null is none of them. */
export interface Flow {
  readonly from: string | null
  readonly to: string | null
  readonly customers: number
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

/**
 * How customers moved between the cells of a set, or between tiers or activities, from one day to another: as they stood at the last
 * run as of each.
 * @throws TrancheError not_found for an unknown set, invalid_input for a day before the first run
 */
export async function segmentFlows(
  catalogue: Catalogue,
  set: string,
  between: { readonly from?: string; readonly to?: string },
): Promise<{ readonly from: string; readonly to: string; readonly flows: readonly Flow[] }> {
  const { columnSegments } = segmentRules(catalogue).scope
  const cells = columnSegments.filter(({ column }) => column === set).map(({ key }) => key)
  if (cells.length === 0) {
    const known = [...new Set(columnSegments.map(({ column }) => column))]
    throw new TrancheError('not_found', {
      en: `There is no set ${JSON.stringify(set)}; there are ${known.join(', ')}.`,
      zh: `没有名为 ${JSON.stringify(set)} 的客群组；现有：${known.join('、')}。`,
    })
  }
  const { warehouse } = await openPublishedRun(catalogue, 'results')
  try {
    const moments = (
      await warehouse.rows<{ asOf: string }>(
        sql`select distinct entered as "asOf" from segment_stays union select "left" from segment_stays where "left" is not null order by 1`,
      )
    ).map(({ asOf }) => asOf)
    if (moments.length === 0)
      throw new TrancheError('refused', {
        en: 'The published run has no members of any segment.',
        zh: '已发布的运行中没有任何客群成员。',
      })
    const { timeZone } = catalogue.workspace
    const from = momentOf(between.from, moments, timeZone) ?? moments.at(-2) ?? moments.at(-1)!
    const to = momentOf(between.to, moments, timeZone) ?? moments.at(-1)!
    const at = (instant: string) => sql`
      select customer_id, segment from segment_stays
      where segment in (${list(cells)}) and entered <= cast(${instant} as timestamp)
        and ("left" is null or "left" > cast(${instant} as timestamp))`
    const flows = await warehouse.rows<{ from: string | null; to: string | null; customers: number }>(sql`
      select f.segment as "from", t.segment as "to", count(*) as customers
      from (${at(from)}) as f full join (${at(to)}) as t on t.customer_id = f.customer_id
      group by 1, 2 order by 1 nulls last, 2 nulls last`)
    return { from, to, flows }
  } finally {
    warehouse.close()
  }
}

/** The last as-of of a run up to an instant, or to the end of a business day. @throws TrancheError invalid_input */
function momentOf(
  asked: string | undefined,
  moments: readonly string[],
  timeZone: string,
): string | undefined {
  if (asked === undefined) return undefined
  const zone = new Zone(timeZone)
  const instant = parseInstant(asked, timeZone)
  const isDay = asked.length === 10
  const found = moments.findLast((moment) =>
    isDay ? zone.dateOf(Date.parse(moment)) <= asked : Date.parse(moment) <= Date.parse(instant),
  )
  if (found !== undefined) return found
  throw new TrancheError('invalid_input', {
    en: `No run is as of ${asked} or before; the first is as of ${moments[0]}.`,
    zh: `没有截至 ${asked} 或更早的运行；最早的截至 ${moments[0]}。`,
  })
}
