import type { SegmentSetModel } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'
import type { Catalogue, SegmentSetDefinition } from '../workspace/catalogue.ts'
import { type SegmentCatalogue, type SegmentRules, segmentRules } from './check-segments.ts'
import type { RuleCounts } from './evaluate-rules.ts'
import { ruleOf } from './explain-membership.ts'
import { fitLookalike } from './fit-lookalike.ts'
import { fitSets, type SetModels } from './fit-sets.ts'
import { keepMembers } from './keep-members.ts'
import { type ListSurroundings, matchList } from './match-list.ts'
import { modelCells, namedCells } from './name-cells.ts'
import { placeCustomers, placeOneMore } from './place-customers.ts'
import { membersSql } from './preview-rule.ts'
import { standingSegments } from './standing.ts'
import { publishStays } from './stays.ts'

/** A model of a set, with the definition that it was fitted for. */
export interface PublishedSet {
  readonly key: string
  readonly definition: string
  readonly model: SegmentSetModel | null
}

/**
 * Publishes who belongs to each segment and what each holds: the standing ones, tiers by value and activity by rhythm, the
 * cells of sets, and those that the workspace defines by rules. Membership of the former is derived from columns, of the
 * latter kept by member.
 */
export async function publishSegments(
  warehouse: Warehouse,
  catalogue: SegmentCatalogue,
  { run, lists }: { readonly run: string; readonly lists?: ListSurroundings },
): Promise<{ readonly customers: number; readonly sets: readonly PublishedSet[] }> {
  const rules = segmentRules(catalogue)
  const { sets, scope } = rules
  const models = await fitSets(warehouse, sets, scope, rules.outcomes)
  await matchLists(warehouse, sets, models, lists)
  if (sets.length > 0) {
    const isAlike = ({ value }: SegmentSetDefinition) => value.lookalike !== undefined
    await placeCustomers(
      warehouse,
      sets.filter((set) => !isAlike(set)),
      models,
      scope,
    )
    // A segment that others are like may rest on the sets placed before.
    for (const set of sets.filter(isAlike)) await placeAlike(warehouse, set, models, rules)
  }
  const counts = await keepMembers(warehouse, rules)
  await createMembership(warehouse, sets)
  await createSummary(warehouse, rules, models, counts)
  await createSets(warehouse, sets, models, catalogue.features)
  await publishStays(warehouse, run)
  await createScores(warehouse)
  const { customers } = await warehouse.row<{ customers: number }>(
    sql`select count(*) as customers from customer_value`,
  )
  return {
    customers,
    sets: sets.map(({ key, openHash }) => ({ key, definition: openHash, model: models.get(key) ?? null })),
  }
}

async function matchLists(
  warehouse: Warehouse,
  sets: readonly SegmentSetDefinition[],
  models: Map<string, SegmentSetModel | null>,
  lists: ListSurroundings | undefined,
): Promise<void> {
  const own = sets.flatMap(({ key, value: { list } }) => (list === undefined ? [] : [{ key, list }]))
  if (own.length === 0) return
  if (lists === undefined) throw new TypeError('Lists need the folders of their files.')
  await warehouse.run(sql`create or replace table list_members ("set" varchar, customer_id varchar)`)
  for (const { key, list } of own) models.set(key, await matchList(warehouse, key, list, lists))
}

/** Fits what is like a segment, and adds its column to `customer_sets`. */
export async function placeAlike(
  warehouse: Warehouse,
  set: SegmentSetDefinition,
  models: Map<string, SegmentSetModel | null>,
  rules: SegmentRules,
): Promise<void> {
  const { lookalike } = set.value
  await warehouse.run(
    sql`create or replace temp table lookalike_members as ${membersSql(ruleOf(lookalike!.of, rules), rules)}`,
  )
  const members = sql`select customer_id from lookalike_members`
  const model = set.frozen ?? (await fitLookalike(warehouse, lookalike!, members, rules.scope))
  models.set(set.key, model)
  await placeOneMore(warehouse, set, model, rules.scope)
  await warehouse.run(sql`drop table lookalike_members`)
}

/** Who is in a standing segment. Constants of a view can't be bound, so they are literals of the program. */
const standingMembers = [
  sql`select 'tier_' || tier as segment, customer_id, value_12m, m from customer_value where tier is not null`,
  sql`select 'activity_' || activity as segment, customer_id, value_12m, m from customer_value where activity is not null`,
]

/** Who is in a cell of a set or in a segment by rule. */
function otherMembers(sets: readonly SegmentSetDefinition[]): Sql {
  const ruled = sql`select segment, customer_id from rule_members`
  if (sets.length === 0) return ruled
  const columns = join(sets.map(({ key }) => ident(key)))
  return sql`${ruled} union all select placed."set" || '_' || placed.cell as segment, placed.customer_id
    from (unpivot customer_sets on ${columns} into name "set" value cell) as placed`
}

async function createMembership(warehouse: Warehouse, sets: readonly SegmentSetDefinition[]): Promise<void> {
  const standing = standingMembers.map(
    (members) => sql`select segment, customer_id from (${members}) as standing`,
  )
  await warehouse.run(sql`create or replace view segment_membership as
    select segment, customer_id, (select max(as_of) from customer_value) as as_of
    from (${join([...standing, otherMembers(sets)], ' union all ')}) as members`)
}

/** One row per segment, of those that nobody is in as well. */
async function createSummary(
  warehouse: Warehouse,
  { rules, sets }: SegmentRules,
  models: SetModels,
  counts: readonly RuleCounts[],
): Promise<void> {
  const cells = [...standingSegments, ...sets.flatMap((set) => modelCells(set, models.get(set.key) ?? null))]
  const unknownOf = new Map(counts.map(({ key, unknown }) => [key, unknown]))
  const setOf = new Map(sets.map((set) => [set.key, set.logicHash]))
  await warehouse.createFrom('segment_keys', [
    { name: 'segment', type: 'varchar', values: [...cells, ...rules].map(({ key }) => key) },
    {
      name: 'undecided_by',
      type: 'varchar',
      values: [...cells.map(({ column }) => column), ...rules.map(() => null)],
    },
    {
      name: 'unknown',
      type: 'bigint',
      values: [...cells.map(() => null), ...rules.map(({ key }) => unknownOf.get(key) ?? 0)],
    },
    {
      name: 'logic_hash',
      type: 'varchar',
      values: [
        ...cells.map(({ column }) => setOf.get(column) ?? null),
        ...rules.map(({ definition }) => definition.logicHash),
      ],
    },
  ])
  const missing = (table: Sql, columns: readonly string[]) =>
    columns.map(
      (column) =>
        sql`select ${column} as undecided_by, count(*) - count(${ident(column)}) as undecided from ${table}`,
    )
  const undecided = [
    ...missing(sql`customer_value`, ['tier', 'activity']),
    ...missing(
      sql`customer_sets`,
      sets.map(({ key }) => key),
    ),
  ]
  await warehouse.run(sql`
    create or replace table segment_summary as
    with held as ( -- one row per segment that has members
      select segment, count(*) as customers, sum(value_12m) as value_12m, sum(m) as amount
      from (${join(standingMembers, ' union all ')}) as standing group by segment
      union all
      select segment, count(*) as customers, sum(value_12m) as value_12m, sum(m) as amount
      from (${otherMembers(sets)}) as members
        join customer_value on customer_value.customer_id = members.customer_id
      group by segment
    ), undecided as ( -- one row per column whose values are segments
      ${join(undecided, ' union all ')}
    ), everyone as ( -- one row
      select count(*) as everyone from customer_value
    )
    select segment_keys.segment, coalesce(customers, 0) as customers,
      coalesce(customers, 0) / cast(nullif(everyone, 0) as double) as share,
      cast(value_12m as decimal(38,2)) as value_12m, cast(amount as decimal(38,2)) as amount,
      coalesce(undecided, unknown) as unknown, logic_hash
    from segment_keys left join held on held.segment = segment_keys.segment
      left join undecided on undecided.undecided_by = segment_keys.undecided_by, everyone
    order by segment_keys.segment`)
  await warehouse.run(sql`drop table segment_keys`)
}

/** The sets with their cells and what each is called. */
async function createSets(
  warehouse: Warehouse,
  sets: readonly SegmentSetDefinition[],
  models: SetModels,
  features: Catalogue['features'],
): Promise<void> {
  const cells = sets.flatMap((set) => namedCells(set, models.get(set.key) ?? null, features))
  const texts = (name: string, values: readonly string[]) => ({ name, type: 'varchar' as const, values })
  await warehouse.createFrom('segment_sets', [
    texts(
      'set',
      cells.map(({ column }) => column),
    ),
    texts(
      'segment',
      cells.map(({ key }) => key),
    ),
    texts(
      'cell',
      cells.map(({ value }) => value),
    ),
    texts(
      'label_en',
      cells.map(({ label }) => label.en),
    ),
    texts(
      'label_zh',
      cells.map(({ label }) => label.zh),
    ),
  ])
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
