import { newcombeInterval, twoProportionZTest } from '@tranche/stats'
import { ident, sql } from '../../sql/sql.ts'
import { compareAdjusted } from '../adjusted.ts'
import { neededSample } from '../compare.ts'
import type { Notebook } from '../draft.ts'
import { tablesOf } from '../frame.ts'
import { both, type Group, withFlag, withLevel, withoutFlag } from '../group.ts'
import { type Measure, missingShare, numbersOf } from '../measures.ts'

const section = 'products'
/** Whose needs are looked at: tiers where there are any. */
const segments = ['tier', 'risk_appetite', 'gender'] as const
const mostKinds = 5

/** What comparable customers hold that these don't, and which products are held together. */
export function sayHoldings(book: Notebook): boolean {
  const { frame } = book
  const held = [...frame.numbers.values()]
    .filter(({ name }) => name.startsWith('holds_'))
    .map(({ name, values, valid }) => ({
      measure: { column: name, kind: 'rate', unit: 'share', weight: 46 } satisfies Measure,
      holders: values.reduce((sum, value, row) => sum + (valid[row] === 1 ? value : 0), 0),
    }))
    .sort((a, b) => b.holders - a.holders || (a.measure.column < b.measure.column ? -1 : 1))
    .slice(0, mostKinds)
  const before = book.findings.length
  for (const { measure } of held) sayUnmet(book, measure)
  sayTogether(
    book,
    held.map(({ measure }) => measure),
  )
  return book.findings.length > before
}

/** By segment, how much more often customers alike in all that can be held fixed hold the product. */
function sayUnmet(book: Notebook, measure: Measure): void {
  const { frame } = book
  const attribute = segments.find((name) => (frame.levels.get(name)?.levels.length ?? 0) >= 2)
  if (attribute === undefined) return
  const { levels } = frame.levels.get(attribute)!
  for (const level of levels.slice(0, mostKinds)) {
    const group = withLevel(frame, attribute, [level])
    const rest = withLevel(
      frame,
      attribute,
      levels.filter((other) => other !== level),
    )
    const holding = countOf(book, measure, group)
    if (holding.yes < book.minimum || holding.no < book.minimum) continue
    const adjusted = compareAdjusted(frame, book.factors(), measure, group, rest)
    if (adjusted === undefined || adjusted.estimate >= 0) continue
    const without = both(group, withoutFlag(frame, measure.column))
    book.say({
      section,
      key: `products.unmet.${attribute}.${level}.${measure.column}`,
      message: 'products.unmet',
      subject: level,
      metric: measure.column,
      unit: 'share',
      estimate: adjusted.estimate,
      low: adjusted.low,
      high: adjusted.high,
      n: adjusted.n,
      missingShare: missingShare(frame, measure.column, attribute),
      p: adjusted.p,
      effectSize: adjusted.effectSize,
      neededN: neededSample(adjusted.n, adjusted.p),
      values: {
        attribute,
        a: level,
        held: adjusted.columns.join(' '),
        share: holding.yes / (holding.yes + holding.no),
        people: Math.round(-adjusted.estimate * (holding.yes + holding.no)),
      },
      query: adjusted.query,
      group: without,
      weight: measure.weight,
    })
  }
}

function countOf({ frame }: Notebook, measure: Measure, group: Group) {
  const { values, valid } = numbersOf(frame, measure)
  let [yes, no] = [0, 0]
  for (let row = 0; row < values.length; row++)
    if (group.mask[row] === 1 && valid[row] === 1) {
      if (values[row] === 1) yes++
      else no++
    }
  return { yes, no }
}

/** Of the holders of one product, how many hold another, against those without the first. One test a pair. */
function sayTogether(book: Notebook, measures: readonly Measure[]): void {
  const { frame } = book
  measures.forEach((first, i) => {
    const [holders, others] = [withFlag(frame, first.column), withoutFlag(frame, first.column)]
    for (const second of measures.slice(i + 1)) {
      const having = countOf(book, second, holders)
      const lacking = countOf(book, second, others)
      if ([having.yes, having.no, lacking.yes, lacking.no].some((n) => n < book.minimum)) continue
      const own = { successes: having.yes, n: having.yes + having.no }
      const rest = { successes: lacking.yes, n: lacking.yes + lacking.no }
      const test = twoProportionZTest(own, rest)
      const interval = newcombeInterval(own, rest)
      const rate = own.successes / own.n
      const base = rest.successes / rest.n
      const share = sql`avg(cast(${ident(second.column)} as double))`
      book.say({
        section,
        key: `products.together.${first.column}.${second.column}`,
        message: 'products.together',
        subject: first.column,
        metric: second.column,
        unit: 'share',
        estimate: test.estimate,
        low: interval.low,
        high: interval.high,
        n: own.n + rest.n,
        missingShare: missingShare(frame, first.column, second.column),
        p: test.pValue,
        effectSize: rate / base - 1,
        neededN: neededSample(own.n + rest.n, test.pValue),
        values: { attribute: 'holding', a: first.column, b: second.column, rate, base, lift: rate / base },
        query: sql`select ${share} filter (where ${ident(first.column)}) - ${share} filter (where not ${ident(first.column)}) as estimate
from ${tablesOf(frame, [first.column, second.column])}`,
        weight: 38,
      })
    }
  })
}
