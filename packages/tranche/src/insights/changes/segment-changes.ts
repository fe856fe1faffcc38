import type { Text } from '@tranche/contract'
import { normalCdf, normalQuantile } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, sql } from '../../sql/sql.ts'
import type { Catalogue } from '../../workspace/catalogue.ts'
import { neededSample } from '../compare.ts'
import type { Notebook } from '../draft.ts'
import { standingColumns } from './compare-customers.ts'
import { temporaryColumns } from './previous-tables.ts'

interface SegmentCount {
  readonly segment: string
  readonly before: number
  readonly now: number
  readonly both: number
  /** Members now who were no customers before, and members before who are none now. */
  readonly fresh: number
  readonly gone: number
  readonly [name: string]: string | number
}

const z = normalQuantile(0.975)

/**
 * Which segments grew and which shrank, as shares of all customers: those that mean the same in both runs. A customer of
 * both runs counts once, so that the interval knows that members mostly stay.
 */
export async function saySegmentChanges(
  book: Notebook,
  options: {
    readonly warehouse: Warehouse
    readonly catalogue: Catalogue
    readonly before: { readonly definitions: Readonly<Record<string, string>> }
  },
): Promise<void> {
  const { warehouse, catalogue, before } = options
  if ((await temporaryColumns(warehouse, 'previous_rule_members')).length === 0) return
  const labels = comparableSegments(catalogue, before.definitions)
  const counts = await countSegments(warehouse)
  await publish(
    warehouse,
    counts.filter(({ segment }) => labels.has(segment)),
  )
  const totals = await warehouse.row<{ now: number; before: number; both: number }>(sql`
    select count(*) filter (where is_now) as now, count(*) filter (where is_before) as before,
      count(*) filter (where is_now and is_before) as both from compared`)
  if (Math.min(totals.now, totals.before) === 0) return
  for (const count of counts) {
    const label = labels.get(count.segment)
    if (label === undefined || Math.min(count.now, count.before) < book.minimum) continue
    const [came, left] = [count.now - count.both, count.before - count.both]
    const estimate = count.now / totals.now - count.before / totals.before
    const variance = varianceOf(count, totals)
    if (variance === 0) continue
    const reach = z * Math.sqrt(variance)
    const p = 2 * normalCdf(-Math.abs(estimate) / Math.sqrt(variance))
    book.say({
      key: `changes.segment.${count.segment}`,
      section: 'changes',
      // A handful who came or left might be told by name.
      message:
        isShown(came, book.minimum) && isShown(left, book.minimum)
          ? 'changes.segment'
          : 'changes.segment_net',
      subject: count.segment,
      metric: 'customers',
      unit: 'share',
      estimate,
      low: estimate - reach,
      high: estimate + reach,
      n: Math.max(totals.now, totals.before),
      p,
      neededN: neededSample(Math.max(totals.now, totals.before), p),
      values: {
        ...{ before: count.before, now: count.now },
        ...(isShown(came, book.minimum) && isShown(left, book.minimum) ? { came, left } : {}),
        ...{ label_en: label.en, label_zh: label.zh },
      },
      query: sql`select share_now - share_before as estimate from segment_changes where segment = ${count.segment}`,
      weight: 55,
    })
  }
}

const isShown = (n: number, minimum: number) => n === 0 || n >= minimum

/** Segments whose rules mean what they meant; tiers by rank hold the same share whatever happens. */
function comparableSegments(
  { segments, workspace }: Catalogue,
  before: Readonly<Record<string, string>>,
): ReadonlyMap<string, Text> {
  const labels = new Map<string, Text>()
  for (const { key, logicHash, value } of segments)
    if (before[`segment:${key}`] === logicHash) labels.set(key, value.label)
  for (const [key, label] of Object.entries(standingLabels))
    if (workspace.tiers.by !== 'rank' || !key.startsWith('tier_')) labels.set(key, label)
  return labels
}

const standingLabels: Readonly<Record<string, Text>> = {
  tier_high: { en: 'High-value customers', zh: '高价值客户' },
  tier_medium: { en: 'Medium-value customers', zh: '中价值客户' },
  tier_low: { en: 'Low-value customers', zh: '低价值客户' },
  activity_active: { en: 'Active customers', zh: '活跃客户' },
  activity_silent: { en: 'Silent customers', zh: '沉睡客户' },
  activity_lost: { en: 'Lost customers', zh: '流失客户' },
}

/** Standing segments are told by a column of both runs, which are joined already; others by their members. */
async function countSegments(warehouse: Warehouse): Promise<readonly SegmentCount[]> {
  const counts: SegmentCount[] = []
  for (const column of standingColumns) counts.push(...(await countStanding(warehouse, column)))
  const ruled = await warehouse.rows<SegmentCount>(sql`
    select coalesce(n.segment, t.segment) as segment, count(n.customer_id) as now, count(t.customer_id) as before,
      count(*) filter (where n.customer_id is not null and t.customer_id is not null) as both,
      count(*) filter (where n.customer_id is not null and p.customer_id is null) as fresh,
      count(*) filter (where t.customer_id is not null and v.customer_id is null) as gone
    from rule_members as n full join previous_rule_members as t on t.segment = n.segment and t.customer_id = n.customer_id
      left join previous_customers as p on p.customer_id = n.customer_id
      left join customer_value as v on v.customer_id = t.customer_id
    group by 1`)
  return [...counts, ...ruled].sort((a, b) => (a.segment < b.segment ? -1 : 1))
}

async function countStanding(
  warehouse: Warehouse,
  column: (typeof standingColumns)[number],
): Promise<readonly SegmentCount[]> {
  const [now, before] = [ident(`standing_${column}_now`), ident(`standing_${column}_before`)]
  return await warehouse.rows<SegmentCount>(sql`
    with cells as ( -- one row per level then and now
      select ${now} as level_now, ${before} as level_before, is_now, is_before, count(*) as n from compared group by all
    ), levels as (select level_now as level from cells union select level_before from cells)
    select ${`${column}_`} || level as segment,
      cast(coalesce(sum(n) filter (where level_now = level), 0) as bigint) as now,
      cast(coalesce(sum(n) filter (where level_before = level), 0) as bigint) as before,
      cast(coalesce(sum(n) filter (where level_now = level and level_before = level), 0) as bigint) as both,
      cast(coalesce(sum(n) filter (where level_now = level and not is_before), 0) as bigint) as fresh,
      cast(coalesce(sum(n) filter (where level_before = level and not is_now), 0) as bigint) as gone
    from levels, cells where level is not null group by level`)
}

/** Sum over customers of the square of what each adds to the difference of both shares. */
function varianceOf(
  { now, before, both, fresh, gone }: SegmentCount,
  totals: { readonly now: number; readonly before: number; readonly both: number },
): number {
  const [here, then] = [1 / totals.now, 1 / totals.before]
  const [shareNow, shareBefore] = [now * here, before * then]
  const add = (count: number, inNow: number | null, inBefore: number | null) =>
    count *
    ((inNow === null ? 0 : here * (inNow - shareNow)) -
      (inBefore === null ? 0 : then * (inBefore - shareBefore))) **
      2
  const joined = now - both - fresh
  const parted = before - both - gone
  return (
    add(both, 1, 1) +
    add(joined, 1, 0) +
    add(parted, 0, 1) +
    add(totals.both - both - joined - parted, 0, 0) +
    add(fresh, 1, null) +
    add(totals.now - totals.both - fresh, 0, null) +
    add(gone, null, 1) +
    add(totals.before - totals.both - gone, null, 0)
  )
}

async function publish(warehouse: Warehouse, counts: readonly SegmentCount[]): Promise<void> {
  await warehouse.createFrom('segment_counts', [
    { name: 'segment', type: 'varchar', values: counts.map(({ segment }) => segment) },
    { name: 'customers_before', type: 'bigint', values: counts.map(({ before }) => before) },
    { name: 'customers_now', type: 'bigint', values: counts.map(({ now }) => now) },
  ])
  await warehouse.run(sql`
    create or replace table segment_changes as
    select segment, customers_before, customers_now,
      customers_before / cast(nullif((select count(*) from previous_customers), 0) as double) as share_before,
      customers_now / cast(nullif((select count(*) from customer_value), 0) as double) as share_now
    from segment_counts order by segment`)
  await warehouse.run(sql`drop table segment_counts`)
}
