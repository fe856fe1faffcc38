import { type StandardTableName, standardTables, type Text } from '@tranche/contract'
import { TrancheError } from '../../errors.ts'

export const templateNames = ['lending', 'cards', 'wealth', 'insurance', 'retail'] as const
export type TemplateName = (typeof templateNames)[number]

interface Template {
  readonly tables: readonly StandardTableName[]
  /** Which transactions bring the business. */
  readonly purchases: string
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
  },
  cards: { tables: [...everyone, 'accounts', 'account_balances', 'ledger'], purchases: 'kind == "purchase"' },
  wealth: { tables: [...everyone, 'products', 'accounts', 'ledger'], purchases: 'kind == "investment"' },
  insurance: { tables: [...everyone, 'products', 'accounts', 'ledger'], purchases: 'kind == "premium"' },
  retail: { tables: [...everyone, 'products', 'referrals', 'redemptions'], purchases: 'kind == "purchase"' },
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
      label: standard.label,
      table,
      columns: standard.columns.map((column) => column.name),
      file: `data/${key}.csv`,
    }
  })
  return { sources, purchases: template.purchases }
}
