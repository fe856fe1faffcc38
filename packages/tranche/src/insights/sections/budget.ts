import { chiSquareSurvival, normalQuantile, tQuantile, wilsonInterval } from '@tranche/stats'
import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import { createAcquisitionCosts, acquisitionCosts as table } from '../acquisition-costs.ts'
import { neededForSpread } from '../compare.ts'
import type { Draft, Notebook } from '../draft.ts'
import { withLevel } from '../group.ts'

const section = 'cohorts'
const fewestMonths = 6

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
  options: { readonly asOf: string; readonly timeZone: string },
): Promise<void> {
  const attributes = (['channel', 'creative'] as const).filter((name) => book.frame.levels.has(name))
  const columns = ['tenure_days', 'activity', 'value_12m']
  const has = (name: string) => book.frame.numbers.has(name) || book.frame.levels.has(name)
  if (attributes.length === 0 || !columns.every(has)) return
  await createAcquisitionCosts(warehouse, attributes, options)
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
  const isClear = Math.abs(slope) > reach
  return {
    key: `cohorts.budget.${attribute}.marginal.${level.level}`,
    section,
    message: isClear ? 'budget.marginal' : 'budget.marginal.unclear',
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
