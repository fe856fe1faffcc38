import type { Warehouse } from '../engine/warehouse.ts'
import { ident, join, type Sql, sql } from '../sql/sql.ts'
import { timestampOf, Zone } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'

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
 * cost, how many customers it brought since costs were booked, and how many of them are active now. Costs of a treatment
 * are those of a campaign to customers, not of winning them.
 *
 * @returns whether anything is in it.
 */
export async function createPromotions(
  catalogue: Catalogue,
  warehouse: Warehouse,
  { known, asOf }: PromotionSources,
): Promise<boolean> {
  await warehouse.run(sql`create or replace table promotions
    (attribute varchar, level varchar, cost double, customers bigint, kept bigint)`)
  if (!known.has('tenure_days') || !known.has('activity')) return false
  const at = timestampOf(Date.parse(asOf))
  const costsBy = (name: string) =>
    sql`standard.costs where treatment is null and ${ident(name)} is not null and on_date < ${at} and (known_at is null or known_at < ${at})`
  const parts = promotionAttributes
    .filter((name) => known.has(name))
    .map(
      (name) => sql`
        select ${name} as attribute, spent.level, cast(cost as double) as cost, count(*) as customers,
          count(*) filter (where activity = 'active') as kept
        from (select ${ident(name)} as level, sum(amount) as cost from ${costsBy(name)} group by 1) as spent
        join customer_value on customer_value.${ident(name)} = spent.level
        where tenure_days < ${daysSinceFirstCost(catalogue, costsBy(name), asOf)}
        group by all`,
    )
  if (parts.length === 0) return false
  await warehouse.run(
    sql`insert into promotions select * from (${join(parts, ' union all ')}) where cost > 0 order by attribute, level`,
  )
  const { found } = await warehouse.row<{ found: number }>(sql`select count(*) as found from promotions`)
  return found > 0
}

/** Costs are booked by the month: whoever came in the month of the first of them counts. */
function daysSinceFirstCost(catalogue: Catalogue, costs: Sql, asOf: string): Sql {
  const today = new Zone(catalogue.workspace.timeZone).dateOf(Date.parse(asOf))
  return sql`(select date_diff('day', cast(date_trunc('month', min(on_date)) as date), cast(${today} as date)) from ${costs})`
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
