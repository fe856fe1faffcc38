import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { type SegmentRules, segmentRules } from './check-segments.ts'
import { evaluateRules, type RuleCounts } from './evaluate-rules.ts'
import { standingSegments } from './standing.ts'

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

/** One row per segment, of those that nobody is in as well. */
async function createSummary(
  warehouse: Warehouse,
  { rules }: SegmentRules,
  counts: readonly RuleCounts[],
): Promise<void> {
  const unknownOf = new Map(counts.map(({ key, unknown }) => [key, unknown]))
  await warehouse.createFrom('segment_keys', [
    { name: 'segment', type: 'varchar', values: [...standingSegments, ...rules].map(({ key }) => key) },
    {
      name: 'undecided_by',
      type: 'varchar',
      values: [...standingSegments.map(({ column }) => column), ...rules.map(() => null)],
    },
    {
      name: 'unknown',
      type: 'bigint',
      values: [...standingSegments.map(() => null), ...rules.map(({ key }) => unknownOf.get(key) ?? 0)],
    },
    {
      name: 'logic_hash',
      type: 'varchar',
      values: [...standingSegments.map(() => null), ...rules.map(({ definition }) => definition.logicHash)],
    },
  ])
  const standing = kinds.map(
    ({ column, prefix }) => sql`
      select ${prefix} || ${column} as segment, count(*) as customers, sum(value_12m) as value_12m, sum(m) as amount
      from customer_value where ${column} is not null group by ${column}`,
  )
  await warehouse.run(sql`
    create or replace table segment_summary as
    with held as ( -- one row per segment that has members
      ${join(standing, ' union all ')}
      union all
      select segment, count(*) as customers, sum(value_12m) as value_12m, sum(m) as amount
      from rule_members join customer_value on customer_value.customer_id = rule_members.customer_id
      group by segment
    ), everyone as ( -- one row
      select count(*) as everyone, count(*) - count(tier) as no_tier, count(*) - count(activity) as no_activity
      from customer_value
    )
    select segment_keys.segment, coalesce(customers, 0) as customers,
      coalesce(customers, 0) / cast(nullif(everyone, 0) as double) as share,
      cast(value_12m as decimal(38,2)) as value_12m, cast(amount as decimal(38,2)) as amount,
      case undecided_by when 'tier' then no_tier when 'activity' then no_activity else unknown end as unknown, logic_hash
    from segment_keys left join held on held.segment = segment_keys.segment, everyone order by segment_keys.segment`)
  await warehouse.run(sql`drop table segment_keys`)
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
