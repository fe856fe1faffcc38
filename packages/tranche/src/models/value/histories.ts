import type { Warehouse } from '../../engine/warehouse.ts'
import { byDialect, join, type Sql, sql, unsafeRaw } from '../../sql/sql.ts'
import { Zone } from '../../sql/time-zone.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { readPurchaseDays } from './purchase-days.ts'

const msPerDay = 86_400_000

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
 * Summarises every customer's purchases: the days on which they bought (a day counts once), as the
 * lifetime models need them (frequency = days after the first, recency = last − first, age = last whole day before
 * the as-of − first), as RFM needs them, and once more as of an earlier cut with what came after it.
 * Leaves the table `value_histories`, one row per customer who ever bought.
 */
export async function summariseHistories(
  catalogue: Catalogue,
  warehouse: Warehouse,
  asOf: string,
): Promise<HistorySummary> {
  const days = await readPurchaseDays(catalogue, warehouse, asOf)
  const span = await warehouse.row<Span>(
    sql`select min(day) as "firstDay", max(day) as "lastDay", count(*) as rows, cast(max(abs(amount)) as double) as largest from ${days}`,
  )
  const split = splitDays(span.firstDay, new Zone(catalogue.workspace.timeZone).dateOf(Date.parse(asOf)))
  await warehouse.run(historiesStatement(days, split, amountType(span)))
  const counts = await warehouse.row<{ customers: number; repeaters: number }>(
    sql`select count(*) as customers, count(*) filter (frequency > 0) as repeaters from value_histories`,
  )
  return { ...split, ...counts, firstDay: span.firstDay, lastDay: span.lastDay }
}

type Span = {
  readonly firstDay: string | null
  readonly lastDay: string | null
  readonly rows: number
  readonly largest: number | null
}

/**
 * The type that holds any sum of amounts exactly: 64 bits wherever even all days at the largest amount would fit,
 * because 128 bits take half as long again.
 */
const amountType = ({ rows, largest }: Span): Sql =>
  rows * (largest ?? 0) < 1e13 ? sql`decimal(18,4)` : sql`decimal(24,4)`

/** The hold-out is the last third of the history, a year at the most; none under 120 days of history. */
function splitDays(firstDay: string | null, asOfDay: string): HistoryDays {
  const end = Date.parse(asOfDay)
  const spanDays = firstDay === null ? 0 : Math.round((end - Date.parse(firstDay)) / msPerDay)
  const holdoutDays = spanDays < 120 ? 0 : Math.min(365, Math.floor(spanDays / 3))
  return { asOfDay, holdoutDays, cutDay: new Date(end - holdoutDays * msPerDay).toISOString().slice(0, 10) }
}

function historiesStatement(days: Sql, { asOfDay, cutDay }: HistoryDays, type: Sql): Sql {
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
      select customer_id, day, cast(amount as ${type}) as amount from ${days} where bought and customer_id is not null
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
