import { normalQuantile } from '@tranche/stats'
import { ident, sql } from '../../sql/sql.ts'
import type { Notebook } from '../draft.ts'
import { tablesOf } from '../frame.ts'
import { sayGap } from '../gap.ts'
import { withLevel } from '../group.ts'
import {
  conversionMeasure,
  firstMeasure,
  type Measure,
  measureOf,
  missingShare,
  moneyMeasure,
} from '../measures.ts'
import { byLevels, saySpread } from '../spread.ts'
import { intervalOf, isDisclosable, summarise } from '../summaries.ts'

const section = 'gender'

/** Revenue, ticket, conversion, default and preference of term by gender, raw and with the mix held fixed. */
export function sayGender(book: Notebook): boolean {
  const levels = book.frame.levels.get('gender')?.levels ?? []
  if (!levels.includes('male') || !levels.includes('female')) return false
  const before = book.findings.length
  const first = { level: 'male', group: withLevel(book.frame, 'gender', ['male']) }
  const second = { level: 'female', group: withLevel(book.frame, 'gender', ['female']) }
  const money = moneyMeasure(book.frame)
  if (money) sayTotalsRatio(book, money)
  for (const measure of genderMeasures(book)) {
    sayGap(book, {
      section,
      key: `gender.${measure.column}`,
      attribute: 'gender',
      measure,
      first,
      second,
      weight: measure.weight,
      adjust: true,
    })
    sayLevels(book, measure)
  }
  sayTerms(book)
  drawGenders(book)
  return book.findings.length > before
}

function genderMeasures({ frame }: Notebook): readonly Measure[] {
  return [
    conversionMeasure(frame),
    moneyMeasure(frame),
    measureOf(frame, 'first_investment_amount'),
    firstMeasure(frame, 'ticket_mean_365d'),
    measureOf(frame, 'value_12m'),
    measureOf(frame, 'default_ever'),
  ].filter((measure): measure is Measure => measure !== undefined)
}

/** The level of each gender by itself, with its interval. */
function sayLevels(book: Notebook, measure: Measure): void {
  for (const level of ['male', 'female']) {
    const group = withLevel(book.frame, 'gender', [level])
    const summary = summarise(book.frame, measure, group)
    if (!isDisclosable(measure, summary, book.minimum)) continue
    const interval = intervalOf(measure, summary)
    book.say({
      key: `gender.${measure.column}.${level}`,
      section,
      message: `level.${measure.kind}`,
      subject: 'gender',
      metric: measure.column,
      unit: measure.unit,
      estimate: summary.mean,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      n: summary.n,
      missingShare: missingShare(book.frame, measure.column, 'gender'),
      values: { attribute: 'gender', a: level },
      query: sql`select avg(cast(${ident(measure.column)} as double)) as estimate from ${tablesOf(book.frame, [measure.column, 'gender'])} where ${group.condition!}`,
      group,
      weight: 1,
    })
  }
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
  const [a, b] = [...sides].sort((x, y) => y.summary.total - x.summary.total)
  const estimate = a!.summary.total / b!.summary.total
  const error = Math.sqrt(
    [a!, b!].reduce((sum, { summary }) => sum + summary.sumOfSquares / summary.total ** 2, 0),
  )
  const reach = normalQuantile(0.975) * error
  const total = (level: string) =>
    sql`sum(cast(${ident(measure.column)} as double)) filter (where gender = ${level})`
  book.say({
    key: `gender.${measure.column}.ratio`,
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
  const terms = frame.numbers.get('first_term_months')
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
    const column = `first_term_months`
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
          query: sql`select ${share(term, 'female')} - ${share(term, 'male')} as estimate from ${tablesOf(frame, [column, 'gender'])} where ${ident(column)} is not null`,
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

const share = (term: number, level: string) =>
  sql`avg(case when first_term_months = ${term} then 1.0 else 0.0 end) filter (where gender = ${level})`

function drawGenders(book: Notebook): void {
  const measure = conversionMeasure(book.frame) ?? moneyMeasure(book.frame)
  const by = byLevels(book, 'gender')
  if (!measure || !by) return
  const quiet = { ...book, say: () => undefined }
  quiet.draw = (figure, points) =>
    book.draw({ ...figure, figure: 'gender.levels', finding: `gender.${measure.column}.gap` }, points)
  saySpread(quiet, { section, measure, by, weight: 0 })
}
