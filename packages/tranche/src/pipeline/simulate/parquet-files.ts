import { list, type Sql, sql } from '../../sql/sql.ts'
import { secondsPerDay, utcOffsetSeconds } from './calendar.ts'
import { unknownCustomers } from './dirt.ts'
import type { StagedTable } from './shard-state.ts'
import { flawCodes } from './transactions.ts'
import { categories, cities, ledgerCodes, merchants, payWays, transactionWords } from './vocabulary.ts'

/** Where the rows of each staged table go, under the folder of the data, and how they look there. */
export const parquetFiles: Record<StagedTable, (table: Sql) => Sql> = {
  transactions: (table) => sql`
    select ${rowNumber} as txn_id, ${customerKey} as cust_no, ${accountKey} as acct_no,
      make_timestamptz((cast(day as bigint) * ${secondsPerDay} + second - ${utcOffsetSeconds} + ${futureDays} * ${secondsPerDay}) * 1000000) as txn_time,
      case when flaw = ${flaw('wrong_code')} then '未知' else ${wordAt(transactionWords, sql`kind + 1`)} end as txn_type,
      ${amount} as amount, 'CNY' as currency,
      ${wordAt(categories, sql`category`)} as category, ${productKey} as product_no,
      ${wordAt(merchants, sql`merchant`)} as merchant, ${wordAt(payWays, sql`way`)} as channel,
      ${wordAt(cities, sql`city`)} as city,
      case when flaw = ${flaw('failed_transaction')} then '失败' else '成功' end as status
    from ${table}`,
  ledger: (table) => sql`
    select ${rowNumber} as entry_id, ${customerKey} as cust_no, ${accountKey} as acct_no,
      ${dateOf(sql`day + ${futureDays}`)} as post_date, ${wordAt(ledgerCodes, sql`kind + 1`)} as entry_type,
      ${amount} as amount
    from ${table}`,
  repayments: (table) => sql`
    select ${accountKey} as acct_no, ${customerKey} as cust_no, ${dateOf(sql`due`)} as due_date,
      ${yuan(sql`cents`)} as due_amount, ${yuan(sql`minimum`)} as min_amount,
      case when paid > 0 then ${dateOf(sql`paid`)} end as paid_date, ${yuan(sql`paid_cents`)} as paid_amount
    from ${table}`,
  balances: (table) => sql`
    select ${accountKey} as acct_no, ${customerKey} as cust_no,
      ${dateOf(sql`day + ${futureDays}`)} as as_of_date, ${yuan(sql`cents`)} as balance,
      ${yuan(sql`limit_cents`)} as credit_limit, days_past_due
    from ${table}`,
}

const flaw = (code: (typeof flawCodes)[number]): number => flawCodes.indexOf(code)
const padded = (number: Sql, width: number): Sql =>
  sql`lpad(cast(${number} as varchar), cast(${width} as integer), '0')`
const unknown = flaw('unknown_customer')
const plainKey = sql`'C' || ${padded(sql`customer + 1`, 8)}`

const customerKey = sql`case flaw
  when ${flaw('key_lower_case')} then lower(${plainKey})
  when ${flaw('key_spaces')} then ' ' || ${plainKey} || '  '
  when ${flaw('key_full_width')} then translate(${plainKey}, 'C0123456789', 'Ｃ０１２３４５６７８９')
  when ${unknown} then 'C' || ${padded(sql`customer + ${unknownCustomers}`, 8)}
  else ${plainKey} end`
const accountKey = sql`case when account > 0 then 'A' || ${padded(
  sql`(customer + 1 + case when flaw = ${unknown} then ${unknownCustomers} else 0 end) * 10 + account`,
  10,
)} end`
const rowNumber = sql`cast(customer as bigint) * 1000000 + number`
const futureDays = sql`(case when flaw = ${flaw('future_date')} then 3650 else 0 end)`
const productKey = sql`case when product > 0 then 'P' || ${padded(sql`product`, 2)} end`
const amount = sql`case flaw when ${flaw('missing_amount')} then null
  when ${flaw('negative_amount')} then -${yuan(sql`cents`)} else ${yuan(sql`cents`)} end`

/** Hundredths as DECIMAL(18,2), exactly. */
function yuan(cents: Sql): Sql {
  return sql`cast(cast(${cents} as decimal(18,2)) * cast(0.01 as decimal(3,2)) as decimal(18,2))`
}

function dateOf(day: Sql): Sql {
  return sql`date '1970-01-01' + ${day}`
}

/** The word at a place counted from 1; none at 0. */
function wordAt(words: readonly string[], place: Sql): Sql {
  return sql`(list_value(${list(words)}))[${place}]`
}
