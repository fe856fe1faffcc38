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
import { holdsWord, matchWords } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'
import { pickByName } from './roles.ts'
import { notCustomers } from './synonyms-columns.ts'
import { kindTitles, tableSynonyms } from './synonyms-tables.ts'

/** Files of dealings: a customer who comes again, a time, an amount; no contracts and no registers. */
export async function findDealings(
  warehouse: Warehouse,
  subjects: readonly Subject[],
  shapes: ReadonlyMap<Subject, Recognised>,
): Promise<ReadonlyMap<Subject, TransactionColumns>> {
  const found = new Map<Subject, TransactionColumns>()
  for (const subject of subjects) {
    if (shapes.has(subject)) continue
    const usable = subject.profile.columns.filter((column) => isUsable(subject, column))
    const told = subjects.length > 1 ? await dealingsOfAccounts(warehouse, subject) : undefined
    if (told !== undefined) {
      found.set(subject, told)
      continue
    }
    const chosen = await chooseTransactionColumns(warehouse, subject.profile, usable, personKey(subject))
    if (chosen === undefined) continue
    const { customer } = chosen
    const comesAgain = customer.distinct <= customer.filled * 0.8
    const isRegister = !comesAgain && (personScore(subject) >= 3 || isListOfCustomers(subject, customer))
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
  return found
}

/** Claims, premiums, repayments: a file that is called after them, whose rows name an account and not who holds it. */
async function dealingsOfAccounts(
  warehouse: Warehouse,
  { title, profile }: Subject,
): Promise<TransactionColumns | undefined> {
  const { columns } = profile
  if (!Object.values(kindTitles).some((words) => matchWords(title, words) >= 0.75)) return undefined
  if (pickByName(columns, 'customer_id') !== undefined) return undefined
  const account = pickByName(columns, 'account_id', new Set(), 0.75)?.column
  const time = chooseTime(columns)
  if (account === undefined || time === undefined) return undefined
  const amount = await chooseNamedAmount(warehouse, profile, columns, new Set([account.name, time.name]))
  if (amount === undefined) return undefined
  return { customer: account, customerByName: false, time, amount }
}

/** A row for each customer in a file that is called after them: what it says of money and days are their totals. */
function isListOfCustomers({ title }: Subject, customer: ColumnProfile): boolean {
  return customer.unique && matchWords(title, tableSynonyms.customer_versions!) >= 0.6
}

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
  if (pickByName(columns, 'customer_id') !== undefined || pickByName(columns, 'account_id') !== undefined)
    return undefined
  for (const kind of keying) {
    const own = columns.find(
      (column) =>
        identifiers.get(column.name)?.kind === kind && column.filled >= rows * 0.9 && column.distinct >= 10,
    )
    if (own !== undefined) return own
  }
  const named = columns.filter(
    (column) =>
      identifiers.get(column.name)?.kind === 'name' &&
      column.distinct >= 10 &&
      column.distinct <= column.filled * 0.8 &&
      column.filled >= rows * 0.9 &&
      !holdsWord(column.name, notCustomers),
  )
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
