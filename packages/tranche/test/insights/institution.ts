import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Finding } from '@tranche/contract'
import { standardTables } from '@tranche/contract'
import { openDuckDb } from '../../src/engine/duckdb.ts'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { computeFindings } from '../../src/insights/compute-findings.ts'
import { createFacts } from '../../src/insights/facts.ts'
import type { ValueModel } from '../../src/models/value/customer-value.ts'
import { duckdbDialect } from '../../src/sql/duckdb-dialect.ts'
import { ident, join as joinSql, type Sql, sql, unsafeRaw } from '../../src/sql/sql.ts'
import type { Catalogue } from '../../src/workspace/catalogue.ts'
import { loadWorkspace } from '../../src/workspace/load.ts'

export const asOf = '2026-06-30T16:00:00.000Z'
export const context = { asOf, seed: 7 }

export interface Institution {
  readonly warehouse: Warehouse
  readonly catalogue: Catalogue
}

/** Uniform in [0, 1) by customer and purpose: the same in every run and whatever the threads. */
const uniform = (purpose: string): Sql =>
  sql`(hash(i::varchar || ${purpose} || salt) / 18446744073709551616.0)`
const bell = (purpose: string): Sql =>
  sql`((${uniform(`${purpose}1`)} + ${uniform(`${purpose}2`)} + ${uniform(`${purpose}3`)} + ${uniform(`${purpose}4`)}) - 2) * 1.732`

export interface InstitutionOptions {
  readonly customers: number
  /** Whether behaviour depends on who the customers are. */
  readonly effects: boolean
  readonly seed?: number
  readonly threads?: number
  /** Columns of the customer value table that this institution does not have. */
  readonly without?: readonly string[]
}

/** A made-up institution in memory: the tables that findings read, with known effects or none. */
export async function makeInstitution(options: InstitutionOptions): Promise<Institution> {
  const { customers, effects, seed = 1, threads = 2, without = [] } = options
  const warehouse = await openDuckDb({ path: ':memory:', threads })
  const catalogue = await emptyWorkspace('', { 'people.yaml': peopleSource })
  await createStandardTables(warehouse)
  const planted = (value: Sql) => (effects ? value : sql`0`)
  const golden = sql`case when age < 35 then -0.14 + 0.21 * (age - 20) / 15 when age <= 50 then 0.09 else 0.05 - 0.17 * (age - 51) / 19 end`
  await warehouse.run(sql`
    create table people as
    with drawn as (
      select i, salt, 'C' || lpad(i::varchar, 7, '0') as customer_id,
        case when ${uniform('gender')} < 0.6 then 'male' else 'female' end as gender,
        least(70, greatest(20, round(37 + 11 * ${bell('age')}))) as age,
        ['广东省', '上海市', '江苏省', '浙江省', '四川省', '湖北省', '陕西省', '辽宁省'][1 + floor(8 * power(${uniform('province')}, 1.4))::integer] as province,
        ['一线', '新一线', '二线', '三线'][1 + floor(4 * ${uniform('tier')})::integer] as city_tier,
        ['finance_news', 'short_video', 'branch', 'referral'][1 + floor(4 * ${uniform('channel')})::integer] as channel,
        ['wealth_message', 'cashback', 'free_coffee'][1 + floor(3 * ${uniform('creative')})::integer] as creative,
        ${uniform('quadrant')} as q, ${uniform('limit')} as u_limit, ${uniform('amount')} as u_amount,
        (20 + 700 * ${uniform('tenure')})::bigint as tenure_days
      from (select i, ${String(seed)} as salt from range(0, ${customers}) as numbers(i))
    )
    select *,
      case when q < 0.2 then 100000 + 1000 * floor(200 * u_limit) else 5000 + 1000 * floor(55 * u_limit) end as credit_limit,
      ${uniform('converts')} < case when gender = 'male' then ${effects ? 0.36 : 0.4} else ${effects ? 0.48 : 0.4} end
        + ${planted(golden)} + ${planted(sql`case when province = '湖北省' and channel = 'branch' then 0.3 else 0 end`)} + ${planted(sql`case creative when 'free_coffee' then -0.07 when 'wealth_message' then 0.05 else 0 end`)} as converts,
      ${uniform('later')} < 0.1 as later,
      exp(6 + ${planted(sql`case when gender = 'male' then 0.4 else 0 end`)} + ${bell('spend')}) as spend_mean,
      1 + floor(12 * power(${uniform('purchases')}, 2))::bigint as f
    from drawn`)
  await warehouse.run(sql`
    create table features as
    select customer_id, cast(${asOf} as timestamp) as as_of from people order by customer_id`)
  await warehouse.run(customerValue(effects))
  for (const name of without) await warehouse.run(sql`alter table customer_value drop column ${ident(name)}`)
  await fillCustomers(warehouse)
  await fillTransactions(warehouse, effects)
  await fillQuality(warehouse)
  await fillMetrics(warehouse)
  return { warehouse, catalogue }
}

function customerValue(effects: boolean): Sql {
  const amount = effects
    ? sql`case when q < 0.08 then 100000 + 250000 * u_amount when q < 0.2 then 1000 + 5000 * u_amount else 2000 + 43000 * u_amount end`
    : sql`exp(8 + 3 * u_amount)`
  return sql`
    create table customer_value as
    with valued as (
      select *, converts or later as invested_ever, f * spend_mean as m,
        case when converts then 5 when later then 90 end as first_investment_days,
        cast(case when converts or later then round(${amount}, 2) end as decimal(18,4)) as first_investment_amount,
        case when converts or later then case when ${uniform('term')} < ${effects ? sql`case when gender = 'female' then 0.55 else 0.3 end` : sql`0.4`} then 12 else 6 end end as first_term_months,
        ${uniform('default')} < ${effects ? sql`case when age < 25 then 0.12 else 0.05 end` : sql`0.06`} as default_ever,
        ${uniform('alive')} as p_alive
      from people
    ), ranked as (select *, row_number() over (order by m desc, customer_id) / cast(count(*) over () as double) as place from valued)
    select customer_id, cast(${asOf} as timestamp) as as_of, cast(30 * p_alive as bigint) as r, f, cast(m as decimal(24,2)) as m,
      p_alive, f * p_alive as expected_transactions_12m, cast(m * p_alive as decimal(18,2)) as value_12m,
      cast(m * p_alive * 0.5 as decimal(18,2)) as value_12m_low, cast(m * p_alive * 1.5 as decimal(18,2)) as value_12m_high,
      f > 1 as repeat_customer,
      case when place <= 0.2 then 'high' when place <= 0.8 then 'medium' else 'low' end as tier,
      case when p_alive >= 0.5 then 'active' when p_alive >= 0.2 then 'silent' else 'lost' end as activity,
      cast(m * 1.2 as decimal(18,2)) as potential_value, cast(m * 0.2 as decimal(18,2)) as room_to_grow,
      cast(age as double) as age_years, gender, province, city_tier, channel, creative, tenure_days,
      cast(credit_limit as decimal(18,4)) as credit_limit, first_investment_amount, cast(first_investment_days as double) as first_investment_days, invested_ever,
      cast(first_term_months as double) as first_term_months, cast(m as decimal(38,4)) as revenue_365d, default_ever
    from ranked order by customer_id`
}

/** When each became a customer, a tenure before the last whole day. */
async function fillCustomers(warehouse: Warehouse): Promise<void> {
  await warehouse.run(sql`
    insert into standard.customer_versions by name
    select customer_id, cast(${asOf} as timestamp) - to_days(cast(tenure_days + 1 as integer)) as onboarded_at from people`)
}

async function fillTransactions(warehouse: Warehouse, effects: boolean): Promise<void> {
  const next = effects ? sql`case when first = 'P6' then 0.6 else 0.2 end` : sql`0.3`
  await warehouse.run(sql`
    insert into standard.transactions by name
    with bought as (select *, unnest(range(0, f)) as k from people)
    select customer_id || '-' || k as transaction_id, customer_id, 'purchase' as kind, cast(spend_mean as decimal(18,4)) as amount,
      cast(${asOf} as timestamp) - to_days(cast(greatest(1, tenure_days - 15 - k * 40 * (0.5 + ${uniform('gap')})) as integer)) as occurred_at
    from bought`)
  await warehouse.run(sql`
    insert into standard.transactions by name
    with firsts as (select *, case when ${uniform('first')} < 0.5 then 'P6' else 'P4' end as first from people where converts or later),
    both_of as (select *, case when ${uniform('next')} < ${next} then 'P7' else 'P4' end as second from firsts)
    select customer_id || '-i1' as transaction_id, customer_id, 'investment' as kind, first as product_id, cast(1000 as decimal(18,4)) as amount,
      cast(${asOf} as timestamp) - to_days(20) as occurred_at from both_of
    union all
    select customer_id || '-i2', customer_id, 'investment', second, 1000, cast(${asOf} as timestamp) - to_days(10) from both_of where i % 2 = 0`)
}

async function fillQuality(warehouse: Warehouse): Promise<void> {
  await warehouse.run(sql`create table row_counts as select 'customers' as source, 'customer_versions' as table_name,
    20100::bigint as "read", 20000::bigint as kept, 40::bigint as quarantined, 10::bigint as filtered, 50::bigint as duplicates`)
  await warehouse.run(sql`create table quality as select * from (values
    ('a', 'customers', 'customer_versions', 'gender', 'not_null', 'warning', 'pass', 0.0, 0.0, 20000::bigint, 0::bigint, 'Gender is always there.', '性别均有值。'),
    ('b', 'customers', 'customer_versions', 'birth_date', 'range', 'warning', 'warn', 0.001, 0.0, 20000::bigint, 20::bigint, '20 birth dates lie in the future.', '20个出生日期在未来。'))
    as t(key, source, "table", "column", kind, severity, status, observed, threshold, n, failed, message_en, message_zh)`)
}

async function fillMetrics(warehouse: Warehouse): Promise<void> {
  await warehouse.run(sql`create table metrics as select * from (values
    ('revenue_365d_total', 'Revenue, last 365 days', '近365天收入', 'money', 61234567.89, null::double, null::double, 20000::bigint, 0::bigint, 58000000.0, 52000000.0, null, null),
    ('active_share', 'Active customers', '活跃客户占比', 'share', 0.512, 10240.0, 20000.0, 20000::bigint, 0::bigint, 0.53, 0.48, null, null),
    ('complaint_rate', 'Complaint rate', '投诉率', 'share', null, null, null, 0::bigint, 0::bigint, null, null, 'No complaints table is mapped.', '未映射投诉表。'))
    as t(key, label_en, label_zh, unit, value, numerator, denominator, n, left_out, previous_period, previous_year, missing_reason_en, missing_reason_zh)`)
  await warehouse.run(sql`alter table metrics add column as_of varchar`)
  await warehouse.run(sql`alter table metrics add column period_start varchar`)
  await warehouse.run(sql`alter table metrics add column period_end varchar`)
}

/** All standard tables, empty, as an institution that maps nothing has them. */
export async function createStandardTables(warehouse: Warehouse): Promise<void> {
  await warehouse.run(sql`create schema standard`)
  for (const table of standardTables) {
    const columns = table.columns.map(
      ({ name, type }) => sql`${ident(name)} ${duckdbDialect.columnType(type)}`,
    )
    const marks = sql`known_at timestamp, "_line" bigint`
    const source = table.columns.some(({ name }) => (name as string) === 'source')
      ? sql``
      : sql`, source varchar`
    await warehouse.run(
      sql`create table standard.${unsafeRaw(table.name)} (${joinSql(columns)}, ${marks}${source})`,
    )
  }
}

/** Where these customers would come from: a file whose own words for channels and creatives are Chinese. */
const peopleSource = `key: people
files: people.csv
tables:
  - table: customer_versions
    columns:
      customer_id: {from: 编号}
      channel: {from: 渠道, codes: {财经资讯: finance_news, 短视频: short_video, 网点: branch, 转介绍: referral}}
      creative: {from: 素材, codes: {理财资讯: wealth_message, 返现: cashback, 免费咖啡: free_coffee}}
`

export async function emptyWorkspace(
  text = '',
  sources: Readonly<Record<string, string>> = {},
): Promise<Catalogue> {
  const dir = await mkdtemp(join(tmpdir(), 'tranche-insights-'))
  try {
    await mkdir(join(dir, 'sources'))
    for (const [name, content] of Object.entries(sources))
      await writeFile(join(dir, 'sources', name), content)
    await writeFile(
      join(dir, 'tranche.yaml'),
      `name: {en: Example Bank, zh: 示例银行}\ntimeZone: Asia/Shanghai\ncurrency: CNY\n${text}`,
    )
    return await loadWorkspace(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Facts and findings of tables made here, as a run makes them one after the other. */
export async function findingsOf(
  { warehouse, catalogue }: Pick<Institution, 'warehouse' | 'catalogue'>,
  valueModel: ValueModel | null = null,
): Promise<readonly Finding[]> {
  const facts = await createFacts(catalogue, warehouse, { asOf: context.asOf, valueModel })
  return await computeFindings({ warehouse, catalogue, context, facts })
}
