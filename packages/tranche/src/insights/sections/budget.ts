import { chiSquareSurvival, normalQuantile, tQuantile, wilsonInterval } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import { timestampOf } from '../../sql/time-zone.ts'
import { neededForSpread } from '../compare.ts'
import type { Draft, Notebook } from '../draft.ts'
import { withLevel } from '../group.ts'

const section = 'cohorts'
/** Customers are called kept once they are older than this: nobody is lost sooner. */
const keptAfterDays = 90
const fewestMonths = 6
const table = 'acquisition_costs'

interface Month {
  readonly level: string
  readonly spend: number
  readonly customers: number
  readonly kept: number
  readonly value: number
  readonly recent: boolean
  readonly [name: string]: string | number | boolean
}

interface Level {
  readonly level: string
  readonly spend: number
  readonly spend365d: number
  readonly customers: number
  readonly kept: number
  readonly share: number
  readonly cost: number
  readonly low: number
  readonly high: number
  /** Of the logarithm of the cost per customer kept: spending is known, who stays is chance. */
  readonly variance: number
  readonly months: readonly Month[]
}

/**
 * How far the dearest and the cheapest channel and creative are apart by what a customer who stayed cost, and what a
 * further unit of money came with, month by month. Nothing without costs by channel or creative.
 */
export async function sayBudget(
  book: Notebook,
  warehouse: Warehouse,
  { asOf }: { readonly asOf: string },
): Promise<void> {
  const attributes = (['channel', 'creative'] as const).filter((name) => book.frame.levels.has(name))
  const columns = ['tenure_days', 'activity', 'value_12m']
  const has = (name: string) => book.frame.numbers.has(name) || book.frame.levels.has(name)
  if (attributes.length === 0 || !columns.every(has)) return
  await createTable(warehouse, attributes, asOf)
  for (const attribute of attributes) {
    const levels = await readLevels(book, warehouse, attribute)
    if (levels.length < 2) continue
    const [best] = levels
    const worst = levels.at(-1)!
    book.say(shiftDraft(book, attribute, levels))
    for (const level of levels) {
      const found = marginalDraft(attribute, level, level === best || level === worst ? 14 : 1)
      if (found !== undefined) book.say(found)
    }
  }
}

/** One row per attribute, level and month in which both spending and whether customers stayed are known. */
async function createTable(
  warehouse: Warehouse,
  attributes: readonly ('channel' | 'creative')[],
  asOf: string,
): Promise<void> {
  const at = timestampOf(Date.parse(asOf))
  await warehouse.run(sql`
    create or replace table ${ident(table)} (attribute varchar, level varchar, month date, spend decimal(38,4),
      customers bigint, kept bigint, value_12m decimal(38,2), recent boolean)`)
  for (const attribute of attributes)
    await warehouse.run(sql`
      insert into ${ident(table)}
      with spent as ( -- one row per level and month
        select ${ident(attribute)} as level, cast(date_trunc('month', on_date) as date) as month, sum(amount) as spend
        from standard.costs
        where ${ident(attribute)} is not null and treatment is null and (known_at is null or known_at < ${at})
        group by 1, 2
      ), come as ( -- one row per level and month
        select ${ident(attribute)} as level,
          cast(date_trunc('month', cast(${at} as date) - cast(tenure_days as integer)) as date) as month,
          count(*) as customers, count(*) filter (where activity = 'active') as kept, sum(value_12m) as value_12m
        from customer_value where ${ident(attribute)} is not null and tenure_days is not null group by 1, 2
      )
      select ${attribute}, spent.level, spent.month, spend, coalesce(customers, 0), coalesce(kept, 0), coalesce(value_12m, 0),
        spent.month >= cast(${at} as date) - cast(365 as integer)
      from spent left join come on come.level = spent.level and come.month = spent.month
      where spent.month < date_trunc('month', cast(${at} as date) - cast(${keptAfterDays} as integer)) order by 2, 3`)
}

/** Levels with enough customers who stayed and who went, the cheapest per customer kept first. */
async function readLevels(
  { minimum }: Notebook,
  warehouse: Warehouse,
  attribute: string,
): Promise<readonly Level[]> {
  const rows = await warehouse.rows<Month>(sql`
    select level, cast(spend as double) as spend, customers, kept, cast(value_12m as double) as value, recent
    from ${ident(table)} where attribute = ${attribute} order by level, month`)
  const byLevel = Map.groupBy(rows, ({ level }) => level)
  return [...byLevel]
    .flatMap(([level, months]) => levelOf(level, months, minimum) ?? [])
    .sort((a, b) => a.cost - b.cost || (a.level < b.level ? -1 : 1))
}

function levelOf(level: string, months: readonly Month[], minimum: number): Level | undefined {
  const sum = (of: (month: Month) => number) => months.reduce((total, month) => total + of(month), 0)
  const spend = sum((month) => month.spend)
  const customers = sum((month) => month.customers)
  const kept = sum((month) => month.kept)
  if (!(spend > 0) || kept < minimum || customers - kept < minimum) return undefined
  const share = kept / customers
  const reach = wilsonInterval({ successes: kept, n: customers })
  return {
    level,
    spend,
    spend365d: sum((month) => (month.recent ? month.spend : 0)),
    customers,
    kept,
    share,
    cost: spend / kept,
    low: spend / customers / reach.high,
    high: spend / customers / reach.low,
    variance: (1 - share) / kept,
    months,
  }
}

/**
 * Dearest against cheapest; whether costs differ at all is asked of all levels at once, since the two are chosen by what
 * is seen (Cochran's Q, 1954, Biometrics 10, 101–129, https://doi.org/10.2307/3001666).
 */
function shiftDraft(book: Notebook, attribute: string, levels: readonly Level[]): Draft {
  const [best] = levels as [Level]
  const worst = levels.at(-1)!
  const weights = levels.map(({ variance }) => 1 / variance)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const mean = levels.reduce((sum, { cost }, at) => sum + weights[at]! * Math.log(cost), 0) / total
  const q = levels.reduce((sum, { cost }, at) => sum + weights[at]! * (Math.log(cost) - mean) ** 2, 0)
  const df = levels.length - 1
  const n = levels.reduce((sum, { customers }) => sum + customers, 0)
  const ratio = worst.cost / best.cost
  const reach = normalQuantile(0.975) * Math.sqrt(best.variance + worst.variance)
  const side = (name: string, level: Level) => ({
    [name]: level.level,
    [`${name}_cost`]: level.cost,
    [`${name}_cost_low`]: level.low,
    [`${name}_cost_high`]: level.high,
    [`${name}_kept`]: level.share,
    [`${name}_spend_365d`]: level.spend365d,
  })
  const cost = (level: string) =>
    sql`(select sum(cast(spend as double)) / sum(kept) from ${ident(table)} where ${rowsOf(attribute, level)})`
  return {
    key: `cohorts.budget.${attribute}.shift`,
    section,
    message: 'budget.shift',
    subject: attribute,
    metric: 'cost_per_kept',
    unit: 'number',
    estimate: ratio,
    low: ratio * Math.exp(-reach),
    high: ratio * Math.exp(reach),
    n,
    p: chiSquareSurvival(q, df),
    effectSize: Math.sqrt(q / n),
    neededN: neededForSpread(n, q, df),
    values: { attribute, levels: levels.length, ...side('best', best), ...side('worst', worst) },
    query: sql`select ${cost(worst.level)} / ${cost(best.level)} as estimate`,
    group: withLevel(book.frame, attribute, [best.level]),
    // What each costs is told beside; this is what a shift of budget rests on.
    weight: 9,
  }
}

/** What a further unit of money came with: the slope of value on spending over months, with Student's interval. */
function marginalDraft(attribute: string, level: Level, weight: number): Draft | undefined {
  const { months } = level
  const n = months.length
  if (n < fewestMonths) return undefined
  const mean = (of: (month: Month) => number) => months.reduce((sum, month) => sum + of(month), 0) / n
  const [x, y] = [mean(({ spend }) => spend), mean(({ value }) => value)]
  const sxx = months.reduce((sum, { spend }) => sum + (spend - x) ** 2, 0)
  if (!(sxx > 1e-9 * x * x)) return undefined
  const slope = months.reduce((sum, { spend, value }) => sum + (spend - x) * (value - y), 0) / sxx
  const rest = months.reduce((sum, { spend, value }) => sum + (value - y - slope * (spend - x)) ** 2, 0)
  const reach = tQuantile(0.975, n - 2) * Math.sqrt(rest / (n - 2) / sxx)
  return {
    key: `cohorts.budget.${attribute}.marginal.${level.level}`,
    section,
    message: 'budget.marginal',
    subject: attribute,
    metric: 'marginal_return',
    unit: 'number',
    estimate: slope,
    low: slope - reach,
    high: slope + reach,
    n: level.customers,
    values: { attribute, a: level.level, months: n, average: y / x },
    query: sql`select regr_slope(cast(value_12m as double), cast(spend as double)) as estimate from ${ident(table)} where ${rowsOf(attribute, level.level)}`,
    weight,
  }
}

function rowsOf(attribute: string, level: string): Sql {
  return sql`attribute = ${attribute} and level = ${level}`
}
