import type { Proportion } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { byDialect, type Sql, sql } from '../../sql/sql.ts'
import { utcOffsetSeconds } from '../simulate/calendar.ts'
import { campaignKey, promotedProduct, responseDays } from '../simulate/campaign.ts'
import { ageBands, arms, creatives } from '../simulate/parameters.ts'
import { hazardDays } from '../simulate/savings.ts'
import { daysPerYear } from '../simulate/service.ts'
import { type Found, ofDifference, ofRate, ofRounded, ofShare } from './interval.ts'
import { cases, inBand } from './people.ts'

const secondsPerDay = 86_400
const cashProduct = 'P01'

/** What the campaign did, who closed an account, who complained, and what a customer cost. */
export async function foundActions(
  warehouse: Warehouse,
  people: Sql,
): Promise<readonly (readonly [string, Found])[]> {
  return [
    ...(await campaign(warehouse, people)),
    ...(await closing(warehouse, people)),
    ...(await complaints(warehouse, people)),
    ...(await costs(warehouse, people)),
  ]
}

/** Contacts were drawn by lot, so that arms are compared as they are. */
async function campaign(warehouse: Warehouse, people: Sql): Promise<(readonly [string, Found])[]> {
  const until = byDialect((dialect) =>
    dialect.addSeconds(sql`contacts.sent_at`, responseDays * secondsPerDay),
  )
  const bands = cases(ageBands.map((band) => [inBand(band), sql`${band.key}`]))
  const rows = await warehouse.rows<{ arm: string; band: string | null } & Proportion>(sql`
    with contacted as ( -- one row per contact
      select case when arm = 'control' then 'control' else treatment end as arm, ${bands} as band,
        exists (
          select 1 from standard.transactions
          where transactions.customer_id = contacts.customer_id and transactions.product_id = ${promotedProduct}
            and transactions.occurred_at >= contacts.sent_at and transactions.occurred_at < ${until}
        ) as took
      from standard.contacts join ${people} as people on people.customer_id = contacts.customer_id
      where campaign = ${campaignKey}
    )
    select arm, band, count(*) filter (where took) as successes, count(*) as n from contacted group by 1, 2`)
  const count = (arm: string, band?: string): Proportion =>
    rows
      .filter((row) => row.arm === arm && (band === undefined || row.band === band))
      .reduce((sum, { successes, n }) => ({ successes: sum.successes + successes, n: sum.n + n }), {
        successes: 0,
        n: 0,
      })
  const lift = (key: string, arm: string, band?: string): (readonly [string, Found])[] => {
    const [first, second] = [count(arm, band), count('control', band)]
    return first.n > 0 && second.n > 0 ? [[key, ofDifference(first, second)]] : []
  }
  const control = count('control')
  return [
    ...(control.n > 0 ? [['campaign.control_rate', ofShare(control)] as const] : []),
    ...arms
      .filter((arm) => arm !== 'control')
      .flatMap((arm) => [
        ...lift(`campaign.lift.${arm}.all`, arm),
        ...ageBands.flatMap(({ key }) => lift(`campaign.lift.${arm}.${key}`, arm, key)),
      ]),
  ]
}

/** Accounts closed in the days that they were open; a rate that stays the same leaves it at that. */
async function closing(warehouse: Warehouse, people: Sql): Promise<(readonly [string, Found])[]> {
  const day = (instant: Sql): Sql =>
    byDialect((dialect) => dialect.toDate(dialect.addSeconds(instant, utcOffsetSeconds)))
  const open = byDialect((dialect) =>
    dialect.daysBetween(
      day(sql`opened_at`),
      day(sql`coalesce(closed_at, (select max(as_of) from customer_value))`),
    ),
  )
  const rows = await warehouse.rows<{ creative: string; closed: number; days: number }>(sql`
    select creative, count(closed_at) as closed, sum(${open}) as days
    from standard.accounts join ${people} as people on people.customer_id = accounts.customer_id
    where product_id = ${cashProduct} group by 1`)
  return rows
    .filter(({ creative, days }) => creatives.some((name) => name === creative) && days > 0)
    .map(({ creative, closed, days }) => [`churn.hazard_30d.${creative}`, ofRate(closed, days / hazardDays)])
}

async function complaints(warehouse: Warehouse, people: Sql): Promise<(readonly [string, Found])[]> {
  const { made, days } = await warehouse.row<{ made: number; days: number | null }>(sql`
    select (select count(*) from standard.complaints join ${people} as people
        on people.customer_id = complaints.customer_id) as made,
      -- A tenure counts whole days; the day at its start is half over on average.
      (select sum(tenure_days + 0.5) from ${people} as people where tenure_days is not null) as days`)
  if (!days) return []
  return [['service.complaints_per_year', ofRate(made, Number(days) / daysPerYear)]]
}

/** Costs were booked per customer won, to the cent a month and creative. */
async function costs(warehouse: Warehouse, people: Sql): Promise<(readonly [string, Found])[]> {
  const rows = await warehouse.rows<{
    channel: string
    spent: number
    entries: number
    customers: number
  }>(sql`
    with spent as (
      select channel, sum(cast(amount as double)) as spent, count(*) as entries from standard.costs
      where campaign = 'acquisition' and channel is not null group by 1
    ), won as (select channel, count(*) as customers from ${people} as people group by 1)
    select spent.channel, spent.spent, spent.entries, won.customers
    from spent join won on won.channel = spent.channel`)
  return rows.map(({ channel, spent, entries, customers }) => [
    `channel.cost_per_customer.${channel}`,
    ofRounded(spent / customers, (0.005 * entries) / customers),
  ])
}
