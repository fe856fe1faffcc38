import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { type SegmentRules, segmentRules } from './check-segments.ts'
import { evaluateRules, type RuleCounts } from './evaluate-rules.ts'

/**
 * Publishes who belongs to each segment and what each holds: the standing ones, tiers by value and activity by rhythm, and
 * those that the workspace defines by rules. Membership of the former is derived, of the latter kept by member.
 */
export async function publishSegments(
  warehouse: Warehouse,
  catalogue: Pick<Catalogue, 'features' | 'extras' | 'workspace' | 'segments'>,
): Promise<number> {
  const rules = segmentRules(catalogue)
  const counts = await keepMembers(warehouse, rules)
  await createMembership(warehouse)
  await createSummary(warehouse, rules, counts)
  await createScores(warehouse)
  const { customers } = await warehouse.row<{ customers: number }>(
    sql`select count(*) as customers from customer_value`,
  )
  return customers
}

async function keepMembers(warehouse: Warehouse, rules: SegmentRules): Promise<readonly RuleCounts[]> {
  await warehouse.createFrom('rule_members', [
    { name: 'segment', type: 'varchar', values: [] },
    { name: 'customer_id', type: 'varchar', values: [] },
  ])
  if (rules.rules.length === 0) return []
  return await evaluateRules(warehouse, rules, async (blocks) => {
    for (const { key, customers } of blocks)
      if (customers.length > 0)
        await warehouse.append('rule_members', [
          { name: 'segment', type: 'varchar', values: new Array<string>(customers.length).fill(key) },
          { name: 'customer_id', type: 'varchar', values: customers },
        ])
  })
}

/** Constants of a view can't be bound, so they are literals of the program. */
const kinds = [
  { column: sql`tier`, prefix: sql`'tier_'` },
  { column: sql`activity`, prefix: sql`'activity_'` },
] as const

async function createMembership(warehouse: Warehouse): Promise<void> {
  const standing = kinds.map(
    ({ column, prefix }) =>
      sql`select ${prefix} || ${column} as segment, customer_id, as_of from customer_value where ${column} is not null`,
  )
  const ruled = sql`select segment, customer_id, (select max(as_of) from customer_value) as as_of from rule_members`
  await warehouse.run(
    sql`create or replace view segment_membership as ${join([...standing, ruled], ' union all ')}`,
  )
}

async function createSummary(
  warehouse: Warehouse,
  { rules }: SegmentRules,
  counts: readonly RuleCounts[],
): Promise<void> {
  await warehouse.createFrom('rule_counts', [
    { name: 'segment', type: 'varchar', values: rules.map(({ key }) => key) },
    { name: 'unknown', type: 'bigint', values: counts.map(({ unknown }) => unknown) },
    { name: 'logic_hash', type: 'varchar', values: rules.map(({ definition }) => definition.logicHash) },
  ])
  const standing = kinds.map(
    ({ column, prefix }) => sql`
      select ${prefix} || ${column} as segment, count(*) as customers, sum(value_12m) as value_12m, sum(m) as amount,
        max(undecided) as unknown, cast(null as varchar) as logic_hash
      from customer_value, (select count(*) - count(${column}) as undecided from customer_value) as u
      where ${column} is not null group by ${column}`,
  )
  await warehouse.run(sql`
    create or replace table segment_summary as
    with held as ( -- one row per segment that has members, and per rule that has none
      ${join(standing, ' union all ')}
      union all
      select rule_counts.segment, count(customer_value.customer_id) as customers, sum(value_12m) as value_12m, sum(m) as amount,
        max(rule_counts.unknown) as unknown, max(rule_counts.logic_hash) as logic_hash
      from rule_counts
      left join rule_members on rule_members.segment = rule_counts.segment
      left join customer_value on customer_value.customer_id = rule_members.customer_id
      group by rule_counts.segment
    ), everyone as (select count(*) as everyone from customer_value)
    select segment, customers, customers / cast(nullif(everyone, 0) as double) as share,
      cast(value_12m as decimal(38,2)) as value_12m, cast(amount as decimal(38,2)) as amount, unknown, logic_hash
    from held, everyone order by segment`)
  await warehouse.run(sql`drop table rule_counts`)
}

async function createScores(warehouse: Warehouse): Promise<void> {
  const outputs = [
    [ident('p_alive'), sql`'p_alive'`],
    [ident('expected_transactions_12m'), sql`'expected_transactions_12m'`],
    [ident('value_12m'), sql`'value_12m'`],
  ] as const
  const scores = outputs.map(
    ([
      column,
      name,
    ]) => sql`select customer_id, 'value' as model, ${name} as output, cast(${column} as double) as value
      from customer_value where ${column} is not null`,
  )
  await warehouse.run(sql`create or replace view scores as ${join(scores, ' union all ')}`)
}
