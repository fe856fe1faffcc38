import type { FigureKind, Section } from '@tranche/contract'
import { suppressSmallCells } from '../privacy/disclosure.ts'
import { ident, type Sql, sql, typed } from '../sql/sql.ts'
import { bandCodes, bandCondition, bandLabel, bandOf, bandRule, isWhole } from './bands.ts'
import { testSpread } from './compare.ts'
import type { Notebook } from './draft.ts'
import { tablesOf } from './frame.ts'
import { levelRule, ruleNumber, withCode } from './group.ts'
import { type Measure, missingShare } from './measures.ts'
import { type GroupSummary, intervalOf, isDisclosable, summariseByCode } from './summaries.ts'

/** A way of telling customers apart: a code per customer, and what each code is called and how SQL says it. */
export interface Breakdown {
  /** Name of the attribute, by which its label is found. */
  readonly attribute: string
  readonly columns: readonly string[]
  readonly codes: ArrayLike<number>
  readonly levels: readonly string[]
  /** SQL condition for a level. */
  readonly condition: (code: number) => Sql
  /** The same in the rule language. */
  readonly rule: (code: number) => string
  /** Levels have an order of their own; else they are drawn by value. */
  readonly ordered?: boolean
}

export interface SpreadOptions {
  readonly section: Section
  readonly measure: Measure
  readonly by: Breakdown
  readonly weight: number
  readonly kind?: Extract<FigureKind, 'dots' | 'tiles'>
  /** Names the finding and the figure; default: attribute and measure. */
  readonly key?: string
}

/** Fewest people in a level that may be called the highest or lowest. */
const fewestForRank = 30

/**
 * Says whether a measure differs between the levels of a breakdown, names the highest and lowest, and draws all of
 * them. Nothing where fewer than two levels are large enough.
 */
export function saySpread(
  book: Notebook,
  { section, measure, by, weight, kind = 'dots', key }: SpreadOptions,
): boolean {
  const summaries = summariseByCode(book.frame, measure, by.codes, by.levels.length)
  const shown = disclosedLevels(book, measure, summaries)
  const usable = summaries.map((_, code) => code).filter((code) => shown[code])
  if (usable.length < 2) return false
  const test = testSpread(
    measure,
    usable.map((code) => summaries[code]!),
  )
  if (test === undefined) return false
  const ranked = usable
    .filter((code) => summaries[code]!.n >= fewestForRank)
    .sort((a, b) => summaries[b]!.mean - summaries[a]!.mean || a - b)
  const [best] = ranked
  const worst = ranked.at(-1)
  if (best === undefined || worst === undefined || best === worst) return false
  const interval = intervalOf(measure, summaries[best]!)
  const n = usable.reduce((sum, code) => sum + summaries[code]!.n, 0)
  const name = key ?? `${section}.${by.attribute}.${measure.column}`
  book.say({
    key: `${name}.spread`,
    section,
    message: `spread.${measure.kind}`,
    subject: by.attribute,
    metric: measure.column,
    unit: measure.unit,
    estimate: summaries[best]!.mean,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    n,
    missingShare: missingShare(book.frame, measure.column, ...by.columns),
    p: test.p,
    effectSize: test.effectSize,
    neededN: test.neededN,
    values: {
      attribute: by.attribute,
      best: by.levels[best]!,
      worst: by.levels[worst]!,
      worst_value: summaries[worst]!.mean,
      levels: usable.length,
    },
    query: levelMean(book, measure, by, best),
    group: withCode(by, best),
    weight,
  })
  const order = by.ordered
    ? summaries.map((_, code) => code)
    : summaries.map((_, code) => code).sort((a, b) => summaries[b]!.mean - summaries[a]!.mean || a - b)
  book.draw(
    {
      figure: name,
      section,
      kind,
      finding: `${name}.spread`,
      metric: measure.column,
      attribute: by.attribute,
      unit: measure.unit,
      n,
    },
    order
      .filter((code) => summaries[code]!.n > 0)
      .map((code) => {
        const summary = summaries[code]!
        const ends = intervalOf(measure, summary)
        return {
          series: 'level',
          label: by.levels[code]!,
          x: null,
          y: summary.mean,
          low: ends?.low ?? null,
          high: ends?.high ?? null,
          n: summary.n,
          suppressed: !shown[code],
        }
      }),
  )
  return true
}

/** Which levels may be shown: large enough, and not such that a hidden one is had by subtraction. */
function disclosedLevels(book: Notebook, measure: Measure, summaries: readonly GroupSummary[]): boolean[] {
  const cells = suppressSmallCells(
    summaries.map(({ n }) => ({ n })),
    { minimum: book.minimum, totalKnown: true },
  )
  return summaries.map((summary, code) => cells[code]!.shown && isDisclosable(measure, summary, book.minimum))
}

function levelMean({ frame }: Notebook, measure: Measure, by: Breakdown, code: number): Sql {
  return sql`select avg(cast(${ident(measure.column)} as double)) as estimate
from ${tablesOf(frame, [measure.column, ...by.columns])} where ${by.condition(code)}`
}

/** A text column as a breakdown; at most `most` levels, the most frequent ones. */
export function byLevels({ frame }: Notebook, name: string, most = 40): Breakdown | undefined {
  const column = frame.levels.get(name)
  if (column === undefined || column.levels.length < 2) return undefined
  const levels = column.levels.slice(0, most)
  return {
    attribute: name,
    columns: [name],
    codes:
      levels.length === column.levels.length ? column.codes : column.codes.map((c) => (c < most ? c : -1)),
    levels,
    condition: (code) => sql`${ident(name)} = ${levels[code]!}`,
    rule: (code) => levelRule(name, [levels[code]!]),
  }
}

/** A number in bands with the given lower bounds, ascending; the first band is open below, the last above. */
export function byBands({ frame }: Notebook, name: string, bounds: readonly number[]): Breakdown | undefined {
  const column = frame.numbers.get(name)
  if (column === undefined || bounds.length === 0) return undefined
  const whole = isWhole(column, bounds)
  return {
    attribute: name,
    columns: [name],
    codes: bandCodes(column, bounds),
    ordered: true,
    levels: Array.from({ length: bounds.length + 1 }, (_, code) => bandLabel(bandOf(bounds, code), whole)),
    condition: (code) => bandCondition(name, bandOf(bounds, code)),
    rule: (code) => bandRule(name, bandOf(bounds, code)),
  }
}

/** Every value of a number that has few of them, as levels in their order. */
function byValues({ frame }: Notebook, name: string, most: number): Breakdown | undefined {
  const column = frame.numbers.get(name)
  if (column === undefined) return undefined
  const found = new Set<number>()
  for (let row = 0; row < column.values.length && found.size <= most; row++)
    if (column.valid[row] === 1) found.add(column.values[row]!)
  if (found.size < 2 || found.size > most) return undefined
  const values = [...found].sort((a, b) => a - b)
  const codeOf = new Map(values.map((value, code) => [value, code]))
  return {
    attribute: name,
    columns: [name],
    codes: new Int16Array(column.values.length).map((_, row) =>
      column.valid[row] === 0 ? -1 : codeOf.get(column.values[row]!)!,
    ),
    ordered: true,
    levels: values.map((value) => (column.boolean ? (value === 1 ? 'true' : 'false') : String(value))),
    condition: (code) => sql`cast(${ident(name)} as double) = ${typed('double', values[code]!)}`,
    rule: (code) => {
      if (!column.boolean) return `${name} == ${ruleNumber(values[code]!)}`
      return values[code] === 1 ? name : `!${name}`
    },
  }
}

/** An attribute of few kinds: texts by level, flags and numbers of few values by value. */
export function byKinds(book: Notebook, name: string, most = 12): Breakdown | undefined {
  const column = book.frame.levels.get(name)
  if (column === undefined) return byValues(book, name, most)
  return column.levels.length <= most ? byLevels(book, name, most) : undefined
}
