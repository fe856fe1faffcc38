import { chiSquareIndependence } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { customersSql } from '../../segments/customer-blocks.ts'
import type { RuleScope } from '../../segments/rule-scope.ts'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import type { Ailment } from './health.ts'

/** Association from which membership gives an attribute away. Cohen (1988) calls .3 medium, section 7.2. */
const givenAwayFrom = 0.3
const mostLevels = 40

interface ProxyOptions {
  readonly warehouse: Warehouse
  readonly scope: RuleScope
  /** Attributes that the policy protects. */
  readonly guarded: readonly string[]
}

/** Segments whose membership goes with a protected attribute: Cramér's V of members and others by level, ages by ten years. */
export async function proxies({ warehouse, scope, guarded }: ProxyOptions): Promise<readonly Ailment[]> {
  const found: Ailment[] = []
  for (const attribute of guarded) {
    const column = scope.columns.get(attribute)
    if (column?.from !== 'features') continue
    const rows = await warehouse.rows<{ segment: string | null; level: string; n: number }>(sql`
      with leveled as ( -- one row per customer of known level
        select customer_id, ${levelSql(attribute, column.type)} as level
        from (${customersSql([attribute], scope)}) as customers where ${ident(attribute)} is not null
      )
      select null as segment, level, count(*) as n from leveled group by level
      union all
      select segment, level, count(*) as n from segment_membership join leveled using (customer_id) group by segment, level`)
    const all = rows.filter(({ segment }) => segment === null)
    if (all.length < 2 || all.length > mostLevels) continue
    const segments = new Set(rows.flatMap(({ segment }) => (segment === null ? [] : [segment])))
    for (const segment of [...segments].sort()) {
      const inside = new Map(rows.filter((row) => row.segment === segment).map(({ level, n }) => [level, n]))
      const members = all.map(({ level }) => inside.get(level) ?? 0)
      const others = all.map(({ n }, index) => n - members[index]!)
      if (others.every((n) => n === 0)) continue
      const { cramersV } = chiSquareIndependence([members, others])
      if (cramersV >= givenAwayFrom) found.push({ kind: 'proxy', segment, attribute, cramersV })
    }
  }
  return found
}

function levelSql(attribute: string, type: string): Sql {
  const value = ident(attribute)
  return type === 'number'
    ? sql`cast(floor(cast(${value} as double) / 10) as varchar)`
    : sql`cast(${value} as varchar)`
}
