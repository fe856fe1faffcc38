import { dateParts, parseDate, type Row, type Value } from '@tranche/language'
import type { AnalysedFeature, AnalysedMeasure, Horizon } from './analysed.ts'
import { dayNumber, rangeOf, shift } from './calendar.ts'
import { countFollowed } from './evaluate-followed.ts'
import type { Surroundings } from './evaluate-rows.ts'
import { monthsBack } from './measures-staged.ts'
import type { RowExpression } from './table-rows.ts'

/** A row that counts, with its business day since 1970-01-01. */
export interface CountedRow {
  readonly row: Row
  readonly day: number | null
}
type Evaluate = (expression: RowExpression, row: Row) => Value | undefined

/** The value of a measure over the rows that count, given those that may follow them; undefined where it is missing. */
export function evaluateCounted(
  feature: AnalysedFeature,
  counted: readonly CountedRow[],
  following: readonly CountedRow[],
  evaluate: Evaluate,
  surroundings: Surroundings,
): Value | undefined {
  const { measure } = feature
  const lastWholeDay = dayNumber(surroundings.point.day) - 1
  const known = (value: RowExpression) =>
    counted.map(({ row }) => evaluate(value, row)).filter((one) => one !== undefined)
  const numbers = (value: RowExpression) => known(value).map(Number)
  const days = distinctDays(counted)
  switch (measure.kind) {
    case 'count':
      return counted.length === 0 ? undefined : counted.length
    case 'distinct_days':
      return days.length === 0 ? undefined : days.length
    case 'sum':
      return measure.within === null
        ? orMissing(numbers(measure.value), total)
        : sumSinceOnboarding(counted, measure.value, measure.within, evaluate, surroundings)
    case 'mean':
      return orMissing(numbers(measure.value), mean)
    case 'stddev':
      return spread(numbers(measure.value))
    case 'median':
      return orMissing(numbers(measure.value), median)
    case 'min':
    case 'max':
      return orMissing(known(measure.value), (values) =>
        values.reduce((best, one) => (isLess(one, best) === (measure.kind === 'min') ? one : best)),
      )
    case 'any':
      return orMissing(known(measure.value), (values) => values.includes(true))
    case 'distinct':
      return orMissing(known(measure.value), (values) => new Set(values.map(String)).size)
    case 'entropy':
    case 'top_category':
    case 'top_share': {
      const { kind } = measure
      return orMissing(known(measure.value), (values) => ofCategories(kind, values.map(String)))
    }
    case 'last':
    case 'first':
      return placed(counted, measure, evaluate)
    case 'sum_last':
      return sumOfLatest(counted, measure, evaluate)
    case 'days_since':
      return orMissing(days, (all) => Math.max(0, lastWholeDay - all.at(measure.which === 'last' ? -1 : 0)!))
    case 'share':
      return share(counted, measure, evaluate)
    case 'trend':
      return trend(feature, counted, measure.value, evaluate, surroundings)
    case 'interpurchase':
      return gaps(days, measure.of)
    case 'streak':
      return streak(days, measure.of, lastWholeDay)
    case 'attribute':
      return latestVersion(counted, measure.column)
    case 'age': {
      const birth = latestVersion(counted, measure.column)
      return birth === undefined ? undefined : wholeYears(Number(birth), lastWholeDay)
    }
    case 'followed':
      return countFollowed(feature, measure, counted, following, evaluate, surroundings.point)
    case 'happened':
      return happened(days, measure, surroundings, counted.length > 0)
  }
}

function orMissing<T, R>(values: readonly T[], compute: (values: readonly T[]) => R): R | undefined {
  return values.length === 0 ? undefined : compute(values)
}

const total = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0)
const mean = (values: readonly number[]) => total(values) / values.length

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}

/** Sample standard deviation. */
function spread(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined
  const centre = mean(values)
  return Math.sqrt(total(values.map((one) => (one - centre) ** 2)) / (values.length - 1))
}

function distinctDays(counted: readonly CountedRow[]): readonly number[] {
  const days = new Set(counted.map(({ day }) => day).filter((day) => day !== null))
  return [...days].sort((a, b) => a - b)
}

function isLess(a: Value, b: Value): boolean {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b))) < 0
  return (a as number) < (b as number)
}

type OfCategories = 'entropy' | 'top_category' | 'top_share'

function ofCategories(kind: OfCategories, values: readonly string[]): Value {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  if (kind === 'entropy')
    return -total([...counts.values()].map((n) => (n / values.length) * Math.log(n / values.length)))
  const [top] = [...counts].sort((a, b) => b[1] - a[1] || (isLess(a[0], b[0]) ? -1 : 1))
  return kind === 'top_category' ? top![0] : top![1] / values.length
}

/** Missing values come before all others. */
function compareKeys(a: readonly (Value | null)[], b: readonly (Value | null)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? null
    if (left === right) continue
    if (left === null) return -1
    if (right === null) return 1
    if (isLess(left, right)) return -1
    if (isLess(right, left)) return 1
  }
  return 0
}

function placed(
  counted: readonly CountedRow[],
  measure: Extract<AnalysedMeasure, { readonly kind: 'last' | 'first' }>,
  evaluate: Evaluate,
): Value | undefined {
  const found = counted.flatMap(({ row }) => {
    const value = evaluate(measure.value, row)
    const read = measure.asNumber && value !== undefined ? numberOf(String(value)) : value
    return read === undefined
      ? []
      : [{ value: read, key: [...measure.by.map((name) => row[name] ?? null), read] }]
  })
  const sorted = found.sort((a, b) => compareKeys(a.key, b.key))
  return sorted.at(measure.kind === 'last' ? -1 : 0)?.value
}

function numberOf(text: string): number | undefined {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : undefined
}

function sumOfLatest(
  counted: readonly CountedRow[],
  measure: Extract<AnalysedMeasure, { readonly kind: 'sum_last' }>,
  evaluate: Evaluate,
): number | undefined {
  const groups = new Map<string, CountedRow[]>()
  for (const one of counted) {
    const key = String(one.row[measure.per] ?? '')
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  const latest = [...groups.values()]
    .map((rows) => placed(rows, { ...measure, kind: 'last', asNumber: false }, evaluate))
    .filter((one) => one !== undefined)
  return orMissing(latest.map(Number), total)
}

function share(
  counted: readonly CountedRow[],
  { condition, of }: Extract<AnalysedMeasure, { readonly kind: 'share' }>,
  evaluate: Evaluate,
): number | undefined {
  const asked = counted.filter(({ row }) => evaluate(condition, row) !== undefined)
  const weight = ({ row }: CountedRow) => (of === null ? 1 : Number(evaluate(of, row) ?? 0))
  const whole = total(asked.map(weight))
  if (asked.length === 0 || whole === 0) return undefined
  return total(asked.filter(({ row }) => evaluate(condition, row) === true).map(weight)) / whole
}

/** Least squares over the daily totals, worked out day by day. */
function trend(
  feature: AnalysedFeature,
  counted: readonly CountedRow[],
  value: RowExpression | null,
  evaluate: Evaluate,
  { point }: Surroundings,
): number | undefined {
  const { from, to } = rangeOf(feature.window, point)
  const first = dayNumber(from!)
  const length = dayNumber(to ?? point.nextDay) - first
  const amounts = counted.map(({ row, day }) => ({
    day: day!,
    amount: value === null ? 1 : evaluate(value, row),
  }))
  if (length < 2 || amounts.every(({ amount }) => amount === undefined)) return undefined
  const totals = new Array<number>(length).fill(0)
  for (const { day, amount } of amounts) totals[day - first]! += Number(amount ?? 0)
  const centre = (length - 1) / 2
  const average = mean(totals)
  const covariance = total(totals.map((one, index) => (index - centre) * (one - average)))
  return (covariance / total(totals.map((_, index) => (index - centre) ** 2))) * 900
}

function gaps(days: readonly number[], of: 'mean_days' | 'cv'): number | undefined {
  const between = days.slice(1).map((day, index) => day - days[index]!)
  if (between.length === 0) return undefined
  if (of === 'mean_days') return mean(between)
  const deviation = spread(between)
  return deviation === undefined ? undefined : deviation / mean(between)
}

function streak(
  days: readonly number[],
  of: 'current_months' | 'longest_months',
  lastWholeDay: number,
): number | undefined {
  const month = (day: number) => dateParts(day).year * 12 + dateParts(day).month
  const last = month(lastWholeDay)
  const months = new Set(days.map(month).filter((one) => one <= last && one > last - monthsBack))
  if (months.size === 0) return undefined
  const runUpTo = (end: number): number => (months.has(end) ? 1 + runUpTo(end - 1) : 0)
  if (of === 'longest_months') return Math.max(...[...months].map(runUpTo))
  return runUpTo(months.has(last) ? last : last - 1)
}

/** The latest known value of a column of the customer. */
function latestVersion(counted: readonly CountedRow[], column: string): Value | undefined {
  const found = counted
    .filter(({ row }) => row[column] !== null && row[column] !== undefined)
    .map(({ row }) => ({
      value: row[column]!,
      key: ['valid_from', 'known_at', '_file', '_line'].map((name) => row[name] ?? null),
    }))
    .sort((a, b) => compareKeys([...a.key, a.value], [...b.key, b.value]))
  return found.at(-1)?.value
}

function wholeYears(birth: number, day: number): number | undefined {
  if (birth > day) return undefined
  const [from, to] = [dateParts(birth), dateParts(day)]
  const before = to.month < from.month || (to.month === from.month && to.day < from.day)
  return to.year - from.year - (before ? 1 : 0)
}

function happened(
  days: readonly number[],
  { start, within }: Extract<AnalysedMeasure, { readonly kind: 'happened' }>,
  { point, onboarded }: Surroundings,
  any: boolean,
): boolean | undefined {
  const today = dayNumber(point.day)
  if (start === 'onboarded_at') {
    if (within === null) return any
    const span = spanSinceOnboarding(within, { point, onboarded })
    return span === undefined ? undefined : days.some(span)
  }
  const [first] = days
  if (first === undefined) return undefined
  if (within === null) return days.length > 1
  if (endOf(first, within) > today) return undefined
  return days.some((day) => day > first && day < endOf(first, within))
}

function sumSinceOnboarding(
  counted: readonly CountedRow[],
  value: RowExpression,
  within: Horizon,
  evaluate: Evaluate,
  surroundings: Surroundings,
): number | undefined {
  const span = spanSinceOnboarding(within, surroundings)
  if (span === undefined) return undefined
  const inside = counted.filter(({ day }) => day !== null && span(day))
  return total(inside.map(({ row }) => Number(evaluate(value, row) ?? 0)))
}

/** Whether a day lies within the horizon of the customer's onboarding; undefined while it is not over. */
function spanSinceOnboarding(
  within: Horizon,
  { point, onboarded }: Pick<Surroundings, 'point' | 'onboarded'>,
): ((day: number) => boolean) | undefined {
  const first = onboarded === null ? undefined : parseDate(onboarded)
  if (first === undefined || endOf(first, within) > dayNumber(point.day)) return undefined
  return (day) => day >= first && day < endOf(first, within)
}

function endOf(start: number, { next, unit }: Horizon): number {
  const { year, month, day } = dateParts(start)
  const iso = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return dayNumber(shift(iso, next, unit))
}
