import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Files } from './clean-tables.ts'

const repeated = (source: string): string =>
  `select (select count(*) from ${source}) - (select count(*) from (select distinct * from ${source})) as n`
const contradicting = (source: string, key: string): string =>
  `select count(*) as n from (select ${key} from (select distinct * from ${source}) group by all having count(*) > 1)`
const where = (source: string, condition: string): string =>
  `select count(*) as n from ${source} where ${condition}`

const keys = (source: string, column: string): Record<string, string> => ({
  key_lower_case: where(source, `${column} like 'c%'`),
  key_spaces: where(source, `${column} like ' C%'`),
  key_full_width: where(source, `${column} like 'Ｃ%'`),
})
const unknown = (source: string, column = 'cust_no'): string => where(source, `${column} like 'C9%'`)

/** How each kind of dirt is found again in the files, without knowing where it was planted. */
const queries: Record<string, Record<string, string>> = {
  customers: {
    ...keys('customers', '客户编号'),
    gender_alias: where('customers', `性别 in ('M', 'F', '1', '2', '先生', '女士')`),
    wrong_code: where('customers', `性别 = '9'`),
    duplicate: repeated('customers'),
    contradictory_duplicate: contradicting('(from customers where 是否测试 is not null)', '客户编号'),
    unparseable_date: where('customers', `出生日期 = '不详'`),
    negative_age: where('customers', `try_cast(出生日期 as date) > date '2025-07-01'`),
    bad_amount: where('customers', `try_cast("年收入(万元)" as double) is null and 是否测试 is not null`),
    truncated_line: where('customers', `身份证号 is null`),
    test_row: where('customers', `是否测试 = 'Y'`),
  },
  accounts: {
    ...keys('accounts', 'cust_no'),
    duplicate: repeated('accounts'),
    unknown_customer: unknown('accounts'),
    unparseable_date: where('accounts', `open_time is not null and try_cast(open_time as timestamp) is null`),
    wrong_code: where('accounts', `product_type = '旧系统'`),
    truncated_line: where('accounts', `status is null`),
  },
  applications: {
    ...keys('applications', 'cust_no'),
    duplicate: repeated('applications'),
    contradictory_duplicate: contradicting(
      '(from applications where decision is not null)',
      'application_no',
    ),
    unknown_customer: unknown('applications'),
    unparseable_date: where('applications', `requested_at = '0000-00-00'`),
    wrong_code: where('applications', `decision not in ('通过', '拒绝')`),
    bad_amount: where('applications', `amount is not null and try_cast(amount as double) is null`),
    truncated_line: where('applications', `decision is null`),
  },
  transactions: {
    ...keys('transactions', 'cust_no'),
    duplicate: repeated('transactions'),
    contradictory_duplicate: contradicting('transactions', 'txn_id'),
    unknown_customer: unknown('transactions'),
    future_date: where('transactions', `txn_time > timestamptz '2025-07-01'`),
    missing_amount: where('transactions', 'amount is null'),
    negative_amount: where('transactions', 'amount < 0'),
    wrong_code: where('transactions', `txn_type = '未知'`),
    failed_transaction: where('transactions', `status = '失败'`),
  },
  ledger: {
    duplicate: repeated('ledger'),
    unknown_customer: unknown('ledger'),
    future_date: where('ledger', `post_date > date '2025-07-01'`),
    missing_amount: where('ledger', 'amount is null'),
  },
  balances: {
    duplicate: repeated('balances'),
    unknown_customer: unknown('balances'),
    future_date: where('balances', `as_of_date > date '2025-07-01'`),
  },
  repayments: { duplicate: repeated('repayments'), unknown_customer: unknown('repayments') },
  app_users: {
    phone_with_prefix: where('app_users', `mobile like '+86%'`),
    phone_with_spaces: where('app_users', `mobile like '1% %'`),
    duplicate: repeated('app_users'),
  },
  contacts: {
    ...keys('contacts', 'cust_no'),
    duplicate: repeated('contacts'),
    unknown_customer: unknown('contacts'),
    wrong_code: where('contacts', `arm = '丙组'`),
  },
  responses: { duplicate: repeated('responses'), unknown_customer: unknown('responses') },
  bureau: {
    duplicate: repeated('bureau'),
    unknown_customer: unknown('bureau'),
    bad_amount: where('bureau', 'try_cast(score as int) is null'),
  },
  complaints: {
    duplicate: repeated('complaints'),
    unparseable_date: where('complaints', `complained_at = '2024/13/45'`),
  },
  referrals: { duplicate: repeated('referrals'), unknown_customer: unknown('referrals', 'referrer_no') },
}

/** Counts of each kind of dirt by `source.kind`, as found in the files. */
export async function countDirt(files: Files, dir: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const [source, kinds] of Object.entries(queries))
    for (const [kind, query] of Object.entries(kinds))
      found[`${source}.${kind}`] = (await files.numbers(query))['n']!
  const ids = await files.rows(
    'select distinct 客户编号, 身份证号 as id from customers where 身份证号 is not null',
  )
  found['customers.id_number_bad_checksum'] = ids.filter((row) => !hasChecksum(String(row['id']))).length
  return { ...found, ...(await countEventDirt(dir)) }
}

/** Rows in each source's files, planted ones included. */
export async function countRows(files: Files, dir: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const source of Object.keys(queries))
    counts[source] = (await files.numbers(`select count(*) as n from ${source}`))['n']!
  counts['events'] = (await eventLines(dir)).length
  return counts
}

async function eventLines(dir: string): Promise<readonly string[]> {
  return (await readFile(join(dir, 'data', 'events.jsonl'), 'utf8')).trimEnd().split('\n')
}

async function countEventDirt(dir: string): Promise<Record<string, number>> {
  const lines = await eventLines(dir)
  const whole = lines.filter((line) => line.endsWith('}'))
  const times = whole.map((line) => (JSON.parse(line) as { ts: string }).ts)
  return {
    'events.truncated_line': lines.length - whole.length,
    'events.duplicate': whole.length - new Set(whole).size,
    'events.unparseable_date': times.filter((time) => time === 'yesterday').length,
    'events.future_date': times.filter((time) => Date.parse(time) > Date.parse('2025-07-01')).length,
  }
}

function hasChecksum(id: string): boolean {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, index) => total + weight * Number(id[index]), 0)
  return '10X98765432'[sum % 11] === id[17]
}
