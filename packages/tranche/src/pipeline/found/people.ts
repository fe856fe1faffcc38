import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, list, type Sql, sql } from '../../sql/sql.ts'
import { provinces, regions } from '../simulate/regions.ts'

const columns = [
  'gender',
  'age_years',
  'province',
  'channel',
  'creative',
  'tenure_days',
  'credit_limit',
  'first_investment_amount',
  'bureau_score',
  'revenue_total',
  'conversion_30d',
  'spend_total',
  'purchases_total',
  'default_12m',
  'loan_approved',
  'first_product',
  'next_product',
] as const

/**
 * Customers of the core system with what the published tables say of them; users of the app alone, of whom nobody
 * knows more than a phone number, are left out. A column that the run didn't publish is missing for everyone.
 */
export async function peopleOf(warehouse: Warehouse): Promise<Sql> {
  const published = await warehouse.rows<{ table_name: string; column_name: string }>(sql`
    select table_name, column_name from information_schema.columns
    where table_schema = 'main' and table_name in ('customer_value', 'customer_facts')`)
  const home = new Map(published.map(({ table_name, column_name }) => [column_name, table_name]))
  const select = columns.map((name) => {
    const table = home.get(name)
    return table === undefined ? sql`null as ${ident(name)}` : ident(table, name)
  })
  return sql`(select customer_value.customer_id, ${join(select)}
    from customer_value left join customer_facts on customer_facts.customer_id = customer_value.customer_id
    where customer_value.gender is not null)`
}

export function inBand({ from, to }: { readonly from: number; readonly to: number }): Sql {
  return sql`age_years between ${from} and ${to}`
}

/** Lives in a part of the country, by province. */
export function inRegion(region: number): Sql {
  return sql`province in (${list(provinces.filter((own) => own.region === region).map(({ name }) => name))})`
}

/** The part of the country as its number. */
export const regionNumber: Sql = cases(regions.map((_, region) => [inRegion(region), sql`${region}`]))

/** What goes with the first condition that holds. */
export function cases(list: readonly (readonly [condition: Sql, value: Sql])[]): Sql {
  return sql`case ${join(
    list.map(([condition, value]) => sql`when ${condition} then ${value}`),
    ' ',
  )} end`
}
