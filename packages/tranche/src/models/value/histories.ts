import type { Warehouse } from '../../engine/warehouse.ts'
import type { Place } from '../../errors.ts'
import { byDialect, join, type Sql, sql, unsafeRaw } from '../../sql/sql.ts'
import { localDate, timestampOf, Zone, type ZoneOffsets } from '../../sql/time-zone.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { rowExpressionSql } from '../../workspace/row-expression.ts'

const msPerDay = 86_400_000

/** What counts as a purchase where the workspace does not say. */
const defaultPurchases = `!known(kind) || kind == "purchase"`

/** Days that split the history: what was known at the as-of, at the cut, and between them. */
export interface HistoryDays {
  /** Day of the as-of itself (exclusive end), YYYY-MM-DD. */
  readonly asOfDay: string
  /** First day of the hold-out; equal to asOfDay where the history is too short for one. */
  readonly cutDay: string
  readonly holdoutDays: number
}

export interface HistorySummary extends HistoryDays {
  readonly customers: number
  readonly repeaters: number
  readonly firstDay: string | null
  readonly lastDay: string | null
}

/**
 * Summarises every customer's purchases in one scan: the days on which they bought (a day counts once), as the
 * lifetime models need them (frequency = days after the first, recency = last − first, age = last whole day before
 * the as-of − first), as RFM needs them, and once more as of an earlier cut with what came after it.
 * Leaves the table `value_histories`, one row per customer who ever bought.
 */
export async function summariseHistories(
  catalogue: Catalogue,
  warehouse: Warehouse,
  asOf: string,
): Promise<HistorySummary> {
  const zone = new Zone(catalogue.workspace.timeZone)
  const asOfDay = zone.dateOf(Date.parse(asOf))
  const span = await warehouse.row<Span>(
    sql`select min(occurred_at) as first, max(occurred_at) as last, count(*) as rows,
        cast(greatest(abs(min(amount)), abs(max(amount))) as double) as largest
      from standard.transactions where occurred_at < ${timestampOf(Date.parse(asOf))}`,
  )
  const firstDay = span.first === null ? null : zone.dateOf(Date.parse(span.first))
  const days = splitDays(firstDay, asOfDay)
  await warehouse.run(historiesStatement(catalogue, asOf, zone, days, span))
  const counts = await warehouse.row<{ customers: number; repeaters: number }>(
    sql`select count(*) as customers, count(*) filter (frequency > 0) as repeaters from value_histories`,
  )
  return {
    ...days,
    ...counts,
    firstDay,
    lastDay: span.last === null ? null : zone.dateOf(Date.parse(span.last)),
  }
}

/** What statistics of the file mostly answer without a scan. */
type Span = {
  readonly first: string | null
  readonly last: string | null
  readonly rows: number
  readonly largest: number | null
}

/**
 * Amount of one row, and the type that holds any sum of them exactly: 64 bits wherever even all rows at the largest
 * amount would fit, because 128 bits take half as long again.
 */
function amountOf(
  catalogue: Catalogue,
  context: { readonly place: Place; readonly offsets: ZoneOffsets },
  { rows, largest }: Span,
): { readonly amount: Sql; readonly type: Sql } {
  const expression = catalogue.workspace.value.amount
  if (expression.trim() === 'amount' && rows * (largest ?? 0) < 1e13)
    return { amount: sql`amount`, type: sql`decimal(18,4)` }
  const amount = rowExpressionSql(catalogue, 'transactions', expression, { ...context, numeric: 'decimal' })
  return { amount, type: sql`decimal(24,4)` }
}

/** The hold-out is the last third of the history, a year at the most; none under 120 days of history. */
function splitDays(firstDay: string | null, asOfDay: string): HistoryDays {
  const end = Date.parse(asOfDay)
  const spanDays = firstDay === null ? 0 : Math.round((end - Date.parse(firstDay)) / msPerDay)
  const holdoutDays = spanDays < 120 ? 0 : Math.min(365, Math.floor(spanDays / 3))
  return { asOfDay, holdoutDays, cutDay: new Date(end - holdoutDays * msPerDay).toISOString().slice(0, 10) }
}

function historiesStatement(
  catalogue: Catalogue,
  asOf: string,
  zone: Zone,
  { asOfDay, cutDay }: HistoryDays,
  span: Span,
): Sql {
  const { value } = catalogue.workspace
  const offsets = zone.offsetsBetween(Date.parse(span.first ?? asOf), Date.parse(asOf))
  const context = { place: { file: 'tranche.yaml' }, offsets }
  const where = rowExpressionSql(catalogue, 'transactions', value.where ?? defaultPurchases, {
    ...context,
    expect: ['bool'],
  })
  const { amount, type } = amountOf(catalogue, context, span)
  const at = timestampOf(Date.parse(asOf))
  const end = sql`cast(${asOfDay} as date)`
  const cut = sql`cast(${cutDay} as date)`
  const between = (from: Sql, to: Sql) => byDialect((dialect) => dialect.daysBetween(from, to))
  const beforeCut = sql`filter (where day < ${cut})`
  const perCustomer: readonly (readonly [string, Sql])[] = [
    ['purchase_days', sql`count(*)`],
    ['first_day', sql`min(day)`],
    ['last_day', sql`max(day)`],
    ['amount', sql`sum(amount)`],
    ['first_amount', sql`min_by(amount, day)`],
    ['amount_365d', sql`coalesce(sum(amount) filter (where ${between(sql`day`, end)} <= 365), 0)`],
    ['cut_days', sql`count(*) ${beforeCut}`],
    ['cut_last_day', sql`max(day) ${beforeCut}`],
    ['cut_amount', sql`sum(amount) ${beforeCut}`],
    [
      'cut_amount_365d',
      sql`coalesce(sum(amount) filter (where day < ${cut} and ${between(sql`day`, cut)} <= 365), 0)`,
    ],
  ]
  return sql`
    create or replace temp table value_histories as
    with purchase_days as ( -- one row per customer and day with a purchase
      select customer_id, ${localDate(sql`occurred_at`, offsets)} as day, cast(sum(${amount}) as ${type}) as amount
      from standard.transactions
      where occurred_at < ${at} and (known_at is null or known_at < ${at}) and customer_id is not null and (${where})
      group by 1, 2
    ), customers as ( -- one row per customer
      select customer_id, ${join(perCustomer.map(([name, expression]) => sql`${expression} as ${unsafeRaw(name)}`))}
      from purchase_days group by 1
    )
    select customer_id, purchase_days, first_day, last_day, amount, first_amount, amount_365d,
      purchase_days - 1 as frequency,
      ${between(sql`first_day`, sql`last_day`)} as recency_days,
      ${between(sql`first_day`, end)} - 1 as age_days,
      ${between(sql`last_day`, end)} - 1 as days_since_last,
      amount - first_amount as repeat_amount,
      cut_days, cut_amount, cut_amount_365d,
      purchase_days - cut_days as holdout_days, coalesce(amount, 0) - coalesce(cut_amount, 0) as holdout_amount,
      cut_days - 1 as cut_frequency,
      ${between(sql`first_day`, sql`cut_last_day`)} as cut_recency_days,
      ${between(sql`first_day`, cut)} - 1 as cut_age_days,
      ${between(sql`cut_last_day`, cut)} - 1 as cut_days_since_last,
      case when cut_days > 0 then cut_amount - first_amount end as cut_repeat_amount
    from customers`
}
