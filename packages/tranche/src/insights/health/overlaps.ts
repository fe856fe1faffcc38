import type { Warehouse } from '../../engine/warehouse.ts'
import { sql } from '../../sql/sql.ts'
import type { Ailment } from './health.ts'

/** Share of the customers of either who are in both, from which two segments are one. Jaccard (1912). */
const sameFrom = 0.9

/** Pairs of segments that hold nearly the same customers. Customers are taken by what they are members of, which is few patterns. */
export async function overlaps(warehouse: Warehouse): Promise<readonly Ailment[]> {
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
    .filter(({ jaccard }) => jaccard >= sameFrom)
    .sort((a, b) => b.jaccard - a.jaccard || a.segment.localeCompare(b.segment, 'en'))
    .map((pair) => ({ kind: 'redundant', ...pair }))
}
