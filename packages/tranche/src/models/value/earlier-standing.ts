import type { Warehouse } from '../../engine/warehouse.ts'
import { sql, typed } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import type { ValueModel } from './customer-value.ts'
import { historiesOf, summariseHistories } from './histories.ts'
import { expectHistories } from './score-histories.ts'
import { activityExpression, findTiers } from './tiers.ts'
import { groupedDays } from './value-model.ts'
import { meanSpend } from './value-table.ts'

/**
 * Tier and activity of every customer as of the cut that the histories remember (a third of the history before the
 * as-of, a year at the most), by the model of today: leaves the temporary table `standing_before` (customer_id,
 * tier_before, activity_before) of those who had bought by then. Needs the histories as of the instant.
 *
 * @returns the day as of whose start it is, YYYY-MM-DD; null where the history is too short or there is no value.
 */
export async function createEarlierStanding(
  catalogue: Catalogue,
  warehouse: Warehouse,
  model: Pick<ValueModel, 'method' | 'purchases'>,
  asOf: string,
): Promise<string | null> {
  const { cutDay, holdoutDays } = await summariseHistories(catalogue, warehouse, asOf)
  if (holdoutDays === 0 || model.method === 'none') return null
  const { purchases, method } = model
  const { value, tiers } = catalogue.workspace
  const before = sql`(
    select customer_id, cut_frequency as frequency, cut_recency_days as recency_days, cut_age_days as age_days,
      cut_days_since_last as days_since_last, cut_days as purchase_days, cut_amount as amount,
      cut_amount_365d as amount_365d, cut_repeat_amount as repeat_amount
    from ${historiesOf(asOf)} where cut_days > 0
  )`
  const grouped = groupedDays(
    await warehouse.columns(sql`select frequency, recency_days, age_days, cast(count(*) as integer) as customers
      from ${before} as histories group by all order by all`),
  )
  const empty = new Float64Array(0)
  const scores =
    purchases.bgNbd === null
      ? { pAlive: empty, expected: empty }
      : expectHistories(purchases.bgNbd, grouped, { ...value, timeUnit: purchases.timeUnit })
  const size = scores.pAlive.length
  await warehouse.createFrom('value_scores_before', [
    { name: 'frequency', type: 'double', values: grouped.frequency.subarray(0, size) },
    { name: 'recency_days', type: 'double', values: grouped.recencyDays.subarray(0, size) },
    { name: 'age_days', type: 'double', values: grouped.ageDays.subarray(0, size) },
    { name: 'p_alive', type: 'double', values: scores.pAlive },
    { name: 'expected', type: 'double', values: scores.expected },
  ])
  const { interval } = await warehouse.row<{ interval: number | null }>(
    sql`select quantile_disc(recency_days / cast(frequency as double), 0.5) as interval
      from ${before} as histories where frequency > 0`,
  )
  const margin = typed('double', value.marginRate ?? 1)
  const point =
    method === 'lifetime_model'
      ? sql`scores.expected * ${meanSpend(purchases)}`
      : sql`greatest(amount_365d, 0)`
  await warehouse.run(sql`
    create or replace temp table standing_scored as
    with scored as ( -- one row per customer who had bought by then
      select histories.*, scores.p_alive, cast(${margin} * ${point} as decimal(18,2)) as value_12m
      from ${before} as histories left join value_scores_before as scores
        on scores.frequency = histories.frequency and scores.recency_days = histories.recency_days and scores.age_days = histories.age_days
    )
    select customer_id, value_12m, ${activityExpression(purchases.bgNbd !== null, typed('double', interval))} as activity_before
    from scored`)
  const tier = await findTiers(warehouse, sql`standing_scored`, tiers)
  await warehouse.run(sql`create or replace temp table standing_before as
    select customer_id, ${tier} as tier_before, activity_before from standing_scored`)
  await warehouse.run(sql`drop table standing_scored`)
  await warehouse.run(sql`drop table value_scores_before`)
  return cutDay
}
