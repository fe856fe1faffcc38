import { describe, expect, test } from 'vitest'
import { csv, mappingOf, proposeContents, sourceOf } from './proposals.ts'

const day = (n: number): string => new Date(Date.UTC(2023, 0, 1 + n)).toISOString().slice(0, 10)
const rows = (n: number, row: (i: number) => (string | number | null)[]) =>
  Array.from({ length: n }, (_, i) => row(i))
/** A whole number below a bound that looks drawn, and is the same in every run. */
const drawn = (i: number, below: number): number => (Math.imul(i + 1, 2_654_435_761) >>> 8) % below
const pick = <T>(values: readonly T[], i: number): T => values[drawn(i, values.length)]!

describe('files as platforms export them', () => {
  test('orders of a shop are those of the name that buyers go by there, not of what they paid for postage', async () => {
    const proposal = await proposeContents({
      '订单.csv': csv([
        [
          '订单编号',
          '买家会员名',
          '买家应付货款',
          '买家应付邮费',
          '总金额',
          '订单状态',
          '收货人姓名',
          '联系手机',
          '订单创建时间',
        ],
        ...rows(400, (i) => [
          `="2023${100_000_000 + i * 37}"`,
          `tb${1000 + drawn(i, 90)}`,
          `${20 + drawn(i, 300)}.50`,
          pick([0, 8, 10], i),
          `${20 + drawn(i, 300)}.50`,
          pick(['交易成功', '交易成功', '交易关闭'], i),
          pick(['张三', '李四'], i),
          `139${10_000_000 + i * 13}`,
          `${day(drawn(i, 300))} 10:20:30`,
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      transaction_id: '订单编号',
      customer_id: '买家会员名',
      occurred_at: '订单创建时间',
      amount: '总金额',
    })
    const { identifiers } = proposal.sources[0]!.value
    expect(identifiers).toEqual({
      买家会员名: { kind: 'name', use: 'pseudonym' },
      收货人姓名: { kind: 'name', use: 'drop' },
      联系手机: { kind: 'phone', use: 'drop' },
    })
  })

  test('payments by card are those of the card, whatever counts the rows, and parts of a name are names', async () => {
    const people = rows(40, (i) => [
      pick(['Ann', 'Bob', 'Eve'], i),
      pick(['Banks', "O'Hara", 'Saint Clair'], i),
      pick(['F', 'M'], i),
    ])
    const proposal = await proposeContents({
      'paid.csv': csv([
        ['', 'trans_date_trans_time', 'cc_num', 'category', 'amt', 'first', 'last', 'gender', 'trans_num'],
        ...rows(600, (i) => {
          const who = drawn(i, 40)
          return [
            i,
            `${day(drawn(i, 300))} 10:20:${10 + drawn(i, 40)}`,
            4_000_123_400_005_678 + who * 977,
            pick(['food', 'fuel'], i),
            `${1 + drawn(i, 90)}.25`,
            ...people[who]!,
            `t${i * 7919}`,
          ]
        }),
      ]),
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      transaction_id: 'trans_num',
      customer_id: 'cc_num',
      occurred_at: 'trans_date_trans_time',
      amount: 'amt',
    })
    expect(mappingOf(proposal, 'customer_versions')).toMatchObject({
      customer_id: 'cc_num',
      gender: 'gender',
    })
    expect(proposal.sources[0]!.value.identifiers).toEqual({
      cc_num: { kind: 'card_number', use: 'pseudonym' },
      first: { kind: 'name', use: 'drop' },
      last: { kind: 'name', use: 'drop' },
    })
  })

  test('of what was bought and what was paid, under the numbers of the same orders, one counts', async () => {
    const orders = rows(300, (i) => [
      `o${5000 + i}`,
      `c${drawn(i, 60)}`,
      'delivered',
      `${day(drawn(i, 300))} 09:00:00`,
    ])
    const proposal = await proposeContents({
      'orders.csv': csv([['order_id', 'customer_id', 'order_status', 'order_timestamp'], ...orders]),
      'order_payments.csv': csv([
        ['order_id', 'payment_type', 'payment_value'],
        ...rows(300, (i) => [`o${5000 + i}`, pick(['card', 'voucher'], i), `${30 + drawn(i, 90)}.75`]),
      ]),
      'order_items.csv': csv([
        ['order_id', 'item', 'product_id', 'price', 'freight_value'],
        ...rows(700, (i) => [
          `o${5000 + drawn(i, 300)}`,
          1 + (i % 3),
          `p${drawn(i, 30)}`,
          `${10 + drawn(i, 80)}.50`,
          '5.10',
        ]),
      ]),
    })
    const [items] = sourceOf(proposal, 'order_items').tables
    expect(items).toMatchObject({ table: 'transactions', columns: { amount: { from: 'price' } } })
    expect(items!.columns['customer_id']!.lookup).toEqual({
      ...{ source: 'orders', key: 'order_id', match: 'order_id', take: 'customer_id' },
    })
    expect(sourceOf(proposal, 'orders').tables).toEqual([])
    expect(sourceOf(proposal, 'order_payments').tables).toEqual([])
  })

  test('one payment for each order is its amount', async () => {
    const proposal = await proposeContents({
      'orders.csv': csv([
        ['order_id', 'customer_id', 'order_timestamp'],
        ...rows(300, (i) => [`o${5000 + i}`, `c${drawn(i, 60)}`, `${day(drawn(i, 300))} 09:00:00`]),
      ]),
      'order_payments.csv': csv([
        ['order_id', 'payment_type', 'payment_value'],
        ...rows(300, (i) => [`o${5000 + i}`, pick(['card', 'voucher'], i), `${30 + drawn(i, 90)}.75`]),
      ]),
    })
    expect(mappingOf(proposal, 'transactions', 'order_payments')).toMatchObject({
      customer_id: { source: 'orders', take: 'customer_id' },
      occurred_at: { source: 'orders', take: 'order_timestamp' },
      amount: 'payment_value',
    })
  })

  test('a statement of account, most of whose amounts are negative, tells withdrawals from deposits', async () => {
    const proposal = await proposeContents({
      'umsaetze.csv': rows(300, (i) => [
        day(drawn(i, 300)),
        `K${100 + drawn(i, 40)}`,
        `${pick(['-', '-', ''], i)}${1 + drawn(i, 90)},50`,
      ]).reduce((text, row) => `${text}${row.join(';')}\n`, 'Buchungstag;Kundennummer;Betrag\n'),
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      customer_id: 'Kundennummer',
      amount: 'abs(Betrag)',
      kind: 'Betrag < 0 ? "withdrawal" : "deposit"',
    })
    // Nothing is a purchase: what counts them is left out, and value counts what came in.
    const written = proposal.definitions.map(({ yaml }) => yaml).join('\n')
    expect(written).toContain('key: active_customers')
    expect(written).not.toMatch(/key: (purchases_90d|spend_total|active_share_90d)$/m)
    expect(proposal.workspaceYaml).toContain('kind == "deposit"')
  })

  test('what is held is valued on the only days that such a file has', async () => {
    const proposal = await proposeContents({
      '持仓.csv': csv([
        ['客户号', '基金代码', '持有份额', '单位净值', '持仓市值', '日期'],
        ...rows(600, (i) => [
          `${10_000 + drawn(i, 80)}`,
          pick(['110011', '000001', '161725'], i),
          `${100 + drawn(i, 900)}.25`,
          `1.${1000 + drawn(i, 900)}`,
          `${1000 + drawn(i, 90_000)}.10`,
          `2023/${1 + (i % 12)}/28`,
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'transactions')).toEqual({})
    expect(mappingOf(proposal, 'observations')).toMatchObject({
      ...{ customer_id: '客户号', name: '基金代码', observed_at: '日期', value: '持仓市值' },
    })
  })

  test('how each customer stood at the end of each month is no list of purchases, though there is a number beside it', async () => {
    const months = Array.from({ length: 12 }, (_, i) => `2023-${String(i + 1).padStart(2, '0')}-28`)
    const proposal = await proposeContents({
      'panel.csv': csv([
        ['snapshot', 'ref', 'age', 'active', 'estimate', 'holds_card'],
        ...rows(40 * 12, (i) => [
          ...[
            months[i % 12]!,
            70_000 + Math.floor(i / 12) * 3,
            20 + drawn(Math.floor(i / 12), 50),
            drawn(i, 2),
          ],
          ...[`${900 + drawn(i, 500)}.50`, drawn(i + 1, 2)],
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'transactions')).toEqual({})
    expect(mappingOf(proposal, 'customer_versions')).toMatchObject({
      ...{ customer_id: 'ref', valid_from: 'snapshot', age_years: 'age' },
    })
  })
})
