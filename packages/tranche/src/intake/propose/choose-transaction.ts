import type { Warehouse } from '../../engine/warehouse.ts'
import { ident, sql } from '../../sql/sql.ts'
import { readValue } from '../readers/value-formats.ts'
import { conceptScore, holdsWord, namesCode } from './name-match.ts'
import { type ColumnProfile, type FileProfile, profiled } from './profile.ts'
import { isKeyLike, pickByName } from './roles.ts'
import { besideAmount, type Concept, notAmounts, notCustomers, otherThings } from './synonyms-columns.ts'
import { findTwoSides, type TwoSides } from './two-sides.ts'

/** What a file of dealings says about who, when and how much. */
export interface TransactionColumns {
  readonly customer: ColumnProfile
  readonly customerByName: boolean
  readonly time: ColumnProfile
  readonly amount:
    | { readonly column: ColumnProfile; readonly byName: boolean }
    | { readonly quantity: ColumnProfile; readonly price: ColumnProfile; readonly byName: boolean }
    | TwoSides
}

const otherKeys: readonly Concept[] = [
  'account_id',
  'transaction_id',
  'order_id',
  'product_id',
  'anonymous_id',
]

/** What describes a customer numbers none. */
const attributes: readonly Concept[] = [
  'age_years',
  'category',
  'quantity',
  'term_months',
  'city',
  'province',
  'country',
  'channel',
]

/** What stands on an account, or says something of a person, was paid by nobody. */
const noAmounts: readonly Concept[] = ['balance', 'credit_limit', 'income_annual', 'age_years', 'principal']

/** The three columns without which there are no transactions, the customer's given or looked for; undefined where one can't be told. */
export async function chooseTransactionColumns(
  warehouse: Warehouse,
  profile: FileProfile,
  usable: readonly ColumnProfile[],
  named?: ColumnProfile,
): Promise<TransactionColumns | undefined> {
  const time = chooseTime(usable)
  if (time === undefined) return undefined
  const customer =
    named === undefined
      ? await chooseCustomer(warehouse, profile, usable, time)
      : { column: named, byName: true }
  if (customer === undefined) return undefined
  const taken = new Set([time.name, customer.column.name])
  const amount = await chooseAmount(warehouse, profile, usable, taken)
  if (amount === undefined) return undefined
  return { customer: customer.column, customerByName: customer.byName, time, amount }
}

/** The column of the event's time: by its name, else the one with times of day, else the finest. */
export function chooseTime(columns: readonly ColumnProfile[]): ColumnProfile | undefined {
  const named = pickByName(columns, 'occurred_at')
  if (named !== undefined) return named.column
  return columns
    .filter((column) => column.date !== null && conceptScore(column.name, 'birth_date') < 0.6)
    .sort(
      (one, other) =>
        Number(other.date!.hasTime) - Number(one.date!.hasTime) ||
        other.filled - one.filled ||
        other.distinct - one.distinct,
    )[0]
}

async function chooseCustomer(
  warehouse: Warehouse,
  profile: FileProfile,
  columns: readonly ColumnProfile[],
  time: ColumnProfile,
): Promise<{ column: ColumnProfile; byName: boolean } | undefined> {
  const named = pickByName(columns, 'customer_id', new Set([time.name]))
  const isOther = (column: ColumnProfile, least: number): boolean =>
    otherKeys.some((concept) => conceptScore(column.name, concept) >= least)
  if (named !== undefined && !isOther(named.column, named.score + 0.01))
    return { column: named.column, byName: true }
  // A statement of accounts names no customers: each account is taken for one.
  const account = pickByName(columns, 'account_id', new Set([time.name]), 0.8)?.column
  if (account !== undefined && account.distinct >= 2 && account.distinct <= account.filled * 0.8)
    return { column: account, byName: false }
  const candidates = columns.filter(
    (column) =>
      column !== time &&
      column.date === null &&
      isKeyLike(column) &&
      column.distinct >= 10 &&
      column.distinct < column.filled &&
      !isOther(column, 0.75) &&
      !holdsWord(column.name, notCustomers) &&
      !holdsWord(column.name, otherThings) &&
      !attributes.some((concept) => conceptScore(column.name, concept) >= 0.75),
  )
  if (candidates.length === 0) return undefined
  const days = await daysPerValue(warehouse, profile, candidates, time)
  const returning = candidates.filter((column) => days.get(column.name)! > 0.05)
  const orders = candidates.filter((column) => days.get(column.name)! <= 0.01)
  for (const order of orders) {
    const determined: ColumnProfile[] = []
    for (const candidate of returning)
      if (
        candidate.distinct >= Math.max(20, profile.rows / 5000) &&
        (await determines(warehouse, profile, order, candidate))
      )
        determined.push(candidate)
    const best = determined.sort((one, other) => other.distinct - one.distinct)[0]
    if (best !== undefined) return { column: best, byName: false }
  }
  const best = [...(returning.length > 0 ? returning : candidates)].sort(
    (one, other) => keyness(other) - keyness(one) || one.index - other.index,
  )[0]
  return best === undefined ? undefined : { column: best, byName: false }
}

/** How much a column looks like a register of customers, by the look of its values alone. */
function keyness(column: ColumnProfile): number {
  const sample = column.top.slice(0, 100).map(({ value }) => value)
  const padded = sample.filter((value) => /^0\d/.test(value)).length > sample.length * 0.3
  const sameLength = column.minLength === column.maxLength
  const rowsEach = column.filled / Math.max(1, column.distinct)
  return (
    (padded ? 2 : 0) +
    (sameLength ? 1 : 0) +
    (column.numbers !== null ? 0.5 : 0) +
    (rowsEach >= 1.2 && rowsEach <= 500 ? 1 : 0) +
    (column.distinct >= 100 ? 1 : 0) +
    (column.distinct < 30 ? -3 : 0)
  )
}

/** For each column the share of its values that come on more than one day. */
async function daysPerValue(
  warehouse: Warehouse,
  profile: FileProfile,
  columns: readonly ColumnProfile[],
  time: ColumnProfile,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  const day = readValue(profiled(time.index), 'date', { formats: time.date!.formats })
  for (const column of columns) {
    const { share } = await warehouse.row<{ share: number }>(
      sql`select avg(case when several then 1.0 else 0.0 end) as share from (select min(d) <> max(d) as several from (select ${profiled(column.index)} as v, ${day} as d from ${ident(profile.table)} where ${profiled(column.index)} is not null) group by v)`,
    )
    found.set(column.name, Number(share))
  }
  return found
}

/** Whether each value of one column goes with one value of the other, as an order goes with one customer. */
export async function determines(
  warehouse: Warehouse,
  profile: FileProfile,
  one: ColumnProfile,
  other: ColumnProfile,
  least = 0.99,
): Promise<boolean> {
  const { share } = await warehouse.row<{ share: number | null }>(
    sql`select avg(case when several then 0.0 else 1.0 end) as share from (select min(b) <> max(b) as several from (select ${profiled(one.index)} as a, ${profiled(other.index)} as b from ${ident(profile.table)}) where a is not null and b is not null group by a)`,
  )
  return share !== null && Number(share) >= least
}

/** The amount as its name tells it: a column, two sides of which one is filled, or pieces and the price of one. */
export async function chooseNamedAmount(
  warehouse: Warehouse,
  profile: FileProfile,
  columns: readonly ColumnProfile[],
  taken: ReadonlySet<string>,
): Promise<TransactionColumns['amount'] | undefined> {
  const itself = columns.filter(({ name }) => !holdsWord(name, besideAmount))
  const named = pickByName(itself, 'amount', taken)
  if (named !== undefined) return { column: named.column, byName: true }
  const sides = await findTwoSides(warehouse, profile, columns, taken)
  if (sides !== undefined) return sides
  const price = pickByName(columns, 'unit_price', taken)?.column
  const quantity = pickByName(columns, 'quantity', taken)?.column
  if (price !== undefined && quantity !== undefined) return { quantity, price, byName: true }
  if (price !== undefined) return { column: price, byName: true }
  const beside = pickByName(columns, 'amount', taken)
  return beside === undefined ? undefined : { column: beside.column, byName: true }
}

async function chooseAmount(
  warehouse: Warehouse,
  profile: FileProfile,
  columns: readonly ColumnProfile[],
  taken: ReadonlySet<string>,
): Promise<TransactionColumns['amount'] | undefined> {
  const named = await chooseNamedAmount(warehouse, profile, columns, taken)
  if (named !== undefined) return named
  const numeric = columns.filter(
    (column) =>
      !taken.has(column.name) &&
      column.numbers !== null &&
      column.date === null &&
      column.distinct > 1 &&
      !holdsWord(column.name, besideAmount) &&
      !holdsWord(column.name, notAmounts) &&
      !noAmounts.some((concept) => conceptScore(column.name, concept) >= 0.75),
  )
  const amounts = numeric.filter((column) => !column.numbers!.whole && !namesCode(column.name)).sort(byMean)
  const counts = numeric.filter((column) => column.numbers!.whole && !looksLikeKey(column)).sort(byMean)
  const [amount] = amounts
  const [count] = counts
  if (amount === undefined) return count === undefined ? undefined : { column: count, byName: false }
  if (count !== undefined && (await isUnitPrice(warehouse, profile, amount, count)))
    return { quantity: count, price: amount, byName: false }
  return { column: amount, byName: false }
}

function byMean(one: ColumnProfile, other: ColumnProfile): number {
  return other.numbers!.mean - one.numbers!.mean
}

/** Numbers of the same length, or nearly all different: no quantities. */
function looksLikeKey(column: ColumnProfile): boolean {
  const fixed = column.minLength === column.maxLength && column.maxLength >= 4
  return (
    namesCode(column.name) ||
    fixed ||
    column.top.some(({ value }) => /^0\d/.test(value)) ||
    column.numbers!.min > 1000
  )
}

/** A total grows with the number of pieces; the price of one does not. */
async function isUnitPrice(
  warehouse: Warehouse,
  profile: FileProfile,
  amount: ColumnProfile,
  count: ColumnProfile,
): Promise<boolean> {
  const number = (column: ColumnProfile) =>
    readValue(profiled(column.index), 'number', { decimal: column.numbers!.decimal })
  const { r } = await warehouse.row<{ r: number | null }>(
    sql`select corr(ln(a), ln(q)) as r from (select ${number(amount)} as a, ${number(count)} as q from ${ident(profile.table)}) where a > 0 and q > 0`,
  )
  return r !== null && r < 0.1
}
