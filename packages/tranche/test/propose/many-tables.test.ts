import { describe, expect, test } from 'vitest'
import { csv, mappingOf, proposeContents, sourceOf } from './proposals.ts'

const day = (n: number): string => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10)
const rows = (n: number, row: (i: number) => (string | number | null)[]) =>
  Array.from({ length: n }, (_, i) => row(i))
const pick = <T>(values: readonly T[], i: number): T => values[i % values.length]!

/** A mainland id number that checks (GB 11643). */
function idNumber(n: number): string {
  const first = `1101011990${String((n % 12) + 1).padStart(2, '0')}${String((n % 28) + 1).padStart(2, '0')}${String(n).padStart(3, '0')}`
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = [...first].reduce((total, digit, at) => total + Number(digit) * weights[at]!, 0)
  return `${first}${'10X98765432'[sum % 11]}`
}

const members = csv([
  ['user_id', 'country', 'signup_date', 'gender'],
  ...rows(60, (i) => [i + 1, pick(['DE', 'FR', 'US'], i), day(i), pick(['M', 'F'], i)]),
])

describe('several files of one business', () => {
  test('charges that name a subscription find its customer, and those that failed are filtered', async () => {
    const proposal = await proposeContents({
      'users.csv': members,
      'subscriptions.csv': csv([
        ['sub_id', 'user_id', 'plan_type', 'status', 'start_date'],
        ...rows(50, (i) => [i + 1, i + 3, pick(['Mail', 'Drive'], i), pick(['Active', 'Ended'], i), day(i)]),
      ]),
      'transactions.csv': csv([
        ['tx_id', 'sub_id', 'gateway', 'currency', 'status', 'tx_date', 'amount'],
        ...rows(300, (i) => [
          i + 1,
          (i % 50) + 1,
          pick(['Card', 'Wallet'], i),
          'EUR',
          pick(['Success', 'Success', 'Hard Decline'], i),
          day(i % 90),
          `${3 + (i % 5)}.99`,
        ]),
      ]),
    })
    const [table] = sourceOf(proposal, 'transactions').tables
    expect(table!.table).toBe('transactions')
    expect(table!.columns['customer_id']).toMatchObject({
      lookup: { source: 'subscriptions', key: 'sub_id', match: 'sub_id', take: 'user_id' },
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({ amount: 'amount', currency: 'currency' })
    expect(table!.where).toBe('!known(status) || !(status in ["Hard Decline"])')
    expect(sourceOf(proposal, 'subscriptions').tables[0]!.table).toBe('accounts')
    // The files name their currency, and no zone.
    expect(proposal.workspaceYaml).toContain('assumed: [timeZone]')
  })

  test('a register of policies is contracts, though each has a premium and a day; claims and premiums are told apart by longer words', async () => {
    const proposal = await proposeContents({
      'clients.csv': csv([
        ['client_id', 'country', 'gender'],
        ...rows(80, (i) => [i + 1, pick(['Italy', 'Spain'], i), pick(['M', 'F'], i)]),
      ]),
      'policies.csv': csv([
        ['policy_id', 'client_id', 'product_type', 'start_date', 'annual_premium', 'policy_status'],
        ...rows(120, (i) => [
          i + 1,
          (i % 70) + 1,
          pick(['Motor', 'Home'], i),
          day(i),
          500 + i,
          pick(['Active', 'Cancelled'], i),
        ]),
      ]),
      'payments_staging.csv': csv([
        ['payment_id', 'policy_id', 'payment_date', 'payment_amount', 'payment_type'],
        ...rows(300, (i) => [
          i + 1,
          (i % 120) + 1,
          day(i % 200),
          `${40 + (i % 7)}.10`,
          pick(['Monthly Premium', 'Monthly Premium', 'Claim Payout', 'Refund'], i),
        ]),
      ]),
      'claims_sample.csv': csv([
        ['claim_id', 'policy_id', 'claim_date', 'claim_amount', 'claim_status'],
        ...rows(60, (i) => [i + 1, (i % 50) + 1, day(i), 900 + i, pick(['Paid', 'Rejected', 'Pending'], i)]),
      ]),
    })
    const policies = sourceOf(proposal, 'policies').tables[0]!
    expect(policies.table).toBe('accounts')
    expect(mappingOf(proposal, 'accounts')).toMatchObject({
      account_id: 'policy_id',
      customer_id: 'client_id',
      opened_at: 'start_date',
      status: 'policy_status',
    })
    expect(policies.columns['product_kind']).toEqual({ value: 'insurance' })
    const payments = sourceOf(proposal, 'payments_staging').tables[0]!
    expect(payments.columns['kind']!.codes).toEqual({
      'Monthly Premium': 'premium',
      'Claim Payout': 'claim',
      Refund: 'refund',
    })
    const claims = sourceOf(proposal, 'claims_sample').tables[0]!
    expect(claims.columns['kind']).toEqual({ value: 'claim' })
    expect(claims.where).toBe('!known(claim_status) || !(claim_status in ["Pending", "Rejected"])')
  })

  test('policies that name their holder by an id number are keyed by its pseudonym, and so are their claims', async () => {
    const proposal = await proposeContents({
      '保单.csv': csv([
        ['保单号', '投保人证件号', '险种', '生效日期', '年缴保费'],
        ...rows(90, (i) => [`P${2000 + i}`, idNumber(i % 60), pick(['寿险', '车险'], i), day(i), 800 + i]),
      ]),
      '理赔.csv': csv([
        ['赔案号', '保单号', '报案日期', '赔付金额'],
        ...rows(40, (i) => [`C${i}`, `P${2000 + i}`, day(100 + i), 300 + i]),
      ]),
    })
    const policies = proposal.sources.find(({ value }) => value.label?.zh === '保单')!.value
    const [people] = policies.tables
    expect(people!.columns['customer_id']).toMatchObject({ from: '投保人证件号' })
    expect(policies.identifiers['投保人证件号']).toMatchObject({ use: 'pseudonym' })
    expect(mappingOf(proposal, 'accounts')).toMatchObject({
      account_id: '保单号',
      customer_id: '投保人证件号',
    })
    const claims = proposal.sources.find(({ value }) => value.label?.zh === '理赔')!.value.tables[0]!
    expect(claims.columns['customer_id']).toMatchObject({ lookup: { take: '投保人证件号' } })
    expect(claims.columns['transaction_id']).toBeUndefined()
  })

  test('a list of those who left is an outcome of all the others too', async () => {
    const proposal = await proposeContents({
      'users.csv': members,
      'churn.csv': csv([
        ['user_id', 'ChurnDate', 'ChurnReason'],
        ...rows(15, (i) => [i * 3 + 1, day(200 + i), pick(['Price', 'Moved'], i)]),
      ]),
    })
    const [register] = sourceOf(proposal, 'users').tables
    const [list] = sourceOf(proposal, 'churn').tables
    expect(register!.extras['churn']).toMatchObject({ value: false, type: 'bool' })
    expect(list).toMatchObject({
      table: 'customer_versions',
      columns: { customer_id: { from: 'user_id' }, valid_from: { from: 'ChurnDate' } },
      extras: { churn: { value: true, type: 'bool' }, churn_reason: { from: 'ChurnReason' } },
    })
    expect(proposal.outcomes).toMatchObject([
      { label: { en: 'Churn rate', zh: '流失率' }, outcome: { attribute: 'churn', equals: true } },
    ])
  })

  test('the register with customer numbers is that of the customers, not a longer list of prospects', async () => {
    const proposal = await proposeContents({
      'orders.csv': csv([
        ['order_id', 'customer_id', 'order_date', 'amount'],
        ...rows(200, (i) => [i + 1, (i % 50) + 1, day(i % 90), 10 + i]),
      ]),
      'demographics.csv': csv([
        ['customer_id', 'gender', 'DOB'],
        ...rows(50, (i) => [i + 1, pick(['M', 'F'], i), `${i === 7 ? 1843 : 1960 + (i % 40)}-03-05`]),
      ]),
      'prospects.csv': csv([
        ['first_name', 'last_name', 'gender', 'DOB', 'job_title', 'address'],
        ...rows(80, (i) => [
          pick(['Ann', 'Bob', 'Cy'], i),
          `Lee${i}`,
          pick(['M', 'F'], i),
          `${1950 + (i % 50)}-01-02`,
          pick(['Clerk', 'Nurse'], i),
          `${i + 1} Main Street`,
        ]),
      ]),
    })
    expect(sourceOf(proposal, 'demographics').tables[0]).toMatchObject({
      table: 'customer_versions',
      columns: { customer_id: { from: 'customer_id' }, birth_date: { from: 'DOB' } },
    })
    expect(sourceOf(proposal, 'prospects').tables).toEqual([])
  })

  test('accounts that seasons of tickets name are the customers where no file speaks of persons', async () => {
    const proposal = await proposeContents({
      'account.csv': csv([
        ['account.id', 'amount.donated', 'first.donated'],
        ...rows(60, (i) => [`001i${i + 100}`, i * 10, i % 3 === 0 ? day(i) : null]),
      ]),
      'tickets.csv': csv([
        ['account.id', 'season', 'seats'],
        ...rows(150, (i) => [
          `001i${(i % 60) + 100}`,
          pick(['2009-2010', '2010-2011', '2011-2012'], i),
          (i % 4) + 1,
        ]),
      ]),
    })
    expect(sourceOf(proposal, 'account').tables[0]).toMatchObject({
      table: 'customer_versions',
      columns: { customer_id: { from: 'account.id' } },
    })
    expect(sourceOf(proposal, 'tickets').identifiers).toEqual({})
  })
})

describe('one file', () => {
  test('baskets that name nobody make no customers', async () => {
    const proposal = await proposeContents({
      'bakery.csv': csv([
        ['Date', 'Time', 'Transaction', 'Item'],
        ...rows(200, (i) => [
          day(i % 60),
          `1${i % 9}:0${i % 6}`,
          i >> 1,
          pick(['Bread', 'Coffee', 'Tea'], i),
        ]),
      ]),
    })
    expect(proposal.sources.flatMap(({ value }) => value.tables)).toEqual([])
  })

  test('totals with first and last days are a register, not a purchase for each customer', async () => {
    const proposal = await proposeContents({
      'shop.csv': csv([
        ['master_id', 'first_order_date', 'last_order_date', 'order_num_total', 'customer_value_total'],
        ...rows(80, (i) => [`cc29-${i}`, day(i), day(i + 40), (i % 9) + 1, `${100 + i}.5`]),
      ]),
    })
    expect(sourceOf(proposal, 'shop').tables.map(({ table }) => table)).toEqual(['customer_versions'])
  })

  test('channels and scores are neither customers nor amounts', async () => {
    const proposal = await proposeContents({
      'spendings.csv': csv([
        ['report_date', 'platform', 'marketing_channel_id', 'spendings'],
        ...rows(300, (i) => [day(i % 60), pick(['ios', 'android'], i), 11 + (i % 25), `${(i % 13) + 1}.25`]),
      ]),
      'chats.csv': csv([
        ['conversation_id', 'customer_id', 'start_time', 'feedback_score'],
        ...rows(100, (i) => [`CONV${i}`, (i % 40) + 1, `${day(i)} 10:0${i % 6}:00`, (i % 5) + 1]),
      ]),
    })
    const tables = proposal.sources.flatMap(({ value }) => value.tables.map(({ table }) => table))
    expect(tables).not.toContain('transactions')
  })

  test('a month’s income is twelve of them a year', async () => {
    const proposal = await proposeContents({
      'customers.csv': csv([
        [
          'customer_id',
          'gender',
          'monthly_income',
          'open_account_date',
          'NumberOfProducts',
          'claims_paid (k$)',
          'Total_Trans_Amt',
          'BILL_AMT1',
        ],
        ...rows(50, (i) => [
          `A${i}`,
          pick(['F', 'M'], i),
          `${3000 + i}.50`,
          day(i),
          (i % 4) + 1,
          i % 9,
          i,
          i + 7,
        ]),
      ]),
    })
    const [table] = sourceOf(proposal, 'customers').tables
    expect(table!.columns['income_annual']).toMatchObject({ from: 'monthly_income', scale: 12 })
    expect(table!.columns['onboarded_at']).toMatchObject({ from: 'open_account_date' })
    expect(table!.extras['number_of_products']!.label).toEqual({ en: 'Number of products', zh: '持有产品数' })
    expect(table!.extras['claims_paid']!.label).toEqual({ en: 'Claims paid (k$)', zh: 'claims_paid (k$)' })
    expect(table!.extras['total_trans_amt']!.label!.en).toBe('Total transaction amount')
    expect(table!.extras['bill_amt1']!.label!.en).toBe('Bill amount 1')
  })

  test('numbers that a state gave to persons stay out, whatever they are called', async () => {
    const proposal = await proposeContents({
      'customers.csv': csv([
        ['customer_id', 'gender', 'nik', 'registry', 'credit_score'],
        ...rows(60, (i) => [
          `C${i}`,
          pick(['F', 'M'], i),
          `${2487951802000000 + i * 7919}`,
          `${700408490 + i * 13}`,
          500 + i,
        ]),
      ]),
    })
    expect(Object.keys(sourceOf(proposal, 'customers').identifiers).sort()).toEqual(['nik', 'registry'])
    expect(Object.keys(sourceOf(proposal, 'customers').tables[0]!.extras)).toEqual(['credit_score'])
  })

  test('invoices that name nobody make no customers', async () => {
    const proposal = await proposeContents({
      'supermarket.csv': csv([
        ['Invoice ID', 'Branch', 'Gender', 'Total', 'Date'],
        ...rows(120, (i) => [
          `750-${i + 10}`,
          pick(['A', 'B'], i),
          pick(['Female', 'Male'], i),
          `${i + 3}.5`,
          day(i),
        ]),
      ]),
    })
    expect(proposal.sources.flatMap(({ value }) => value.tables)).toEqual([])
  })

  test('a register in German is read by its words', async () => {
    const proposal = await proposeContents({
      'umsaetze.csv': `Kundennummer;Datum;Betrag\n${Array.from({ length: 300 }, (_, i) => `${1000 + (i % 60)};${String((i % 28) + 1).padStart(2, '0')}.03.2023;1.${100 + (i % 90)},50`).join('\n')}`,
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      customer_id: 'Kundennummer',
      occurred_at: 'Datum',
      amount: 'Betrag',
    })
    expect(sourceOf(proposal, 'umsaetze').tables[0]!.columns['amount']).toMatchObject({ decimal: ',' })
  })
})
