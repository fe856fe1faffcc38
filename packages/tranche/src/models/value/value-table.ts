import type { Warehouse } from '../../engine/warehouse.ts'
import { byDialect, ident, join, type Sql, sql, tableNamed, typed } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { historiesOf } from './histories.ts'
import { rfmScores } from './rfm.ts'
import { scoreHistories } from './score-histories.ts'
import { activityExpression, findTiers } from './tiers.ts'
import type { GroupedDays, PurchaseModel, ValueMethod } from './value-model.ts'

/** Features that stand beside the value columns of the customer value table, where the workspace has them. */
export const describedBy = [
  'age_years',
  'gender',
  'country',
  'province',
  'city',
  'city_tier',
  'occupation',
  'employment_type',
  'income_annual',
  'education',
  'marital_status',
  'channel',
  'creative',
  'tenure_days',
  'risk_appetite',
  'credit_limit',
  'balance_latest',
  'utilisation',
  'first_investment_amount',
  'first_investment_days',
  'invested_ever',
  'investment_total',
  'first_term_months',
  'revenue_365d',
  'revenue_total',
  'margin_365d',
  'spend_30d',
  'spend_90d',
  'spend_365d',
  'spend_trend',
  'purchases_90d',
  'purchases_365d',
  'ticket_mean_365d',
  'active_days_180d',
  'days_since_last_activity',
  'interpurchase_mean_days',
  'top_category_365d',
  'product_kinds_held',
  'open_accounts',
  'late_share_365d',
  'default_ever',
  'bureau_score',
  'complaints_365d',
  'referrals_total',
  'survey_satisfaction',
] as const

export interface ValueTableOptions {
  readonly catalogue: Catalogue
  readonly warehouse: Warehouse
  readonly purchases: PurchaseModel
  readonly grouped: GroupedDays
  readonly method: ValueMethod
  /** Columns over rows of `value_points`. */
  readonly rfm: readonly Sql[]
  /** Instant whose histories are scored. */
  readonly asOf: string
}

/** RFM scores as columns over rows of `value_points`, which need the histories but no model. */
export async function findRfmScores(
  { workspace }: Pick<Catalogue, 'workspace'>,
  warehouse: Warehouse,
  asOf: string,
): Promise<readonly Sql[]> {
  return await rfmScores(
    warehouse,
    workspace.rfm,
    sql`(select customer_id, ${rfmOfHistory} from ${historiesOf(asOf)})`,
  )
}

const rfmOfHistory = sql`cast(days_since_last as bigint) as r, cast(purchase_days as bigint) as f, cast(amount as decimal(18,2)) as m`

/** Scores the histories and leaves `customer_value`, one row per row of `features`, from the RFM scores and the models. */
export async function createCustomerValue(options: ValueTableOptions): Promise<void> {
  const { catalogue, warehouse, rfm } = options
  await createScores(options)
  await warehouse.run(
    sql`create or replace ${warehouse.dialect.scratchTable} ${tableNamed('value_points')} as ${await points(options)}`,
  )
  const tier = await findTiers(warehouse, tableNamed('value_points'), catalogue.workspace.tiers)
  const described = await featureColumns(warehouse)
  await warehouse.run(
    sql`create or replace table ${tableNamed('customer_value')} as ${customerValue(described, [...rfm, sql`${tier} as tier`])}`,
  )
  for (const table of ['value_points', 'value_scores'])
    await warehouse.run(sql`drop table ${tableNamed(table)}`)
}

/** One row per distinct history, with what its scores add to the interval on a logarithmic scale. */
async function createScores({ catalogue, warehouse, purchases, grouped }: ValueTableOptions): Promise<void> {
  const { value } = catalogue.workspace
  const empty = new Float64Array(0)
  const scored =
    purchases.bgNbd === null
      ? { pAlive: empty, expected: empty, expectedTransactions: empty, low: empty, high: empty }
      : scoreHistories(purchases.bgNbd, grouped, { ...value, timeUnit: purchases.timeUnit })
  const size = scored.pAlive.length
  const mean = (row: number) => Math.max(scored.expectedTransactions[row]!, 1e-9)
  await warehouse.createFrom('value_scores', [
    { name: 'frequency', type: 'double', values: grouped.frequency.subarray(0, size) },
    { name: 'recency_days', type: 'double', values: grouped.recencyDays.subarray(0, size) },
    { name: 'age_days', type: 'double', values: grouped.ageDays.subarray(0, size) },
    { name: 'p_alive', type: 'double', values: scored.pAlive },
    { name: 'expected', type: 'double', values: scored.expected },
    { name: 'expected_transactions', type: 'double', values: scored.expectedTransactions },
    // Not a number where the count may be none at all: then the low end is zero.
    {
      name: 'spread_low',
      type: 'double',
      values: scored.low.map((low, row) => (low > 0 ? Math.log(mean(row) / low) ** 2 : Number.NaN)),
    },
    {
      name: 'spread_high',
      type: 'double',
      values: scored.high.map((high, row) => Math.log(Math.max(high, 1) / mean(row)) ** 2),
    },
  ])
}

async function featureColumns(warehouse: Warehouse): Promise<readonly string[]> {
  const names = new Set(
    (await warehouse.columns(sql`select * from ${tableNamed('features')} where false`)).names,
  )
  return describedBy.filter((name) => names.has(name))
}

/** One row per customer who ever bought: RFM, value with its interval, activity. */
async function points(options: ValueTableOptions): Promise<Sql> {
  const { catalogue, warehouse, purchases, method, asOf } = options
  const margin = typed('double', catalogue.workspace.value.marginRate ?? 1)
  const money = (amount: Sql) =>
    byDialect((dialect) => dialect.toDecimal(sql`(${margin} * ${amount})`, 18, 2))
  const byModel = method === 'lifetime_model'
  const missing = sql`cast(null as double)`
  const low = sql`(case when spread_low is null then 0 * point else point * exp(-sqrt(spread_low + spread)) end)`
  // The median interval is found first: as a row to join with it would hold all others up.
  const { interval } = await warehouse.row<{ interval: number | null }>(
    sql`select ${warehouse.dialect.quantileOf(sql`recency_days / cast(frequency as double)`, 0.5)} as "interval"
      from ${historiesOf(asOf)} where frequency > 0`,
  )
  return sql`
    with scored as (
      select histories.*, scores.p_alive, scores.expected, scores.expected_transactions, scores.spread_low, scores.spread_high,
        ${meanSpend(purchases)} as spend
      from ${historiesOf(asOf)} as histories
      left join ${tableNamed('value_scores')} as scores
        on scores.frequency = histories.frequency and scores.recency_days = histories.recency_days and scores.age_days = histories.age_days
    ), pointed as (
      select *, ${byModel ? sql`expected * spend` : sql`greatest(amount_365d, 0)`} as point, ${spendSpread(purchases)} as spread
      from scored
    )
    select customer_id, ${rfmOfHistory}, first_day, last_day,
      p_alive, expected_transactions as expected_transactions_12m, spend as expected_spend,
      ${money(sql`point`)} as value_12m,
      ${money(byModel ? low : missing)} as value_12m_low,
      ${money(byModel ? sql`(point * exp(sqrt(spread_high + spread)))` : missing)} as value_12m_high,
      ${activityExpression(purchases.bgNbd !== null, typed('double', interval))} as activity
    from pointed`
}

const features = tableNamed('features')

/** `ranked`: columns over rows of `value_points` that tell how a customer stands among the others. */
function customerValue(described: readonly string[], ranked: readonly Sql[]): Sql {
  const banded = described.includes('credit_limit')
  const bands = sql`bands as ( -- one row per customer with a limit
      select customer_id, ntile(5) over (order by credit_limit, customer_id) as limit_band
      from ${features} where credit_limit is not null
    ), `
  const withBands = banded ? sql`left join bands on bands.customer_id = features.customer_id` : sql``
  // Everybody with a history has features, which are looked up only where a group hangs on them.
  const grouped = banded || described.includes('age_years')
  const withFeatures = grouped
    ? sql`join ${features} as features on features.customer_id = points.customer_id ${withBands}`
    : sql``
  const columns = described.map((name) => sql`features.${ident(name)}`)
  return sql`
    with ${banded ? bands : sql``}peers as ( -- one row per peer group large enough to compare with
      select ${peerBand(described)} as peer_group, ${byDialect((dialect) => dialect.quantileOf(sql`value_12m`, 0.75))} as peer_value
      from ${tableNamed('value_points')} as points ${withFeatures}
      where value_12m is not null group by 1 having count(*) >= 30
    ), joined as (
      select features.customer_id, features.as_of, r, f, m, r_score, f_score, m_score,
        cast(r_score as varchar) || '-' || cast(f_score as varchar) || '-' || cast(m_score as varchar) as rfm, first_day as first_purchase_day, last_day as last_purchase_day,
        p_alive, expected_transactions_12m, expected_spend, value_12m, value_12m_low, value_12m_high,
        f > 1 as repeat_customer, tier, activity,
        ${join([...columns, sql`${peerBand(described)} as peer_group`])}
      from ${features} as features
      left join (select *, ${join(ranked)} from ${tableNamed('value_points')}) as points on points.customer_id = features.customer_id
      ${withBands}
    )
    select joined.*,
      case when value_12m is not null then greatest(value_12m, coalesce(peer_value, value_12m)) end as potential_value,
      cast(case when value_12m is not null then greatest(coalesce(peer_value, value_12m) - value_12m, 0) end as decimal(18,2)) as room_to_grow
    from joined left join peers on peers.peer_group = joined.peer_group
    order by joined.customer_id`
}

/** Expected spend of one purchase; the formula of `gammaGammaConditionalMean`, pushed into the engine. */
export function meanSpend({ gammaGamma }: PurchaseModel): Sql {
  const own = sql`greatest(cast(amount as double) / purchase_days, 0)`
  if (gammaGamma === null) return own
  const { p, q, v } = gammaGamma.parameters
  const repeats = sql`(case when repeat_amount > 0 then histories.frequency else 0 end)`
  const total = sql`(case when repeat_amount > 0 and histories.frequency > 0 then cast(repeat_amount as double) else 0 end)`
  return sql`(${typed('double', p * v)} + ${typed('double', p)} * ${total}) / (${typed('double', p)} * ${repeats} + ${typed('double', q - 1)})`
}

/** Squared half-width (log scale, 95%) that not knowing a customer's mean spend adds to the interval. */
function spendSpread({ gammaGamma }: PurchaseModel): Sql {
  if (gammaGamma === null) return sql`0`
  const { p, q } = gammaGamma.parameters
  const shape = sql`(${typed('double', p)} * frequency + ${typed('double', q)})`
  return sql`(${typed('double', 1.96 ** 2)} * (1 / greatest(${shape} - 2, 1) + 1 / (${typed('double', p)} * greatest(expected_transactions, 1))))`
}

/** Customers are compared with those of a like limit and age, where these are known. */
function peerBand(described: readonly string[]): Sql {
  const parts: Sql[] = []
  if (described.includes('credit_limit')) parts.push(sql`coalesce(cast(limit_band as varchar), '-')`)
  if (described.includes('age_years'))
    parts.push(sql`case when features.age_years is null then '-' when features.age_years < 25 then '<25' when features.age_years < 35 then '25-34'
      when features.age_years < 50 then '35-49' else '50+' end`)
  return parts.length === 0 ? sql`'all'` : join(parts, ` || '|' || `)
}
