import type { Finding, Text } from '@tranche/contract'
import { foundGroupNames, levelWords } from '@tranche/language/report'
import type { Warehouse } from '../../engine/warehouse.ts'
import { inputAges } from '../../segments/input-ages.ts'
import { ident, join, type Sql, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { ruleOver } from '../tables/export-table.ts'

/** A group that gets a card: who is in it, and how to export them. */
export interface PersonaGroup {
  readonly key: string
  readonly name: Text
  /** Over the rows that `withMemberships` gives. */
  readonly condition: Sql
  /** The segment whose members they are. */
  readonly segment?: string
  readonly members: string
}

const tiers = ['high', 'medium', 'low'] as const
const mostSegments = 6

/** Value tiers, the groups that findings found, and the workspace's own segments. */
export async function personaGroups(
  warehouse: Warehouse,
  catalogue: Pick<Catalogue, 'segments' | 'workspace'>,
  findings: readonly Finding[],
): Promise<readonly PersonaGroup[]> {
  const columns = await warehouse.rows<{ table_name: string; name: string; type: string }>(sql`
    select table_name, column_name as name, data_type as type from duckdb_columns()
    where schema_name = 'main' and table_name in ('customer_value', 'segment_membership')
    order by table_name, column_index`)
  const value = columns.filter(({ table_name }) => table_name === 'customer_value')
  const groups: PersonaGroup[] = []
  const isFlat = findings.some(({ message }) => message === 'limits.tiers_flat')
  if (value.some(({ name }) => name === 'tier') && !isFlat)
    for (const tier of tiers)
      groups.push({
        key: `tier=${tier}`,
        name: capitalised(levelWords['tier']![tier]!),
        condition: sql`tier = ${tier}`,
        members: `tranche export customer_value --where 'tier == "${tier}"' --out tier-${tier}.csv`,
      })
  for (const { key, message, members, significant } of findings) {
    const name = foundGroupNames[message]
    const rule = members === null ? undefined : ruleOf(members)
    if (name === undefined || rule === undefined || significant === false) continue
    groups.push({ key, name, condition: ruleOver(rule, value), members: members! })
  }
  const old = await oldInputs(warehouse, catalogue.workspace.segments.staleAfterDays)
  if (columns.some(({ table_name }) => table_name === 'segment_membership'))
    for (const { key, value: segment } of catalogue.segments.slice(0, mostSegments))
      groups.push({
        key: `segment=${key}`,
        name: marked(segment.label, old.get(key)),
        condition: sql`coalesce(${ident('memberships', key)}, false)`,
        segment: key,
        members: `tranche segment members ${key} --out ${key}.csv`,
      })
  return groups
}

/** Segments that rest on a table whose newest row lies longer before the as-of than the workspace allows, with its days. */
async function oldInputs(warehouse: Warehouse, staleAfterDays: number): Promise<ReadonlyMap<string, number>> {
  const ages = await inputAges(warehouse)
  return new Map(
    [...ages].flatMap(([segment, { oldestInputDays: days }]) =>
      days !== null && days > staleAfterDays ? [[segment, days] as const] : [],
    ),
  )
}

function marked({ en, zh }: Text, days: number | undefined): Text {
  return days === undefined
    ? { en, zh }
    : { en: `${en} (stale: data ${days} days old)`, zh: `${zh}（已过时：数据距今 ${days} 天）` }
}

/** Rows of customers with a column for each segment among the groups, joined once whatever the number of aggregates. */
export function withMemberships(customers: Sql, groups: readonly PersonaGroup[]): Sql {
  const keys = groups.flatMap(({ segment }) => (segment === undefined ? [] : [segment]))
  if (keys.length === 0) return customers
  const flags = keys.map((key) => sql`bool_or(segment = ${key}) as ${ident(key)}`)
  return sql`${customers} left join (
      select customer_id, ${join(flags)} from segment_membership
      where segment in (${join(keys.map((key) => sql`${key}`))}) group by customer_id
    ) as memberships on memberships.customer_id = customer_value.customer_id`
}

/** The rule of a command that exports members, as a shell takes it. */
function ruleOf(command: string): string | undefined {
  const quoted = /^tranche export customer_value --where '((?:[^']|'\\'')*)'/.exec(command)?.[1]
  return quoted?.replaceAll("'\\''", "'")
}

function capitalised({ en, zh }: Text): Text {
  return { en: `${en.slice(0, 1).toUpperCase()}${en.slice(1)}`, zh }
}
