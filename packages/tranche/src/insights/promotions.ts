import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'
import { timestampOf, Zone } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { acquisitionCosts, createAcquisitionCosts } from './acquisition-costs.ts'

/** By what promotions are told apart. */
export const promotionAttributes = ['channel', 'creative'] as const
/** Days after becoming a customer up to which earnings are followed. */
export const earningDays = [30, 90, 180, 365] as const

export interface PromotionSources {
  /** Columns of the customer value table. */
  readonly known: ReadonlySet<string>
  readonly asOf: string
}

/**
 * Leaves the published table `promotions` (attribute, level, cost, customers, kept): what each channel and creative
 * cost, how many customers came in the months in which it did, and how many of them are active now.
 *
 * @returns whether anything is in it.
 */
export async function createPromotions(
  catalogue: Catalogue,
  warehouse: Warehouse,
  { known, asOf }: PromotionSources,
): Promise<boolean> {
  const attributes = ['tenure_days', 'activity', 'value_12m'].every((name) => known.has(name))
    ? promotionAttributes.filter((name) => known.has(name))
    : []
  await createAcquisitionCosts(warehouse, attributes, { asOf, timeZone: catalogue.workspace.timeZone })
  await warehouse.run(sql`
    create or replace table promotions as
    select attribute, level, cast(sum(spend) as double) as cost, cast(sum(customers) as bigint) as customers,
      cast(sum(kept) as bigint) as kept
    from ${ident(acquisitionCosts)} group by all having sum(spend) > 0 and sum(customers) > 0 order by attribute, level`)
  const { found } = await warehouse.row<{ found: number }>(sql`select count(*) as found from promotions`)
  return found > 0
}

/** What customers have earned the institution within so many days of becoming one, one row per customer: e30, e90, … */
export function earnings(catalogue: Catalogue, asOf: string): Sql {
  const at = timestampOf(Date.parse(asOf))
  const today = new Zone(catalogue.workspace.timeZone).dateOf(Date.parse(asOf))
  // A tenure is counted to the last whole day before the as-of.
  const age = sql`date_diff('day', cast(on_date as date), cast(${today} as date)) - 1`
  return sql`(
    select ledger.customer_id, ${join(
      earningDays.map(
        (days) => sql`sum(amount) filter (where tenure_days - (${age}) < ${days}) as ${ident(`e${days}`)}`,
      ),
    )}
    from standard.ledger join customer_value on customer_value.customer_id = ledger.customer_id
    where on_date < ${at} and (ledger.known_at is null or ledger.known_at < ${at}) and tenure_days is not null
    group by 1
  )`
}
