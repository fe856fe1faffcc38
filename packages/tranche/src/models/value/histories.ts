import type { Warehouse } from '../../engine/warehouse.ts'
import { byDialect, join, type Sql, sql, tableNamed, unsafeRaw } from '../../sql/sql.ts'
import { Zone } from '../../sql/time-zone.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { type PurchaseRows, scannedPurchases } from './purchase-rows.ts'

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

/** Calendar months that a customer's purchases are remembered for, as bits of a 64-bit integer; the last is the last whole one. */
export const monthsRemembered = 60

type Settings = Pick<Catalogue, 'extras' | 'workspace'>

/** The table of histories as of an instant, which goes with the run that made it. */
export const historiesOf = (asOf: string): Sql => tableNamed(historiesName(asOf))
export const historiesName = (asOf: string) => `value_histories_${Date.parse(asOf)}`

/**
 * Summarises every customer's purchases: the days on which they bought (a day counts once), as the
 * lifetime models need them (frequency = days after the first, recency = last − first, age = last whole day before
 * the as-of − first), as RFM needs them, and once more as of an earlier cut with what came after it; and the calendar
 * months with a purchase. Leaves the temporary table `historiesOf(asOf)`, one row per customer who ever bought.
 */
export async function createHistories(
  catalogue: Settings,
  warehouse: Warehouse,
  asOf: string,
  purchases: PurchaseRows,
): Promise<void> {
  const span = await warehouse.row<Span>(
    sql`select min(day) as "firstDay", cast(coalesce(sum(abs(amount)), 0) as double) as volume from (${purchases.rows})`,
  )
  const days = splitDays(span.firstDay, dayOf(catalogue, asOf))
  const [first, ...others] = purchases.runs ?? []
  const of = (run: Sql | undefined) => histories(purchases, run, days, amountType(span))
  await warehouse.run(
    sql`create or replace ${warehouse.dialect.scratchTable} ${historiesOf(asOf)} as ${of(first)}`,
  )
  for (const run of others) await warehouse.run(sql`insert into ${historiesOf(asOf)} ${of(run)}`)
}

/** Creates the histories unless an earlier step of the run has left them; `among` as for the scan. */
export async function keepHistories(
  catalogue: Settings,
  warehouse: Warehouse,
  asOf: string,
  among: Sql,
): Promise<void> {
  const [kept] = await warehouse.rows(
    sql`select 1 as found from duckdb_tables() where table_name = ${historiesName(asOf)}`,
  )
  if (kept === undefined)
    await createHistories(catalogue, warehouse, asOf, scannedPurchases(catalogue, asOf, among))
}

/** What the histories as of an instant amount to. */
export async function summariseHistories(
  catalogue: Settings,
  warehouse: Warehouse,
  asOf: string,
): Promise<HistorySummary> {
  const found = await warehouse.row<Omit<HistorySummary, keyof HistoryDays>>(
    sql`select count(*) as customers, count(*) filter (where frequency > 0) as repeaters,
      min(first_day) as "firstDay", max(last_day) as "lastDay" from ${historiesOf(asOf)}`,
  )
  return { ...splitDays(found.firstDay, dayOf(catalogue, asOf)), ...found }
}

const dayOf = ({ workspace }: Settings, asOf: string) => new Zone(workspace.timeZone).dateOf(Date.parse(asOf))

type Span = { readonly firstDay: string | null; readonly volume: number }

/** The type that holds any sum of amounts exactly: 64 bits wherever they suffice, because 128 bits take several times as long. */
const amountType = ({ volume }: Span): Sql => (volume < 1e13 ? sql`decimal(18,4)` : sql`decimal(24,4)`)

/** The hold-out is the last third of the history, a year at the most; none under 120 days of history. */
function splitDays(firstDay: string | null, asOfDay: string): HistoryDays {
  const end = Date.parse(asOfDay)
  const spanDays = firstDay === null ? 0 : Math.round((end - Date.parse(firstDay)) / msPerDay)
  const holdoutDays = spanDays < 120 ? 0 : Math.min(365, Math.floor(spanDays / 3))
  return { asOfDay, holdoutDays, cutDay: new Date(end - holdoutDays * msPerDay).toISOString().slice(0, 10) }
}

/** The first of the months remembered, in months since the year 0. The month of the as-of is never over at the as-of. */
export const firstMonthRemembered = (asOfDay: string): number =>
  Number(asOfDay.slice(0, 4)) * 12 + Number(asOfDay.slice(5, 7)) - 1 - monthsRemembered

function histories(
  { rows, names }: PurchaseRows,
  run: Sql | undefined,
  { asOfDay, cutDay }: HistoryDays,
  type: Sql,
): Sql {
  const end = sql`cast(${asOfDay} as date)`
  const cut = sql`cast(${cutDay} as date)`
  const base = firstMonthRemembered(asOfDay)
  const between = (from: Sql, to: Sql) => byDialect((dialect) => dialect.daysBetween(from, to))
  // A filter would have the engine slice every column once more for each.
  const when = (condition: Sql, value: Sql) => sql`case when ${condition} then ${value} end`
  const beforeCut = (value: Sql) => when(sql`day < ${cut}`, value)
  const sum = (value: Sql) => sql`cast(sum(${value}) as ${type})`
  const amount = sql`amount`
  const perCustomer: readonly (readonly [string, Sql])[] = [
    ['purchase_days', sql`cast(count(*) as integer)`],
    ['first_day', sql`min(day)`],
    ['last_day', sql`max(day)`],
    ['amount', sum(amount)],
    ['first_amount', sql`min_by(amount, day)`],
    ['amount_365d', sum(when(sql`${between(sql`day`, end)} <= 365`, amount))],
    ['cut_days', sql`cast(count(${beforeCut(sql`1`)}) as integer)`],
    ['cut_last_day', sql`max(${beforeCut(sql`day`)})`],
    ['cut_amount', sum(beforeCut(amount))],
    ['cut_amount_365d', sum(beforeCut(when(sql`${between(sql`day`, cut)} <= 365`, amount)))],
    ['first_month', sql`cast(min(month) - ${base} as integer)`],
    [
      'months',
      byDialect((dialect) =>
        dialect.allBits(
          sql`case when month between ${base} and ${base + monthsRemembered - 1} then ${dialect.bitAt(sql`(month - ${base})`)} else 0 end`,
        ),
      ),
    ],
  ]
  const days = (from: Sql, to: Sql) => sql`cast(${between(from, to)} as integer)`
  const ages = (name: string, last: Sql, until: Sql) => sql`
      ${days(sql`first_day`, last)} as ${unsafeRaw(`${name}recency_days`)},
      ${days(sql`first_day`, until)} - 1 as ${unsafeRaw(`${name}age_days`)},
      ${days(last, until)} - 1 as ${unsafeRaw(`${name}days_since_last`)}`
  return sql`
    with purchase_days as ( -- one row per customer and day with a purchase
      select customer, day, cast(sum(amount) as ${type}) as amount from (${rows}) as purchases ${run === undefined ? sql`` : sql`where ${run}`} group by 1, 2
    ), customers as ( -- one row per customer
      select customer, ${join(perCustomer.map(([name, expression]) => sql`${expression} as ${unsafeRaw(name)}`))}
      from (select *, year(day) * 12 + month(day) - 1 as month from purchase_days) group by 1
    )
    select ${names === null ? sql`customer as customer_id` : sql`customer_id`},
      purchase_days, first_day, last_day, amount, coalesce(amount_365d, 0) as amount_365d,
      purchase_days - 1 as frequency, ${ages('', sql`last_day`, end)}, amount - first_amount as repeat_amount,
      cut_days, cut_amount, coalesce(cut_amount_365d, 0) as cut_amount_365d,
      coalesce(amount, 0) - coalesce(cut_amount, 0) as holdout_amount,
      cut_days - 1 as cut_frequency, ${ages('cut_', sql`cut_last_day`, cut)},
      case when cut_days > 0 then cut_amount - first_amount end as cut_repeat_amount,
      first_month, months
    from customers ${names === null ? sql`` : sql`join (${names}) as names using (customer)`}`
}
