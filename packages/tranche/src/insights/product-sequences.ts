import type { Warehouse } from '../engine/warehouse.ts'
import { knownBefore } from '../sql/known-before.ts'
import { sql } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'

/** Leaves `product_sequences`: first and second product of each customer, of investments or else of accounts by kind of product. */
export async function createSequences(warehouse: Warehouse, asOf: string): Promise<boolean> {
  const at = timestampOf(Date.parse(asOf))
  const investments = sql`
    select customer_id, coalesce(products.name, transactions.product_id) as product, products.term_months as term, occurred_at as bought_at, transaction_id as row_id
    from standard.transactions left join standard.products on products.product_id = transactions.product_id
    where transactions.kind = 'investment' and transactions.product_id is not null and occurred_at < ${at}
      and ${knownBefore(at, 'transactions')}`
  const accounts = sql`
    select customer_id, product_kind as product, term_months as term, opened_at as bought_at, account_id as row_id from standard.accounts
    where product_kind is not null and opened_at < ${at} and ${knownBefore(at)}`
  for (const purchases of [investments, accounts]) {
    await warehouse.run(sql`
      create or replace temp table product_sequences as
      select customer_id, firsts[1].product as first_product, firsts[2].product as next_product, firsts[1].term as first_product_term
      from (
        select customer_id, arg_min({'product': product, 'term': term}, {'bought': bought_at, 'id': row_id, 'product': product}, 2) as firsts
        from (${purchases}) where customer_id is not null group by 1
      )`)
    const { products } = await warehouse.row<{ products: number }>(
      sql`select count(distinct first_product) as products from product_sequences`,
    )
    if (products >= 2) return true
  }
  return false
}
