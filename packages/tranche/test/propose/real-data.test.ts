import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { extrasOf, mappingOf, proposeContents, proposeFor } from './proposals.ts'

const data = process.env['TRANCHE_DATA']
if (data === undefined) console.log('TRANCHE_DATA names no folder: proposals for real data are skipped.')
const at = (...path: string[]): string => join(data ?? '', ...path)

/** Rows of a comma- or semicolon-separated file without quotes that matter. */
function rowsOf(file: string, delimiter: string, count: number): string[][] {
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text
    .split('\n')
    .slice(0, count)
    .map((line) => line.trim().replaceAll('"', '').split(delimiter))
}

describe.skipIf(data === undefined)('real data', { timeout: 300_000 }, () => {
  it('CDNOW without a header: customers, days and dollars', async () => {
    const proposal = await proposeFor(at('cdnow', 'CDNOW_sample.txt'))
    expect(mappingOf(proposal, 'transactions')).toEqual({
      customer_id: 'column_1',
      occurred_at: 'column_3',
      amount: 'column_5',
      kind: { value: 'purchase' },
    })
  })

  it('Online Retail: the price times the pieces, returns as refunds, rows without a customer filtered', async () => {
    const proposal = await proposeFor(at('online_retail_uci', 'online_retail.csv.gz'))
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      customer_id: 'CustomerID',
      occurred_at: 'InvoiceDate',
      amount: 'Quantity * UnitPrice',
      country: 'Country',
      product_id: 'StockCode',
    })
    expect(proposal.sources[0]!.yaml).toContain('135080 rows of 541909 name no customer')
    expect(proposal.sources[0]!.yaml).toContain('9290 rows have a negative amount')
  })

  it('a bank in eight files: owners of accounts, places, cards, loans', async () => {
    const files = ['account', 'card', 'client', 'disp', 'district', 'loan', 'order'].map((name) =>
      at('berka_pkdd99', `${name}.csv`),
    )
    const proposal = await proposeFor(...files, at('berka_pkdd99', 'trans_feup_loan_test_accounts.csv.gz'))
    const owner = {
      source: 'disp',
      key: 'account_id',
      match: 'account_id',
      take: 'client_id',
      where: 'type == "OWNER"',
    }
    expect(mappingOf(proposal, 'customer_versions')).toMatchObject({
      customer_id: 'client_id',
      gender: 'birth_number',
      birth_date: 'birth_number',
      city: { source: 'district', key: 'A1', match: 'district_id', take: 'A2' },
      province: { source: 'district', key: 'A1', match: 'district_id', take: 'A3' },
    })
    expect(mappingOf(proposal, 'accounts', 'account')).toMatchObject({
      account_id: 'account_id',
      customer_id: owner,
      opened_at: 'date',
    })
    expect(mappingOf(proposal, 'accounts', 'loan')).toMatchObject({
      principal: 'amount',
      term_months: 'duration',
      status: 'status',
      product_kind: { value: 'loan' },
    })
    expect(mappingOf(proposal, 'accounts', 'card')).toMatchObject({
      customer_id: { source: 'disp', key: 'disp_id', match: 'disp_id', take: 'client_id' },
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      transaction_id: 'trans_id',
      customer_id: owner,
      amount: 'amount',
      kind: 'type',
    })
  })

  it('card holders who left: an outcome by its name, everything else an attribute', async () => {
    const proposal = await proposeFor(at('bankchurners', 'BankChurners.csv.gz'))
    expect(mappingOf(proposal, 'customer_versions')).toMatchObject({
      customer_id: 'CLIENTNUM',
      gender: 'Gender',
      age_years: 'Customer_Age',
      credit_limit: 'Credit_Limit',
    })
    expect(proposal.outcomes).toMatchObject([
      { outcome: { attribute: 'attrition_flag', equals: 'Attrited Customer' } },
    ])
    expect(extrasOf(proposal)).toMatchObject({
      total_trans_amt: 'money',
      total_trans_ct: 'number',
      card_category: 'string',
    })
  })

  it('card holders in default: a gender in figures is a guess that is said', async () => {
    const proposal = await proposeFor(at('taiwan_credit_default', 'UCI_Credit_Card.csv.gz'))
    expect(mappingOf(proposal, 'customer_versions')).toMatchObject({
      customer_id: 'ID',
      gender: 'SEX',
      age_years: 'AGE',
      credit_limit: 'LIMIT_BAL',
    })
    expect(proposal.notes.some(({ en }) => en.includes('1 was taken for male'))).toBe(true)
    expect(proposal.outcomes.map(({ key }) => key)).toEqual(['default_payment_next_month_rate'])
    expect(extrasOf(proposal)).toMatchObject({ bill_amt1: 'money', pay_amt6: 'money', pay_0: 'number' })
  })

  it('calls without customer numbers: each row is a customer', async () => {
    const proposal = await proposeFor(at('uci_bank_marketing', 'bank-full.csv.gz'))
    expect(mappingOf(proposal, 'customer_versions')).toMatchObject({
      customer_id: '_row',
      age_years: 'age',
      occupation: 'job',
    })
    expect(proposal.outcomes.map(({ key }) => key)).toContain('y_rate')
  })

  it('finds the same with the columns renamed, shuffled and beheaded', async () => {
    const retail = rowsOf(at('online_retail_uci', 'online_retail.csv.gz'), ',', 60_000).filter(
      (row) => row.length === 8,
    )
    const [header, ...body] = retail
    const order = [3, 6, 1, 5, 2, 7, 4, 0]
    const shuffled = (row: readonly string[]) => order.map((index) => row[index]!)
    const write = (rows: readonly (readonly string[])[]) => rows.map((row) => row.join('\t')).join('\n')
    const place = (name: string) => order.indexOf(header!.indexOf(name)) + 1
    const customer = place('CustomerID')
    const expected = (name: (column: number) => string) => ({
      customer_id: name(customer),
      occurred_at: name(place('InvoiceDate')),
      amount: `${name(place('Quantity'))} * ${name(place('UnitPrice'))}`,
    })
    const renamed = await proposeContents({
      'x.tsv': write([order.map((_, index) => `f${index + 1}`), ...body.map(shuffled)]),
    })
    expect(mappingOf(renamed, 'transactions')).toMatchObject(expected((column) => `f${column}`))
    const beheaded = await proposeContents({ 'y.txt': write(body.map(shuffled)) })
    expect(mappingOf(beheaded, 'transactions')).toMatchObject(expected((column) => `column_${column}`))
  })

  it('finds numbers, gender and age of customers without any names', async () => {
    const [, ...body] = rowsOf(at('bankchurners', 'BankChurners.csv.gz'), ',', 20_000)
    const proposal = await proposeContents({
      'x.csv': body
        .filter((row) => row.length === 23)
        .map((row) => [...row].reverse().join(';'))
        .join('\n'),
    })
    expect(mappingOf(proposal, 'customer_versions')).toMatchObject({
      customer_id: 'column_23',
      gender: 'column_20',
      age_years: 'column_21',
    })
  })
})

describe('the source code', () => {
  it('holds column names of the data sets in the synonym lists only', async () => {
    const { readdirSync } = await import('node:fs')
    const folder = join(import.meta.dirname, '..', '..', 'src', 'intake')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.includes('synonyms'),
    )
    const names =
      /CLIENTNUM|Attrition|LIMIT_BAL|BILL_AMT|PAY_AMT|\bStockCode|\bInvoiceNo|\bUnitPrice|poutcome|['"]birth_number|disp_id|trans_id|CUST_ID|IDpol/
    const found = files.filter((name) => names.test(readFileSync(join(folder, name), 'utf8')))
    expect(found).toEqual([])
  })
})
