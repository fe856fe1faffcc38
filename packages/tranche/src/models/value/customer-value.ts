import type { Text } from '@tranche/contract'
import type { RunContext } from '../../engine/run-context.ts'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, join, type Sql, sql, typed } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type BackTest, backTest } from './back-test.ts'
import { type HistorySummary, summariseHistories } from './histories.ts'
import { rfmScores } from './rfm.ts'
import { scoreHistories } from './score-histories.ts'
import { activityExpression, tierExpression } from './tiers.ts'
import { fitPurchaseModel, groupedDays, numbers, type PurchaseModel } from './value-model.ts'

/** How value_12m was reached. */
export type ValueMethod = 'lifetime_model' | 'last_year' | 'none'

/** What `tranche model show value` prints, beside the parameters. */
export interface ValueModel {
  readonly kind: 'value'
  readonly version: 1
  readonly asOf: string
  readonly method: ValueMethod
  readonly spendMethod: 'gamma_gamma' | 'own_mean' | null
  readonly horizonMonths: number
  readonly marginRate: number | null
  readonly discountAnnual: number
  readonly rfm: { readonly convention: string; readonly bins: number }
  readonly purchases: PurchaseModel
  readonly histories: HistorySummary
  readonly backTest: BackTest | null
  readonly notes: readonly Text[]
}

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

/**
 * Computes the customer value table (one row per customer of `features`): RFM, lifetime value with interval, potential,
 * tier and activity, beside what describes the customer. Leaves `customer_value` and gives the model.
 */
export async function computeCustomerValue(
  catalogue: Catalogue,
  warehouse: Warehouse,
  context: Pick<RunContext, 'asOf'>,
): Promise<ValueModel> {
  const settings = catalogue.workspace.value
  const histories = await summariseHistories(catalogue, warehouse, context.asOf)
  const grouped = groupedDays(
    await warehouse.columns(sql`select frequency, recency_days, age_days, count(*) as customers
      from value_histories group by all order by all`),
  )
  const spend = await warehouse.columns(sql`
    select frequency, cast(repeat_amount as double) / frequency as mean_amount from value_histories
    where frequency > 0 and repeat_amount > 0 order by customer_id`)
  const purchases = fitPurchaseModel(
    grouped,
    { frequency: numbers(spend, 'frequency'), meanAmount: numbers(spend, 'mean_amount') },
    settings.timeUnit,
  )
  const tested = purchases.bgNbd === null ? null : await backTest(warehouse, histories, settings.timeUnit)
  const method: ValueMethod =
    histories.customers === 0
      ? 'none'
      : purchases.bgNbd === null || tested?.modelHolds === false
        ? 'last_year'
        : 'lifetime_model'
  await createScores(warehouse, purchases, grouped, settings)
  await warehouse.run(
    sql`create or replace table customer_value as ${customerValue(catalogue, purchases, method, await featureColumns(warehouse))}`,
  )
  return {
    kind: 'value',
    version: 1,
    asOf: context.asOf,
    method,
    spendMethod:
      method !== 'lifetime_model' ? null : purchases.gammaGamma === null ? 'own_mean' : 'gamma_gamma',
    horizonMonths: settings.horizonMonths,
    marginRate: settings.marginRate ?? null,
    discountAnnual: settings.discountAnnual,
    rfm: { convention: catalogue.workspace.rfm.convention, bins: catalogue.workspace.rfm.bins },
    purchases,
    histories,
    backTest: tested,
    notes: notesOf(method, purchases, tested, settings.marginRate),
  }
}

async function createScores(
  warehouse: Warehouse,
  purchases: PurchaseModel,
  grouped: ReturnType<typeof groupedDays>,
  settings: Catalogue['workspace']['value'],
): Promise<void> {
  const empty = new Float64Array(0)
  const scored =
    purchases.bgNbd === null
      ? { pAlive: empty, expected: empty, expectedTransactions: empty, low: empty, high: empty }
      : scoreHistories(purchases.bgNbd, grouped, { ...settings, timeUnit: purchases.timeUnit })
  const size = scored.pAlive.length
  await warehouse.createFrom('value_scores', [
    { name: 'frequency', type: 'double', values: grouped.frequency.subarray(0, size) },
    { name: 'recency_days', type: 'double', values: grouped.recencyDays.subarray(0, size) },
    { name: 'age_days', type: 'double', values: grouped.ageDays.subarray(0, size) },
    { name: 'p_alive', type: 'double', values: scored.pAlive },
    { name: 'expected', type: 'double', values: scored.expected },
    { name: 'expected_transactions', type: 'double', values: scored.expectedTransactions },
    { name: 'count_low', type: 'double', values: scored.low },
    { name: 'count_high', type: 'double', values: scored.high },
  ])
}

async function featureColumns(warehouse: Warehouse): Promise<readonly string[]> {
  const found = await warehouse.rows<{ name: string }>(
    sql`select column_name as name from duckdb_columns() where table_name = 'features' and schema_name = 'main'`,
  )
  const names = new Set(found.map(({ name }) => name))
  return describedBy.filter((name) => names.has(name))
}

function customerValue(
  catalogue: Catalogue,
  purchases: PurchaseModel,
  method: ValueMethod,
  described: readonly string[],
): Sql {
  const { value, rfm, tiers } = catalogue.workspace
  const margin = typed('double', value.marginRate ?? 1)
  const money = (amount: Sql) => sql`cast(${amount} as decimal(18,2))`
  const byModel = method === 'lifetime_model'
  const spread = spendSpread(purchases)
  const point = byModel ? sql`expected * spend` : sql`greatest(amount_365d, 0)`
  const low = byModel
    ? sql`case when count_low <= 0 then 0 else expected * spend * exp(-sqrt(power(ln(greatest(expected_transactions, 1e-9) / count_low), 2) + ${spread})) end`
    : sql`cast(null as double)`
  const high = byModel
    ? sql`expected * spend * exp(sqrt(power(ln(greatest(count_high, 1) / greatest(expected_transactions, 1e-9)), 2) + ${spread}))`
    : sql`cast(null as double)`
  const columns = described.map((name) => sql`features.${ident(name)}`)
  return sql`
    with scored as ( -- one row per customer who ever bought
      select histories.*, scores.p_alive, scores.expected, scores.expected_transactions, scores.count_low, scores.count_high,
        ${meanSpend(purchases)} as spend
      from value_histories as histories
      left join value_scores as scores
        on scores.frequency = histories.frequency and scores.recency_days = histories.recency_days and scores.age_days = histories.age_days
    ), rhythm as ( -- one row
      select quantile_disc(recency_days / cast(frequency as double), 0.5) filter (where frequency > 0) as typical_interval from scored
    ), valued as (
      select customer_id, days_since_last as r, purchase_days as f, cast(amount as decimal(24,2)) as m, first_day, last_day,
        frequency, recency_days, age_days, days_since_last, p_alive, expected_transactions as expected_transactions_12m, spend as expected_spend,
        ${money(sql`${margin} * ${point}`)} as value_12m, ${money(sql`${margin} * ${low}`)} as value_12m_low,
        ${money(sql`${margin} * ${high}`)} as value_12m_high, typical_interval
      from scored, rhythm
    ), ranked as (${rfmScores(rfm, sql`select * from valued`)}),
    tiered as (select *, ${tierExpression(tiers)} as tier, ${activityExpression(purchases.bgNbd !== null)} as activity from ranked),
    joined as (
      select features.customer_id, features.as_of, r, f, m, r_score, f_score, m_score,
        r_score || '-' || f_score || '-' || m_score as rfm, first_day as first_purchase_day, last_day as last_purchase_day,
        p_alive, expected_transactions_12m, expected_spend, value_12m, value_12m_low, value_12m_high,
        f > 1 as repeat_customer, tier, activity,
        ${peerBand(described)} as peer_group${columns.length === 0 ? sql`` : sql`, ${join(columns)}`}
      from features left join tiered on tiered.customer_id = features.customer_id
    ), peers as ( -- one row per peer group large enough to compare with
      select peer_group, quantile_disc(value_12m, 0.75) as peer_value from joined where value_12m is not null
      group by peer_group having count(*) >= 30
    )
    select joined.* exclude (peer_group), joined.peer_group,
      case when value_12m is not null then greatest(value_12m, coalesce(peer_value, value_12m)) end as potential_value,
      case when value_12m is not null then greatest(coalesce(peer_value, value_12m) - value_12m, 0) end as room_to_grow
    from joined left join peers on peers.peer_group = joined.peer_group
    order by joined.customer_id`
}

/** Expected spend of one purchase; the formula of `gammaGammaConditionalMean`, pushed into the engine. */
function meanSpend({ gammaGamma }: PurchaseModel): Sql {
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
  if (described.includes('credit_limit'))
    parts.push(
      sql`coalesce(cast(ntile(5) over (partition by features.credit_limit is null order by features.credit_limit, features.customer_id) as varchar), '-')`,
    )
  if (described.includes('age_years'))
    parts.push(sql`case when features.age_years is null then '-' when features.age_years < 25 then '<25' when features.age_years < 35 then '25-34'
      when features.age_years < 50 then '35-49' else '50+' end`)
  return parts.length === 0 ? sql`'all'` : join(parts, ` || '|' || `)
}

function notesOf(
  method: ValueMethod,
  purchases: PurchaseModel,
  tested: BackTest | null,
  marginRate: number | undefined,
): Text[] {
  const notes: Text[] = purchases.refusals.map(({ text }) => text)
  if (method === 'none')
    notes.push({
      en: 'There are no purchases, so no value is computed.',
      zh: '没有购买记录，未计算客户价值。',
    })
  if (method === 'last_year')
    notes.push({
      en: 'value_12m is the amount of the last 365 days, the simpler measure.',
      zh: 'value_12m 采用更简单的口径：近 365 天金额。',
    })
  if (tested?.modelHolds === false)
    notes.push({
      en: 'The lifetime model did not beat its plain baselines on the hold-out and is not used.',
      zh: '生命周期价值模型在留出期未优于简单基线，因此不采用。',
    })
  if (marginRate === undefined && method !== 'none')
    notes.push({
      en: 'No margin rate is given: value is spend, not profit (assumed).',
      zh: '未提供利润率：价值按消费金额计，并非利润（假设）。',
    })
  return notes
}
