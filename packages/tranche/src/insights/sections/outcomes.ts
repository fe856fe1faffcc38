import { sortedQuantile, wilsonInterval } from '@tranche/stats'
import { ident, sql } from '../../sql/sql.ts'
import type { Notebook } from '../draft.ts'
import { sortedValues, tablesOf } from '../frame.ts'
import { everybody, withFlag } from '../group.ts'
import { type Measure, measureOf, missingShare } from '../measures.ts'
import { type Breakdown, byBands, byKinds, saySpread } from '../spread.ts'
import { intervalOf, isDisclosable, summarise } from '../summaries.ts'

const section = 'outcomes'
const bandCount = 5

/** Outcomes that the data records (default, churn, subscription): how frequent, and what they go with. */
export function sayOutcomes(
  book: Notebook,
  attributes: readonly string[],
  moneyAttributes: readonly string[] = [],
): boolean {
  const outcomes = [...book.frame.numbers.keys()].filter((name) => name.startsWith('outcome_'))
  const before = book.findings.length
  for (const column of outcomes) {
    const measure = measureOf(book.frame, column)
    if (!measure || !sayBase(book, measure)) continue
    // An amount that came of an outcome does not explain it.
    for (const name of attributes.filter((attribute) => !book.frame.amounts.includes(attribute))) {
      const by = breakdownOf(book, name)
      if (by)
        saySpread(book, { section, measure, by, weight: measure.weight, key: `outcomes.${column}.${name}` })
    }
  }
  // One amount explains another only as a part does its whole.
  const money = new Set(moneyAttributes)
  for (const column of book.frame.amounts) {
    const measure = measureOf(book.frame, column)
    if (measure) sayMean(book, measure)
    // What holds an amount's name within its own was made from it, and explains nothing.
    for (const name of measure
      ? attributes.filter((other) => !other.includes(column) && !money.has(other))
      : []) {
      const by = breakdownOf(book, name)
      if (by && measure)
        saySpread(book, { section, measure, by, weight: measure.weight, key: `outcomes.${column}.${name}` })
    }
  }
  return book.findings.length > before
}

function sayBase(book: Notebook, measure: Measure): boolean {
  const { frame } = book
  const group = withFlag(frame, measure.column)
  const { n } = summarise(frame, measure, everybody(frame))
  if (group.n < book.minimum || n - group.n < book.minimum) return false
  const interval = wilsonInterval({ successes: group.n, n })
  book.say({
    key: `outcomes.${measure.column}.rate`,
    section,
    message: 'outcomes.rate',
    subject: measure.column,
    metric: measure.column,
    unit: 'share',
    estimate: group.n / n,
    low: interval.low,
    high: interval.high,
    n,
    missingShare: missingShare(frame, measure.column),
    values: { people: group.n },
    query: sql`select avg(cast(${ident(measure.column)} as double)) as estimate from ${tablesOf(frame, [measure.column])}`,
    weight: 65,
  })
  return true
}

function sayMean(book: Notebook, measure: Measure): void {
  const { frame } = book
  const everyone = summarise(frame, measure, everybody(frame))
  if (!isDisclosable(measure, everyone, book.minimum)) return
  const interval = intervalOf(measure, everyone)
  book.say({
    key: `outcomes.${measure.column}.mean`,
    section,
    message: 'outcomes.mean',
    subject: measure.column,
    metric: measure.column,
    unit: measure.unit,
    estimate: everyone.mean,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    n: everyone.n,
    missingShare: missingShare(frame, measure.column),
    query: sql`select avg(cast(${ident(measure.column)} as double)) as estimate from ${tablesOf(frame, [measure.column])}`,
    weight: 64,
  })
}

/** Texts by level, flags and small codes as they are, numbers of many values in fifths. */
function breakdownOf(book: Notebook, name: string): Breakdown | undefined {
  const { frame } = book
  const few = byKinds(book, name)
  const column = frame.numbers.get(name)
  if (few !== undefined || column === undefined || column.known < 5 * book.minimum) return few
  const sorted = sortedValues(column)
  const cuts = new Set(
    Array.from({ length: bandCount - 1 }, (_, i) => sortedQuantile(sorted, (i + 1) / bandCount, 1)),
  )
  const bounds = [...cuts].filter((bound) => bound > sorted[0]!)
  return bounds.length === 0 ? undefined : byBands(book, name, bounds)
}
