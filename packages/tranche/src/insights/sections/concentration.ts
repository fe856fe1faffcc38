import { giniCoefficient, lorenzCurve, normalQuantile, sortedQuantile, topShare } from '@tranche/stats'
import { ident, type Sql, sql } from '../../sql/sql.ts'
import type { Notebook } from '../draft.ts'
import { sortedValues, tablesOf } from '../frame.ts'
import { withNumber } from '../group.ts'
import { missingShare, moneyMeasure } from '../measures.ts'

const section = 'tiers'
const profit = 'margin_365d'
const z = normalQuantile(0.975)

/** How few bring how much: revenue (or spending) by the Lorenz curve and its Gini coefficient, and profit with those who cost more than they bring. */
export function sayConcentration(book: Notebook): void {
  sayTopDecile(book)
  sayProfit(book)
}

/** Concentration of revenue (or spending) among those who have any. */
function sayTopDecile(book: Notebook): void {
  const { frame } = book
  const money = moneyMeasure(frame)
  if (!money) return
  const column = frame.numbers.get(money.column)!
  // In order already, so that the curve and both shares have nothing left to sort.
  const sorted = sortedValues(column)
  const negative = sorted.findIndex((amount) => amount >= 0)
  const values = negative < 0 ? sorted.subarray(sorted.length) : sorted.subarray(negative)
  // Where all spend the same nothing is concentrated.
  if (values[0] === values.at(-1)) return
  if (values.length < 10 * book.minimum || values.length < column.known * 0.95 || !(values.at(-1)! > 0))
    return
  const curve = lorenzCurve(values)
  const share = topShare(values, 0.1)
  book.say({
    key: `tiers.${money.column}.top_decile`,
    section,
    message: 'tiers.top_decile',
    subject: 'top_decile',
    metric: money.column,
    unit: 'share',
    estimate: share,
    ...topShareInterval(values, share),
    n: values.length,
    missingShare: missingShare(frame, money.column),
    values: { bottom_half: 1 - topShare(values, 0.5) },
    query: topShareQuery(money.column, tablesOf(frame, [money.column])),
    weight: 66,
  })
  sayGini(book, money.column, values)
  const steps = Array.from({ length: 21 }, (_, i) => i / 20)
  book.draw(
    {
      figure: 'tiers.lorenz',
      section,
      kind: 'lorenz',
      finding: `tiers.${money.column}.top_decile`,
      metric: money.column,
      attribute: 'customers',
      unit: 'share',
      n: values.length,
    },
    steps.map((share) => ({
      series: 'lorenz',
      label: null,
      x: share,
      y: valueAt(curve, share),
      low: null,
      high: null,
      n: null,
    })),
  )
}

function valueAt(curve: ReturnType<typeof lorenzCurve>, share: number): number {
  const { populationShare: population, valueShare: value } = curve
  let i = 0
  while (i < population.length - 1 && population[i]! < share) i++
  if (i === 0) return value[0]!
  const span = population[i]! - population[i - 1]!
  const part = span === 0 ? 0 : (share - population[i - 1]!) / span
  return value[i - 1]! + part * (value[i]! - value[i - 1]!)
}

/** The top tenth, the customer on the edge counted in part. */
function topShareQuery(column: string, tables: Sql): Sql {
  return sql`with ranked as (
  select cast(${ident(column)} as double) as amount, row_number() over (order by ${ident(column)} desc nulls last) as place, count(*) over () as customers
  from ${tables} where ${ident(column)} >= 0
)
select sum(amount * greatest(0, least(1, 0.1 * customers - place + 1))) / sum(amount) as estimate from ranked`
}

/** Source of the interval: Davidson (2009), "Reliable inference for the Gini index", Journal of Econometrics 150, eq. 22. */
function sayGini(book: Notebook, column: string, sorted: Float64Array): void {
  const n = sorted.length
  const gini = giniCoefficient(sorted)
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n
  let below = 0
  let total = 0
  let squares = 0
  for (let i = 0; i < n; i++) {
    const value = sorted[i]!
    below += value
    const influence = -(gini + 1) * value + ((2 * i + 1) / n) * value - (2 / n) * below
    total += influence
    squares += influence * influence
  }
  const reach = (z * Math.sqrt(Math.max(0, squares - (total * total) / n))) / (n * mean)
  const amount = sql`cast(${ident(column)} as double)`
  book.say({
    key: `tiers.${column}.gini`,
    section,
    message: 'tiers.gini',
    subject: 'customers',
    metric: column,
    unit: 'number',
    estimate: gini,
    low: Math.max(0, gini - reach),
    high: Math.min(1, gini + reach),
    n,
    missingShare: missingShare(book.frame, column),
    query: sql`with ranked as (
  select ${amount} as amount, row_number() over (order by ${amount}) as place, count(*) over () as customers
  from ${tablesOf(book.frame, [column])} where ${amount} >= 0
)
select 2 * sum(place * amount) / (max(customers) * sum(amount)) - (max(customers) + 1.0) / max(customers) as estimate from ranked`,
    weight: 22,
  })
}

/** Profit may be a loss: the top tenth's share of all that is left, and who costs more than he brings. */
function sayProfit(book: Notebook): void {
  const { frame } = book
  const column = frame.numbers.get(profit)
  if (!column || column.known < 10 * book.minimum) return
  const values = sortedValues(column)
  const total = values.reduce((sum, value) => sum + value, 0)
  if (!(total > 0)) return
  const share = topShare(
    values.map((value) => Math.max(0, value)),
    0.1,
  )
  const gained = values.reduce((sum, value) => sum + Math.max(0, value), 0)
  const top = (share * gained) / total
  const losing = withNumber(frame, profit, '<', 0)
  if (losing.n < book.minimum || column.known - losing.n < book.minimum) return
  book.say({
    key: `tiers.${profit}.top_decile`,
    section,
    message: 'tiers.profit',
    subject: 'top_decile',
    metric: profit,
    unit: 'share',
    estimate: top,
    ...topShareInterval(values, top),
    n: values.length,
    missingShare: missingShare(frame, profit),
    values: {
      people: losing.n,
      people_share: losing.n / values.length,
      lost: gained - total,
      profit: total,
    },
    query: sql`with ranked as (
  select cast(${ident(profit)} as double) as amount, row_number() over (order by ${ident(profit)} desc nulls last) as place, count(*) over () as customers
  from ${tablesOf(frame, [profit])} where ${ident(profit)} is not null
)
select sum(amount * greatest(0, least(1, 0.1 * customers - place + 1))) / sum(amount) as estimate from ranked`,
    group: losing,
    weight: 67,
  })
}

/** The top share's error counts that the cut moves too. Source: Beach & Davidson (1983), Review of Economic Studies 50. */
function topShareInterval(values: Float64Array, share: number) {
  const cut = sortedQuantile(values, 0.9, 1)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let squares = 0
  for (const value of values) {
    const influence = (value > cut ? value - cut : 0) + 0.1 * cut - share * value
    squares += influence * influence
  }
  const reach = (z * Math.sqrt(squares)) / (values.length * mean)
  return { low: Math.max(0, share - reach), high: share + reach }
}
