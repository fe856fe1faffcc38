import type { Section } from '@tranche/contract'
import { normalQuantile, normalSurvival, wilsonInterval } from '@tranche/stats'
import { suppressSmallCells } from '../privacy/disclosure.ts'
import { ident, type Sql, sql } from '../sql/sql.ts'
import { neededSample } from './compare.ts'
import type { Notebook } from './draft.ts'
import { tablesOf } from './frame.ts'
import type { Group } from './group.ts'
import { type Measure, missingShare, numbersOf } from './measures.ts'
import type { Breakdown } from './spread.ts'
import { intervalOf, isDisclosable, summariseByCode } from './summaries.ts'

interface LevelOptions {
  readonly section: Section
  /** Start of the findings' keys; the level's name follows. */
  readonly prefix: string
  readonly by: Breakdown
  /** What a level is called in keys; its own name unless said. */
  readonly nameOf?: (level: string, code: number) => string
}

/** Publishes a measure for every level of a breakdown that may be shown, each with its interval. */
export function publishLevels(
  book: Notebook,
  { section, prefix, by, nameOf = keyPart, measure }: LevelOptions & { readonly measure: Measure },
): void {
  const summaries = summariseByCode(book.frame, measure, by.codes, by.levels.length)
  const shown = shownLevels(
    book,
    summaries.map(({ n }) => n),
  )
  summaries.forEach((summary, code) => {
    if (!shown[code] || !isDisclosable(measure, summary, book.minimum)) return
    const interval = intervalOf(measure, summary)
    book.say({
      key: `${prefix}.${nameOf(by.levels[code]!, code)}`,
      section,
      message: `level.${measure.kind}`,
      subject: by.attribute,
      metric: measure.column,
      unit: measure.unit,
      estimate: summary.mean,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      n: summary.n,
      missingShare: missingShare(book.frame, measure.column, ...by.columns),
      values: { attribute: by.attribute, a: by.levels[code]! },
      query: sql`select avg(cast(${ident(measure.column)} as double)) as estimate
from ${tablesOf(book.frame, [measure.column, ...by.columns])} where ${by.condition(code)}`,
      weight: 1,
    })
  })
}

/** Publishes the share of customers in every level of a breakdown, of those for whom it is known. */
export function publishShares(book: Notebook, { section, prefix, by, nameOf = keyPart }: LevelOptions): void {
  const { counts, n: known } = levelCounts(by)
  const shown = shownLevels(book, counts)
  counts.forEach((n, code) => {
    if (!shown[code] || n === 0 || known - n < book.minimum) return
    const interval = wilsonInterval({ successes: n, n: known })
    book.say({
      key: `${prefix}.${nameOf(by.levels[code]!, code)}`,
      section,
      message: 'level.share',
      subject: by.attribute,
      metric: 'customers',
      unit: 'share',
      estimate: n / known,
      low: interval.low,
      high: interval.high,
      n: known,
      missingShare: missingShare(book.frame, ...by.columns),
      values: { attribute: by.attribute, a: by.levels[code]!, people: n },
      query: sql`select avg(case when ${by.condition(code)} then 1.0 else 0.0 end) as estimate
from ${tablesOf(book.frame, by.columns)} where ${isKnown(by)}`,
      weight: 1,
    })
  })
}

export interface RatioOptions {
  readonly section: Section
  readonly key: string
  readonly message: string
  readonly attribute: string
  readonly weight: number
  /** A sum over a group, or a sum over another sum (amount per purchase). */
  readonly numerator: Measure
  readonly denominator?: string
  readonly metric: string
  /** Whether the ratio is held against one, on the logarithmic scale. */
  readonly tested?: boolean
  readonly sides: readonly [
    { readonly level: string; readonly group: Group },
    { readonly level: string; readonly group: Group },
  ]
}

/**
 * Publishes how many times a mean (or a sum per another sum) of the first group is that of the second. The logarithm
 * of each side has the variance Σ(y/Σy − x/Σx)², customers being independent (delta method).
 */
export function publishRatio(book: Notebook, options: RatioOptions): void {
  const { numerator, denominator, sides } = options
  const parts = sides.map(({ group }) => ratioParts(book, numerator, denominator, group))
  const [a, b] = parts as [ReturnType<typeof ratioParts>, ReturnType<typeof ratioParts>]
  if (Math.min(a.n, b.n) < Math.max(book.minimum, 2) || !(a.value > 0 && b.value > 0)) return
  const estimate = a.value / b.value
  const error = Math.sqrt(a.variance + b.variance)
  if (!(error > 0)) return
  const reach = normalQuantile(0.975) * error
  const p = 2 * normalSurvival(Math.abs(Math.log(estimate)) / error)
  const value = (group: Group): Sql => {
    const where = group.condition
      ? sql` filter (where ${group.condition} and ${ident(numerator.column)} is not null)`
      : sql``
    const top = sql`sum(cast(${ident(numerator.column)} as double))${where}`
    return denominator
      ? sql`${top} / sum(cast(${ident(denominator)} as double))${where}`
      : sql`${top} / count(${ident(numerator.column)})${where}`
  }
  const columns = [numerator.column, ...(denominator ? [denominator] : []), ...sides[0].group.columns]
  book.say({
    key: options.key,
    section: options.section,
    message: options.message,
    subject: options.attribute,
    metric: options.metric,
    unit: 'number',
    estimate,
    low: estimate * Math.exp(-reach),
    high: estimate * Math.exp(reach),
    n: a.n + b.n,
    missingShare: missingShare(book.frame, numerator.column, options.attribute),
    ...(options.tested ? { p, effectSize: Math.log(estimate), neededN: neededSample(a.n + b.n, p) } : {}),
    values: {
      attribute: options.attribute,
      a: sides[0].level,
      b: sides[1].level,
      a_value: a.value,
      b_value: b.value,
    },
    query: sql`select (${value(sides[0].group)}) / (${value(sides[1].group)}) as estimate from ${tablesOf(book.frame, columns)}`,
    weight: options.weight,
  })
}

function ratioParts({ frame }: Notebook, numerator: Measure, denominator: string | undefined, group: Group) {
  const top = numbersOf(frame, numerator)
  const bottom = denominator ? frame.numbers.get(denominator) : undefined
  let n = 0
  let y = 0
  let x = 0
  const weightOf = (row: number) => (bottom ? (bottom.valid[row] === 1 ? bottom.values[row]! : 0) : 1)
  for (let row = 0; row < top.values.length; row++) {
    if (group.mask[row] === 0 || top.valid[row] === 0) continue
    n++
    y += top.values[row]!
    x += weightOf(row)
  }
  let variance = 0
  for (let row = 0; row < top.values.length; row++) {
    if (group.mask[row] === 0 || top.valid[row] === 0) continue
    variance += (top.values[row]! / y - weightOf(row) / x) ** 2
  }
  return { n, value: x > 0 ? y / x : 0, variance }
}

/** How many stand in each level of a breakdown, and in any. */
export function levelCounts({ codes, levels }: Breakdown): {
  readonly counts: readonly number[]
  readonly n: number
} {
  const counts = new Array<number>(levels.length).fill(0)
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) counts[codes[row]!]!++
  return { counts, n: counts.reduce((sum, count) => sum + count, 0) }
}

/** Which levels may be shown: of enough people, and not such that a hidden one is had by subtraction. */
export function shownLevels({ minimum }: Notebook, counts: readonly number[]): readonly boolean[] {
  return suppressSmallCells(
    counts.map((n) => ({ n })),
    { minimum, totalKnown: true },
  ).map(({ shown }) => shown)
}

const isKnown = (by: Breakdown): Sql => sql`${ident(by.columns[0]!)} is not null`

/** A level as part of a key: short, without blanks and dots. */
export function keyPart(level: string): string {
  return level
    .trim()
    .replace(/[\s.]+/g, '_')
    .slice(0, 60)
}
