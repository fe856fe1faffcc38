import type { ByteWriter } from './byte-writer.ts'
import type { Customer } from './profile.ts'
import type { Shard } from './shard-state.ts'
import { hasOwnKey, writeCustomerKey, writeLine } from './text-rows.ts'
import { encodeWord, encodeWords, loanPurposes } from './vocabulary.ts'

export const accountHeader =
  'acct_no,cust_no,product_no,product_type,open_time,close_time,status,credit_limit,principal,rate_annual,term_months,purpose\n'

export interface Account {
  /** 1 card, 2 loan, 3 cash: the last digit of the account number. */
  readonly kind: number
  readonly openedDay: number
  readonly openedSecond: number
  readonly closedDay?: number
  readonly limitCents?: number
  readonly principalCents?: number
  /** Annual rate in hundredths of a percent. */
  readonly rateBasisPoints?: number
  readonly termMonths?: number
  readonly purpose?: number
}

/** Planted accounts bear numbers from here on. */
const plantedAccounts = 80_000_000
const accountWidth = 10
const words = ['', '信用卡', '消费贷', '现金宝'].map((text) => encodeWord(text, 'utf-8'))
const productNumbers = ['', 'P02', 'P03', 'P01'] as const
const purposes = encodeWords(loanPurposes, 'utf-8')
const wrongType = encodeWord('旧系统', 'utf-8')

export function writeAccount(shard: Shard, customer: Customer, account: Account): void {
  const out = shard.texts.accounts
  writeLine(out, shard.dirt.accounts.next(), (kind) => writeRow(out, customer, account, kind))
}

/** Account numbers follow from the customer's number and the kind of account. */
export function writeAccountKey(out: ByteWriter, index: number, accountKind: number): ByteWriter {
  return out.ascii('A').integer((index + 1) * 10 + accountKind, accountWidth)
}

function writeRow(out: ByteWriter, customer: Customer, account: Account, kind: string | undefined): void {
  const index = hasOwnKey(kind) ? plantedAccounts + customer.index : customer.index
  writeAccountKey(out, index, account.kind).comma()
  writeCustomerKey(out, customer.index, kind).comma()
  out.ascii(productNumbers[account.kind]!).comma()
  out.bytes(kind === 'wrong_code' ? wrongType : words[account.kind]!).comma()
  if (kind === 'unparseable_date') out.ascii('2024-02-31 25:61:00').comma()
  else out.moment(account.openedDay, account.openedSecond).comma()
  if (account.closedDay !== undefined) out.moment(account.closedDay, 64_800)
  out
    .comma()
    .ascii(account.closedDay === undefined ? 'open' : 'closed')
    .comma()
  if (account.limitCents !== undefined) out.cents(account.limitCents)
  out.comma()
  if (account.principalCents !== undefined) out.cents(account.principalCents)
  out.comma()
  if (account.rateBasisPoints !== undefined) out.ascii('0.').integer(account.rateBasisPoints, 4)
  out.comma()
  if (account.termMonths !== undefined) out.integer(account.termMonths)
  out.comma()
  if (account.purpose !== undefined) out.bytes(purposes[account.purpose]!)
}
