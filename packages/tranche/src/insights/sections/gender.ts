import { normalQuantile } from '@tranche/stats'
import { ident, sql, typed } from '../../sql/sql.ts'
import type { Notebook } from '../draft.ts'
import { tablesOf } from '../frame.ts'
import { type NamedGroup, sayGap } from '../gap.ts'
import { withLevel } from '../group.ts'
import { publishLevels, publishRatio, publishShares } from '../levels.ts'
import {
  conversionMeasure,
  defaultMeasure,
  firstMeasure,
  type Measure,
  mainAmount,
  measureOf,
  missingShare,
  outcomeMeasures,
} from '../measures.ts'
import { byLevels, saySpread } from '../spread.ts'
import { isDisclosable, summarise } from '../summaries.ts'

const section = 'gender'

/** Revenue, ticket, conversion, default and preference of term by gender, raw and with the mix held fixed. */
export function sayGender(book: Notebook): boolean {
  const levels = book.frame.levels.get('gender')?.levels ?? []
  if (!levels.includes('male') || !levels.includes('female')) return false
  const before = book.findings.length
  const first = { level: 'male', group: withLevel(book.frame, 'gender', ['male']) }
  const second = { level: 'female', group: withLevel(book.frame, 'gender', ['female']) }
  const by = byLevels(book, 'gender')
  if (by) publishShares(book, { section, prefix: 'gender.share', by })
  const revenue = firstMeasure(book.frame, 'revenue_total', 'revenue_365d', 'spend_365d', 'm')
  if (revenue) sayTotalsRatio(book, revenue)
  sayRatios(book, first, second)
  for (const measure of genderMeasures(book)) {
    sayGap(book, {
      section,
      key: `gender.${measure.column}`,
      attribute: 'gender',
      measure,
      ...higherFirst(book, measure, first, second),
      weight: measure.weight,
      adjust: true,
    })
    if (by) publishLevels(book, { section, prefix: `gender.${measure.column}`, by, measure })
  }
  sayTerms(book)
  drawGenders(book)
  return book.findings.length > before
}

/** The difference reads best from the higher side. */
function higherFirst(book: Notebook, measure: Measure, first: NamedGroup, second: NamedGroup) {
  const [a, b] = [first, second].map(({ group }) => summarise(book.frame, measure, group).mean)
  return a! >= b! ? { first, second } : { first: second, second: first }
}

/** Ticket and first investment of men in multiples of women's. */
function sayRatios(book: Notebook, first: NamedGroup, second: NamedGroup): void {
  const sides = [first, second] as const
  const common = { section, message: 'gender.ratio', attribute: 'gender', sides } as const
  const investment = measureOf(book.frame, 'first_investment_amount')
  if (investment)
    publishRatio(book, {
      ...common,
      key: 'gender.first_investment_ratio',
      metric: investment.column,
      numerator: investment,
      weight: 52,
    })
  if (!book.frame.numbers.has('spend_total') || !book.frame.numbers.has('purchases_total')) return
  const spend: Measure = { column: 'spend_total', kind: 'mean', unit: 'money', weight: 50 }
  publishRatio(book, {
    ...common,
    key: 'gender.ticket_ratio',
    metric: 'ticket',
    numerator: spend,
    denominator: 'purchases_total',
    weight: 50,
  })
}

function genderMeasures({ frame }: Notebook): readonly Measure[] {
  return [
    conversionMeasure(frame),
    mainAmount(frame),
    measureOf(frame, 'first_investment_amount'),
    firstMeasure(frame, 'ticket_mean_365d'),
    measureOf(frame, 'value_12m'),
    defaultMeasure(frame),
    ...outcomeMeasures(frame),
  ].filter((measure): measure is Measure => measure !== undefined)
}

/**
 * How many times one gender's total is the other's. The logarithm of the ratio has the variance Σy²/(Σy)² of each
 * side added, since who is which gender is as random as what they spend.
 */
function sayTotalsRatio(book: Notebook, measure: Measure): void {
  const sides = ['male', 'female'].map((level) => {
    const group = withLevel(book.frame, 'gender', [level])
    return { level, summary: summarise(book.frame, measure, group) }
  })
  if (!sides.every(({ summary }) => isDisclosable(measure, summary, book.minimum) && summary.total > 0))
    return
  const [a, b] = sides
  const estimate = a!.summary.total / b!.summary.total
  const error = Math.sqrt(
    [a!, b!].reduce((sum, { summary }) => sum + summary.sumOfSquares / summary.total ** 2, 0),
  )
  const reach = normalQuantile(0.975) * error
  const total = (level: string) =>
    sql`sum(cast(${ident(measure.column)} as double)) filter (where gender = ${level})`
  book.say({
    key: 'gender.revenue_ratio',
    section,
    message: 'gender.totals',
    subject: 'gender',
    metric: measure.column,
    unit: 'number',
    estimate,
    low: estimate * Math.exp(-reach),
    high: estimate * Math.exp(reach),
    n: a!.summary.n + b!.summary.n,
    missingShare: missingShare(book.frame, measure.column, 'gender'),
    values: {
      attribute: 'gender',
      a: a!.level,
      b: b!.level,
      a_total: a!.summary.total,
      b_total: b!.summary.total,
      a_share: a!.summary.n / (a!.summary.n + b!.summary.n),
    },
    query: sql`select ${total(a!.level)} / ${total(b!.level)} as estimate from ${tablesOf(book.frame, [measure.column, 'gender'])}`,
    weight: 60,
  })
}

/** Which terms each gender prefers for the first product, one test a term. */
function sayTerms(book: Notebook): void {
  const { frame } = book
  const terms = frame.numbers.get('first_term_months') ?? frame.numbers.get('first_product_term')
  const gender = frame.levels.get('gender')
  if (!terms || !gender) return
  const found = new Map<number, number>()
  terms.values.forEach((term, row) => {
    if (terms.valid[row] === 1) found.set(term, (found.get(term) ?? 0) + 1)
  })
  const common = [...found].filter(([, n]) => n >= 0.02 * terms.known).sort((a, b) => a[0] - b[0])
  if (common.length < 2 || common.length > 8) return
  // With two terms the share of one is what the other leaves: one test, of the longer.
  for (const [term] of common.length === 2 ? common.slice(1) : common) {
    const column = terms.name
    const values = terms.values.map((value) => (value === term ? 1 : 0))
    const flag = { name: column, values, valid: terms.valid, known: terms.known, boolean: true }
    const measure: Measure = { column, kind: 'rate', unit: 'share', weight: 64 }
    const termFrame = { ...frame, numbers: new Map(frame.numbers).set(column, flag) }
    const sides = ['female', 'male'].map((level) => ({
      level,
      group: withLevel(frame, 'gender', [level]),
    })) as [
      { level: string; group: ReturnType<typeof withLevel> },
      { level: string; group: ReturnType<typeof withLevel> },
    ]
    const notes = {
      ...book,
      frame: termFrame,
      say: (draft: Parameters<Notebook['say']>[0]) =>
        book.say({
          ...draft,
          message: 'gender.term',
          values: { ...draft.values, term },
          query: sql`select ${share(column, term, 'female')} - ${share(column, term, 'male')} as estimate from ${tablesOf(frame, [column, 'gender'])} where ${ident(column)} is not null`,
        }),
    }
    sayGap(notes, {
      section,
      key: `gender.first_term_${term}m`,
      attribute: 'gender',
      measure,
      first: sides[0],
      second: sides[1],
      weight: measure.weight,
    })
  }
}

const share = (column: string, term: number, level: string) =>
  sql`avg(case when ${ident(column)} = ${typed('double', term)} then 1.0 else 0.0 end) filter (where gender = ${level})`

function drawGenders(book: Notebook): void {
  const measure = conversionMeasure(book.frame) ?? outcomeMeasures(book.frame)[0] ?? mainAmount(book.frame)
  const by = byLevels(book, 'gender')
  if (!measure || !by) return
  const quiet = { ...book, say: () => undefined }
  quiet.draw = (figure, points) =>
    book.draw({ ...figure, figure: 'gender.levels', finding: `gender.${measure.column}.gap` }, points)
  saySpread(quiet, { section, measure, by, weight: 0 })
}
