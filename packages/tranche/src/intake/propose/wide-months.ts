import type { ColumnMapping, Text } from '@tranche/contract'
import type { CustomerRoot } from './customer-root.ts'
import type { Reasoned, TableDraft } from './draft.ts'
import { mapColumn } from './map-column.ts'
import { holdsWord } from './name-match.ts'
import type { ColumnProfile } from './profile.ts'

/** Columns of one measure, a month each: `spend_2024_01`, `spend_2024_02` … */
export interface MonthFamily {
  readonly stem: string
  readonly months: readonly { readonly period: string; readonly column: ColumnProfile }[]
}

const numeric = /^(.*?)[\s_.-]*((?:19|20)\d{2})[-_/.年 ]?(0?[1-9]|1[0-2])月?[\s_.-]*(\D*)$/u
const worded =
  /^(.*?)[\s_.-]*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\s_.-]*((?:19|20)\d{2})[\s_.-]*(\D*)$/i
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const balanceWords = [
  'balance',
  'bal',
  'bill',
  'statement',
  'outstanding',
  '余额',
  '账单',
  '存款',
  '资产',
  '欠款',
]
const spendWords = [
  'spend',
  'spending',
  'amount',
  'amt',
  'sales',
  'purchase',
  'purchases',
  'turnover',
  '消费',
  '金额',
  '购买',
  '交易额',
  '销售额',
]

/** Families of three months or more among numeric columns whose names say year and month. */
export function monthFamilies(columns: readonly ColumnProfile[]): readonly MonthFamily[] {
  const families = new Map<string, { period: string; column: ColumnProfile }[]>()
  for (const column of columns) {
    if (column.numbers === null) continue
    const found = monthOf(column.name)
    if (found === undefined) continue
    families.set(found.stem, [...(families.get(found.stem) ?? []), { period: found.period, column }])
  }
  return [...families]
    .filter(
      ([, months]) =>
        months.length >= 3 && new Set(months.map(({ period }) => period)).size === months.length,
    )
    .map(([stem, months]) => ({
      stem,
      months: months.sort((one, other) => (one.period < other.period ? -1 : 1)),
    }))
}

function monthOf(name: string): { stem: string; period: string } | undefined {
  const digits = numeric.exec(name)
  if (digits !== null) {
    const [, before = '', year = '', month = '', after = ''] = digits
    return { stem: `${before} ${after}`.trim(), period: `${year}-${month.padStart(2, '0')}` }
  }
  const words = worded.exec(name)
  if (words === null) return undefined
  const [, before = '', month = '', year = '', after = ''] = words
  const number = monthNames.indexOf(month.toLowerCase()) + 1
  return { stem: `${before} ${after}`.trim(), period: `${year}-${String(number).padStart(2, '0')}` }
}

/** Months in columns as months in rows: balances of an account, or spending as one transaction a month. */
export function draftMonths(
  root: CustomerRoot,
  family: MonthFamily,
): { readonly table: TableDraft; readonly notes: readonly Text[] } | undefined {
  const isBalance = holdsWord(family.stem, balanceWords)
  const isSpend = !isBalance && holdsWord(family.stem, spendWords)
  if (!isBalance && !isSpend) return undefined
  const value = isBalance ? 'balance' : 'amount'
  const key: ColumnMapping = root.key === null ? { from: '_row' } : mapColumn(root.key, 'id')
  const decimal = family.months[0]!.column.numbers!.decimal
  const amount: ColumnMapping = { from: value, ...(decimal === ',' ? { decimal } : {}) }
  const entries: [string, Reasoned<ColumnMapping>][] = [
    ...(isBalance
      ? [
          ['account_id', { mapping: key, why: { en: 'one account each', zh: '每位客户一个账户' } }] as [
            string,
            Reasoned<ColumnMapping>,
          ],
        ]
      : []),
    ['customer_id', { mapping: key, why: root.why }],
    [
      isBalance ? 'on_date' : 'occurred_at',
      {
        mapping: { from: 'period', format: 'yyyy-mm' },
        why: { en: 'the first day of the month', zh: '当月第一天' },
      },
    ],
    [value, { mapping: amount, why: { en: 'the value of the month', zh: '当月数值' } }],
    ...(isBalance
      ? []
      : [
          ['kind', { mapping: { value: 'purchase' }, why: { en: 'assumed', zh: '假定' } }] as [
            string,
            Reasoned<ColumnMapping>,
          ],
        ]),
  ]
  const { months } = family
  const span = `${months[0]!.period} … ${months.at(-1)!.period}`
  return {
    table: {
      table: isBalance ? 'account_balances' : 'transactions',
      why: {
        en: `${months.length} months in columns become rows (${span})`,
        zh: `${months.length} 个月的列转为行（${span}）`,
      },
      unpivot: {
        periods: months.map(({ period, column }) => ({ period, columns: { [value]: column.name } })),
      },
      columns: new Map(entries),
      extras: new Map(),
    },
    notes: [
      {
        en: `${root.subject.title}: ${months.length} columns of ${JSON.stringify(family.stem)} by month became rows of ${isBalance ? 'balances' : 'spending'}, dated the first of each month.`,
        zh: `${root.subject.title}：${months.length} 个按月的 ${JSON.stringify(family.stem)} 列转为${isBalance ? '余额' : '消费'}行，日期取每月第一天。`,
      },
    ],
  }
}
