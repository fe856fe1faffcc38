import { knownBefore } from '../../sql/known-before.ts'
import { ident, type Sql, sql, tableNamed } from '../../sql/sql.ts'
import { localDate, timestampOf, Zone } from '../../sql/time-zone.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type RowExpressionOptions, rowExpressionSql } from '../../workspace/row-expression.ts'

/** What counts as a purchase where the workspace does not say. */
const defaultPurchases = `!known(kind) || kind == "purchase"`

/** Purchases as they were known at an instant, of customers who are known then too. */
export interface PurchaseRows {
  /** One row per purchase: customer, day (business zone), amount. */
  readonly rows: Sql
  /** Relation of customer and customer_id; null where the customer of a row is the customer_id. */
  readonly names: Sql | null
  /** Conditions on `customer` by which rows are summarised run by run, each customer in one of them; at once unless given. */
  readonly runs?: readonly Sql[]
}

/** What a purchase is and what it amounts to, over columns of transactions. */
export function purchaseTerms(
  { extras, workspace }: Pick<Catalogue, 'extras' | 'workspace'>,
  asOf: string,
): { readonly condition: Sql; readonly amount: Sql; readonly day: Sql } {
  const { value, timeZone } = workspace
  const offsets = new Zone(timeZone).offsetsBetween(0, Math.max(Date.parse(asOf), 1))
  const context = { place: { file: 'tranche.yaml' }, offsets }
  const expression = (text: string, more: Pick<RowExpressionOptions, 'expect' | 'numeric'>) =>
    rowExpressionSql({ extras }, 'transactions', text, { ...context, ...more })
  return {
    condition: expression(value.where ?? defaultPurchases, { expect: ['bool'] }),
    amount:
      value.amount.trim() === 'amount' ? ident('amount') : expression(value.amount, { numeric: 'decimal' }),
    day: localDate(sql`occurred_at`, offsets),
  }
}

/** Purchases straight from the standard table; `among` is a relation with the customer_id of those who count. */
export function scannedPurchases(
  catalogue: Pick<Catalogue, 'extras' | 'workspace'>,
  asOf: string,
  among?: Sql,
): PurchaseRows {
  const { condition, amount, day } = purchaseTerms(catalogue, asOf)
  const at = timestampOf(Date.parse(asOf))
  const counted = among === undefined ? sql`` : sql`and customer_id in (select customer_id from ${among})`
  return {
    rows: sql`select customer_id as customer, ${day} as day, ${amount} as amount from ${tableNamed('standard', 'transactions')}
      where occurred_at < ${at} and ${knownBefore(at)} and (${condition})
        and customer_id is not null ${counted}`,
    names: null,
  }
}
