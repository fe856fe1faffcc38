import { productKinds } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { knownBefore } from '../sql/known-before.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'

/** Fewest customers who hold a kind of product, and who don't, for it to be told of. */
const fewestHolders = 50

/** Column that says whether a customer holds a kind of product. */
export const holdingColumn = (kind: string): string => `holds_${kind}`

/**
 * Leaves the temporary table `customer_holdings` (customer_id, holds_<kind>, …): which kinds of products each customer
 * holds in an open account. Those without any count too, or products would seem to keep each other away; where it is
 * known when customers were won, only those of whom it is (others may be known by their phone alone).
 *
 * @returns the kinds that enough customers hold, in their order in the standard model.
 */
export async function createHoldings(
  warehouse: Warehouse,
  known: ReadonlySet<string>,
  asOf: string,
): Promise<readonly string[]> {
  const at = timestampOf(Date.parse(asOf))
  const open: Sql = sql`
    select accounts.customer_id, coalesce(accounts.product_kind, products.kind) as kind
    from standard.accounts left join standard.products on products.product_id = accounts.product_id
    where accounts.customer_id is not null and opened_at < ${at} and (closed_at is null or closed_at >= ${at})
      and ${knownBefore(at, 'accounts')}`
  await warehouse.run(sql`
    create or replace temp table customer_holdings as
    select customer_value.customer_id, ${join(
      productKinds.map(
        (kind) => sql`coalesce(bool_or(kind = ${kind}), false) as ${ident(holdingColumn(kind))}`,
      ),
    )}
    from customer_value left join (${open}) as held on held.customer_id = customer_value.customer_id
    where ${known.has('tenure_days') ? sql`tenure_days is not null` : sql`true`} group by 1`)
  const counts = await warehouse.row<Record<string, number>>(sql`
    select count(*) as everyone, ${join(
      productKinds.map((kind) => sql`count(*) filter (${ident(holdingColumn(kind))}) as ${ident(kind)}`),
    )} from customer_holdings`)
  const everyone = counts['everyone']!
  return productKinds.filter(
    (kind) => kind !== 'other' && counts[kind]! >= fewestHolders && everyone - counts[kind]! >= fewestHolders,
  )
}
