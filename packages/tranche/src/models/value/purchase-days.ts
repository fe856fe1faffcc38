import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import { localDate, timestampOf, Zone } from '../../sql/time-zone.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type RowExpressionOptions, rowExpressionSql } from '../../workspace/row-expression.ts'

/** What counts as a purchase where the workspace does not say. */
const defaultPurchases = `!known(kind) || kind == "purchase"`

/**
 * Leaves a temporary table of what was bought as it was known at an instant, one row per customer and day (business
 * zone) with transactions: customer_id, day, `bought` (false where none of them is a purchase) and amount. It is the
 * one scan of the transactions that value and findings share. Gives its name.
 */
export async function readPurchaseDays(
  catalogue: Catalogue,
  warehouse: Warehouse,
  asOf: string,
): Promise<Sql> {
  const name = ident(nameAsOf(asOf))
  await warehouse.run(sql`create or replace temp table ${name} as ${purchaseDays(catalogue, asOf)}`)
  return name
}

/** The table that an earlier step of the run has left, or else a new one. */
export async function keptPurchaseDays(
  catalogue: Catalogue,
  warehouse: Warehouse,
  asOf: string,
): Promise<Sql> {
  const [found] = await warehouse.rows(
    sql`select 1 as found from duckdb_tables() where table_name = ${nameAsOf(asOf)} and temporary`,
  )
  return found === undefined ? await readPurchaseDays(catalogue, warehouse, asOf) : ident(nameAsOf(asOf))
}

const nameAsOf = (asOf: string) => `purchase_days_${Date.parse(asOf)}`

function purchaseDays({ extras, workspace }: Catalogue, asOf: string): Sql {
  const { value, timeZone } = workspace
  const end = Date.parse(asOf)
  const offsets = new Zone(timeZone).offsetsBetween(0, Math.max(end, 1))
  const context = { place: { file: 'tranche.yaml' }, offsets }
  const expression = (text: string, more: Pick<RowExpressionOptions, 'expect' | 'numeric'>) =>
    rowExpressionSql({ extras }, 'transactions', text, { ...context, ...more })
  const where = expression(value.where ?? defaultPurchases, { expect: ['bool'] })
  const amount =
    value.amount.trim() === 'amount' ? sql`amount` : expression(value.amount, { numeric: 'decimal' })
  const at = timestampOf(end)
  return sql`
    select customer_id, ${localDate(sql`occurred_at`, offsets)} as day, bool_or(bought) as bought,
      cast(sum(case when bought then ${amount} end) as decimal(24,4)) as amount
    from (
      select *, coalesce((known_at is null or known_at < ${at}) and (${where}), false) as bought
      from standard.transactions where occurred_at < ${at}
    ) as transactions
    group by 1, 2`
}
