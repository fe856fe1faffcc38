import type { SideBySide } from '../insights/compared-sides.ts'
import { sideBySide } from '../insights/side-by-side.ts'
import { segmentRules } from '../segments/check-segments.ts'
import { sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { openPublishedRun } from './published-run.ts'
import { publishedColumns, requirePublished, requireSegment } from './published-segments.ts'
import { publishedStaleness, type Staleness } from './staleness.ts'

export interface SegmentFreshness extends Staleness {
  readonly segment: string
}

export interface ComparedSegments extends SideBySide {
  /** How fresh each of the segments is. */
  readonly freshness: readonly SegmentFreshness[]
}

/**
 * Two segments of the published run side by side, or one against everybody else.
 * @throws TrancheError not_found for an unknown key, refused where the run has no such segment
 */
export async function compareSegments(
  catalogue: Catalogue,
  first: string,
  second: string | null,
): Promise<ComparedSegments> {
  for (const key of [first, second]) if (key !== null) requireSegment(catalogue, key)
  const { scope } = segmentRules(catalogue)
  const { warehouse } = await openPublishedRun(catalogue, 'results')
  try {
    for (const key of [first, second]) if (key !== null) await requirePublished(warehouse, key)
    const known = await publishedColumns(warehouse, scope)
    const members = (key: string) => sql`select customer_id from segment_membership where segment = ${key}`
    // A cell differs from the others in its set, which says nothing.
    const own = new Set(
      scope.columnSegments.filter(({ key }) => [first, second].includes(key)).map(({ column }) => column),
    )
    const compared = await sideBySide({
      warehouse,
      scope,
      first: members(first),
      second: second === null ? null : members(second),
      names: [...scope.columns.keys()].filter((name) => known.has(name) && !own.has(name)),
      minimum: catalogue.workspace.disclosure.minimumCell,
    })
    const freshness: SegmentFreshness[] = []
    for (const segment of [first, second])
      if (segment !== null)
        freshness.push({ segment, ...(await publishedStaleness(warehouse, catalogue, segment)) })
    return { ...compared, freshness }
  } finally {
    warehouse.close()
  }
}
