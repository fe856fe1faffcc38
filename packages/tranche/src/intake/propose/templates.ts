import { type StandardTableName, standardTables, type Text } from '@tranche/contract'
import { TrancheError } from '../../errors.ts'

export const templateNames = ['lending', 'cards', 'wealth', 'insurance', 'retail'] as const
export type TemplateName = (typeof templateNames)[number]

interface Template {
  readonly tables: readonly StandardTableName[]
  /** Which transactions bring the business. */
  readonly purchases: string
  /** What such an institution calls a table, where it has a word of its own. */
  readonly words?: Readonly<Partial<Record<StandardTableName, Text>>>
}

const everyone: readonly StandardTableName[] = [
  'customer_versions',
  'transactions',
  'contacts',
  'responses',
  'complaints',
]

const templates: Readonly<Record<TemplateName, Template>> = {
  lending: {
    tables: [...everyone, 'accounts', 'applications', 'repayments', 'ledger'],
    purchases: 'kind == "repayment"',
    words: { customer_versions: { en: 'Borrowers', zh: '借款人' }, accounts: { en: 'Loans', zh: '贷款' } },
  },
  cards: {
    tables: [...everyone, 'accounts', 'account_balances', 'ledger'],
    purchases: 'kind == "purchase"',
    words: {
      customer_versions: { en: 'Cardholders', zh: '持卡人' },
      accounts: { en: 'Card accounts', zh: '卡账户' },
      account_balances: { en: 'Statements', zh: '账单' },
    },
  },
  wealth: {
    tables: [...everyone, 'products', 'accounts', 'ledger'],
    purchases: 'kind == "investment"',
    words: {
      customer_versions: { en: 'Investors', zh: '投资者' },
      transactions: { en: 'Investments and redemptions', zh: '申购与赎回' },
    },
  },
  insurance: {
    tables: [...everyone, 'products', 'accounts', 'ledger'],
    purchases: 'kind == "premium"',
    words: {
      customer_versions: { en: 'Policyholders', zh: '投保人' },
      accounts: { en: 'Policies', zh: '保单' },
      ledger: { en: 'Premiums and claims', zh: '保费与赔付' },
    },
  },
  retail: {
    tables: [...everyone, 'products', 'referrals', 'redemptions'],
    purchases: 'kind == "purchase"',
    words: {
      customer_versions: { en: 'Shoppers', zh: '顾客' },
      transactions: { en: 'Purchases and returns', zh: '消费与退货' },
    },
  },
}

export interface TemplateSource {
  readonly key: string
  readonly label: Text
  readonly table: StandardTableName
  readonly columns: readonly string[]
  /** Where the institution puts its own rows, under the names of the standard model. */
  readonly file: string
}

/** The sources of a model institution: one empty table of the standard model each, to be filled. */
export function templateSources(name: string): {
  readonly sources: readonly TemplateSource[]
  readonly purchases: string
} {
  const template = templates[name as TemplateName] as Template | undefined
  if (template === undefined)
    throw new TrancheError(
      'invalid_input',
      {
        en: `There is no template ${JSON.stringify(name)}.`,
        zh: `没有名为 ${JSON.stringify(name)} 的模板。`,
      },
      { hint: { en: `Known: ${templateNames.join(', ')}.`, zh: `可用：${templateNames.join('、')}。` } },
    )
  const sources = template.tables.map((table) => {
    const standard = standardTables.find((candidate) => candidate.name === table)!
    const key = table === 'customer_versions' ? 'customers' : table
    return {
      key,
      label: template.words?.[table] ?? standard.label,
      table,
      columns: standard.columns.map((column) => column.name),
      file: `data/${key}.csv`,
    }
  })
  return { sources, purchases: template.purchases }
}
