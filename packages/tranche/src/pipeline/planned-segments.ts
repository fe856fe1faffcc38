import type { Text } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { segmentRules } from '../segments/check-segments.ts'
import { membersSql, namesOf } from '../segments/preview-rule.ts'
import { sql, tableNamed } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { publishedColumns } from './published-segments.ts'
import { withPublishedTables } from './published-table.ts'

/** What a changed or new rule would do to a segment, on the customers of the published run. */
export interface PlannedSegment {
  readonly segment: string
  readonly isNew: boolean
  readonly before: number
  readonly after: number
  readonly enter: number
  readonly leave: number
  /** Value within the horizon of those who would enter and leave, in the workspace's currency. */
  readonly valueIn: string
  readonly valueOut: string
}

export interface PlannedSegments {
  readonly changed: readonly PlannedSegment[]
  /** Segments whose rules name what no run has computed yet, or rest on sets that are to be fitted anew. */
  readonly open: readonly string[]
}

/** Segments by rule whose definition is not the published one, with who would enter and leave. */
export async function plannedSegments(
  catalogue: Catalogue,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PlannedSegments> {
  if (catalogue.segments.length === 0) return { changed: [], open: [] }
  return await withPublishedTables(catalogue, env, async ({ warehouse }) => {
    const rules = segmentRules(catalogue)
    const known = await publishedColumns(warehouse, rules.scope)
    const hashes = await publishedHashes(warehouse)
    const refitted = new Set(
      catalogue.segmentSets
        .filter(({ key, logicHash }) => !hashes.sets.has(`${key} ${logicHash}`))
        .map(({ key }) => key),
    )
    const changed: PlannedSegment[] = []
    const open: string[] = []
    for (const { key, definition, rule } of rules.rules) {
      if (hashes.segments.get(key) === definition.logicHash) continue
      const names = namesOf(rule, rules)
      if (names.some((name) => !known.has(name) || refitted.has(name))) {
        open.push(key)
        continue
      }
      const counts = await warehouse.row<
        Omit<PlannedSegment, 'segment' | 'isNew'> & Record<string, string | number>
      >(sql`
        with after_it as (${membersSql(rule, rules)}), before_it as (
          select customer_id from ${tableNamed('segment_membership')} where segment = ${key}
        ), both_of as ( -- one row per customer who is or would be a member
          select coalesce(a.customer_id, b.customer_id) as customer_id, a.customer_id is not null as after,
            b.customer_id is not null as before
          from after_it as a full join before_it as b on b.customer_id = a.customer_id
        )
        select count(*) filter (where before) as before, count(*) filter (where after) as after,
          count(*) filter (where after and not before) as enter, count(*) filter (where before and not after) as leave,
          cast(cast(coalesce(sum(value_12m) filter (where after and not before), 0) as decimal(38, 2)) as varchar) as "valueIn",
          cast(cast(coalesce(sum(value_12m) filter (where before and not after), 0) as decimal(38, 2)) as varchar) as "valueOut"
        from both_of left join ${tableNamed('customer_value')} as valued on valued.customer_id = both_of.customer_id`)
      changed.push({ segment: key, isNew: !hashes.segments.has(key), ...counts })
    }
    return { changed, open }
  })
}

async function publishedHashes(warehouse: Warehouse) {
  const rows = await warehouse.rows<{ segment: string; set: string | null; hash: string }>(sql`
    select segment, "set", logic_hash as hash from ${tableNamed('segment_summary')} as summary
      left join ${tableNamed('segment_sets')} as sets using (segment)
    where logic_hash is not null`)
  return {
    segments: new Map(rows.filter(({ set }) => set === null).map(({ segment, hash }) => [segment, hash])),
    sets: new Set(rows.flatMap(({ set, hash }) => (set === null ? [] : [`${set} ${hash}`]))),
  }
}

export function plannedLines({ changed, open }: PlannedSegments): readonly Text[] {
  return [
    ...changed.map(({ segment, isNew, before, after, enter, leave, valueIn, valueOut }) => ({
      en: isNew
        ? `segment ${segment} is new: ${after} customers worth ${valueIn} would be in it, of those published`
        : `segment ${segment} changed: ${before} → ${after} customers of those published; ${enter} would enter (worth ${valueIn}), ${leave} would leave (worth ${valueOut})`,
      zh: isNew
        ? `客群 ${segment} 为新增：按已发布数据将有 ${after} 位客户，价值 ${valueIn}`
        : `客群 ${segment} 已变更：按已发布数据 ${before} → ${after} 位客户；进入 ${enter} 位（价值 ${valueIn}），离开 ${leave} 位（价值 ${valueOut}）`,
    })),
    ...open.map((segment) => ({
      en: `segment ${segment} changed; who would enter and leave is known once what it rests on is computed`,
      zh: `客群 ${segment} 已变更；待其依赖的内容计算后方可得知进出情况`,
    })),
  ]
}
