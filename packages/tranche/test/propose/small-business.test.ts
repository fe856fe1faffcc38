import { describe, expect, it } from 'vitest'
import { workbook } from '../readers/workbook-file.ts'
import { csv, extrasOf, mappingOf, proposeContents, sourceOf } from './proposals.ts'

const surnames = ['王', '李', '张', '刘', '陈']
const customers = Array.from({ length: 60 }, (_, index) => ({
  id: `C${String(index + 1).padStart(4, '0')}`,
  name: `${surnames[index % 5]}${['伟', '芳', '娜'][index % 3]}`,
  phone: `138${10_000_000 + index * 37}`,
  gender: index % 2 === 0 ? '女' : '男',
  birth: `${1960 + (index % 40)}年${1 + (index % 12)}月${1 + (index % 28)}日`,
  city: ['北京', '上海', '成都'][index % 3]!,
  lost: index % 7 === 0 ? '是' : '否',
}))
const orders = customers.flatMap(({ id }, index) =>
  Array.from({ length: 1 + (index % 5) }, (_, order) => [
    `D${1000 + index * 10 + order}`,
    id,
    `2024-${String(1 + ((index + order) % 12)).padStart(2, '0')}-05 10:00:00`,
    ['食品', '家电'][order % 2]!,
    `￥${(index * 13.5 + order * 100 + 1).toFixed(2)}`,
  ]),
)
const customerSheet = [
  ['客户信息表', null, null, null, null, null, null],
  ['客户编号', '姓名', '手机号', '性别', '出生日期', '城市', '是否流失'],
  ...customers.map(({ id, name, phone, gender, birth, city, lost }) => [
    id,
    name,
    phone,
    gender,
    birth,
    city,
    lost,
  ]),
]
const orderSheet = [
  ['订单编号', '客户编号', '下单时间', '商品类别', '实付金额'],
  ...orders,
  ['合计', null, null, null, '￥99,999.00'],
]

describe('a spreadsheet of customers and one of orders', () => {
  const proposed = proposeContents({
    '客户.xlsx': workbook([{ name: 'Sheet1', rows: customerSheet, merges: ['A1:G1'] }]),
    '订单.xlsx': workbook([{ name: 'Sheet1', rows: orderSheet }]),
  })

  it('become customers and transactions', async () => {
    const proposal = await proposed
    expect(mappingOf(proposal, 'customer_versions')).toEqual({
      customer_id: '客户编号',
      gender: '性别',
      birth_date: '出生日期',
      city: '城市',
    })
    expect(mappingOf(proposal, 'transactions')).toEqual({
      transaction_id: '订单编号',
      customer_id: '客户编号',
      occurred_at: '下单时间',
      amount: '实付金额',
      kind: { value: 'purchase' },
      category: '商品类别',
    })
  })

  it('keep names and phones out', async () => {
    const proposal = await proposed
    expect(sourceOf(proposal, 'customers').identifiers).toEqual({
      姓名: { kind: 'name', use: 'drop' },
      手机号: { kind: 'phone', use: 'drop' },
    })
    expect(extrasOf(proposal)).toEqual({ churned: 'bool' })
  })

  it('give an outcome that says it was guessed, settings in Chinese, and features to compute', async () => {
    const proposal = await proposed
    expect(proposal.outcomes).toMatchObject([
      { key: 'churned_rate', outcome: { attribute: 'churned', equals: true }, guessed: true },
    ])
    expect(proposal.workspaceYaml).toContain('Asia/Shanghai')
    expect(proposal.workspaceYaml).toContain('CNY')
    expect(proposal.definitions.map(({ path }) => path)).toContain('features/spending.yaml')
    expect(proposal.notes.some(({ zh }) => zh.includes('是否流失'))).toBe(true)
  })

  it('are the same under unhelpful names', async () => {
    const proposal = await proposeContents({
      'a.csv': csv([['f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7'], ...customerSheet.slice(2)]),
      'b.csv': csv([['g1', 'g2', 'g3', 'g4', 'g5'], ...orders]),
    })
    expect(mappingOf(proposal, 'customer_versions')).toMatchObject({ customer_id: 'f1', gender: 'f4' })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      customer_id: 'g2',
      occurred_at: 'g3',
      amount: 'g5',
    })
    expect(sourceOf(proposal, 'a').identifiers).toMatchObject({ f3: { kind: 'phone' } })
  })
})

describe('a sheet of orders that name the buyer only by phone', () => {
  it('numbers customers by a pseudonym of the phone', async () => {
    const rows = orders.map(([order, id, time, , amount]) => [
      order!,
      customers.find((customer) => customer.id === id)!.phone,
      time!,
      amount!.slice(1),
    ])
    const proposal = await proposeContents({
      '订单.csv': csv([['订单号', '手机号', '下单时间', '金额'], ...rows]),
    })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({ customer_id: '手机号', amount: '金额' })
    expect(sourceOf(proposal, 'transactions').identifiers).toEqual({
      手机号: { kind: 'phone', use: 'pseudonym' },
    })
  })
})

describe('dates that read both ways', () => {
  const dated = (dates: readonly string[]) =>
    proposeContents({
      'sales.csv': csv([
        ['customer id', 'date', 'amount'],
        ...dates.map((date, index) => [`c${index % 7}`, date, 10.5 + index]),
      ]),
    })

  it('are told apart by a day above twelve', async () => {
    const proposal = await dated([
      '01/02/2024',
      '13/02/2024',
      '05/03/2024',
      ...Array.from({ length: 20 }, () => '06/03/2024'),
    ])
    expect(proposal.sources[0]!.yaml).toContain('format: dd/mm/yyyy')
    expect(proposal.notes.some(({ en }) => en.includes('every date reads'))).toBe(false)
  })

  it('are told apart by the order of the file', async () => {
    const inOrder = Array.from({ length: 12 }, (_, month) =>
      Array.from({ length: 12 }, (_, day) => `${month + 1}/${day + 1}/2024`),
    ).flat()
    const proposal = await dated(inOrder)
    expect(proposal.sources[0]!.yaml).toContain('format: mm/dd/yyyy')
  })

  it('are said to be open where nothing tells', async () => {
    const proposal = await dated(
      Array.from({ length: 30 }, (_, index) => `0${1 + (index % 3)}/0${1 + (index % 5)}/2024`),
    )
    expect(proposal.notes.some(({ en }) => en.includes('every date reads as'))).toBe(true)
  })
})

describe('kinds of transactions', () => {
  const kinds = (words: readonly string[]) =>
    proposeContents({
      '流水.csv': csv([
        ['客户号', '交易日期', '交易类型', '金额'],
        ...Array.from({ length: 60 }, (_, index) => [
          `k${index % 9}`,
          `2024-01-${String(1 + (index % 28)).padStart(2, '0')}`,
          words[index % words.length]!,
          index + 0.5,
        ]),
      ]),
    })

  it('are mapped where their words are known', async () => {
    const proposal = await kinds(['储蓄', '取款', '消费'])
    expect(proposal.sources[0]!.yaml).toContain('储蓄: deposit')
    expect(proposal.sources[0]!.yaml).toContain('消费: purchase')
  })

  it('are left as they are where they are not, and said', async () => {
    const proposal = await kinds(['甲类', '乙类'])
    expect(mappingOf(proposal, 'transactions')).toMatchObject({ kind: { value: 'purchase' } })
    expect(proposal.notes.some(({ en }) => en.includes('may tell kinds'))).toBe(true)
  })

  it('say which of them bring the business where nobody buys', async () => {
    const proposal = await kinds(['储蓄', '取款'])
    expect(proposal.workspaceYaml).toContain('kind == "deposit"')
  })
})

describe('files of one folder with the same columns', () => {
  const year = (first: number) =>
    csv([
      ['customer id', 'date', 'amount'],
      ...Array.from({ length: 40 }, (_, index) => [
        `c${index % 9}`,
        `${first}-01-${10 + (index % 18)}`,
        index + 0.5,
      ]),
    ])

  it('are one source', async () => {
    const proposal = await proposeContents({ 'orders_2023.csv': year(2023), 'orders_2024.csv': year(2024) })
    expect(proposal.sources.map(({ key }) => key)).toEqual(['orders'])
    expect(sourceOf(proposal, 'orders').files).toHaveLength(2)
  })
})

describe('months in columns', () => {
  it('become rows of spending', async () => {
    const proposal = await proposeContents({
      '会员.csv': csv([
        ['会员号', '性别', '消费2024-01', '消费2024-02', '消费2024-03'],
        ...Array.from({ length: 40 }, (_, index) => [
          `m${index}`,
          index % 2 ? '男' : '女',
          index + 0.5,
          index * 2,
          index * 3,
        ]),
      ]),
    })
    expect(mappingOf(proposal, 'transactions')).toEqual({
      customer_id: '会员号',
      occurred_at: 'period',
      amount: 'amount',
      kind: { value: 'purchase' },
    })
    const [table] = proposal.sources[0]!.value.tables.filter((candidate) => candidate.unpivot !== undefined)
    expect(table?.unpivot?.periods[1]).toEqual({ period: '2024-02', columns: { amount: '消费2024-02' } })
    expect(extrasOf(proposal)).toEqual({})
  })
})

describe('two files of the same persons under different numbers', () => {
  it('are two systems, joined by what names the persons in both', async () => {
    const phone = (index: number) => `139${20_000_000 + index * 17}`
    const bank = [
      ['客户号', '性别', '手机号'],
      ...Array.from({ length: 50 }, (_, index) => [
        `B${1000 + index}`,
        index % 2 ? '男' : '女',
        phone(index),
      ]),
    ]
    const app = [
      ['用户编号', '性别', '联系电话'],
      ...Array.from({ length: 30 }, (_, index) => [
        `U${90_000 + index}`,
        index % 2 ? '男' : '女',
        phone(index + 10),
      ]),
    ]
    const orders = [
      ['用户编号', '下单时间', '金额'],
      ...Array.from({ length: 90 }, (_, index) => [
        `U${90_000 + (index % 30)}`,
        `2024-02-${10 + (index % 18)}`,
        index + 0.5,
      ]),
    ]
    const proposal = await proposeContents({
      'bank.csv': csv(bank),
      'app.csv': csv(app),
      'orders.csv': csv(orders),
    })
    expect(sourceOf(proposal, 'bank').system).toBeUndefined()
    expect(sourceOf(proposal, 'app').system).toBe('app')
    expect(sourceOf(proposal, 'orders').system).toBe('app')
    expect(sourceOf(proposal, 'app').identifiers).toEqual({ 联系电话: { kind: 'phone', use: 'match' } })
    expect(proposal.workspaceYaml.replace(/\s+/g, ' ')).toContain(
      'identity: - systems: - institution - app by: - phone',
    )
  })
})
