import type { Workspace } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import { type Sql, type SqlParameter, sql, typed } from '../../sql/sql.ts'
import { isAfter, type RankOrder, rankCuts } from './rank-cuts.ts'

/**
 * The tier of a customer by 12-month value, ties in order of customer_id, as an expression over rows of a relation with
 * customer_id and value_12m, of all who are told apart. Missing where the value is.
 */
export async function findTiers(
  warehouse: Warehouse,
  relation: Sql,
  tiers: Workspace['tiers'],
): Promise<Sql> {
  if (tiers.by === 'cuts')
    return sql`case when value_12m is null then null when value_12m >= ${typed('double', tiers.high)} then 'high'
      when value_12m >= ${typed('double', tiers.medium)} then 'medium' else 'low' end`
  const places =
    tiers.by === 'rank'
      ? await placesByRank(warehouse, relation, tiers.shares)
      : await placesByValue(warehouse, relation, tiers)
  const [high, medium] = await rankCuts(warehouse, sql`${relation} as ranked`, byValue, places)
  return sql`case when value_12m is null then null when not ${isAfter(high!, byValue)} then 'high'
    when not ${isAfter(medium!, byValue)} then 'medium' else 'low' end`
}

const byValue: RankOrder = { value: sql`value_12m`, descending: true }
type Places = readonly [high: number, medium: number]

async function placesByRank(
  warehouse: Warehouse,
  relation: Sql,
  [high, medium]: readonly [number, number, ...number[]],
): Promise<Places> {
  const { known } = await warehouse.row<{ known: number }>(
    sql`select count(value_12m) as known from ${relation} as counted`,
  )
  const place = (share: number) => Math.min(known, Math.round(share * known))
  return [place(high), place(high + medium)]
}

/** Customers are taken as long as those before them hold less than the share of all value. */
async function placesByValue(
  warehouse: Warehouse,
  relation: Sql,
  { high, medium }: { readonly high: number; readonly medium: number },
): Promise<Places> {
  const upTo = (share: number) => sql`count(case when before < ${typed('double', share)} * total then 1 end)`
  const found = await warehouse.row<{ high: number; medium: number }>(
    sql`select ${upTo(high)} as high, ${upTo(medium)} as medium from (
      select coalesce(sum(value_12m) over (order by value_12m desc, customer_id rows between unbounded preceding and 1 preceding), 0) as before,
        sum(value_12m) over () as total
      from ${relation} as ranked where value_12m is not null
    ) as summed`,
  )
  return [found.high, found.medium]
}

/** P(alive) below which a customer counts as lost, and from which as active. */
export const aliveCuts = { lost: 0.2, active: 0.5 } as const
/** Days since the last purchase, in own mean intervals, up to which a customer counts as active, and from which as lost. */
export const rhythmCuts = { active: 2, lost: 4 } as const

/**
 * Active, silent or lost by each customer's own rhythm: P(alive) where the lifetime model holds, and days since the last
 * purchase against the customer's own mean interval (`typicalInterval`, the population's median, for those who bought once).
 */
export function activityExpression(hasModel: boolean, typicalInterval: SqlParameter): Sql {
  const intervals = sql`(days_since_last / nullif(coalesce(case when frequency > 0 then recency_days / cast(frequency as double) end, ${typicalInterval}), 0))`
  const byRhythm = sql`case when ${intervals} is null then null
    when ${intervals} <= ${rhythmCuts.active} then 'active' when ${intervals} >= ${rhythmCuts.lost} then 'lost' else 'silent' end`
  if (!hasModel) return byRhythm
  return sql`case when p_alive is null then null
    when p_alive < ${typed('double', aliveCuts.lost)} then 'lost'
    when p_alive >= ${typed('double', aliveCuts.active)} and coalesce(${intervals}, 0) <= ${rhythmCuts.active} then 'active'
    when ${intervals} >= ${rhythmCuts.lost} then 'lost'
    else 'silent' end`
}
