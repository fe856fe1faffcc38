import type { Unit } from '@tranche/contract'
import { sortedQuantile } from '@tranche/stats'
import { type CustomerFrame, type NumberColumn, sortedValues } from './frame.ts'

/** A column of the published tables that groups of customers are compared by. */
export interface Measure {
  readonly column: string
  /** A rate is a share of customers, a mean an amount per customer. */
  readonly kind: 'rate' | 'mean'
  readonly unit: Unit
  /** How much a difference in it matters, 0 to 100. */
  readonly weight: number
}

const known: readonly Measure[] = [
  { column: 'conversion_30d', kind: 'rate', unit: 'share', weight: 80 },
  { column: 'invested_ever', kind: 'rate', unit: 'share', weight: 60 },
  { column: 'repeat_customer', kind: 'rate', unit: 'share', weight: 50 },
  { column: 'default_12m', kind: 'rate', unit: 'share', weight: 75 },
  { column: 'default_ever', kind: 'rate', unit: 'share', weight: 70 },
  { column: 'loan_approved', kind: 'rate', unit: 'share', weight: 40 },
  { column: 'revenue_365d', kind: 'mean', unit: 'money', weight: 78 },
  { column: 'revenue_total', kind: 'mean', unit: 'money', weight: 70 },
  { column: 'spend_365d', kind: 'mean', unit: 'money', weight: 62 },
  { column: 'm', kind: 'mean', unit: 'money', weight: 60 },
  { column: 'value_12m', kind: 'mean', unit: 'money', weight: 72 },
  { column: 'first_investment_amount', kind: 'mean', unit: 'money', weight: 66 },
  { column: 'ticket_mean_365d', kind: 'mean', unit: 'money', weight: 58 },
  { column: 'credit_limit', kind: 'mean', unit: 'money', weight: 40 },
]

/** The measure of a column, if the data has it. */
export function measureOf(frame: CustomerFrame, column: string): Measure | undefined {
  if (!frame.numbers.has(column)) return undefined
  // What an outcome brought matters more than how often it happened.
  if (frame.amounts.includes(column))
    return { column, kind: 'mean', unit: 'money', weight: hasOutcomes(frame) ? 76 : 66 }
  if (column.startsWith('earned_')) return { column, kind: 'mean', unit: 'money', weight: 40 }
  if (isOutcome(column)) return { column, kind: 'rate', unit: 'share', weight: 70 }
  return known.find((measure) => measure.column === column)
}

const isOutcome = (name: string) => name.startsWith('outcome_')
const hasOutcomes = ({ numbers }: CustomerFrame) => [...numbers.keys()].some(isOutcome)

/** The first of the columns that the data has, as a measure: what an institution without it falls back to. */
export function firstMeasure(frame: CustomerFrame, ...columns: readonly string[]): Measure | undefined {
  for (const column of columns) {
    const measure = measureOf(frame, column)
    if (measure) return measure
  }
  return undefined
}

/** The numbers of a frame without outcomes that happened to too few to be told of, or not to too few. */
export function withoutRareOutcomes(
  { numbers }: CustomerFrame,
  minimum: number,
): ReadonlyMap<string, NumberColumn> {
  return new Map(
    [...numbers].filter(([name, { values, valid, known }]) => {
      if (!isOutcome(name)) return true
      const happened = values.reduce((sum, value, row) => sum + (valid[row] === 1 ? value : 0), 0)
      return happened >= minimum && known - happened >= minimum
    }),
  )
}

/** Outcomes that the data records, as measures; at most two, so that no section is drowned in them. */
export function outcomeMeasures(frame: CustomerFrame): readonly Measure[] {
  return [...frame.numbers.keys()]
    .filter(isOutcome)
    .slice(0, 2)
    .flatMap((name) => measureOf(frame, name) ?? [])
}

/** What money per customer means here: revenue where there is a ledger, else spending. */
export function moneyMeasure(frame: CustomerFrame): Measure | undefined {
  return firstMeasure(frame, 'revenue_365d', 'revenue_total', 'spend_365d', 'm')
}

/** Nine tenths of the customers are worth no more than this much more than the lowest tenth, in shares of the mean. */
const leastSpread = 0.05

/** Whether all customers are expected to bring about the same. */
export function isFlatValue(frame: CustomerFrame): boolean {
  const column = frame.numbers.get('value_12m')
  if (column === undefined) return false
  const known = sortedValues(column)
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
  if (known.length < 2 || !(mean > 0)) return false
  return sortedQuantile(known, 0.9, 1) - sortedQuantile(known, 0.1, 1) < leastSpread * mean
}

/** What everybody has, and what stands in where nothing else is known. */
const income = 'income_annual'
const mostAmounts = 2
const knownOfMost = 0.6

/**
 * Amounts that customers are compared by where no purchases are known: what an outcome brought, where there are outcomes,
 * else amounts that most have and that are not all the same.
 */
export function ownAmounts(frame: CustomerFrame, amounts: readonly string[]): readonly string[] {
  if (moneyMeasure(frame) ?? measureOf(frame, 'value_12m')) return []
  const outcomes = [...frame.numbers.keys()].filter(isOutcome)
  if (outcomes.length > 0)
    return amounts.filter((name) => outcomes.some((outcome) => comesOf(frame, name, outcome))).slice(0, 1)
  return [...amounts, income]
    .filter((name) => {
      const column = frame.numbers.get(name)
      if (column === undefined) return false
      const having = column.values.reduce(
        (sum, value, row) => sum + (column.valid[row] === 1 && value !== 0 ? 1 : 0),
        0,
      )
      if (having < frame.rowCount * knownOfMost) return false
      const first = column.values.find((_, row) => column.valid[row] === 1)
      return column.values.some((value, row) => column.valid[row] === 1 && value !== first)
    })
    .slice(0, mostAmounts)
    .filter((name, place) => name !== income || place === 0)
}

/** Of those to whom an outcome happened, nearly all have the amount that came of it. */
const mostHaveIt = 0.9

/** Whether an amount is what came of an outcome: nobody has it to whom that did not happen, and nearly all others do. */
function comesOf(frame: CustomerFrame, amount: string, outcome: string): boolean {
  const [amounts, flags] = [frame.numbers.get(amount), frame.numbers.get(outcome)]
  if (amounts === undefined || flags === undefined || amounts.known < frame.rowCount * knownOfMost)
    return false
  let [happened, having] = [0, 0]
  for (let row = 0; row < frame.rowCount; row++) {
    if (amounts.valid[row] === 0 || flags.valid[row] === 0) continue
    const has = amounts.values[row] !== 0
    if (flags.values[row] === 1) {
      happened++
      if (has) having++
    } else if (has) return false
  }
  return happened > 0 && having >= mostHaveIt * happened
}

/** Money per customer, or else the first amount that the sources know of everybody: a premium, a balance, charges. */
export function mainAmount(frame: CustomerFrame): Measure | undefined {
  return moneyMeasure(frame) ?? firstMeasure(frame, ...frame.amounts)
}

/** What default means here: of loans old enough to tell, or else of everybody. */
export function defaultMeasure(frame: CustomerFrame): Measure | undefined {
  return firstMeasure(frame, 'default_12m', 'default_ever')
}

/** What conversion means here. */
export function conversionMeasure(frame: CustomerFrame): Measure | undefined {
  return firstMeasure(frame, 'conversion_30d', 'invested_ever', 'repeat_customer')
}

export function numbersOf(frame: CustomerFrame, measure: Measure): NumberColumn {
  const column = frame.numbers.get(measure.column)
  if (column === undefined) throw new TypeError(`The frame has no column ${measure.column}.`)
  return column
}

/** Share of all customers for whom the measure is missing. */
export function missingShare(frame: CustomerFrame, ...columns: readonly string[]): number {
  if (frame.rowCount === 0) return 0
  const least = Math.min(
    ...columns.map((name) => frame.numbers.get(name)?.known ?? frame.levels.get(name)?.known ?? 0),
  )
  return 1 - least / frame.rowCount
}
