import type { Warehouse } from '../engine/warehouse.ts'
import { expressionToSql } from '../sql/expression-sql.ts'
import { ident, join, type Sql, sql, tableNamed, typed } from '../sql/sql.ts'
import { type SegmentCatalogue, type SegmentRule, type SegmentRules, segmentRules } from './check-segments.ts'
import { customersSql } from './customer-blocks.ts'
import { wavesOf } from './evaluate-rules.ts'
import { namesOf } from './preview-rule.ts'
import { standingSegments } from './standing.ts'

const flagsTable = tableNamed('segment_flags')

/**
 * Publishes the standing segments and those by rule without a row leaving the engine: all conditions in one scan of the
 * customers, kept as one array of booleans each, from which members and counts are taken. Segments that rest on sets, whose
 * models are fitted elsewhere, are passed over and named.
 */
export async function publishSegmentsBySql(
  warehouse: Warehouse,
  catalogue: SegmentCatalogue,
): Promise<{ readonly customers: number; readonly leftOut: readonly string[] }> {
  const all = segmentRules(catalogue)
  const rules = { ...all, rules: all.rules.filter(({ rule }) => !restsOnSets(rule, all)) }
  const { scratchTable } = warehouse.dialect
  await warehouse.run(sql`create or replace ${scratchTable} ${flagsTable} as ${flagsSql(rules)}`)
  await warehouse.run(
    sql`create or replace table ${tableNamed('segment_membership')} as ${membershipSql(rules)}`,
  )
  await warehouse.run(sql`create or replace table ${tableNamed('segment_summary')} as ${summarySql(rules)}`)
  await warehouse.run(sql`drop table ${flagsTable}`)
  const none: readonly string[] = []
  await warehouse.createFrom(
    'segment_sets',
    ['set', 'segment', 'cell', 'label_en', 'label_zh'].map((name) => ({
      name,
      type: 'varchar',
      values: none,
    })),
  )
  const { customers } = await warehouse.row<{ customers: number }>(
    sql`select count(*) as customers from ${tableNamed('customer_value')}`,
  )
  return { customers, leftOut: all.rules.filter((rule) => !rules.rules.includes(rule)).map(({ key }) => key) }
}

function restsOnSets(rule: SegmentRule['rule'], rules: SegmentRules): boolean {
  return namesOf(rule, rules).some((name) => rules.scope.columns.get(name)?.from === 'customer_sets')
}

/** One row per customer, with whether each segment holds, in the order of `keysOf`: NULL where it is not known. */
function flagsSql(rules: SegmentRules): Sql {
  const names = new Set([
    ...rules.rules.flatMap(({ rule }) => namesOf(rule, rules)),
    ...standingSegments.map(({ column }) => column),
    ...['value_12m', 'm'],
  ])
  const standing = standingSegments.map(
    ({ key, column, value }) => sql`(${ident(column)} = ${value}) as ${flagOf(key)}`,
  )
  let judged = sql`select ${join([sql`customers.*`, ...standing])} from (${customersSql([...names].sort(), rules.scope)}) as customers`
  // What a wave asks about was answered by the one within it, and is a column there.
  for (const wave of wavesOf(rules.rules)) {
    const conditions = wave.map(({ key, rule }) => {
      const condition = expressionToSql(rule, {
        column: (name) => ident(name),
        storage: (name) => rules.scope.columns.get(name)?.storage ?? 'double',
        inSegment: flagOf,
      })
      return sql`${condition} as ${flagOf(key)}`
    })
    judged = sql`select ${join([sql`wave.*`, ...conditions])} from (${judged}) as wave`
  }
  return sql`select customer_id, value_12m, m, array[${join(keysOf(rules).map(({ key }) => flagOf(key)))}] as flags
    from (${judged}) as judged`
}

/** A name that no feature has. */
const flagOf = (key: string): Sql => ident(`in ${key}`)

function keysOf({
  rules,
}: SegmentRules): readonly { readonly key: string; readonly logicHash: string | null }[] {
  return [
    ...standingSegments.map(({ key }) => ({ key, logicHash: null })),
    ...rules.map(({ key, definition }) => ({ key, logicHash: definition.logicHash })),
  ]
}

/** One row per segment: its place among the flags, its key, the hash of its definition. */
function segmentsSql(rules: SegmentRules): Sql {
  const rows = keysOf(rules).map(
    ({ key, logicHash }, index) => sql`(${index + 1}, ${key}, ${typed('varchar', logicHash)})`,
  )
  return sql`(values ${join(rows)}) as segments (place, segment, logic_hash)`
}

function membershipSql(rules: SegmentRules): Sql {
  return sql`
    with instant as ( -- one row
      select max(as_of) as as_of from ${tableNamed('customer_value')}
    )
    select segments.segment, judged.customer_id, instant.as_of
    from ${flagsTable} as judged cross join ${segmentsSql(rules)} cross join instant
    where judged.flags[segments.place]`
}

/** One row per segment, of those that nobody is in as well. */
function summarySql(rules: SegmentRules): Sql {
  const holds = sql`judged.flags[segments.place]`
  return sql`
    with counted as ( -- one row per segment, none where there are no customers
      select segments.place, count(*) as everyone, count(*) filter (where ${holds}) as customers,
        sum(judged.value_12m) filter (where ${holds}) as value_12m, sum(judged.m) filter (where ${holds}) as amount,
        count(*) filter (where ${holds} is null) as unknown
      from ${flagsTable} as judged cross join ${segmentsSql(rules)} group by segments.place
    )
    select segments.segment, coalesce(customers, 0) as customers,
      customers / cast(nullif(everyone, 0) as double) as share,
      cast(value_12m as decimal(38,2)) as value_12m, cast(amount as decimal(38,2)) as amount,
      coalesce(unknown, 0) as unknown, logic_hash
    from ${segmentsSql(rules)} left join counted on counted.place = segments.place`
}
