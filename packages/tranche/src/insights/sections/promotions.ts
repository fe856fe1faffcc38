import { chiSquareSurvival, normalQuantile, wilsonInterval } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, sql } from '../../sql/sql.ts'
import { neededForSpread } from '../compare.ts'
import type { Notebook, Point } from '../draft.ts'
import { tablesOf } from '../frame.ts'
import { type Group, withLevel } from '../group.ts'
import { earningDays } from '../ledger-facts.ts'
import { keyPart } from '../levels.ts'
import { type Measure, measureOf, missingShare } from '../measures.ts'
import { promotionAttributes } from '../promotions.ts'
import { summarise } from '../summaries.ts'

const section = 'cohorts'
const z = normalQuantile(0.975)
const daysPerMonth = 365 / 12
const lastDays = earningDays.at(-1)!

type Promotion = {
  readonly attribute: string
  readonly level: string
  readonly cost: number
  readonly customers: number
  readonly kept: number
}

/** What a customer costs who is won, and who is kept, by channel and creative; and whether the cost is earned back. */
export async function sayPromotions(book: Notebook, warehouse: Warehouse): Promise<void> {
  const rows = await warehouse.rows<Promotion>(
    sql`select attribute, level, cost, customers, kept from promotions order by attribute, level`,
  )
  for (const attribute of promotionAttributes) {
    const shown = rows.filter(
      (row) =>
        row.attribute === attribute && row.kept >= book.minimum && row.customers - row.kept >= book.minimum,
    )
    if (shown.length === 0) continue
    sayCostOfKept(book, attribute, shown)
    sayPaybacks(book, attribute, shown)
  }
  const first = promotionAttributes.find((name) => rows.some(({ attribute }) => attribute === name))
  if (first !== undefined)
    sayPayback(
      book,
      first,
      rows.filter(({ attribute }) => attribute === first),
    )
}

/**
 * Whether independent estimates with known variances are the same in all groups.
 * Source: Cochran (1954), "The combination of estimates from different experiments", Biometrics 10.
 */
function testSame(groups: readonly { readonly estimate: number; readonly variance: number }[], n: number) {
  const weights = groups.map(({ variance }) => 1 / variance)
  const sum = weights.reduce((a, b) => a + b, 0)
  const mean = groups.reduce((total, { estimate }, i) => total + weights[i]! * estimate, 0) / sum
  const statistic = groups.reduce((total, { estimate }, i) => total + weights[i]! * (estimate - mean) ** 2, 0)
  const df = groups.length - 1
  return {
    p: chiSquareSurvival(statistic, df),
    effectSize: Math.sqrt(statistic / n),
    neededN: neededForSpread(n, statistic, df),
  }
}

/** Cost per kept customer is cost per customer over the share kept, of which chance moves the share alone. */
function costOfKept({ cost, customers, kept }: Promotion) {
  const share = wilsonInterval({ successes: kept, n: customers })
  const each = cost / customers
  return { estimate: cost / kept, low: each / share.high, high: each / share.low }
}

function sayCostOfKept(book: Notebook, attribute: string, rows: readonly Promotion[]): void {
  const ranked = rows
    .map((row) => ({ row, ...costOfKept(row) }))
    .sort((a, b) => a.estimate - b.estimate || (a.row.level < b.row.level ? -1 : 1))
  for (const { row, estimate, low, high } of ranked)
    book.say({
      ...common(book, attribute),
      key: `${attribute}.cost_per_kept.${keyPart(row.level)}`,
      message: 'promotion.kept',
      subject: attribute,
      metric: 'cost_per_kept',
      estimate,
      low,
      high,
      n: row.customers,
      values: {
        attribute,
        a: row.level,
        won: row.cost / row.customers,
        people: row.kept,
        share: row.kept / row.customers,
      },
      query: sql`select cost / kept as estimate from promotions where attribute = ${attribute} and level = ${row.level}`,
      weight: 1,
    })
  const [best] = ranked
  const worst = ranked.at(-1)
  if (best === undefined || worst === undefined || best === worst) return
  const key = `${section}.${attribute}.cost_per_kept`
  const n = rows.reduce((sum, { customers }) => sum + customers, 0)
  // On the logarithmic scale, on which a share's variance is (1 − p) ÷ (n p).
  const logs = rows.map((row) => ({
    estimate: Math.log(row.cost / row.kept),
    variance: (1 - row.kept / row.customers) / row.kept,
  }))
  book.say({
    ...common(book, attribute),
    key,
    message: 'promotion.kept_spread',
    subject: attribute,
    metric: 'cost_per_kept',
    estimate: best.estimate,
    low: best.low,
    high: best.high,
    n,
    ...testSame(logs, n),
    values: {
      attribute,
      levels: rows.length,
      best: best.row.level,
      best_won: best.row.cost / best.row.customers,
      best_share: best.row.kept / best.row.customers,
      worst: worst.row.level,
      worst_value: worst.estimate,
      worst_won: worst.row.cost / worst.row.customers,
      worst_share: worst.row.kept / worst.row.customers,
    },
    query: sql`select min(cost / kept) as estimate from promotions where attribute = ${attribute} and kept >= ${book.minimum} and customers - kept >= ${book.minimum}`,
    weight: 63,
  })
  drawLevels(
    book,
    { figure: key, metric: 'cost_per_kept', attribute, unit: 'money' },
    ranked.map(({ row, ...ends }) => ({ row, ...ends })),
  )
}

/** What customers have earned within a year, in multiples of what they cost. */
function earnedBy(book: Notebook, attribute: string, { cost, customers, level }: Promotion) {
  const measure = measureOf(book.frame, `earned_${lastDays}d`)
  if (!measure) return undefined
  const group = withLevel(book.frame, attribute, [level])
  const earned = summarise(book.frame, measure, group)
  if (earned.n < Math.max(book.minimum, 2) || earned.variance === 0) return undefined
  const each = cost / customers
  const variance = earned.variance / earned.n / each ** 2
  const estimate = earned.mean / each
  const reach = z * Math.sqrt(variance)
  return { group, earned, each, estimate, variance, low: estimate - reach, high: estimate + reach }
}

/** Which channel or creative earns back most of what its customers cost, if they differ at all. */
function sayPaybacks(book: Notebook, attribute: string, rows: readonly Promotion[]): void {
  const ranked = rows
    .flatMap((row) => {
      const earned = earnedBy(book, attribute, row)
      return earned === undefined ? [] : [{ row, ...earned }]
    })
    .sort((a, b) => b.estimate - a.estimate || (a.row.level < b.row.level ? -1 : 1))
  const [best] = ranked
  const worst = ranked.at(-1)
  if (best === undefined || worst === undefined || best === worst) return
  const key = `${section}.${attribute}.payback`
  const column = `earned_${lastDays}d`
  const n = ranked.reduce((sum, { earned }) => sum + earned.n, 0)
  book.say({
    ...common(book, attribute),
    key,
    message: 'promotion.payback_spread',
    subject: attribute,
    metric: 'payback',
    unit: 'number',
    estimate: best.estimate,
    low: best.low,
    high: best.high,
    n,
    missingShare: missingShare(book.frame, column, attribute),
    ...testSame(ranked, n),
    values: {
      attribute,
      levels: ranked.length,
      best: best.row.level,
      cost: best.each,
      earned: best.earned.mean,
      worst: worst.row.level,
      worst_value: worst.estimate,
      worst_cost: worst.each,
      worst_earned: worst.earned.mean,
    },
    query: sql`select ${meanEarned(column)} / (select cost / customers from promotions where attribute = ${attribute} and level = ${best.row.level}) as estimate
from ${tablesOf(book.frame, [column, attribute])} where ${ident(attribute)} = ${best.row.level}`,
    group: best.group,
    weight: 57,
  })
  drawLevels(book, { figure: key, metric: 'payback', attribute, unit: 'number' }, ranked)
}

/** Whether and when customers earn back what it cost to win them, over all of them whose costs are known. */
function sayPayback(book: Notebook, attribute: string, rows: readonly Promotion[]): void {
  const { frame } = book
  const column = `earned_${lastDays}d`
  const measure = measureOf(frame, column)
  if (!measure) return
  const group = withLevel(
    frame,
    attribute,
    rows.map(({ level }) => level),
  )
  const earned = summarise(frame, measure, group)
  if (earned.n < Math.max(book.minimum, 2) || earned.variance === 0) return
  const total = (field: 'cost' | 'customers') => rows.reduce((sum, row) => sum + row[field], 0)
  const cost = total('cost') / total('customers')
  const estimate = earned.mean / cost
  const reach = (z * Math.sqrt(earned.variance / earned.n)) / cost
  const months = monthsToPayback(book, group, cost)
  book.say({
    ...common(book, attribute),
    key: `${section}.payback`,
    message: months === null ? 'promotion.payback_later' : 'promotion.payback',
    subject: 'customers',
    metric: 'payback',
    unit: 'number',
    estimate,
    low: estimate - reach,
    high: estimate + reach,
    n: earned.n,
    missingShare: missingShare(frame, column, attribute),
    values: { cost, earned: earned.mean, ...(months === null ? {} : { months }) },
    query: sql`select ${meanEarned(column)} / (select sum(cost) / sum(customers) from promotions where attribute = ${attribute}) as estimate
from ${tablesOf(frame, [column, attribute])} where ${ident(attribute)} in (select level from promotions where attribute = ${attribute})`,
    weight: 59,
  })
}

/** Months after which a customer has on average earned what he cost: straight lines between the days followed. */
function monthsToPayback(book: Notebook, group: Group, cost: number): number | null {
  let [day, earned] = [0, 0]
  for (const days of earningDays) {
    const measure: Measure | undefined = measureOf(book.frame, `earned_${days}d`)
    if (!measure) continue
    const { mean, n } = summarise(book.frame, measure, group)
    if (n < book.minimum) continue
    if (mean >= cost) return (day + ((cost - earned) / (mean - earned)) * (days - day)) / daysPerMonth
    day = days
    earned = mean
  }
  return null
}

/** Of amounts, added up in decimals: tables that are joined give their rows in one order here and in another there. */
const meanEarned = (column: string) => sql`avg(cast(${ident(column)} as decimal(38,4)))`

const common = (book: Notebook, attribute: string) =>
  ({ section, unit: 'money', missingShare: missingShare(book.frame, attribute) }) as const

function drawLevels(
  book: Notebook,
  figure: {
    readonly figure: string
    readonly metric: string
    readonly attribute: string
    readonly unit: 'money' | 'number'
  },
  levels: readonly {
    readonly row: Promotion
    readonly estimate: number
    readonly low: number
    readonly high: number
  }[],
): void {
  book.draw(
    {
      ...figure,
      section,
      kind: 'dots',
      finding: figure.figure,
      n: levels.reduce((sum, { row }) => sum + row.customers, 0),
    },
    levels.map(
      ({ row, estimate, low, high }): Point => ({
        series: 'level',
        label: row.level,
        x: null,
        y: estimate,
        low,
        high,
        n: row.customers,
      }),
    ),
  )
}
