import { segmentRules } from '../../segments/check-segments.ts'
import { membersSql } from '../../segments/preview-rule.ts'
import { sql } from '../../sql/sql.ts'
import type { HandWritten, Scope } from './hand-written.ts'

/**
 * Segments by rule: the run evaluates them over typed columns, here the engine does. A rule that was changed since the run
 * is not what was published, and is passed over.
 */
export async function segmentsByHand({ catalogue, warehouse }: Scope): Promise<readonly HandWritten[]> {
  if (catalogue.segments.length === 0) return []
  const published = await warehouse.rows<{ segment: string; logic_hash: string }>(
    sql`select segment, logic_hash from segment_summary where logic_hash is not null`,
  )
  const hashes = new Map(published.map(({ segment, logic_hash }) => [segment, logic_hash]))
  const rules = segmentRules(catalogue)
  return rules.rules
    .filter(({ key, definition }) => hashes.get(key) === definition.logicHash)
    .flatMap(({ key, rule }) => {
      const recomputed = sql`select count(*) as v from (${membersSql(rule, rules)}) as members`
      return [
        {
          key: `segment_summary.${key}.customers`,
          published: sql`select customers as v from segment_summary where segment = ${key}`,
          recomputed,
        },
        {
          key: `segment_membership.${key}.customers`,
          published: sql`select count(distinct customer_id) as v from segment_membership where segment = ${key}`,
          recomputed,
        },
      ]
    })
}
