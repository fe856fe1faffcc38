import type { Workspace } from '@tranche/contract'
import { type Sql, type SqlParameter, sql, typed } from '../../sql/sql.ts'

/** The tier of a customer by 12-month value; ties in order of customer_id. Missing where the value is. */
export function tierExpression(tiers: Workspace['tiers']): Sql {
  if (tiers.by === 'cuts')
    return sql`case when value_12m is null then null when value_12m >= ${typed('double', tiers.high)} then 'high'
      when value_12m >= ${typed('double', tiers.medium)} then 'medium' else 'low' end`
  const order = sql`order by value_12m desc nulls last, customer_id`
  if (tiers.by === 'rank') {
    const [high, medium] = tiers.shares
    const known = sql`count(value_12m) over ()`
    const rank = sql`row_number() over (${order})`
    return sql`case when value_12m is null then null
      when ${rank} <= round(${typed('double', high)} * ${known}) then 'high'
      when ${rank} <= round(${typed('double', high + medium)} * ${known}) then 'medium' else 'low' end`
  }
  const before = sql`coalesce(sum(value_12m) over (${order} rows between unbounded preceding and 1 preceding), 0)`
  const total = sql`sum(value_12m) over ()`
  return sql`case when value_12m is null then null
    when ${before} < ${typed('double', tiers.high)} * ${total} then 'high'
    when ${before} < ${typed('double', tiers.medium)} * ${total} then 'medium' else 'low' end`
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
