import { ident, type Sql, sql } from '../../sql/sql.ts'
import {
  daysBetween,
  daysLater,
  everyone,
  type HandWritten,
  latestOf,
  monthBefore,
  rowsOf,
  type Scope,
} from './hand-written.ts'

/** Numerator and denominator of a metric, said again in SQL; each is one value. */
interface Parts {
  readonly numerator: Sql
  /** Absent for sums and counts. */
  readonly denominator?: Sql
}

/** Every metric of the starter catalogue that adds up or divides two numbers that do, over the mapped sources. */
export async function metricsByHand(scope: Scope): Promise<readonly HandWritten[]> {
  const published = await scope.warehouse.rows<{ key: string }>(
    sql`select key from metrics where value is not null`,
  )
  const byHand = metricsOf(scope)
  const lines: HandWritten[] = []
  for (const { key } of published) {
    const own = byHand.get(key)
    const parts = own !== undefined && scope.isStarter('metric', key) ? own : outcomeByHand(scope, key)
    if (parts !== undefined) lines.push(...(await linesOf(scope, key, parts)))
  }
  return lines
}

async function linesOf(
  { ask }: Scope,
  key: string,
  { numerator, denominator }: Parts,
): Promise<readonly HandWritten[]> {
  const [found] = await ask<{ above: number; below: number | null }>(
    sql`select cast(${numerator} as double) as above, cast(${denominator ?? sql`null`} as double) as below`,
  )
  const line = (name: string, column: string, value: number | null, tolerance: number): HandWritten => ({
    key: name,
    published: sql`select ${ident(column)} as v from metrics where key = ${key}`,
    recomputed: sql`select cast(${value ?? sql`null`} as double) as v`,
    tolerance,
  })
  const { above, below } = found!
  return [
    line(`metrics.${key}`, 'value', below === null ? above : below === 0 ? null : above / below, 1e-12),
    line(`metrics.${key}.numerator`, 'numerator', above, 1e-15),
    ...(below === null ? [] : [line(`metrics.${key}.denominator`, 'denominator', below, 1e-15)]),
  ]
}

function metricsOf(scope: Scope): ReadonlyMap<string, Parts> {
  const { today, day, known, at } = scope
  const monthAgo = monthBefore(today)
  const ago = (days: number) => daysLater(today, -days)
  const mine = sql`${known} and customer_id in ${everyone}`
  const published = sql`(select count(*) from ${everyone} as published)`
  /** A value over rows of a table between a first day and the as-of. */
  const over = (value: Sql, table: string, rule: Sql, when: Sql, from: Sql) =>
    sql`(select ${value} from ${rowsOf(table)} where ${mine} and (${rule}) and ${when} >= ${from} and ${when} < ${today})`
  const occurred = day(sql`occurred_at`)
  const bought = sql`kind is null or kind = 'purchase'`
  const ofMonth = (value: Sql, table: string, rule: Sql, when: Sql) =>
    over(value, table, rule, when, monthAgo)
  const traded = (value: Sql, rule: Sql) => ofMonth(value, 'transactions', rule, occurred)
  const booked = (value: Sql, rule: Sql) => ofMonth(value, 'ledger', rule, sql`on_date`)
  const sum = sql`coalesce(sum(amount), 0)`
  const people = sql`count(distinct customer_id)`
  const income = sql`kind in ('interest', 'fee', 'interchange', 'spread', 'premium')`
  const revenue = booked(sum, income)
  const spend = traded(sum, bought)
  const refunds = traded(sql`coalesce(sum(abs(amount)), 0)`, sql`kind = 'refund'`)
  const active = traded(people, sql`true`)
  const purchases = traded(sql`count(*)`, bought)
  const sent = ofMonth(sql`count(*)`, 'contacts', sql`arm is null or arm = 'treatment'`, day(sql`sent_at`))
  const answered = ofMonth(sql`count(*)`, 'responses', sql`true`, day(sql`responded_at`))
  /** One row per customer with any transaction: days of purchases and what was spent. */
  const buyers = sql`(
    select customer_id, count(distinct ${occurred}) filter (where ${bought}) as days,
      max(${occurred}) filter (where ${bought}) as last_day,
      count(*) filter (where (${bought}) and ${occurred} >= ${ago(90)}) as recent,
      coalesce(sum(amount) filter (where (${bought}) and ${occurred} >= ${ago(180)} and ${occurred} < ${ago(90)}), 0) as before
    from ${rowsOf('transactions')} where ${mine} and occurred_at < ${at} group by 1) as buyers`
  const count = (rule: Sql, from: Sql = buyers) => sql`(select count(*) from ${from} where ${rule})`
  return new Map<string, Parts>([
    ['revenue', { numerator: revenue }],
    ['margin', { numerator: booked(sum, sql`true`) }],
    [
      'losses',
      { numerator: booked(sql`coalesce(sum(-amount), 0)`, sql`kind in ('charge_off', 'recovery')`) },
    ],
    ['spend', { numerator: spend }],
    ['purchases', { numerator: purchases }],
    ['ticket', { numerator: spend, denominator: purchases }],
    ['buyers', { numerator: traded(people, bought) }],
    ['active_customers', { numerator: active }],
    ['arpu', { numerator: revenue, denominator: active }],
    ['investments', { numerator: traded(sum, sql`kind = 'investment'`) }],
    ['refunds', { numerator: refunds }],
    ['refund_rate', { numerator: refunds, denominator: spend }],
    ['contacts', { numerator: sent }],
    ['responses', { numerator: answered }],
    ['response_rate', { numerator: answered, denominator: sent }],
    ['conversion_30d', conversion(scope, 30)],
    ['conversion_90d', conversion(scope, 90)],
    ['repeat_rate_90d', comingAgain(scope, sql`${mine} and (${bought}) and occurred_at < ${at}`)],
    ['repeat_share', { numerator: count(sql`days >= 2`), denominator: count(sql`days > 0`) }],
    ['active_share_90d', { numerator: count(sql`recent > 0`), denominator: count(sql`true`) }],
    [
      'retention_90d',
      { numerator: count(sql`before > 0 and recent > 0`), denominator: count(sql`before > 0`) },
    ],
    [
      'silent_share_180d',
      {
        numerator: count(sql`${daysBetween(sql`last_day`, today)} - 1 > 180`),
        denominator: count(sql`last_day is not null`),
      },
    ],
    ['new_share_90d', newcomers(scope)],
    ...creditMetrics(scope, mine, published),
  ])
}

/** One row per customer: the day of onboarding as the latest version known then gives it. */
export function onboarding(scope: Scope): Sql {
  return sql`(select customer_id, ${scope.day(sql`onboarded_at`)} as start
    from ${latestOf(scope, sql`onboarded_at`, 'onboarded_at')} as latest) as onboarding`
}

/** Customers whose days since onboarding are over, and those of them who invested in these days. */
function conversion(scope: Scope, days: number): Parts {
  const { today } = scope
  const over = sql`${onboarding(scope)} where ${daysLater(sql`start`, days)} <= ${today}`
  return {
    numerator: sql`(select count(*) from ${over} and ${investedWithin(scope, days)})`,
    denominator: sql`(select count(*) from ${over})`,
  }
}

/** Whether a customer of `onboarding` invested in the first days. */
export function investedWithin({ at, day }: Scope, days: number): Sql {
  return sql`exists (select 1 from ${rowsOf('transactions')} as t
    where t.customer_id = onboarding.customer_id and t.kind = 'investment' and t.occurred_at < ${at} and (t.known_at is null or t.known_at < ${at})
      and ${day(sql`t.occurred_at`)} >= start and ${day(sql`t.occurred_at`)} < ${daysLater(sql`start`, days)})`
}

function comingAgain({ today, day }: Scope, rule: Sql): Parts {
  const bought = sql`(
    select customer_id, purchase_day, min(purchase_day) over (partition by customer_id) as first_day
    from (select distinct customer_id, ${day(sql`occurred_at`)} as purchase_day from ${rowsOf('transactions')} where ${rule}) as days
  ) as days where ${daysLater(sql`first_day`, 90)} <= ${today}`
  return {
    numerator: sql`(select count(distinct customer_id) from ${bought} and purchase_day > first_day and purchase_day < ${daysLater(sql`first_day`, 90)})`,
    denominator: sql`(select count(distinct customer_id) from ${bought})`,
  }
}

function newcomers(scope: Scope): Parts {
  const { today } = scope
  return {
    numerator: sql`(select count(*) from ${onboarding(scope)} where ${daysBetween(sql`start`, today)} - 1 < 90)`,
    denominator: sql`(select count(*) from ${onboarding(scope)})`,
  }
}

/** Contracts, credit, complaints and referrals. */
function creditMetrics(scope: Scope, mine: Sql, published: Sql): readonly (readonly [string, Parts])[] {
  const { catalogue, today, day, at } = scope
  const of = (table: string, rule: Sql, columns: Sql = sql`distinct customer_id`) =>
    sql`select ${columns} from ${rowsOf(table)} where ${mine} and (${rule})`
  const monthAgo = monthBefore(today)
  const decided = sql`decided_at is not null and ${day(sql`decided_at`)} < ${today} and decision in ('approved', 'declined')
    and ${day(sql`requested_at`)} >= ${monthAgo} and ${day(sql`requested_at`)} < ${today}`
  const due = sql`due_on >= ${monthAgo} and due_on < ${today}`
  const late = daysBetween(
    sql`due_on`,
    sql`(case when paid_on is not null and paid_on < ${today} then paid_on else ${today} end)`,
  )
  const overdue = sql`on_date >= ${daysLater(today, -90)} and on_date < ${today} and days_past_due is not null`
  const held = sql`(select customer_id, count(distinct product_kind) filter (where closed_at is null or ${day(sql`closed_at`)} >= ${today}) as kinds
    from ${rowsOf('accounts')} where ${mine} and (opened_at is null or opened_at < ${at}) group by 1) as held`
  const total = (statement: Sql) => sql`(select count(*) from (${statement}) as rows_found)`
  const defaulted = sql`${of('ledger', sql`kind = 'charge_off' and on_date < ${today}`)}
    union ${of('account_balances', sql`days_past_due >= 90 and on_date < ${today}`)}
    union ${of('repayments', sql`due_on < ${today} and ${late} >= 90`)}`
  const observed = catalogue.mapped.has('ledger')
    ? published
    : total(sql`${of('account_balances', sql`days_past_due is not null and on_date < ${today}`)}
        union ${of('repayments', sql`due_on < ${today}`)}`)
  const complained = sql`${day(sql`complained_at`)} >= ${daysLater(today, -365)} and ${day(sql`complained_at`)} < ${today}`
  return [
    [
      'products_held',
      { numerator: sql`(select sum(kinds) from ${held})`, denominator: sql`(select count(*) from ${held})` },
    ],
    [
      'referral_share',
      {
        numerator: total(of('referrals', sql`referred_at is null or referred_at < ${at}`)),
        denominator: published,
      },
    ],
    [
      'approval_rate',
      {
        numerator: total(of('applications', sql`${decided} and decision = 'approved'`, sql`1`)),
        denominator: total(of('applications', decided, sql`1`)),
      },
    ],
    ['default_rate', { numerator: total(defaulted), denominator: observed }],
    [
      'delinquency_rate',
      {
        numerator: total(of('account_balances', sql`${overdue} and days_past_due >= 30`)),
        denominator: total(of('account_balances', overdue)),
      },
    ],
    [
      'late_rate',
      {
        numerator: total(of('repayments', sql`${due} and ${late} > 0`, sql`1`)),
        denominator: total(of('repayments', due, sql`1`)),
      },
    ],
    ['complaint_rate', { numerator: total(of('complaints', complained)), denominator: published }],
  ]
}

/** Outcomes of customers, by the latest value that was known of each. */
function outcomeByHand({ catalogue, at, known }: Scope, key: string): Parts | undefined {
  const outcome = catalogue.metrics.find((metric) => metric.key === key)?.value.outcome
  const isExtra = (catalogue.extras.customer_versions ?? []).some((extra) => extra.key === outcome?.attribute)
  if (outcome === undefined || !isExtra) return undefined
  const column = ident(outcome.attribute)
  const latest = sql`${latestOf({ at, known }, sql`cast(${column} as varchar)`, 'level')} as latest`
  const wanted =
    typeof outcome.equals === 'number'
      ? sql`cast(level as double) = ${outcome.equals}`
      : sql`level = ${String(outcome.equals)}`
  return {
    numerator: sql`(select count(*) from ${latest} where ${wanted})`,
    denominator: sql`(select count(*) from ${latest})`,
  }
}
