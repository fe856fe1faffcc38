import { conceptScore, holdsWord } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import { type Concept, notCustomerNumber, notPersonalAge } from './synonyms-columns.ts'
import { genderValues } from './synonyms-values.ts'

export interface Pick {
  readonly column: ColumnProfile
  /** Fit of the name, 0 where values alone spoke. */
  readonly score: number
}

const wellNamed = 0.6

type Need = 'date' | 'number' | 'key' | 'code' | 'any'

const needOf: Readonly<Partial<Record<Concept, Need>>> = {
  customer_id: 'key',
  account_id: 'key',
  transaction_id: 'key',
  order_id: 'key',
  product_id: 'key',
  application_id: 'key',
  contact_id: 'key',
  complaint_id: 'key',
  referred_id: 'key',
  referrer_id: 'key',
  anonymous_id: 'key',
  occurred_at: 'date',
  birth_date: 'date',
  onboarded_at: 'date',
  valid_from: 'date',
  opened_at: 'date',
  closed_at: 'date',
  due_on: 'date',
  paid_on: 'date',
  requested_at: 'date',
  decided_at: 'date',
  received_at: 'date',
  answered_at: 'date',
  sent_at: 'date',
  responded_at: 'date',
  complained_at: 'date',
  resolved_at: 'date',
  referred_at: 'date',
  observed_at: 'date',
  holding_date: 'date',
  holding_value: 'number',
  on_date: 'date',
  amount: 'number',
  money_out: 'number',
  money_in: 'number',
  quantity: 'number',
  unit_price: 'number',
  balance: 'number',
  income_annual: 'number',
  dependants: 'number',
  credit_limit: 'number',
  principal: 'number',
  rate_annual: 'number',
  term_months: 'number',
  due_amount: 'number',
  minimum_amount: 'number',
  paid_amount: 'number',
  days_past_due: 'number',
  approved_amount: 'number',
  age_years: 'number',
  observation_value: 'number',
  rate: 'number',
  fee_rate: 'number',
  weight: 'number',
  kind: 'code',
  gender: 'code',
  arm: 'code',
  decision: 'code',
  ledger_kind: 'code',
  product_kind: 'code',
  response_kind: 'code',
  currency: 'code',
  city_tier: 'code',
}

/** Whether the values of a column can be what the concept asks for, whatever its name. */
export function canBe(column: ColumnProfile, concept: Concept): boolean {
  const { numbers } = column
  if (isNested(column)) return concept === 'properties'
  switch (needOf[concept] ?? 'any') {
    case 'date':
      return column.date !== null
    case 'number':
      if (numbers === null || column.date !== null) return false
      if (concept === 'age_years') return isAge(column)
      if (amounts.has(concept) && isYears(column)) return false
      if (concept === 'dependants') return numbers.whole && numbers.min >= 0 && numbers.max <= 30
      if (concept === 'rate_annual') return numbers.min >= 0 && numbers.max <= 1000
      if (concept === 'term_months') return numbers.whole && numbers.min >= 0 && numbers.max <= 1200
      return true
    case 'key':
      return isKeyLike(column)
    case 'code':
      return column.kind !== 'empty' && column.date === null && column.distinct <= 200
    default:
      return column.kind !== 'empty'
  }
}

const amounts: ReadonlySet<Concept> = new Set([
  'credit_limit',
  'principal',
  'income_annual',
  'amount',
  'balance',
  'due_amount',
  'paid_amount',
])

/** Whole numbers between 1900 and 2100, as years are and hardly any amounts. */
function isYears({ numbers, distinct }: ColumnProfile): boolean {
  if (numbers === null || !numbers.whole) return false
  return numbers.min >= 1900 && numbers.max <= 2100 && distinct > 3
}

/** The column that a concept's words name best, among those whose values fit and that are not taken. */
export function pickByName(
  columns: readonly ColumnProfile[],
  concept: Concept,
  taken: ReadonlySet<string> = new Set(),
  least = wellNamed,
): Pick | undefined {
  let best: Pick | undefined
  for (const column of columns) {
    if (taken.has(column.name) || !canBe(column, concept)) continue
    const score = conceptScore(column.name, concept)
    if (concept === 'age_years' && holdsWord(column.name, notPersonalAge)) continue
    if (concept === 'customer_id' && score < 0.95 && !mayNumber(column)) continue
    if (score >= least && (best === undefined || score > best.score)) best = { column, score }
  }
  return best
}

/** Half of a name is not enough for a flag of customers, nor for what they are or owe. */
function mayNumber({ name, distinct, filled }: ColumnProfile): boolean {
  return !holdsWord(name, notCustomerNumber) && (distinct > 2 || filled <= 20)
}

/** Objects as JSON text: no values of their own. */
export function isNested({ top }: ColumnProfile): boolean {
  return top.length > 0 && top.every(({ value }) => value.startsWith('{') && value.endsWith('}'))
}

/** Values that may be keys: whole numbers or short texts without spaces, neither dates nor amounts. */
export function isKeyLike(column: ColumnProfile): boolean {
  if (column.kind === 'empty' || isNested(column) || (column.date !== null && !column.unique)) return false
  if (column.numbers !== null && !column.numbers.whole) return false
  if (column.numbers !== null && column.numbers.negativeShare > 0) return false
  if (isTimeOfDay(column)) return false
  const spaced = column.top.slice(0, 100).filter(({ value }) => /\s/.test(value.trim())).length
  return column.maxLength <= 64 && spaced <= Math.min(100, column.top.length) * 0.1
}

/** Times without a day: 09:30, 下午3:05. */
export function isTimeOfDay({ top }: ColumnProfile): boolean {
  return (
    top.length > 0 &&
    top.every(({ value }) => /^(上午|下午)? ?\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?$/i.test(value))
  )
}

/** Whole numbers as ages are: most of a life, many different ones. */
export function isAge({ numbers }: ColumnProfile): boolean {
  return (
    numbers !== null && numbers.min >= 0 && numbers.max <= 125 && numbers.mean >= 15 && numbers.mean <= 80
  )
}

const genderTexts = new Set(Object.values(genderValues).flat())

/** Nearly all values are words for a gender, and there are two or more of them. */
export function isGenderByValues(column: ColumnProfile): boolean {
  if (column.kind !== 'text' || column.distinct < 2 || column.distinct > 6) return false
  const words = column.top.filter(({ value }) => genderTexts.has(value.toLowerCase()))
  const covered = words.reduce((sum, { count }) => sum + count, 0)
  const sides = ['male', 'female'].filter((side) =>
    words.some(({ value }) => genderValues[side]!.includes(value.toLowerCase())),
  )
  return sides.length === 2 && covered >= column.filled * 0.98
}

/** Two values in all: a yes and a no of some kind. */
export function isTwoValued(column: ColumnProfile): boolean {
  return column.distinct === 2 && column.top.length === 2
}
