import type { Warehouse } from '../engine/warehouse.ts'
import { knownBefore } from '../sql/known-before.ts'
import { sql } from '../sql/sql.ts'
import { timestampOf } from '../sql/time-zone.ts'
import { entriesBefore } from './ledger-facts.ts'

const msPerYear = 365 * 86_400_000

/**
 * Leaves the temporary tables `customer_loans` (customers with a loan opened at least a year ago, and whether any was
 * charged off) and `customer_decisions` (whether the first loan application was approved).
 */
export async function createLending(
  warehouse: Warehouse,
  asOf: string,
): Promise<{ readonly hasLoans: boolean; readonly hasDecisions: boolean }> {
  const at = timestampOf(Date.parse(asOf))
  const yearBefore = timestampOf(Date.parse(asOf) - msPerYear)
  const kind = (table: 'accounts' | 'applications') =>
    table === 'accounts'
      ? sql`coalesce(accounts.product_kind, products.kind) = 'loan'`
      : sql`coalesce(applications.product_kind, products.kind) = 'loan'`
  await warehouse.run(sql`
    create or replace temp table customer_loans as
    with charged_off as ( -- one row per account
      select distinct account_id from standard.ledger
      where kind = 'charge_off' and account_id is not null and ${entriesBefore(asOf)}
    )
    select accounts.customer_id, bool_or(charged_off.account_id is not null) as defaulted
    from standard.accounts left join standard.products on products.product_id = accounts.product_id
    left join charged_off on charged_off.account_id = accounts.account_id
    where ${kind('accounts')} and opened_at <= ${yearBefore} and ${knownBefore(at, 'accounts')}
    group by 1`)
  await warehouse.run(sql`
    create or replace temp table customer_decisions as
    select applications.customer_id, decision = 'approved' as approved
    from standard.applications left join standard.products on products.product_id = applications.product_id
    where ${kind('applications')} and decision in ('approved', 'declined') and requested_at < ${at}
      and ${knownBefore(at, 'applications')} and applications.customer_id is not null
    qualify row_number() over (partition by applications.customer_id order by requested_at, application_id) = 1`)
  const { loans, defaults, decisions } = await warehouse.row<{
    loans: number
    defaults: number
    decisions: number
  }>(sql`
    select (select count(*) from customer_loans) as loans, (select count(*) from customer_loans where defaulted) as defaults,
      (select count(*) from customer_decisions) as decisions`)
  return { hasLoans: loans > 0 && defaults > 0, hasDecisions: decisions > 0 }
}
