import type { Finding } from '@tranche/contract'
import { describe, expect, it } from 'vitest'
import type { Warehouse } from '../../src/engine/warehouse.ts'
import { sentenceOf } from '../../src/reports/findings-text.ts'
import { createLabels } from '../../src/reports/labels.ts'
import { plainText } from '../../src/reports/sentence.ts'
import { type Sql, sql } from '../../src/sql/sql.ts'
import { findingsOf, type InstitutionOptions, makeInstitution } from './institution.ts'

interface Odd {
  readonly name: string
  readonly options?: Partial<InstitutionOptions>
  readonly change?: Sql
  /** A finding that must not be there, and a limit that must. */
  readonly without: RegExp
  readonly limit?: string
}

const odd: readonly Odd[] = [
  {
    name: '200 customers',
    options: { customers: 200 },
    without: /^region\..*shrunk/,
    limit: 'few_customers',
  },
  {
    name: 'no men',
    change: sql`update customer_value set gender = 'female'`,
    without: /^gender\./,
    limit: 'gender',
  },
  {
    name: 'nobody’s gender known',
    change: sql`update customer_value set gender = null`,
    without: /^gender\./,
    limit: 'gender',
  },
  {
    name: 'the same amounts for everyone',
    change: sql`update customer_value set m = 100, value_12m = 100, revenue_365d = 100, first_investment_amount = 1000, credit_limit = 5000`,
    without: /^value_exploration\.share|^tiers\.(high|medium|low|migration)|gini|top_decile/,
    limit: 'tiers_flat',
  },
  {
    name: 'no revenue at all',
    change: sql`update customer_value set revenue_365d = 0, value_12m = 0`,
    without: /gini|tiers\.high\.value_share/,
    limit: 'tiers',
  },
  {
    name: 'everybody converting',
    change: sql`update customer_value set first_investment_days = 5, invested_ever = true`,
    without: /^profile\.conversion_30d/,
  },
  {
    name: 'no limits',
    options: { without: ['credit_limit'] },
    without: /^value_exploration/,
    limit: 'value_exploration',
  },
  {
    name: 'one product',
    change: sql`update standard.transactions set product_id = 'P6' where product_id is not null`,
    without: /^products\./,
    limit: 'products',
  },
  {
    name: 'one channel and one creative',
    change: sql`update customer_value set channel = 'branch', creative = 'cashback'`,
    without: /^(creative|channel)\./,
  },
  {
    name: 'one province',
    change: sql`update customer_value set province = '上海市'`,
    without: /^region\.province/,
  },
  {
    name: 'no purchases',
    change: sql`delete from standard.transactions where kind = 'purchase'`,
    without: /^cohorts\.retention/,
  },
]

async function reportOf({ options, change }: Odd) {
  const institution = await makeInstitution({ customers: 2000, effects: true, ...options })
  const { warehouse, catalogue } = institution
  try {
    if (change) await warehouse.run(change)
    const findings = await findingsOf(institution)
    const sentences = (['en', 'zh'] as const).flatMap((lang) => {
      const words = { labels: createLabels(catalogue, lang), currency: 'CNY' }
      return findings.map((finding) => plainText(sentenceOf(finding, words)))
    })
    return { findings, sentences, empty: await emptyFigures(warehouse) }
  } finally {
    warehouse.close()
  }
}

/** Figures without a mark to show, or that show a finding which isn't there. */
async function emptyFigures(warehouse: Warehouse): Promise<readonly string[]> {
  const rows = await warehouse.rows<{ figure: string }>(sql`
    select figure from figures
    where figure not in (select figure from figure_points where not suppressed and (y is not null or x is not null))
      or finding not in (select key from findings)`)
  return rows.map(({ figure }) => figure)
}

describe('a report of an institution that is odd', () => {
  it.each(odd)('is shorter and right: $name', async (made) => {
    const { findings, sentences, empty } = await reportOf(made)
    const keys = findings.map(({ key }) => key)
    expect(keys.filter((key) => made.without.test(key))).toEqual([])
    if (made.limit) expect(keys).toContain(`limits.${made.limit}`)
    expect(empty).toEqual([])
    expect(sentences.filter((text) => /NaN|Infinity|undefined|null/.test(text))).toEqual([])
    expect(findings.filter(isBroken).map(({ key }) => key)).toEqual([])
  })
})

/** An interval that doesn't hold its estimate, or a test without what it takes to judge it. */
function isBroken({
  estimate,
  low,
  high,
  p,
  p_adjusted,
  effect_size,
  significant,
  needed_n,
}: Finding): boolean {
  if (estimate !== null && low !== null && high !== null && !(low <= estimate && estimate <= high))
    return true
  if (p === null) return significant !== null
  return (
    !(p >= 0 && p <= 1) ||
    p_adjusted === null ||
    effect_size === null ||
    (significant === true && needed_n !== null)
  )
}
