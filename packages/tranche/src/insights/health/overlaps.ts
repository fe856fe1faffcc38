import type { Warehouse } from '../../engine/warehouse.ts'
import { sql } from '../../sql/sql.ts'
import type { SegmentSetDefinition } from '../../workspace/catalogue.ts'
import { cellsOf, seedCell } from '../../workspace/segment-cells.ts'
import type { Ailment } from './health.ts'

/** Share of the customers of either who are in both, from which two segments are one. Jaccard (1912). */
const sameFrom = 0.9

/**
 * Pairs of segments that hold nearly the same customers, but for a segment and the seed that others are found to be like, which is
 * the same by definition. Customers are taken by what they are members of, which is few patterns.
 */
export async function overlaps(
  warehouse: Warehouse,
  sets: readonly Pick<SegmentSetDefinition, 'value'>[],
): Promise<readonly Ailment[]> {
  const seeds = new Map(
    sets.flatMap(({ value }) => {
      const seed = cellsOf(value).find((cell) => cell.value === seedCell)
      return seed === undefined || value.lookalike === undefined ? [] : [[seed.key, value.lookalike.of]]
    }),
  )
  const isSeed = (segment: string, other: string) =>
    seeds.get(segment) === other || seeds.get(other) === segment
  const patterns = await warehouse.rows<{ segments: readonly string[]; n: number }>(sql`
    select segments, count(*) as n from (
      select list_sort(list(segment)) as segments from segment_membership group by customer_id
    ) as customers group by segments`)
  const sizes = new Map<string, number>()
  const both = new Map<string, number>()
  for (const { segments, n } of patterns)
    segments.forEach((first, index) => {
      sizes.set(first, (sizes.get(first) ?? 0) + n)
      for (const second of segments.slice(index + 1)) {
        const pair = `${first} ${second}`
        both.set(pair, (both.get(pair) ?? 0) + n)
      }
    })
  return [...both]
    .map(([pair, shared]) => {
      const [segment, other] = pair.split(' ') as [string, string]
      return { segment, other, jaccard: shared / (sizes.get(segment)! + sizes.get(other)! - shared) }
    })
    .filter(({ segment, other, jaccard }) => jaccard >= sameFrom && !isSeed(segment, other))
    .sort((a, b) => b.jaccard - a.jaccard || a.segment.localeCompare(b.segment, 'en'))
    .map((pair) => ({ kind: 'redundant', ...pair }))
}
