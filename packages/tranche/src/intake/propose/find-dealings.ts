import type { IdentifierKind } from '@tranche/contract'
import type { Warehouse } from '../../engine/warehouse.ts'
import {
  chooseNamedAmount,
  chooseTime,
  chooseTransactionColumns,
  type TransactionColumns,
} from './choose-transaction.ts'
import { personScore } from './customer-root.ts'
import type { Subject } from './draft.ts'
import { contractScore } from './draft-accounts.ts'
import type { Recognised } from './draft-others.ts'
import { conceptScore, holdsWord, matchTitle, matchWords } from './name-match.ts'
import { type Panel, panelOf } from './panels.ts'
import type { ColumnProfile } from './profile.ts'
import type { Reference } from './relations.ts'
import { pickByName } from './roles.ts'
import { handles, notCustomers } from './synonyms-columns.ts'
import { kindTitles, tableSynonyms } from './synonyms-tables.ts'

export interface FoundDealings {
  readonly dealings: ReadonlyMap<Subject, TransactionColumns>
  readonly panels: ReadonlyMap<Subject, Panel>
}

/** Files of dealings: a customer who comes again, a time, an amount; no contracts, no registers, and no panels. */
export async function findDealings(
  warehouse: Warehouse,
  subjects: readonly Subject[],
  shapes: ReadonlyMap<Subject, Recognised>,
  references: readonly Reference[],
): Promise<FoundDealings> {
  const found = new Map<Subject, TransactionColumns>()
  const panels = new Map<Subject, Panel>()
  for (const subject of subjects) {
    if (shapes.has(subject)) continue
    const usable = subject.profile.columns.filter((column) => isUsable(subject, column))
    const told =
      subjects.length > 1
        ? ((await dealingsOfAccounts(warehouse, subject)) ??
          (await dealingsThrough(warehouse, subject, references)))
        : undefined
    if (told !== undefined) {
      found.set(subject, told)
      continue
    }
    const chosen = await chooseTransactionColumns(warehouse, subject.profile, usable, personKey(subject))
    if (chosen === undefined) continue
    const panel = await panelOf(warehouse, subject, chosen)
    if (panel !== undefined) {
      panels.set(subject, panel)
      continue
    }
    const { customer } = chosen
    const comesAgain = customer.distinct <= customer.filled * 0.8
    const isRegister =
      !comesAgain &&
      (personScore(subject) >= 3 || isListOfCustomers(subject, customer) || isSummary(subject, chosen))
    const isContract = contractScore(subject) >= 2 && (!comesAgain || isContractRegister(subject))
    const account = pickByName(subject.profile.columns, 'account_id')?.column
    const accountsComeAgain = account !== undefined && account.distinct <= account.filled * 0.8
    if (isRegister || (isContract && !accountsComeAgain)) continue
    // Nobody is named as the customer, and the file is about something else: persons, or contracts of one row each.
    const isKeyed = comesAgain && subject.identifiers.has(customer.name)
    if (!chosen.customerByName && !accountsComeAgain && !isKeyed && isAboutOthers(subject, account)) continue
    if (!comesAgain && !accountsComeAgain && subjects.length === 1 && !chosen.customerByName) continue
    found.set(subject, chosen)
  }
  return { dealings: found, panels }
}

/** Claims, premiums, repayments: a file that is called after them, whose rows name an account and not who holds it. */
async function dealingsOfAccounts(
  warehouse: Warehouse,
  { title, profile }: Subject,
): Promise<TransactionColumns | undefined> {
  const { columns } = profile
  if (!Object.values(kindTitles).some((words) => matchTitle(title, words) >= 0.75)) return undefined
  if (pickByName(columns, 'customer_id') !== undefined) return undefined
  const account = pickByName(columns, 'account_id', new Set(), 0.75)?.column
  const time = chooseTime(columns)
  if (account === undefined || time === undefined) return undefined
  const amount = await chooseNamedAmount(warehouse, profile, columns, new Set([account.name, time.name]))
  if (amount === undefined) return undefined
  return { customer: account, customerByName: false, time, amount }
}

/** Payments, charges, trades under numbers of their own that name a contract, a subscription, a card of another file. */
async function dealingsThrough(
  warehouse: Warehouse,
  subject: Subject,
  references: readonly Reference[],
): Promise<TransactionColumns | undefined> {
  const { title, profile } = subject
  const { columns } = profile
  if (pickByName(columns, 'customer_id') !== undefined) return undefined
  const own = pickByName(columns, 'transaction_id', new Set(), 0.75)?.column
  if (own?.unique !== true && matchTitle(title, tableSynonyms.transactions!) < 0.75) return undefined
  const to = references.find(
    ({ from, sameName, score }) =>
      from.subject === subject &&
      from.column !== own &&
      from.column.distinct < from.column.filled &&
      (sameName || score >= surelyMeant) &&
      !isProduct(from.column),
  )
  const time = pickByName(columns, 'occurred_at')?.column
  if (to === undefined || time === undefined) return undefined
  const taken = new Set([to.from.column.name, time.name])
  const amount = await chooseNamedAmount(warehouse, profile, columns, taken)
  return amount && { customer: to.from.column, customerByName: false, time, amount }
}

/** Least score of a reference whose names say that it is one. */
const surelyMeant = 1.9

const isProduct = ({ name }: ColumnProfile): boolean =>
  conceptScore(name, 'product_id') >= 0.75 || holdsWord(name, notCustomers)

/** A row for each customer in a file that is called after them: what it says of money and days are their totals. */
function isListOfCustomers({ title }: Subject, customer: ColumnProfile): boolean {
  return customer.unique && matchTitle(title, tableSynonyms.customer_versions!) >= 0.6
}

/** A row for each customer with totals and with first and last days: what came of their dealings, not the dealings. */
function isSummary({ profile }: Subject, { customer }: TransactionColumns): boolean {
  if (!customer.unique) return false
  const told = profile.columns.filter(({ name }) => holdsWord(name, summaryWords))
  return told.length >= 2
}

const summaryWords: readonly string[] = [
  'total',
  'ever',
  'first',
  'last',
  'average',
  'avg',
  'mean',
  'cumulative',
  'lifetime',
  'recency',
  'frequency',
  '累计',
  '首次',
  '首单',
  '最近',
  '末次',
  '平均',
]

/** A row for each contract under a number of its own, with more than one thing that only contracts have. */
function isContractRegister(subject: Subject): boolean {
  const account = pickByName(subject.profile.columns, 'account_id', new Set(), 0.75)?.column
  return account?.unique === true && contractScore(subject) >= 3
}

function isAboutOthers(subject: Subject, account: ColumnProfile | undefined): boolean {
  return account?.unique === true || personScore(subject) >= 2 || contractScore(subject) >= 2
}

/**
 * Where nothing numbers the customers of a file, what belongs to one person alone does, or else what they are called: not
 * a vendor's or a clerk's name, and only where the same come again.
 */
export function personKey({ profile, identifiers }: Subject): ColumnProfile | undefined {
  const { columns, rows } = profile
  // What customers are called, "buyer nickname", is no number of theirs, though its name begins like one.
  const called = columns.filter(({ name }) => identifiers.get(name)?.kind === 'name')
  const taken = new Set(called.map(({ name }) => name))
  if (
    pickByName(columns, 'customer_id', taken) !== undefined ||
    pickByName(columns, 'account_id') !== undefined
  )
    return undefined
  const comesAgain = (column: ColumnProfile) =>
    column.distinct >= 10 && column.distinct <= column.filled * 0.8 && column.filled >= rows * 0.9
  const handle = called.find((column) => holdsWord(column.name, handles) && comesAgain(column))
  if (handle !== undefined) return handle
  for (const kind of keying) {
    const own = columns.find(
      (column) =>
        identifiers.get(column.name)?.kind === kind && column.filled >= rows * 0.9 && column.distinct >= 10,
    )
    if (own !== undefined) return own
  }
  const named = called.filter((column) => comesAgain(column) && !holdsWord(column.name, notCustomers))
  const ofCustomers = named.filter(({ name }) => matchWords(name, tableSynonyms.customer_versions!) >= 0.5)
  return ofCustomers[0] ?? (named.length === 1 ? named[0] : undefined)
}

/** Columns that may be customer, time or amount; of those that name persons only numbers that key them. */
function isUsable(subject: Subject, column: ColumnProfile): boolean {
  const identifier = subject.identifiers.get(column.name)
  return identifier === undefined || keying.includes(identifier.kind)
}

/** What belongs to one person alone. */
const keying: readonly IdentifierKind[] = ['id_number', 'phone', 'email', 'card_number']
