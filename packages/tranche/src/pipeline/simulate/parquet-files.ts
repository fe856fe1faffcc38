import { writeAccountKey } from './account-file.ts'
import { ByteWriter } from './byte-writer.ts'
import { secondsPerDay, utcOffsetSeconds } from './calendar.ts'
import { unknownCustomers } from './dirt.ts'
import type { Dictionary } from './parquet-pages.ts'
import type { FillNumbers, FillPlaces, ParquetColumn } from './parquet-writer.ts'
import type { StagedTable } from './shard-state.ts'
import type { Staged } from './staged.ts'
import { writeCustomerKey } from './text-rows.ts'
import { flawCodes } from './transactions.ts'
import {
  categories,
  cities,
  encodeWord,
  ledgerCodes,
  merchants,
  payWays,
  transactionWords,
} from './vocabulary.ts'

/** The columns of the file that a staged table becomes. */
export const parquetFiles: Record<StagedTable, (staged: Staged) => readonly ParquetColumn[]> = {
  transactions: (staged) => [
    { name: 'txn_id', type: 'long', fill: rowNumbers(staged) },
    { name: 'cust_no', type: 'text', fill: customerKeys(staged) },
    { name: 'acct_no', type: 'text', fill: accountKeys(staged) },
    { name: 'txn_time', type: 'moment', fill: moments(staged) },
    {
      name: 'txn_type',
      type: 'text',
      fill: words([...transactionWords, '未知'], staged.column('kind'), 0, flawed(staged, 'wrong_code')),
    },
    { name: 'amount', type: 'decimal', fill: amounts(staged) },
    { name: 'currency', type: 'text', fill: words(['CNY']) },
    { name: 'category', type: 'text', fill: words(categories, staged.column('category'), 1) },
    { name: 'product_no', type: 'text', fill: words(productNumbers, staged.column('product'), 1) },
    { name: 'merchant', type: 'text', fill: words(merchants, staged.column('merchant'), 1) },
    { name: 'channel', type: 'text', fill: words(payWays, staged.column('way'), 1) },
    { name: 'city', type: 'text', fill: words(cities, staged.column('city'), 1) },
    {
      name: 'status',
      type: 'text',
      fill: words(['成功', '失败'], undefined, 0, flawed(staged, 'failed_transaction')),
    },
  ],
  ledger: (staged) => [
    { name: 'entry_id', type: 'long', fill: rowNumbers(staged) },
    { name: 'cust_no', type: 'text', fill: customerKeys(staged) },
    { name: 'acct_no', type: 'text', fill: accountKeys(staged) },
    { name: 'post_date', type: 'date', fill: dates(staged) },
    { name: 'entry_type', type: 'text', fill: words(ledgerCodes, staged.column('kind')) },
    { name: 'amount', type: 'decimal', fill: amounts(staged) },
  ],
  repayments: (staged) => [
    { name: 'acct_no', type: 'text', fill: accountKeys(staged) },
    { name: 'cust_no', type: 'text', fill: customerKeys(staged) },
    { name: 'due_date', type: 'date', fill: whole(staged.column('due')) },
    { name: 'due_amount', type: 'decimal', fill: whole(staged.column('cents')) },
    { name: 'min_amount', type: 'decimal', fill: whole(staged.column('minimum')) },
    { name: 'paid_date', type: 'date', fill: wherePositive(staged.column('paid')) },
    { name: 'paid_amount', type: 'decimal', fill: whole(staged.column('paid_cents')) },
  ],
  balances: (staged) => [
    { name: 'acct_no', type: 'text', fill: accountKeys(staged) },
    { name: 'cust_no', type: 'text', fill: customerKeys(staged) },
    { name: 'as_of_date', type: 'date', fill: dates(staged) },
    { name: 'balance', type: 'decimal', fill: whole(staged.column('cents')) },
    { name: 'credit_limit', type: 'decimal', fill: wherePositive(staged.column('limit_cents')) },
    { name: 'days_past_due', type: 'integer', fill: whole(staged.column('days_past_due')) },
  ],
}

const productNumbers = Array.from({ length: 10 }, (_, index) => `P${String(index + 1).padStart(2, '0')}`)
const futureDays = 3650
const idsPerCustomer = 1_000_000

const flaw = (code: (typeof flawCodes)[number]): number => flawCodes.indexOf(code)
const unknown = flaw('unknown_customer')
const future = flaw('future_date')
const missing = flaw('missing_amount')
const negative = flaw('negative_amount')
const keyFlaws = flawCodes.map((code) => code.startsWith('key_') || code === 'unknown_customer')

interface Flawed {
  readonly flaws: Int32Array
  readonly code: number
}

function flawed(staged: Staged, code: (typeof flawCodes)[number]): Flawed {
  return { flaws: staged.column('flaw'), code: flaw(code) }
}

/** Words by their places, which are counted from `first`; the list's last word where the row has the flaw. */
function words(list: readonly string[], column?: Int32Array, first = 0, except?: Flawed): FillPlaces {
  const out = new ByteWriter(1024)
  for (const word of list) out.sized((target) => target.bytes(encodeWord(word, 'utf-8')))
  const dictionary = { plain: out.take(), count: list.length }
  return (places, from) => {
    if (column === undefined) places.fill(0)
    else for (let row = 0; row < places.length; row++) places[row] = column[from + row]! - first
    if (except !== undefined)
      for (let row = 0; row < places.length; row++)
        if (except.flaws[from + row] === except.code) places[row] = list.length - 1
    return dictionary
  }
}

function customerKeys(staged: Staged): FillPlaces {
  const flaws = staged.column('flaw')
  return keys(
    staged.column('customer'),
    (row) => (keyFlaws[flaws[row]!] ? flaws[row]! : 0),
    (out, customer, kind) => writeCustomerKey(out, customer, flawCodes[kind]),
  )
}

function accountKeys(staged: Staged): FillPlaces {
  const accounts = staged.column('account')
  const flaws = staged.column('flaw')
  // The account's kind in the last digit, as in the number itself; the other digits tell whose it is.
  return keys(
    staged.column('customer'),
    (row) => (accounts[row] === 0 ? -1 : accounts[row]! + (flaws[row] === unknown ? 10 : 0)),
    (out, customer, kind) =>
      writeAccountKey(out, kind < 10 ? customer : customer + unknownCustomers, kind % 10),
  )
}

/** Keys written once each: a customer's rows stand together and have few different ones. */
function keys(
  customers: Int32Array,
  kindOf: (row: number) => number,
  write: (out: ByteWriter, customer: number, kind: number) => void,
): FillPlaces {
  const out = new ByteWriter()
  const placeOfKind = new Int32Array(20)
  return (places, from): Dictionary => {
    let count = 0
    let customer = -1
    for (let row = 0; row < places.length; row++) {
      const next = customers[from + row]!
      if (next !== customer) {
        customer = next
        placeOfKind.fill(-1)
      }
      const kind = kindOf(from + row)
      if (kind >= 0 && placeOfKind[kind]! < 0) {
        placeOfKind[kind] = count++
        out.sized((target) => write(target, customer, kind))
      }
      places[row] = kind < 0 ? -1 : placeOfKind[kind]!
    }
    return { plain: out.take(), count }
  }
}

function rowNumbers(staged: Staged): FillNumbers {
  const customers = staged.column('customer')
  const rowsOfCustomer = staged.column('number')
  return (numbers, from) => {
    for (let row = 0; row < numbers.length; row++)
      numbers[row] = customers[from + row]! * idsPerCustomer + rowsOfCustomer[from + row]!
  }
}

function moments(staged: Staged): FillNumbers {
  const days = staged.column('day')
  const seconds = staged.column('second')
  const flaws = staged.column('flaw')
  return (numbers, from) => {
    for (let row = 0; row < numbers.length; row++) {
      const day = days[from + row]! + (flaws[from + row] === future ? futureDays : 0)
      numbers[row] = (day * secondsPerDay + seconds[from + row]! - utcOffsetSeconds) * 1e6
    }
  }
}

function dates(staged: Staged): FillNumbers {
  const days = staged.column('day')
  const flaws = staged.column('flaw')
  return (numbers, from) => {
    for (let row = 0; row < numbers.length; row++)
      numbers[row] = days[from + row]! + (flaws[from + row] === future ? futureDays : 0)
  }
}

function amounts(staged: Staged): FillNumbers {
  const cents = staged.column('cents')
  const flaws = staged.column('flaw')
  return (numbers, from) => {
    for (let row = 0; row < numbers.length; row++) {
      const own = flaws[from + row]
      const value = cents[from + row]!
      numbers[row] = own === missing ? Number.NaN : own === negative ? -value : value
    }
  }
}

function whole(column: Int32Array): FillNumbers {
  return (numbers, from) => numbers.set(column.subarray(from, from + numbers.length))
}

function wherePositive(column: Int32Array): FillNumbers {
  return (numbers, from) => {
    for (let row = 0; row < numbers.length; row++) {
      const value = column[from + row]!
      numbers[row] = value > 0 ? value : Number.NaN
    }
  }
}
