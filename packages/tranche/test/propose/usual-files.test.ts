import { describe, expect, test } from 'vitest'
import { csv, extrasOf, mappingOf, proposeContents, sourceOf } from './proposals.ts'

/** Numbers from a seed, so that the files are the same in every run. */
function draws(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A card number that checks (Luhn). */
function cardNumber(n: number): string {
  const digits = `45320151${String(n).padStart(7, '0')}`
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? Number(digit) * 2 : Number(digit)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

const day = (n: number): string => new Date(Date.UTC(2023, 0, 1 + n)).toISOString().slice(0, 10)
const two = (n: number): string => String(n).padStart(2, '0')
const rows = (n: number, row: (i: number, draw: (below: number) => number) => (string | number | null)[]) => {
  const draw = draws(n)
  return Array.from({ length: n }, (_, i) => row(i, draw))
}

describe('files as people keep them', () => {
  test('events of a shop: what was bought is also a transaction', async () => {
    const proposal = await proposeContents({
      'clicks.csv': csv([
        ['event_time', 'event_type', 'product_id', 'price', 'user_id', 'user_session'],
        ...rows(400, (_, draw) => [
          `${day(draw(60))} ${two(draw(24))}:${two(draw(60))}:05 UTC`,
          ['view', 'view', 'view', 'cart', 'purchase'][draw(5)]!,
          1000 + draw(50),
          `${5 + draw(90)}.99`,
          9000 + draw(40),
          `s${draw(300)}`,
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'events')).toMatchObject({
      customer_id: 'user_id',
      occurred_at: 'event_time',
      name: 'event_type',
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      customer_id: 'user_id',
      occurred_at: 'event_time',
      amount: 'price',
    })
    expect(sourceOf(proposal, 'clicks').tables[1]!.where).toBe('event_type == "purchase"')
  })

  test('a time of day is nobody’s number; a loyalty card is', async () => {
    const proposal = await proposeContents({
      'till.csv': csv([
        ['Receipt', 'Date', 'Time', 'LoyaltyCard', 'Item', 'LineTotal'],
        ...rows(400, (i, draw) => [
          i >> 1,
          day(draw(90)),
          `${two(8 + draw(12))}:${two(draw(60))}`,
          draw(4) === 0 ? null : `L${100 + draw(60)}`,
          ['Milk', 'Bread', 'Eggs'][draw(3)]!,
          `${1 + draw(9)}.50`,
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      customer_id: 'LoyaltyCard',
      occurred_at: 'Date',
      amount: 'LineTotal',
    })
    expect(sourceOf(proposal, 'till').tables[0]!.where).toBe('known(LoyaltyCard)')
  })

  test('a bank statement names no customers: each account is one, and nobody’s name comes in', async () => {
    const proposal = await proposeContents({
      '流水.csv': csv([
        ['交易日期', '交易时间', '账号', '借贷标志', '交易金额', '对方户名'],
        ...rows(300, (_, draw) => [
          day(draw(90)),
          `${two(draw(24))}:${two(draw(60))}:${two(draw(60))}`,
          `80010${100 + draw(30)}`,
          ['借', '贷'][draw(2)]!,
          `${10 + draw(500)}.20`,
          ['王芳', '某某公司', '李强'][draw(3)]!,
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      customer_id: '账号',
      occurred_at: '交易日期',
      kind: '借贷标志',
    })
    expect(Object.values(proposal.sources[0]!.value.identifiers)).toEqual([{ kind: 'name', use: 'drop' }])
  })

  test('holdings on a day were not bought on that day', async () => {
    const proposal = await proposeContents({
      'positions.csv': csv([
        ['InvestorID', 'FundCode', 'HoldingDate', 'Units', 'MarketValue'],
        ...rows(300, (i, draw) => [
          `I${i % 60}`,
          `F${draw(9)}`,
          ['2023-10-31', '2023-11-30'][draw(2)]!,
          `${draw(900)}.25`,
          `${draw(90_000)}.10`,
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'transactions')).toEqual({})
    expect(mappingOf(proposal, 'observations')).toMatchObject({
      customer_id: 'InvestorID',
      name: 'FundCode',
      observed_at: 'HoldingDate',
      value: 'MarketValue',
    })
  })

  test('how long somebody is a customer is not who he is', async () => {
    const proposal = await proposeContents({
      'claims.csv': csv([
        [
          'months_as_customer',
          'age',
          'policy_number',
          'insured_sex',
          'incident_date',
          'total_claim_amount',
          'fraud_reported',
        ],
        ...rows(300, (i, draw) => [
          draw(400),
          19 + draw(45),
          100_000 + i * 7,
          ['MALE', 'FEMALE'][draw(2)]!,
          day(draw(60)),
          draw(60_000),
          draw(4) === 0 ? 'Y' : 'N',
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'customer_versions')).toMatchObject({
      customer_id: 'policy_number',
      gender: 'insured_sex',
      age_years: 'age',
    })
    expect(proposal.outcomes.map(({ outcome }) => outcome)).toEqual([
      { attribute: 'fraud_reported', equals: true },
    ])
  })

  test('loans with shortened names, terms in words and a status of several endings', async () => {
    const proposal = await proposeContents({
      'loans.csv': csv([
        ['id', 'member_id', 'loan_amnt', 'term', 'int_rate', 'annual_inc', 'issue_d', 'loan_status'],
        ...rows(300, (i, draw) => [
          1000 + i,
          5000 + i,
          1000 + 250 * draw(60),
          [' 36 months', ' 60 months'][draw(2)]!,
          `${6 + draw(12)}.5%`,
          20_000 + 1000 * draw(90),
          `${['Jan', 'Jun', 'Nov'][draw(3)]}-${2014 + draw(3)}`,
          ['Fully Paid', 'Fully Paid', 'Current', 'Charged Off', 'Charged Off', 'Default'][draw(6)]!,
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'customer_versions')).toMatchObject({ income_annual: 'annual_inc' })
    expect(mappingOf(proposal, 'accounts')).toMatchObject({
      principal: 'loan_amnt',
      term_months: 'term',
      rate_annual: 'int_rate',
      opened_at: 'issue_d',
    })
    const { columns } = sourceOf(proposal, 'loans').tables.find(({ table }) => table === 'accounts')!
    expect(columns['term_months']!.codes).toEqual({ '36 months': 36, '60 months': 60 })
    expect(extrasOf(proposal)['bad_loan_status']).toBe('bool')
    expect(proposal.outcomes).toMatchObject([
      {
        label: { en: 'Share with loan status “Charged Off” or “Default”' },
        outcome: { attribute: 'bad_loan_status', equals: true },
      },
    ])
  })

  test('card numbers key their transactions, and the holder’s name stays out', async () => {
    const proposal = await proposeContents({
      'card.csv': csv([
        ['Transaction Date', 'Card Number', 'Cardholder', 'Amount (USD)'],
        ...rows(200, (_, draw) => {
          const card = cardNumber(draw(25))
          return [44_197 + draw(300), card, `Holder ${card.slice(-2)}`, `${draw(200)}.10`]
        }),
      ]),
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({ occurred_at: 'Transaction Date' })
    expect(sourceOf(proposal, 'card').identifiers).toEqual({
      'Card Number': { kind: 'card_number', use: 'pseudonym' },
      Cardholder: { kind: 'name', use: 'drop' },
    })
  })

  test('visits without amounts are events', async () => {
    const proposal = await proposeContents({
      'basket.csv': csv([
        ['Member_number', 'Date', 'itemDescription'],
        ...rows(300, (_, draw) => [1000 + draw(50), day(draw(90)), ['milk', 'rolls', 'soda'][draw(3)]!]),
      ]),
    })
    expect(mappingOf(proposal, 'events')).toMatchObject({
      customer_id: 'Member_number',
      occurred_at: 'Date',
      name: 'itemDescription',
    })
  })

  test('a file that names nobody makes no table', async () => {
    const proposal = await proposeContents({
      'lines.csv': csv([
        ['basket_id', 'item'],
        ...rows(300, (i, draw) => [i >> 2, ['milk', 'rolls'][draw(2)]!]),
      ]),
    })
    expect(proposal.sources.flatMap(({ value }) => value.tables)).toEqual([])
  })
})
