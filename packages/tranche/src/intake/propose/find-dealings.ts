import type { Warehouse } from '../../engine/warehouse.ts'
import { chooseTransactionColumns, type TransactionColumns } from './choose-transaction.ts'
import { personScore } from './customer-root.ts'
import type { Subject } from './draft.ts'
import { contractScore } from './draft-accounts.ts'
import type { Recognised } from './draft-others.ts'
import type { ColumnProfile } from './profile.ts'
import { pickByName } from './roles.ts'

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
    const chosen = await chooseTransactionColumns(warehouse, subject.profile, usable)
    if (chosen === undefined) continue
    const { customer } = chosen
    const comesAgain = customer.distinct <= customer.filled * 0.8
    const isRegister = personScore(subject) >= 3 && !comesAgain
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

/** A row for each contract under a number of its own, with more than one thing that only contracts have. */
function isContractRegister(subject: Subject): boolean {
  const account = pickByName(subject.profile.columns, 'account_id', new Set(), 0.75)?.column
  return account?.unique === true && contractScore(subject) >= 3
}

function isAboutOthers(subject: Subject, account: ColumnProfile | undefined): boolean {
  return account?.unique === true || personScore(subject) >= 2 || contractScore(subject) >= 2
}

/** Columns that may be customer, time or amount; of those that name persons only numbers that key them. */
function isUsable(subject: Subject, column: ColumnProfile): boolean {
  const identifier = subject.identifiers.get(column.name)
  return identifier === undefined || ['phone', 'email', 'id_number', 'card_number'].includes(identifier.kind)
}
