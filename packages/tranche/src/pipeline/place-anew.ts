import type { Manifest } from '@tranche/contract'
import { hasTable } from '../engine/has-table.ts'
import type { Warehouse } from '../engine/warehouse.ts'
import type { SegmentRules } from '../segments/check-segments.ts'
import { fitSets, type SetModels } from '../segments/fit-sets.ts'
import { type ListSurroundings, matchList } from '../segments/match-list.ts'
import { placeCustomers } from '../segments/place-customers.ts'
import { placeAlike } from '../segments/publish-segments.ts'
import { ident, join, sql } from '../sql/sql.ts'
import type { Catalogue, SegmentSetDefinition } from '../workspace/catalogue.ts'

/**
 * Fits changed sets on the customers of the published run and puts their columns beside the published ones, in tables of this
 * reader alone: the run stays as it is. Gives their models.
 */
export async function placeAnew(
  warehouse: Warehouse,
  rules: SegmentRules,
  changed: readonly SegmentSetDefinition[],
  lists: ListSurroundings,
): Promise<SetModels> {
  if (changed.length === 0) return new Map()
  const models = await fitSets(warehouse, changed, rules.scope, rules.outcomes)
  for (const { key, value } of changed)
    if (value.list !== undefined) {
      await ownTable(warehouse, 'list_members')
      await warehouse.run(sql`delete from list_members where "set" = ${key}`)
      models.set(key, await matchList(warehouse, key, value.list, lists))
    }
  const kept = await columnsBut(
    warehouse,
    changed.map(({ key }) => key),
  )
  const isAlike = ({ value }: SegmentSetDefinition) => value.lookalike !== undefined
  await warehouse.run(sql`create temp table published_sets as
    select ${join([sql`features.customer_id`, ...kept.map((name) => ident(name))])}
    from features ${kept.length === 0 ? sql`` : sql`left join customer_sets on customer_sets.customer_id = features.customer_id`}`)
  await warehouse.run(sql`drop view if exists customer_sets`)
  await placeCustomers(
    warehouse,
    changed.filter((set) => !isAlike(set)),
    models,
    rules.scope,
  )
  await warehouse.run(sql`create or replace table customer_sets as
    select ${join([sql`customer_sets.*`, ...kept.map((name) => ident('published_sets', name))])}
    from customer_sets join published_sets on published_sets.customer_id = customer_sets.customer_id`)
  for (const set of changed.filter(isAlike)) await placeAlike(warehouse, set, models, rules)
  return models
}

/** Names of features and metrics whose definition is another than that of the run: their values there say nothing of today. */
export function changedInputs(
  { features, metrics }: Pick<Catalogue, 'features' | 'metrics'>,
  { definitions }: Pick<Manifest, 'definitions'>,
): ReadonlySet<string> {
  return new Set(
    [...features, ...metrics]
      .filter(({ kind, key, logicHash }) => definitions[`${kind}:${key}`] !== logicHash)
      .map(({ key }) => key),
  )
}

/** Sets in the published run that stay as they are. */
async function columnsBut(warehouse: Warehouse, changed: readonly string[]): Promise<readonly string[]> {
  if (!(await hasTable(warehouse, 'customer_sets'))) return []
  const { names } = await warehouse.columns(sql`select * from customer_sets where false`)
  return names.filter((name) => name !== 'customer_id' && !changed.includes(name))
}

/** A table of the run as one that this reader may write. */
async function ownTable(warehouse: Warehouse, name: string): Promise<void> {
  const found = await warehouse.rows<{ type: string }>(
    sql`select table_type as type from information_schema.tables where table_schema = 'main' and table_name = ${name}`,
  )
  if (found.length === 0)
    await warehouse.run(sql`create table ${ident(name)} ("set" varchar, customer_id varchar)`)
  if (found[0]?.type !== 'VIEW') return
  await warehouse.run(sql`create temp table own_copy as select * from ${ident(name)}`)
  await warehouse.run(sql`drop view ${ident(name)}`)
  await warehouse.run(sql`create table ${ident(name)} as select * from own_copy`)
  await warehouse.run(sql`drop table own_copy`)
}
