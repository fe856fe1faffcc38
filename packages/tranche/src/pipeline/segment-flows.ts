import type { Text } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { TrancheError } from '../errors.ts'
import { segmentRules } from '../segments/check-segments.ts'
import { columnLabels } from '../segments/column-labels.ts'
import { list, sql } from '../sql/sql.ts'
import { Zone } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { parseInstant } from './as-of.ts'
import { openPublishedRun } from './published-run.ts'
import { standingLabel } from './published-segments.ts'

/** Who went from which cell of a set to which between two as-ofs; null is none of them. */
export interface Flow {
  readonly from: string | null
  readonly to: string | null
  readonly customers: number
}

export interface SegmentFlows {
  readonly from: string
  readonly to: string
  /** The run whose stays tell. */
  readonly run: string
  readonly label: Text
  /** From top to bottom: of tiers, activities and bands the highest first. */
  readonly cells: readonly { readonly segment: string; readonly label: Text }[]
  /** Whether a cell further up is the higher one. */
  readonly isRanked: boolean
  readonly flows: readonly Flow[]
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
): Promise<SegmentFlows> {
  const { columnSegments } = segmentRules(catalogue).scope
  const cells = columnSegments.filter(({ column }) => column === set).map(({ key }) => key)
  if (cells.length === 0) {
    const known = [...new Set(columnSegments.map(({ column }) => column))]
    throw new TrancheError('not_found', {
      en: `There is no set ${JSON.stringify(set)}; there are ${known.join(', ')}.`,
      zh: `没有名为 ${JSON.stringify(set)} 的客群组；现有：${known.join('、')}。`,
    })
  }
  const { warehouse, run } = await openPublishedRun(catalogue, 'results')
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
    const bands = catalogue.segmentSets.find(({ key }) => key === set)?.value.bands
    const labels = await labelsOf(warehouse, cells)
    const named = labels.map((label, index) => ({ segment: cells[index]!, label }))
    const seen = new Set(flows.flatMap((flow) => [flow.from, flow.to]))
    const shown = named.filter(({ segment }) => seen.has(segment))
    return {
      ...{ from, to, run: run.run, label: columnLabels(catalogue.segmentSets)(set) },
      cells: bands === undefined ? shown : shown.reverse(),
      isRanked: bands !== undefined || standingColumns.includes(set),
      flows,
    }
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

/** Sets that every workspace has, whose cells stand with the best first. */
const standingColumns: readonly string[] = ['tier', 'activity']

/** What the published run calls cells. */
async function labelsOf(warehouse: Warehouse, cells: readonly string[]): Promise<readonly Text[]> {
  const rows = await warehouse.rows<{ segment: string; en: string; zh: string }>(
    sql`select segment, label_en as en, label_zh as zh from segment_sets where segment in (${list(cells)})`,
  )
  return cells.map((cell) => {
    const found = rows.find(({ segment }) => segment === cell)
    return found === undefined ? standingLabel(cell) : { en: found.en, zh: found.zh }
  })
}
