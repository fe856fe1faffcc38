import type { Manifest } from '@tranche/contract'
import type { Warehouse } from '../engine/warehouse.ts'
import { packFolder, readPack } from '../intake/propose/starter-catalogue.ts'
import { ident, type Sql, sql, unsafeRaw } from '../sql/sql.ts'
import { localDate, timestampOf, Zone } from '../sql/time-zone.ts'
import type { Catalogue } from '../workspace/catalogue.ts'
import { canonicalJson, splitLogic } from '../workspace/hash.ts'
import { rowExpressionSql } from '../workspace/row-expression.ts'

/** A published number and the second way to it; each statement gives one row with the column v. */
export interface HandWritten {
  readonly key: string
  readonly published: Sql
  readonly recomputed: Sql
  /** Relative; absent for what must agree exactly. */
  readonly tolerance?: number
}

interface Scope {
  readonly catalogue: Catalogue
  readonly warehouse: Warehouse
  readonly manifest: Manifest
}

export async function handWritten(scope: Scope): Promise<readonly HandWritten[]> {
  return [
    ...customers(scope),
    ...purchases(scope),
    ...(await metrics(scope)),
    ...tiers(),
    ...rows(scope),
    ...(await findings(scope)),
  ]
}

/** Everyone of whom the institution knew before the as-of. */
function customers({ manifest }: Scope): HandWritten[] {
  const at = timestampOf(Date.parse(manifest.asOf))
  const recomputed = sql`
    select count(*) as v from (
      select customer_id from standard.customer_versions group by customer_id
      having count(*) filter (where (valid_from is null or valid_from < ${at}) and (known_at is null or known_at < ${at})) > 0
        and (min(onboarded_at) is null or min(onboarded_at) < ${at})
    ) as people`
  return ['customer_value', 'features'].map((table) => ({
    key: `${table}.customers`,
    published: sql`select count(distinct customer_id) as v from ${ident(table)}`,
    recomputed,
  }))
}

function purchases({ catalogue, manifest }: Scope): HandWritten[] {
  if (!catalogue.mapped.has('transactions')) return []
  const asOf = Date.parse(manifest.asOf)
  const offsets = new Zone(manifest.timeZone).offsetsBetween(Date.UTC(1900, 0, 1), asOf)
  const { value } = catalogue.workspace
  const rule =
    value.where === undefined
      ? sql`(kind is null or kind = 'purchase')`
      : rowExpressionSql(catalogue, 'transactions', value.where, { place: { file: 'tranche.yaml' }, offsets })
  const from = sql`standard.transactions where ${rule} and customer_id is not null
    and occurred_at < ${timestampOf(asOf)} and (known_at is null or known_at < ${timestampOf(asOf)})
    and customer_id in (select customer_id from customer_value)`
  const amount =
    value.amount === 'amount'
      ? sql`amount`
      : rowExpressionSql(catalogue, 'transactions', value.amount, {
          place: { file: 'tranche.yaml' },
          offsets,
          numeric: 'decimal',
        })
  return [
    {
      key: 'customer_value.purchasers',
      published: sql`select count(*) as v from customer_value where f is not null`,
      recomputed: sql`select count(distinct customer_id) as v from ${from}`,
    },
    {
      key: 'customer_value.purchase_days',
      published: sql`select coalesce(sum(f), 0) as v from customer_value`,
      recomputed: sql`select count(*) as v from (select distinct customer_id, ${localDate(sql`occurred_at`, offsets)} from ${from}) as days`,
    },
    {
      key: 'customer_value.amount',
      published: sql`select cast(coalesce(sum(m), 0) as decimal(38,2)) as v from customer_value`,
      recomputed: sql`select cast(coalesce(sum(rounded), 0) as decimal(38,2)) as v from
        (select cast(sum(${amount}) as decimal(24,2)) as rounded from ${from} group by customer_id) as people`,
    },
  ]
}

interface MetricByHand {
  readonly table: 'ledger' | 'transactions'
  readonly rule: string
  readonly measure: 'sum' | 'count' | 'customers'
}

/** Metrics of the starter catalogue that are plain sums and counts of a period, said again in SQL. */
const metricsByHand: Readonly<Record<string, MetricByHand>> = {
  revenue: {
    table: 'ledger',
    rule: `kind in ('interest', 'fee', 'interchange', 'spread', 'premium')`,
    measure: 'sum',
  },
  margin: { table: 'ledger', rule: 'true', measure: 'sum' },
  spend: { table: 'transactions', rule: `(kind is null or kind = 'purchase')`, measure: 'sum' },
  purchases: { table: 'transactions', rule: `(kind is null or kind = 'purchase')`, measure: 'count' },
  buyers: { table: 'transactions', rule: `(kind is null or kind = 'purchase')`, measure: 'customers' },
  investments: { table: 'transactions', rule: `kind = 'investment'`, measure: 'sum' },
}

/** Only metrics whose definition is still the starter catalogue's: one that was changed says something else. */
async function metrics({ catalogue, warehouse, manifest }: Scope): Promise<HandWritten[]> {
  const published = await warehouse.rows<{
    key: string
    period_start: string | null
    period_end: string | null
  }>(
    sql`select key, cast(period_start as varchar) as period_start, cast(period_end as varchar) as period_end
      from metrics where value is not null`,
  )
  const starter = new Map(
    (await readPack(packFolder('starter'))).map(({ kind, key, value }) => [`${kind}:${key}`, value]),
  )
  const asOf = Date.parse(manifest.asOf)
  const offsets = new Zone(manifest.timeZone).offsetsBetween(Date.UTC(1900, 0, 1), asOf)
  const measures: Record<MetricByHand['measure'], Sql> = {
    sum: sql`coalesce(sum(amount), 0)`,
    count: sql`count(*)`,
    customers: sql`count(distinct customer_id)`,
  }
  return published.flatMap(({ key, period_start, period_end }) => {
    const hand = Object.hasOwn(metricsByHand, key) ? metricsByHand[key] : undefined
    const own = catalogue.metrics.find((metric) => metric.key === key)?.value
    if (hand === undefined || period_start === null || period_end === null) return []
    if (
      canonicalJson(splitLogic(own!).logic) !== canonicalJson(splitLogic(starter.get(`metric:${key}`)!).logic)
    )
      return []
    const day = hand.table === 'ledger' ? sql`on_date` : localDate(sql`occurred_at`, offsets)
    return [
      {
        key: `metrics.${key}`,
        published: sql`select value as v from metrics where key = ${key}`,
        recomputed: sql`select cast(${measures[hand.measure]} as double) as v from ${ident('standard', hand.table)}
          where ${unsafeRaw(hand.rule)} and ${day} >= cast(${period_start} as date) and ${day} < cast(${period_end} as date)
            and (known_at is null or known_at < ${timestampOf(asOf)}) and customer_id in (select customer_id from features)`,
        tolerance: 1e-15,
      },
    ]
  })
}

/** What the summary of tiers and activity says, counted again from the customers themselves. */
function tiers(): HandWritten[] {
  const groups = [
    ['tier', 'high'],
    ['tier', 'medium'],
    ['tier', 'low'],
    ['activity', 'active'],
    ['activity', 'silent'],
    ['activity', 'lost'],
  ] as const
  return groups.flatMap(([kind, name]) => {
    const segment = `${kind}_${name}`
    const members = sql`customer_value where ${unsafeRaw(kind)} = ${name}`
    return [
      {
        key: `segment_summary.${segment}.customers`,
        published: sql`select coalesce(sum(customers), 0) as v from segment_summary where segment = ${segment}`,
        recomputed: sql`select count(*) as v from ${members}`,
      },
      {
        key: `segment_summary.${segment}.value_12m`,
        published: sql`select cast(coalesce(sum(value_12m), 0) as decimal(38,2)) as v from segment_summary where segment = ${segment}`,
        recomputed: sql`select cast(coalesce(sum(value_12m), 0) as decimal(38,2)) as v from ${members}`,
      },
    ]
  })
}

/** Rows kept of each source, counted in the standard tables. */
function rows({ manifest }: Scope): HandWritten[] {
  return manifest.rows.map(({ source, table }) => ({
    key: `row_counts.${source}.${table}.kept`,
    published: sql`select cast(sum(kept) as bigint) as v from row_counts where source = ${source} and table_name = ${table}`,
    recomputed: sql`select count(*) as v from ${ident('standard', table)} where source = ${source}`,
  }))
}

/** Each finding's own statement on the published tables gives its estimate again. */
async function findings({ warehouse }: Scope): Promise<HandWritten[]> {
  const found = await warehouse.rows<{ key: string; query: string }>(
    sql`select key, query from findings where estimate is not null order by key`,
  )
  return found.map(({ key, query }) => ({
    key: `findings.${key}`,
    published: sql`select estimate as v from findings where key = ${key}`,
    // The statement is the program's own, written with the finding; the published file is opened read-only.
    recomputed: sql`select estimate as v from (${unsafeRaw(query)})`,
    tolerance: 1e-9,
  }))
}
