import type { Customer } from './profile.ts'
import type { Shard } from './shard-state.ts'
import type { Staged } from './staged.ts'

export const transactionKind = {
  purchase: 0,
  investment: 1,
  redemption: 2,
  repayment: 3,
  installment: 4,
  points: 5,
  refund: 6,
  deposit: 7,
  withdrawal: 8,
} as const

export const accountKind = { none: 0, card: 1, loan: 2, cash: 3 } as const

/** How a staged row is falsified when it is written; 0 leaves it as it is. */
export const flawCodes = [
  'none',
  'key_lower_case',
  'key_spaces',
  'key_full_width',
  'unknown_customer',
  'future_date',
  'missing_amount',
  'negative_amount',
  'wrong_code',
  'failed_transaction',
] as const
const flawOf = new Map<string, number>(flawCodes.map((code, index) => [code, index]))

/** Numbers of a customer's rows from here on, and below twice as many, belong to planted rows. */
const plantedNumbers = 500_000

const column = { number: 1, cents: 6, flaw: 12 } as const

/** Appends a transaction of a customer; the day must be before the end. Cities are numbers from 1, 0 for none. */
export function addTransaction(
  shard: Shard,
  customer: Customer,
  account: number,
  day: number,
  second: number,
  kind: number,
  cents: number,
  category: number,
  product: number,
  merchant: number,
  way: number,
  city: number,
): void {
  const table = shard.staged.transactions
  const row = table.next()
  const c = table.columns
  c[0]![row] = customer.index
  c[1]![row] = customer.nextTransaction++
  c[2]![row] = account
  c[3]![row] = day
  c[4]![row] = second
  c[5]![row] = kind
  c[6]![row] = cents
  c[7]![row] = category
  c[8]![row] = product
  c[9]![row] = merchant
  c[10]![row] = way
  c[11]![row] = city
  c[12]![row] = 0
  const planted = shard.dirt.transactions.next()
  if (planted !== undefined) plantOn(table, row, planted)
}

function plantOn(table: Staged, row: number, kind: string): void {
  if (kind.startsWith('key_')) {
    table.columns[column.flaw]![row] = flawOf.get(kind)!
    return
  }
  const copy = table.repeat()
  if (kind === 'duplicate') return
  if (kind === 'contradictory_duplicate') {
    // Of rows that contradict each other the later one holds, so the false one comes first.
    table.columns[column.cents]![row]! += 100
    return
  }
  // A running number within the part keeps planted numbers of one customer apart.
  table.columns[column.number]![copy] = plantedNumbers + (copy % plantedNumbers)
  table.columns[column.flaw]![copy] = flawOf.get(kind)!
}

/**
 * Repeats the last row of another staged table, falsified unless it is a plain duplicate; `flaw` is the last
 * column. A table with numbered rows gives the falsified one a number of its own.
 */
export function plantOnLast(table: Staged, kind: string | undefined, numberColumn?: number): void {
  if (kind === undefined) return
  const copy = table.repeat()
  if (kind === 'duplicate') return
  table.columns.at(-1)![copy] = flawOf.get(kind)!
  if (numberColumn !== undefined)
    table.columns[numberColumn]![copy] = plantedNumbers + (copy % plantedNumbers)
}
