import { chiSquareIndependence, wilsonInterval } from '@tranche/stats'
import { ident, join, sql, whole } from '../../sql/sql.ts'
import { cramersVQuery } from '../association.ts'
import { neededForSpread } from '../compare.ts'
import type { Notebook } from '../draft.ts'
import { tablesOf } from '../frame.ts'
import { withCode } from '../group.ts'
import { levelCounts, shownLevels } from '../levels.ts'
import { missingShare } from '../measures.ts'
import { type Breakdown, byBands, byKinds } from '../spread.ts'

const section = 'makeup'
const mostAttributes = 6
const ages = [25, 35, 45, 55]

/**
 * Who the customers are: how many stand in each level of an attribute, and which attributes go together. It is what can
 * be said where nothing is known that customers could be compared by.
 */
export function sayMakeup(book: Notebook, attributes: readonly string[]): boolean {
  const found = attributes.flatMap((name) => {
    const by = name === 'age_years' ? byBands(book, name, ages) : byKinds(book, name)
    return by === undefined ? [] : [by]
  })
  const told = found.slice(0, mostAttributes).filter((by, place) => sayLevels(book, by, 70 - place))
  told.forEach((first, place) => {
    for (const second of told.slice(place + 1)) sayAssociation(book, first, second)
  })
  return told.length > 0
}

function sayLevels(book: Notebook, by: Breakdown, weight: number): boolean {
  const { counts, n } = levelCounts(by)
  const shown = shownLevels(book, counts)
  const byCount = counts.map((_, code) => code).sort((a, b) => counts[b]! - counts[a]! || a - b)
  const [most, next] = byCount.filter((code) => shown[code] && counts[code]! > 0)
  if (most === undefined || next === undefined) return false
  const interval = (code: number) => wilsonInterval({ successes: counts[code]!, n })
  const key = `makeup.${by.attribute}`
  book.say({
    key,
    section,
    message: 'makeup.levels',
    subject: by.attribute,
    metric: 'customers',
    unit: 'share',
    estimate: counts[most]! / n,
    low: interval(most).low,
    high: interval(most).high,
    n,
    missingShare: missingShare(book.frame, ...by.columns),
    values: {
      attribute: by.attribute,
      a: by.levels[most]!,
      b: by.levels[next]!,
      b_share: counts[next]! / n,
      people: counts[most]!,
    },
    query: sql`select avg(case when ${by.condition(most)} then 1.0 else 0.0 end) as estimate
from ${tablesOf(book.frame, by.columns)} where ${ident(by.attribute)} is not null`,
    group: withCode(by, most),
    weight,
  })
  book.draw(
    {
      figure: key,
      section,
      kind: 'dots',
      finding: key,
      metric: 'customers',
      attribute: by.attribute,
      unit: 'share',
      n,
    },
    (by.ordered ? counts.map((_, code) => code) : byCount).map((code) => ({
      series: 'level',
      label: by.levels[code]!,
      x: null,
      y: counts[code]! / n,
      low: interval(code).low,
      high: interval(code).high,
      n: counts[code]!,
      suppressed: !shown[code],
    })),
  )
  return true
}

/** Whether two attributes go together (Pearson's chi-square over all levels that anybody stands in). */
function sayAssociation(book: Notebook, first: Breakdown, second: Breakdown): void {
  const { frame } = book
  const table = first.levels.map(() => new Array<number>(second.levels.length).fill(0))
  let n = 0
  for (let row = 0; row < frame.rowCount; row++) {
    const [x, y] = [first.codes[row]!, second.codes[row]!]
    if (x < 0 || y < 0) continue
    table[x]![y]!++
    n++
  }
  const rows = table.filter((counts) => counts.some((count) => count > 0))
  const columns = second.levels.map((_, y) => y).filter((y) => rows.some((counts) => counts[y]! > 0))
  const least = Math.min(rows.length, columns.length) - 1
  if (least < 1 || n < book.minimum) return
  const test = chiSquareIndependence(rows.map((counts) => columns.map((y) => counts[y]!)))
  const level = (by: Breakdown) =>
    sql`case ${join(
      by.levels.map((_, code) => sql`when ${by.condition(code)} then ${whole(code)}`),
      ' ',
    )} end`
  book.say({
    key: `makeup.${first.attribute}.${second.attribute}`,
    section,
    message: 'makeup.association',
    subject: first.attribute,
    metric: 'customers',
    unit: 'number',
    estimate: test.cramersV,
    n,
    missingShare: missingShare(frame, ...first.columns, ...second.columns),
    p: test.pValue,
    effectSize: test.cramersV,
    neededN: neededForSpread(n, test.statistic, test.degreesOfFreedom),
    values: { attribute: first.attribute, other: second.attribute },
    query: cramersVQuery(
      { x: level(first), y: level(second), from: tablesOf(frame, [...first.columns, ...second.columns]) },
      least,
    ),
    weight: 40 + 25 * test.cramersV,
  })
}
