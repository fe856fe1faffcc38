import type { Warehouse } from '../engine/warehouse.ts'
import { ident, sql } from '../sql/sql.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { acquisitionCosts, createAcquisitionCosts } from './acquisition-costs.ts'

/** By what promotions are told apart. */
export const promotionAttributes = ['channel', 'creative'] as const
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
