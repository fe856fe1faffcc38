import { ident, sql } from '../../sql/sql.ts'
import { type HandWritten, rowsOf, type Scope } from './hand-written.ts'

/** How many customers hold each kind of product in an open account, counted in the accounts themselves. */
export async function holdingsByHand({ warehouse, at }: Scope): Promise<readonly HandWritten[]> {
  const columns = await warehouse.rows<{ name: string }>(
    sql`select column_name as name from duckdb_columns() where schema_name = 'main' and table_name = 'customer_facts' and starts_with(column_name, 'holds_') order by 1`,
  )
  return columns.map(({ name }) => ({
    key: `customer_facts.${name}`,
    published: sql`select count(*) as v from customer_facts where ${ident(name)}`,
    recomputed: sql`
      select count(distinct a.customer_id) as v from ${rowsOf('accounts')} as a
      where exists (select 1 from customer_facts as f where f.customer_id = a.customer_id and f.${ident(name)} is not null)
        and a.opened_at < ${at} and not coalesce(a.closed_at < ${at}, false) and not coalesce(a.known_at >= ${at}, false)
        and coalesce(a.product_kind, (select max(kind) from ${rowsOf('products')} as p where p.product_id = a.product_id)) = ${name.replace(/^holds_/, '')}`,
  }))
}
