import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, sql } from '../../sql/sql.ts'

/** Attributes that moves are split by. */
export const splitAttributes = ['tier', 'channel', 'age_years'] as const
/** What a report compares over time, where both runs have it. */
export const comparedMeasures = [
  'revenue_365d',
  'spend_365d',
  'm',
  'value_12m',
  'conversion_30d',
  'invested_ever',
  'repeat_customer',
  'default_12m',
  'default_ever',
] as const

const wanted: readonly string[] = [...splitAttributes, 'activity', ...comparedMeasures]
const whole = [
  'segment_summary',
  'segment_stays',
  'rule_members',
  'recommendations',
  'recommendation_ledger',
  'row_counts',
] as const

/**
 * Copies what a report compares itself with from the run before, attached as `schema`, to temporary tables `previous_…`;
 * a table that the older run does not have is not made. Cost: one scan of its customer value table.
 */
export async function copyPrevious(warehouse: Warehouse, schema: string): Promise<void> {
  const rows = await warehouse.rows<{ table_name: string; column_name: string }>(sql`
    select table_name, column_name from information_schema.columns
    where table_catalog = ${schema} and table_schema = 'main' order by table_name, ordinal_position`)
  const columnsOf = (table: string) =>
    rows.filter(({ table_name }) => table_name === table).map(({ column_name }) => column_name)
  const value = columnsOf('customer_value')
  if (value.length === 0) return
  const facts = columnsOf('customer_facts').filter((name) => !value.includes(name))
  const columns = [
    ...value.filter((name) => wanted.includes(name)).map((name) => ident('v', name)),
    ...facts.filter((name) => wanted.includes(name)).map((name) => ident('f', name)),
  ]
  const joined =
    facts.length === 0
      ? sql``
      : sql`left join ${ident(schema, 'main', 'customer_facts')} as f on f.customer_id = v.customer_id`
  await warehouse.run(sql`
    create or replace temp table previous_customers as
    select ${join([sql`v.customer_id`, ...columns])} from ${ident(schema, 'main', 'customer_value')} as v ${joined}`)
  for (const table of whole)
    if (columnsOf(table).length > 0)
      await warehouse.run(sql`
        create or replace temp table ${ident(`previous_${table}`)} as select * from ${ident(schema, 'main', table)}`)
}

/** Whether there is a run before to compare with. */
export async function hasPrevious(warehouse: Warehouse): Promise<boolean> {
  return (await temporaryColumns(warehouse, 'previous_customers')).length > 0
}

/** Columns of a temporary table; none where there is no such table. */
export async function temporaryColumns(warehouse: Warehouse, table: string): Promise<readonly string[]> {
  const rows = await warehouse.rows<{ name: string }>(sql`
    select column_name as name from duckdb_columns() where database_name = 'temp' and table_name = ${table} order by column_index`)
  return rows.map(({ name }) => name)
}
