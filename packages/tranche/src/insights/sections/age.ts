import { createRandom, sampleBinomial, sampleNormal, sortedQuantile } from '@tranche/stats'
import { ident, type Sql, sql, typed } from '../../sql/sql.ts'
import { goldenAgeQuery } from '../age-queries.ts'
import { testSpread } from '../compare.ts'
import type { Notebook } from '../draft.ts'
import { tablesOf } from '../frame.ts'
import { sayGap } from '../gap.ts'
import { both, withNumber } from '../group.ts'
import { publishLevels, publishShares } from '../levels.ts'
import {
  conversionMeasure,
  defaultMeasure,
  type Measure,
  mainAmount,
  measureOf,
  missingShare,
  numbersOf,
  outcomeMeasures,
} from '../measures.ts'
import { fitPlateau } from '../plateau.ts'
import { type AgeTotalsWithVariance, ageTotalsOf, smoothByAge } from '../smooth-age.ts'
import { byBands } from '../spread.ts'
import { summariseByCode } from '../summaries.ts'

const section = 'age'
const age = 'age_years'
/** Under this age a customer counts as young. */
const young = 25
const resamples = 1000
/** The customary bands, with the golden age of the trade as one. */
const usualBands = ['under_25', '25_34', '35_50', 'over_50'] as const
const bands = [25, 30, 35, 40, 45, 50, 55, 60]

/** Conversion, value and default over age as smooth curves; the golden age; the young. */
export function sayAge(book: Notebook, seed: number): boolean {
  if (!book.frame.numbers.has(age)) return false
  const before = book.findings.length
  const conversion = conversionMeasure(book.frame)
  const measures = [
    conversion,
    defaultMeasure(book.frame),
    ...outcomeMeasures(book.frame),
    measureOf(book.frame, 'value_12m') ?? mainAmount(book.frame),
  ].filter((measure): measure is Measure => measure !== undefined)
  const usual = byBands(book, age, [25, 35, 51])
  const nameOf = (_: string, code: number) => usualBands[code]!
  if (usual) publishShares(book, { section, prefix: 'age.share', by: usual, nameOf })
  for (const measure of measures) {
    if (usual) publishLevels(book, { section, prefix: `age.${measure.column}`, by: usual, nameOf, measure })
    const changes = sayCurve(book, measure)
    if (changes && measure === conversion) sayGoldenAge(book, measure, seed)
    if (measure === conversion) sayGoldenLead(book, measure)
    const youngOnes = withNumber(book.frame, age, '<', young)
    sayGap(book, {
      section,
      key: `age.${measure.column}.young`,
      attribute: age,
      measure,
      first: { level: `<${young}`, group: youngOnes },
      second: { level: `≥${young}`, group: withNumber(book.frame, age, '>=', young) },
      weight: measure.weight * 0.9,
      members: youngOnes,
    })
  }
  return book.findings.length > before
}

/** Says whether the measure changes with age and where its smooth curve peaks; draws the curve. */
function sayCurve(book: Notebook, measure: Measure): boolean {
  const by = byBands(book, age, bands)
  const totals = ageTotalsOf(book.frame, measure, numbersOf(book.frame, measure))
  const curve = smoothByAge(measure, totals)
  const shown = curve.filter((point) => point.n >= book.minimum)
  // A curve is a curve from five ages on which enough people stand.
  if (!by || shown.length < 5) return false
  const test = testSpread(
    measure,
    summariseByCode(book.frame, measure, by.codes, by.levels.length).filter(({ n }) => n >= book.minimum),
  )
  if (test === undefined) return false
  const n = totals.n.reduce((sum, count) => sum + count, 0)
  const peak = shown.reduce((best, point) => (point.y > best.y ? point : best))
  const trough = shown.reduce((best, point) => (point.y < best.y ? point : best))
  if (peak.age === trough.age) return false
  const key = `age.${measure.column}`
  book.say({
    key: `${key}.curve`,
    section,
    message: `age.curve.${measure.kind}`,
    subject: age,
    metric: measure.column,
    unit: measure.unit,
    estimate: peak.y,
    low: peak.low,
    high: peak.high,
    n,
    missingShare: missingShare(book.frame, measure.column, age),
    p: test.p,
    effectSize: test.effectSize,
    neededN: test.neededN,
    values: { attribute: age, peak_age: peak.age, trough_age: trough.age, trough_value: trough.y },
    query: curveQuery(book, measure, peak.age),
    weight: measure.weight * 0.85,
  })
  book.draw(
    {
      figure: key,
      section,
      kind: 'curve',
      finding: `${key}.curve`,
      metric: measure.column,
      attribute: age,
      unit: measure.unit,
      n,
    },
    curve.map((point) => ({
      series: 'curve',
      label: null,
      x: point.age,
      y: point.y,
      low: point.low,
      high: point.high,
      n: point.n,
    })),
  )
  return test.p < 0.05
}

/** The customary golden age against everybody else. */
function sayGoldenLead(book: Notebook, measure: Measure): void {
  const { frame } = book
  const ages = frame.numbers.get(age)!
  const inside = both(withNumber(frame, age, '>=', 35), withNumber(frame, age, '<', 51))
  const mask = inside.mask.map((flag, row) => (flag === 0 && ages.valid[row] === 1 ? 1 : 0))
  const outside = {
    mask,
    n: mask.reduce((sum, flag) => sum + flag, 0),
    condition: sql`not (${inside.condition!})`,
    rule: `!(${inside.rule!})`,
    columns: inside.columns,
  }
  sayGap(book, {
    section,
    key: `age.${measure.column}.golden_lead`,
    suffix: '',
    attribute: age,
    measure,
    first: { level: '35~50', group: inside },
    second: { level: 'other', group: outside },
    weight: measure.weight * 0.5,
    members: inside,
  })
}

/** The golden age: the plateau of conversion, its ends with bootstrap intervals. */
function sayGoldenAge(book: Notebook, measure: Measure, seed: number): void {
  const column = numbersOf(book.frame, measure)
  const raw = ageTotalsOf(book.frame, measure, column)
  const adjusted = adjustForGender(book, measure, raw)
  const plateau = fitPlateau(adjusted)
  if (plateau === undefined) return
  const random = createRandom(seed, 1)
  const froms: number[] = []
  const tos: number[] = []
  for (let i = 0; i < resamples; i++) {
    const total = raw.total.map((sum, at) => {
      const n = raw.n[at]!
      const shift = adjusted.total[at]! - sum
      if (measure.kind === 'rate') return sampleBinomial(random, n, sum / Math.max(n, 1)) + shift
      return sum + shift + sampleNormal(random) * Math.sqrt(n * raw.variance[at]!)
    })
    const again = fitPlateau({ ...adjusted, total })
    if (again === undefined) continue
    froms.push(again.from)
    tos.push(again.to)
  }
  if (froms.length < resamples / 2) return
  const ends = (values: number[]): [number, number] => {
    const sorted = Float64Array.from(values).sort()
    return [sortedQuantile(sorted, 0.025, 1), sortedQuantile(sorted, 0.975, 1)]
  }
  const [fromLow, fromHigh] = ends(froms)
  const [toLow, toHigh] = ends(tos)
  // Where it could begin after it could end, nobody knows where it is.
  if (fromHigh >= toLow) return
  const golden = book.frame.numbers.get(age)!
  const n = golden.values.reduce(
    (sum, value, row) =>
      sum + (golden.valid[row] === 1 && value >= plateau.from && value < plateau.to + 1 ? 1 : 0),
    0,
  )
  const key = `age.${measure.column}`
  const common = {
    section,
    subject: age,
    metric: measure.column,
    unit: 'years',
    n: raw.n.reduce((sum, count) => sum + count, 0),
    missingShare: missingShare(book.frame, measure.column, age),
  } as const
  const byGender = adjusted !== raw
  book.say({
    ...common,
    key: `${key}.golden_from`,
    message: 'age.golden',
    estimate: plateau.from,
    low: fromLow,
    high: fromHigh,
    values: {
      attribute: age,
      from: plateau.from,
      to: plateau.to,
      to_low: toLow,
      to_high: toHigh,
      level: plateau.level,
      people: n,
    },
    query: goldenAgeQuery(
      tablesOf(book.frame, [measure.column, age, 'gender']),
      measure.column,
      'from',
      byGender,
    ),
    group: both(
      withNumber(book.frame, age, '>=', plateau.from),
      withNumber(book.frame, age, '<', plateau.to + 1),
    ),
    weight: 82,
  })
  book.say({
    ...common,
    key: `${key}.golden_to`,
    message: 'age.golden_to',
    estimate: plateau.to,
    low: toLow,
    high: toHigh,
    values: { attribute: age },
    query: goldenAgeQuery(
      tablesOf(book.frame, [measure.column, age, 'gender']),
      measure.column,
      'to',
      byGender,
    ),
    weight: 1,
  })
}

/** Takes out of each age's total what its mix of genders explains: each customer's own gender mean less the overall one. */
function adjustForGender(
  { frame }: Notebook,
  measure: Measure,
  totals: AgeTotalsWithVariance,
): AgeTotalsWithVariance {
  const gender = frame.levels.get('gender')
  const ages = frame.numbers.get(age)!
  if (!gender || gender.known < frame.rowCount) return totals
  const { values, valid } = numbersOf(frame, measure)
  const size = gender.levels.length
  const n = new Float64Array(size)
  const sum = new Float64Array(size)
  for (let row = 0; row < values.length; row++) {
    if (valid[row] === 0 || ages.valid[row] === 0) continue
    n[gender.codes[row]!]!++
    sum[gender.codes[row]!]! += values[row]!
  }
  const overall = sum.reduce((a, b) => a + b, 0) / n.reduce((a, b) => a + b, 0)
  const shift = sum.map((total, code) => (n[code] === 0 ? 0 : total / n[code]! - overall))
  const total = Float64Array.from(totals.total)
  const place = new Map(totals.ages.map((value, index) => [value, index]))
  for (let row = 0; row < values.length; row++) {
    if (valid[row] === 0 || ages.valid[row] === 0) continue
    const index = place.get(Math.floor(ages.values[row]!))
    if (index !== undefined) total[index]! -= shift[gender.codes[row]!]!
  }
  return { ...totals, total }
}

/** The smooth curve at one age: a locally linear fit with Gaussian weights. */
function curveQuery({ frame }: Notebook, measure: Measure, at: number): Sql {
  const d = sql`(a - ${typed('double', at)})`
  return sql`with ages as (
  select floor(${ident(age)}) as a, count(*) as n, sum(cast(${ident(measure.column)} as double)) as y
  from ${tablesOf(frame, [measure.column, age])} where ${ident(age)} is not null and ${ident(measure.column)} is not null group by 1
), weighted as (select a, n * exp(-power(${d} / 3.0, 2) / 2) as w, y / n as y from ages where a between 16 and 100)
select (sum(w * ${d} * ${d}) * sum(w * y) - sum(w * ${d}) * sum(w * ${d} * y)) /
  (sum(w) * sum(w * ${d} * ${d}) - power(sum(w * ${d}), 2)) as estimate from weighted`
}
