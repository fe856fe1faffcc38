import { describe, expect, it } from 'vitest'
import { csv, mappingOf, proposeContents } from './proposals.ts'

const people = Array.from({ length: 60 }, (_, index) => ({
  id: String(1000 + index),
  year: 1960 + (index % 40),
  month: 1 + (index % 12),
  day: 1 + (index % 28),
}))
const two = (value: number) => String(value).padStart(2, '0')

/** The same day as a program, a person, and a spreadsheet's cell of the wrong type write it. */
function written(index: number, year: number, month: number, day: number): string {
  if (index % 3 === 0) return `${year}-${two(month)}-${two(day)}`
  if (index % 3 === 1) return `${year}年${month}月${day}日`
  return String(Math.round(Date.UTC(year, month - 1, day) / 86_400_000) + 25_569)
}

const customers = csv([
  ['会员号', '客户信息 姓名', '性别', '生日', '授信额度(万元)'],
  ...people.map(({ id, year, month, day }, index) => [
    id,
    `张三${index}`,
    index % 2 === 0 ? '男' : '女',
    written(index, year, month, day),
    String(1 + (index % 20) / 2),
  ]),
])
const orders = csv([
  ['会员号', '下单日期', 'amount_cents'],
  ...people.flatMap(({ id, day }, index) =>
    [3, 5, 8].map((month) => [
      id,
      index % 4 === 0
        ? `2024年${two(month)}月${two(day)}日 09:30`
        : `2024-${two(month)}-${two(day)} 09:30:00`,
      String(100 * (index + month)),
    ]),
  ),
])

describe('tables that people keep by hand', () => {
  const proposed = proposeContents({ 'members.csv': customers, 'orders.csv': orders })
  const columnOf = async (table: string, name: string) =>
    (await proposed).sources.flatMap(({ value }) => value.tables).find((one) => one.table === table)?.columns[
      name
    ]

  it('are customers and what they bought', async () => {
    expect(mappingOf(await proposed, 'transactions')).toMatchObject({
      customer_id: '会员号',
      occurred_at: '下单日期',
      amount: 'amount_cents',
    })
  })

  it('have dates written in several ways in one column, each read as it is written', async () => {
    expect(await columnOf('customer_versions', 'birth_date')).toEqual({
      from: '生日',
      format: ['yyyy-mm-dd', 'yyyy年m月d日', 'excel'],
    })
    const notes = (await proposed).notes.map(({ en }) => en).join('\n')
    expect(notes).toContain('dates are written in 3 ways')
    expect(notes).toContain('dates are written in 2 ways')
  })

  it('have amounts whose unit stands in the header', async () => {
    expect(await columnOf('customer_versions', 'credit_limit')).toMatchObject({ scale: 10_000 })
    expect(await columnOf('transactions', 'amount')).toMatchObject({ scale: 0.01 })
  })

  it('name persons under a header of two lines, and these names stay out', async () => {
    const { sources } = await proposed
    expect(sources.find(({ key }) => key === 'members')?.value.identifiers).toEqual({
      '客户信息 姓名': { kind: 'name', use: 'drop' },
    })
  })
})

describe('a statement with what went out and what came in in two columns', () => {
  const statement = csv([
    ['account holder', 'ts', 'debit', 'credit'],
    ...people.flatMap(({ id }, index) =>
      [1, 2, 3].map((visit) => [
        id,
        String(1_700_000_000 + (index * 7 + visit * 31) * 86_400),
        visit === 3 ? '' : String(index + visit + 0.25),
        visit === 3 ? String(index + 0.5) : '',
      ]),
    ),
  ])

  it('has one amount, and a kind by its side', async () => {
    const proposal = await proposeContents({ 'statement.csv': statement })
    expect(mappingOf(proposal, 'transactions')).toMatchObject({
      customer_id: 'account holder',
      occurred_at: 'ts',
      amount: 'coalesce(debit, 0) != 0 ? debit : credit',
      kind: 'coalesce(debit, 0) != 0 ? "withdrawal" : "deposit"',
    })
  })
})
